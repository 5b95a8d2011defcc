"""A comparison's small print: what to read with care, and folded detail."""

from collections import Counter
from collections.abc import Iterator, Sequence

from bot.bounded import Section
from bot.comparison import Against, Comparison, Pair, Standing
from bot.comparison_table import NOTHING, scores_and_change
from bot.finetuned.sentences import contamination_warning
from bot.markdown import code, table_head, table_row
from bot.model_results import AUTHORS_OWN, UNKNOWN_REVISION, ModelResults, short_revision
from bot.sentences import counted

_WHY = {
    Standing.NOT_IN_CANDIDATE: "this model has no score",
    Standing.NOT_IN_BASELINE: "the baseline has no score",
    Standing.OTHER_DATA: "measured on another revision of the data set",
    Standing.NOTHING_SHARED: "no split and subset that both have",
}
_OTHER_PARTS_HERE = "this model has other splits or subsets only"
_OTHER_PARTS_THERE = "the baseline has other splits or subsets only"


def care_section(comparison: Comparison, names: Sequence[str]) -> Section:
    """What a reader has to know to read the scores rightly, a line each."""
    lines = [
        *_missing(comparison, names),
        *(
            line
            for side, name in zip(_sides(comparison), names, strict=True)
            for line in (*_origin(side, name), *_unusable(side, name))
        ),
        *(
            f"{name}: {warning}"
            for side, name in zip(comparison.baselines, names[1:], strict=True)
            if side.report and (warning := contamination_warning(side.report.finetuned))
        ),
    ]
    return Section(intro="", items=tuple(f"- {line}" for line in lines), importance=60)


def detail_sections(comparison: Comparison, names: Sequence[str], where: str) -> list[Section]:
    """Folded detail, most important first; sections with nothing to say are left out."""
    folded = [
        _detail(
            "Means by task type",
            ["against", "type", "tasks", names[0], "baseline", "change"],
            _types(comparison, names),
            4,
            where,
        ),
        _detail(
            "Tasks that could not be compared",
            ["task", "against", "why"],
            _not_compared(comparison, names),
            3,
            where,
        ),
        _detail(
            "Tasks compared on some of their subsets",
            ["task", "against", "compared on", "only here", "only there"],
            _partly(comparison, names),
            2,
            where,
        ),
        _detail(
            "Results and revisions used",
            ["model", "revision", "tasks"],
            _revisions(comparison),
            1,
            where,
        ),
        _detail("Files and scores left out", ["what", "why"], _notes(comparison), 0, where),
    ]
    return [section for section in folded if section.items]


def _detail(
    fold: str, headers: Sequence[str], rows: Iterator[Sequence[str]], importance: int, where: str
) -> Section:
    return Section(
        "",
        tuple(table_row(row) for row in rows),
        table_head(headers),
        importance=importance,
        fold=fold,
        where=where,
    )


def _sides(comparison: Comparison) -> tuple[ModelResults, ...]:
    return (comparison.candidate, *comparison.baselines)


def _missing(comparison: Comparison, names: Sequence[str]) -> Iterator[str]:
    for index, name in enumerate(names[1:]):
        reasons = Counter(
            _why(row.against[index])
            for row in comparison.rows
            if row.against[index].standing is not Standing.COMPARED
        )
        if reasons:
            said = ", ".join(f"{counted(count, 'task')} ({why})" for why, count in reasons.items())
            yield f"{name}: left out of the means: {said}."


def _why(against: Against) -> str:
    if against.standing is Standing.NOTHING_SHARED and against.baseline is None:
        return _OTHER_PARTS_THERE
    if against.standing is Standing.NOTHING_SHARED and against.candidate is None:
        return _OTHER_PARTS_HERE
    return _WHY[against.standing]


def _origin(side: ModelResults, name: str) -> Iterator[str]:
    if side.smoke:
        yield f"{name}: a smoke run only, its scores mean nothing."
    if side.revision in {AUTHORS_OWN, UNKNOWN_REVISION}:
        yield f"{name}: read from {code(side.revision)} as asked, although {_set_aside(side.revision)}."
    if side.filled:
        others = ", ".join(
            code(short_revision(revision)) for revision in dict.fromkeys(side.filled.values())
        )
        scores = counted(len(side.filled), "score")
        yield f"{name}: {scores} from another revision of the model ({others}), marked so."
    for folder, tasks in side.set_aside.items():
        only = counted(len(tasks), "task")
        yield f"{name}: {only} not used because only in {code(folder)}: {_set_aside(folder)}."


def _unusable(side: ModelResults, name: str) -> Iterator[str]:
    if side.notes:
        yield f"{name}: {counted(len(side.notes), 'file or score', 'files or scores')} left out, listed below."


def _set_aside(folder: str) -> str:
    return {
        AUTHORS_OWN: "its scores were reported by its authors and not measured again",
        UNKNOWN_REVISION: "which revision was measured is unknown",
    }.get(folder, "the folder is not named by a commit")


def _types(comparison: Comparison, names: Sequence[str]) -> Iterator[Sequence[str]]:
    for name, overall in zip(names[1:], comparison.overall, strict=True):
        if overall:
            for kind, means in overall.by_type.items():
                yield name, code(kind), f"{means.tasks}", *scores_and_change(means.difference)
            yield (
                name,
                "**mean of the types**",
                f"{overall.tasks.tasks}",
                *scores_and_change(overall.types.difference),
            )


def _not_compared(comparison: Comparison, names: Sequence[str]) -> Iterator[Sequence[str]]:
    for row in comparison.rows:
        for name, against in zip(names[1:], row.against, strict=True):
            if against.standing is not Standing.COMPARED:
                here, there = (code(revision, 45) for revision in against.revisions)
                other = against.standing is Standing.OTHER_DATA
                yield (
                    code(row.task),
                    name,
                    _why(against) + (f": {here} here, {there} there" if other else ""),
                )


def _partly(comparison: Comparison, names: Sequence[str]) -> Iterator[Sequence[str]]:
    for row in comparison.rows:
        for name, against in zip(names[1:], row.against, strict=True):
            if against.difference and (against.only_candidate or against.only_baseline):
                yield (
                    code(row.task),
                    name,
                    _pairs(against.shared),
                    _pairs(against.only_candidate),
                    _pairs(against.only_baseline),
                )


def _pairs(pairs: frozenset[Pair], most: int = 5) -> str:
    shown = ", ".join(code("/".join(pair), 40) for pair in sorted(pairs)[:most])
    return f"{shown} and {len(pairs) - most} more" if len(pairs) > most else shown or NOTHING


def _revisions(comparison: Comparison) -> Iterator[Sequence[str]]:
    for side in _sides(comparison):
        yield code(side.model), code(side.revision), f"{len(side.tasks) - len(side.filled)}"
        for revision, tasks in Counter(side.filled.values()).items():
            yield code(side.model), code(revision), f"{tasks}, where the other has none"


def _notes(comparison: Comparison) -> Iterator[Sequence[str]]:
    for side in _sides(comparison):
        for note in side.notes:
            yield code(note.about), note.sentence
