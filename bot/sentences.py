"""What the bot says, sentence by sentence, named after what happened.

Arguments that name something from outside arrive as code spans; counts and scores arrive as numbers.
Scores are fractions inside and points (times 100) in every sentence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from bot.difference import Change, Difference

Tone = Literal["good", "attention", "bad"]

AT_FAULT: Mapping[str, str] = MappingProxyType(
    {
        "submission": "the submission is at fault",
        "infrastructure": "our machine is at fault, not the submission",
        "out_of_memory": "the machine's memory was too small for this model",
        "timeout": "the time limit was reached",
    }
)
NEEDED: Mapping[str, str] = MappingProxyType(
    {
        "submission": "a change to the submission",
        "infrastructure": "another run",
        "out_of_memory": "more memory or shorter inputs",
        "timeout": "more time",
    }
)
SCORES_EXPLAINED = (
    "Scores are main scores in points (times 100), as leaderboards show them; "
    "a change is the model's score minus the baseline's."
)
NEGATIVE_SCORES_EXPLAINED = (
    "A negative score is no error: correlations and some reranking metrics go below zero."
)
SYMBOLS_EXPLAINED = (
    "▲ better, ▼ worse: the change is larger than the number after ±, which is twice its standard error over "
    "the task's repeated experiments. ≈ within that. △ better, ▽ worse, = the same: at least one side has no "
    "repeats, so the noise is unknown and every change above 0.10 points counts."
)
SMOKE_EXPLAINED = (
    "**The scores below mean nothing.** Every task was cut down to a few texts, only to see "
    "whether the model loads and encodes before hours are spent on it."
)


@dataclass(frozen=True)
class Verdict:
    """What it comes to: a tone, two or three plain words, and one Markdown sentence to act on."""

    tone: Tone
    badge: str
    sentence: str


def points(score: float) -> str:
    """A score as leaderboards show it: `58.08` for 0.5808."""
    shown = f"{100 * score:.2f}"
    return "0.00" if shown == "-0.00" else shown


def change_in_points(difference: Difference) -> str:
    """`▲ +1.66 ± 0.72`: a symbol, the change, and twice its standard error where that is known."""
    known = difference.standard_error is not None
    symbol = {
        Change.BETTER: "▲" if known else "△",
        Change.WORSE: "▼" if known else "▽",
    }.get(difference.change, "≈" if known else "=")
    shown = points(difference.value)
    sign = "+" if difference.value > 0 and shown != "0.00" else ""
    return f"{symbol} {sign}{shown}" + (f" ± {points(difference.threshold)}" if known else "")


def counted(number: int, one: str, many: str = "") -> str:
    """`1 task`, `2 tasks`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def on_average(baseline: str, tasks: int, difference: Difference) -> str:
    """How the means over the shared tasks compare."""
    return f"{_standing(baseline, difference)} on average over {counted(tasks, 'shared task')}"


def on_shared_tasks(baseline: str, tasks: int, difference: Difference) -> str:
    """How the means over the shared tasks compare, after a mean over more than those."""
    shared = counted(tasks, "shared task")
    return f"On the {shared} it is {_standing(baseline, difference)} on average."


def tuned_against_raw(base: str, tasks: int, measured: int, difference: Difference) -> str:
    """What training gained, after the tuned model's own mean; `tasks` of the `measured` ones have a raw score."""
    if tasks == measured:
        return f"That is {_standing(f'the raw {base}', difference)}."
    return on_shared_tasks(f"the raw {base}", tasks, difference)


def _standing(baseline: str, difference: Difference) -> str:
    amount = points(abs(difference.value))
    if difference.change is Change.SAME:
        if difference.standard_error is None or amount == "0.00":
            return f"no different from {baseline}"
        sign = "+" if difference.value > 0 else "-"
        noise = points(difference.threshold)
        return f"within noise of {baseline} ({sign}{amount} ± {noise} points)"
    word = "above" if difference.change is Change.BETTER else "below"
    return f"{amount} points {word} {baseline}"


def nothing_comparable(baseline: str) -> str:
    """No task has scores of both on the same data."""
    return f"not comparable with {baseline}: no task was measured for both on the same data"


def models_compared(candidate: str, findings: str, benchmark: str | None) -> str:
    """The verdict on results folders."""
    scope = f" ({benchmark})" if benchmark else ""
    return f"**{candidate} is {findings}{scope}.**"


def all_tasks_measured(tasks: int, mean: float) -> str:
    """Everything asked for has a score."""
    if tasks == 1:
        return f"**The task has its score: {points(mean)} points.**"
    return f"**All {tasks:,} tasks have scores: {points(mean)} points on average.**"


def some_tasks_measured(measured: int, tasks: int, mean: float) -> str:
    """The run ended, and some tasks have no score."""
    has = "has a score" if measured == 1 else "have scores"
    return f"**{measured:,} of {counted(tasks, 'task')} {has}: {points(mean)} points on average.**"


def no_task_measured() -> str:
    """The run ended without any score and without a reason."""
    return "**Nothing was measured: no task has a score.**"


def tasks_failed(failed: int, tasks: int, needs: Mapping[str, int]) -> str:
    """Some tasks failed; `needs` counts them by kind of failure."""
    return f"**{failed:,} of {counted(tasks, 'task')} failed: {_wanted(needs)}.**"


def trainings_failed(failed: int, trainings: int, needs: Mapping[str, int]) -> str:
    """Some trainings failed, and so the comparison that was asked for; `needs` counts them by kind of failure."""
    return f"**{failed:,} of {counted(trainings, 'training')} failed: {_wanted(needs)}.**"


def _wanted(needs: Mapping[str, int]) -> str:
    return ", ".join(
        f"{count:,} {'needs' if count == 1 else 'need'} {NEEDED[kind]}"
        for kind, count in needs.items()
    )


def stopped_early(measured: int, tasks: int) -> str:
    """The run was interrupted from outside."""
    return (
        f"**Stopped early: {measured:,} of {counted(tasks, 'task')} "
        f"{'has a score' if measured == 1 else 'have scores'}.** "
        "The same command goes on where it stopped."
    )


def nothing_measured(kind: str) -> str:
    """The whole run failed."""
    return f"**Nothing could be measured: {AT_FAULT[kind]}.** Needed: {NEEDED[kind]}."


def no_task_asked_for() -> str:
    """The report is empty."""
    return "**Nothing was measured: the submission asks for no task.**"


def smoke_run_passed(tasks: int) -> str:
    """Every cut-down task ran."""
    every = "the one task" if tasks == 1 else f"all {tasks:,} tasks"
    return f"**Smoke run passed: the model loads and encodes for {every}.** No scores yet."


def smoke_run_failed(failed: int, tasks: int) -> str:
    """At least one cut-down task did not run."""
    return f"**Smoke run failed on {failed:,} of {counted(tasks, 'task')}.** A full run would fail there too."


def claims_differ(differing: int, claims: int) -> str:
    """Claimed scores that the measurement does not bear out."""
    verb = "differs" if differing == 1 else "differ"
    return f"{differing:,} of {counted(claims, 'claimed score')} {verb} from what was measured."


def claims_confirmed(confirmed: int) -> str:
    """Every claim that could be checked holds."""
    return f"{counted(confirmed, 'claimed score')} confirmed."
