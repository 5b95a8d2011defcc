"""A submission's files come here at one commit, as data."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fetch_world import CONFIG, FILES, TASK, Board, serve_board
from tests.standins.faults import Fault, Kind


@pytest.fixture
def board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Board]:
    files = {"README.md": b"", "tasks/shared.yaml": TASK, "models/old/one.yaml": CONFIG}
    with serve_board(tmp_path, monkeypatch, files) as served:
        yield served


def test_a_config_comes_with_its_task_and_the_data_of_that(board: Board, tmp_path: Path):
    pull = board.propose({**FILES, "models/ann/unrelated.bin": b"x", "README.md": b"edited"})
    assert board.fetch(pull) == 0
    assert board.fetched() == FILES
    assert (tmp_path / "outputs").read_text() == 'configs=["models/ann/small.yaml"]\n'


def test_a_config_comes_with_the_files_that_it_trains_on(board: Board):
    config = b"""\
model: ann/small
finetune:
  data:
    - path: rows/train.csv
    - path: pairs
    - id: acme/rows
    - path: ../../../etc/passwd
    - path: rows/missing.csv
    - 3
evaluate: {tasks: [STS12]}
"""
    files = {
        "models/ann/small.yaml": config,
        "models/ann/rows/train.csv": b"text,label\n",
        "models/ann/pairs/a.jsonl": b"{}",
    }
    others = {"models/ann/rows/other.csv": b"x", "models/ann/pairs/.a.jsonl.swp": b"x"}
    assert board.fetch(board.propose({**files, **others})) == 0
    assert board.fetched() == files


def test_a_link_is_no_training_data(board: Board, capsys: pytest.CaptureFixture[str]):
    config = b"model: ann/small\nfinetune: {data: [{path: rows.csv}]}\n"
    pull = board.propose({"models/ann/small.yaml": config}, link=("models/ann/rows.csv", "/etc"))
    assert board.fetch(pull) == 1
    assert "models/ann/rows.csv is a link" in capsys.readouterr().err


def test_a_task_of_the_board_is_found_outside_of_models(board: Board):
    config = b"model: ann/small\nevaluate: {tasks: [../../tasks/shared.yaml]}\n"
    pull = board.propose({"models/ann/small.yaml": config})
    assert board.fetch(pull) == 0
    assert board.fetched() == {"models/ann/small.yaml": config, "tasks/shared.yaml": TASK}


def test_a_config_that_is_taken_away_is_none_of_the_pull_requests_configs(board: Board):
    pull = board.propose({"models/old/one.yaml": None, "models/ann/two.yaml": b"model: ann/two\n"})
    assert board.fetch(pull) == 0
    assert board.fetched() == {"models/ann/two.yaml": b"model: ann/two\n"}


def test_a_custom_task_beside_the_configs_is_fetched_and_no_config(board: Board, tmp_path: Path):
    pull = board.propose({"models/ann/news.yaml": TASK})
    assert board.fetch(pull) == 0
    assert (tmp_path / "outputs").read_text() == "configs=[]\n"


def test_a_file_that_is_no_config_by_its_name_is_told_and_left(
    board: Board, capsys: pytest.CaptureFixture[str]
):
    odd = {
        "models/small.yaml": CONFIG,
        "models/ann/my small.yaml": CONFIG,
        "models/ann/a.yml": CONFIG,
    }
    pull = board.propose({**FILES, **odd, "models/ann/readme.md": b"x"})
    assert board.fetch(pull) == 0
    assert board.fetched() == FILES
    assert capsys.readouterr().out.splitlines()[2:] == [
        "passed over, as no config is called so (models/<org>/<name>.yaml) or names it:",
        "  models/ann/a.yml",
        "  models/ann/my small.yaml",
        "  models/small.yaml",
    ]


def test_a_broken_config_is_fetched_for_the_check_to_speak(board: Board):
    files = {"models/ann/small.yaml": b"model: [\n", "models/ann/b.yaml": b"\xff\x00"}
    pull = board.propose(files)
    assert board.fetch(pull) == 0
    assert board.fetched() == files


def test_a_push_in_between_is_told(board: Board, capsys: pytest.CaptureFixture[str]):
    pull = board.propose(FILES)
    approved = board.head(pull)
    board.github.push("ann/board", "model", {"models/ann/small.yaml": b"model: ann/other\n"})
    assert board.fetch(pull, sha=approved) == 1
    assert capsys.readouterr().err == (
        f"mteb-bot: a push replaced {approved[:7]} on pull request #1\n"
        "  fix: nothing: the next check has begun\n"
    )
    assert board.fetched() == {}


def test_one_config_is_fetched_as_it_was_after_a_push(board: Board):
    pull = board.propose(FILES)
    approved = board.head(pull)
    board.github.push("ann/board", "model", {"models/ann/small.yaml": b"model: ann/other\n"})
    assert board.fetch(pull, "--config", "models/ann/small.yaml", sha=approved) == 0
    assert board.fetched() == FILES


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("models/ann/small.yaml", "../../../../etc/passwd"),
        ("models/ann/tasks/news.yaml", "/proc/self/environ"),
        ("models/ann/tasks/data/news/train.csv", "/etc/passwd"),
        ("models/ann/tasks/data/news/more.csv", "/etc/passwd"),
    ],
)
def test_a_link_is_refused_and_nothing_written(
    board: Board, path: str, target: str, capsys: pytest.CaptureFixture[str]
):
    pull = board.propose(FILES, link=(path, target))
    assert board.fetch(pull) == 1
    assert capsys.readouterr().err.startswith(f"mteb-bot: {path} is a link\n")
    assert board.fetched() == {}


def test_a_folder_that_is_a_link_leads_nowhere(board: Board):
    config = b"model: ann/small\nevaluate: {tasks: [elsewhere/news.yaml]}\n"
    pull = board.propose({"models/ann/small.yaml": config}, link=("models/ann/elsewhere", "/etc"))
    assert board.fetch(pull) == 0
    assert board.fetched() == {"models/ann/small.yaml": config}


@pytest.mark.parametrize(
    "named",
    [
        "../../../etc/x.yaml",
        "/etc/x.yaml",
        "../../.git/x.yaml",
        "../../../models/a/b.yaml",
        "",
        "a\\u202eb.yaml",
    ],
)
def test_what_leads_out_of_the_repository_is_not_fetched(board: Board, named: str):
    config = f'model: ann/small\nevaluate: {{tasks: ["{named}"]}}\n'.encode()
    pull = board.propose({"models/ann/small.yaml": config})
    board.fetch(pull)
    assert board.fetched().keys() <= {"models/ann/small.yaml"}


@pytest.mark.parametrize("character", '"*:<>?|')
def test_a_name_that_no_artifact_may_have_is_told_before_a_machine_is_asked_for(
    board: Board, character: str, capsys: pytest.CaptureFixture[str]
):
    name = f"models/ann/tasks/data/news/a{character}b.csv"
    assert board.fetch(board.propose({**FILES, name: b"a"})) == 1
    assert f"{name} is no path that the bot reads" in capsys.readouterr().err
    assert board.fetched() == {}


def test_too_many_files_are_refused(board: Board, capsys: pytest.CaptureFixture[str]):
    many = {f"models/ann/tasks/data/news/{number}.csv": b"a" for number in range(501)}
    pull = board.propose({**FILES, **many})
    assert board.fetch(pull) == 1
    assert (
        "the folder models/ann/tasks/data/news holds more than 500 files" in capsys.readouterr().err
    )


def test_too_many_configs_are_refused(board: Board, capsys: pytest.CaptureFixture[str]):
    pull = board.propose({f"models/ann/m{number}.yaml": CONFIG for number in range(21)})
    assert board.fetch(pull) == 1
    assert "changes 21 files of models/, 20 at most" in capsys.readouterr().err


def test_an_output_that_exists_is_left_alone(board: Board, tmp_path: Path):
    pull = board.propose(FILES)
    (tmp_path / "submission").mkdir()
    (tmp_path / "submission" / "mine").write_bytes(b"")
    assert board.fetch(pull) == 1
    assert board.fetched() == {"mine": b""}


def test_the_files_that_a_submission_names_are_asked_for_once(board: Board):
    pull = board.propose({**FILES, "models/ann/twin.yaml": CONFIG})
    assert board.fetch(pull) == 0
    assert json.loads((board.folder / "outputs").read_text().partition("=")[2]) == [
        "models/ann/small.yaml",
        "models/ann/twin.yaml",
    ]
    assert len(board.fetched()) == 5


@pytest.mark.parametrize("path", ["models/small.yaml", "models/ann/small.yml"])
def test_a_config_in_the_wrong_place_is_told_where_it_belongs(
    board: Board, path: str, capsys: pytest.CaptureFixture[str]
):
    pull = board.propose({path: CONFIG})
    assert board.fetch(pull) == 1
    assert capsys.readouterr().err == (
        f"mteb-bot: {path} is no model config by its place\n"
        "  fix: call it models/<org>/<name>.yaml, as the model is called on the Hub\n"
    )


def test_a_custom_task_that_changes_alone_is_no_mistake(board: Board):
    pull = board.propose({"models/ann/tasks/news.yaml": TASK})
    assert board.fetch(pull) == 0


def test_hidden_files_of_a_data_folder_stay_where_they_are(board: Board):
    hidden = {f"models/ann/tasks/data/news/{name}": b"x" for name in (".gitattributes", ".git0/x")}
    pull = board.propose({**FILES, **hidden})
    assert board.fetch(pull) == 0
    assert board.fetched() == FILES


@pytest.mark.parametrize("kind", [Kind.ERROR_500, Kind.RESET, Kind.TRUNCATED])
def test_an_answer_that_gets_lost_is_asked_for_again_whichever_it_is(board: Board, kind: Kind):
    pull = board.propose(FILES)
    head = board.head(pull)
    assert board.fetch(pull, sha=head) == 0
    for number in range(1, len(board.server.log) + 1):
        shutil.rmtree(board.folder / "submission")
        board.server.clear()
        board.server.inject(Fault(kind, at=number))
        assert board.fetch(pull, sha=head) == 0, number
        assert board.fetched() == FILES
