"""From what the Hub holds to what has to be done there: pure.

The model's author owns main and may edit the pull request too; the bot owns its block and keys of README.md
and the files it put in. So the branch is to be main with the bot's files in it, each written anew from main's
README; once other people have edited README.md on the branch, it is written from theirs. Their other files
stay. Where main moved on, it is merged in; the bot's own files never conflict, because they are written anew,
and a conflict between main and other people's commits is left to them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.card.card import README, Card
from bot.markdown import code
from bot.publication.edition import Edition
from bot.publication.facts import MARKER, Branch, HubFacts, OwnPull, holds
from bot.publication.operations import (
    ClosePull,
    CommitToPull,
    EditDescription,
    MergeMain,
    OpenPull,
    Operation,
)
from bot.publication.outcome import State

_MOST_NAMED = 10


@dataclass(frozen=True)
class Decision:
    """What to do, and what the Hub then comes to. `pull` is None for one that is yet to be opened."""

    state: State
    pull: int | None = None
    operations: tuple[Operation, ...] = ()
    notes: tuple[str, ...] = ()


def decide(facts: HubFacts, edition: Edition) -> Decision:
    """What brings the Hub to hold `edition`.

    Raises:
        CannotWriteCard, CannotReadReadme: there is nothing to publish, or a README that cannot be edited.
    """
    card = edition.write(facts.readme)
    if facts.branch:
        return _about_open(facts, facts.branch, card, edition.describe(card))
    last = _last_answered(facts.pulls)
    if not _missing(card.files, facts.main_files):
        return Decision("merged", last.number if last else None, notes=card.notes)
    if last and last.status == "closed":
        return Decision("closed", last.number)
    opening = OpenPull(facts.main, card.files, edition.describe(card))
    return Decision("opened", operations=(opening,), notes=card.notes)


def _last_answered(pulls: Sequence[OwnPull]) -> OwnPull | None:
    """The newest that is no duplicate.

    The bot closes duplicates, and never the first: where that is closed by the bot's account, a person used it.
    """
    answered = [pull for pull in pulls if not pull.by_bot] or pulls[:1]
    return answered[-1] if answered else None


def overall(decisions: Sequence[Decision]) -> Decision:
    """The last decision, whose state tells what the earlier ones did."""
    last = decisions[-1]
    if last.state not in {"updated", "unchanged"}:
        return last
    states = {decision.state for decision in decisions}
    state = next(state for state in ("opened", "updated", "unchanged") if state in states)
    return Decision(state, last.pull, last.operations, last.notes)


def _about_open(facts: HubFacts, branch: Branch, card: Card, description: str) -> Decision:
    duplicates: tuple[Operation, ...] = tuple(
        ClosePull(pull.number)
        for pull in facts.pulls
        if pull.status == "open" and pull.number != branch.pull
    )
    if branch.conflicts:
        notes = (_conflict(branch.conflicts), *card.notes)
        return Decision("conflict", branch.pull, duplicates, notes)
    if not branch.has_main:
        merge = _merge(facts, branch, card)
        return Decision("updated", branch.pull, (merge, *duplicates), card.notes)
    pull = next(pull for pull in facts.pulls if pull.number == branch.pull)
    commits = tuple(_commit(facts, branch, card))
    changes: tuple[Operation, ...] = (*commits, *_wording(pull, description))
    state: State = "updated" if changes else "unchanged"
    notes = (*_set_back(commits, branch), *card.notes)
    return Decision(state, branch.pull, (*changes, *duplicates), notes)


def _merge(facts: HubFacts, branch: Branch, card: Card) -> MergeMain:
    kept = {path: blob for path, blob in branch.files.items() if path in card.files}
    kept.pop(README, None)
    readme = None if README in branch.by_others else card.files[README]
    return MergeMain(branch.pull, branch.head, facts.main, branch.merged_tree, kept, readme)


def _commit(facts: HubFacts, branch: Branch, card: Card) -> Iterator[CommitToPull]:
    missing = _missing(card.files, branch.files)
    stale = [path for path in branch.files if path not in card.files.keys() | branch.by_others]
    deleted = tuple(path for path in stale if path not in facts.main_files)
    restored = tuple(
        path
        for path in stale
        if facts.main_files.get(path, branch.files[path]) != branch.files[path]
    )
    if missing or deleted or restored:
        yield CommitToPull(branch.pull, branch.head, facts.main, missing, deleted, restored)


def _set_back(commits: Sequence[CommitToPull], branch: Branch) -> Iterator[str]:
    paths = [path for commit in commits for path in commit.files if path in branch.by_others]
    if edited := [path for path in paths if path != README]:
        yield f"Edited by others in the pull request and set back to what was measured: {_named(edited)}."


def _wording(pull: OwnPull, description: str) -> Iterator[EditDescription]:
    """One that a person replaced by their own, marker and all, is theirs."""
    said = pull.description.replace("\r\n", "\n").strip()
    if MARKER in said and said != description.strip():
        yield EditDescription(pull.number, pull.description_id, description)


def _missing(wanted: Mapping[str, bytes], files: Mapping[str, str]) -> dict[str, bytes]:
    return {path: content for path, content in wanted.items() if not holds(files, path, content)}


def _conflict(paths: Sequence[str]) -> str:
    return (
        f"The pull request on the Hub holds commits of other people that conflict with the model's main branch "
        f"in {_named(paths)}; the bot left it as it is. Merge main into it by hand, or close it."
    )


def _named(paths: Sequence[str]) -> str:
    named = ", ".join(code(path) for path in paths[:_MOST_NAMED])
    return f"{named} and {len(paths) - _MOST_NAMED:,} more" if len(paths) > _MOST_NAMED else named
