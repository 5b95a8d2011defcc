"""What the bot says in the results repository: the pull request's title, its text, the commit's message."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean

from bot.bounded import Section, bounded
from bot.card.block import BEGIN, END, blocks_in, with_block
from bot.finetuned.sentences import contamination_warning
from bot.markdown import code, table_head, table_row
from bot.results_repository.candidate import Candidate
from bot.results_repository.change import Change, TaskChange
from bot.results_repository.checklist import SubmissionFacts, filled
from bot.results_repository.rules import Finding
from bot.sentences import counted, points
from schemas.problem import shown

_LONGEST_BLOCK = 40_000  # bytes: the template needs room in the 65,536 of a pull request
_LONGEST = 65_536  # characters of a pull request
_CONTENT, _TREE = "Mteb-Bot-Content", "Mteb-Bot-Tree"
_SIGNED = re.compile(
    rf"^{_CONTENT}: ([0-9a-f]{{64}})\n{_TREE}: ([0-9a-f]{{40}})\s*\Z", re.MULTILINE
)


@dataclass(frozen=True)
class Signature:
    """What the bot wrote under a commit of its own: the digest of the files, and the commit's tree."""

    digest: str
    tree: str


def title(model: str) -> str:
    """Without numbers, so that it never changes."""
    return f"Add results of {model}"


def commit_message(candidate: Candidate, change: Change) -> str:
    """Ends with the digest of the files; `signed` adds the tree."""
    tasks = ", ".join(task.task for task in change.tasks)
    return (
        f"{title(candidate.model)}\n\n"
        f"Revision {candidate.revision}: {shown(tasks, 2000)}\n\n"
        f"{_CONTENT}: {change.digest}\n"
    )


def signed(message: str, tree: str) -> str:
    """The message of a commit with that tree, by which the bot knows its commit again."""
    return f"{message}{_TREE}: {tree}\n"


def signature_in(message: str) -> Signature | None:
    """What the bot wrote under a commit; None: it is none of the bot's."""
    found = _SIGNED.search(message)
    return Signature(found[1], found[2]) if found else None


def block(candidate: Candidate, change: Change, facts: SubmissionFacts) -> str:
    """The part of the text that is the bot's, and that it keeps up to date."""
    sections = [
        Section(_measured(candidate, change, facts), tuple(_rows(change)), _TABLE, importance=3),
        Section(_before_merging(change, facts)),
        Section(
            "Left out:" if change.left_out else "",
            tuple(_said(finding) for finding in change.left_out),
            importance=1,
        ),
        Section(f"Already here: {counted(len(change.present), 'task')}." if change.present else ""),
    ]
    return bounded(sections, _LONGEST_BLOCK)


def new_body(template: str | None, content: str, facts: SubmissionFacts) -> str:
    """The text of a new pull request: the bot's part, then the repository's template."""
    placed = f"{BEGIN}\n\n{content.strip()}\n\n{END}\n"
    return f"{placed}\n{filled(template, facts)}\n" if template else placed


def updated_body(body: str, content: str) -> str:
    """The text with the bot's part replaced.

    It is left as it is where somebody took the part out, or where GitHub would not take it for its length.
    """
    unified = body.replace("\r\n", "\n")
    if not blocks_in(unified):
        return body
    replaced = with_block(unified, content, "\n").body
    return body if replaced == unified or len(replaced) > _LONGEST else replaced


def _measured(candidate: Candidate, change: Change, facts: SubmissionFacts) -> str:
    hub = f"https://huggingface.co/{candidate.model}/tree/{candidate.revision}"
    report = candidate.report
    how, warning = "", ""
    if report and report.finetuned:  # its revision is a digest of weights, no commit
        hub = f"https://huggingface.co/{candidate.model}"
    if report:
        warning = contamination_warning(report.finetuned)
        hardware = report.provenance["hardware"]
        how = (
            f" Measured with mteb {code(facts.mteb_version)} on {code(hardware['name'])}"
            f" in {code(report.provenance['dtype'] or 'unknown precision')}."
        )
    return (f"{warning}\n\n" if warning else "") + (
        f"Results of [{candidate.model}]({hub}) at revision {code(candidate.revision)}: "
        f"{counted(len(change.tasks), 'task')}.{how} No score of others is changed."
    )


_TABLE = table_head(
    ["Task", "Main score", "Data set revision", "File"], ["left", "right", "left", "left"]
)


def _rows(change: Change) -> Iterable[str]:
    for task in change.tasks:
        yield table_row(
            [
                code(task.task),
                points(fmean(task.scores)),
                code(task.dataset_revision[:40]),
                _how(task),
            ]
        )


def _how(task: TaskChange) -> str:
    if task.kind == "new":
        return "new"
    return f"merged: {counted(len(task.scores), 'more subset')}"


def _before_merging(change: Change, facts: SubmissionFacts) -> str:
    todo = []
    if not facts.registered:
        todo.append(
            f"- `registered-model`: mteb {facts.mteb_version} does not know the model; "
            "contribute its `ModelMeta` first"
        )
    by_rule: dict[tuple[str, str, str], list[str]] = {}
    for finding in change.warnings:
        key = (finding.rule.id, finding.detail, finding.rule.fix)
        by_rule.setdefault(key, []).append(finding.task)
    todo += [
        f"- `{rule}`: {code(detail)} ({_some(tasks)}); {fix}"
        for (rule, detail, fix), tasks in list(by_rule.items())[:20]
    ]
    return "To settle before merging:\n\n" + "\n".join(todo) if todo else ""


def _said(finding: Finding) -> str:
    return (
        f"- {code(finding.task)}, `{finding.rule.id}`: {code(finding.detail)}; {finding.rule.fix}"
    )


def _some(tasks: list[str]) -> str:
    more = f" and {len(tasks) - 5} more" if len(tasks) > 5 else ""  # noqa: PLR2004 -- as many as fit a line
    return ", ".join(code(task) for task in tasks[:5]) + more
