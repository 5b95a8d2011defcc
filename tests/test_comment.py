"""The comment says the verdict first, all of it, and lets no outside name act."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from made import (
    HOSTILE,
    OTHER_REVISION,
    failure,
    model_results,
    outcome,
    provenance,
    report,
    report_data,
    task_scores,
)
from markdown_it import MarkdownIt

from bot.bounded import LIMIT
from bot.claims import check_claims
from bot.comment import comment_on_comparison, comment_on_report
from bot.compare import compare
from bot.comparison import Scope
from bot.difference import Difference, Estimate
from bot.how_measured import duration, size
from bot.model_results import Note, results_of_report
from bot.report import report_from
from bot.sentences import change_in_points, points
from bot.verdict import comparison_verdict, report_verdict
from schemas.submission import Claim

GOLDEN = Path(__file__).parent / "data" / "comments"
GFM = MarkdownIt("gfm-like", {"linkify": False})


def measured():
    """A report with three scores, one of them negative, and one baseline that lacks a task."""
    run = report(
        outcome("Banking77Classification", 0.80, experiments=(0.79, 0.80, 0.81, 0.80)),
        outcome("STS12", -0.02, task_type="STS"),
        outcome("BBCNewsClustering", 0.55, task_type="Clustering"),
    )
    baseline = model_results(
        "other/weaker",
        task_scores("Banking77Classification", 0.77, repeats=(0.76, 0.78), task_type="Classification"),
        task_scores("STS12", 0.1),
        task_scores("NobodyAskedForThis", 0.9),
    )  # fmt: skip
    results = results_of_report(run)
    claims = [Claim("STS12", 0.7), Claim("Banking77Classification", 0.8005), Claim("Other", 0.5)]
    return run, compare(results, [baseline]), check_claims(claims, results)


def failed():
    """A report in which one task was measured, three failed for two reasons, and one was not run."""
    tokenizer = failure(
        "submission", "tokenizer.json is missing\n```\n@everyone", detail="Traceback:\n  ..."
    )
    return report(
        outcome("STS12", 0.7),
        outcome("STS13", error=tokenizer),
        outcome("STS14", error=tokenizer),
        outcome("STS15", error=failure("out_of_memory", "CUDA out of memory")),
        outcome("STS16"),
    )  # fmt: skip


def hostile():
    """Everything from outside carries the same hostile text."""
    sides = [
        model_results(
            f"{HOSTILE}/{side}",
            task_scores(HOSTILE, 0.5, task_type=HOSTILE),
            task_scores(f"{HOSTILE}2", {(HOSTILE, HOSTILE): 0.5, ("test", side): 0.1}),
            task_scores(f"{HOSTILE}3", 0.5, data=HOSTILE + side),
            filled={HOSTILE: HOSTILE},
            set_aside={HOSTILE: (HOSTILE,)},
            notes=(Note(HOSTILE, "is not JSON; skipped"),),
        )
        for side in "ab"
    ]
    return compare(sides[0], sides[1:], Scope(HOSTILE, {HOSTILE: frozenset(), f"{HOSTILE}2": frozenset(), f"{HOSTILE}3": frozenset()}))  # fmt: skip


def hostile_report():
    """A report whose every free text is hostile."""
    texts = {
        "loader": HOSTILE,
        "pooling": HOSTILE[:50],
        "dtype": HOSTILE[:50],
        "prompts": {HOSTILE: HOSTILE},
    }
    texts |= {
        "packages": {HOSTILE: HOSTILE},
        "seeds": {HOSTILE: 1},
        "command": f"{HOSTILE}\n```\n{HOSTILE}",
    }
    texts |= {"weights": [{"file": HOSTILE, "sha256": "e" * 64, "bytes": 1}]}
    trouble = {"message": HOSTILE, "advice": HOSTILE, "detail": f"```\n{HOSTILE}"}
    return report(
        outcome(HOSTILE, 0.5, task_type=HOSTILE),
        outcome(f"{HOSTILE}2", error=failure("timeout", **trouble)),
        provenance=provenance(**texts),
    )  # fmt: skip


COMMENTS = {
    "measured": lambda: comment_on_report(*measured()),
    "failed": lambda: comment_on_report(failed()),
    "smoke": lambda: comment_on_report(report(outcome("STS12", 0.01), smoke=True)),
    "folders": lambda: comment_on_comparison(measured()[1]),
}


@pytest.mark.parametrize("name", COMMENTS)
def test_the_comment_reads_as_the_golden_one(name):
    assert COMMENTS[name]() == (GOLDEN / f"{name}.md").read_text(encoding="utf-8")


def outside_code(tokens):
    """Everything a reader sees that is not code, and the type of every token."""
    for token in tokens:
        if token.type not in {"code_inline", "fence"}:
            yield token.type, token.content if not token.children else ""
        yield from outside_code(token.children or [])


@pytest.mark.parametrize(
    "comment",
    [comment_on_comparison(hostile()), comment_on_report(hostile_report())],
    ids=["folders", "report"],
)
def test_hostile_names_act_nowhere(comment):
    seen = list(outside_code(GFM.parse(comment)))
    text = "\n".join(content for kind, content in seen if kind != "html_block")
    assert "everyone" not in text
    assert "script" not in text
    assert not {"link_open", "image", "html_inline"} & {kind for kind, _ in seen}
    for block in (content for kind, content in seen if kind == "html_block"):
        assert re.fullmatch(
            r"</details>\n?|<details>\n<summary>[A-Za-z ,]+</summary>\n?", block.strip("\n") + "\n"
        )
    assert "everyone" in comment


def test_hostile_names_break_no_table():
    for comment in (comment_on_comparison(hostile()), comment_on_report(hostile_report())):
        lines = [
            re.sub(r"\\\|", "", line) for line in comment.splitlines() if line.startswith("| ")
        ]
        heads = [at for at, line in enumerate(lines) if line.startswith("| :--")]
        for at, end in zip(heads, [*(head - 1 for head in heads[1:]), len(lines)], strict=True):
            assert {line.count("|") for line in lines[at - 1 : end]} == {lines[at].count("|")}


def test_a_benchmark_of_thousands_of_tasks_still_fits():
    names = [f"{'A' * 60}{number:05}" for number in range(4000)]
    ours = model_results("a/a", *(task_scores(name, 0.5) for name in names))
    theirs = model_results("b/b", *(task_scores(name, 0.4) for name in names))

    comment = comment_on_comparison(compare(ours, [theirs]))

    assert len(comment) <= LIMIT
    assert comment.startswith("**`a/a` is 10.00 points above `b` on average over 4,000 shared")
    assert "more are left out here for length; the results folders have all.*" in comment


def test_a_report_of_thousands_of_failures_still_fits():
    tasks = [
        outcome(f"Task{number}", error=failure("timeout", f"{number}" + "x" * 3900))
        for number in range(500)
    ]
    comment = comment_on_report(report(*tasks))
    assert len(comment) <= LIMIT
    assert comment.startswith("**500 of 500 tasks failed: 500 need more time.**\n")
    assert "more are left out here for length; `report.json` has all.*" in comment


def test_one_failure_of_many_tasks_is_told_once():
    same = failure("infrastructure", "disk full")
    comment = comment_on_report(
        report(*(outcome(f"T{number}", error=same) for number in range(12)))
    )
    assert comment.count("disk full") == 1
    assert "`T9` and 2 more: our machine is at fault, not the submission.**" in comment


def test_a_smoke_run_says_that_its_scores_mean_nothing_and_compares_nothing():
    run, comparison, claims = measured()
    smoke = report(outcome("STS12", 0.01), smoke=True)
    comment = comment_on_report(smoke, comparison, claims)
    assert comment.startswith("**Smoke run passed")
    assert "**The scores below mean nothing.**" in comment
    assert "weaker" not in comment
    assert "Claimed" not in comment
    assert run.smoke is False


def test_a_smoke_run_as_baseline_is_called_out():
    baseline = results_of_report(report(outcome("STS12", 0.01), smoke=True))
    comment = comment_on_comparison(
        compare(model_results("a/a", task_scores("STS12", 0.5)), [baseline])
    )
    assert "- `name`: a smoke run only, its scores mean nothing." in comment


@pytest.mark.parametrize(
    ("run", "tone", "badge", "sentence"),
    [
        (report(outcome("A", 0.5)), "good", "measured", "**The task has its score: 50.00 points.**"),
        (report(), "bad", "nothing measured", "**Nothing was measured: the submission asks for no task.**"),
        (
            report(status="failed", error=failure("infrastructure")),
            "bad",
            "nothing measured",
            "**Nothing could be measured: our machine is at fault, not the submission.** Needed: another run.",
        ),
        (
            report(outcome("A", 0.5), outcome("B"), status="interrupted"),
            "attention",
            "stopped early",
            "**Stopped early: 1 of 2 tasks has a score.** The same command goes on where it stopped.",
        ),
        (
            report(outcome("A", 0.5), smoke=True),
            "attention",
            "smoke run only",
            "**Smoke run passed: the model loads and encodes for the one task.** No scores yet.",
        ),
        (
            report(outcome("A", 0.5), outcome("B", error=failure("timeout")), smoke=True),
            "bad",
            "smoke run failed",
            "**Smoke run failed on 1 of 2 tasks.** A full run would fail there too.",
        ),
        (
            report(outcome("A", 0.5), outcome("B", error=failure())),
            "bad",
            "1 task failed",
            "**1 of 2 tasks failed: 1 needs a change to the submission.**",
        ),
    ],
)  # fmt: skip
def test_the_verdict_is_one_line_to_act_on(run, tone, badge, sentence):
    verdict = report_verdict(run)
    assert (verdict.tone, verdict.badge, verdict.sentence) == (tone, badge, sentence)
    assert comment_on_report(run).startswith(sentence + "\n")


def test_claims_that_differ_turn_the_verdict():
    run, comparison, claims = measured()
    assert report_verdict(run, comparison, claims).badge == "claims differ"
    assert report_verdict(run, None, claims[1:]).tone == "good"
    assert report_verdict(run, comparison, claims[1:]).badge == "worse on average"


def test_models_that_cannot_be_compared_get_no_average():
    sides = [model_results(f"{name}/{name}", task_scores(name, 0.5)) for name in "ab"]
    verdict = comparison_verdict(compare(sides[0], sides[1:]))
    assert verdict.badge == "not comparable"
    assert verdict.sentence == (
        "**`a/a` is not comparable with `b`: no task was measured for both on the same data.**"
    )


def test_a_change_within_a_wide_noise_is_told_with_its_size():
    ours = model_results("a/a", task_scores("T", 0.625, repeats=(0.4, 0.6, 0.875)))
    theirs = model_results("b/b", task_scores("T", 0.5, repeats=(0.5, 0.5, 0.5)))
    assert comparison_verdict(compare(ours, [theirs])).sentence == (
        "**`a/a` is within noise of `b` (+12.50 ± 27.54 points) on average over 1 shared task.**"
    )


def test_a_change_that_rounds_to_nothing_is_told_as_none():
    ours, theirs = (model_results(f"{name}/{name}", task_scores("T", 0.5)) for name in "ab")
    assert "is no different from `b` on average" in comment_on_comparison(compare(ours, [theirs]))


def test_the_mean_of_shared_tasks_is_not_taken_for_that_of_all():
    run = report(outcome("A", 0.9), outcome("B", 0.1))
    baseline = model_results("b/b", task_scores("A", 0.8))
    verdict = report_verdict(run, compare(results_of_report(run), [baseline]))
    assert verdict.sentence == (
        "**All 2 tasks have scores: 50.00 points on average.** "
        "On the 1 shared task it is 10.00 points above `b` on average."
    )


def test_the_mean_of_all_tasks_is_compared_at_once():
    run = report(outcome("A", 0.9), outcome("B", 0.1))
    baseline = model_results("b/b", task_scores("A", 0.8), task_scores("B", 0.1))
    verdict = report_verdict(run, compare(results_of_report(run), [baseline]))
    assert verdict.sentence.endswith(
        "** That is 5.00 points above `b` on average over 2 shared tasks."
    )


@pytest.mark.parametrize(
    ("theirs", "tone", "badge"),
    [(0.99, "attention", "worse on average"), (0.5, "good", "measured"), (0.1, "good", "measured")],
)
def test_a_run_worse_than_its_baseline_asks_for_attention(theirs, tone, badge):
    run = report(outcome("A", 0.5))
    baseline = model_results("b/b", task_scores("A", theirs))
    verdict = report_verdict(run, compare(results_of_report(run), [baseline]))
    assert (verdict.tone, verdict.badge) == (tone, badge)


def without_subsets(task):
    """An outcome whose result scores no subset at all."""
    empty = outcome(task, 0.5)
    empty["result"]["scores"] = {"test": []}
    return empty


@pytest.mark.parametrize("smoke", [False, True])
def test_a_report_without_any_score_says_so(smoke):
    run = report_from(
        {**report_data(outcome("A")), "tasks": [without_subsets("A")], "smoke": smoke}
    )
    comparison = compare(results_of_report(run), [model_results("b/b", task_scores("A", 0.5))])
    comment = comment_on_report(run, comparison)
    assert comment.startswith(
        "**Smoke run passed" if smoke else "**Nothing was measured: no task has a score.**\n"
    )


def test_a_task_without_subsets_is_not_counted_as_scored():
    tasks = [outcome("A", 0.5), without_subsets("B")]
    run = report_from({**report_data(outcome("A")), "tasks": tasks})
    comment = comment_on_report(run)
    assert comment.startswith("**1 of 2 tasks has a score: 50.00 points on average.**\n")
    assert "| `B` | not run |" in comment


@pytest.mark.parametrize("number", [1e300, 10**400])
def test_numbers_beyond_measure_are_cut_short(number):
    assert duration(number) == "more than 100,000 h 0 min"
    assert size(number) == "more than 1,000,000.0 TB"


def test_a_report_of_numbers_beyond_measure_has_its_comment():
    data = report_data(outcome("A", 0.5))
    data["provenance"] |= {"seconds": 10**400, "energy_kwh": 10**400}
    comment = comment_on_report(report_from(data))
    assert "| energy | more than 1,000,000,000 kWh |" in comment


@pytest.mark.parametrize(("subsets", "said"), [(1, "1 subset missing"), (2, "2 subsets missing")])
def test_missing_subsets_are_counted_in_words(subsets, said):
    ours = model_results("a/a", task_scores("T", 0.5))
    wanted = frozenset({("test", "default"), *(("test", f"{n}") for n in range(subsets))})
    assert f"({said})" in comment_on_comparison(compare(ours, [ours], Scope("B", {"T": wanted})))


def test_two_revisions_of_one_model_are_told_apart():
    ours = model_results("org/name", task_scores("T", 0.5))
    before = results_at(OTHER_REVISION)
    assert "10.00 points above `name at bbbbbbb` on average" in comment_on_comparison(
        compare(ours, [before])
    )


def results_at(revision):
    return replace(model_results("org/name", task_scores("T", 0.4)), revision=revision)


@pytest.mark.parametrize(
    ("ours", "theirs", "shown"),
    [
        (Estimate(0.5), Estimate(0.4), "△ +10.00"),
        (Estimate(0.4), Estimate(0.5), "▽ -10.00"),
        (Estimate(0.4), Estimate(0.4005), "= -0.05"),
        (Estimate(0.4), Estimate(0.40001), "= 0.00"),
        (Estimate(0.5, 0.003), Estimate(0.4, 0.004), "▲ +10.00 ± 1.00"),
        (Estimate(0.4, 0.003), Estimate(0.5, 0.004), "▼ -10.00 ± 1.00"),
        (Estimate(-0.405, 0.003), Estimate(-0.4, 0.004), "≈ -0.50 ± 1.00"),
    ],
)
def test_a_change_shows_its_sign_and_what_is_known_of_its_noise(ours, theirs, shown):
    assert change_in_points(Difference(ours, theirs)) == shown


def test_points_are_fractions_times_100_as_leaderboards_show_them():
    assert [points(score) for score in (0.58076, -0.04276, 1.0, -0.00001)] == [
        "58.08",
        "-4.28",
        "100.00",
        "0.00",
    ]


def test_goldens_hold_nothing_but_what_a_test_makes():
    assert {path.stem for path in GOLDEN.glob("*.md")} == set(COMMENTS)
