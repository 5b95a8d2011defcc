"""Training through FlagEmbedding: it learns, it saves what sentence-transformers loads, and goes on after a kill."""

import json
import os
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from finetune_made import labelled_rows, save_small_bert, write_groups, write_labelled

from runners.failures import Failure
from runners.finetuning.job import CHECKPOINTS, CURVE, MODEL, TRAINED, TrainingJob
from runners.finetuning.launch import command, train
from schemas.finetuning import Recipe

ROWS, HELD_OUT = labelled_rows(96), labelled_rows(60, seed=9)
OURS = Recipe(epochs=4, batch_size=16, learning_rate=1e-3, query_max_length=16)
THEIRS = Recipe(
    loss="flag-embedding",
    epochs=2,
    batch_size=4,
    group_size=4,
    learning_rate=1e-3,
    temperature=0.02,
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_small_bert(tmp_path_factory.mktemp("models") / "base")


@pytest.fixture
def ours(tmp_path: Path, base: Path) -> TrainingJob:
    rows = write_labelled(tmp_path / "data" / "rows.jsonl", ROWS)
    held_out = write_labelled(tmp_path / "data" / "held_out.jsonl", HELD_OUT)
    return TrainingJob(
        tmp_path / "tuned-7", base, OURS, 7, (rows,), labelled=rows, held_out=held_out
    )


@pytest.fixture
def theirs(tmp_path: Path, base: Path) -> TrainingJob:
    rows = write_groups(tmp_path / "data" / "rows-no_in_batch_neg", ROWS, batch_size=4)
    return TrainingJob(tmp_path / "theirs-7", base, THEIRS, 7, (rows,))


def points(job: TrainingJob) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (job.folder / CURVE).read_text().splitlines()]


def losses(job: TrainingJob) -> list[tuple[int, float]]:
    return [(point["step"], point["loss"]) for point in points(job) if "loss" in point]


def encoded(folder: Path) -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu").encode([text for text, _ in HELD_OUT])


@pytest.mark.slow
def test_it_learns_and_counts_what_it_encoded(ours: TrainingJob):
    trained = train(ours)
    assert trained.texts == 4 * 96
    scores = [point["held_out"] for point in points(ours) if "held_out" in point]
    assert len(scores) == 5
    assert scores[-1] > scores[0] + 0.1


@pytest.mark.slow
def test_with_flag_embeddings_loss_a_row_encodes_its_whole_group(theirs: TrainingJob):
    trained = train(theirs)
    assert (trained.steps, trained.texts) == (2 * 24, 2 * 24 * 4 * 5)


@pytest.mark.slow
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


@pytest.mark.slow
def test_another_pooling_than_the_bases_is_refused(ours: TrainingJob):
    with pytest.raises(
        Failure, match="the base model pools by mean; training with cls would throw"
    ):
        train(replace(ours, pooling="cls"))


@pytest.mark.slow
def test_a_training_that_diverges_is_told(ours: TrainingJob):
    with pytest.raises(Failure, match="training diverged") as told:
        train(replace(ours, recipe=replace(OURS, learning_rate=1e30)))
    assert "lower `learning_rate`" in told.value.advice


@pytest.mark.slow
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
        _killed_at(job, int(expected.steps * share))
    assert train(job).texts == expected.texts
    assert dict(losses(job)) == pytest.approx(dict(losses(undisturbed)), abs=1e-5)
    assert encoded(job.folder / MODEL) == pytest.approx(
        encoded(undisturbed.folder / MODEL), abs=1e-4
    )


def _killed_at(job: TrainingJob, step: int) -> None:
    """`kill -9` of the process that trains, as soon as it has come to a step."""
    process = subprocess.Popen(command(job, 1), stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    while process.poll() is None and (not losses_so_far(job) or losses_so_far(job)[-1][0] < step):
        time.sleep(0.005)
    assert process.poll() is None, "it ended before it was killed"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (job.folder / TRAINED).exists()


def losses_so_far(job: TrainingJob) -> list[tuple[int, float]]:
    return losses(job) if (job.folder / CURVE).exists() else []


@pytest.mark.slow
def test_a_checkpoint_that_a_kill_left_half_written_is_not_gone_on_from(ours: TrainingJob):
    job = replace(ours, checkpoint_seconds=0.0)
    _killed_at(job, 8)
    newest = max(
        (job.folder / CHECKPOINTS).iterdir(), key=lambda path: int(path.name.rpartition("-")[2])
    )
    (newest / "trainer_state.json").write_text('{"global_step": 8, "log_hist')
    assert train(job).texts == 4 * 96
