"""Decide what a report or a comparison comes to, and say it in one sentence a maintainer can act on."""

from collections import Counter
from collections.abc import Sequence

from bot import sentences
from bot.claims import ClaimCheck, Finding
from bot.comparison import Comparison
from bot.comparison_table import labels
from bot.difference import ROUNDING, Change, mean, task_estimate
from bot.finetuned.comparison import chosen_against_raw
from bot.finetuned.data import Finetuned
from bot.finetuned.sentences import contamination_mark, contamination_warning
from bot.markdown import code
from bot.report import Report
from bot.sentences import Tone, Verdict, counted

_TONES: dict[Change, Tone] = {
    Change.BETTER: "good",
    Change.SAME: "good",
    Change.MIXED: "attention",
    Change.WORSE: "bad",
}


def comparison_verdict(comparison: Comparison) -> Verdict:
    """How the candidate stands on average against every baseline; said first: whether it was trained on evaluation data."""
    names = labels((comparison.candidate, *comparison.baselines))
    benchmark = code(comparison.scope.benchmark) if comparison.scope else None
    change = _change(comparison)
    badge = "not comparable" if not any(comparison.overall) else f"{change.value} on average"
    tone = _TONES[change] if any(comparison.overall) else "attention"
    sentence = sentences.models_compared(
        code(comparison.candidate.model), _averages(comparison, names), benchmark
    )
    return _marked(Verdict(tone, badge, sentence), comparison.candidate.report)


def report_verdict(
    report: Report, comparison: Comparison | None = None, claims: Sequence[ClaimCheck] = ()
) -> Verdict:
    """What became of a run: whether there are scores, what is needed where there are none, and how good they are.

    Of a model that was trained on evaluation data that is said first.
    """
    return _marked(_of_report(report, comparison, claims), report)


def _marked(verdict: Verdict, report: Report | None) -> Verdict:
    if not report or not (mark := contamination_mark(report.finetuned)):
        return verdict
    warning = f"{contamination_warning(report.finetuned)} {verdict.sentence}"
    tone: Tone = "attention" if verdict.tone == "good" else verdict.tone
    return Verdict(tone, f"{verdict.badge}, {mark}", warning)


def _of_report(
    report: Report, comparison: Comparison | None, claims: Sequence[ClaimCheck]
) -> Verdict:
    if report.failure:
        return Verdict("bad", "nothing measured", sentences.nothing_measured(report.failure.kind))
    if not report.outcomes:
        return Verdict("bad", "nothing measured", sentences.no_task_asked_for())
    return _incomplete(report) or _measured(report, comparison, claims)


def _incomplete(report: Report) -> Verdict | None:
    tasks = len(report.outcomes)
    failures = Counter(o.failure.kind for o in report.outcomes if o.failure)
    failed = failures.total()
    if report.smoke and failed:
        return Verdict("bad", "smoke run failed", sentences.smoke_run_failed(failed, tasks))
    if report.status == "interrupted":
        measured = sum(outcome.scores is not None for outcome in report.outcomes)
        return Verdict("attention", "stopped early", sentences.stopped_early(measured, tasks))
    if not failed and report.finetuned and report.finetuned.failures:
        return _trainings_failed(report.finetuned)
    if report.smoke:
        return Verdict("attention", "smoke run only", sentences.smoke_run_passed(tasks))
    if failed:
        sentence = sentences.tasks_failed(failed, tasks, failures)
        return Verdict("bad", f"{counted(failed, 'task')} failed", sentence)
    return None


def _trainings_failed(tuned: Finetuned) -> Verdict:
    failures = Counter(failure.kind for failure in tuned.failures)
    failed, trainings = failures.total(), len(tuned.runs)
    sentence = sentences.trainings_failed(failed, trainings, failures)
    return Verdict("bad", f"{counted(failed, 'training')} failed", sentence)


def _measured(
    report: Report, comparison: Comparison | None, claims: Sequence[ClaimCheck]
) -> Verdict:
    every = [outcome.scores for outcome in report.outcomes if outcome.scores]
    scores = [task for task in every if task.subsets]
    if not scores:
        return Verdict("bad", "nothing measured", sentences.no_task_measured())
    average = mean(task_estimate(task.subsets) for task in scores).value
    tasks = len(report.outcomes)
    if len(scores) == tasks:
        sentence = sentences.all_tasks_measured(tasks, average)
    else:
        sentence = sentences.some_tasks_measured(len(scores), tasks, average)
    gain = chosen_against_raw(report.finetuned) if report.finetuned else None
    if gain and report.finetuned:
        base = code(report.finetuned.base_model)
        sentence += f" {sentences.tuned_against_raw(base, gain[0], len(scores), gain[1])}"
    if comparison and comparison.baselines:
        sentence += f" {_against_baselines(comparison, len(scores), average)}"
    findings = Counter(claim.finding for claim in claims)
    if differing := findings[Finding.DIFFERS]:
        sentence += f" **{sentences.claims_differ(differing, len(claims))}**"
        return Verdict("attention", "claims differ", sentence)
    if findings[Finding.CONFIRMED]:
        sentence += f" {sentences.claims_confirmed(findings[Finding.CONFIRMED])}"
    change = _change(comparison) if comparison else Change.SAME
    if change in {Change.WORSE, Change.MIXED}:
        return Verdict("attention", f"{change.value} on average", sentence)
    if gain and gain[1].change is Change.WORSE:
        return Verdict("attention", "worse than before training", sentence)
    return Verdict("good", "measured", sentence)


def _change(comparison: Comparison) -> Change:
    """What the means come to against all baselines together."""
    change = Change.SAME
    for overall in comparison.overall:
        if overall:
            change = change.join(overall.tasks.difference.change)
    return change


def _against_baselines(comparison: Comparison, measured: int, average: float) -> str:
    """Say "that is" only where every baseline is compared with the very mean that was just told."""
    names = labels((comparison.candidate, *comparison.baselines))
    if all(
        overall is None
        or (
            overall.tasks.tasks == measured
            and abs(overall.tasks.difference.candidate.value - average) <= ROUNDING
        )
        for overall in comparison.overall
    ):
        return f"That is {_averages(comparison, names)}."
    return " ".join(
        sentences.on_shared_tasks(name, overall.tasks.tasks, overall.tasks.difference)
        if overall
        else f"It is {sentences.nothing_comparable(name)}."
        for name, overall in zip(names[1:], comparison.overall, strict=True)
    )


def _averages(comparison: Comparison, names: Sequence[str]) -> str:
    said = [
        sentences.on_average(name, overall.tasks.tasks, overall.tasks.difference)
        if overall
        else sentences.nothing_comparable(name)
        for name, overall in zip(names[1:], comparison.overall, strict=True)
    ]
    return ", ".join(said[:-1]) + (" and " if said[:-1] else "") + said[-1]
