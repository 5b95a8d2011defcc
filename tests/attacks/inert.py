"""What a text would do on GitHub beside being read: mention, link, show an image, carry a tag."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from markdown_it import MarkdownIt

_GFM = MarkdownIt("gfm-like", {"linkify": False})
_OURS = re.compile(
    r"</?details>|<summary>[A-Za-z0-9 ,.:()]+</summary>|</?sub>|<!-- mteb-bot \{[^>]*\} -->|\s"
)
_ACTS = re.compile(r"@\w|(?<![\w`])#\d|https?://|www\.|\b[0-9a-f]{40}\b")


def deeds_of(markdown: str, allowed: Sequence[str] = ()) -> list[str]:
    """What acts in it; `allowed` are addresses and commits that the bot itself shows."""
    found = []
    for kind, whole in _outside_code(_GFM.parse(markdown)):
        text = whole
        for word in allowed:
            text = text.replace(word, "")
        if kind == "image" or (kind in {"html_block", "html_inline"} and _OURS.sub("", text)):
            found.append(f"{kind} {text}")
        elif kind == "link_open" and text:
            found.append(f"link {text}")
        elif kind in {"text", "inline"} and _ACTS.search(text):
            found.append(text)
    return found


def _outside_code(tokens: Sequence[Any]) -> Iterator[tuple[str, str]]:
    for token in tokens:
        if token.type in {"code_inline", "fence", "code_block"}:
            continue
        if token.type == "link_open":
            yield token.type, str(token.attrs.get("href", ""))
        elif not token.children:
            yield token.type, token.content
        yield from _outside_code(token.children or [])
