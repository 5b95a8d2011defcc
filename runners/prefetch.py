"""Bring one shard's model and data to this machine, so that they can be measured without a network."""

import json
import shutil
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from runners.failures import Failure, Kind, classified, is_lost_connection
from runners.finetuning.tables import ask_hub, loading
from runners.planned import PlannedRun
from runners.prefetched import DATA, MODEL, WHOLE, answered_by, key, question, write_outcome
from runners.task_selection import SelectedTask, select_tasks
from runners.weights import downloaded_model, files_on_hub
from schemas.errors import ExitCode
from schemas.problem import shown
from schemas.submission import ModelConfig

_WAITS = (1.0, 5.0, 25.0)  # seconds before another try


def bring(run: PlannedRun, output: Path, say: Callable[[str], None]) -> ExitCode:
    """Bring the model and the data of every task of the shard into `output`; what is there already stays.

    One task's missing data never stop the others: their reason stands in the outcome, and later in the report.
    """
    failures: dict[str, Failure] = {}
    try:
        _bring_model(run, output, say)
    except Failure as failure:
        say(f"FAILED ({failure.kind}): {failure.message}")
        failures[WHOLE] = failure
    else:
        failures |= _bring_data(run, output, say)
    write_outcome(output, failures)
    return outcome_code(failures, len(run.shard.tasks))


def outcome_code(failures: Mapping[str, Failure], tasks: int) -> ExitCode:
    """0 while anything can be measured; else whose turn it is."""
    if WHOLE not in failures and len(failures) < tasks:
        return ExitCode.OK
    kinds = {failure.kind for failure in failures.values()}
    return ExitCode.SUBMISSION if kinds == {"submission"} else ExitCode.SERVICE


def _bring_model(run: PlannedRun, output: Path, say: Callable[[str], None]) -> None:
    config, plan = run.config, run.plan
    there = files_on_hub(config.weights, config.revision, code=plan.custom_code)
    size, room = sum(there.values()), plan.limits.disk_gb * 10**9
    say(f"model {config.weights} at {config.revision[:10]}: {size / 10**6:,.1f} MB")
    if size > room:
        raise Failure(
            "submission",
            f"the model has {size / 10**9:,.1f} GB, more than the {room / 10**9:g} GB of disk it may use",
            "raise `limits.disk_gb` of the board's settings, or submit a smaller model",
        )
    model = output / MODEL
    folder = downloaded_model(config.weights, config.revision, model, code=plan.custom_code)
    missing = [name for name, size in there.items() if _size(folder / name) != size]
    if missing:  # the Hub's library returns what it has when the connection is lost
        raise Failure(
            "infrastructure", f"{config.weights}: {shown(missing[0])} did not arrive whole"
        )
    shutil.rmtree(folder / ".cache", ignore_errors=True)  # what a broken download goes on from


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1


def _bring_data(run: PlannedRun, output: Path, say: Callable[[str], None]) -> dict[str, Failure]:
    try:
        tasks = select_tasks(run.config, {}, run.shard.tasks, run.root)
    except Failure as failure:
        return {WHOLE: failure}
    failures = {}
    with answered_by(_recorder(output)):
        try:
            _bring_training_data(run.config, say)
        except Failure as failure:
            say(f"FAILED ({failure.kind}): {failure.message}")
            return {WHOLE: failure}
        for number, selected in enumerate(tasks, start=1):
            say(f"[{number}/{len(tasks)}] {selected.name}: data")
            try:
                _bring_task(selected)
            except Failure as failure:
                say(f"[{number}/{len(tasks)}] {selected.name}: FAILED ({failure.kind}): {failure.message}")  # fmt: skip
                failures[selected.name] = failure
    return failures


def _bring_training_data(config: ModelConfig, say: Callable[[str], None]) -> None:
    """What the model is trained on, of the Hub; local files come with the submission.

    Raises:
        Failure: one of them cannot be had, and then nothing can be measured.
    """
    for source in config.finetune.data if config.finetune else ():
        if source.id is not None:
            say(f"training data {source.name} at {(source.revision or '')[:10]}")
            _patiently(partial(ask_hub, source), "submission", loading(source))


def _bring_task(selected: SelectedTask) -> None:
    """Load everything the task will ask for.

    Raises:
        Failure: its data cannot be had.
    """
    if selected.failure is not None:
        raise selected.failure
    fault: Kind = "submission" if selected.custom else "infrastructure"
    _patiently(lambda: _load(selected), fault, f"loading the data of {selected.name}")


def _load(selected: SelectedTask) -> None:
    for task in _parts(selected.task):
        task.load_data()
        task.unload_data()


def _patiently(load: Callable[[], object], otherwise: Kind, doing: str) -> None:
    """Load, again where the connection broke.

    Raises:
        Failure: it cannot be had; `otherwise` is whose fault it is when nothing about the error tells.
    """
    for wait in (*_WAITS, None):
        try:
            load()
        except Failure:
            raise
        except Exception as error:
            if wait is None or not is_lost_connection(error):
                raise classified(error, otherwise, doing) from error
            time.sleep(wait)
        else:
            return


def _parts(task: Any) -> list[Any]:
    """An aggregate has no data of its own."""
    if not task.is_aggregate:
        return [task]
    return [part for each in task.metadata.tasks for part in _parts(each)]


def _recorder(output: Path) -> Callable[[str, Any, Any, Any], Any]:
    """Answers as the library does, and keeps every answer; one that is kept is not asked for again."""
    import datasets

    def answer(function: str, original: Any, args: Any, kwargs: Any) -> Any:
        asked = question(function, args, kwargs)
        place = output / DATA / key(asked)
        if (place / "data").is_dir():
            return datasets.load_from_disk(str(place / "data"))
        found = original(*args, **kwargs)
        partial = place.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        (partial / "question.json").write_text(json.dumps(asked, default=str), encoding="utf-8")
        if function == "load_dataset":
            _keep(found, partial / "data")
        else:
            (partial / "answer.json").write_text(json.dumps(list(found)), encoding="utf-8")
        shutil.rmtree(place, ignore_errors=True)
        partial.rename(place)
        return found

    return answer


def _keep(found: Any, folder: Path) -> None:
    if not hasattr(found, "save_to_disk"):
        raise Failure("infrastructure", "the task streams its data, which cannot be brought before")
    found.save_to_disk(str(folder))
