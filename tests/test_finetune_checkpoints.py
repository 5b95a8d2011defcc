"""Which checkpoint a training goes on from."""

from pathlib import Path

import pytest

from runners.finetuning.checkpoints import delete_half_written, last_whole_checkpoint


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two whole ones, two that a kill left half-written, and something else."""
    states = {
        "9": '{"global_step": 9}',
        "10": '{"global_step": 10}',
        "11": '{"global_st',
        "12": None,
    }
    for step, state in states.items():
        (tmp_path / f"checkpoint-{step}").mkdir()
        if state:
            (tmp_path / f"checkpoint-{step}" / "trainer_state.json").write_text(state)
    (tmp_path / "runs").mkdir()
    return tmp_path


def test_the_newest_whole_one_is_gone_on_from_and_looking_for_it_deletes_nothing(folder: Path):
    assert last_whole_checkpoint(folder) == folder / "checkpoint-10"
    assert len(list(folder.iterdir())) == 5


def test_only_what_is_half_written_is_deleted(folder: Path):
    delete_half_written(folder)
    assert {path.name for path in folder.iterdir()} == {"checkpoint-9", "checkpoint-10", "runs"}


def test_a_training_without_checkpoints_begins_at_the_beginning(tmp_path: Path):
    delete_half_written(tmp_path / "none")
    assert last_whole_checkpoint(tmp_path / "none") is None
