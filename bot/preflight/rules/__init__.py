"""The rows of the preflight's table, by what they are about. Pure."""
