"""Save and restore the random state of an mteb task between two of its subsets.

mteb's clustering tasks draw from one generator that lives as long as the task, so the second subset's
score depends on what the first one drew. A resumed task must go on from the very state in which it
was interrupted, or its scores would differ from an undisturbed run.
"""

import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from runners.output_folder import write_atomically


def seed_everything(seed: int) -> None:
    """Start a task from known global states, whatever ran before it."""
    import torch

    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - the legacy global state is what some mteb tasks draw from
    torch.manual_seed(seed)


def save_random_state(path: Path, task: Any, finished: Iterable[tuple[str, str]]) -> None:
    """Remember the state in which exactly the `finished` (split, subset) pairs are done."""
    states = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    states = dict(list(states.items())[-1:])  # the stored result is at the last one or this one
    kind, keys, *rest = np.random.get_state()  # noqa: NPY002 - see seed_everything
    states[_key(finished)] = {
        "task": task.rng_state.getstate(),
        "task_numpy": _plain(task.np_rng.bit_generator.state),
        "python": random.getstate(),
        "numpy": [kind, np.asarray(keys).tolist(), *rest],
    }
    write_atomically(path, json.dumps(states))


def restore_random_state(path: Path, task: Any, finished: Iterable[tuple[str, str]]) -> bool:
    """Put back the state saved for exactly the `finished` pairs; False if there is none."""
    states = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    state = states.get(_key(finished))
    if state is None:
        return False
    task.rng_state.setstate(_state_tuple(state["task"]))
    task.np_rng.bit_generator.state = state["task_numpy"]
    random.setstate(_state_tuple(state["python"]))
    np.random.set_state(tuple(state["numpy"]))  # noqa: NPY002 - see seed_everything
    return True


def _key(finished: Iterable[tuple[str, str]]) -> str:
    return json.dumps(sorted(finished))


def _state_tuple(state: Any) -> Any:
    version, internal, gauss = state
    return (version, tuple(internal), gauss)


def _plain(state: Any) -> Any:
    return {
        key: _plain(value)
        if isinstance(value, dict)
        else int(value)
        if key != "bit_generator"
        else value
        for key, value in state.items()
    }
