"""Markdown of anyone to HTML that cannot act: rendered and sanitised much as GitHub and the Hub do."""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from html import escape, unescape
from posixpath import normpath
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

IMAGE_TYPES = {
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
_TAGS = frozenset(
    [
        "a",
        "b",
        "blockquote",
        "br",
        "caption",
        "code",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "ol",
        "p",
        "picture",
        "pre",
        "q",
        "s",
        "samp",
        "source",
        "span",
        "strike",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "tt",
        "ul",
        "var",
    ]
)
_IMAGE = re.compile(r'<img(?: [a-z]+="[^"]*")*>')  # as nh3 writes it
_ATTRIBUTES = {
    "a": {"href", "title"},
    "details": {"open"},
    "div": {"align"},
    "img": {"alt", "align", "height", "src", "title", "width"},
    "ol": {"start"},
    "p": {"align"},
    "source": {"media", "srcset"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan"},
}


def safe_html(markdown: str, files: Mapping[str, bytes]) -> Markup:
    """HTML of `markdown` without scripts, styles, forms or anything fetched from elsewhere.

    Images that name one of `files` are put into the page; every other image is reduced to its alternative text.
    """
    clean = nh3.clean(
        _markdown().render(markdown),
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute_filter(files),
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(_IMAGE.sub(_without_source, clean))  # noqa: S704 - sanitised above


def data_uri(path: str, content: bytes) -> str | None:
    """The image file as an address that carries it; None for other files."""
    suffix = f".{path.rpartition('.')[2].lower()}"
    kind = IMAGE_TYPES.get(suffix)
    return f"data:{kind};base64,{b64encode(content).decode()}" if kind else None


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    for cell in ("th_open", "td_open"):
        markdown.add_render_rule(cell, _aligned)
    return markdown


def _aligned(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """A table cell whose alignment is an attribute, as GitHub writes it: the page allows no inline style."""
    style = tokens[index].attrs.pop("style", "")
    if side := str(style).removeprefix("text-align:"):
        tokens[index].attrSet("align", side)
    return renderer.renderToken(tokens, index, options, env)


def _without_source(image: re.Match[str]) -> str:
    """An image that lost its source as its alternative text: a browser would draw a broken one."""
    if ' src="' in image[0]:
        return image[0]
    alt = re.search(r' alt="([^"]*)"', image[0])
    return (
        f'<span class="not-shown">image: {escape(unescape(alt[1])) if alt else "not shown"}</span>'
    )


def _attribute_filter(files: Mapping[str, bytes]) -> Callable[[str, str, str], str | None]:
    def keep(element: str, attribute: str, value: str) -> str | None:
        if (element, attribute) in {("img", "src"), ("source", "srcset")}:
            path = normpath(unquote(value.partition("?")[0]))
            return data_uri(path, files[path]) if path in files else None
        if (element, attribute) == ("a", "href"):
            return value if value.startswith(("https://", "http://", "mailto:")) else None
        return value

    return keep
