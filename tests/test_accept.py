"""`mteb-bot accept`: a merged pull request's results become part of the default branch, once."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from collect_made import FIRST, FOLDER, SECOND, files, measured, zipped
from collect_world import Evaluated, evaluated
from conversation_made import BOARD, BOT, CONFIG, OTHER_CONFIG, REVISION, config

from bot.cli import main
from bot.conversation.marker import Marker
from bot.conversation.states import State
from tests.standins.faults import Fault, Kind
from tests.standins.github.clients import client

MAY = {"contents": "write", "actions": "read", "pull_requests": "read"}
SETTINGS = f"{FOLDER}/run_settings.jsonl"
FILES = [f"{FOLDER}/{SECOND}.json", f"{FOLDER}/{FIRST}.json", f"{FOLDER}/model_meta.json", SETTINGS]


class Merged:
    """A board whose pull request was evaluated, told of, and merged."""

    def __init__(self, world: Evaluated) -> None:
        self.world = world
        self.board = world.board
        world.collect()
        self.digest = sha256((world.output / "report.json").read_bytes()).hexdigest()[:16]

    def tell(self, author: str = BOT, **changes: object) -> None:
        """The comment about the evaluation."""
        said = {
            "config": CONFIG, "sha": self.board.sha, "state": State.EVALUATED,
            "report": self.digest, "run": self.world.run.id,
        }  # fmt: skip
        marker = Marker(**{**said, **changes})  # type: ignore[arg-type]
        self.world.github.comment(BOARD, 1, author, f"{marker.line()}\nScores.")

    def merge(self) -> None:
        """A maintainer merges."""
        token = self.world.github.add_token("lab", {"contents": "write", "pull_requests": "write"})
        client(self.board.server, token).get_repo(BOARD).get_pull(1).merge()
        self.board.use_token(MAY)

    def accept(self, *more: object) -> int:
        """Run the command; its exit code."""
        self.world.outputs.write_text("")
        self.board.server.clear()
        return self.accept_on(*more)

    def accept_on(self, *more: object) -> int:
        """The same, with the faults that are injected."""
        return main(["accept", "--pull", "1", *map(str, more)])

    @property
    def held(self) -> dict[str, bytes]:
        """What the default branch holds below results/."""
        files = self.world.github.world.repository(BOARD).git.files()
        return {path: content for path, content in files.items() if path.startswith("results/")}

    @property
    def commits(self) -> list[str]:
        """Messages on the default branch, the latest first."""
        git = self.world.github.world.repository(BOARD).git
        return git.git("log", "--format=%B%x00", "main").decode().split("\0\n")[:-1]


@pytest.fixture
def merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Merged]:
    with evaluated(tmp_path, monkeypatch) as world:
        yield Merged(world)


def test_the_results_of_the_merged_commit_go_in_with_one_commit(
    merged: Merged, capsys: pytest.CaptureFixture[str]
):
    merged.tell()
    merged.merge()
    before = len(merged.commits)
    assert merged.accept() == 0, capsys.readouterr().err
    run = merged.world.run.id
    assert sorted(merged.held) == FILES
    assert merged.held == {name: (merged.world.output / name).read_bytes() for name in FILES}
    assert len(merged.commits) == before + 1
    assert merged.commits[0] == (
        f"Results of org/name (#1)\n\n{CONFIG} at revision {REVISION}: 2 tasks, evaluated by run {run}.\n"
    )
    assert capsys.readouterr().out.splitlines()[-1] == f"{CONFIG}: accepted, 4 files of run {run}"
    assert merged.world.said == {
        "accepted": f"[{run}]", "publish": f"[{run}]", "changed": "true",
    }  # fmt: skip


def test_a_second_run_writes_nothing(merged: Merged, capsys: pytest.CaptureFixture[str]):
    merged.tell()
    merged.merge()
    merged.accept()
    before, held = merged.commits, merged.held
    assert merged.accept() == 0
    assert merged.board.writes == []
    assert (merged.commits, merged.held) == (before, held)
    assert "already part of the board" in capsys.readouterr().out
    assert merged.world.said["changed"] == "false"
    assert merged.world.said["publish"] == f"[{merged.world.run.id}]"


@pytest.mark.parametrize("on", ["evaluated", "never"])
def test_nothing_is_to_be_published_where_the_settings_do_not_want_it_on_merge(
    merged: Merged, on: str
):
    settings = merged.world.folder / "settings.yml"
    settings.write_text(f"schema_version: 1\npublish: {{on: {on}}}\n")
    merged.tell()
    merged.merge()
    merged.accept("--settings", settings)
    assert merged.world.said["publish"] == "[]"
    assert merged.world.said["accepted"] == f"[{merged.world.run.id}]"


def test_results_of_other_tasks_revisions_and_models_stay(merged: Merged):
    others = {
        f"{FOLDER}/STS13.json": b"{}",
        f"{FOLDER}/{FIRST}.json": b'{"old": 1}',
        f"results/org__name/{'9' * 40}/{FIRST}.json": b"{}",
        "results/org__other/x/STS12.json": b"{}",
        SETTINGS: b'{"task": "STS13", "split": "test", "subset": "default", "version": {}}\nodd',
        "results/README.md": b"# ours\n",
    }
    merged.world.github.push(BOARD, "main", others)
    merged.tell()
    merged.merge()
    assert merged.accept() == 0
    for path in others.keys() - {f"{FOLDER}/{FIRST}.json", SETTINGS}:
        assert merged.held[path] == others[path], path
    assert json.loads(merged.held[f"{FOLDER}/{FIRST}.json"])["task_name"] == FIRST
    assert merged.held[SETTINGS].startswith(others[SETTINGS] + b"\n")
    assert merged.held[SETTINGS].count(b"\n") == 4
    assert f"Replaces earlier results of this revision: {FIRST}." in merged.commits[0]
    before = merged.held
    assert merged.accept() == 0
    assert merged.held == before


DECLINED = {
    "no comment": (None, "it was never evaluated"),
    "another commit": ({"sha": "6" * 40}, "what was evaluated is 6666666, not"),
    "failed": ({"state": State.FAILED}, "it was merged while failed"),
    "running": ({"state": State.RUNNING}, "it was merged while running"),
    "only tried": ({"state": State.TRIED}, "it was merged while tried"),
    "no run": ({"run": None}, "the comment does not say which run it tells of"),
    "no report": ({"report": None}, "the comment does not say which run it tells of"),
    "a stranger's comment": ({"author": "mallory"}, "it was never evaluated"),
    "about another config": ({"config": OTHER_CONFIG}, "it was never evaluated"),
}


@pytest.mark.parametrize(("comment", "why"), DECLINED.values(), ids=DECLINED.keys())
def test_what_was_merged_without_results_is_told_and_no_error(
    merged: Merged,
    comment: dict[str, object] | None,
    why: str,
    capsys: pytest.CaptureFixture[str],
):
    if comment is not None:
        merged.tell(**comment)
    merged.merge()
    assert merged.accept() == 0
    assert f"{CONFIG}: no results, {why}" in capsys.readouterr().out
    assert merged.held == {}
    assert merged.world.said == {"accepted": "[]", "publish": "[]", "changed": "false"}
    assert merged.board.writes == []


def test_what_is_not_what_people_were_shown_is_not_accepted(
    merged: Merged, capsys: pytest.CaptureFixture[str]
):
    merged.tell()
    merged.merge()
    merged.world.leave("results-2", zipped(files(measured(merged.world.plan, 2, 0.99))))
    assert merged.accept() == 3
    assert "left another report than the comment shows" in capsys.readouterr().err
    assert merged.held == {}
    merged.world.leave("results-2", b"PK")
    assert merged.accept() == 3
    assert "is failed by what it left" in capsys.readouterr().err


def test_a_run_of_another_pull_request_is_not_accepted(
    merged: Merged, capsys: pytest.CaptureFixture[str]
):
    merged.tell()
    merged.merge()
    merged.world.run.title = merged.world.run.title.replace("#1", "#2")
    assert merged.accept() == 3
    assert "evaluated something else" in capsys.readouterr().err
    merged.world.run.path = ".github/workflows/ci.yml"
    assert merged.accept() == 3
    assert "is no evaluation of this board" in capsys.readouterr().err
    assert merged.held == {}


def test_artifacts_that_expired_are_told(merged: Merged, capsys: pytest.CaptureFixture[str]):
    merged.tell()
    merged.merge()
    for artifact in merged.world.github.world.repository(BOARD).artifacts:
        artifact.content = None
    assert merged.accept() == 3
    assert "left no longer" in capsys.readouterr().err
    assert merged.world.said["accepted"] == "[]"


def test_one_config_keeps_no_other_from_being_accepted(
    merged: Merged, capsys: pytest.CaptureFixture[str]
):
    merged.world.github.push("ann/board", "add-model", {OTHER_CONFIG: config("org/other")})
    merged.board.sha = merged.world.github.pull(BOARD, 1).head_sha
    merged.tell(config=OTHER_CONFIG, run=999_999)
    merged.merge()
    assert merged.accept() == 3
    said = capsys.readouterr()
    assert "cannot read run 999999" in said.err
    assert f"{CONFIG}: no results, it was never evaluated" in said.out


def test_a_pull_request_that_is_not_merged_is_refused(
    merged: Merged, capsys: pytest.CaptureFixture[str]
):
    merged.tell()
    merged.board.use_token(MAY)
    assert merged.accept() == 2
    assert "pull request 1 is not merged" in capsys.readouterr().err
    merged.merge()
    assert merged.accept("--sha", "7" * 40) == 2
    assert "was merged at another commit" in capsys.readouterr().err
    assert merged.accept("--sha", merged.board.sha) == 0


def test_a_token_that_may_not_write_is_told_what_it_needs(
    merged: Merged, capsys: pytest.CaptureFixture[str]
):
    merged.tell()
    merged.merge()
    merged.board.use_token({**MAY, "contents": "read"})
    assert merged.accept() == 3
    assert "give the job `permissions: contents: write`" in capsys.readouterr().err


def test_a_push_in_between_is_built_upon_and_not_lost(merged: Merged):
    merged.tell()
    merged.merge()
    pushed = []

    def push(exchange: object) -> None:
        if not pushed and "/git/commits" in getattr(exchange, "path", ""):
            pushed.append(merged.world.github.push(BOARD, "main", {"elsewhere.md": b"quick\n"}))

    merged.world.outputs.write_text("")
    merged.board.server.clear()
    merged.board.server.watch = push
    assert merged.accept_on() == 0
    assert pushed
    files = merged.world.github.world.repository(BOARD).git.files()
    assert files["elsewhere.md"] == b"quick\n"
    assert sorted(merged.held) == FILES
    assert len([text for text in merged.commits if text.startswith("Results of")]) == 1


@pytest.mark.parametrize(
    "kind", [Kind.ERROR_500, Kind.ERROR_500_APPLIED, Kind.RESET_APPLIED, Kind.TRUNCATED]
)
@pytest.mark.parametrize("before_the_end", range(9))
def test_trouble_at_any_request_ends_in_the_same_state(
    merged: Merged, kind: Kind, before_the_end: int
):
    merged.tell()
    merged.merge()
    requests = _requests_of_an_undisturbed_run(merged)
    merged.world.outputs.write_text("")
    merged.board.server.clear()
    merged.board.server.inject(Fault(kind, requests - before_the_end))
    assert merged.accept_on() == 0
    assert sorted(merged.held) == FILES
    assert len([text for text in merged.commits if text.startswith("Results of")]) == 1


def _requests_of_an_undisturbed_run(merged: Merged) -> int:
    git = merged.world.github.world.repository(BOARD).git
    before = git.resolve("refs/heads/main")
    merged.accept()
    git.git("update-ref", "refs/heads/main", before)
    return len(merged.board.requests)
