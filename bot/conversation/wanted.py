"""How a conversation should look, given what it holds and the news: stale and late news change nothing that is newer."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.conversation import wording
from bot.conversation.facts import ConversationFacts, OwnCheck, OwnComment
from bot.conversation.marker import Marker, without_marker
from bot.conversation.news import News
from bot.conversation.operations import CheckOutput
from bot.conversation.states import TABLE, Label, State, may_follow, most_urgent

PROGRESS_EVERY = timedelta(minutes=3)
LONGEST_COMMENT = 65_536  # characters, GitHub's limit


@dataclass(frozen=True)
class Source:
    """Where links lead: the run that speaks (if known), and the Hub."""

    run_url: str | None
    hub_url: str


@dataclass(frozen=True)
class Wanted:
    """The comment's body and the check's output, None where they stay as they are; `label` None: none is due.

    `why` says in plain words what became of the news.
    """

    comment: str | None
    check: CheckOutput | None
    label: Label | None
    why: str


def wanted(facts: ConversationFacts, news: News, source: Source, now: datetime) -> Wanted:
    """What the conversation should be after this news at this time."""
    said = next(iter(facts.about(news.subject.config)), None)
    if facts.pull.head_sha != news.subject.sha:
        return _after_a_push(facts, news, source, said)
    if why := _no_news(news, said, now):
        return Wanted(None, None, _label(facts, news, None), why)
    marker = _marker(news, said)
    comment = _comment(news, facts.pull.state, source, marker)
    check = _check(news, source, marker, is_open=facts.pull.state == "open")
    return Wanted(comment, check, _label(facts, news, news.state), f"says {news.state.value}")


def _no_news(news: News, said: OwnComment | None, now: datetime) -> str:
    """Why nothing is said; empty: there is something to say."""
    if news.state is State.SUPERSEDED:
        return "says nothing new: this commit is the head of the pull request"
    if said is None or said.marker.sha != news.subject.sha:
        return ""
    before = said.marker.state
    if why := _of_another_run(news, said.marker):
        return why if why != _LATER else ""
    if not may_follow(before, news.state):
        return f"says nothing new: the comment says {before.value} already"
    fresh = now - said.updated_at < PROGRESS_EVERY
    if before is news.state is State.RUNNING and fresh:
        return "says nothing new: the last progress was told a moment ago"
    return ""


_LATER = "a later run"


def _of_another_run(news: News, before: Marker) -> str:
    """Numbers of runs only grow. What a run says makes the news that it waits late."""
    if news.run is None or before.run is None:
        return ""
    if news.run < before.run:
        return "says nothing new: the comment tells of a later run already"
    if news.run > before.run:
        return _LATER
    if news.state is State.QUEUED and before.state is not State.QUEUED:
        return "says nothing new: the run is past the queue already"
    return ""


def _after_a_push(
    facts: ConversationFacts, news: News, source: Source, said: OwnComment | None
) -> Wanted:
    """Of a commit that is no longer the head: what speaks of a newer one stays."""
    comment = _superseded_comment(facts, news, source, said)
    why = "superseded by a push" if comment else "says nothing: a newer commit has its say"
    check = _superseded_check(news, source, facts.check)
    return Wanted(comment, check, _label(facts, news, None), why)


def _superseded_comment(
    facts: ConversationFacts, news: News, source: Source, said: OwnComment | None
) -> str | None:
    if said is None or said.marker.sha == facts.pull.head_sha:
        return None
    sha, folded = news.subject.sha, said.marker.state is State.SUPERSEDED
    if news.report and (not folded or said.marker.sha == sha):
        marker = replace(_marker(news, said), state=State.SUPERSEDED)
        text = without_marker(_comment(news, facts.pull.state, source, marker))
        return _joined(marker, wording.superseded(sha), text)
    if folded:
        return None
    old = said.marker
    marker = replace(old, state=State.SUPERSEDED)
    return _joined(marker, wording.superseded(old.sha), without_marker(said.body))


def _superseded_check(news: News, source: Source, check: OwnCheck | None) -> CheckOutput | None:
    """A check that is still open is closed; what was found out about the old commit stays true."""
    if check is None or check.status == "completed":
        return None
    if news.report:
        marker = Marker(news.subject.config, news.subject.sha, news.state, published=news.published)
        output = _check(news, source, marker, is_open=False)
        return CheckOutput("completed", "neutral", output.title, output.summary)
    row = TABLE[State.SUPERSEDED]
    return CheckOutput(
        row.status, row.conclusion, wording.SUPERSEDED_TITLE, wording.SUPERSEDED_CHECK
    )


def _marker(news: News, said: OwnComment | None) -> Marker:
    """What the comment says from now on; what it knows of the same run, and of the same report, stays."""
    subject, before = news.subject, said.marker if said else None
    published, run, asked = news.published, news.run, news.asked
    if before and before.sha == subject.sha and TABLE[news.state].is_of_a_run:
        same_run = news.run in {None, before.run} or before.run is None
        run = news.run or before.run
        asked = news.asked or (before.asked if same_run else None)
        same_report = news.report is not None and news.report == before.report
        published = news.published or (before.published if same_report else None)
    return Marker(subject.config, subject.sha, news.state, news.report, published, run, asked)


def _comment(news: News, pull_state: str, source: Source, marker: Marker) -> str:
    return _joined(
        marker,
        wording.heading(news.subject.model, news.state),
        "" if pull_state == "open" else wording.not_open(pull_state),
        news.text,
        *_ending(news, source, marker, is_open=pull_state == "open"),
    )


def _check(news: News, source: Source, marker: Marker, *, is_open: bool) -> CheckOutput:
    parts = [news.text, news.note, *_ending(news, source, marker, is_open=is_open)]
    return CheckOutput(
        TABLE[news.state].status,
        news.conclusion,
        news.title,
        "\n\n".join(part.strip() for part in parts if part),
        news.annotations,
        source.run_url,
    )


def _ending(news: News, source: Source, marker: Marker, *, is_open: bool) -> list[str]:
    """What to do next, what became of publishing, and what it is all about."""
    published = marker.published
    steps = [news.next, "" if published else news.until_published] if is_open else []
    told = wording.publication(news.subject.model, published, source.hub_url) if published else ""
    footer = wording.footer(news.subject.sha, source.run_url, marker.asked)
    return [" ".join(filter(None, steps)), told, footer]


def _joined(marker: Marker, *parts: str) -> str:
    """Marker and text; the text at the end goes where it were too long, as only a person's edit can make it."""
    texts = [part.strip() for part in parts if part.strip()]
    body = f"{marker.line()}\n" + "\n\n".join(texts)
    return body if len(body) <= LONGEST_COMMENT else f"{marker.line()}\n{texts[0]}"


def _label(facts: ConversationFacts, news: News, state: State | None) -> Label | None:
    """The most urgent state of all configs; one that nobody spoke of since the push is superseded."""
    states: dict[str, State] = {} if state is None else {news.subject.config: state}
    for comment in facts.comments:
        marker = comment.marker
        current = marker.state if marker.sha == facts.pull.head_sha else State.SUPERSEDED
        states.setdefault(marker.config, current)
    return TABLE[most_urgent(states.values())].label if states else None
