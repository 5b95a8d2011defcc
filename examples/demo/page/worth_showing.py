"""What of an act is worth showing: how things stood at its end, and in a line each what they were meanwhile. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.conversation.marker import marker_of, without_marker
from examples.demo.narration import first_sentence
from examples.demo.news import (
    Checked,
    Commented,
    Edited,
    JobEnded,
    Labelled,
    Logged,
    News,
    ProposalChanged,
    Proposed,
    RunEnded,
    RunStarted,
)


@dataclass(frozen=True)
class Progress(News):
    """What a comment said for a while."""

    text: str


@dataclass(frozen=True)
class TimedRun:
    """A run that has ended, with its jobs."""

    ended: RunEnded
    jobs: tuple[JobEnded, ...]


@dataclass(frozen=True)
class Runs(News):
    """Runs of workflows that ended one after the other."""

    runs: tuple[TimedRun, ...]


@dataclass(frozen=True)
class Log(News):
    """Lines that a job wrote one after the other."""

    job: str
    lines: tuple[str, ...]


def worth_showing(news: Sequence[News]) -> list[News]:
    """Not what was soon replaced: of a comment, a check and a proposal an act shows how they stood at its end.

    A comment is shown as well where what it said stayed, and the next edit only added to it.
    """
    everything = [one for one in news if not isinstance(one, RunStarted | JobEnded)]
    kept: list[News] = []
    for at, one in enumerate(everything):
        key = _same_thing(one)
        following = next((x for x in everything[at + 1 :] if key and _same_thing(x) == key), None)
        if following is None or _adds_to(one, following):
            kept.append(_since_last_shown(one, everything[:at], kept))
        elif isinstance(one, Commented | Edited):
            kept.append(Progress(one.at, one.who, first_sentence(one.comment.body)))
    return _gathered(kept, [one for one in news if isinstance(one, JobEnded)])


def _adds_to(one: News, following: News) -> bool:
    if not isinstance(one, Commented | Edited) or not isinstance(following, Edited):
        return False
    return new_parts(one.comment.body, following.comment.body) is not None


def _same_thing(news: News) -> tuple[str, int] | None:
    match news:
        case Commented() | Edited():
            return "comment", news.comment.id
        case Checked():
            return "check", news.check.id
        case Proposed() | ProposalChanged():
            return "proposal", news.proposal.number
    return None


def _since_last_shown(news: News, earlier: Sequence[News], kept: Sequence[News]) -> News:
    """News, told as the change to what a reader last saw."""
    if isinstance(news, ProposalChanged) and any(isinstance(x, Proposed) for x in earlier):
        return Proposed(news.at, news.who, news.proposal)
    if not isinstance(news, Edited):
        return news
    same = [one for one in earlier if _same_thing(one) == _same_thing(news)]
    shown = [one for one in kept if _same_thing(one) == _same_thing(news)]
    if shown and isinstance(shown[-1], Commented | Edited):
        return Edited(news.at, news.who, news.comment, shown[-1].comment.body)
    if same and isinstance(same[0], Commented):
        return Commented(news.at, news.who, news.comment)
    if same and isinstance(same[0], Edited):
        return Edited(news.at, news.who, news.comment, same[0].before)
    return news


def _gathered(news: Iterable[News], jobs: Sequence[JobEnded]) -> list[News]:
    """Labels that came and went together in one line; runs and lines of a log in one panel each."""
    found: list[News] = []
    for kind, group in groupby(news, key=type):
        several = list(group)
        if kind is Labelled:
            found.append(_all_labels([one for one in several if isinstance(one, Labelled)]))
        elif kind is RunEnded:
            runs = (_timed(one, jobs) for one in several if isinstance(one, RunEnded))
            found.append(Runs(several[-1].at, several[-1].who, tuple(runs)))
        elif kind is Logged:
            lines = [one for one in several if isinstance(one, Logged)]
            text = tuple(one.line for one in lines)
            found.append(Log(lines[-1].at, lines[-1].who, lines[-1].job, text))
        else:
            found += several
    return found


def _timed(run: RunEnded, jobs: Sequence[JobEnded]) -> TimedRun:
    return TimedRun(run, tuple(job for job in jobs if job.run.id == run.run.id))


def _all_labels(several: Sequence[Labelled]) -> Labelled:
    added = tuple(label for one in several for label in one.added)
    removed = tuple(label for one in several for label in one.removed)
    return Labelled(several[-1].at, several[-1].who, added, removed)


def new_parts(before: str, body: str) -> str | None:
    """The paragraphs that an edit added, where most of the comment stayed; else None."""
    known, parts = set(_paragraphs(before)), _paragraphs(body)
    new = [part for part in parts if part not in known]
    added = sum(map(len, new))
    return "\n\n".join(new) if 0 < added < sum(map(len, parts)) / 3 else None


def _paragraphs(comment: str) -> list[str]:
    return (without_marker(comment) if marker_of(comment) else comment).split("\n\n")
