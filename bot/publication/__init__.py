"""Publish results in a model's repository: facts about the Hub, a decision, and what the pull request says."""
