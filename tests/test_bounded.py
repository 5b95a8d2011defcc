"""A comment fits GitHub's limit by leaving out whole rows, and says so."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bounded import LIMIT, Section, bounded
from bot.markdown import table_head, table_row

HEAD = table_head(["a", "b"])


def rows(count, text="x"):
    return tuple(table_row([str(number), text]) for number in range(count))


def sections(open_rows=3, folded_rows=3):
    return [
        Section("**Verdict.**", importance=100),
        Section("Table:", rows(open_rows), HEAD, importance=80, where="; `report.json` has all"),
        Section("", rows(folded_rows), HEAD, importance=2, fold="Means"),
        Section("", rows(folded_rows), HEAD, importance=1, fold="Small print"),
    ]


def test_what_fits_is_left_alone():
    assert (
        bounded(sections(1, 1))
        == """\
**Verdict.**

Table:

| a | b |
| :-- | :-- |
| 0 | x |

<details>
<summary>Means</summary>

| a | b |
| :-- | :-- |
| 0 | x |

</details>

<details>
<summary>Small print</summary>

| a | b |
| :-- | :-- |
| 0 | x |

</details>
"""
    )


def test_the_least_important_fold_loses_its_last_rows_first():
    whole = bounded(sections(20, 20))
    text = bounded(sections(20, 20), len(whole) - 10)
    assert text.count("| 19 | x |") == 2
    assert "| 14 | x |\n\n*5 more are left out here for length.*\n\n</details>\n" in text


def test_importance_decides_not_position():
    means, small_print = sections(0, 20)[2:]
    parts = [Section("**Verdict.**"), small_print, means]
    text = bounded(parts, len(bounded(parts)) - 10)
    assert "*5 more are left out here for length.*" in text.partition("Means")[0]
    assert "| 19 | x |" in text.partition("Means")[2]


def test_folds_go_before_any_row_of_an_open_table():
    text = bounded(sections(50, 50), 600)
    assert "<details>" not in text
    assert "| 49 | x |" in text


def test_an_open_table_says_how_many_rows_are_left_out_and_where_they_are():
    text = bounded(sections(5000, 5000), 1000)
    assert "**Verdict.**" in text
    assert text.endswith(" more are left out here for length; `report.json` has all.*\n")
    shown = text.count(" | x |")
    assert f"*{5000 - shown:,} more" in text


def test_a_table_without_rows_loses_its_head_too():
    text = bounded(sections(5000, 0)[:2], 100)
    assert (
        text
        == """\
**Verdict.**

Table:

*5,000 more are left out here for length; `report.json` has all.*
"""
    )


def test_what_cannot_be_cut_is_an_error_not_a_longer_comment():
    with pytest.raises(ValueError, match="longer than 10"):
        bounded([Section("**The verdict alone.**")], 10)


def test_the_default_limit_leaves_room_below_that_of_github():
    assert LIMIT == 65_000


@settings(max_examples=60, deadline=None)
@given(
    open_rows=st.integers(0, 400),
    folded_rows=st.integers(0, 400),
    text=st.sampled_from(["x", "é" * 30, "😀" * 20]),
    limit=st.integers(300, 20_000),
)
def test_no_comment_is_longer_than_its_limit_nor_cut_through_a_row(
    open_rows, folded_rows, text, limit
):
    parts = sections(0, 0)
    parts[1] = Section("Table:", rows(open_rows, text), HEAD, importance=80)
    parts[2] = Section("", rows(folded_rows, text), HEAD, importance=2, fold="Means")
    comment = bounded(parts, limit)
    assert len(comment.encode()) <= limit
    assert comment.startswith("**Verdict.**\n")
    for line in comment.splitlines():
        if line.startswith("|"):
            assert line.endswith(" |")
            assert line.count("|") == 3
    assert comment.count("<details>") == comment.count("</details>")
