"""One self-contained page that shows a person everything the bot would say and publish."""
