"""The one module that knows mteb's evaluate call: one task in, one stored TaskResult out."""

import math
from dataclasses import dataclass, replace
from typing import Any

from runners.encoder import MeasuredEncoder
from runners.failures import Failure, Kind, classified
from runners.output_folder import OutputFolder
from runners.progress import Progress
from runners.random_state import seed_everything
from runners.result_store import ResultStore
from runners.smoke import cut_down
from runners.task_selection import SelectedTask
from runners.time_limit import time_limit


@dataclass(frozen=True)
class Limits:
    """What a task may use. `task_seconds` None means no limit."""

    batch_size: int
    task_seconds: float | None = None
    smoke: bool = False


def evaluate_task(
    selected: SelectedTask,
    encoder: MeasuredEncoder,
    store: ResultStore,
    output: OutputFolder,
    progress: Progress,
    limits: Limits,
) -> dict[str, Any]:
    """Evaluate what the store lacks of one task and return the stored TaskResult, strict JSON.

    Raises:
        Failure: the task could not be measured, or its main score is not finite.
    """
    if selected.failure is not None:
        raise selected.failure
    task, meta = selected.task, encoder.mteb_model_meta
    store.count_interrupted_saves(task, meta)
    with time_limit(limits.task_seconds):
        if _missing(task, store, meta):
            for part in getattr(
                task.metadata, "tasks", ()
            ):  # an aggregate is the mean of its parts
                if _missing(part, store, meta):
                    _run(replace(selected, task=part), encoder, store, output, progress, limits)
            _run(selected, encoder, store, output, progress, limits)
    result = store.stored_result(task.metadata.name, meta)
    if result is None:
        raise Failure("infrastructure", f"mteb stored no result for {selected.name}")
    return strict_result(result, task)


def strict_result(result: dict[str, Any], task: Any) -> dict[str, Any]:
    """The result restricted to what was asked for, with null for non-finite secondary metrics.

    Raises:
        Failure: a main score is not finite.
    """
    wanted_splits, wanted_subsets = set(task.eval_splits), set(task.hf_subsets)
    scores = {
        split: [entry for entry in entries if entry["hf_subset"] in wanted_subsets]
        for split, entries in result["scores"].items()
        if split in wanted_splits
    }
    for split, entries in scores.items():
        for entry in entries:
            score = entry["main_score"]
            if not isinstance(score, int | float) or not math.isfinite(score):
                raise Failure(
                    "submission",
                    f"the main score of {result['task_name']} ({split}/{entry['hf_subset']}) is {score}",
                    "embeddings that are all alike give such a score; check pooling and weights",
                )
    strict: dict[str, Any] = _finite({**result, "scores": scores})
    return strict


def _run(
    selected: SelectedTask,
    encoder: MeasuredEncoder,
    store: ResultStore,
    output: OutputFolder,
    progress: Progress,
    limits: Limits,
) -> None:
    import mteb

    task = selected.task
    seed_everything(task.seed)
    if not task.is_aggregate:
        progress.phase("loading data")
        _load_data(selected, limits)
        store.begin(task, encoder.mteb_model_meta)
        _note_starts(task, output)
    try:
        mteb.evaluate(
            encoder,
            task,
            cache=store,
            overwrite_strategy="only-missing",
            co2_tracker=False,
            encode_kwargs={"batch_size": limits.batch_size, "show_progress_bar": False},
            show_progress_bar=False,
        )
    except Failure:
        raise
    except Exception as error:
        fault: Kind = "submission" if selected.custom else "infrastructure"
        raise classified(error, fault, f"evaluating {selected.name}") from error
    finally:
        if task.data_loaded:
            task.unload_data()


def _load_data(selected: SelectedTask, limits: Limits) -> None:
    try:
        selected.task.load_data()
    except Failure:
        raise
    except Exception as error:
        fault: Kind = "submission" if selected.custom else "infrastructure"
        raise classified(error, fault, f"loading the data of {selected.name}") from error
    if limits.smoke:
        cut_down(selected.task)


def _missing(task: Any, store: ResultStore, meta: Any) -> bool:
    """Whether a wanted split or subset has no stored score."""
    stored = store.stored_result(task.metadata.name, meta)
    if stored is None:
        return True
    have = {
        (split, entry["hf_subset"])
        for split, entries in stored["scores"].items()
        for entry in entries
    }
    return any(
        (split, subset) not in have for split in task.eval_splits for subset in task.hf_subsets
    )


def _note_starts(task: Any, output: OutputFolder) -> None:
    """Journal every subset whose evaluation begins: mteb evaluates subset by subset."""
    original = task.evaluate

    def evaluate(model: Any, split: str = "test", subsets_to_run: Any = None, **kwargs: Any) -> Any:
        for subset in subsets_to_run or task.hf_subsets:
            output.note("started", (task.metadata.name, split, subset))
        return original(model, split, subsets_to_run=subsets_to_run, **kwargs)

    task.evaluate = evaluate


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
