"""What the harness refuses to run, as it could not run it as GitHub does."""


class Unsupported(Exception):
    """A workflow uses something that GitHub has and the harness has not."""
