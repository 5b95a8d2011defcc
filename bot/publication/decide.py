"""From what the Hub holds to what has to be done there: pure.

The model's author owns main and may edit the pull request too; the bot owns its block and keys of README.md
and the files it put in. So the branch is to be main with the bot's files in it, each written anew from main's
README; once other people have edited README.md on the branch, it is written from theirs. Their other files
stay. Where main moved on, it is merged in; the bot's own files never conflict, because they are written anew,
and a conflict between main and other people's commits is left to them.

A repository that tuned weights ask for is created, and an empty one gets them on main.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.card.card import README
from bot.markdown import code
from bot.publication.edition import Edition
from bot.publication.facts import MARKER, Branch, HubFacts, OwnPull, holds
from bot.publication.files import Content
from bot.publication.operations import (
    ClosePull,
    CommitToMain,
    CommitToPull,
    CreateRepository,
    EditDescription,
    MergeMain,
    OpenPull,
    Operation,
)
from bot.publication.outcome import State
from schemas.errors import CommandError, ExitCode

_MOST_NAMED = 10


class PublicRepository(CommandError):
    """Tuned weights that are to stay private would go where everybody sees them."""

    exit_code = ExitCode.SUBMISSION


@dataclass(frozen=True)
class _Wanted:
    """What is to be there, written for the README as it is."""

    files: Mapping[str, Content]
    description: str
    notes: tuple[str, ...]


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
        PublicRepository: the weights may not go where they are to go.
    """
    card = edition.write(facts.readme)
    going = edition.destination
    if going and not facts.exists:
        return Decision("opened", operations=(CreateRepository(going.private),))
    if going and going.only_private and not facts.private:
        raise PublicRepository(
            f"{edition.model} is public on the Hub, and its tuned weights are to stay private",
            "make the repository private, or name another model; where they may be seen, write `finetune.publish.private: "
            "false` in the config, and the board's maintainers `publish.tuned_weights: public` in its settings",
        )
    wanted = _Wanted(edition.files(card), edition.describe(card), card.notes)
    if facts.branch:
        return _about_open(facts, facts.branch, wanted)
    last = _last_answered(facts.pulls)
    if not _missing(wanted.files, facts.main_files):
        return Decision("merged", last.number if last else None, notes=wanted.notes)
    if last and last.status == "closed":
        return Decision("closed", last.number)
    if going and going.to == "new-repository" and facts.is_new:
        first = CommitToMain(facts.main, wanted.files, wanted.description)
        return Decision("merged", operations=(first,), notes=wanted.notes)
    opening = OpenPull(facts.main, wanted.files, wanted.description)
    return Decision("opened", operations=(opening,), notes=wanted.notes)


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


def _about_open(facts: HubFacts, branch: Branch, wanted: _Wanted) -> Decision:
    duplicates: tuple[Operation, ...] = tuple(
        ClosePull(pull.number)
        for pull in facts.pulls
        if pull.status == "open" and pull.number != branch.pull
    )
    if branch.conflicts:
        notes = (_conflict(branch.conflicts), *wanted.notes)
        return Decision("conflict", branch.pull, duplicates, notes)
    if not branch.has_main:
        merge = _merge(facts, branch, wanted)
        return Decision("updated", branch.pull, (merge, *duplicates), wanted.notes)
    pull = next(pull for pull in facts.pulls if pull.number == branch.pull)
    commits = tuple(_commit(facts, branch, wanted))
    changes: tuple[Operation, ...] = (*commits, *_wording(pull, wanted.description))
    state: State = "updated" if changes else "unchanged"
    notes = (*_set_back(commits, branch), *wanted.notes)
    return Decision(state, branch.pull, (*changes, *duplicates), notes)


def _merge(facts: HubFacts, branch: Branch, wanted: _Wanted) -> MergeMain:
    kept = {path: blob for path, blob in branch.files.items() if path in wanted.files}
    kept.pop(README, None)
    text = wanted.files[README]
    readme = text if isinstance(text, bytes) and README not in branch.by_others else None
    return MergeMain(branch.pull, branch.head, facts.main, branch.merged_tree, kept, readme)


def _commit(facts: HubFacts, branch: Branch, wanted: _Wanted) -> Iterator[CommitToPull]:
    missing = _missing(wanted.files, branch.files)
    stale = [path for path in branch.files if path not in wanted.files.keys() | branch.by_others]
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


def _missing(wanted: Mapping[str, Content], files: Mapping[str, str]) -> dict[str, Content]:
    return {path: content for path, content in wanted.items() if not holds(files, path, content)}


def _conflict(paths: Sequence[str]) -> str:
    return (
        f"The pull request on the Hub holds commits of other people that conflict with the model's main branch "
        f"in {_named(paths)}; the bot left it as it is. Merge main into it by hand, or close it."
    )


def _named(paths: Sequence[str]) -> str:
    named = ", ".join(code(path) for path in paths[:_MOST_NAMED])
    return f"{named} and {len(paths) - _MOST_NAMED:,} more" if len(paths) > _MOST_NAMED else named
