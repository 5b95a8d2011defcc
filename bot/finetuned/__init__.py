"""A model that was trained before it was evaluated: what the report says of it, held against the config, and said."""
