"""A pull request as GitHub has it now."""

from bot.conversation.facts import PullFacts
from bot.github_api import conversation_shapes as shapes
from bot.github_api.connection import GithubConnection, GithubRefused
from bot.github_api.conversation import CannotReport


class CannotReadPull(CannotReport):
    """GitHub does not let the bot look at a pull request; `fix` names the permission."""


def pull_now(connection: GithubConnection, repository: str, number: int) -> PullFacts:
    """The pull request as it is.

    Raises:
        CommandError: it may not be read, or there is no answer within the policy's tries.
    """
    get = connection.api.get_repo(repository).get_pull
    try:
        return connection.read(
            lambda: shapes.as_described(lambda: shapes.pull_facts(get(number).complete()))
        )
    except GithubRefused as error:
        raise CannotReadPull(f"read pull request {number}", "pull-requests: read", error) from error
