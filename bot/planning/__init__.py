"""What an evaluation comes to before it runs: its tasks, how long they may take, which machine takes which. Pure."""
