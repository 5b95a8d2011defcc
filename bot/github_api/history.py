"""What came before a command: what was asked for last, and which configs the pull request brings."""

from collections.abc import Callable, Sequence
from itertools import islice

from bot.commanding.command import Command, Word
from bot.commanding.facts import Asking, Earlier
from bot.commanding.grammar import parse
from bot.github_api.asked import CannotFollowCommand, WrittenComment
from bot.github_api.connection import GithubConnection, GithubRefused
from bot.github_api.conversation_shapes import as_described
from bot.submitted_files.errors import CannotFetchSubmission
from bot.submitted_files.paths import configs_among

_MOST_CHANGED = 3000  # what GitHub lists of a pull request
_MOST_ASKED = 5  # people whose permission is looked up
_NOT_ASKING = frozenset({Word.RETRY, Word.HELP})


def earlier_command(
    comments: Sequence[WrittenComment], asking: Asking, may: Callable[[str], bool]
) -> Earlier | None:
    """The last command before this one, of somebody who `may`, that asked for something itself."""
    known = {asking.by: True}
    for one in sorted(comments, key=lambda one: one.comment.id, reverse=True):
        by, key, command = one.comment.author, f"comment-{one.comment.id}", parse(one.comment.body)
        if key == asking.key or one.at > asking.at or one.by_app or one.edited:
            continue
        if not isinstance(command, Command) or command.word in _NOT_ASKING:
            continue
        if by not in known and len(known) < _MOST_ASKED:
            known[by] = may(by)
        if known.get(by):
            return Earlier(key, command, one.at)
    return None


def submitted_configs(
    connection: GithubConnection, repository: str, number: int
) -> tuple[str, ...]:
    """The configs that a pull request adds or changes; none where they are more than it may bring.

    Raises:
        CannotFollowCommand: its files may not be listed.
        ServiceAtFault: no answer within the policy's tries.
    """
    get = connection.api.get_repo(repository).get_pull

    def listed() -> list[str]:
        files = islice(get(number).get_files(), _MOST_CHANGED)
        return [file.filename for file in files if file.status != "removed"]

    try:
        return configs_among(connection.read(lambda: as_described(listed)))
    except CannotFetchSubmission:
        return ()  # the check said so
    except GithubRefused as error:
        doing = f"list the files of pull request {number}"
        raise CannotFollowCommand(doing, "pull-requests: write", error) from error
