"""What a training shows and keeps while it runs: loss and held-out score, and a checkpoint now and then."""

import json
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from runners.failures import Failure
from runners.finetuning.flag_training.together import as_the_first
from runners.finetuning.job import CURVE, TrainingJob
from runners.finetuning.stopwatch import Stopwatch
from runners.output_folder import write_atomically
from runners.progress import duration

_POINTS = 100  # of the loss, over the whole training
_SCORES = 4  # of the held-out rows, beside that of the beginning
_LINE_EVERY = 20.0  # seconds


class Diverged(Failure):
    """A loss, or weights, that are no numbers any more."""

    def __init__(self, step: int) -> None:
        super().__init__(
            "submission",
            f"training diverged: after {step:,} steps the loss is no number any more",
            "lower `learning_rate`, or train in bfloat16 or float32 instead of float16",
        )


class Live(TrainerCallback):
    """Says when to log, to score, to save and to stop, and keeps `training.jsonl`: one line a point, no point twice.

    All that it knows comes from the Trainer's own history, which is part of every checkpoint: a training that goes on
    from one goes on with its points, its seconds and its count of texts. Of several processes the first, which alone
    has a `score`, decides, keeps and speaks for all.
    """

    def __init__(
        self,
        job: TrainingJob,
        watch: Stopwatch,
        score: Callable[[], float] | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._job, self.watch, self._score, self._clock = job, watch, score, clock
        self.texts = 0
        self._share = 0.0
        self._saved = self._said = clock()

    def on_train_begin(self, args: Any, state: Any, _: Any, **__: Any) -> None:
        """Go on where the checkpoint was, or score what training starts from."""
        last: dict[str, Any] = next(
            (one for one in reversed(state.log_history) if "texts" in one), {}
        )
        self.texts = last.get("texts", 0)
        if not state.global_step:
            self._score_now(state)
        self.watch.start(last.get("seconds", 0.0))
        [self._share] = as_the_first(args, self._share_of(state))

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Decide what is due."""
        before = self._share
        late = self._clock() - self._saved >= self._job.checkpoint_seconds
        self._share, save = as_the_first(args, self._share_of(state), late)

        def reached(parts: int) -> bool:
            return int(self._share * parts) > int(before * parts)

        if self._share >= 1:
            control.should_training_stop = True
        elif save:
            control.should_save = True
            self._saved = self._clock()
        # A checkpoint takes the count of texts from the history, so there is a line for it.
        if control.should_save or reached(_POINTS):
            control.should_log = True
        if reached(_SCORES):
            self._score_now(state)

    def on_log(self, _: Any, state: Any, __: Any, **___: Any) -> None:
        """Keep the points, and say where it is."""
        entry = state.log_history[-1]
        if not math.isfinite(entry.get("loss", 0.0)):
            raise Diverged(state.global_step)
        if not state.is_world_process_zero:
            return
        self._keep(state)
        if "loss" in entry and self._clock() - self._said >= _LINE_EVERY:
            self._said = self._clock()
            # By the clock nobody knows how many steps there will be.
            of = "" if self._job.budget else f" of {state.max_steps:,}"
            self._say(f"step {entry['step']:,}{of}: loss {entry['loss']:.4f}")

    def _share_of(self, state: Any) -> float:
        """How much of the training is done, 0 to 1."""
        budget = self._job.budget
        done: float = self.watch.seconds / budget if budget else state.global_step / state.max_steps
        return min(done, 1.0)

    def _score_now(self, state: Any) -> None:
        if self._score is None:
            return
        with self.watch.paused():
            score = self._score()
        state.log_history.append({"step": state.global_step, "held_out": score})
        self._say(f"step {state.global_step:,}: held-out accuracy {score:.4f}")
        self._keep(state)

    def _say(self, line: str) -> None:
        name = f"{self._job.folder.name}  {line}, {duration(self.watch.seconds)}\n"
        sys.stderr.write(name)
        sys.stderr.flush()

    def _keep(self, state: Any) -> None:
        keys = ("step", "loss", "held_out", "seconds", "texts")
        points = [
            {key: one[key] for key in keys if key in one}
            for one in state.log_history
            if "loss" in one or "held_out" in one
        ]
        lines = "".join(f"{json.dumps(point)}\n" for point in points)
        write_atomically(self._curve, lines)

    @property
    def _curve(self) -> Path:
        return self._job.folder / CURVE
