"""What the page shows of each event: the events of an act become panels, each drawn by a template of its name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import singledispatchmethod
from typing import Any

from bot.card.block import blocks_in
from bot.card.readme import CannotReadReadme, read_readme
from examples.demo.narration import elapsed
from examples.demo.news import (
    Act,
    Checked,
    Closed,
    Commented,
    Committed,
    Edited,
    Labelled,
    Merged,
    News,
    Printed,
    ProposalChanged,
    ProposalEnded,
    Proposed,
    PullOpened,
    Pushed,
)
from examples.demo.page.file_views import annotated_files, changed_files
from examples.demo.page.github_html import github_html
from examples.demo.page.worth_showing import Log, Progress, Runs, new_parts, worth_showing
from examples.demo.things import Annotation, FileChange, Proposal

README = "README.md"
_LONGEST_TEXT = 20_000
_LONG = 3_000  # characters of what an author wrote: from there on it is folded


@dataclass(frozen=True)
class Panel:
    """A template's name and what it shows; who did it, and when."""

    kind: str
    who: str
    time: str
    shows: Mapping[str, Any] = field(default_factory=dict)


class Panels:
    """Makes the panels; `anchors` are the places of the page that a link may lead to.

    Remarks on lines are shown once, not with every change of a check that keeps them.
    """

    def __init__(self, anchors: frozenset[str]) -> None:
        self._anchors = anchors
        self._marked: dict[str, tuple[Annotation, ...]] = {}  # check's name → what was shown of it

    def of_act(self, act: Act) -> list[Panel]:
        """The panels of an act, in the order of what happened."""
        return [panel for news in worth_showing(act.news) for panel in self._of(news)]

    @singledispatchmethod
    def _of(self, news: News) -> Iterator[Panel]:
        raise TypeError(type(news))

    @_of.register
    def _(self, news: PullOpened) -> Iterator[Panel]:
        yield _panel("comment", news, body=self._html(news.pull.body), verb="opened this", note="")
        yield _panel(
            "commits",
            news,
            commits=news.pull.commits,
            files=changed_files(news.pull.files),
            folded=True,
        )

    @_of.register
    def _(self, news: Pushed) -> Iterator[Panel]:
        yield _panel(
            "commits", news, commits=news.commits, files=changed_files(news.files), folded=False
        )

    @_of.register
    def _(self, news: Commented) -> Iterator[Panel]:
        yield _panel("comment", news, body=self._html(news.comment.body), verb="commented", note="")

    @_of.register
    def _(self, news: Edited) -> Iterator[Panel]:
        new = new_parts(news.before, news.comment.body)
        if new is None:
            body, note = news.comment.body, ""
        else:
            body, note = new, "the rest stays as it was"
        yield _panel("comment", news, body=self._html(body), verb="edited this comment", note=note)

    @_of.register
    def _(self, news: Labelled) -> Iterator[Panel]:
        yield _panel("labels", news, added=news.added, removed=news.removed)

    @_of.register
    def _(self, news: Checked) -> Iterator[Panel]:
        check = news.check
        again = self._marked.get(check.name, ()) == check.annotations
        files = [] if again else annotated_files(news.files, check.annotations)
        self._marked[check.name] = check.annotations
        yield _panel("check", news, check=check, summary=self._html(check.summary), files=files)

    @_of.register
    def _(self, news: Progress) -> Iterator[Panel]:
        yield _panel("progress", news, text=news.text)

    @_of.register
    def _(self, news: Runs) -> Iterator[Panel]:
        yield _panel("runs", news, runs=news.runs)

    @_of.register
    def _(self, news: Log) -> Iterator[Panel]:
        text = "\n".join(news.lines)[:_LONGEST_TEXT]
        yield _panel("printed", news, command=news.job, text=text)

    @_of.register
    def _(self, news: Merged) -> Iterator[Panel]:
        yield _panel("ended", news, verb="merged", what="this pull request into the default branch")

    @_of.register
    def _(self, news: Closed) -> Iterator[Panel]:
        yield _panel("ended", news, verb="closed", what="this pull request")

    @_of.register
    def _(self, news: Committed) -> Iterator[Panel]:
        files = changed_files(news.commit.files)
        yield _panel("commits", news, commits=(news.commit,), files=files, folded=True)

    @_of.register
    def _(self, news: Proposed) -> Iterator[Panel]:
        yield self._proposal(news, news.proposal, "opened")

    @_of.register
    def _(self, news: ProposalChanged) -> Iterator[Panel]:
        yield self._proposal(news, news.proposal, "updated")

    @_of.register
    def _(self, news: ProposalEnded) -> Iterator[Panel]:
        proposal = news.proposal
        what = f"the pull request #{proposal.number} of {proposal.model}"
        yield _panel("ended", news, verb=proposal.status, what=what)
        if proposal.status == "merged":
            yield _panel("card", news, model=proposal.model, **self._card(proposal.files))

    @_of.register
    def _(self, news: Printed) -> Iterator[Panel]:
        yield _panel("printed", news, command=news.command, text=news.text[:_LONGEST_TEXT])

    def _proposal(self, news: News, proposal: Proposal, verb: str) -> Panel:
        description = proposal.comments[0] if proposal.comments else ""
        return _panel(
            "proposal",
            news,
            proposal=proposal,
            verb=verb,
            description=self._html(description),
            comments=[self._html(text) for text in proposal.comments[1:]],
            files=sorted(changed_files(proposal.files), key=lambda file: file.path != README),
        )

    def _card(self, files: Sequence[FileChange]) -> dict[str, Any]:
        content = {file.path: file.after for file in files if file.after is not None}
        if README not in content:
            return {"front_matter": "", "parts": [], "remark": "The card was not changed."}
        try:
            readme = read_readme(content[README])
        except CannotReadReadme as error:
            return {"front_matter": "", "parts": [], "remark": error.message}
        blocks = blocks_in(readme.body)
        ours = blocks[0] if blocks else ""
        before, _, after = readme.body.partition(ours) if ours else (readme.body, "", "")
        parts = [
            (len(text) > _LONG and text is not ours, github_html(text, self._anchors, content))
            for text in (before, ours, after)
            if text.strip()
        ]
        return {"front_matter": readme.yaml, "parts": parts, "remark": readme.problem}

    def _html(self, markdown: str) -> str:
        return github_html(markdown, self._anchors)


def _panel(kind: str, news: News, **shows: Any) -> Panel:
    return Panel(kind, news.who, elapsed(news.at), shows)
