"""The Hub model card: everything published in a model's own repository, as bytes to be written."""
