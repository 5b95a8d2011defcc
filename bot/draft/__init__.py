"""A model config from what the Hub knows: values where it is sure, and remarks where a person must decide."""
