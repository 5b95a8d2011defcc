"""Compare one model's scores with those of others: only what was measured on the same data counts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from bot.comparison import (
    Against,
    Comparison,
    Means,
    Overall,
    Pair,
    Scope,
    Standing,
    TaskRow,
)
from bot.difference import Difference, Estimate, mean, task_estimate
from bot.model_results import ModelResults
from bot.scores import SubsetScore, TaskScores
from schemas.mteb_index import IndexedBenchmark


def scope_of(benchmark: IndexedBenchmark) -> Scope:
    """What a benchmark of mteb compares."""
    return Scope(
        benchmark.name,
        {
            selection.task: frozenset(
                (split, subset) for split in selection.splits for subset in selection.subsets
            )
            for selection in benchmark.tasks
        },
    )


def compare(
    candidate: ModelResults, baselines: Sequence[ModelResults], scope: Scope | None = None
) -> Comparison:
    """Compare task by task and over all, restricted to `scope` if there is one.

    Rows stand in alphabetical order: every task of the scope, or of any side when there is none.
    """
    sides = (candidate, *baselines)
    names = scope.pairs if scope else {task for side in sides for task in side.tasks}
    rows = tuple(
        _row(name, [side.tasks.get(name) for side in sides], scope)
        for name in sorted(names, key=lambda name: (name.casefold(), name))
    )
    overall = tuple(
        _overall([(row.task_type, row.against[index]) for row in rows])
        for index in range(len(baselines))
    )
    return Comparison(candidate, tuple(baselines), scope, rows, overall)


def _row(name: str, sides: Sequence[TaskScores | None], scope: Scope | None) -> TaskRow:
    wanted = scope.pairs[name] if scope else frozenset()
    scored = [_in_scope(side, wanted) for side in sides]
    return TaskRow(
        task=name,
        task_type=next((side.task_type for side in sides if side), ""),
        candidate=_estimate(scored[0], scored[0]),
        against=tuple(
            _against(sides[0], scored[0], baseline, pairs)
            for baseline, pairs in zip(sides[1:], scored[1:], strict=True)
        ),
        absent=len(wanted - scored[0].keys()),
    )


def _in_scope(task: TaskScores | None, wanted: frozenset[Pair]) -> dict[Pair, SubsetScore]:
    every = {(s.split, s.subset): s for s in task.subsets} if task else {}
    return {pair: score for pair, score in every.items() if not wanted or pair in wanted}


def _against(
    candidate: TaskScores | None,
    ours: Mapping[Pair, SubsetScore],
    baseline: TaskScores | None,
    theirs: Mapping[Pair, SubsetScore],
) -> Against:
    shared = ours.keys() & theirs.keys()
    revisions = tuple(side.dataset_revision if side else "" for side in (candidate, baseline))
    if candidate is None:
        standing = Standing.NOT_IN_CANDIDATE
    elif baseline is None:
        standing = Standing.NOT_IN_BASELINE
    elif not shared:
        standing = Standing.NOTHING_SHARED
    elif revisions[0] != revisions[1]:
        standing = Standing.OTHER_DATA
    else:
        standing = Standing.COMPARED
    compared = standing is Standing.COMPARED
    return Against(
        standing=standing,
        candidate=_estimate(ours, shared if compared else ours),
        baseline=_estimate(theirs, shared if compared else theirs),
        shared=frozenset(shared),
        only_candidate=frozenset(ours.keys() - theirs.keys()),
        only_baseline=frozenset(theirs.keys() - ours.keys()),
        revisions=(revisions[0], revisions[1]),
    )


def _estimate(scores: Mapping[Pair, SubsetScore], pairs: Iterable[Pair]) -> Estimate | None:
    chosen = [scores[pair] for pair in pairs]
    return task_estimate(chosen) if chosen else None


def _overall(tasks: Sequence[tuple[str, Against]]) -> Overall | None:
    differences = [(kind, a.difference) for kind, a in tasks if a.difference]
    if not differences:
        return None
    kinds = sorted({kind for kind, _ in differences})
    by_type = {
        kind: _means([difference for other, difference in differences if other == kind])
        for kind in kinds
    }
    every = [difference for _, difference in differences]
    return Overall(
        tasks=_means(every),
        by_type=by_type,
        types=_means([means.difference for means in by_type.values()]),
        changes=Counter(difference.change for difference in every),
        noise_unknown=sum(difference.standard_error is None for difference in every),
    )


def _means(differences: Sequence[Difference]) -> Means:
    return Means(
        len(differences),
        Difference(
            mean(difference.candidate for difference in differences),
            mean(difference.baseline for difference in differences),
        ),
    )
