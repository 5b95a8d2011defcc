"""What the bot says on a pull request: facts, news, and the operations that bring the two together. Pure."""
