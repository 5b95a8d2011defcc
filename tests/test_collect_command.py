"""`mteb-bot collect` against a local GitHub: identity from the run, everything else from validated artifacts."""

from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pytest
from collect_made import FIRST, FOLDER, SECOND, files, measured, zipped
from collect_world import EVALUATE, Evaluated, evaluated
from conversation_made import BOARD, CONFIG, REVISION, config


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Evaluated]:
    with evaluated(tmp_path, monkeypatch) as one:
        yield one


def test_an_evaluation_is_collected_with_its_identity_and_its_files(
    world: Evaluated, capsys: pytest.CaptureFixture[str]
):
    assert world.collect() == 0, capsys.readouterr().err
    sha = world.board.sha
    assert capsys.readouterr().out == f"evaluated: {CONFIG} of #1 at {sha[:7]}\n"
    assert world.said == {
        "state": "evaluated", "config": CONFIG, "model": "org/name", "smoke": "false",
        "publish-on-evaluated": "false", "pull": "1", "sha": sha,
    }  # fmt: skip
    assert world.written == [
        "collected.json",
        "report.json",
        f"{FOLDER}/{SECOND}.json",
        f"{FOLDER}/{FIRST}.json",
        f"{FOLDER}/model_meta.json",
        f"{FOLDER}/run_settings.jsonl",
        f"submission/{CONFIG}",
    ]
    assert (world.output / "submission" / CONFIG).read_bytes() == config()
    assert world.read("collected.json") == {
        "schema_version": 1, "state": "evaluated", "config": CONFIG, "model": "org/name",
        "smoke": False, "run": world.run.id, "pull": 1, "sha": sha,
    }  # fmt: skip
    assert [one.path for one in world.output.parent.iterdir() if ".collected" in one.name] == []


def test_collecting_again_replaces_the_folder_by_the_same(world: Evaluated):
    world.collect()
    before = {name: (world.output / name).read_bytes() for name in world.written}
    (world.output / "stray").touch()
    world.collect()
    assert {name: (world.output / name).read_bytes() for name in world.written} == before


def test_a_folder_of_somebody_else_is_left_alone(
    world: Evaluated, capsys: pytest.CaptureFixture[str]
):
    world.output.mkdir()
    (world.output / "thesis.tex").touch()
    assert world.collect() == 2
    assert "exists already" in capsys.readouterr().err
    assert world.written == ["thesis.tex"]


@pytest.mark.parametrize(("on", "publish"), [("evaluated", "true"), ("merged", "false")])
def test_settings_say_whether_an_evaluation_is_published_at_once(
    world: Evaluated, on: str, publish: str
):
    settings = world.folder / "settings.yml"
    settings.write_text(f"schema_version: 1\npublish: {{on: {on}}}\n")
    world.collect("--settings", settings)
    assert world.said["publish-on-evaluated"] == publish
    world.run.conclusion = "cancelled"
    world.collect("--settings", settings)
    assert (world.said["state"], world.said["publish-on-evaluated"]) == ("cancelled", "false")


def test_what_was_pushed_over_or_turned_down_meanwhile_is_not_published_at_once(world: Evaluated):
    settings = world.folder / "settings.yml"
    settings.write_text("schema_version: 1\npublish: {on: evaluated}\n")
    sha = world.board.sha
    world.board.push()
    assert world.collect("--settings", settings) == 0
    assert (world.said["sha"], world.said["publish-on-evaluated"]) == (sha, "false")
    world.run.title = world.run.title.replace(sha, world.board.sha)
    world.github.close_pull(BOARD, 1)
    assert world.collect("--settings", settings) == 0
    assert world.said["publish-on-evaluated"] == "false"


def test_a_smoke_run_is_never_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with evaluated(tmp_path, monkeypatch, request="--smoke", smoke=True) as world:
        settings = world.folder / "settings.yml"
        settings.write_text("schema_version: 1\npublish: {on: evaluated}\n")
        assert world.collect("--settings", settings) == 0
        assert (world.said["state"], world.said["smoke"]) == ("evaluated", "true")
        assert world.said["publish-on-evaluated"] == "false"


def test_a_failed_evaluation_is_news_and_no_failure_of_the_command(
    world: Evaluated, capsys: pytest.CaptureFixture[str]
):
    world.forget()
    world.run.conclusion = "failure"
    assert world.collect() == 0
    assert world.said["state"] == "failed"
    assert "the evaluation ended before it was planned" in capsys.readouterr().out
    assert world.read("report.json")["tasks"] == []


def test_the_latest_of_artifacts_with_one_name_counts_as_after_a_second_attempt(world: Evaluated):
    world.leave("results-2", zipped(files(measured(world.plan, 2, 0.9))))
    world.collect()
    task = world.read("report.json")["tasks"][1]
    assert task["result"]["scores"]["test"][0]["main_score"] == 0.9


RUNS = {
    "another workflow": ({"path": ".github/workflows/validate.yml"}, "by its path"),
    "a workflow of that name elsewhere": ({"path": "x/.github/workflows/evaluate.yml"}, "by its path"),
    "a workflow file of another branch": ({"path": f"{'.github/workflows/evaluate.yml'}@refs/heads/x"}, "by its path"),
    "another event": ({"event": "pull_request"}, "by its event"),
    "another branch": ({"head_branch": "model"}, "by its branch"),
    "a fork": ({"head_repository": "ann/board"}, "by its repository"),
    "another title": ({"title": "evaluate #1"}, "its title is evaluate #1"),
    "a title with more": ({"title": "evaluate #1 models/org/name.yaml " + "5" * 40 + " " + "0" * 16 + " x"}, "its title is evaluate #1 models"),
    "a title with a path out": ({"title": "evaluate #1 models/../x/name.yaml " + "5" * 40 + " " + "0" * 16}, "its title is evaluate #1 models/.."),
    "a title with a branch": ({"title": "evaluate #1 models/org/name.yaml main " + "0" * 16}, "its title is evaluate #1 models"),
    "a title of two lines": ({"title": "evaluate #1 models/org/name.yaml " + "5" * 40 + "\n" + "0" * 16}, "its title is evaluate #1 models"),
    "pull request 0": ({"title": "evaluate #0 models/org/name.yaml " + "5" * 40 + " " + "0" * 16}, "its title is evaluate #0"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "why"), RUNS.values(), ids=RUNS.keys())
def test_a_run_that_is_no_evaluation_of_the_board_is_not_spoken_for(
    world: Evaluated, capsys: pytest.CaptureFixture[str], changes: dict[str, str], why: str
):
    for name, value in changes.items():
        setattr(world.run, name, value)
    assert world.collect() == 3
    told = capsys.readouterr().err
    assert f"mteb-bot: run {world.run.id} is no evaluation of this board: {why}" in told
    assert not world.output.exists()
    assert world.said == {}


def test_a_run_from_a_tag_that_is_called_like_the_default_branch_is_not_spoken_for(
    world: Evaluated, capsys: pytest.CaptureFixture[str]
):
    world.github.push(BOARD, "side", {EVALUATE: b"name: evaluate"})
    git = world.github.world.repository(BOARD).git
    side = git.resolve("refs/heads/side")
    without_past = git.git("commit-tree", f"{side}^{{tree}}", "-m", "Start").decode().strip()
    for world.run.head_sha in (side, without_past):
        git.git("update-ref", "refs/tags/main", world.run.head_sha)
        assert world.collect() == 3
        assert "is no evaluation of this board: by its commit" in capsys.readouterr().err
    world.run.head_sha = side
    git.git("update-ref", "refs/heads/main", side)  # merged: the board's own now
    assert world.collect() == 0


def test_a_run_that_goes_on_cannot_be_collected(
    world: Evaluated, capsys: pytest.CaptureFixture[str]
):
    world.run.status, world.run.conclusion = "in_progress", None
    assert world.collect() == 3
    assert "wait until it has ended" in capsys.readouterr().err


def test_a_run_that_asks_for_its_report_with_its_last_job_is_waited_for(world: Evaluated):
    world.run.status, world.run.conclusion = "in_progress", None

    def end() -> None:
        world.run.status, world.run.conclusion = "completed", "success"

    ending = Timer(0.3, end)
    ending.start()
    assert world.collect("--wait", "900") == 0
    ending.join()
    assert world.said["state"] == "evaluated"


def test_patience_with_a_run_that_goes_on_ends(world: Evaluated):
    world.run.status, world.run.conclusion = "in_progress", None
    assert world.collect("--wait", "1") == 3


def test_a_look_at_a_run_that_goes_on_is_one_request(world: Evaluated):
    world.run.status, world.run.conclusion = "in_progress", None
    world.board.server.clear()
    world.collect("--wait", "50")
    fewer = len(world.board.server.log)
    world.board.server.clear()
    world.collect("--wait", "100")
    assert len(world.board.server.log) == fewer + 10  # one every five seconds


def test_the_artifacts_of_another_pull_requests_run_are_refused(world: Evaluated):
    world.github.push("ann/board", "second", {CONFIG: config(license="apache-2.0")})
    second = world.github.open_pull(BOARD, head="ann:second", title="Again", author="ann")
    world.run.title = world.run.title.replace("#1", f"#{second.number}")
    world.run.title = world.run.title.replace(world.board.sha, second.head_sha)
    assert world.collect() == 0
    assert (world.said["state"], world.said["sha"]) == ("failed", second.head_sha)
    assert world.read("report.json")["error"]["message"] == (
        f"artifact plan, plan.json: refused, as its pull request is 1, not {second.number}"
    )


def test_the_config_is_that_of_the_commit_however_the_branch_moved_on(world: Evaluated):
    world.github.push("ann/board", "add-model", {CONFIG: config(revision="2" * 40)})
    assert world.collect() == 0
    assert world.said["state"] == "evaluated"
    assert REVISION.encode() in (world.output / "submission" / CONFIG).read_bytes()


def test_no_run_and_no_permission_are_told(world: Evaluated, capsys: pytest.CaptureFixture[str]):
    world.run.id += 1000
    number = world.run.id - 1000
    assert world.collect("--run", number) == 3
    assert f"cannot read run {number}: GitHub refused (HTTP 404)" in capsys.readouterr().err


def test_a_run_outside_of_github_is_collected_by_its_plan(world: Evaluated, tmp_path: Path):
    folder, root = tmp_path / "left", tmp_path / "root"
    (root / CONFIG).parent.mkdir(parents=True)
    (root / CONFIG).write_bytes(config())
    folder.mkdir()
    of = world.plan
    (tmp_path / "plan.json").write_bytes(of.to_json())
    for number in (1, 2):
        (folder / f"results-{number}.zip").write_bytes(zipped(files(measured(of, number))))
    from bot.cli import main

    words = ["--plan", tmp_path / "plan.json", "--artifacts", folder, "--root", root]
    assert main(["collect", *map(str, words), "--output", str(world.output)]) == 0
    assert world.said["state"] == "evaluated"
    (folder / "results-2.zip").unlink()
    assert main(["collect", *map(str, words), "--output", str(world.output)]) == 0
    assert world.read("collected.json")["state"] == "failed"
