"""Training through FlagEmbedding: its classes, arguments and runner, and what is plugged into them."""
