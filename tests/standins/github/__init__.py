"""A local GitHub: REST and a little GraphQL over bare git repositories, held to GitHub's own description."""
