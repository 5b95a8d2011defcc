"""The demo: a real model previewed on real text against a weaker real model."""
