"""Which comments are commands, and which of them are meant as one."""

from pathlib import Path

import pytest

from bot.commanding.command import COMMANDS, Command, Misunderstood, Word
from bot.commanding.grammar import parse
from bot.commanding.page import commands_page
from bot.commanding.wording import help_
from bot.conversation.marker import is_request

PAGE = Path(__file__).parent.parent / "docs" / "commands.md"
EVALUATE = Command(Word.EVALUATE)


@pytest.mark.parametrize(
    ("body", "command"),
    [
        ("/evaluate", EVALUATE),
        ("/evaluate\nplease, it is ready", EVALUATE),
        ("/evaluate\r\nplease", EVALUATE),
        ("/evaluate\rplease", EVALUATE),
        ("\n \n\t\n   /evaluate  \t \n", EVALUATE),
        ("/evaluate --smoke", Command(Word.EVALUATE, smoke=True)),
        ("/evaluate --smoke --smoke", Command(Word.EVALUATE, smoke=True)),
        ("/evaluate org/name", Command(Word.EVALUATE, "org/name")),
        ("/evaluate STS12 AmazonCounterfactualClassification", Command(Word.EVALUATE, tasks=("AmazonCounterfactualClassification", "STS12"))),
        ("/evaluate\tSTS12  org/name\tSTS12 --smoke", Command(Word.EVALUATE, "org/name", True, ("STS12",))),
        ("/cancel", Command(Word.CANCEL)),
        ("/cancel org/name", Command(Word.CANCEL, "org/name")),
        ("/retry", Command(Word.RETRY)),
        ("/retry a.b_c-d/E.f", Command(Word.RETRY, "a.b_c-d/E.f")),
        ("/publish", Command(Word.PUBLISH)),
        ("/help", Command(Word.HELP)),
        ("/help\n```\n/evaluate\n```", Command(Word.HELP)),
        ("/evaluate\n" + "x" * 65_000, EVALUATE),
    ],
)  # fmt: skip
def test_the_first_line_is_the_command(body, command):
    assert parse(body) == command


@pytest.mark.parametrize(
    "body",
    [
        "", " ", "\n\n", "evaluate", "please\n/evaluate", "I think /evaluate", "> /evaluate", ">/evaluate", "> a\n\n/evaluate",
        "- /evaluate", "* /evaluate", "1. /evaluate", "# /evaluate", "    /evaluate", "\t/evaluate", "  \t/evaluate", "`/evaluate`",
        "```\n/evaluate\n```", "~~~\n/evaluate\n~~~", "<!--\n/evaluate\n-->", "<!-- x -->\n/evaluate", "<!-- x --> /evaluate",
        "<details>\n/evaluate\n</details>", "@bot /evaluate", "[x]: /evaluate", "\\/evaluate", "|/evaluate|",
        "/", "//evaluate", "/ evaluate", "/usr/bin/env python", "/usr", "/evaluate/all", "/evaluate/", "/models/org/name.yaml", "/assign", "/lgtm", "/retest",
        "/rebase", "/ok-to-test", "/" + "evaluate" * 20, "/x" * 1000, "/" * 65_536, "\N{FULLWIDTH SOLIDUS}evaluate",
        "\N{DIVISION SLASH}evaluate", "\ufeff/evaluate", "\u200b/evaluate", "\u00a0/evaluate", "\u2028/evaluate", "\x0b/evaluate", "\x0c/evaluate",
        "/evaluate\u2028STS12", "/evaluate\u00a0STS12",
    ],
)  # fmt: skip
def test_talk_paths_and_other_bots_commands_are_none(body):
    assert parse(body) is None


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("/evalute", "`/evalute` is no command. Did you mean `/evaluate [--smoke] [org/name] [TASK…]`?"),
        ("/Evaluate", "`/Evaluate` is no command. Did you mean `/evaluate [--smoke] [org/name] [TASK…]`?"),
        ("/EVALUATE", "`/EVALUATE` is no command. Did you mean `/evaluate [--smoke] [org/name] [TASK…]`?"),
        ("/evaluate, please", "`/evaluate,` is no command. Did you mean `/evaluate [--smoke] [org/name] [TASK…]`?"),
        ("/evaluates", "`/evaluates` is no command. Did you mean `/evaluate [--smoke] [org/name] [TASK…]`?"),
        ("/\N{CYRILLIC SMALL LETTER IE}valuate", "`/\N{CYRILLIC SMALL LETTER IE}valuate` is no command. Did you mean `/evaluate [--smoke] [org/name] [TASK…]`?"),
        ("/evaluate\u200b", "`/evaluate\N{REPLACEMENT CHARACTER}` is no command. Did you mean `/evaluate [--smoke] [org/name] [TASK…]`?"),
        ("/cancle", "`/cancle` is no command. Did you mean `/cancel [org/name]`?"),
        ("/re-try", "`/re-try` is no command. Did you mean `/retry [org/name]`?"),
        ("/evaluate --smok", "`--smok` is neither an option nor the name of a task. Did you mean `--smoke`? This is how it is written: `/evaluate [--smoke] [org/name] [TASK…]`"),
        ("/evaluate \N{EM DASH}smoke", "`\N{EM DASH}smoke` is neither an option nor the name of a task. Did you mean `--smoke`? This is how it is written: `/evaluate [--smoke] [org/name] [TASK…]`"),
        ("/evaluate --approve", "`--approve` is neither an option nor the name of a task. This is how it is written: `/evaluate [--smoke] [org/name] [TASK…]`"),
        ("/evaluate @team", "`@team` is neither an option nor the name of a task. This is how it is written: `/evaluate [--smoke] [org/name] [TASK…]`"),
        ("/evaluate $(id)", "`$(id)` is neither an option nor the name of a task. This is how it is written: `/evaluate [--smoke] [org/name] [TASK…]`"),
        ("/evaluate a/b c/d", "It takes one model. This is how it is written: `/evaluate [--smoke] [org/name] [TASK…]`"),
        ("/evaluate ../../etc/passwd", "`../../etc/passwd` is no model; write `org/name`. This is how it is written: `/evaluate [--smoke] [org/name] [TASK…]`"),
        ("/evaluate models/org/name.yaml", "`models/org/name.yaml` is no model; write `org/name`. This is how it is written: `/evaluate [--smoke] [org/name] [TASK…]`"),
        ("/evaluate " + " ".join(f"T{n}" for n in range(31)), "It takes 30 tasks at most. This is how it is written: `/evaluate [--smoke] [org/name] [TASK…]`"),
        ("/evaluate " + " ".join(f"T{n}{'x' * 60}" for n in range(14)), "The tasks take more than 800 characters. This is how it is written: `/evaluate [--smoke] [org/name] [TASK…]`"),
        ("/evaluate " + "x" * 65_000, "That line has more than 2,000 characters. This is how it is written: `/evaluate [--smoke] [org/name] [TASK…]`"),
        ("/cancel STS12", "It does not take `STS12`. This is how it is written: `/cancel [org/name]`"),
        ("/retry --smoke", "It takes no `--smoke`. This is how it is written: `/retry [org/name]`"),
        ("/help org/name", "It takes nothing after it. This is how it is written: `/help`"),
    ],
)  # fmt: skip
def test_what_was_meant_as_a_command_gets_the_nearest_way_to_write_it(body, why):
    assert parse(body) == Misunderstood(why)


@pytest.mark.parametrize("word", Word)
def test_every_command_of_the_table_is_understood_as_it_is_written(word):
    assert parse(word.value) == Command(word)
    if COMMANDS[word].takes_model:
        assert parse(f"{word.value} org/name") == Command(word, "org/name")


def test_a_request_always_reads_the_same():
    one, other = parse("/evaluate B --smoke A"), parse("/evaluate A B --smoke A")
    assert one.request == other.request == "--smoke A B"
    assert is_request(one.request)
    assert parse("/evaluate").request == ""


def test_the_documented_commands_are_those_of_the_table():
    """Write it anew with: mteb-bot respond --list-commands > docs/commands.md."""
    assert PAGE.read_text(encoding="utf-8") == commands_page()
    for word, syntax in COMMANDS.items():
        assert f"| `{syntax.shown(word)}` | {syntax.does} |" in commands_page()
        assert f"| `{syntax.shown(word)}` | {syntax.does} |" in help_()
