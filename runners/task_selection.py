"""The tasks a config asks for, as mteb task objects narrowed to splits, subsets and languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runners.custom_data import locate_data
from runners.custom_tasks import build_custom_task
from runners.failures import Failure
from runners.planned import refuse_outside
from schemas.errors import UsageError
from schemas.mteb_index import any_wanted, mteb_index
from schemas.submission import ModelConfig, TaskRequest, load_custom_task


@dataclass(frozen=True)
class SelectedTask:
    """One task to run. `task` is None when it could not even be built; `failure` then says why."""

    name: str
    custom: bool
    task: Any = None
    dataset_id: str | None = None
    failure: Failure | None = None
    fingerprint: str = ""


def select_tasks(
    config: ModelConfig,
    data_paths: Mapping[str, Path],
    only: Sequence[str] = (),
    root: Path | None = None,
) -> list[SelectedTask]:
    """All tasks of the config in order, those named in `only` if given.

    `root` is the folder that the files of a submission must lie in; None where they may lie anywhere.

    Raises:
        Failure: a benchmark does not exist, or nothing is left to run.
        UsageError: `only` names a task that the config has not.
    """
    selected: dict[str, SelectedTask] = {}
    for benchmark in config.benchmarks:
        for task in _benchmark_tasks(benchmark):
            narrowed = _narrowed(task, config.task_languages)
            if narrowed is not None:
                selected[narrowed.name] = narrowed
    for request in config.tasks:
        chosen = (
            _custom(request.file, data_paths, root)
            if request.file
            else _registered(request, config.task_languages)
        )
        if chosen is not None:
            selected[chosen.name] = chosen
    unknown = sorted(set(only) - set(selected))
    if unknown:
        raise UsageError(
            f"--tasks names {', '.join(unknown)}, which the config does not ask for",
            f"choose among {', '.join(selected)}",
        )
    chosen_tasks = [task for name, task in selected.items() if not only or name in only]
    if not chosen_tasks:
        raise Failure(
            "submission",
            "no task is left to run: the language filter leaves none",
            "widen `evaluate.languages` or choose other tasks",
        )
    return chosen_tasks


def _benchmark_tasks(name: str) -> Sequence[Any]:
    import mteb

    try:
        return list(mteb.get_benchmark(name).tasks)
    except KeyError as error:
        raise Failure("submission", f"mteb has no benchmark {name}") from error


def _registered(request: TaskRequest, languages: Sequence[str]) -> SelectedTask | None:
    import mteb

    try:
        task = mteb.get_task(
            request.name,
            eval_splits=list(request.splits) or None,
            hf_subsets=list(request.subsets) or None,
        )
    except (KeyError, ValueError) as error:
        failure = Failure("submission", f"mteb cannot set up {request.name}: {error}")
        return SelectedTask(request.name, custom=False, failure=failure)
    return _narrowed(task, languages)


def _narrowed(task: Any, languages: Sequence[str]) -> SelectedTask | None:
    if languages:
        of_subset = task.metadata.hf_subsets_to_langscripts
        kept = [subset for subset in task.hf_subsets if any_wanted(of_subset[subset], languages)]
        if not kept:
            return None
        task.hf_subsets = kept  # mteb's own filter would take zho-Hans for zho-Hant
    dataset_id = None if task.is_aggregate else task.metadata.dataset["path"]
    return SelectedTask(
        task.metadata.name,
        custom=False,
        task=task,
        dataset_id=dataset_id,
        fingerprint=f"{dataset_id}@{task.metadata.revision}",
    )


def _custom(file: Path, data_paths: Mapping[str, Path], root: Path | None) -> SelectedTask:
    try:
        refuse_outside(file, root)
        spec, _, problems = load_custom_task(file)
    except OSError as error:
        failure = Failure("submission", f"{file}: {error.strerror}")
        return SelectedTask(file.stem[:200], custom=True, failure=failure)
    except Failure as outside:
        return SelectedTask(file.stem[:200], custom=True, failure=outside)
    if spec is None:
        first = problems[0]
        failure = Failure(
            "submission",
            f"{first.file}:{first.line}:{first.column}: {first.message}",
            "run `mteb-bot check` on the file, it lists every problem",
        )
        return SelectedTask(file.stem[:200], custom=True, failure=failure)
    if spec.name in mteb_index().task_names:
        failure = Failure("submission", f"{spec.name} is a task of mteb: give yours another name")
        return SelectedTask(spec.name, custom=True, failure=failure)
    try:
        source = locate_data(spec, data_paths)
        return SelectedTask(
            spec.name,
            custom=True,
            task=build_custom_task(source),
            dataset_id=source.hub_id,
            fingerprint=f"{spec.sha256}:{source.revision}",
        )
    except Failure as failure:
        return SelectedTask(spec.name, custom=True, failure=failure)
