"""Code of strangers behind bubblewrap: what it sees, what it may use, and what is told when it is stopped."""
