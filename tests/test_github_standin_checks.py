"""The local GitHub answers PyGithub as GitHub does: check runs, commit statuses, workflow runs."""

import io
import zipfile

import pytest

from tests.github_world import BOT, board_with_a_pull, bot, github, refusal, served
from tests.standins.github.clients import ask, client

__all__ = ["bot", "github", "served"]

WORKFLOW = b"on:\n  workflow_dispatch:\n    inputs:\n      pull: {required: true}\n"


@pytest.fixture(scope="module")
def seed(tmp_path_factory):
    return board_with_a_pull(tmp_path_factory.mktemp("seed"))


def annotations(count):
    return [
        {
            "path": "models/x.yaml",
            "start_line": line,
            "end_line": line,
            "annotation_level": "failure",
            "message": f"line {line}",
        }
        for line in range(1, count + 1)
    ]


def test_a_check_run_goes_from_queued_to_its_conclusion(github, bot):
    sha = github.pull("lab/board", 1).head_sha
    run = bot.create_check_run("mteb", sha, status="queued", external_id="x")
    assert (run.status, run.conclusion, run.app.slug) == ("queued", None, "github-actions")
    output = {"title": "Failed", "summary": "2 errors", "annotations": annotations(2)}
    run.edit(conclusion="failure", output=output)
    assert (run.status, run.output.annotations_count) == ("completed", 2)
    run.edit(output={"title": "Failed", "summary": "3 errors", "annotations": annotations(1)})
    assert [each.start_line for each in run.get_annotations()] == [1, 2, 1]
    ended = github.state("lab/board")["checks"][sha]
    assert [(each["conclusion"], each["summary"]) for each in ended] == [("failure", "3 errors")]


def test_a_request_takes_fifty_annotations(github, bot):
    sha = github.pull("lab/board", 1).head_sha
    output = {"title": "t", "summary": "s"}
    error = refusal(
        bot.create_check_run, "m", sha, output={**output, "annotations": annotations(51)}
    )
    assert error.data["message"] == (
        "Invalid request.\n\nNo more than 50 items are allowed; 51 were supplied."
    )
    assert bot.create_check_run("m", sha, output={**output, "annotations": annotations(50)}).id
    long = {"title": "t", "summary": "s" * 65_536}
    assert (
        "Only 65535 characters"
        in refusal(bot.create_check_run, "m", sha, output=long).data["message"]
    )


def test_the_latest_run_of_a_name_hides_the_earlier(github, bot):
    sha = github.pull("lab/board", 1).head_sha
    commit = bot.get_commit(sha)
    made = [bot.create_check_run(name, sha).id for name in ("a", "b", "a")]
    assert [run.id for run in commit.get_check_runs()] == [made[2], made[1]]
    assert [run.id for run in commit.get_check_runs(filter="all")] == made[::-1]
    assert [run.id for run in commit.get_check_runs(check_name="a")] == [made[2]]
    assert [run.id for run in commit.get_check_runs(status="completed")] == []
    assert refusal(bot.create_check_run, "a", "0" * 40).status == 422


def test_of_each_context_the_latest_status_counts(github, bot):
    commit = bot.get_commit(github.pull("lab/board", 1).head_sha)
    commit.create_status("pending", context="mteb", description="running")
    commit.create_status("success", context="mteb", description="done")
    assert commit.get_combined_status().state == "success"
    commit.create_status("error", context="other", target_url="https://example.org")
    combined = commit.get_combined_status()
    assert (combined.state, combined.total_count) == ("failure", 2)
    assert [status.state for status in commit.get_statuses()] == ["error", "success", "pending"]
    assert github.state("lab/board")["statuses"][commit.sha]["mteb"]["description"] == "done"


@pytest.fixture
def evaluation(github):
    """A workflow file on main."""
    github.push("lab/board", "main", {".github/workflows/evaluate.yml": WORKFLOW})
    return ".github/workflows/evaluate.yml"


def test_a_workflow_is_dispatched_and_its_run_cancelled(served, github, evaluation):
    board = client(served[0], github.add_token("lab")).get_repo("lab/board")
    workflow = board.get_workflow("evaluate.yml")
    assert [each.path for each in board.get_workflows()] == [workflow.path]
    assert workflow.create_dispatch("main", {"pull": "1"})
    error = refusal(workflow.create_dispatch, "nothing", throw=True)
    assert (error.status, error.data["message"]) == (422, "No ref found for: nothing")
    error = refusal(workflow.create_dispatch, "main", {"pull": "1", "x": "2"}, throw=True)
    assert error.data["message"] == 'Unexpected inputs provided: ["x"]'
    error = refusal(workflow.create_dispatch, "main", {}, throw=True)
    assert error.data["message"] == "Required input 'pull' not provided"
    (run,) = board.get_workflow_runs()
    assert (run.status, run.event, run.head_branch) == ("queued", "workflow_dispatch", "main")
    assert run.cancel()
    assert run.cancel() is False
    assert board.get_workflow_run(run.id).conclusion == "cancelled"
    assert github.state("lab/board")["dispatches"] == [
        {"workflow": evaluation, "ref": "main", "inputs": {"pull": "1"}}
    ]


def test_artifacts_are_downloaded_through_a_redirect(served, github, evaluation):
    server, _ = served
    run = github.add_run("lab/board", evaluation, "pull_request", "main", "ann")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("report.json", "{}")
    made = github.add_artifact("lab/board", run.id, "report", packed.getvalue())
    token = github.add_token(BOT, {"actions": "read"})
    (found,) = client(server, token).get_repo("lab/board").get_workflow_run(run.id).get_artifacts()
    assert (found.name, found.size_in_bytes) == ("report", len(packed.getvalue()))
    answer = ask(found.archive_download_url, token)
    assert [each.status_code for each in answer.history] == [302]
    assert zipfile.ZipFile(io.BytesIO(answer.content)).namelist() == ["report.json"]
    assert ask(found.archive_download_url).status_code == 401
    made.content = None
    assert ask(found.archive_download_url, token).status_code == 410


@pytest.mark.parametrize("odd", [
    {"path": ""}, {"start_line": 3}, {"start_line": -1}, {"start_column": 1},
    {"end_line": 2, "start_column": 1, "end_column": 2}, {"start_column": 3, "end_column": 2},
    {"message": ""}, {"message": "é" * 32_769}, {"title": "x" * 256},
])  # fmt: skip
def test_annotations_that_make_no_sense_are_refused_without_a_reason(bot, odd):
    sha = bot.get_pull(1).head.sha
    output = {"title": "t", "summary": "s", "annotations": [{**annotations(1)[0], **odd}]}
    refused = refusal(bot.create_check_run, "x", sha, output=output)
    assert refused.status == 422
    assert refused.data["errors"] == [
        {"resource": "CheckRun", "code": "invalid", "field": "annotations"}
    ]
