"""The story in the terminal: a line or a few for each event, as it happens."""

import re
from collections.abc import Iterator
from functools import singledispatch

from rich.console import Console
from rich.text import Text

from bot.conversation.marker import without_marker
from examples.demo.news import (
    Act,
    Checked,
    Closed,
    Commented,
    Committed,
    Edited,
    JobEnded,
    Labelled,
    Logged,
    Merged,
    News,
    Printed,
    ProposalChanged,
    ProposalEnded,
    Proposed,
    PullOpened,
    Pushed,
    RunEnded,
    RunStarted,
)
from examples.demo.things import Annotation, Check, FileChange, Label
from schemas.problem import shown

_LONGEST = 110  # characters of a quoted text
_MOST_LINES = 12
_MOST_FILES = 4
_GOOD, _BAD, _CALM, _SOFT = "green", "red", "cyan", "dim"
_MARKS = {"success": ("✔", _GOOD), "failure": ("✘", _BAD), "cancelled": ("■", "yellow")}
_LEVELS = {"failure": "error"}
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKUP = re.compile(r"^[#>]+ |[*`]+|<[^>]*>")

Line = tuple[str, str]  # what it says, and its style


class Narrator:
    """Prints acts and news on a console: coloured in a terminal, plain elsewhere."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)

    def act(self, number: int, act: Act) -> None:
        """A heading."""
        self._console.print()
        self._console.print(Text(f"{number}  {act.title}", style="bold"))
        if act.lead:
            self._console.print(Text(f"   {act.lead}", style=_SOFT))

    def news(self, news: News) -> None:
        """The lines of an event, the first with the time since the beginning."""
        for number, (text, style) in enumerate(lines_of(news)):
            time = elapsed(news.at) if number == 0 else ""
            self._console.print(Text.assemble((f"{time:>7}  ", _SOFT), (text, style)))

    def say(self, text: str) -> None:
        """A line beside the story."""
        self._console.print(Text(text))


def elapsed(seconds: float) -> str:
    """`0:07`, `12:34`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def person(login: str) -> str:
    """A login as people read it."""
    return shown(login.removesuffix("[bot]") or "somebody")


def first_sentence(markdown: str) -> str:
    """The first paragraph of a comment that is no heading, as plain words."""
    text = without_marker(markdown) if markdown.startswith("<!-- ") else markdown
    for paragraph in text.split("\n\n"):
        line = " ".join(paragraph.split())
        if line and not line.startswith(("#", "<!--")):
            return shown(_MARKUP.sub("", _LINK.sub(r"\1", line)).strip(), _LONGEST)
    return shown(" ".join(text.split()), _LONGEST)


@singledispatch
def lines_of(news: News) -> Iterator[Line]:
    """What a person is told of an event; nothing from outside can act on a terminal."""
    raise TypeError(type(news))


@lines_of.register
def _(news: PullOpened) -> Iterator[Line]:
    number = news.pull.number
    yield f"{person(news.who)} opens pull request #{number}: {shown(news.pull.title)}", _CALM
    yield from _files(news.pull.files)


@lines_of.register
def _(news: Pushed) -> Iterator[Line]:
    said = news.commits[-1].message if news.commits else "another history"
    yield f"{person(news.who)} pushes: {shown(said)}", _CALM
    yield from _files(news.files)


@lines_of.register
def _(news: Commented) -> Iterator[Line]:
    yield f"{person(news.who)} comments: {first_sentence(news.comment.body)}", _CALM


@lines_of.register
def _(news: Edited) -> Iterator[Line]:
    known = set(news.before.split("\n\n"))
    new = [part for part in news.comment.body.split("\n\n") if part not in known]
    new.sort(key=lambda part: not part.startswith("**"))  # what the bot says first, in bold
    said = first_sentence("\n\n".join(new) if new else news.comment.body)
    yield f"{person(news.who)} edits its comment: {said}", _CALM


@lines_of.register
def _(news: Labelled) -> Iterator[Line]:
    said = [_labels("adds", news.added), _labels("removes", news.removed)]
    yield f"{person(news.who)} {' and '.join(filter(None, said))}", _SOFT


@lines_of.register
def _(news: Checked) -> Iterator[Line]:
    mark, style = _check_mark(news.check)
    yield f"{mark} check {shown(news.check.name)}: {shown(news.check.title)}", style
    weighty = [one for one in news.check.annotations if one.level != "notice"]
    for annotation in weighty[:_MOST_LINES]:
        yield _marked(annotation), style


@lines_of.register
def _(news: RunStarted) -> Iterator[Line]:
    yield f"▶ workflow {shown(news.run.workflow)} ({shown(news.run.event)})", _SOFT


@lines_of.register
def _(news: RunEnded) -> Iterator[Line]:
    how = news.run.conclusion or "ended"
    mark, style = _MARKS.get(how, ("■", _SOFT))
    told = "" if how == "success" else f" {shown(how)},"
    yield f"{mark} workflow {shown(news.run.workflow)}{told} {news.seconds:.0f} s", style


@lines_of.register
def _(news: JobEnded) -> Iterator[Line]:
    how = news.job.conclusion or "ended"
    mark, style = _MARKS.get(how, ("■", _SOFT))
    told = "" if how == "success" else f" {shown(how)},"
    name = f"{shown(news.run.workflow)}: {shown(news.job.name)}"
    yield f"  {mark} {name},{told} {news.seconds:.0f} s", _SOFT if how == "success" else style


@lines_of.register
def _(news: Logged) -> Iterator[Line]:
    yield f"    {shown(news.line, _LONGEST)}", _SOFT


@lines_of.register
def _(news: Merged) -> Iterator[Line]:
    yield f"{person(news.who)} merges pull request #{news.pull.number}", _GOOD


@lines_of.register
def _(news: Closed) -> Iterator[Line]:
    yield f"pull request #{news.pull.number} is closed", _BAD


@lines_of.register
def _(news: Committed) -> Iterator[Line]:
    said = news.commit.message.partition("\n")[0]
    yield f"{person(news.who)} commits to the default branch: {shown(said, _LONGEST)}", _GOOD
    yield from _files(news.commit.files)


@lines_of.register
def _(news: Proposed) -> Iterator[Line]:
    one = news.proposal
    about = f"on {shown(one.model)}: {shown(one.title)}"
    yield f"{person(news.who)} opens pull request #{one.number} on the Hub, {about}", _GOOD
    yield from _files(one.files)


@lines_of.register
def _(news: ProposalChanged) -> Iterator[Line]:
    yield f"{person(news.who)} updates pull request #{news.proposal.number} on the Hub", _CALM


@lines_of.register
def _(news: ProposalEnded) -> Iterator[Line]:
    verb = "merges" if news.proposal.status == "merged" else "closes"
    yield f"{person(news.who)} {verb} pull request #{news.proposal.number} on the Hub", _GOOD


@lines_of.register
def _(news: Printed) -> Iterator[Line]:
    yield f"$ {shown(news.command, _LONGEST)}", _CALM
    lines = news.text.strip().splitlines()
    for line in lines[:_MOST_LINES]:
        yield f"  {shown(line, _LONGEST)}", ""
    if len(lines) > _MOST_LINES:
        yield f"  … {len(lines) - _MOST_LINES} more lines", _SOFT


def _check_mark(check: Check) -> tuple[str, str]:
    if check.conclusion is None:
        return "○", _SOFT
    return _MARKS.get(check.conclusion, ("■", _SOFT))


def _marked(one: Annotation) -> str:
    file = one.path.rpartition("/")[2]
    level = _LEVELS.get(one.level, one.level)
    said = shown(one.message.partition("\n")[0], _LONGEST)
    return f"  {level} on line {one.line} of {shown(file)}: {said}"


def _files(files: tuple[FileChange, ...]) -> Iterator[Line]:
    for file in files[:_MOST_FILES]:
        mark = "+" if file.before is None else "-" if file.after is None else "~"
        yield f"  {mark} {shown(file.path, _LONGEST)}", _SOFT
    if len(files) > _MOST_FILES:
        yield f"  … {len(files) - _MOST_FILES} more files", _SOFT


def _labels(verb: str, labels: tuple[Label, ...]) -> str:
    named = ", ".join(shown(label.name) for label in labels)
    return f"{verb} the label{'s' if len(labels) > 1 else ''} {named}" if labels else ""
