"""Training data that is evaluated as well, as far as names tell; the runner compares the texts themselves. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from os.path import normpath
from posixpath import dirname, join

from bot.evaluated import language_filter
from bot.finetune_rules.asked import Asked
from bot.planning.selection import chosen_tasks
from bot.surroundings import CustomTaskFile, Surroundings, task_names, texts
from schemas.finetuning import TrainingSource
from schemas.problem import Problem, shown
from schemas.submission import TaskRequest
from schemas.yaml_document import Path_, YamlDocument

_SUFFIXES = (".csv", ".jsonl", ".parquet")


@dataclass(frozen=True)
class Scored:
    """Splits of a data set that a task scores; `others` are configurations of it that are not evaluated.

    Or `only` is the one that is; None: any may be.
    """

    task: str
    dataset: str
    splits: frozenset[str]
    others: frozenset[str] = frozenset()
    only: str | None = None


@dataclass(frozen=True)
class _Evaluated:
    """What is evaluated of mteb, as `chosen_tasks` asks for it."""

    tasks: tuple[TaskRequest, ...]
    task_languages: tuple[str, ...]
    benchmarks: tuple[str, ...] = ()


def trained_on_evaluated(asked: Asked, around: Surroundings) -> Iterator[Problem]:
    """No split and no file that is evaluated is trained on."""
    ids = {source.id.casefold() for source in asked.sources.values() if source.id}
    scored = [*_of_mteb(asked.document, around, ids), *_of_custom(around)]
    files = [(path, task.name) for task in around.custom_tasks.values() for path in _files(task)]
    for number, source in asked.sources.items():
        at: Path_ = ("finetune", "data", number)
        file = around.training_files.get(number)
        if source.id and (task := next((s.task for s in scored if _is_in(source, s)), None)):
            what, key = f"the split `{shown(source.split)}` of `{source.id}`", "split"
            fix = "train on another split, or evaluate another one"
        elif file and (task := next((t for path, t in files if path in file.files), None)):
            what, key = f"`{shown(asked.path(number))}`", "path"
            fix = "train on another file, or evaluate another one"
        else:
            continue
        message = f"{what} is what `{shown(task)}` evaluates: a score on rows that were trained on says nothing"  # fmt: skip
        place = (*at, key) if (*at, key) in asked.document.values else (*at, "id")
        yield asked.document.problem(place, "trained-on-evaluated-split", message, fix)


def _is_in(source: TrainingSource, scored: Scored) -> bool:
    """Whether one of the splits that are trained on (`train[:50%]+test`) is scored."""
    if not source.id or source.id.casefold() != scored.dataset.casefold():
        return False
    splits = {part.partition("[")[0].strip() for part in source.split.split("+")}
    is_scored = "all" in splits or not splits.isdisjoint(scored.splits)
    is_other = bool(source.config and scored.only) and source.config != scored.only
    return is_scored and not is_other and source.config not in scored.others


def _of_mteb(
    document: YamlDocument, around: Surroundings, ids: Collection[str]
) -> Iterator[Scored]:
    """What the tasks of mteb score of the data sets `ids` (in small letters)."""
    requests: dict[str, TaskRequest] = {}
    for _, name in texts(document, "evaluate", "benchmarks"):
        benchmark = around.index.benchmark(name)
        for item in benchmark.tasks if benchmark else ():
            if _reads(item.task, ids, around):
                requests[item.task] = TaskRequest(item.task, None, item.splits, item.subsets)
    for number, name in task_names(document):
        if number not in around.custom_tasks and _reads(name, ids, around):
            chosen = (texts(document, "evaluate", "tasks", number, key) for key in ("splits", "subsets"))  # fmt: skip
            splits, subsets = (tuple(text for _, text in found) for found in chosen)
            requests[name] = TaskRequest(name, None, splits, subsets)
    wanted = _Evaluated(tuple(requests.values()), tuple(language_filter(document, around)))
    for task in chosen_tasks(wanted, around.index, {}):
        for part in task.parts:
            others = part.task.subsets.keys() - set(part.subsets)
            dataset = part.task.dataset_id or ""
            yield Scored(task.name, dataset, frozenset(part.splits), frozenset(others))


def _reads(name: str, ids: Collection[str], around: Surroundings) -> bool:
    """Whether a task, or a part of it, reads one of the data sets."""
    task = around.index.task(name)
    parts = [around.index.task(part) for part in task.parts] if task else []
    return any(one and (one.dataset_id or "").casefold() in ids for one in (task, *parts))


def _of_custom(around: Surroundings) -> Iterator[Scored]:
    for task in around.custom_tasks.values():
        document = task.document
        dataset = document.at("dataset", "id") if document else None
        if document and isinstance(dataset, str):
            split = str(document.at("evaluation_split") or "test")
            only = document.at("dataset", "config")
            name = task.name or task.location
            yield Scored(name, dataset, frozenset({split}), only=str(only) if only else None)


def _files(task: CustomTaskFile) -> Iterator[str]:
    """Local files that a custom task may find the rows in that it scores."""
    folder = task.document.at("dataset", "path") if task.document else None
    if task.document is None or not isinstance(folder, str):
        return
    split = str(task.document.at("evaluation_split") or "test")
    named = task.document.at("dataset", "files", split)
    names = [named] if isinstance(named, str) else [f"{split}{suffix}" for suffix in _SUFFIXES]
    for name in names:
        yield normpath(join(dirname(task.location), folder, name))


RULES = (trained_on_evaluated,)
