"""Jobs killed at every step of a submission's way, and what `/retry` makes of it: `make kills`."""
