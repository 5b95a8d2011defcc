"""A local Hugging Face Hub: what huggingface_hub 2.4, datasets 5.2 and git ask of the real one."""
