"""Fine-tuning compared with the raw model: experiments to copy from, and a program that runs them."""
