"""Nothing that came from outside acts in what the bot says."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.markdown import code, details, fenced, table

GFM = MarkdownIt("gfm-like", {"linkify": False})
HOSTILE = [
    "@everyone | <script>alert(1)</script>",
    "#1 and owner/repo#2 and GH-3",
    "https://evil.example www.evil.example a@b.example",
    "```` ` ``",
    "`",
    "``",
    " ` ",
    "</details></td>",
    "![x](https://evil.example/x.png) [y](javascript:z)",
    "\\`\\",
    "a\\|b|c\\",
    "~~~",
    "$x$",
    "&lt;&#64;",
    "<!--",
]


def shown_by(markdown):
    """What the inline code of a one-paragraph document holds, and nothing else may stand beside it."""
    tokens = GFM.parse(markdown)
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    (child,) = tokens[1].children
    assert child.type == "code_inline"
    return child.content


@pytest.mark.parametrize("text", HOSTILE)
def test_code_shows_exactly_what_it_was_given_and_nothing_acts(text):
    assert shown_by(code(text)) == text


@given(st.text(alphabet=st.sampled_from("`|\\ <>@#&*_[]()!~$a\n\u202e\u200b"), min_size=1))
def test_code_holds_any_text_as_one_span(text):
    visible = re.sub("[\n\u202e\u200b]", "\ufffd", text)
    if visible.strip():
        assert shown_by(code(text)) == visible
    else:
        assert code(text) == "(empty)"


@given(st.text(alphabet=st.sampled_from("`|\\ <a\n"), min_size=1))
def test_a_cell_of_code_stays_one_cell(text):
    (inline,) = [
        token
        for token in GFM.parse(table(["a", "b"], [[code(text), "end"]]))
        if token.type == "inline" and token.content not in {"a", "b", "end"}
    ]
    if code(text) != "(empty)":
        (child,) = inline.children
        assert child.content.strip() == text.replace("\n", "\ufffd").strip()


@pytest.mark.parametrize(
    "character",
    ["\u202e", "\u200b", "\u2066", "\ufeff", "\0", "\x1b", "\u3164", "\u2028", "\ufe0f"],
)
def test_characters_that_hide_or_reorder_text_are_made_visible(character):
    assert code(f"a{character}b") == "`a\ufffdb`"
    assert "a\ufffdb" in fenced(f"a{character}b")


def test_code_is_cut_at_its_limit():
    assert code("x" * 500, limit=10) == "`xxxxxxxxx…`"
    assert len(code("`" * 10**6)) <= 3 * 200 + 4


@pytest.mark.parametrize("text", [*HOSTILE, "two\nlines\r\nthree", "```\n@everyone\n```", "~~~~"])
def test_fenced_text_stays_in_its_block(text):
    tokens = GFM.parse(fenced(text) + "\n\nafter")
    assert [token.type for token in tokens][:2] == ["fence", "paragraph_open"]
    assert tokens[0].content == text.replace("\r\n", "\n") + "\n"


def test_a_table_reads_as_one_table():
    assert (
        table(["task", "score"], [["a | b", "1.00"], ["two\nlines", "-2.00"]], ["left", "right"])
        == """\
| task | score |
| :-- | --: |
| a \\| b | 1.00 |
| two lines | -2.00 |"""
    )


def test_the_body_of_a_folded_block_is_markdown_again():
    assert (
        details("Means <by> type", "| a |\n| :-- |")
        == """\
<details>
<summary>Means &lt;by&gt; type</summary>

| a |
| :-- |

</details>"""
    )
