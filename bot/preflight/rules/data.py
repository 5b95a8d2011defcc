"""Whether data sets exist, and what the model has seen of the tasks that are evaluated."""

from collections.abc import Iterator

from bot.evaluated import evaluated_tasks
from bot.preflight.facts import Access
from bot.preflight.rule import Finding, Rule, Submitted, TaskFile
from bot.surroundings import Surroundings
from schemas.finetuning import TrainingSource
from schemas.problem import shown
from schemas.yaml_document import Path_

_DECLARED = ("training_data",)
_MOST_NAMED = 5


def _no_dataset(submitted: Submitted) -> Iterator[Finding]:
    for number, name in enumerate(submitted.config.training_data or ()):
        if submitted.datasets.get((name, None)) in {Access.MISSING, Access.PRIVATE}:
            message = f"`{shown(name)}` is no public data set on the Hub and no task of mteb"
            yield Finding((*_DECLARED, number), message)


def _other_data(submitted: Submitted) -> Iterator[Finding]:
    declared, card = submitted.config.training_data, submitted.facts.card
    if declared is None or card is None:
        return
    known = {_bare(name) for name in declared}
    known |= {_bare(data) for name in declared if (data := _dataset(name, submitted.around))}
    known |= {_bare(source.id) for _, source in _sources(submitted) if source.id}
    if more := [name for name in card.texts("datasets") if _bare(name) not in known]:
        message = f"{_card(submitted)} names training data that the config does not: {_named(more)}"
        yield Finding(_DECLARED, message)


def _card(submitted: Submitted) -> str:
    return "the base model's card" if submitted.config.finetune else "the model card"


def _sources(submitted: Submitted) -> Iterator[tuple[Path_, TrainingSource]]:
    """What the model is trained on here, each with its place."""
    sources = submitted.config.finetune.data if submitted.config.finetune else ()
    for number, source in enumerate(sources):
        yield ("finetune", "data", number), source


def _bare(name: str) -> str:
    """A data set's name as it is spelt with and without its owner: `ms_marco` is `microsoft/ms_marco`."""
    return name.casefold().rpartition("/")[2].replace("-", "_")


def _dataset(task: str, around: Surroundings) -> str | None:
    known = around.index.task(task)
    return known.dataset_id if known else None


def _trained_on_evaluated(submitted: Submitted) -> Iterator[Finding]:
    seen = _evaluated_by_data(submitted)
    declared = submitted.config.training_data or ()
    for number, name in enumerate(declared):
        if tasks := seen.get(name.casefold()):
            message = f"`{shown(name)}` is trained on and evaluated: {_named(tasks)}"
            yield Finding((*_DECLARED, number), message)
    for place, source in _sources(submitted):
        if source.id and (tasks := seen.get(source.id.casefold())):
            message = f"`{source.id}` is trained on and evaluated: {_named(tasks)}"
            yield Finding((*place, "id"), message)
    card = submitted.facts.card
    for name in card.texts("datasets") if card else ():
        if (tasks := seen.get(name.casefold())) and name not in declared:
            message = f"{_card(submitted)} names `{shown(name)}` as training data, and it is evaluated: {_named(tasks)}"
            yield Finding(("evaluate",), message)


def _evaluated_by_data(submitted: Submitted) -> dict[str, list[str]]:
    """Data set's id or task's name, in small letters -> the evaluated tasks it scores."""
    around, by_data = submitted.around, dict[str, list[str]]()
    custom = {file.name: file.document for file in around.custom_tasks.values() if file.document}
    for task in sorted(evaluated_tasks(submitted.document, around) or ()):
        known = around.index.task(task)
        parts = (task, *(known.parts if known else ()))
        names = {*parts, *(_dataset(part, around) for part in parts)}
        if task in custom:
            names.add(custom[task].at("dataset", "id"))
        for name in names:
            if isinstance(name, str):
                by_data.setdefault(name.casefold(), []).append(task)
    return by_data


def _named(names: list[str]) -> str:
    more = len(names) - _MOST_NAMED
    listed = ", ".join(f"`{shown(name)}`" for name in names[:_MOST_NAMED])
    return f"{listed} and {more} more" if more > 0 else listed


def _source_without_data(submitted: Submitted) -> Iterator[Finding]:
    closed = (Access.MISSING, Access.PRIVATE, Access.DISABLED)
    for place, source in _of_access(submitted, *closed):
        yield Finding((*place, "id"), f"`{source.id}` is no public data set on the Hub")


def _source_behind_gate(submitted: Submitted) -> Iterator[Finding]:
    for place, source in _of_access(submitted, Access.GATED):
        message = f"`{source.id}` is gated: readers must ask before they can read it"
        yield Finding((*place, "id"), message)


def _source_without_revision(submitted: Submitted) -> Iterator[Finding]:
    for place, source in _of_access(submitted, Access.NO_REVISION):
        yield Finding((*place, "revision"), f"`{source.id}` has no commit {source.revision}")


def _of_access(submitted: Submitted, *wanted: Access) -> Iterator[tuple[Path_, TrainingSource]]:
    for place, source in _sources(submitted):
        if source.id and submitted.datasets.get((source.id, source.revision)) in wanted:
            yield place, source


def _task_without_data(task: TaskFile) -> Iterator[Finding]:
    if _access(task) in {Access.MISSING, Access.PRIVATE, Access.DISABLED}:
        name = shown(task.document.at("dataset", "id"))
        yield Finding(("dataset", "id"), f"`{name}` is no public data set on the Hub")


def _task_behind_gate(task: TaskFile) -> Iterator[Finding]:
    if _access(task) is Access.GATED:
        name = shown(task.document.at("dataset", "id"))
        yield Finding(
            ("dataset", "id"), f"`{name}` is gated: readers must ask before they can read it"
        )


def _task_without_revision(task: TaskFile) -> Iterator[Finding]:
    if _access(task) is Access.NO_REVISION:
        name, revision = (shown(task.document.at("dataset", key)) for key in ("id", "revision"))
        yield Finding(("dataset", "revision"), f"`{name}` has no commit {revision}")


def _access(task: TaskFile) -> Access | None:
    return task.datasets.get(
        (task.document.at("dataset", "id"), task.document.at("dataset", "revision"))
    )


RULES: tuple[Rule[Submitted], ...] = (
    Rule(
        "training-data-missing",
        "warning",
        "Every data set in `training_data` that is written as an id of the Hub exists there.",
        "Nobody can compare training data with tasks when its name leads nowhere.",
        "correct the id; leave data out of the list that is not on the Hub, and describe it in the model card",
        _no_dataset,
    ),
    Rule(
        "training-data-differs",
        "warning",
        "`training_data` holds the data sets that the model card names.",
        "Readers must not be told two things.",
        "add them to `training_data`, or correct `datasets:` in the model card",
        _other_data,
    ),
    Rule(
        "trained-on-evaluated",
        "warning",
        "The model was not trained on data of the tasks that are evaluated.",
        "Such scores say less about texts the model has never seen; the leaderboard marks them.",
        "nothing to do if it is so: the scores are shown with this remark",
        _trained_on_evaluated,
    ),
)
SOURCE_RULES: tuple[Rule[Submitted], ...] = (
    Rule(
        "finetune-data-missing",
        "error",
        "Every data set in `finetune.data` exists and is public.",
        "The runner could not fetch it, and nobody could repeat the training.",
        "correct the id, or make the data set public",
        _source_without_data,
    ),
    Rule(
        "finetune-data-gated",
        "error",
        "No data set in `finetune.data` is gated.",
        "The runner holds no token and could not fetch it.",
        "turn off access requests in its settings, or take another data set",
        _source_behind_gate,
    ),
    Rule(
        "finetune-revision-missing",
        "error",
        "The revision of every data set in `finetune.data` exists.",
        "A training can be repeated with the same rows only.",
        "copy the full SHA from the data set's `Files and versions` > `History`",
        _source_without_revision,
    ),
)
TASK_RULES: tuple[Rule[TaskFile], ...] = (
    Rule(
        "task-data-missing",
        "error",
        "The data set of a custom task exists and is public.",
        "The runner could not fetch it, and nobody could repeat the evaluation.",
        "correct the id, or make the data set public",
        _task_without_data,
    ),
    Rule(
        "task-data-gated",
        "error",
        "The data set of a custom task is not gated.",
        "The runner holds no token and could not fetch it.",
        "turn off access requests in its settings, or take another data set",
        _task_behind_gate,
    ),
    Rule(
        "task-revision-missing",
        "error",
        "The revision of a custom task's data set exists.",
        "Scores belong to one commit of the data.",
        "copy the full SHA from the data set's `Files and versions` > `History`",
        _task_without_revision,
    ),
)
