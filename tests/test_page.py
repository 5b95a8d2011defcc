"""The page shows everything the bot would say and publish, from one file, and nothing in it acts."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from made import HOSTILE, outcome, report

from bot.comment import comment_on_report
from bot.page import page as page_module
from bot.page.page import render_page
from bot.page.safe_html import safe_html
from bot.sentences import Verdict
from bot.verdict import report_verdict

PNG = b"\x89PNG\r\n\x1a\n fake"
README = b"""---
license: mit
model-index:
- name: org/name
---
# A model

![Chart](mteb_results/radar.png "scores")

| task | score |
| :-- | --: |
| `A` | 50.00 |
"""
FILES = {
    "README.md": README,
    "mteb_results/radar.png": PNG,
    "mteb_results/A.json": b'{"main_score": 0.5, "note": "</pre><script>alert(1)</script>"}',
    ".eval_results/a.yaml": b"- value: 50.0\n",
    "weights.bin": b"\xff\xfe\x00",
}


def rendered(**changes):
    run = report(outcome("TaskA", 0.5))
    arguments = {
        "title": "org/name",
        "verdict": report_verdict(run),
        "comment": comment_on_report(run),
        "files": FILES,
        "notes": ["The README had no front matter; it has now."],
    }
    return render_page(**{**arguments, **changes})


class Elements(HTMLParser):
    """Every element with its attributes, and all visible text."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def attributes(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def test_the_page_shows_verdict_comment_card_files_and_notes():
    page = Elements(rendered())
    for shown in (
        "org/name",
        "measured",
        "The task has its score: 50.00 points.",
        "The README had no front matter; it has now.",
        "A model",
        "license: mit",
        "mteb_results/A.json",
        '"main_score": 0.5',
        "5 files",
        "How it was measured",
    ):
        assert shown in page.text


def test_an_image_of_the_card_is_put_into_the_page():
    uri = f"data:image/png;base64,{b64encode(PNG).decode()}"
    assert [image["src"] for image in Elements(rendered()).attributes("img")] == [uri, uri, uri]


def test_the_page_asks_nothing_of_the_network():
    page = Elements(rendered())
    for tag, attributes in page.elements:
        assert tag not in {"script", "link", "iframe", "object", "embed", "form", "base"}
        for name in ("src", "srcset", "style", "action"):
            assert attributes.get(name, "data:").startswith("data:")


def test_the_policy_of_the_page_allows_its_own_style_and_images_in_it_alone():
    html = rendered()
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)[1]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    (policy,) = [
        meta["content"]
        for meta in Elements(html).attributes("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert " style=" not in html


@pytest.mark.parametrize("where", ["title", "note", "badge", "path", "content", "front matter"])
def test_hostile_text_is_shown_and_does_not_act(where):
    hostile = f"{HOSTILE}</pre></style></title><script>alert(2)</script><img src=x onerror=y>"
    html = {
        "title": lambda: rendered(title=hostile),
        "note": lambda: rendered(notes=[hostile]),
        "badge": lambda: rendered(verdict=Verdict("bad", hostile, "x")),
        "path": lambda: rendered(files={hostile: b"x"}),
        "content": lambda: rendered(files={"a.txt": hostile.encode()}),
        "front matter": lambda: rendered(
            files={"README.md": b"---\nx: " + hostile.encode() + b"\n---\n"}
        ),
    }[where]()
    page = Elements(html)
    assert not page.attributes("script")
    assert not [image for image in page.attributes("img") if image.get("src") == "x"]
    assert not any("onerror" in attributes for _, attributes in page.elements)
    if where != "front matter":
        assert "alert(2)" in page.text


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("<script>alert(1)</script>", ""),
        ('<b onclick="x">bold</b>', "<p><b>bold</b></p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ('<a href="javascript:x">x</a>', '<p><a rel="noopener noreferrer nofollow">x</a></p>'),
        ('<a href="//evil/x">x</a>', '<p><a rel="noopener noreferrer nofollow">x</a></p>'),
        (
            "[x](https://example.org)",
            '<p><a href="https://example.org" rel="noopener noreferrer nofollow">x</a></p>',
        ),
        (
            '![a "q" > b](https://evil.example/track.png)',
            '<p><span class="not-shown">image: a &quot;q&quot; &gt; b</span></p>',
        ),
        (
            '<img src="data:image/svg+xml,x">',
            '<span class="not-shown">image: not shown</span>',
        ),
        ('<p style="position:fixed">x</p>', "<p>x</p>"),
        ('<iframe src="https://evil.example"></iframe>x', "x"),
        ("<style>*{}</style>x", "x"),
        ("<form><input>x</form>", "x"),
        ("~~gone~~", "<p><s>gone</s></p>"),
        ("<!-- mteb -->", ""),
    ],
)
def test_markdown_of_anyone_becomes_harmless_html(markdown, html):
    assert str(safe_html(markdown, {})).strip() == html


def test_a_picture_for_dark_screens_comes_from_the_files_too():
    html = safe_html(
        '<picture><source media="(prefers-color-scheme: dark)" srcset="./dark.svg"><img src="light.svg" alt="x"></picture>',
        {"dark.svg": b"<svg/>", "light.svg": b"<svg />"},
    )
    assert html.count("data:image/svg+xml;base64,") == 2


def test_only_the_files_of_the_card_are_reachable():
    assert "data:" not in safe_html("![x](../../etc/passwd.png)", {"a.png": PNG})


def test_alignment_of_a_table_needs_no_style():
    html = str(safe_html("| a | b |\n| :-- | --: |\n| 1 | 2 |", {}))
    assert '<td align="right">2</td>' in html
    assert "style" not in html


def test_long_files_are_cut_and_the_page_says_so(monkeypatch):
    monkeypatch.setattr(page_module, "MAX_SHOWN", 10)
    text = Elements(rendered(files={"a.txt": b"0123456789abcdef"})).text
    assert "abcdef" not in text
    assert "Only the first 10 of 16 characters are shown." in text


def test_a_file_that_is_no_text_is_named_by_its_digest():
    digest = sha256(FILES["weights.bin"]).hexdigest()
    assert f"Not text; sha256 {digest}" in Elements(rendered()).text


def test_a_readme_that_cannot_be_read_is_a_note():
    assert "is not UTF-8" in Elements(rendered(files={"README.md": b"# \xff"})).text


def test_a_readme_too_long_to_render_is_cut_and_the_page_says_so(monkeypatch):
    monkeypatch.setattr(page_module, "MAX_RENDERED", 20)
    text = Elements(rendered()).text
    assert "Only the first 20 characters of the README are rendered" in text


def test_without_a_card_the_page_is_the_comment():
    page = Elements(rendered(files={}, notes=()))
    assert {anchor["href"] for anchor in page.attributes("a")} == {"#comment"}
