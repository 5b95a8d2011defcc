"""Markdown as GitHub shows it: sanitised first, then alerts, task lists, short SHAs, and no link to a service that is gone."""

import re
from collections.abc import Mapping

from markupsafe import Markup

from bot.page.safe_html import safe_html

_LOCAL_LINK = re.compile(r'<a href="http://(?:127\.0\.0\.1|localhost)(?::\d+)?(/[^"]*)?"[^>]*>')
_PLACES = (
    (re.compile(r"/[^/]+/[^/]+/discussions/(\d+).*"), "hub-{}"),
    (re.compile(r"/[^/]+/[^/]+/actions/runs/(\d+).*"), "run-{}"),
    (re.compile(r"/[^/]+/[^/]+/pull/(\d+).*"), "pull-{}"),
)
_ALERT = re.compile(
    r"<blockquote>\s*<p>\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*(?:<br>)?\s*(</p>\s*<p>)?"
)
_TASK = re.compile(r"<li>(\s*(?:<p>)?)\[([ xX])\] ")
_SHA = re.compile(r"<(code|pre|a)\b.*?</\1>|<[^>]*>|\b([0-9a-f]{40})\b", re.DOTALL)


def github_html(
    markdown: str, anchors: frozenset[str] = frozenset(), files: Mapping[str, bytes] | None = None
) -> Markup:
    """HTML that cannot act and fetches nothing; what is added to it afterwards is ours.

    `anchors` are the places of the page; a link to a local service leads to its place here, if it has one.
    `files` are the images that may be shown, by path.
    """
    html = str(safe_html(markdown, files or {}))
    html = _LOCAL_LINK.sub(lambda found: _kept_link(found[1] or "", anchors), html)
    html = _ALERT.sub(_alert, html)
    html = _TASK.sub(_task, html)
    return Markup(_SHA.sub(_short, html))  # noqa: S704 - sanitised above


def _kept_link(path: str, anchors: frozenset[str]) -> str:
    for pattern, name in _PLACES:
        found = pattern.fullmatch(path)
        if found and (anchor := name.format(found[1])) in anchors:
            return f'<a href="#{anchor}">'
    return "<a>"


def _alert(found: re.Match[str]) -> str:
    kind = found[1].lower()
    return f'<blockquote class="alert {kind}"><p class="alert-title">{kind.title()}</p><p>'


def _task(found: re.Match[str]) -> str:
    done = found[2] != " "
    state = '<span class="box done">done:</span>' if done else '<span class="box">to do:</span>'
    return f'<li class="task">{found[1]}{state} '


def _short(found: re.Match[str]) -> str:
    return f"<code>{found[2][:7]}</code>" if found[2] else found[0]
