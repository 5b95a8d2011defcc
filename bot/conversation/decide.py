"""From what is there and what should be there to the operations in between: pure."""

from collections.abc import Iterator

from bot.conversation.facts import ConversationFacts, OwnCheck, OwnComment
from bot.conversation.marker import marker_of
from bot.conversation.operations import (
    AddLabel,
    CheckOutput,
    CreateCheck,
    CreateComment,
    DeleteComment,
    EditComment,
    Minimise,
    Operation,
    RemoveLabel,
    Unminimise,
    UpdateCheck,
)
from bot.conversation.states import LABELS, Label, State
from bot.conversation.wanted import Wanted

_REPLACED = CheckOutput(
    "completed", "cancelled", "replaced", "A newer run of this check has taken its place."
)
_OWN_LABELS = frozenset(label.name.casefold() for label in LABELS)


def decide(facts: ConversationFacts, config: str, wanted: Wanted) -> list[Operation]:
    """What is left to do; nothing when the conversation is as wanted.

    The comment comes last: its marker is what a later run takes for said.
    """
    comments = facts.about(config)
    said = comments[0] if comments else None
    return [
        *_check(facts.check, wanted.check),
        *(UpdateCheck(check.id, _REPLACED) for check in facts.checks[:-1] if _is_open(check)),
        *_labels(facts.pull.labels, wanted.label),
        *_comment(said, wanted.comment),
        *(DeleteComment(comment.id) for comment in comments[1:]),
    ]


def _check(shown: OwnCheck | None, wanted: CheckOutput | None) -> Iterator[Operation]:
    if wanted is None:
        return
    if shown is None:
        yield CreateCheck(wanted)
    elif not _shows(shown, wanted):
        yield UpdateCheck(shown.id, wanted) if _can_become(shown, wanted) else _anew(shown, wanted)


def _anew(shown: OwnCheck, wanted: CheckOutput) -> CreateCheck:
    """Of one name GitHub shows the latest run alone, so what stays marked must be marked there."""
    keeps = wanted.annotations is None and shown.annotations > 0
    return CreateCheck(wanted, marked_as=shown.id if keeps else None)


def _shows(shown: OwnCheck, wanted: CheckOutput) -> bool:
    return (
        (shown.status, shown.conclusion) == (wanted.status, wanted.conclusion)
        and _same_text(shown.title, wanted.title)
        and _same_text(shown.summary, wanted.summary)
        and (wanted.annotations is None or shown.annotations == len(wanted.annotations))
    )


def _can_become(shown: OwnCheck, wanted: CheckOutput) -> bool:
    """GitHub takes no annotation back, lets no run go back in its status, and keeps a conclusion once given.

    A new run of the same name then takes the place of the old one.
    """
    if wanted.annotations is not None and (shown.annotations or wanted.annotations):
        return False
    if not _is_open(shown):
        return shown.conclusion == wanted.conclusion
    return (shown.status, wanted.status) != ("in_progress", "queued")


def _is_open(check: OwnCheck) -> bool:
    return check.status != "completed"


def _labels(shown: tuple[str, ...], wanted: Label | None) -> Iterator[Operation]:
    """The new one first: a pull request is never without."""
    if wanted is None:
        return
    if wanted.name.casefold() not in {name.casefold() for name in shown}:
        yield AddLabel(wanted)
    for name in shown:
        if name.casefold() in _OWN_LABELS - {wanted.name.casefold()}:
            yield RemoveLabel(name)


def _comment(said: OwnComment | None, body: str | None) -> Iterator[Operation]:
    """Whether a comment is minimised only its marker tells, so the marker is written after the deed."""
    if body is None:
        return
    if said is None:
        yield CreateComment(body)
        return
    if _same_text(said.body, body):
        return
    folded, fold = said.marker.state is State.SUPERSEDED, _is_superseded(body)
    if fold and not folded:
        yield Minimise(said.node_id)
    if folded and not fold:
        yield Unminimise(said.node_id)
    yield EditComment(said.id, body)


def _is_superseded(body: str) -> bool:
    marker = marker_of(body)
    return marker is not None and marker.state is State.SUPERSEDED


def _same_text(one: str, other: str) -> bool:
    """GitHub may hand back other line ends, and without the blanks at the end."""
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
