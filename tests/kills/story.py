"""What people do when nothing is killed, act by act, and the evaluation that is measured once for all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.kills.saved import Board
from tests.small_submission import Submission
from tests.standins.github.world import Pull

SUBMITTER, MAINTAINER = "ann", "maintainer"
_SETTINGS = "schema_version: 1\npublish: {{on: {on}}}\n"
SETTINGS_FILE = ".github/mteb-bot.yml"


@dataclass(frozen=True)
class Stage:
    """A board and what is submitted to it."""

    board: Board
    submission: Submission

    @property
    def pull(self) -> Pull:
        """The pull request."""
        return self.board.github.pull(self.board.state.repository, 1)

    def comment(self, text: str) -> None:
        """A maintainer comments."""
        self.board.comment(self.pull, MAINTAINER, text)

    def open(self) -> None:
        """Ann proposes her model."""
        self.board.open_pull(SUBMITTER, self.submission.files, "Add acme/tiny")

    def settings(self, on: str) -> None:
        """The maintainers decide when to publish."""
        self.board.push_main({SETTINGS_FILE: _SETTINGS.format(on=on)})


Act = Callable[[Stage], None]
ACTS: Mapping[str, Act] = {
    "publish on evaluated": lambda stage: stage.settings("evaluated"),
    "publish on merged": lambda stage: stage.settings("merged"),
    "open": Stage.open,
    "evaluate": lambda stage: stage.comment("/evaluate"),
    "evaluate one task": lambda stage: stage.comment("/evaluate AcmeSections"),
    "publish": lambda stage: stage.comment("/publish"),
    "merge": lambda stage: stage.board.merge(stage.pull, MAINTAINER),
}
# Two ways to the Hub: right after the evaluation; after the merge. And by hand, before the merge.
STORIES: Mapping[str, tuple[str, ...]] = {
    "checked": ("open",),
    "evaluated": ("publish on evaluated", "open", "evaluate", "merge"),
    "merged": ("publish on merged", "open", "evaluate", "merge"),
    "by hand": ("publish on merged", "open", "evaluate", "publish", "merge"),
}
