"""Which evaluations a merged pull request accepts: those that the bot's own comments tell of. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.conversation.facts import OwnComment
from bot.conversation.marker import Marker
from bot.conversation.states import State


@dataclass(frozen=True)
class MergedPull:
    """A pull request that is in the default branch: its last commit, the configs it brought, the bot's comments."""

    number: int
    head_sha: str
    configs: tuple[str, ...]
    comments: tuple[OwnComment, ...]


@dataclass(frozen=True)
class Candidate:
    """A config with an evaluation whose results are wanted. `report` is the digest of what people were shown."""

    config: str
    run: int
    report: str


@dataclass(frozen=True)
class Declined:
    """A config that was merged without results, and why; nothing is wrong with that."""

    config: str
    why: str


def candidates(pull: MergedPull) -> tuple[list[Candidate], list[Declined]]:
    """What to accept of each config, in the order of the configs."""
    found: list[Candidate] = []
    declined: list[Declined] = []
    for config in pull.configs:
        said = _said(pull.comments, config)
        if said and said.run and said.report and not _why_not(pull, said):
            found.append(Candidate(config, said.run, said.report))
        else:
            declined.append(Declined(config, _why_not(pull, said)))
    return found, declined


def _said(comments: Sequence[OwnComment], config: str) -> Marker | None:
    """The marker of the first comment about a config: any other is there by accident."""
    about: Iterable[OwnComment] = (one for one in comments if one.marker.config == config)
    return next((one.marker for one in about), None)


def _why_not(pull: MergedPull, said: Marker | None) -> str:
    if said is None:
        return "it was never evaluated"
    if said.sha != pull.head_sha:
        return f"what was evaluated is {said.sha[:7]}, not {pull.head_sha[:7]}"
    if said.state is not State.EVALUATED:
        return f"it was merged while {said.state.value}"
    if not said.run or not said.report:
        return "the comment does not say which run it tells of"
    return ""
