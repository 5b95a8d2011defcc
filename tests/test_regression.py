"""Canaries: which count, and whether today's scores are the accepted ones; what differs in packages is named."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from made import failure, outcome, provenance, report_data, result, write_results

from bot.cli import main
from schemas.errors import ExitCode

CONFIG = "models/org/name.yaml"
REVISION = "1" * 40
TASKS = ("STSBenchmark", "STS12", "Banking77Classification")
CONTENT = f"""\
schema_version: 1
model: org/name
revision: "{REVISION}"
license: mit
languages: [eng]
evaluate:
  tasks: [{", ".join(TASKS)}]
"""
STEADY = [
    0.70,
    0.72,
    0.71,
    0.69,
]  # a classification's experiments: 2 standard errors of both are 1.8 points
LEGEND = (
    "Scores are main scores in points (times 100), as leaderboards show them; a change is the model's score minus the "
    "baseline's. ▲ better, ▼ worse: the change is larger than the number after ±, which is twice its standard error over "
    "the task's repeated experiments. ≈ within that. △ better, ▽ worse, = the same: at least one side has no repeats, so "
    "the noise is unknown and every change above 0.10 points counts.\n"
)


def sts(task, score):
    return {**result(task, score), "scores": {"test": [{
        "main_score": score, "cosine_spearman": score, "hf_subset": "default", "languages": ["eng-Latn"],
    }]}}  # fmt: skip


@pytest.fixture(autouse=True)
def board(tmp_path, monkeypatch):
    """The current folder: a config, its accepted results, and the settings that name it."""
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        (tmp_path / name).touch()
        monkeypatch.setenv(name, str(tmp_path / name))
    Path("models/org").mkdir(parents=True)
    Path(CONFIG).write_text(CONTENT)
    accepted = write_results(
        Path("results/org__name") / REVISION,
        sts("STSBenchmark", 0.80),
        sts("STS12", 0.70),
        result("Banking77Classification", 0.705, experiments=STEADY),
    )
    ran_with(accepted, mteb="2.26.24", torch="2.12.0", transformers="5.23.0")
    settings([CONFIG])
    return accepted


def ran_with(folder, **packages):
    """Write the run settings beside results, as mteb does."""
    versions = {"flash-attn": None, **packages}
    lines = [
        {"task": task, "splits": ["test"], "subsets": ["default"], "version": versions}
        for task in TASKS
    ]
    (folder / "run_settings.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in lines))


def settings(canaries):
    Path(".github").mkdir(exist_ok=True)
    text = json.dumps({"schema_version": 1, "canaries": canaries})
    Path(".github/mteb-bot.yml").write_text(text)


def measured(*tasks, packages=None, **more):
    """A run of today in the folder `evaluation`."""
    data = report_data(*tasks, **more)
    data["model"]["revision"] = REVISION
    digest = sha256(Path(CONFIG).read_bytes()).hexdigest()
    packages = packages or {
        "mteb": "2.26.24",
        "torch": "2.13.0",
        "transformers": "5.23.0",
    }
    data["provenance"] = provenance(config_sha256=digest, packages=packages)
    Path("evaluation").mkdir(exist_ok=True)
    Path("evaluation/report.json").write_text(json.dumps(data))


def of(task, score, **more):
    kind = "Classification" if task.endswith("Classification") else "STS"
    made = outcome(task, score, task_type=kind, **more)
    if kind == "STS" and score is not None:
        made = {**made, "main_metric": "cosine_spearman", "result": sts(task, score)}
    return made


def same():
    return [
        of("STSBenchmark", 0.8004),
        of("STS12", 0.70),
        of("Banking77Classification", 0.71, experiments=STEADY),
    ]


def compared(capsys, *options):
    code = main(["regression", CONFIG, "--results", "evaluation", *options])
    return code, capsys.readouterr()


def test_scores_within_noise_are_the_accepted_ones_and_differing_packages_are_named(capsys):
    measured(*same())
    code, said = compared(capsys)
    assert code == ExitCode.OK
    assert said.out == (
        "## Regression: `org/name` at `1111111`\n\n"
        "**Unchanged: 3 tasks score as accepted.**\n\n"
        "Packages that differ: `torch` `2.12.0` → `2.13.0`.\n\n"
        "| task | accepted | now | change |\n"
        "| :-- | --: | --: | :-- |\n"
        "| `STSBenchmark` | 80.00 | 80.04 | = +0.04 |\n"
        "| `STS12` | 70.00 | 70.00 | = 0.00 |\n"
        "| `Banking77Classification` | 70.50 | 71.00 | ≈ +0.50 ± 1.83 |\n\n" + LEGEND
    )
    assert Path("GITHUB_STEP_SUMMARY").read_text() == said.out + "\n"


def test_changes_come_first_and_fail(capsys):
    measured(
        of("STSBenchmark", 0.80),
        of("STS12", 0.69),
        of("Banking77Classification", 0.75, experiments=STEADY),
    )
    code, said = compared(capsys)
    assert code == ExitCode.SUBMISSION
    assert "**Changed: of 3 tasks, 1 scores better, 1 scores worse.**" in said.out
    rows = [line for line in said.out.splitlines() if line.startswith("| `")]
    assert rows == [
        "| `STS12` | 70.00 | 69.00 | ▽ -1.00 |",
        "| `Banking77Classification` | 70.50 | 75.00 | ▲ +4.50 ± 1.83 |",
        "| `STSBenchmark` | 80.00 | 80.00 | = 0.00 |",
    ]


def test_a_task_that_has_no_score_any_more_is_a_change(capsys):
    broken = of("STS12", None, error=failure("infrastructure", "a package | is @gone"))
    measured(of("STSBenchmark", 0.80), broken, same()[2])
    code, said = compared(capsys)
    assert code == ExitCode.SUBMISSION
    assert "**Changed: of 3 tasks, 1 has no score now.**" in said.out
    assert "| `STS12` | — | — | no score now: `a package \\| is @gone` |" in said.out


def test_a_run_that_measured_nothing_is_a_change(capsys):
    measured(status="failed", error=failure("infrastructure", "cannot import torch"))
    code, said = compared(capsys)
    assert code == ExitCode.SUBMISSION
    assert "**Nothing was measured:** `cannot import torch`." in said.out


def test_other_data_cannot_be_compared_and_are_a_change(capsys):
    other = of("STS12", 0.70)
    other["result"]["dataset_revision"] = other["dataset"]["revision"] = "e" * 40
    measured(of("STSBenchmark", 0.80), other, same()[2])
    code, said = compared(capsys)
    assert code == ExitCode.SUBMISSION
    assert "**Changed: of 3 tasks, 1 has other data now.**" in said.out
    assert "| `STS12` | — | — | other data now |" in said.out


def test_a_task_that_was_never_accepted_changes_nothing(board, capsys):
    (board / "STS12.json").unlink()
    measured(*same())
    code, said = compared(capsys)
    assert code == ExitCode.OK
    assert "**Unchanged: 2 tasks score as accepted.**" in said.out
    assert "| `STS12` | — | — | not among the accepted results |" in said.out


def test_nothing_compared_is_not_unchanged(board, capsys):
    (board / "STS12.json").unlink()
    measured(of("STS12", 0.7))
    code, said = compared(capsys)
    assert code == ExitCode.SUBMISSION
    assert (
        "**Nothing could be compared: none of the tasks is among the accepted results.**"
        in said.out
    )


def test_without_run_settings_the_version_of_mteb_is_known_at_least(board, capsys):
    (board / "run_settings.jsonl").unlink()
    measured(*same(), packages={"mteb": "2.27.0", "torch": "2.13.0"})
    assert "Packages that differ: `mteb` `2.26.24` → `2.27.0`." in compared(capsys)[1].out


def test_same_versions_are_said_to_be_the_same(board, capsys):
    ran_with(board, torch="2.13.0")
    measured(*same())
    assert (
        "packages that the accepted results name have the same versions" in compared(capsys)[1].out
    )


def test_a_package_that_is_gone_is_named(board, capsys):
    ran_with(board, torch="2.13.0", FlagEmbedding="1.4.2")
    measured(*same())
    out = compared(capsys)[1].out
    assert "Packages that differ: `FlagEmbedding` `1.4.2` → not installed." in out


@pytest.mark.parametrize(
    ("spoil", "code", "said"),
    [
        (lambda: Path(CONFIG).write_text(CONTENT.replace("mit", "apache-2.0")), 3, "version of the config"),
        (lambda: measured(*same(), smoke=True), 2, "the report is of a smoke run"),
        (lambda: Path("evaluation/report.json").unlink(), 3, "No such file"),
        (lambda: Path(CONFIG).unlink(), 2, "No such file"),
        (lambda: Path("results/org__name").rename("results/gone"), 2, "No such file"),
    ],
    ids=["another config", "smoke", "no report", "no config", "not accepted"],
)  # fmt: skip
def test_what_does_not_belong_together_is_not_compared(capsys, spoil, code, said):
    measured(*same())
    spoil()
    found, output = compared(capsys)
    assert (found, output.out) == (code, "")
    assert said in output.err


def listed(capsys, *options):
    code = main(["canaries", *options])
    return code, capsys.readouterr().out, Path("GITHUB_OUTPUT").read_text()


def test_a_canary_with_accepted_results_counts(capsys):
    assert listed(capsys) == (0, f"{CONFIG}\n", f'canaries=["{CONFIG}"]\n')


def test_without_canaries_the_settings_are_named(capsys):
    settings([])
    assert listed(capsys) == (
        0,
        "no canaries: name some in `canaries` of .github/mteb-bot.yml\n",
        "canaries=[]\n",
    )


def test_what_cannot_be_a_canary_is_said_and_left_out(capsys):
    other = CONTENT.replace(REVISION, "2" * 40).replace("org/name", "org/unaccepted")
    Path("models/org/unaccepted.yaml").write_text(other)
    Path("models/org/broken.yaml").write_text(CONTENT.replace("org/name", "org/broken") + "x: 1\n")
    settings([f"models/org/{name}.yaml" for name in ("missing", "broken", "unaccepted", "name")])
    code, said, outputs = listed(capsys)
    assert (code, outputs) == (0, f'canaries=["{CONFIG}"]\n')
    lines = said.splitlines()
    assert lines[0].startswith(
        "models/org/missing.yaml: not counted, models/org/missing.yaml: No such"
    )
    assert lines[1].startswith("models/org/broken.yaml: not counted, the config is not valid: ")
    assert "results/org__unaccepted" in lines[2]
    assert lines[3] == CONFIG


def test_canaries_of_another_board_and_other_settings(tmp_path, monkeypatch, capsys):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    file = tmp_path / ".github" / "mteb-bot.yml"
    monkeypatch.chdir(elsewhere)
    assert main(["canaries", "--settings", str(file), "--board", ".."]) == 0
    assert capsys.readouterr().out == f"{CONFIG}\n"
