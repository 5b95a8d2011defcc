"""What to do about a submission: facts of the results repository in, operations out."""

from dataclasses import dataclass

from bot.results_repository.change import Change, Shelf
from bot.results_repository.outcome import State
from bot.results_repository.pull_text import updated_body


@dataclass(frozen=True)
class Pull:
    """A pull request from the bot's branch."""

    number: int
    is_open: bool
    merged: bool
    body: str = ""


@dataclass(frozen=True)
class Branch:
    """The bot's branch in its fork.

    `digest` names the files of the bot's commit; None where others made or amended the commit.
    """

    commit: str
    digest: str | None


@dataclass(frozen=True)
class Standing:
    """Everything a decision rests on. `text` is the bot's part of the pull request, `new_text` a whole new one."""

    shelf: Shelf
    change: Change
    pulls: tuple[Pull, ...] = ()
    branch: Branch | None = None
    has_fork: bool = True
    text: str = ""
    new_text: str = ""

    @property
    def open_pull(self) -> Pull | None:
        """The open pull request; should there be several, the first."""
        return min(
            (pull for pull in self.pulls if pull.is_open),
            key=lambda pull: pull.number,
            default=None,
        )

    @property
    def last_pull(self) -> Pull | None:
        """The latest pull request, whatever became of it."""
        return max(self.pulls, key=lambda pull: pull.number, default=None)

    @property
    def pushed(self) -> bool:
        """Whether the branch holds the wanted files. That the base moved alone changes nothing here."""
        return self.branch is not None and self.branch.digest == self.change.digest


@dataclass(frozen=True)
class CreateFork:
    """Fork the results repository; it is done when the fork knows `commit`."""

    commit: str


@dataclass(frozen=True)
class Push:
    """Put the files on the bot's branch, on top of the base; `replaces` is the branch's commit until now."""

    shelf: Shelf
    change: Change
    replaces: str | None


@dataclass(frozen=True)
class OpenPull:
    """Open the pull request."""

    body: str


@dataclass(frozen=True)
class EditPull:
    """Bring the bot's part of its text up to date."""

    number: int
    body: str


Operation = CreateFork | Push | OpenPull | EditPull


def decide(standing: Standing) -> list[Operation]:
    """The operations that are missing, in their order: the pull request comes last."""
    if hindrance(standing):
        return []
    operations: list[Operation] = []
    if not standing.has_fork:
        operations.append(CreateFork(standing.shelf.commit))
    if not standing.pushed:
        replaces = standing.branch.commit if standing.branch else None
        operations.append(Push(standing.shelf, standing.change, replaces))
    pull = standing.open_pull
    if pull is None:
        operations.append(OpenPull(standing.new_text))
    elif (body := updated_body(pull.body, standing.text)) != pull.body:
        operations.append(EditPull(pull.number, body))
    return operations


def hindrance(standing: Standing) -> State | None:
    """Why nothing is to be done although results may be lacking."""
    pull = standing.last_pull
    if not standing.change.files:
        return "refused" if standing.change.left_out else "nothing-new"
    if standing.branch and standing.branch.digest is None:
        return "foreign"
    if standing.open_pull is None and pull is not None:
        if not pull.merged:
            return "closed"
        if standing.pushed:
            return "taken-back"  # merged, and no longer there: a maintainer reverted it
    return None


def state_after(before: Standing, after: Standing) -> State:
    """What was achieved between two looks; `planned` where something is still to be done."""
    if why := hindrance(after):
        return why
    if decide(after) or after.open_pull is None:
        return "planned"
    if before.open_pull is None:
        return "opened"
    same = before.branch == after.branch and before.open_pull == after.open_pull
    return "unchanged" if same else "updated"
