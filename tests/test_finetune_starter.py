"""A training ends with whoever started it, and goes on with the next who does."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from finetune_made import save_small_bert
from training_made import OURS, encoded, losses, our_job, start, wait_for_step

from runners.finetuning.checkpoints import last_whole_checkpoint
from runners.finetuning.job import CHECKPOINTS, MODEL, TrainingJob
from runners.finetuning.launch import train
from schemas.errors import ExitCode

pytestmark = pytest.mark.slow

STARTER = """\
import sys
from pathlib import Path
from runners.finetuning.job import read_job
from runners.finetuning.launch import train
from runners.interruption import stoppable
with stoppable():
    train(read_job(Path(sys.argv[1])), int(sys.argv[2]))
"""
AT_ONCE = 10.0  # seconds


@pytest.fixture
def ours(tmp_path: Path) -> TrainingJob:
    return our_job(tmp_path, save_small_bert(tmp_path / "models" / "base"))


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_trains_on_when_whoever_started_it_is_killed(
    ours: TrainingJob, processes: int, how: signal.Signals
):
    job = _long(ours)
    with _started(job, processes) as starter:
        wait_for_step(job, 1, starter)
        training = psutil.Process(starter.pid).children(recursive=True)
        os.kill(starter.pid, how)
        left = _left_of(training)
        for process in left:
            process.kill()
    assert len(training) >= processes
    assert not left


def test_two_processes_go_on_after_a_kill_as_if_nothing_had_happened(
    ours: TrainingJob, tmp_path: Path
):
    job = replace(ours, checkpoint_seconds=0.0)
    undisturbed = replace(job, folder=tmp_path / "undisturbed-7")
    expected = train(undisturbed, processes=2)
    with _started(job, 2) as starter:
        wait_for_step(job, expected.steps // 2, starter)
        training = psutil.Process(starter.pid).children(recursive=True)
        starter.kill()
        assert not _left_of(training)
    whole = last_whole_checkpoint(job.folder / CHECKPOINTS)
    assert whole
    assert {path.name for path in whole.glob("rng*")} == {"rng_state_0.pth", "rng_state_1.pth"}
    assert train(job, processes=2).texts == expected.texts
    assert dict(losses(job)) == pytest.approx(dict(losses(undisturbed)), abs=1e-5)
    assert encoded(job.folder / MODEL) == pytest.approx(
        encoded(undisturbed.folder / MODEL), abs=1e-4
    )


def test_ctrl_c_ends_it_without_a_traceback(ours: TrainingJob):
    job = _long(ours)
    with start(job) as process:
        wait_for_step(job, 1, process)
        process.send_signal(signal.SIGINT)
        assert process.wait(AT_ONCE) == ExitCode.INTERRUPTED
        assert "Traceback" not in process.stderr.read()


def _long(job: TrainingJob) -> TrainingJob:
    """A training that would take minutes, whose points come at once."""
    return replace(job, recipe=replace(OURS, epochs=10_000), checkpoint_seconds=0.2)


def _started(job: TrainingJob, processes: int) -> subprocess.Popen[bytes]:
    """The process that starts a training and waits for it, as `mteb-runner` does."""
    words = [sys.executable, "-c", STARTER, str(job.write()), str(processes)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _left_of(training: list[psutil.Process]) -> list[psutil.Process]:
    """Those that run on, though they have had time to end."""
    deadline = time.monotonic() + AT_ONCE
    while any(map(_runs, training)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return [process for process in training if _runs(process)]


def _runs(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False
