"""Every sentence of the conversation, as Markdown: named after what happened.

Arguments from outside arrive raw and leave as code spans. The comment on a report is bot/comment.py's.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from types import MappingProxyType

from bot.bounded import Section, bounded
from bot.conversation.marker import Asked, PublicationState, Published
from bot.conversation.states import State
from bot.markdown import code
from bot.planning.sentences import time_and_cost
from bot.quote import Quote
from bot.sentences import counted
from schemas.problem import Problem, Severity
from schemas.settings import PublishOn
from schemas.submission import ModelConfig

LIMIT = 62_000  # bytes of the text of a comment: what stands around it has its own bounds
_LONGEST = 1000
_MOST_BENCHMARKS = 20
_HEADS: Mapping[Severity, str] = MappingProxyType(
    {"error": "### Problems", "warning": "### Warnings", "note": "### Notes"}
)
_IN_CHECK = "; `mteb-bot check` lists all"


def heading(model: str, state: State) -> str:
    """The first line that people see: which model, and how it stands."""
    return f"### {code(model)}: {state.value}"


def footer(sha: str, run_url: str | None, asked: Asked | None = None) -> str:
    """Which commit it is about, and who asked for what. GitHub shortens and links a full SHA."""
    run = f" · [run]({run_url})" if run_url else ""
    return f"<sub>Commit {sha}{run}{_asked_by(asked) if asked else ''}</sub>"


def _asked_by(asked: Asked) -> str:
    """Names stand in code spans: nobody is called."""
    request = f": {code(asked.request, 300)}" if asked.request else ""
    return f" · asked for by {code(asked.by, 120)}{request}"


def valid(config: ModelConfig, quote: Quote, problems: Sequence[Problem]) -> str:
    """Nothing is wrong that must be mended; what would be measured, and what happens next."""
    verdict = (
        f"**Valid: {_asked_for(quote)} to evaluate.** {time_and_cost(quote)} {NEXT_EVALUATION}"
    )
    facts = [f"- model {_model(config)} at {code(config.revision)}"]
    if config.benchmarks:
        more = len(config.benchmarks) - _MOST_BENCHMARKS
        named = ", ".join(map(code, config.benchmarks[:_MOST_BENCHMARKS]))
        facts.append(f"- benchmarks: {named}" + (f" and {more:,} more" if more > 0 else ""))
    if quote.custom_tasks:
        facts.append(f"- {counted(quote.custom_tasks, 'custom task')} among them")
    if config.claims:
        claims = counted(len(config.claims), "claimed score")
        facts.append(f"- {claims}, to be held against what is measured")
    opening = Section("\n".join([verdict, "", *facts]), importance=100)
    return bounded([opening, *_listed(problems)], LIMIT)


def _model(config: ModelConfig) -> str:
    """What is measured; of a model that is trained first, from what and how often."""
    if config.finetune is None:
        return code(config.model)
    variants, seeds = len(config.finetune.variants), len(config.finetune.seeds)
    several = f" in {counted(variants, 'variant')} with {counted(seeds, 'seed')}" if variants * seeds > 1 else ""  # fmt: skip
    return f"{code(config.model)}, trained{several} from {code(config.weights)}"


def valid_title(quote: Quote) -> str:
    """The same in a few plain words."""
    return f"valid: {_asked_for(quote)} to evaluate"


def invalid(problems: Sequence[Problem]) -> str:
    """Something must be mended: what, where and how."""
    verdict = (
        f"**Not valid: {_errors(problems)}.** Nothing is evaluated before that is mended. "
        "Next: mend what is listed here and push; the check then runs again."
    )
    return bounded([Section(verdict, importance=100), *_listed(problems)], LIMIT)


def invalid_title(problems: Sequence[Problem]) -> str:
    """The same in a few plain words."""
    return f"not valid: {_errors(problems)}"


def marked_on_lines(marked: int, problems: int) -> str:
    """How many of the problems the check run shows on the lines they are about."""
    if marked == problems:
        return ""
    return f"*{marked:,} of {counted(problems, 'finding')} are marked on their lines.*"


def queued() -> str:
    """A maintainer started the evaluation, and no machine has taken it yet."""
    return "**Queued.** The evaluation starts as soon as a machine is free."


def running(done: int | None, tasks: int | None) -> str:
    """A machine is at work."""
    progress = f"**Running: {_progress(done, tasks)}.**" if tasks is not None else "**Running.**"
    return f"{progress} The scores come here when it has ended."


def running_title(done: int | None, tasks: int | None) -> str:
    """The same in a few plain words."""
    return f"running: {_progress(done, tasks)}" if tasks is not None else "running"


def ended_without_report() -> str:
    """The machine went away, or the job was stopped, before a report could be written."""
    return (
        "**The evaluation ended without a report.** The machine went away or the job broke down; as far as "
        f"is known the submission is not at fault. {_NEXT_RETRY}"
    )


def timed_out() -> str:
    """The job was stopped at its time limit."""
    return (
        "**The evaluation ran into its time limit.** Next: a maintainer comments `/retry`, or names fewer "
        "tasks with `/evaluate TASK…`, or raises `limits` in the settings of this repository."
    )


def cancelled() -> str:
    """Somebody stopped the run."""
    return (
        "**Cancelled.** The evaluation was stopped before it had ended. Next: a maintainer comments "
        "`/evaluate` to start it again."
    )


def unusable_report(reason: str) -> str:
    """The run ended and left something that is no report; whose fault that is nobody knows yet."""
    return (
        f"**The report of the evaluation cannot be used:** {code(reason, _LONGEST)}. Nothing of it is "
        "shown. Next: a maintainer looks at the run, and comments `/retry`."
    )


NEXT_EVALUATION = "Next: a maintainer comments `/evaluate` to have this commit evaluated."
_NEXT_RETRY = "Next: a maintainer comments `/retry` to have it evaluated again."
_NEXT_PUSH = (
    "Next: mend the submission and push; the new commit is checked, and can then be evaluated."
)


def next_after_failure(kinds: Collection[str]) -> str:
    """Whose turn it is: `kinds` are those of the report's failures."""
    return _NEXT_PUSH if "submission" in kinds else _NEXT_RETRY


NEXT_MERGE = "Next: merging this pull request accepts these results."


def only_in_part(left_out: int, asked: int) -> str:
    """The run was asked for some of the config's tasks alone."""
    return (
        f"**This is a part: {left_out} of the config's {asked} tasks were not asked for.** Next: a maintainer "
        "comments `/evaluate` to have all of them evaluated; merging now accepts these results alone."
    )


def when_published(publish_on: PublishOn) -> str:
    """When the Hub hears of scores that it has not heard of yet."""
    return _WHEN_PUBLISHED[publish_on]


_WHEN_PUBLISHED: Mapping[PublishOn, str] = MappingProxyType(
    {
        "evaluated": "They are now proposed to the model's repository on the Hub; `/publish` repeats that.",
        "merged": "They are proposed to the model's repository on the Hub after that, or when a maintainer "
        "comments `/publish`.",
        "never": "This repository publishes nothing on the Hub.",
    }
)


def superseded(sha: str) -> str:
    """A push replaced the commit that a comment is about. What stands below stays readable."""
    return (
        f"> **Superseded by a push.** What follows is about commit {sha}, which is no longer the head of "
        "this pull request. What is said of the new commit will replace it."
    )


SUPERSEDED_TITLE = "superseded by a push"
SUPERSEDED_CHECK = (
    "**Superseded by a push.** This commit is no longer the head of the pull request; look at the checks "
    "of the newer one."
)


def not_open(state: str) -> str:
    """The pull request was merged or closed before this was said."""
    return f"> This pull request is {state} already; this is said for the record."


def publication(model: str, published: Published, hub_url: str) -> str:
    """What became of publishing on the Hub. The link is built here, never taken from a file."""
    if published.pull is None:
        return _PUBLISHED[published.state].format("")
    link = f"[{code(f'{model}#{published.pull}')}]({hub_url}/{model}/discussions/{published.pull})"
    return _PUBLISHED[published.state].format(f" {link}")


_PUBLISHED: Mapping[PublicationState, str] = MappingProxyType(
    {
        "open": "**On the Hub:** the pull request{} offers these results to the owner of the model.",
        "conflict": "**On the Hub:** the pull request{} holds commits of other people that do not merge with "
        "main, so it was left as it is.",
        "closed": "**On the Hub:** the pull request{} was closed by a person, and it stays closed.",
        "merged": "**On the Hub:** the model's repository holds these results{}.",
        "nothing": "**On the Hub:** there is nothing to publish{}.",
    }
)


def _asked_for(quote: Quote) -> str:
    tasks = counted(quote.tasks, "task")
    return (
        tasks if quote.subsets == quote.tasks else f"{tasks} ({counted(quote.subsets, 'subset')})"
    )


def _progress(done: int | None, tasks: int | None) -> str:
    return f"{done or 0:,} of {counted(tasks or 0, 'task')} done"


def _errors(problems: Sequence[Problem]) -> str:
    return counted(sum(problem.severity == "error" for problem in problems), "problem")


def _listed(problems: Sequence[Problem]) -> list[Section]:
    by_severity = {
        severity: [problem for problem in problems if problem.severity == severity]
        for severity in _HEADS
    }
    return [
        Section(_HEADS[severity], tuple(map(_item, found)), importance=importance, where=_IN_CHECK)
        for (severity, found), importance in zip(by_severity.items(), (90, 80, 70), strict=True)
        if found
    ]


def _item(problem: Problem) -> str:
    place = code(f"{problem.file}:{problem.line}:{problem.column}", 300)
    fix = [f"  fix: {code(problem.fix, _LONGEST)}"] if problem.fix else []
    said = [f"- {place} {code(problem.rule)}: {code(problem.message, _LONGEST)}"]
    return "  \n".join(chain(said, fix))
