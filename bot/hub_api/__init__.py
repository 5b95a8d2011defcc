"""The Hub over huggingface_hub: the one place of the bot that makes its network calls."""
