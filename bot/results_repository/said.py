"""What `mteb-bot submit` says on the terminal."""

from collections.abc import Mapping

from bot.results_repository.change import Change
from bot.results_repository.decide import CreateFork, EditPull, OpenPull, Operation, Push
from bot.results_repository.outcome import Outcome, State
from bot.results_repository.rules import Finding
from bot.sentences import counted
from schemas.problem import shown

_STATES: Mapping[State, str] = {
    "opened": "opened pull request #{pull}",
    "updated": "updated pull request #{pull}",
    "unchanged": "pull request #{pull} is up to date",
    "planned": "nothing was sent",
    "closed": "pull request #{pull} was closed there and stays closed; reopen it there to go on",
    "foreign": "the branch {branch} of {fork} holds a commit that is not the bot's; "
    "it was left as it is: delete the branch, or go on by hand",
    "taken-back": "pull request #{pull} was merged, and its files are no longer there; "
    "settle with the maintainers why",
    "nothing-new": "nothing to submit: the repository has every score",
    "refused": "nothing was submitted: what the repository lacks was left out",
}


def said(outcome: Outcome, fork: str, branch: str) -> str:
    """A line for the state, then one for every task that is not simply fine."""
    change = outcome.change
    state = _STATES[outcome.state].format(pull=outcome.pull, fork=fork, branch=branch)
    lines = [
        f"{outcome.repository}: {state}",
        f"  {_counts(change)}",
        *(_line("left out", finding) for finding in change.left_out),
        *(_line("to settle", finding) for finding in change.warnings),
    ]
    return "".join(f"{line}\n" for line in lines)


def intended(operation: Operation, repository: str, fork: str, branch: str) -> str:
    """What would be done, for a dry run."""
    match operation:
        case CreateFork():
            return f"would fork {repository} to {fork}\n"
        case Push(_, change, replaces):
            how = "replace" if replaces else "create"
            files = "".join(
                f"  {path} ({len(change.files[path]):,} bytes)\n" for path in change.files
            )
            return f"would {how} the branch {branch} of {fork} with\n{files}"
        case OpenPull(body):
            return f"would open a pull request in {repository}:\n{body}\n"
        case EditPull(number):
            return f"would edit the text of pull request #{number} of {repository}\n"


def _counts(change: Change) -> str:
    new = sum(task.kind == "new" for task in change.tasks)
    return (
        f"{counted(new, 'new task')}, {len(change.tasks) - new} merged, "
        f"{len(change.present)} already there, {len(change.left_out)} left out"
    )


def _line(what: str, finding: Finding) -> str:
    detail = shown(finding.detail, 500)
    return f"  {what}: {shown(finding.task, 120)}: {finding.rule.id}: {detail}; {finding.rule.fix}"
