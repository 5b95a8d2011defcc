"""Training through FlagEmbedding: it learns, and saves what sentence-transformers loads."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from finetune_made import save_small_bert
from training_made import OURS, encoded, our_job, points, start, their_job

from runners.failures import Failure
from runners.finetuning.job import CURVE, FAILED, JOB, MODEL, TRAINED, TrainingJob
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


def test_it_learns_and_counts_what_it_encoded(ours: TrainingJob):
    trained = train(ours)
    assert trained.texts == 4 * 96
    scores = [point["held_out"] for point in points(ours) if "held_out" in point]
    assert len(scores) == 5
    assert scores[-1] > scores[0] + 0.1


def test_a_training_that_is_through_leaves_model_curve_and_what_it_came_to(ours: TrainingJob):
    train(replace(ours, recipe=replace(OURS, max_steps=2), checkpoint_seconds=0.0))
    assert {path.name for path in ours.folder.iterdir()} == {JOB, CURVE, MODEL, TRAINED}


def test_with_flag_embeddings_loss_a_row_encodes_its_whole_group(theirs: TrainingJob):
    trained = train(theirs)
    assert (trained.steps, trained.texts) == (2 * 24, 2 * 24 * 4 * 5)


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_the_saved_model_pools_as_it_was_trained(ours: TrainingJob, tmp_path: Path, pooling: str):
    base = save_small_bert(tmp_path / "models" / "base", pooling)
    job = replace(ours, base=base, recipe=replace(OURS, max_steps=2))
    train(job)
    written = json.loads((job.folder / MODEL / "1_Pooling" / "config.json").read_text())
    assert written["pooling_mode"] == pooling
    found = encoded(job.folder / MODEL)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert not np.allclose(found, encoded(base), atol=1e-3)


def test_another_pooling_than_the_bases_is_refused(ours: TrainingJob):
    with pytest.raises(
        Failure, match="the base model pools by mean; training with cls would throw"
    ):
        train(replace(ours, pooling="cls"))


def test_a_training_that_diverges_is_told(ours: TrainingJob):
    with pytest.raises(Failure, match="training diverged") as told:
        train(replace(ours, recipe=replace(OURS, learning_rate=1e30)))
    assert "lower `learning_rate`" in told.value.advice


def test_more_frozen_layers_than_the_base_has_are_refused(ours: TrainingJob):
    with pytest.raises(Failure, match="freeze_layers: 2, but the base has 2 layers") as told:
        train(replace(ours, recipe=replace(OURS, freeze_layers=2)))
    assert (told.value.kind, told.value.advice) == ("submission", "write 1 or less")


def test_an_old_failure_is_not_told_again(ours: TrainingJob):
    ours.write()
    (ours.folder / FAILED).write_text('{"kind": "submission", "message": "old", "advice": "none"}')
    with pytest.raises(Failure, match="the base model pools by mean"):
        train(replace(ours, pooling="cls"))


def test_a_process_that_fails_after_another_does_not_overwrite_its_word(ours: TrainingJob):
    first = '{"kind": "out_of_memory", "message": "out of memory"}'
    job = replace(ours, pooling="cls")
    with start(job) as process:
        (ours.folder / FAILED).write_text(first)
        assert process.wait() == 1
    assert (ours.folder / FAILED).read_text() == first
