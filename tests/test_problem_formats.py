"""Problems are shown whole, and nothing in them acts on a terminal or a workflow."""

import json

from bot.problem_formats import as_github, as_json, as_text
from schemas.problem import Problem

HOSTILE = Problem(
    "a,b:c%\n::error::x.yaml", 3, 7, "rule", "50% wrong\r\n::set-output name=x::y", "delete `::`"
)


def test_github_format_is_one_annotation_a_problem():
    problem = Problem("models/a/b.yaml", 4, 10, "misspelt-license", "`MIT` is wrong", "write `mit`")
    assert as_github([problem], 1) == (
        "::error file=models/a/b.yaml,line=4,col=10,title=misspelt-license::"
        "`MIT` is wrong; fix: write `mit`\n1 file checked, 1 problem\n"
    )


def test_warnings_and_notes_are_annotated_as_such_and_pass():
    problems = [
        Problem("a.yaml", 1, 1, "rule", "message", "fix", "warning"),
        Problem("a.yaml", 2, 1, "rule", "message", "fix", "note"),
    ]
    assert as_github(problems, 1) == (
        "::warning file=a.yaml,line=1,col=1,title=rule::message; fix: fix\n"
        "::notice file=a.yaml,line=2,col=1,title=rule::message; fix: fix\n"
        "1 file checked, no problems, 1 warning, 1 note\n"
    )
    assert as_text(problems, 1) == (
        "a.yaml:1:1 warning rule: message\n  fix: fix\n"
        "a.yaml:2:1 note rule: message\n  fix: fix\n"
        "1 file checked, no problems, 1 warning, 1 note\n"
    )
    report = json.loads(as_json(problems, ["a.yaml"]))
    assert report["passed"] is True
    assert [problem["severity"] for problem in report["problems"]] == ["warning", "note"]


def test_github_format_escapes_what_a_file_brings_so_that_it_cannot_issue_commands():
    annotation, summary, rest = as_github([HOSTILE], 1).split("\n")
    assert annotation == (
        "::error file=a%2Cb%3Ac%25\N{REPLACEMENT CHARACTER}%3A%3Aerror%3A%3Ax.yaml,line=3,col=7,"
        "title=rule::50%25 wrong%0D%0A::set-output name=x::y; fix: delete `::`"
    )
    assert (summary, rest) == ("1 file checked, 1 problem", "")


def test_no_line_of_the_text_format_begins_as_a_workflow_command():
    command = Problem("::stop-commands::x.yaml", 1, 1, "rule", "message", "fix")
    lines = as_text([HOSTILE, command], 1).splitlines()
    assert len(lines) == 5
    assert lines[2].startswith("./::stop-commands")
    assert not [line for line in lines if line.lstrip().startswith(("::", "##["))]


def test_escape_sequences_of_a_terminal_are_not_passed_on():
    problem = Problem("\033[2Ja.yaml", 1, 1, "rule", "\033]0;title\a", "\u202efix")
    assert as_text([problem], 1).isprintable() is False  # the line ends
    assert not set("\033\a\u202e") & set(as_text([problem], 1))


def test_people_are_shown_the_first_200_problems_and_programs_all():
    problems = [Problem("a.yaml", line, 1, "rule", "message", "fix") for line in range(1, 251)]
    text = as_text(problems, 1)
    assert text.count("fix: fix") == 200
    assert text.endswith("… and 50 more; `--format json` lists all\n1 file checked, 250 problems\n")
    assert as_github(problems, 1).count("::error") == 200
    assert len(json.loads(as_json(problems, ["a.yaml"]))["problems"]) == 250
