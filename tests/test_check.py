"""`mteb-bot check`: which files, which exit code, which format, and nothing on the disk that acts."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from broken import CONFIG, TASK

from bot.check import check_file
from bot.cli import main

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """A folder with a right config and its custom task, which is the current folder."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "news.yaml").write_text(TASK)
    (tmp_path / "config.yaml").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rules(path):
    return [problem.rule for problem in check_file(Path(path))]


@pytest.mark.parametrize("folder", ["examples", "models"])
def test_every_config_and_task_of_this_project_is_right(folder):
    for path in sorted((ROOT / folder).rglob("*.y*ml")):
        assert check_file(path) == [], path


def test_the_examples_are_there():
    assert list((ROOT / "examples").rglob("*.yaml"))


def test_right_files_exit_with_0(capsys):
    assert main(["check", "config.yaml", "tasks/news.yaml"]) == 0
    assert capsys.readouterr().out == "2 files checked, no problems\n"


def test_problems_exit_with_1_and_are_said_on_standard_output(capsys):
    Path("config.yaml").write_text(CONFIG.replace("license: mit", "license: MIT"))
    assert main(["check", "config.yaml"]) == 1
    assert capsys.readouterr().out == (
        "config.yaml:4:10 misspelt-license: `MIT` is not how the Hub writes this licence\n"
        "  fix: did you mean `mit`?\n"
        "1 file checked, 1 problem\n"
    )


def test_of_a_folder_every_yaml_file_is_checked_except_hidden_ones(capsys):
    Path(".github").mkdir()
    Path(".github/workflow.yaml").write_text("on: push\n")
    Path("tasks/other.yml").write_text("{}\n")
    assert main(["check", "."]) == 1
    out = capsys.readouterr().out
    assert "tasks/other.yml:1:1 missing-key" in out
    assert "workflow" not in out
    assert "3 files checked" in out


def test_a_broken_custom_task_is_said_once_though_two_files_lead_to_it(capsys):
    Path("tasks/news.yaml").write_text(TASK.replace("k: 3", "k: 0"))
    assert main(["check", "."]) == 1
    assert capsys.readouterr().out.count("tasks/news.yaml:15:6 out-of-range") == 1


def test_a_missing_file_is_a_usage_error(capsys):
    assert main(["check", "config.yaml", "nowhere.yaml"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        "mteb-bot: nowhere.yaml: no such file\n  fix: give the path of a YAML file or a folder\n"
    )


def test_a_folder_without_yaml_is_a_usage_error(capsys):
    Path("empty").mkdir()
    assert main(["check", "empty"]) == 2
    assert "no YAML file below this folder" in capsys.readouterr().err


def test_a_link_to_nothing_is_a_usage_error(capsys):
    Path("link.yaml").symlink_to("gone.yaml")
    assert main(["check", "link.yaml"]) == 2
    assert "link.yaml: No such file or directory" in capsys.readouterr().err


def test_a_link_to_itself_is_a_usage_error(capsys):
    Path("link.yaml").symlink_to("link.yaml")
    assert main(["check", "link.yaml"]) == 2
    assert "link.yaml: Too many levels of symbolic links" in capsys.readouterr().err


def test_a_pipe_is_refused_instead_of_waited_for(capsys):
    os.mkfifo("pipe.yaml")
    assert main(["check", "pipe.yaml"]) == 2
    assert "pipe.yaml: not a regular file" in capsys.readouterr().err


def test_a_name_that_no_file_can_have_is_a_usage_error(capsys):
    assert main(["check", "x" * 5000 + ".yaml"]) == 2
    assert capsys.readouterr().err.startswith("mteb-bot: xxx")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_a_usage_error(capsys):
    Path("config.yaml").chmod(0)
    assert main(["check", "config.yaml"]) == 2
    assert "Permission denied" in capsys.readouterr().err


def test_a_custom_task_may_lie_anywhere_in_the_project(project):
    place = project / "models" / "acme"
    place.mkdir(parents=True)
    config = CONFIG.replace("tasks/news.yaml", "../../tasks/news.yaml")
    (place / "tiny-embedder.yaml").write_text(config)
    assert rules("models/acme/tiny-embedder.yaml") == []


def test_the_project_begins_at_the_nearest_mark(project):
    inner = project / "inner"
    (inner / "models").mkdir(parents=True)
    (inner / "config.yaml").write_text(CONFIG.replace("tasks/news.yaml", "../tasks/news.yaml"))
    assert rules("inner/config.yaml") == ["custom-task-outside"]


def test_a_link_that_leads_outside_is_not_followed(tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "secret.yaml"
    outside.write_text("password: hunter2\n")
    Path("tasks/news.yaml").unlink()
    Path("tasks/news.yaml").symlink_to(outside)
    problems = check_file(Path("config.yaml"))
    assert [problem.rule for problem in problems] == ["custom-task-outside"]
    assert "password" not in str(problems)


@pytest.mark.parametrize("kind", ["circle", "pipe", "folder"])
def test_what_is_no_file_is_no_custom_task(kind):
    path = Path("tasks/news.yaml")
    path.unlink()
    {
        "circle": lambda: path.symlink_to("news.yaml"),
        "pipe": lambda: os.mkfifo(path),
        "folder": path.mkdir,
    }[kind]()
    assert rules("config.yaml") == ["custom-task-unreadable"]


def test_a_config_that_is_a_link_out_of_the_project_is_not_read(tmp_path_factory, capsys):
    outside = tmp_path_factory.mktemp("outside") / "secret.yaml"
    outside.write_text("password: hunter2\n")
    Path("link.yaml").symlink_to(outside)
    assert main(["check", "link.yaml"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "link.yaml: it is a link that leads out of its project\n" in said.err
    assert "hunter2" not in said.err


def test_a_link_within_the_project_is_followed():
    Path("link.yaml").symlink_to("config.yaml")
    assert rules("link.yaml") == []


def test_one_odd_entry_of_a_folder_does_not_silence_the_others(tmp_path_factory, capsys):
    outside = tmp_path_factory.mktemp("outside") / "secret.yaml"
    outside.write_text("password: hunter2\n")
    Path("b-gone.yaml").symlink_to("nowhere.yaml")
    Path("b-out.yaml").symlink_to(outside)
    Path("b-folder.yaml").mkdir()
    os.mkfifo("b-pipe.yaml")
    Path("config.yaml").write_text(CONFIG.replace("license: mit", "license: MIT"))
    assert main(["check", "."]) == 1
    said = capsys.readouterr().out
    unreadable = "1:1 unreadable-file: the file cannot be read:"
    assert f"b-gone.yaml:{unreadable} No such file or directory\n" in said
    assert f"b-out.yaml:{unreadable} it is a link that leads out of its project\n" in said
    assert f"b-folder.yaml:{unreadable} not a regular file\n" in said
    assert f"b-pipe.yaml:{unreadable} not a regular file\n" in said
    assert "config.yaml:4:10 misspelt-license" in said
    assert said.endswith("6 files checked, 5 problems\n")
    assert "hunter2" not in said


@pytest.mark.parametrize("form", ["text", "github", "json"])
def test_no_file_name_acts_on_a_terminal_or_a_workflow(form, capsys):
    name = "x\n::error title=pwned::\033[31m##[error].yaml"
    assert main(["check", "--format", form, name]) == 2
    Path(name).symlink_to("nowhere.yaml")
    assert main(["check", "--format", form, name]) == 2
    assert main(["check", "--format", form, "."]) == 1
    said = capsys.readouterr()
    for line in (said.out + said.err).splitlines():
        assert "pwned" not in line.partition("::")[0]
        assert not line.lstrip().startswith("::error title")
        assert "\033" not in line
        assert form == "json" or "##[" not in line


def test_two_files_may_not_hold_tasks_of_one_name():
    Path("tasks/again.yaml").write_text(TASK)
    Path("config.yaml").write_text(
        CONFIG.replace("- tasks/news.yaml", "- tasks/news.yaml\n    - tasks/again.yaml")
    )
    (problem,) = check_file(Path("config.yaml"))
    assert (problem.line, problem.rule) == (19, "repeated-task")
    assert problem.fix == "change the `name` in one of the two files"


def test_a_claim_about_a_custom_task_is_about_its_name():
    config = CONFIG.replace("- task: STSBenchmark", "- task: AcmeNews")
    Path("config.yaml").write_text(config)
    assert rules("config.yaml") == []


def test_superseded_tasks_and_tasks_of_a_benchmark_with_its_claims_are_fine():
    config = CONFIG.replace("evaluate:\n", 'evaluate:\n  benchmarks: ["MTEB(eng, v1)"]\n')
    Path("config.yaml").write_text(config.replace("- task: STSBenchmark", "- task: ArguAna"))
    assert rules("config.yaml") == []


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-c", "import sys; from bot.cli import main; sys.exit(main())", "check", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        check=False,
    )  # fmt: skip


def test_nothing_heavy_is_imported():
    script = (
        "import sys; from bot.cli import main; code = main(['check', 'config.yaml']); "
        "print(sorted({'torch', 'mteb', 'numpy', 'pandas', 'matplotlib', 'huggingface_hub', "
        "'transformers', 'datasets', 'FlagEmbedding', 'sentence_transformers', 'requests', 'httpx'} "
        "& sys.modules.keys())); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "1 file checked, no problems\n[]\n"


def test_an_output_that_knows_ascii_only_gets_escapes():
    Path("config.yaml").write_text(CONFIG.replace("license: mit", "license: mít"))
    done = run("config.yaml", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (1, b"")
    assert rb"m\xedt" in done.stdout


def test_a_hostile_list_of_mixed_kinds_is_answered():
    items = ", ".join(f"{number}, x{number}" for number in range(9000))
    Path("config.yaml").write_text(CONFIG.replace("[eng, deu]\nload", f"[{items}]\nload"))
    problems = check_file(Path("config.yaml"))
    assert {problem.rule for problem in problems} == {"wrong-type", "unknown-language", "too-long"}


def test_a_name_that_is_no_text_is_checked_and_shown(capsys):
    Path("config.yaml").rename(os.fsdecode(b"\xff.yaml"))
    assert main(["check", "."]) == 0
    assert main(["check", os.fsdecode(b"\xff.yaml"), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out.split("\n", 1)[1])["files"] == ["\udcff.yaml"]


def test_a_hostile_file_full_of_wrong_names_is_answered():
    names = "".join(f"    - STSBenchmrk{number}\n" for number in range(1998))
    Path("config.yaml").write_text(CONFIG.replace("    - STSBenchmark\n", names))
    problems = check_file(Path("config.yaml"))
    assert [problem.rule for problem in problems].count("unknown-task") == 1998
    assert sum("did you mean" in problem.fix for problem in problems) <= 51


FLORES = "{name: FloresBitextMining, subsets: [%s]}"


@pytest.mark.parametrize(
    "evaluate",
    {
        "wrong subsets": ", ".join(
            FLORES % ", ".join(f"xyz{a}_Latn-abc{b}_Latn" for b in range(25)) for a in range(60)
        ),
        "one task again and again": ", ".join(["{name: FloresBitextMining}"] * 1000),
        "nothing left": ", ".join([FLORES % "ace_Arab-ace_Latn"] * 1000),
    }.values(),
    ids=lambda text: text[:40],
)
def test_big_tasks_repeated_are_answered_in_no_time(evaluate):
    text = f"model: a/b\nevaluate:\n  languages: [deu]\n  tasks: [{evaluate}]\n"
    Path("config.yaml").write_text(text)
    before = time.process_time()
    assert check_file(Path("config.yaml"))
    assert time.process_time() - before < 8  # it took from 18 seconds to minutes


def test_a_big_benchmark_repeated_is_answered_in_no_time():
    benchmarks = ", ".join(['"MTEB(Multilingual, v2)"'] * 500)
    text = f"model: a/b\nevaluate:\n  languages: [deu]\n  benchmarks: [{benchmarks}]\n"
    Path("config.yaml").write_text(text)
    before = time.process_time()
    assert "repeated-item" in rules("config.yaml")
    assert time.process_time() - before < 8  # it took 40 seconds


def test_a_custom_task_named_in_many_ways_is_checked_once():
    ways = "".join(f"    - {'./' * number}tasks/news.yaml\n" for number in range(3))
    Path("config.yaml").write_text(CONFIG.replace("    - tasks/news.yaml\n", ways))
    Path("tasks/news.yaml").write_text(TASK.replace("k: 3", "k: 0"))
    assert rules("config.yaml") == ["repeated-task", "repeated-task", "out-of-range"]


def test_colour_only_on_a_terminal_and_without_no_color(capsys, monkeypatch):
    Path("config.yaml").write_text(CONFIG.replace("license: mit", "license: MIT"))
    monkeypatch.delenv("NO_COLOR", raising=False)

    def said():
        main(["check", "config.yaml"])
        return capsys.readouterr().out

    assert "\033[" not in said()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert "\033[31mmisspelt-license\033[0m" in said()
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\033[" not in said()


def test_json_format_holds_every_field(capsys):
    Path("config.yaml").write_text(CONFIG.replace("license: mit", "license: MIT"))
    assert main(["check", "--format", "json", "config.yaml", "tasks"]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "schema_version": 1,
        "passed": False,
        "files": ["config.yaml", "tasks/news.yaml"],
        "problems": [
            {
                "file": "config.yaml",
                "line": 4,
                "column": 10,
                "rule": "misspelt-license",
                "message": "`MIT` is not how the Hub writes this licence",
                "fix": "did you mean `mit`?",
                "severity": "error",
            }
        ],
    }


def test_each_config_gets_a_file_of_its_own_problems(tmp_path):
    models = tmp_path / "models" / "ann"
    (models / "tasks").mkdir(parents=True)
    (models / "good.yaml").write_bytes(b"model: [\n")
    (models / "tasks" / "t.yaml").write_bytes(b"name: x\ntype: y\ndataset: {}\n")
    assert main(["check", "--each", str(tmp_path / "each"), str(tmp_path / "models")]) == 1
    written = {file.name: json.loads(file.read_text()) for file in (tmp_path / "each").iterdir()}
    assert list(written) == ["ann__good.json"]
    assert written["ann__good.json"]["files"] == [str(models / "good.yaml")]
    assert {one["file"] for one in written["ann__good.json"]["problems"]} == {
        str(models / "good.yaml")
    }
