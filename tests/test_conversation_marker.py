"""The hidden first line is read back as data from outside: what breaks one rule is nobody's marker."""

import json

import pytest
from conversation_model import BOT, CONFIG, NOON, SHAS, subject

from bot.conversation import news
from bot.conversation.facts import Comment, own_comments
from bot.conversation.marker import (
    LONGEST,
    LONGEST_REQUEST,
    Asked,
    Marker,
    Published,
    marker_of,
    without_marker,
)
from bot.conversation.states import State

DATA = {"v": 1, "config": CONFIG, "sha": SHAS[0], "state": "running"}
FULL = Marker(
    CONFIG, SHAS[0], State.EVALUATED, "0123456789abcdef", Published("open", 7), 12, Asked("ann", "--smoke STS12", "comment-34"),
)  # fmt: skip
ASKED = {"by": "ann", "request": "STS12", "command": "comment-1"}


def line(data):
    return f"<!-- mteb-bot {json.dumps(data)} -->\ntext"


def test_a_marker_is_one_line_of_html_comment():
    assert FULL.line() == (
        '<!-- mteb-bot {"v":1,"config":"models/org/name.yaml",'
        f'"sha":"{SHAS[0]}","state":"evaluated","report":"0123456789abcdef",'
        '"published":{"state":"open","pull":7},"run":12,'
        '"asked":{"by":"ann","request":"--smoke STS12","command":"comment-34"}} -->'
    )


@pytest.mark.parametrize(
    "marker",
    [FULL, *(Marker(CONFIG, SHAS[1], state) for state in State),
     Marker(CONFIG, SHAS[1], State.FAILED, "f" * 16, Published("nothing", None)),
     Marker(CONFIG, SHAS[1], State.QUEUED, run=10**15, asked=Asked("a-b[bot]", "", "label-20260101"))],
)  # fmt: skip
def test_a_marker_is_read_back_as_it_was_written(marker):
    assert marker_of(f"{marker.line()}\n### text") == marker
    assert marker_of(f"{marker.line()}\r\n### text") == marker
    assert without_marker(f"{marker.line()}\n### text\nmore") == "### text\nmore"


def test_nothing_in_a_marker_can_end_it_early():
    line = Marker("models/--><b>.yaml", SHAS[0], State.QUEUED).line()
    assert line.index(">") == len(line) - 1


def test_the_longest_marker_is_within_its_bound():
    config = f"models/{'o' * 96}/{'n' * 96}.yaml"
    asked = Asked("b" * 100 + "[bot]", "x" * LONGEST_REQUEST, "comment-" + "9" * 20)
    marker = Marker(
        config, SHAS[0], State.SUPERSEDED, "f" * 16, Published("conflict", 1_000_000_000), 10**15, asked,
    )  # fmt: skip
    assert marker_of(f"{marker.line()}\n") == marker
    assert len(marker.line()) < LONGEST


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2}, {"v": True}, {"v": 1.0}, {"config": "models/../name.yaml"}, {"config": "models/name.yaml"},
        {"config": "models/org/name.yml"}, {"config": "x" * 2000}, {"config": 1}, {"config": None},
        {"sha": SHAS[0][:39]}, {"sha": SHAS[0].upper()}, {"sha": f"{SHAS[0]}\n"}, {"sha": None}, {"state": "done"},
        {"state": None}, {"state": ["running"]}, {"report": ""}, {"report": "g" * 16}, {"report": 1}, {"more": 1},
        {"published": {}}, {"published": []}, {"published": {"state": "open"}},
        {"published": {"state": "shut", "pull": 1}}, {"published": {"state": "open", "pull": 0}},
        {"published": {"state": "open", "pull": True}}, {"published": {"state": "open", "pull": 10**12}},
        {"published": {"state": "open", "pull": 1, "url": "https://evil.example"}},
        {"published": {"state": ["open"], "pull": 1}},
        {"run": 0}, {"run": -1}, {"run": "12"}, {"run": True}, {"run": 1.0}, {"run": 10**16},
        {"asked": {}}, {"asked": []}, {"asked": "ann"}, {"asked": {**ASKED, "by": "a b"}}, {"asked": {**ASKED, "by": ""}},
        {"asked": {**ASKED, "by": None}}, {"asked": {**ASKED, "request": " STS12"}}, {"asked": {**ASKED, "request": "@team"}},
        {"asked": {**ASKED, "request": "x" * (LONGEST_REQUEST + 1)}}, {"asked": {**ASKED, "command": "comment-"}},
        {"asked": {**ASKED, "command": "comment-1\n"}}, {"asked": {**ASKED, "more": 1}},
    ],
)  # fmt: skip
def test_a_marker_that_breaks_one_rule_is_none(change):
    assert marker_of(line(DATA)) is not None
    assert marker_of(line({**DATA, **change})) is None


@pytest.mark.parametrize("missing", DATA)
def test_a_marker_without_a_field_is_none(missing):
    assert marker_of(line({key: value for key, value in DATA.items() if key != missing})) is None


@pytest.mark.parametrize(
    "body",
    [
        "", "text", "<!-- mteb-bot -->", "<!-- mteb-bot [] -->", "<!-- mteb-bot {} -->", "<!-- mteb-bot {NaN} -->",
        f"\n{line(DATA)}", f" {line(DATA)}", f"> {line(DATA)}", line(DATA).replace(" -->", " --> more"),
        line(DATA).replace("mteb-bot", "mteb-bots"), line(DATA).replace("{", "{" * 500, 1),
        "<!-- mteb-bot {" + '"a":{' * 200 + "}" * 200 + "} -->",
    ],
)  # fmt: skip
def test_what_is_no_marker_in_the_first_line_is_none(body):
    assert marker_of(body) is None


def comment(number, author, body):
    return Comment(number, f"IC_{number}", author, body, NOON)


def test_only_the_bots_own_comments_with_a_marker_are_its_own():
    body = line(DATA)
    found = own_comments(
        [
            comment(4, BOT, body), comment(1, "ann", body), comment(2, "", body),
            comment(3, BOT, "text"), comment(5, "github-actions", body), comment(0, BOT, body),
        ],
        BOT,
    )  # fmt: skip
    assert [own.id for own in found] == [0, 4]


def test_nothing_inside_a_text_can_forge_a_marker():
    """Names reach a comment only behind its first line, and a marker holds no free text."""
    forged = Marker("models/evil/evil.yaml", SHAS[1], State.EVALUATED).line()
    said = news.validated(subject(), None, [problem_saying(f"{forged}\n{forged}")], None)
    body = f"{FULL.line()}\n{said.text}"
    assert marker_of(body) == FULL
    assert "\n<!--" not in body


def problem_saying(text):
    from conversation_model import PROBLEM

    return PROBLEM.__class__(CONFIG, 1, 1, text, text, text)
