"""`mteb-bot verify --results-repository` against a local GitHub: the public leaderboard's source lists the results."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import verify_made
from made import REVISION, result
from verify_made import MODEL

from bot.cli import main
from bot.results_repository.layout import branch_of, revision_folder
from tests.standins.github.app import LocalGithub
from tests.standins.hub.app import LocalHub
from tests.standins.server import Server

RESULTS = "board/results"
FOLDER = revision_folder(MODEL, REVISION)
TASKS = ("STSBenchmark", "MassiveIntentClassification")  # the custom task belongs nowhere else
SUBMIT = "run `mteb-bot submit` and have its pull request merged"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory):
    """A Hub where all is public."""
    local = LocalHub(tmp_path_factory.mktemp("hub") / "published")
    verify_made.publish(local, chart=False)
    with Server(local) as server:
        yield server


@pytest.fixture
def github(tmp_path):
    return LocalGithub(tmp_path / "github")


@pytest.fixture
def verify(hub, github, monkeypatch, capsys):
    """Run the command: exit code, the row of the results repository, all states that are not ok, GitHub's log."""
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.setenv("MTEB_BOT_FIRST_WAIT", "0.01")
    monkeypatch.setenv("GITHUB_TOKEN", github.add_token("ann"))

    def run(*arguments: str):
        with Server(github) as server:
            monkeypatch.setenv("GITHUB_API_URL", server.url)
            code = main(
                ["verify", MODEL, "--results-repository", RESULTS, "--format", "json", *arguments]
            )
            log = list(server.log)
        github.check()
        rows = json.loads(capsys.readouterr().out)["rows"]
        (row,) = [row for row in rows if row["id"] == "results-repository"]
        bad = {row["id"]: row["state"] for row in rows if row["state"] != "ok"}
        return code, row, bad, log

    return run


def files(*tasks: str, folder: str = FOLDER) -> dict[str, bytes]:
    listed = {f"{folder}/{task}.json": json.dumps(result(task, 0.5)).encode() for task in tasks}
    return {f"{folder}/model_meta.json": b"{}", **listed}


def test_listed_results_are_ok(github, verify):
    github.create_repository(RESULTS, files(*TASKS))
    code, row, bad, log = verify()
    assert (code, bad) == (0, {})
    assert row["message"] == f"2 tasks in board/results at revision {REVISION}"
    assert len(log) == 4
    assert not any(each.writes for each in log)


def test_a_task_that_is_not_listed_is_not_ok(github, verify):
    github.create_repository(RESULTS, files("STSBenchmark"))
    code, row, bad, _ = verify()
    assert (code, bad) == (1, {"results-repository": "not ok"})
    assert row["message"] == (
        f"board/results at revision {REVISION} lacks MassiveIntentClassification"
    )
    assert row["fix"] == SUBMIT


def test_a_model_that_is_not_listed_is_not_ok(github, verify):
    github.create_repository(RESULTS, {"README.md": b"results"})
    code, row, _, _ = verify()
    assert (code, row["message"]) == (1, "board/results has no folder of this model")


def test_the_revision_that_was_measured_must_be_listed(github, verify):
    github.create_repository(
        RESULTS, files(*TASKS, folder=revision_folder(MODEL, "e" * 40)) | files("STSBenchmark")
    )
    assert verify()[1]["message"] == f"2 tasks in board/results at revision {'e' * 40}"
    assert verify("--revision", REVISION)[1]["message"] == (
        f"board/results at revision {REVISION} lacks MassiveIntentClassification"
    )
    assert verify("--revision", "f" * 40)[1]["message"] == (
        f"board/results has no folder of revision {'f' * 40}"
    )


def test_a_submission_that_waits_is_too_early(github, verify):
    github.create_repository(RESULTS, {"README.md": b"results"})
    fork = github.fork(RESULTS, "mteb-bot")
    fork.git.git("branch", branch_of(MODEL), "main")
    fork.git.commit(f"refs/heads/{branch_of(MODEL)}", files(*TASKS), "Results")
    github.open_pull(
        RESULTS, head=f"mteb-bot:{branch_of(MODEL)}", title="Results", author="mteb-bot"
    )
    code, row, bad, _ = verify()
    assert (code, bad) == (0, {"results-repository": "too early"})
    assert row["message"].startswith(
        "board/results has no folder of this model; a pull request waits: "
    )
    assert row["message"].endswith("/board/results/pull/1")


def test_the_refresh_window_begins_when_the_results_repository_has_them(github, verify):
    git = github.create_repository(RESULTS, {"README.md": b"results"}).git
    before = git.resolve("main")
    tree = git.resolve(git.commit("refs/heads/main", files(*TASKS), "Results")) + "^{tree}"
    date = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="seconds")
    recent = git.git("commit-tree", "-p", before, tree, stdin=b"R", GIT_COMMITTER_DATE=date)
    git.git("update-ref", "refs/heads/main", recent.decode().strip())
    _, _, bad, _ = verify()
    assert bad == {"refresh": "too early"}


def test_a_results_repository_that_is_not_there_is_said(hub, github, monkeypatch, capsys):
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.setenv("GITHUB_TOKEN", github.add_token("ann"))
    with Server(github) as server:
        monkeypatch.setenv("GITHUB_API_URL", server.url)
        assert main(["verify", MODEL, "--results-repository", RESULTS]) == 3
    said = capsys.readouterr()
    assert said.err.startswith("mteb-bot: GitHub refused (HTTP 404)")
    assert said.out == ""


def test_without_a_token_the_results_repository_cannot_be_read(hub, monkeypatch, capsys):
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    assert main(["verify", MODEL, "--results-repository", RESULTS]) == 2
    assert capsys.readouterr().err.startswith("mteb-bot: GITHUB_TOKEN is not set")
