"""The weights that an evaluation trained: checked as the untrusted files they are, then put where their config says."""
