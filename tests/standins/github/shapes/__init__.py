"""State as the JSON that GitHub shows of it."""
