"""What the runners take."""

DEFAULT_MAX_WEIGHTS_GB = 40.0  # billions of bytes of safetensors
