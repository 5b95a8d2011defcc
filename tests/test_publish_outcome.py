"""The outcome file says what publishing left, and is refused when it is anything else."""

import json

import pytest

from bot.publication.outcome import MAX_BYTES, CannotReadPublication, Publication, publication_from

OPENED = Publication("org/name", "a" * 40, 3, "opened", ("One thing.", "Another: `x`."))


def test_an_outcome_reads_back_as_it_was_written():
    assert publication_from(OPENED.to_json()) == OPENED
    assert json.loads(OPENED.to_json()) == {
        "schema_version": 1,
        "model": "org/name",
        "revision": "a" * 40,
        "pull": 3,
        "state": "opened",
        "notes": ["One thing.", "Another: `x`."],
    }


@pytest.mark.parametrize("state", ["merged", "nothing-to-publish"])
def test_no_pull_request_is_a_fact_too(state):
    without = Publication("org/name", "a" * 40, None, state)
    assert publication_from(without.to_json()) == without


def test_too_many_and_too_long_notes_are_cut_to_what_the_schema_takes():
    noisy = Publication("org/name", "a" * 40, 3, "updated", ("x" * 5000, "a\nb", *["y"] * 200))
    notes = publication_from(noisy.to_json()).notes
    assert len(notes) == 100
    assert len(notes[0]) == 2000
    assert notes[1] == "a\N{REPLACEMENT CHARACTER}b"


@pytest.mark.parametrize(
    "changes",
    [
        {"pull": None},
        {"pull": 0},
        {"pull": "3"},
        {"pull": True},
        {"state": "fine"},
        {"revision": "main"},
        {"model": "../etc"},
        {"notes": "all"},
        {"notes": [""]},
        {"extra": 1},
        {"schema_version": 2},
    ],
)
def test_anything_else_is_refused(changes):
    data = json.loads(OPENED.to_json()) | changes
    with pytest.raises(CannotReadPublication, match="breaks its schema"):
        publication_from(json.dumps(data).encode())


def test_a_number_written_with_a_point_is_a_number():
    content = OPENED.to_json().replace(b'"pull": 3', b'"pull": 3.0')
    assert str(publication_from(content).pull) == "3"


@pytest.mark.parametrize("content", [b"", b"[1", b'{"pull": NaN}', b"\xff"])
def test_what_is_no_json_is_refused(content):
    with pytest.raises(CannotReadPublication, match="not JSON"):
        publication_from(content)


def test_a_huge_file_is_refused_before_it_is_parsed():
    with pytest.raises(CannotReadPublication, match="larger than 1,048,576 bytes"):
        publication_from(b" " * (MAX_BYTES + 1))
