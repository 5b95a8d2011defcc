"""What of an act is worth showing: how things stood at its end, and in a line each what they were meanwhile. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

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


def worth_showing(news: Iterable[News]) -> list[News]:
    """Not what was soon replaced: of a comment, a check and a proposal an act shows how they stood at its end."""
    everything = list(news)
    last = {key: at for at, one in enumerate(everything) if (key := _same_thing(one)) is not None}
    kept: list[News] = []
    for at, one in enumerate(everything):
        key = _same_thing(one)
        if isinstance(one, RunStarted | JobEnded):
            continue
        if key is None or last[key] == at:
            kept.append(_since_before_the_act(one, everything[:at]))
        elif isinstance(one, Commented | Edited):
            kept.append(Progress(one.at, one.who, first_sentence(one.comment.body)))
    return _gathered(kept, [one for one in everything if isinstance(one, JobEnded)])


def _same_thing(news: News) -> tuple[str, int] | None:
    match news:
        case Commented() | Edited():
            return "comment", news.comment.id
        case Checked():
            return "check", news.check.id
        case Proposed() | ProposalChanged():
            return "proposal", news.proposal.number
    return None


def _since_before_the_act(news: News, earlier: Sequence[News]) -> News:
    """An edit, told as the change to what the comment was when a reader last saw it whole."""
    if isinstance(news, ProposalChanged) and any(isinstance(x, Proposed) for x in earlier):
        return Proposed(news.at, news.who, news.proposal)
    if not isinstance(news, Edited):
        return news
    for one in earlier:
        if isinstance(one, Edited) and one.comment.id == news.comment.id:
            return Edited(news.at, news.who, news.comment, one.before)
        if isinstance(one, Commented) and one.comment.id == news.comment.id:
            return Commented(news.at, news.who, news.comment)
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
    known, parts = set(before.split("\n\n")), body.split("\n\n")
    new = [part for part in parts if part not in known]
    added = sum(map(len, new))
    return "\n\n".join(new) if 0 < added < len(body) / 3 else None
