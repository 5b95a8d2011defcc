"""Put the comment, the card and every file to be published on one page that needs nothing but itself."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from bot.card.card import CHART
from bot.card.readme import CannotReadReadme, read_readme
from bot.how_measured import size
from bot.page.safe_html import data_uri, safe_html
from bot.sentences import Verdict

FOLDER = Path(__file__).parent
README = "README.md"
MAX_RENDERED = (
    300_000  # characters of the card: no honest one is longer, a hostile one takes minutes
)
MAX_SHOWN = 200_000  # characters of one file
MAX_SHOWN_TOGETHER = 8_000_000  # characters of all files


@dataclass(frozen=True)
class ShownFile:
    """A file to be published, as far as a page can show it."""

    path: str
    size: str
    image: str | None
    text: str
    remark: str


def render_page(
    *,
    title: str,
    verdict: Verdict,
    comment: str,
    files: Mapping[str, bytes],
    notes: Sequence[str] = (),
    curves: bytes | None = None,
) -> str:
    """The page as HTML.

    `files` maps each path in the model's Hub repository to its content; `notes` are plain sentences;
    `curves` is a PNG of how training went, where there was any.
    Nothing in the arguments is trusted: all of it is sanitised or escaped, and the page runs no script.
    """
    style = (FOLDER / "page.css").read_text(encoding="utf-8")
    front_matter, card, remark = _card(files)
    return _template().render(
        title=title,
        verdict=verdict,
        style=Markup(style),  # noqa: S704 - our own file
        style_digest=b64encode(sha256(style.encode()).digest()).decode(),
        comment=safe_html(comment, {}),
        notes=[*notes, *([remark] if remark else [])],
        front_matter=front_matter,
        card=card,
        chart=data_uri(CHART, files[CHART]) if CHART in files else None,
        curves=data_uri("curves.png", curves) if curves else None,
        files=list(_shown(files)),
        total=size(sum(map(len, files.values()))),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2")


def _card(files: Mapping[str, bytes]) -> tuple[str, Markup | None, str]:
    """The README's front matter, its body as the Hub shows it, and what is wrong with it."""
    if README not in files:
        return "", None, ""
    try:
        readme = read_readme(files[README])
    except CannotReadReadme as error:
        return "", None, error.message
    remark = readme.problem
    if len(readme.body) > MAX_RENDERED:
        remark = f"Only the first {MAX_RENDERED:,} characters of the README are rendered below."
    return readme.yaml, safe_html(readme.body[:MAX_RENDERED], files), remark


def _shown(files: Mapping[str, bytes]) -> Iterator[ShownFile]:
    room = MAX_SHOWN_TOGETHER
    for path in sorted(files, key=lambda path: (path != README, path)):
        content = files[path]
        image = data_uri(path, content)
        text, remark = ("", "") if image else _text(content, min(room, MAX_SHOWN))
        room -= len(text)
        yield ShownFile(path, size(len(content)), image, text, remark)


def _text(content: bytes, limit: int) -> tuple[str, str]:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return "", f"Not text; sha256 {sha256(content).hexdigest()}"
    if len(text) <= limit:
        return text, ""
    return text[:limit], f"Only the first {limit:,} of {len(text):,} characters are shown."
