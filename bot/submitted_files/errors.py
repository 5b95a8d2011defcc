"""Why the files of a submission cannot be had."""

from schemas.errors import CommandError, ExitCode


class CannotFetchSubmission(CommandError):
    """What the pull request holds is not to be read: too much, a link, or a path that leads elsewhere."""

    exit_code = ExitCode.SUBMISSION


class NoModelConfig(CommandError):
    """A YAML file lies about where model configs lie, and there is none in its right place."""

    exit_code = ExitCode.SUBMISSION


class SupersededByPush(CommandError):
    """The commit that is asked for is not the head of the pull request any more."""

    exit_code = ExitCode.SUBMISSION
