"""A training that was killed at any moment goes on as if nothing had happened."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from finetune_made import save_small_bert
from training_made import (
    OURS,
    THEIRS,
    encoded,
    kill_at,
    losses,
    our_job,
    points,
    their_job,
)

from runners.finetuning.checkpoints import last_whole_checkpoint
from runners.finetuning.job import CHECKPOINTS, MODEL, TrainingJob
from runners.finetuning.launch import train

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_small_bert(tmp_path_factory.mktemp("models") / "base")


@pytest.fixture
def ours(tmp_path: Path, base: Path) -> TrainingJob:
    return our_job(tmp_path, base)


@pytest.fixture
def theirs(tmp_path: Path, base: Path) -> TrainingJob:
    return their_job(tmp_path, base)


@pytest.mark.parametrize("loss", ["ours", "theirs", "plain"])
def test_killed_at_five_moments_it_ends_as_if_nothing_had_happened(
    ours: TrainingJob, theirs: TrainingJob, tmp_path: Path, loss: str
):
    plain = replace(theirs, recipe=replace(THEIRS, same_dataset=False))
    job = {"ours": ours, "theirs": theirs, "plain": plain}[loss]
    job = replace(job, checkpoint_seconds=0.0)
    undisturbed = replace(job, folder=tmp_path / "undisturbed-7")
    expected = train(undisturbed)
    for share in (0.1, 0.3, 0.5, 0.7, 0.9):
        kill_at(job, int(expected.steps * share))
    assert train(job).texts == expected.texts
    assert dict(losses(job)) == pytest.approx(dict(losses(undisturbed)), abs=1e-5)
    assert encoded(job.folder / MODEL) == pytest.approx(
        encoded(undisturbed.folder / MODEL), abs=1e-4
    )


def test_a_checkpoint_that_a_kill_left_half_written_is_not_gone_on_from_but_the_one_before(
    ours: TrainingJob,
):
    job = replace(ours, checkpoint_seconds=0.0)
    kill_at(job, 8)
    whole = last_whole_checkpoint(job.folder / CHECKPOINTS)
    assert whole
    half = whole.with_name("checkpoint-1000")
    shutil.copytree(whole, half)
    (half / "trainer_state.json").write_text('{"global_step": 8, "log_hist')
    step = json.loads((whole / "trainer_state.json").read_text())["global_step"]
    before = [point for point in points(job) if point["step"] <= step]
    assert step >= 7
    assert train(job).texts == 4 * 96
    # Seconds, as measured then, are in the points: nobody has come to these steps again.
    assert points(job)[: len(before)] == before


def test_a_checkpoint_goes_only_when_the_next_is_whole(
    ours: TrainingJob, monkeypatch: pytest.MonkeyPatch
):
    from transformers import trainer

    from runners.finetuning.flag_training.runner import FinetuningRunner

    folder = ours.folder / CHECKPOINTS
    rotate, seen = trainer.rotate_checkpoints, []

    def rotated(**how: Any) -> None:
        there = {path.name for path in folder.iterdir()}
        newest = last_whole_checkpoint(folder)
        seen.append((there, newest and newest.name))
        rotate(**how)

    monkeypatch.setattr(trainer, "rotate_checkpoints", rotated)
    job = replace(ours, recipe=replace(OURS, max_steps=4), checkpoint_seconds=0.0, pooling="mean")
    FinetuningRunner(job).train(None)
    assert seen == [
        ({"checkpoint-1"}, "checkpoint-1"),
        ({"checkpoint-1", "checkpoint-2"}, "checkpoint-2"),
        ({"checkpoint-2", "checkpoint-3"}, "checkpoint-3"),
    ]


def test_killed_between_the_model_and_the_word_that_it_is_through_it_saves_again(
    ours: TrainingJob,
):
    left = ours.folder / MODEL / "left.txt"
    left.parent.mkdir(parents=True)
    left.write_text("of the run that was killed")
    train(replace(ours, recipe=replace(OURS, max_steps=2)))
    assert (ours.folder / MODEL / "modules.json").is_file()
    assert not left.exists()
