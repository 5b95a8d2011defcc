"""Decides and speaks: checks submissions, compares scores, writes comments and model cards."""
