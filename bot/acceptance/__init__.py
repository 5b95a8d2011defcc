"""A merged pull request: the results of exactly its commit become part of the board, once."""
