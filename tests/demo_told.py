"""A short story on a local GitHub and Hub, told without a bot: what the recorder and the page are tested on."""

from pathlib import Path
from typing import Any

from card_made import ISO_639_1, measured

from bot.card.card import write_card
from bot.comment import comment_on_report
from bot.conversation.marker import Marker
from bot.conversation.states import State
from bot.publication.description import describe
from examples.demo.recorder import Listener, Recorder
from examples.demo.sighting import JobsOf
from tests.standins.github.app import LocalGithub
from tests.standins.github.world import CheckRun, Label
from tests.standins.hub.app import LocalHub

BOARD, MODEL, BOT = "lab/board", "org/name", "github-actions[bot]"
CONFIG = "models/org/name.yaml"
BROKEN = b"""\
schema_version: 1
model: org/name
revision: 8b3219a
license: mit
languages: [eng]
evaluate:
  tasks: [STSBenchmrk, STS12]
claims:
  - {task: STS12, main_score: 82.03}
"""
MENDED = BROKEN.replace(b"8b3219a", b"a" * 40).replace(b"STSBenchmrk", b"STSBenchmark")
README = b"---\nlicense: mit\n---\n\n# A model\n\nWritten by hand.\n"
MARKER = f"{Marker(CONFIG, 'a' * 40, State.RUNNING).line()}\n"
PUBLISHED = Marker(CONFIG, "a" * 40, State.EVALUATED).line()
URL = "http://127.0.0.1:12345"


class Told:
    """Two services and a recorder whose clock goes a second further with each look."""

    def __init__(
        self, folder: Path, listener: Listener | None = None, jobs_of: JobsOf = lambda _: ()
    ) -> None:
        self.github, self.hub = LocalGithub(folder / "github"), LocalHub(folder / "hub")
        self.github.create_repository(BOARD, {"README.md": b"# A board\n"})
        self.github.fork(BOARD, "ann")
        self.board = self.github.world.repository(BOARD)
        self.hub.create_model(MODEL, {"README.md": README})
        self.hub.add_user("mteb-bot")
        self.seconds = 0.0
        self.recorder = Recorder(
            self.github,
            self.hub,
            board=BOARD,
            model=MODEL,
            listener=listener,
            jobs_of=jobs_of,
            clock=self._clock,
        )

    def _clock(self) -> float:
        self.seconds += 1
        return self.seconds

    @property
    def pull(self) -> Any:
        """The pull request."""
        return self.github.pull(BOARD, 1)

    def push(self, content: bytes, message: str = "Add org/name", path: str = CONFIG) -> None:
        """Ann pushes."""
        self.github.push("ann/board", "add-name", {path: content}, message)
        self.recorder.look()

    def open_pull(self, title: str = "Add org/name", body: str = "My model.") -> None:
        """Ann proposes."""
        self.github.open_pull(BOARD, "ann:add-name", title, "ann", body)
        self.recorder.look()

    def label(self, *names: str) -> None:
        """These labels and no others."""
        for name in names:
            if not self.board.label(name):
                self.board.labels.append(Label(self.github.world.next_id(), name, "0e8a16"))
        self.pull.labels = list(names)
        self.recorder.look()

    def check(
        self, title: str, conclusion: str | None, *annotations: dict[str, Any], summary: str = "Words."
    ) -> None:  # fmt: skip
        """A new check run on the head."""
        status = "completed" if conclusion else "in_progress"
        one = CheckRun(
            self.github.world.next_id(), "mteb-bot: org/name", self.pull.head_sha, BOT, status, "",
            conclusion, output={"title": title, "summary": summary}, annotations=list(annotations),
        )  # fmt: skip
        self.board.checks.append(one)
        self.recorder.look()

    def say(self, body: str, author: str = BOT) -> Any:
        """A comment."""
        comment = self.github.comment(BOARD, 1, author, body)
        self.recorder.look()
        return comment

    def edit(self, comment: Any, body: str) -> None:
        """It says something else now."""
        comment.body = body
        self.recorder.look()

    def run(self, workflow: str, event: str, actor: str = "ann", conclusion: str = "success") -> Any:  # fmt: skip
        """A run from its start to its end."""
        one = self.github.add_run(BOARD, f".github/workflows/{workflow}.yml", event, "main", actor)
        self.recorder.look()
        one.status, one.conclusion = "completed", conclusion
        self.recorder.look()
        return one

    def merge(self) -> None:
        """A maintainer merges the pull request."""
        pull = self.pull
        self.board.git.git("update-ref", "refs/heads/main", pull.merge_commit_sha)
        pull.state, pull.merged_at, pull.merged_by = "closed", "2026-01-01T00:00:00Z", "mia"
        self.recorder.look()


def remark(line: int, title: str, message: str, level: str = "failure") -> dict[str, Any]:
    """An annotation as the API takes it."""
    place = {"path": CONFIG, "start_line": line, "end_line": line}
    return {**place, "annotation_level": level, "title": title, "message": message}


def whole_story(folder: Path, listener: Listener | None = None) -> Told:
    """From a broken config to a merged proposal on the Hub."""
    told = Told(folder, listener)
    told.recorder.act("Ann proposes a model", "Her config has mistakes.")
    told.push(BROKEN)
    told.open_pull()
    comment = _found_invalid(told)
    told.recorder.act("She mends it")
    told.push(MENDED, "Mend what the bot found")
    told.edit(comment, f"{MARKER}### `org/name`: validated\n\n**Valid: 2 tasks to evaluate.**")
    told.label("mteb: validated")
    told.recorder.act("A maintainer asks for the evaluation")
    told.say("/evaluate", "mia")
    told.edit(comment, f"{MARKER}### `org/name`: queued\n\n**Queued.**")
    told.edit(comment, f"{MARKER}### `org/name`: running\n\n**Running: 1 of 2 tasks done.**")
    text = comment_on_report(measured())
    run = told.run("evaluate", "workflow_dispatch", "mia")
    footer = (
        f"<sub>Commit {told.pull.head_sha} · [run]({URL}/lab/board/actions/runs/{run.id})</sub>"
    )
    told.edit(comment, f"{MARKER}### `org/name`: evaluated\n\n{text}\n\n{footer}")
    told.label("mteb: evaluated")
    told.check("measured", "success", summary=text)
    _published(told, comment)
    return told


def _found_invalid(told: Told) -> Any:
    told.run("validate", "pull_request_target")
    told.label("mteb: invalid")
    told.check(
        "not valid: 2 problems", "failure",
        remark(3, "revision", "8b3219a is no full commit SHA\nfix: give all 40 digits"),
        remark(7, "unknown-task", "mteb has no task STSBenchmrk\nfix: did you mean STSBenchmark?"),
    )  # fmt: skip
    return told.say(f"{MARKER}### `org/name`: invalid\n\n**Not valid: 2 problems.** Mend them.")


def _published(told: Told, comment: Any) -> None:
    told.recorder.act("Merge, and the results on the Hub")
    told.merge()
    told.github.push(
        BOARD, "main", {"results/org__name/a/STS12.json": b'{"scores": {}}\n'}, "Results of #1"
    )
    told.recorder.look()
    report = measured()
    card = write_card(README, report, iso_639_1=ISO_639_1)
    told.hub.open_pull(
        MODEL, card.files, "mteb-bot", "Add MTEB results", describe(report, list(card.files))
    )
    link = f"[`org/name#1`]({URL}/org/name/discussions/1)"
    text = comment.body.partition("\n")[2]
    told.edit(
        comment, f"{PUBLISHED}\n{text}\n\n**On the Hub:** the pull request {link} offers them."
    )
    told.hub.merge_pull(MODEL, 1, "org")
    told.recorder.printed("mia", "mteb-bot verify org/name", "2 tasks are public\nall agree\n")
