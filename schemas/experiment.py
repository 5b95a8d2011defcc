"""An experiment as frozen data: one model, one task, and ways of fine-tuning it that are compared."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from schemas.finetuning import Recipe, TrainingSource, recipe_from, training_source
from schemas.problem import Problem, nearest, shown
from schemas.submission import Loading
from schemas.validate import problems_in
from schemas.yaml_document import YamlDocument, parse_yaml, read_bytes

Role = Literal["published", "ours", "ours_all_rows"]
_ONCE = ("ours", "ours_all_rows")


@dataclass(frozen=True)
class Mode:
    """One way of training; `rows` None stands for all. `published` leaves the batch to FlagEmbedding, halving included."""

    name: str
    recipe: Recipe
    published: bool = False
    in_batch_negatives: bool = False
    rows: int | None = None
    role: Role | None = None


@dataclass(frozen=True)
class Budgets:
    """Times of training in seconds, and the names of the modes that are trained so long."""

    seconds: tuple[float, ...] = ()
    methods: tuple[str, ...] = ()


@dataclass(frozen=True)
class Experiment:
    """An experiment file. `leave_out_evaluated` drops rows that stand in the evaluation split before any are drawn."""

    file: Path
    sha256: str
    title: str
    model: str
    revision: str
    load: Loading
    task: Path
    data: TrainingSource
    leave_out_evaluated: bool
    seed: int
    modes: tuple[Mode, ...]
    budgets: Budgets = field(default_factory=Budgets)

    def mode(self, name: str) -> Mode:
        """The mode called `name`."""
        return next(mode for mode in self.modes if mode.name == name)

    def of_modes(self, names: Collection[str]) -> "Experiment":
        """The same with the modes called `names` alone, in the file's order, and their budgets."""
        methods = tuple(name for name in self.budgets.methods if name in names)
        return replace(
            self,
            modes=tuple(mode for mode in self.modes if mode.name in names),
            budgets=replace(self.budgets, methods=methods),
        )


def load_experiment(
    path: Path, shown_as: str | None = None
) -> tuple[Experiment | None, YamlDocument, list[Problem]]:
    """Read and validate an experiment: (experiment or None, the document with positions, problems).

    Raises:
        OSError: the file cannot be read.
    """
    content = read_bytes(path)
    document = parse_yaml(content, shown_as or str(path))
    problems = experiment_problems(document)
    digest = sha256(content).hexdigest()
    return (None if problems else _experiment(path, digest, document.data)), document, problems


def is_experiment(document: YamlDocument) -> bool:
    """Whether a document is meant as one: no other file has modes."""
    return isinstance(document.data, dict) and "modes" in document.data


def experiment_problems(document: YamlDocument) -> list[Problem]:
    """Every problem of a parsed experiment, in the order of the file."""
    found = [problem for rule in _RULES for problem in rule(document, _modes(document))]
    return sorted({*problems_in(document, "experiment"), *found})


def _experiment(path: Path, digest: str, data: Any) -> Experiment:
    rows = dict(data["data"])
    evaluated = rows.pop("evaluated_rows", "refuse")
    source = training_source(rows, path)
    budgets = data.get("budgets", {})
    return Experiment(
        file=path,
        sha256=digest,
        title=data["title"],
        model=data["model"],
        revision=data["revision"],
        load=Loading(**data.get("load", {})),
        task=path.parent / data["task"],
        data=source,
        leave_out_evaluated=evaluated == "leave-out",
        seed=data.get("seed", 42),
        modes=tuple(_mode(entry, source.rows) for entry in data["modes"]),
        budgets=Budgets(tuple(budgets.get("seconds", ())), tuple(budgets.get("methods", ()))),
    )


def _mode(entry: Mapping[str, Any], rows: int | None) -> Mode:
    wanted = entry.get("rows", rows)
    recipe = {"loss": _loss(entry)} | entry.get("recipe", {})
    return Mode(
        name=entry["name"],
        recipe=recipe_from(recipe),
        published=entry.get("published", False),
        in_batch_negatives=entry.get("in_batch_negatives", False),
        rows=None if wanted == "all" else wanted,
        role=entry.get("role"),
    )


_Modes = Sequence[tuple[int, Mapping[str, Any]]]


def _modes(document: YamlDocument) -> _Modes:
    """Those that are mappings, with their places: a schema's problem must not hide the others."""
    modes = document.at("modes")
    if not isinstance(modes, list):
        return ()
    return [(place, mode) for place, mode in enumerate(modes) if isinstance(mode, dict)]


def _loss(mode: Mapping[str, Any]) -> Any:
    recipe = mode.get("recipe")
    usual = "flag-embedding" if mode.get("published") is True else "label-aware"
    return recipe.get("loss", usual) if isinstance(recipe, dict) else usual


def _repeated_names(document: YamlDocument, modes: _Modes) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for place, mode in modes:
        name = mode.get("name")
        if isinstance(name, str) and first.setdefault(name, place) < place:
            message = f"mode {place + 1} is called `{shown(name)}`, as mode {first[name] + 1} is"
            yield document.problem(
                ("modes", place, "name"), "repeated-mode", message, "give it another name"
            )


def _label_aware(document: YamlDocument, modes: _Modes) -> Iterator[Problem]:
    for place, mode in modes:
        if _loss(mode) != "label-aware":
            continue
        for key in ("published", "in_batch_negatives"):
            if mode.get(key) is True:
                message = f"`{key}` goes with FlagEmbedding's own loss only"
                fix = "delete it, or write `loss: flag-embedding` in the mode's `recipe`"
                yield document.key_problem(("modes", place, key), "key-does-not-fit", message, fix)


def _halved_to_none(document: YamlDocument, modes: _Modes) -> Iterator[Problem]:
    """FlagEmbedding halves a published batch where it batches by data set, and fails with one of none."""
    for place, mode in modes:
        recipe = mode.get("recipe")
        if mode.get("published") is not True or not isinstance(recipe, dict):
            continue
        by_data_set = _loss(mode) == "flag-embedding" and recipe.get("same_dataset") is not False
        if by_data_set and recipe.get("batch_size") == 1:
            message = "FlagEmbedding halves the batch of a published mode, and of 1 nothing is left"
            fix = "write `batch_size: 2`, of which 1 is left, or more"
            path = ("modes", place, "recipe", "batch_size")
            yield document.problem(path, "batch-of-none", message, fix)


def _roles(document: YamlDocument, modes: _Modes) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for place, mode in modes:
        role, path = mode.get("role"), ("modes", place, "role")
        if role in _ONCE and first.setdefault(role, place) < place:
            message = f"mode {place + 1} is `{role}`, as mode {first[role] + 1} is"
            yield document.problem(path, "repeated-role", message, "keep one of the two")
        if role == "published" and mode.get("published") is not True:
            message = "a mode that is not as published cannot have the role `published`"
            yield document.problem(path, "wrong-role", message, "write `published: true` beside it")
        if role == "ours_all_rows" and _rows(document, mode) != "all":
            message = "the mode `ours_all_rows` is not trained on all rows"
            yield document.problem(path, "wrong-role", message, "write `rows: all` beside it")


def _same_rows(document: YamlDocument, modes: _Modes) -> Iterator[Problem]:
    """What is held against each other sees the same rows; a mode with more would win by that alone."""
    ours = [mode for _, mode in modes if mode.get("role") == "ours"]
    for place, mode in modes:
        if not ours or mode.get("role") != "published":
            continue
        if (theirs := _rows(document, mode)) != (own := _rows(document, ours[0])):
            message = (
                f"mode {place + 1} is trained on {shown(theirs)} rows, and `ours` on {shown(own)}"
            )
            path = ("modes", place, "rows" if "rows" in mode else "role")
            yield document.problem(path, "other-rows", message, "give both the same `rows`")


def _rows(document: YamlDocument, mode: Mapping[str, Any]) -> Any:
    data = document.at("data")
    usual = data.get("rows", "all") if isinstance(data, dict) else "all"
    return mode.get("rows", usual)


def _methods(document: YamlDocument, modes: _Modes) -> Iterator[Problem]:
    named = {mode["name"]: mode for _, mode in modes if isinstance(mode.get("name"), str)}
    methods = document.at("budgets", "methods")
    for place, name in enumerate(methods if isinstance(methods, list) else ()):
        if not isinstance(name, str):
            continue
        path = ("budgets", "methods", place)
        if name not in named:
            guess = nearest(name, named)
            fix = f"did you mean `{guess}`?" if guess else "name one of `modes`"
            yield document.problem(path, "unknown-mode", f"no mode is called `{shown(name)}`", fix)
            continue
        recipe = named[name].get("recipe")
        if isinstance(recipe, dict) and "max_steps" in recipe:
            message = f"`{shown(name)}` ends after `max_steps`, so it cannot end by the clock"
            fix = "delete `max_steps` from its recipe, or the mode from `methods`"
            yield document.problem(path, "key-does-not-fit", message, fix)


_RULES = (_repeated_names, _label_aware, _halved_to_none, _roles, _same_rows, _methods)
