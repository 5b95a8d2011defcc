"""What can be told of training data beforehand: whether it is here, and has the columns that are named. Pure."""

from collections.abc import Iterator, Sequence

from bot.finetune_rules.asked import Asked
from bot.surroundings import Surroundings
from schemas.finetuning import TrainingSource
from schemas.problem import Names, Problem, shown
from schemas.yaml_document import Path_

_MOST_LISTED = 12
_PAIRS = ("query", "pos")
_SCORES = ("pos_scores", "neg_scores")


def unusable_files(asked: Asked, around: Surroundings) -> Iterator[Problem]:
    """A local file is a plain file of the submission."""
    for number, file in around.training_files.items():
        if file.refusal:
            yield asked.document.problem(("finetune", "data", number, "path"), *file.refusal)


def unknown_columns(asked: Asked, around: Surroundings) -> Iterator[Problem]:
    """Columns that are named are in the file."""
    for number, source in asked.sources.items():
        file = around.training_files.get(number)
        if file is None or file.columns is None or not source.columns:
            continue
        for path, name in _named(asked, number, source):
            if name in file.columns:
                continue
            guess = Names(file.columns).nearest(name)
            fix = (
                f"did you mean `{shown(guess)}`?"
                if guess
                else f"its columns are {_listed(file.columns)}"
            )
            message = f"`{shown(file.files[0])}` has no column `{shown(name)}`"
            yield asked.document.problem(path, "unknown-column", message, fix)


def label_within_text(asked: Asked, _: Surroundings) -> Iterator[Problem]:
    """The label is no part of the text: a model would learn to read it."""
    for number, source in asked.sources.items():
        for path, name in _named(asked, number, source):
            if source.columns and path[-1] != "label" and name == source.columns.label:
                message = f"the column `{shown(name)}` is both `text` and `label`"
                yield asked.document.problem(path, "column-used-twice", message, "give each its own column")  # fmt: skip


def unready_rows(asked: Asked, around: Surroundings) -> Iterator[Problem]:
    """Rows without `columns` are FlagEmbedding's own, with scores where they are learnt."""
    distils = any(r.knowledge_distillation for r in asked.recipes.values())
    for number, source in asked.sources.items():
        file, place = around.training_files.get(number), ("finetune", "data", number, "path")
        if source.columns or file is None or file.columns is None:
            continue
        name = shown(file.files[0])
        if missing := [key for key in _PAIRS if key not in file.columns]:
            message = f"rows of `{name}` have no `{missing[0]}`, and no `columns` say where text and label stand"
            fix = "name the `columns` of text and label, or give FlagEmbedding's rows: `query`, `pos` and `neg`"
            yield asked.document.problem(place, "unready-rows", message, fix)
        elif distils and (missing := [key for key in _SCORES if key not in file.columns]):
            message = f"`knowledge_distillation` learns scores, and rows of `{name}` have no `{missing[0]}`"
            fix = (
                "add `pos_scores` and `neg_scores` to every row, or delete `knowledge_distillation`"
            )
            yield asked.document.problem(place, "scores-missing", message, fix)


def idle_types(asked: Asked, _: Surroundings) -> Iterator[Problem]:
    """Rows with labels have their type by that."""
    for number, source in asked.sources.items():
        if source.columns and source.type:
            message = "`type` has no effect beside `columns`: it is about FlagEmbedding's own rows"
            place = ("finetune", "data", number, "type")
            fix = "delete one of the two"
            yield asked.document.key_problem(place, "setting-without-effect", message, fix)


def _named(asked: Asked, number: int, source: TrainingSource) -> Iterator[tuple[Path_, str]]:
    """The columns of text and label, each with its place."""
    if source.columns is None:
        return
    at: Path_ = ("finetune", "data", number, "columns")
    several = isinstance(asked.document.at(*at, "text"), list)
    for index, name in enumerate(source.columns.text):
        yield (*at, "text", index) if several else (*at, "text"), name
    yield (*at, "label"), source.columns.label


def _listed(columns: Sequence[str]) -> str:
    more = len(columns) - _MOST_LISTED
    named = ", ".join(f"`{shown(name)}`" for name in columns[:_MOST_LISTED])
    return f"{named} (and {more} more)" if more > 0 else named


RULES = (unusable_files, unknown_columns, label_within_text, unready_rows, idle_types)
