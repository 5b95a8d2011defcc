"""`mteb-bot compare` renders the comment from existing folders, or says in one message why it cannot."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from made import outcome, report_data

from bot.commands import compare
from schemas.errors import CommandError, ExitCode

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "tests" / "data" / "results"
CANDIDATE, BASELINE = RESULTS / "org__candidate", RESULTS / "org__baseline"


def run(*arguments):
    parser = argparse.ArgumentParser()
    compare.configure(parser)
    return compare.run(parser.parse_args([str(argument) for argument in arguments]))


def test_every_trap_of_real_folders_is_handled_and_explained(capsys):
    assert run(CANDIDATE, "--against", BASELINE) is ExitCode.OK
    golden = ROOT / "tests" / "data" / "compared_folders.md"
    assert capsys.readouterr().out == golden.read_text(encoding="utf-8")


def test_a_benchmark_shows_all_its_tasks_and_english_alone(capsys):
    run(CANDIDATE, "--against", BASELINE, "--benchmark", "MTEB(eng, v2)")
    out = capsys.readouterr().out
    assert out.startswith(
        "**`org/candidate` is 0.36 points below `baseline` on average over 5 shared tasks (`MTEB(eng, v2)`).**"
    )
    assert "| `org/baseline` at `b100000` | 5 of 41 |" in out
    assert "| `STS17` | 87.59 | 90.60 | ▽ -3.01 |\n" in out
    assert "| `TRECCOVID` | — | — | — |\n" in out


def test_another_name_of_a_benchmark_is_understood(capsys):
    run(CANDIDATE, "--against", BASELINE, "--benchmark", "MTEB(eng)")
    assert "(`MTEB(eng, v2)`)" in capsys.readouterr().out


def test_several_baselines_stand_side_by_side(capsys):
    run(CANDIDATE, "--against", BASELINE, BASELINE / "external")
    assert (
        "| `baseline at b100000` | change | `baseline at external` | change |"
        in capsys.readouterr().out
    )


def test_the_comment_can_be_written_to_a_file(tmp_path, capsys):
    run(CANDIDATE, "--against", BASELINE, "--output", tmp_path / "comment.md")
    assert capsys.readouterr().out == ""
    assert (tmp_path / "comment.md").read_text(encoding="utf-8").startswith("**`org/candidate` is")


def test_a_runner_folder_is_commented_on_as_a_report(tmp_path, capsys):
    (tmp_path / "results").mkdir()
    data = report_data(
        outcome("Banking77Classification", 0.5), outcome("Other"), status="interrupted"
    )
    (tmp_path / "report.json").write_text(json.dumps(data))
    run(tmp_path, "--against", BASELINE)
    out = capsys.readouterr().out
    assert "How it was measured" in out
    assert "| `Other` | not run |" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((CANDIDATE, "--against", *[BASELINE] * 11), "names 11 baselines\n  fix: name at most 10"),
        ((RESULTS / "nowhere", "--against", BASELINE), "No such file or directory"),
        ((CANDIDATE, "--against", RESULTS), "holds 2 models: org__baseline, org__candidate"),
        (
            (CANDIDATE, "--against", BASELINE, "--benchmark", "MTEB(eng, v3)"),
            "has no benchmark MTEB(eng, v3)\n  fix: did you mean 'MTEB(eng, v",
        ),
    ],
)
def test_a_wrong_command_line_ends_in_one_message_and_code_2(arguments, message):
    with pytest.raises(CommandError) as refused:
        run(*arguments)
    assert message in str(refused.value)
    assert refused.value.exit_code == 2


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(CommandError, match="Is a directory"):
        run(CANDIDATE, "--against", BASELINE, "--output", tmp_path)


def test_a_terminal_that_lacks_letters_gets_the_comment_all_the_same():
    script = "import sys; from bot.cli import main; sys.exit(main())"
    found = subprocess.run(
        [sys.executable, "-c", script, "compare", CANDIDATE, "--against", BASELINE],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, found.stderr) == (0, "")
    assert "\\u25bd -3.01" in found.stdout


def test_the_command_imports_nothing_heavy():
    heavy = "{'torch', 'mteb', 'numpy', 'matplotlib', 'huggingface_hub', 'jinja2', 'jsonschema'}"
    script = f"import sys, bot.commands.compare; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout == "[]\n"
