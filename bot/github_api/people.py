"""Who may do what in a repository, as its collaborators' permissions say."""

from bot.github_api.connection import GithubConnection, GithubRefused
from bot.github_api.conversation import CannotReport
from bot.github_api.conversation_shapes import as_described

_MAY = frozenset({"write", "maintain", "admin"})
_NOT_FOUND = 404


class CannotLookUpPermission(CannotReport):
    """GitHub does not tell what somebody may do here."""


def may_command(connection: GithubConnection, repository: str, login: str) -> bool:
    """Whether somebody has write permission now. What a comment says of its author may be out of date.

    Raises:
        CannotLookUpPermission: the token may not ask.
        ServiceAtFault: no answer within the policy's tries.
    """
    ask = connection.api.get_repo(repository).get_collaborator_permission
    try:
        return connection.read(lambda: as_described(lambda: ask(login))) in _MAY
    except GithubRefused as error:
        if error.status == _NOT_FOUND:  # no account of that name, or an app's
            return False
        raise CannotLookUpPermission("look up who may command", "contents: read", error) from error
