"""What `finetune` of a model config must keep besides its schema: combinations that train nothing, or the wrong thing."""
