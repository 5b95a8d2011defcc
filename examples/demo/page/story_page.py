"""The story as HTML: one file, no script, nothing fetched; light and dark, wide and narrow."""

import re
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from zlib import crc32

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.page import page as preview_page
from examples.demo.narration import elapsed
from examples.demo.news import Labelled, Proposed, RunEnded, Story
from examples.demo.page.panels import Panels
from examples.demo.things import Label

FOLDER = Path(__file__).parent
_COLOUR = re.compile(r"[0-9a-f]{6}")
_AVATARS = 6


def render_story(story: Story) -> str:
    """The page. Nothing in the story is trusted: all of it is sanitised or escaped."""
    style = "\n".join(
        [
            (preview_page.FOLDER / "page.css").read_text(encoding="utf-8"),
            *(part.read_text(encoding="utf-8") for part in sorted(FOLDER.glob("*.css"))),
            *_label_styles(story),
        ]
    )
    panels = Panels(_anchors(story))
    return _environment().get_template("page.html.j2").render(
        story=story,
        pull=story.pull,
        acts=[(act, elapsed(act.at), panels.of_act(act)) for act in story.acts],
        duration=elapsed(story.seconds),
        style=Markup(style),  # noqa: S704 - our own files, and colours that are six hex digits
        style_digest=b64encode(sha256(style.encode()).digest()).decode(),
    )  # fmt: skip


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["avatar"] = lambda login: crc32(login.encode()) % _AVATARS
    environment.filters["initials"] = _initials
    environment.filters["person"] = lambda login: login.removesuffix("[bot]")
    environment.filters["colour"] = _colour
    return environment


def _initials(login: str) -> str:
    """`AN` for ann, `GA` for github-actions[bot]."""
    words = [word for word in re.split(r"[-_. ]", login.removesuffix("[bot]")) if word]
    short = "".join(word[0] for word in words) if len(words) > 1 else "".join(words)
    return short[:2].upper()


def _anchors(story: Story) -> frozenset[str]:
    """The places of the page that links in comments may lead to."""
    everything = [news for act in story.acts for news in act.news]
    runs = {f"run-{news.run.id}" for news in everything if isinstance(news, RunEnded)}
    proposals = {f"hub-{x.proposal.number}" for x in everything if isinstance(x, Proposed)}
    return frozenset(runs | proposals | {f"pull-{story.pull.number}"})


def _colour(label: Label) -> str:
    """The label's colour as it may stand in a style sheet."""
    colour = label.colour.lower()
    return colour if _COLOUR.fullmatch(colour) else "ededed"


def _label_styles(story: Story) -> Iterator[str]:
    """A rule for each colour, as the page allows no style beside its sheet."""
    labels = [
        label
        for act in story.acts
        for news in act.news
        if isinstance(news, Labelled)
        for label in (*news.added, *news.removed)
    ]
    for colour in sorted({_colour(label) for label in (*labels, *story.pull.labels)}):
        red, green, blue = bytes.fromhex(colour)
        light = 0.299 * red + 0.587 * green + 0.114 * blue > 150  # noqa: PLR2004 -- of 255
        yield f".label-{colour} {{ --hue: #{colour}; --on: {'#1c2330' if light else '#fff'}; }}"
