"""Only what was measured on the same data is compared, and a difference within the noise is none."""

import itertools
import math

import pytest
from made import OTHER_REVISION, model_results, task_scores

from bot.compare import compare, scope_of
from bot.comparison import Scope, Standing
from bot.difference import Change, Difference, Estimate, mean, task_estimate
from schemas.mteb_index import mteb_index

NOISY = (0.70, 0.72, 0.71, 0.73)  # standard error 0.00645


def only_task(candidate, baseline, scope=None):
    sides = [model_results("a/a", candidate), model_results("b/b", baseline)]
    (row,) = compare(sides[0], sides[1:], scope).rows
    return row.against[0]


def change(candidate, baseline):
    return only_task(candidate, baseline).difference.change


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (0.5, 0.5, Change.SAME),
        (0.501, 0.5, Change.SAME),
        (0.5011, 0.5, Change.BETTER),
        (0.5, 0.5011, Change.WORSE),
        (-0.05, -0.02, Change.WORSE),
        (-0.02, -0.05, Change.BETTER),
        (0.01, -0.01, Change.BETTER),
    ],
)
def test_without_repeats_a_change_counts_above_the_alarm_of_mteb(ours, theirs, expected):
    against = only_task(task_scores("T", ours), task_scores("T", theirs))
    assert against.difference.change is expected
    assert against.difference.standard_error is None


def test_with_repeats_on_both_sides_a_change_counts_above_two_standard_errors():
    error = math.hypot(0.0064549722, 0.0064549722)
    base = task_scores("T", 0.70, repeats=NOISY)

    within = only_task(task_scores("T", 0.70 + 1.99 * error, repeats=NOISY), base).difference
    beyond = only_task(task_scores("T", 0.70 + 2.01 * error, repeats=NOISY), base).difference

    assert within.standard_error == pytest.approx(error)
    assert (within.change, beyond.change) == (Change.SAME, Change.BETTER)


def test_repeats_on_one_side_leave_the_noise_unknown():
    ours, theirs = task_scores("T", 0.71, repeats=NOISY), task_scores("T", 0.70)
    assert only_task(ours, theirs).difference.standard_error is None
    assert change(ours, theirs) is Change.BETTER


def test_repeats_without_spread_do_not_turn_rounding_into_a_change():
    ours = task_scores("T", 0.1 + 0.2, repeats=(0.3, 0.3))
    assert change(ours, task_scores("T", 0.3, repeats=(0.3, 0.3))) is Change.SAME


def test_the_error_of_a_mean_of_independent_means_is_propagated():
    assert mean([Estimate(0.2, 0.03), Estimate(0.4, 0.04)]) == Estimate(
        pytest.approx(0.3), pytest.approx(0.025)
    )
    assert mean([Estimate(0.2, 0.03), Estimate(0.4)]).standard_error is None


def test_a_task_is_the_flat_mean_over_its_pairs_as_mteb_has_it():
    task = task_scores("T", {("dev", "a"): 0.0, ("test", "a"): 0.3, ("test", "b"): 0.6})
    assert task_estimate(task.subsets).value == pytest.approx(0.3)


def test_changes_form_a_lattice():
    for a, b, c in itertools.product(Change, repeat=3):
        assert a.join(a) is a
        assert a.join(b) is b.join(a)
        assert a.join(b).join(c) is a.join(b.join(c))
        assert Change.SAME.join(a) is a
        assert Change.MIXED.join(a) is Change.MIXED
    assert Change.BETTER.join(Change.WORSE) is Change.MIXED


def test_only_pairs_that_both_have_are_compared():
    ours = task_scores("T", {("test", "en"): 0.9, ("test", "de"): 0.1})
    theirs = task_scores("T", {("test", "en"): 0.8, ("dev", "en"): 0.0})

    against = only_task(ours, theirs)

    assert against.difference.value == pytest.approx(0.1)
    assert against.shared == {("test", "en")}
    assert against.only_candidate == {("test", "de")}
    assert against.only_baseline == {("dev", "en")}


def test_without_a_common_pair_nothing_is_compared():
    against = only_task(
        task_scores("T", {("test", "en"): 0.9}), task_scores("T", {("test", "de"): 0.8})
    )
    assert against.standing is Standing.NOTHING_SHARED
    assert against.difference is None


def test_another_revision_of_the_data_is_shown_but_not_counted():
    ours = model_results("a/a", task_scores("T", 0.9), task_scores("U", 0.5))
    theirs = model_results("b/b", task_scores("T", 0.1, data=OTHER_REVISION), task_scores("U", 0.5))

    comparison = compare(ours, [theirs])

    against = comparison.rows[0].against[0]
    assert against.standing is Standing.OTHER_DATA
    assert against.baseline == Estimate(0.1)
    assert comparison.overall[0].tasks.tasks == 1
    assert comparison.overall[0].tasks.difference.value == 0


def test_tasks_missing_on_either_side_are_rows_and_not_part_of_the_means():
    ours = model_results("a/a", task_scores("Both", 0.4), task_scores("Ours", 0.0))
    theirs = model_results("b/b", task_scores("Both", 0.2), task_scores("Theirs", 1.0))

    comparison = compare(ours, [theirs])

    assert {row.task: row.against[0].standing for row in comparison.rows} == {
        "Both": Standing.COMPARED,
        "Ours": Standing.NOT_IN_BASELINE,
        "Theirs": Standing.NOT_IN_CANDIDATE,
    }
    assert comparison.overall[0].tasks.difference == Difference(Estimate(0.4), Estimate(0.2))


def test_means_by_type_and_over_types_are_those_of_a_leaderboard():
    ours = model_results(
        "a/a",
        task_scores("C1", 0.2, task_type="Classification"),
        task_scores("C2", 0.4, task_type="Classification"),
        task_scores("S", 0.9),
    )
    theirs = model_results(
        "b/b",
        task_scores("C1", 0.1, task_type="Classification"),
        task_scores("C2", 0.1, task_type="Classification"),
        task_scores("S", -0.1),
    )

    overall = compare(ours, [theirs]).overall[0]

    assert overall.tasks.difference.candidate.value == pytest.approx(0.5)
    assert overall.by_type["Classification"].tasks == 2
    assert overall.by_type["Classification"].difference.candidate.value == pytest.approx(0.3)
    assert overall.types.difference.candidate.value == pytest.approx(0.6)
    assert overall.types.difference.baseline.value == pytest.approx(0.0)
    assert overall.changes == {Change.BETTER: 3}
    assert overall.change is Change.BETTER


def test_nothing_in_common_has_no_overall():
    ours, theirs = model_results("a/a", task_scores("T", 0.5)), model_results("b/b")
    assert compare(ours, [theirs]).overall == (None,)


def test_each_baseline_is_compared_on_what_it_shares():
    ours = model_results("a/a", task_scores("T", 0.5), task_scores("U", 0.1))
    first = model_results("b/b", task_scores("T", 0.5))
    second = model_results("c/c", task_scores("T", 0.5), task_scores("U", 0.3))

    overall = compare(ours, [first, second]).overall

    assert [one.tasks.tasks for one in overall] == [1, 2]
    assert overall[1].change is Change.WORSE


def test_a_benchmark_restricts_tasks_splits_and_subsets():
    scope = Scope(
        "Bench", {"T": frozenset({("test", "en"), ("test", "fr")}), "Absent": frozenset()}
    )
    pairs = {("test", "en"): 0.9, ("test", "de"): 0.0, ("dev", "en"): 0.0}
    ours = model_results("a/a", task_scores("T", pairs), task_scores("Outside", 0.5))

    rows = compare(ours, [ours], scope).rows

    assert [row.task for row in rows] == ["Absent", "T"]
    assert rows[1].candidate == Estimate(0.9)
    assert rows[1].absent == 1
    assert rows[1].against[0].shared == {("test", "en")}


def test_a_task_measured_only_outside_the_benchmark_shares_nothing_with_it():
    scope = Scope("Bench", {"T": frozenset({("test", "en")})})
    against = only_task(
        task_scores("T", {("test", "en"): 0.9}), task_scores("T", {("test", "de"): 0.9}), scope
    )
    assert against.standing is Standing.NOTHING_SHARED
    assert against.baseline is None


def test_the_english_benchmark_takes_english_only():
    scope = scope_of(mteb_index().benchmark("MTEB(eng, v2)"))
    assert len(scope.pairs) == 41
    assert scope.pairs["STS17"] == {("test", "en-en")}
    assert scope.pairs["STS22.v2"] == {("test", "en")}
