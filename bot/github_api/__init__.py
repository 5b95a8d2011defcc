"""GitHub over PyGithub: the one place of the bot that knows it."""
