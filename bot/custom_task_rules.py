"""What a custom task file must keep besides its schema, rule by rule. Pure."""

from collections.abc import Callable, Iterator

from bot.language_codes import LanguageCodes
from bot.surroundings import texts
from schemas.mteb_index import MtebIndex
from schemas.problem import Names, Problem, shown
from schemas.submission import DEFAULT_MAIN_SCORE
from schemas.yaml_document import YamlDocument

Rule = Callable[[YamlDocument, MtebIndex], Iterator[Problem]]
_APART = (("text", "label"), ("sentence1", "sentence2"), ("query_id", "document_id"))
_RETRIEVAL_TABLES = ("queries", "corpus", "relevance")


def taken_name(document: YamlDocument, index: MtebIndex) -> Iterator[Problem]:
    """No task of mteb has the same name, as results are told apart by it."""
    name = document.at("name")
    if not isinstance(name, str):
        return
    if name.casefold() in {known.casefold() for known in index.task_names}:
        message = f"mteb has a task called `{shown(name)}` already"
        yield document.problem(("name",), "task-name-taken", message, "choose another name")


def unknown_languages(document: YamlDocument, index: MtebIndex) -> Iterator[Problem]:
    """Languages are ISO 639-3 with a script of ISO 15924."""
    codes = LanguageCodes(index)
    for path, code in texts(document, "languages"):
        if codes.is_known(code) and "-" in code:
            continue
        meant = codes.meant(code, with_script=True)
        fix = f"did you mean `{meant}`?" if meant else "write language and script, as `eng-Latn`"
        message = f"`{shown(code)}` is no language code with a script"
        yield document.problem(path, "unknown-language", message, fix)


def leaking_columns(document: YamlDocument, _: MtebIndex) -> Iterator[Problem]:
    """Columns that must differ do: a label within the text is no task."""
    columns = document.at("columns")
    for one, other in _APART if isinstance(columns, dict) else ():
        for name in sorted(_names(columns.get(one)) & _names(columns.get(other))):
            message = f"the column `{shown(name)}` is both `{one}` and `{other}`"
            fix = "give each its own column"
            yield document.problem(("columns", other), "column-used-twice", message, fix)


def _names(columns: object) -> set[str]:
    given = columns if isinstance(columns, list) else [columns]
    return {name for name in given if isinstance(name, str)}


def tested_on_training(document: YamlDocument, _: MtebIndex) -> Iterator[Problem]:
    """A classifier is not scored on the rows it was trained on."""
    trained = document.at("training_split")
    if trained is not None and trained == (document.at("evaluation_split") or "test"):
        message = f"the split `{shown(trained)}` both trains and scores the classifier"
        fix = "name two different splits"
        yield document.problem(("training_split",), "tested-on-training-data", message, fix)


def upside_down_range(document: YamlDocument, _: MtebIndex) -> Iterator[Problem]:
    """The lowest gold score is below the highest."""
    ends = document.at("score_range")
    if isinstance(ends, list) and len(ends) == 2 and all(map(_is_number, ends)):  # noqa: PLR2004
        low, high = ends
        if low >= high:
            message = f"`score_range` goes from {shown(low)} to {shown(high)}"
            fix = f"write the lowest score first: `[{shown(high)}, {shown(low)}]`"
            if low == high:
                fix = "write the lowest and the highest score, for example `[0, 5]`"
            yield document.problem(("score_range",), "upside-down-range", message, fix)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def unread_files(document: YamlDocument, _: MtebIndex) -> Iterator[Problem]:
    """Every file named belongs to a table that a task of this type reads."""
    files, kind = document.at("dataset", "files"), document.at("type")
    if not isinstance(files, dict) or not isinstance(kind, str) or kind not in DEFAULT_MAIN_SCORE:
        return
    read = [str(document.at("evaluation_split") or "test")]
    if kind == "classification":
        read = [*dict.fromkeys([str(document.at("training_split") or "train"), *read])]
    elif kind == "retrieval":
        read = list(_RETRIEVAL_TABLES)
    names = Names(read)
    for table in files:
        if table not in read:
            guess = names.nearest(table)
            fix = (
                f"did you mean `{guess}`?"
                if guess
                else f"delete it; this task reads {_listed(read)}"
            )
            message = f"nothing reads the file of `{shown(table)}`"
            yield document.key_problem(("dataset", "files", table), "unread-file", message, fix)


def _listed(words: list[str]) -> str:
    return ", ".join(f"`{shown(word)}`" for word in words)


RULES: tuple[Rule, ...] = (
    taken_name,
    unknown_languages,
    leaking_columns,
    tested_on_training,
    upside_down_range,
    unread_files,
)
