"""The contracts: JSON Schemas, and the loaders that turn documents into frozen, validated data."""
