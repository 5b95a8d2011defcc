"""The block in a README's body replaces itself and nothing else."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.card.block import BEGIN, END, with_block

BLOCK = f"{BEGIN}\n\nnew\n\n{END}"


def placed(body, content="new", **more):
    return with_block(body, content, "\n", **more).body


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", f"{BLOCK}\n"),
        ("text", f"text\n\n{BLOCK}\n"),
        ("text\n", f"text\n\n{BLOCK}\n"),
        ("text\n\n", f"text\n\n{BLOCK}\n"),
        ("text\n   ", f"text\n   \n{BLOCK}\n"),
        ("text\r", f"text\r\r{BLOCK}\n"),
        ("text\n \t\n", f"text\n \t\n{BLOCK}\n"),
        ("- item\n  - item", f"- item\n  - item\n\n{BLOCK}\n"),
        ("<div>\nopen", f"<div>\nopen\n\n{BLOCK}\n"),
        ("text\n---\n", f"text\n---\n\n{BLOCK}\n"),
    ],
)
def test_a_missing_block_is_added_at_the_end(body, expected):
    assert placed(body) == expected


@pytest.mark.parametrize(
    "around", ["{}", "before\n\n{}\n\nafter", "{}\n\nafter\n", "a\n{}\nb", "  {}  \n"]
)
def test_a_block_is_replaced_where_it_stands(around):
    old = f"{BEGIN}\nold\n```\ncode\n```\n<b>\n{END}"
    assert placed(around.format(old)) == around.format(BLOCK)


def test_newlines_inside_the_block_are_the_readme_s_own():
    body = with_block("text\r\n", "one\ntwo", "\r\n").body
    assert body == f"text\r\n\r\n{BEGIN}\r\n\r\none\r\ntwo\r\n\r\n{END}\r\n"


@pytest.mark.parametrize(
    "body",
    [
        f"```html\n{BEGIN}\n\nexample\n\n{END}\n```\n",
        f"~~~~\n```\n{BEGIN}\n{END}\n~~~\n~~~~\n",
        f"    {BEGIN}\n    {END}\n",
        f"- item\n\n  {BEGIN}\n\n  {END}\n",
        f"> {BEGIN}\n>\n> {END}\n",
        f"The markers `{BEGIN}` and `{END}`.\n",
        f"text {BEGIN}\n\n{END} text\n",
        f"<pre>\n{BEGIN}\n{END}\n</pre>\n",
    ],
)
def test_markers_that_only_talk_about_the_block_are_left_alone(body):
    result = with_block(body, "new", "\n")
    assert result.body == f"{body}\n{BLOCK}\n"
    assert result.notes == ()
    assert placed(result.body) == result.body


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (f"one\n\n{BEGIN}\nold table\n\nmine\n", 3),
        (f"one\n\n{END}\n\nmine\n", 3),
    ],
)
def test_a_marker_without_its_other_half_takes_no_text_with_it(body, line):
    result = with_block(body, "new", "\n", first_line=11)
    assert result.body == f"{body}\n{BLOCK}\n"
    (note,) = result.notes
    assert note.startswith(f"README.md line {10 + line}: the marker")
    assert placed(result.body) == result.body


def test_many_lone_markers_are_told_of_in_few_notes():
    result = with_block(f"{END}\n\n" * 10_000, "new", "\n", first_line=4)
    lines = [note.partition(":")[0] for note in result.notes[:5]]
    assert lines == [f"README.md line {line}" for line in (4, 6, 8, 10, 12)]
    assert result.notes[5:] == ("And 9,995 more markers without the other half.",)


def test_an_end_before_a_begin_is_no_block():
    body = f"{END}\n\nmine\n\n{BEGIN}\n"
    result = with_block(body, "new", "\n")
    assert result.body == f"{body}\n{BLOCK}\n"
    assert len(result.notes) == 2
    assert placed(result.body) == result.body


def test_of_two_blocks_the_first_stays_and_the_text_between_them_too():
    old = f"{BEGIN}\nold\n{END}"
    result = with_block(f"a\n\n{old}\n\nmine\n\n{old}\n\nend\n", "new", "\n")
    assert result.body == f"a\n\n{BLOCK}\n\nmine\n\n\nend\n"
    assert result.notes == (
        "The README held 2 result blocks; the first was updated, the others removed.",
    )


def test_a_begin_that_is_repeated_before_the_end_keeps_what_stands_between():
    result = with_block(f"{BEGIN}\n\nmine\n\n{BEGIN}\nold\n{END}\n", "new", "\n")
    assert result.body == f"{BEGIN}\n\nmine\n\n{BLOCK}\n"


@pytest.mark.parametrize(
    "unclosed", ["```python\ncode\n", "text\n~~~\n", "<script>\nlet x\n", "<?php\n"]
)
def test_a_readme_that_ends_inside_code_gets_the_block_at_its_top(unclosed):
    result = with_block(unclosed, "new", "\n")
    assert result.body == f"{BLOCK}\n\n{unclosed}"
    assert "unclosed" in result.notes[0]
    assert placed(result.body) == result.body


def test_where_the_block_may_not_lead_the_readme_is_left():
    result = with_block("---\nlanguage: en\n```\n", "new", "\n", may_lead=False)
    assert result.body == "---\nlanguage: en\n```\n"
    assert "results were not added" in result.notes[0]


def test_a_tag_next_to_a_marker_does_not_hide_it():
    assert placed(f"<details>\n{BEGIN}\n\nold\n</details>\n{END}\n</details>\n") == (
        f"<details>\n{BLOCK}\n</details>\n"
    )


PIECES = st.sampled_from(
    ["word", " ", "    ", "\n", "\n\n", "\r\n", "\r", "```", "~~~", "- ", "> ", "<div>", "</div>", "<!--", "-->",
     "<pre>", "---", "# ", "\u2028", "\x85", "\x0c", "é", "\t", "<script>", "|a|b|", BEGIN, END]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30).map("".join))
@example(f"<!--\n{BEGIN}\nx\n{END}\n")
@example(f"{BEGIN}\n{BEGIN}\n{END}\n{END}\n")
def test_any_body_keeps_every_character_outside_complete_blocks_and_settles_at_once(body):
    once = placed(body)
    assert placed(once) == once
    assert placed(placed(once, "other"), "new") == once
    if BEGIN not in body or END not in body:
        assert body in once
    at = 0
    parts = re.split(f"({re.escape(BEGIN)}|{re.escape(END)})", body)
    for i in range(0, len(parts), 2):
        if parts[i - 1 : i] == [BEGIN] and parts[i + 1 : i + 2] == [END]:
            continue  # may be a block's content, which is ours
        found = once.find(parts[i].strip(), at)
        assert found >= 0
        at = found + len(parts[i].strip())


@given(st.lists(PIECES, max_size=30).map("".join))
def test_the_block_shows_as_markdown_wherever_it_was_put(body):
    once = placed(body, "## MTEB results")
    tokens = MarkdownIt("commonmark").parse(once)
    shown = [t.content for t in tokens if t.type == "inline" and t.level == 1]
    assert "MTEB results" in shown
