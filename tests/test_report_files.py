"""mteb-bot report and the files it reads: reports, problems, outcomes of publishing, configs; and its arguments."""

import json

import pytest
from conversation_made import CONFIG, OTHER_CONFIG, config, open_board

from bot.cli import main


@pytest.fixture
def board(tmp_path, monkeypatch):
    """A pull request that adds one valid config."""
    with open_board(tmp_path, monkeypatch) as board:
        yield board


def test_a_report_of_another_config_is_refused(board, capsys):
    folder = board.measured()
    board.write(content=config(license="apache-2.0"))
    assert board.say("evaluated", "--results", folder) == 3
    assert "the report is of another model, revision or version of the config" in (
        capsys.readouterr().err
    )
    assert board.comments == []


def test_a_report_of_another_commit_is_refused(board, capsys):
    folder = board.measured()
    data = json.loads((folder / "report.json").read_text())
    data["provenance"]["head_sha"] = "9" * 40
    board.results(data)
    assert board.say("evaluated", "--results", folder) == 3
    assert f"the report is of commit {'9' * 40}, not of {board.sha}" in capsys.readouterr().err
    data["provenance"]["head_sha"] = board.sha
    board.results(data)
    assert board.say("evaluated", "--results", folder) == 0


def test_a_smoke_run_is_no_evaluation(board):
    board.say("running", "--run", 7)
    assert board.say("evaluated", "--run", 7, "--results", board.measured(smoke=True)) == 0
    assert board.labels == ["mteb: tried"]
    assert [(check["status"], check["conclusion"]) for check in board.checks()] == [
        ("completed", "cancelled"), ("queued", None),
    ]  # fmt: skip
    body = board.comment["body"]
    assert (
        "**Smoke run passed: the model loads and encodes for all 2 tasks.** No scores yet." in body
    )
    assert "Next: a maintainer comments `/evaluate` to have this commit evaluated.\n" in body
    assert board.say("evaluated", "--run", 7, "--results", board.measured(smoke=True)) == 0
    assert board.writes == []


def test_a_failure_with_a_report_says_what_it_says(board):
    failed = {"kind": "infrastructure", "message": "the disk is full", "advice": "free it"}
    folder = board.measured(status="failed", error=failed)
    assert board.say("failed", "--results", folder) == 0
    assert "the disk is full" in board.comment["body"]
    assert board.check()["conclusion"] == "failure"


def test_a_failure_without_a_report_says_that(board):
    assert board.say("failed", "--results", board.folder / "gone") == 0
    assert "**The evaluation ended without a report.**" in board.comment["body"]
    assert board.say("evaluated", "--results", board.folder / "gone") == 3


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"{", "`not strict JSON: "), (b'{"@team": "`#1"}', "`breaks the report schema: ")],
)
def test_a_failure_whose_report_is_of_no_use_does_not_say_that_there_was_none(
    board, content, reason
):
    folder = board.folder / "broken"
    folder.mkdir()
    (folder / "report.json").write_bytes(content)
    assert board.say("failed", "--results", folder) == 0
    body = board.comment["body"]
    assert f"**The report of the evaluation cannot be used:** {reason}" in body
    assert "Next: a maintainer looks at the run" in body
    assert "not at fault" not in body
    assert board.check()["title"] == "the report cannot be used"
    assert board.say("evaluated", "--results", folder) == 3


def test_the_results_are_compared_with_others(board):
    board.write()
    other = board.measured(0.6, "other")
    (other / "results").mkdir()
    assert board.say("evaluated", "--results", board.measured(0.8), "--against", other) == 0
    assert "points above" in board.comment["body"]


def test_what_became_of_publishing_is_told_and_kept(board):
    outcome = {"schema_version": 1, "model": "org/name", "revision": "1" * 40, "pull": 7,
               "state": "opened", "notes": ["@everyone"]}  # fmt: skip
    path = board.folder / "publication.json"
    path.write_text(json.dumps(outcome))
    run = ("--results", board.measured())
    assert board.say("evaluated", *run, "--publication", path) == 0
    link = "[`org/name#7`](https://huggingface.co/org/name/discussions/7)"
    assert link in board.comment["body"]
    assert "everyone" not in board.comment["body"]
    assert board.say("evaluated", *run) == 0
    assert board.writes == []
    path.write_text(json.dumps({**outcome, "state": "closed"}))
    assert board.say("evaluated", *run, "--publication", path) == 0
    assert f"{link} was closed by a person" in board.comment["body"]
    path.write_text(json.dumps({**outcome, "revision": "2" * 40}))
    assert board.say("evaluated", *run, "--publication", path) == 3
    path.write_text("{")
    assert board.say("evaluated", *run, "--publication", path) == 3


def problems_file(board, *problems, files=(CONFIG,)):
    path = board.folder / "problems.json"
    data = {"schema_version": 1, "passed": not problems, "files": list(files), "problems": problems}
    path.write_text(json.dumps(data))
    return path


FOUND = {
    "file": CONFIG, "line": 2, "column": 8, "rule": "private-repository",
    "message": "the repository is private", "fix": "make it public", "severity": "error",
}  # fmt: skip


def test_problems_found_elsewhere_are_told_together_with_the_checks_own(board):
    board.write(content=config(license="MIT"))
    assert board.say("validated", "--problems", problems_file(board, FOUND)) == 0
    assert [one["title"] for one in board.check()["annotations"]] == [
        "private-repository", "misspelt-license",
    ]  # fmt: skip


def test_a_problem_found_by_both_is_told_once_wherever_the_check_ran(board, capsys):
    board.write(content=config(license="MIT"))
    path = board.root / CONFIG
    main(["check", "--format", "json", str(path)])
    (board.folder / "problems.json").write_text(capsys.readouterr().out)
    assert board.say("validated", "--problems", board.folder / "problems.json") == 0
    assert len(board.check()["annotations"]) == 1


def test_warnings_found_elsewhere_leave_a_submission_valid(board):
    warning = {**FOUND, "severity": "warning"}
    assert board.say("validated", "--problems", problems_file(board, warning)) == 0
    assert board.labels == ["mteb: validated"]
    assert board.check()["annotations"][0]["annotation_level"] == "warning"
    assert board.say("validated", "--problems", problems_file(board, warning)) == 0
    assert board.writes == []


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"{}", b'{"schema_version":1}', b'{"schema_version":2,"files":[],"problems":[]}',
        json.dumps({"schema_version": 1, "files": [OTHER_CONFIG], "problems": []}).encode(),
        json.dumps({"schema_version": 1, "files": [CONFIG, OTHER_CONFIG], "problems": []}).encode(),
        json.dumps({"schema_version": 1, "files": [CONFIG], "problems": [{**FOUND, "line": "2"}]}).encode(),
        json.dumps({"schema_version": 1, "files": [CONFIG], "problems": [{**FOUND, "fix": None}]}).encode(),
        json.dumps({"schema_version": 1, "files": [CONFIG], "problems": [{**FOUND, "severity": "x"}]}).encode(),
        json.dumps({"schema_version": 1, "files": [CONFIG], "problems": [{"file": CONFIG}]}).encode(),
        json.dumps({"schema_version": 1, "files": [CONFIG], "problems": ["x"]}).encode(),
    ],
)  # fmt: skip
def test_a_file_of_problems_that_is_none_is_refused(board, capsys, content):
    path = board.folder / "problems.json"
    path.write_bytes(content)
    assert board.say("validated", "--problems", path) == 3
    assert "the file of problems cannot be used" in capsys.readouterr().err
    assert board.requests == []


def test_a_config_that_is_a_link_out_of_the_repository_is_invalid(board):
    outside = board.folder / "outside.yaml"
    outside.write_bytes(b"secret: 1\n")
    path = board.root / CONFIG
    path.unlink()
    path.symlink_to(outside)
    assert board.say("validated") == 0
    assert "it is a link that leads out of its project" in board.comment["body"]
    assert "secret" not in board.comment["body"]
    assert board.say("evaluated", "--results", board.folder) == 3


def test_a_custom_task_where_a_model_config_must_be_is_invalid(board):
    board.write(content=b"name: X\ntype: sts\ndataset: {path: data}\ncolumns: {}\n")
    assert board.say("validated") == 0
    assert board.labels == ["mteb: invalid"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--config", "models/../../etc/passwd"], "--config is models/../../etc/passwd"),
        (["--config", "/models/org/name.yaml"], "--config is /models/org/name.yaml"),
        (["--config", "models/org/na me.yaml"], "--config is models/org/na me.yaml"),
        (["--config", "models/org/name.yml"], "--config is models/org/name.yml"),
        (["--config", "models/org/none.yaml"], "models/org/none.yaml: no such file"),
        (["--sha", "abc"], "--sha is abc"),
        (["--sha", "A" * 40], "--sha is AAAA"),
        (["--pull", "0"], "--pull is 0"),
        (["--repository", "lab"], "the repository is 'lab'"),
        (["--repository", "lab/board/x"], "the repository is 'lab/board/x'"),
        (["--run-url", "javascript:alert(1)"], "--run-url is javascript:alert(1)"),
        (["--run-url", "https://x.example/) [y](z"], "--run-url is https://x.example/)"),
        (["--problems", "/nonexistent.json"], "/nonexistent.json: No such file"),
    ],
)
def test_arguments_of_another_shape_are_refused(board, capsys, words, said):
    assert board.say("validated", *words) == 2
    assert said in capsys.readouterr().err
    assert board.requests == []


@pytest.mark.parametrize("words", [["--done", 1], ["--tasks", 1], ["--done", 2, "--tasks", 1], ["--done", -1, "--tasks", 1]])  # fmt: skip
def test_progress_that_is_none_is_refused(board, words):
    assert board.say("running", *words) == 2


def test_evaluated_needs_results_and_a_valid_config(board, capsys):
    assert board.say("evaluated") == 2
    assert "evaluated needs --results" in capsys.readouterr().err
    folder = board.measured()
    board.write(content=config(license=1))
    assert board.say("evaluated", "--results", folder) == 2
    assert f"{CONFIG} is not valid at this commit" in capsys.readouterr().err


def test_an_evaluation_of_some_tasks_says_what_it_leaves_out(board):
    folder = board.measured()
    data = json.loads((folder / "report.json").read_text())
    del data["tasks"][1]
    assert board.say("evaluated", "--results", board.results(data)) == 0
    assert board.labels == ["mteb: evaluated"]
    assert board.check()["conclusion"] == "neutral"
    assert (
        "**This is a part: 1 of the config's 2 tasks were not asked for.** Next: a maintainer comments "
        "`/evaluate` to have all of them evaluated; merging now accepts these results alone."
    ) in board.comment["body"]
    assert board.say("evaluated", "--results", board.measured()) == 0
    assert "This is a part" not in board.comment["body"]
    assert board.checks()[-1]["conclusion"] == "success"


def test_a_check_that_takes_the_place_of_a_failed_one_marks_the_same_lines(board):
    warning = {**FOUND, "severity": "warning"}
    board.say("validated", "--problems", problems_file(board, warning))
    (marked,) = board.check()["annotations"]
    board.say("failed", "--run", 8)
    board.say("queued", "--run", 9)
    board.say("failed", "--run", 9)
    first, second = board.checks()
    assert [check["conclusion"] for check in (first, second)] == ["failure", "failure"]
    assert first["annotations"] == second["annotations"] == [marked]
