"""`mteb-runner table`: raw against ways of training, from one file; its figures, its files and its refusals."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import ROOT, read_json, run_runner
from finetune_data_made import quiet
from finetune_made import TOPICS, labelled_rows, save_small_bert

from bot.check import check_file
from runners.failures import Failure
from runners.finetuning.job import TRAINED
from runners.finetuning.launch import Trained
from runners.finetuning.refusals import UnusableTrainingData
from runners.finetuning.table_data import (
    ExperimentData,
    experiment_data,
    mode_files,
    relocated,
    texts_of,
)
from runners.finetuning.table_figures import (
    Row,
    Score,
    Table,
    best_published,
    closing,
    difference,
    predicted_seconds,
)
from runners.finetuning.table_measured import require_same_protocol
from runners.finetuning.table_plot import budget_plot
from runners.finetuning.table_text import cells, markdown, sentences
from runners.task_selection import select_tasks
from schemas.errors import ExitCode
from schemas.experiment import Mode, experiment_problems, load_experiment
from schemas.finetuning import Recipe, TrainingSource
from schemas.submission import TaskRequest
from schemas.yaml_document import parse_yaml

EXPERIMENT = """\
schema_version: 1
title: Two ways of *training*
model: acme/small
revision: 111111111111111111111111111111111111111a
task: topics.yaml
data:
  path: train/rows.csv
  columns: {text: text, label: topic}
  rows: 60
modes:
  - name: same-dataset
    role: published
    published: true
    recipe: {batch_size: 3, group_size: 4, epochs: 1, learning_rate: 1.0e-4, temperature: 0.02, query_max_length: 16}
  - name: ours
    role: ours
    recipe: {batch_size: 16, epochs: 3, learning_rate: 1.0e-3, query_max_length: 16}
  - name: ours-all-rows
    role: ours_all_rows
    rows: all
    recipe: {batch_size: 16, epochs: 3, learning_rate: 1.0e-3, query_max_length: 16}
budgets: {seconds: [1], methods: [ours]}
"""
TASK = """\
schema_version: 1
name: Topics
type: classification
languages: [eng-Latn]
dataset: {path: topics}
columns: {text: text, label: topic}
evaluator: {method: knn, k: 3, metric: cosine}
samples_per_label: 8
experiments: 4
"""
CLOSING = [
    "raw",
    "best_published",
    "ours",
    "ours_all_rows",
    "standard_error",
    "training_seconds_ratio",
    "ahead_by_standard_errors",
]


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    """An experiment, its task, 70 rows to train on of which none is evaluated, and 60 that are."""
    rows = labelled_rows(130)
    _write(tmp_path / "train" / "rows.csv", rows[:70])
    _write(tmp_path / "topics" / "train.csv", rows[:70])
    _write(tmp_path / "topics" / "test.csv", rows[70:])
    (tmp_path / "topics.yaml").write_text(TASK)
    path = tmp_path / "experiment.yaml"
    path.write_text(EXPERIMENT)
    return path


def _write(file: Path, rows: Sequence[tuple[str, int]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["text", "topic"])
        writer.writerows((text, list(TOPICS)[label]) for text, label in rows)


def changed(path: Path, *edits: tuple[str, str]) -> Path:
    text = path.read_text()
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} must stand once in the file"
        text = text.replace(old, new)
    path.write_text(text)
    return path


def loaded(path: Path):
    experiment, _, problems = load_experiment(path)
    assert experiment is not None, problems
    return experiment


# What a file may say


def test_everything_that_is_wrong_with_an_experiment_is_said_with_its_place():
    text = """\
schema_version: 1
title: Two ways
model: acme/small
revision: 1111111
load: {poling: mean}
task: topics.txt
data:
  path: train.csv
  columns: {text: text}
  type: symmetric_class
modes:
  - name: same
    role: published
    recipe: {loss: flag-embeding}
  - name: same
    published: true
    recipe: {loss: label-aware}
  - name: All Rows
    rows: every
    role: ours_all_rows
  - name: ours
    rows: 20
    role: ours
    in_batch_negatives: true
  - name: steps
    role: ours
    recipe: {learning_rate: 3, max_steps: 5}
budgets: {seconds: [0, 5], methods: [our, steps]}
"""
    document = parse_yaml(text.encode(), "file.yaml")
    said = "".join(
        f"{p.line}:{p.column} {p.rule}: {p.message}\n  fix: {p.fix}\n"
        for p in experiment_problems(document)
    )
    assert (
        said
        == """\
4:11 wrong-type: `revision` is the number 1111111, but must be text
  fix: copy the full SHA from the model's `Files and versions` > `History`; a branch, a tag or a short SHA can move, so none is accepted; put it in quotes
5:8 unknown-key: unknown key `poling` in `load`
  fix: did you mean `pooling`?
6:7 malformed-task-file: `task` is `topics.txt`: that is no custom task file
  fix: name a .yaml file, relative to this one, for example `../tasks/ag-news-knn.yaml`
9:12 missing-key: the key `label` is missing in `data.columns`
  fix: add `label:`. Column of the label.
10:3 unknown-key: unknown key `type` in `data`
  fix: delete it; the keys known here are `id`, `revision`, `config`, `split`, `path`, `columns`, `join`, `rows`, `evaluated_rows`
13:11 other-rows: mode 1 is trained on all rows, and `ours` on 20
  fix: give both the same `rows`
13:11 wrong-role: a mode that is not as published cannot have the role `published`
  fix: write `published: true` beside it
14:20 not-allowed: `recipe.loss` in item 1 of `modes` is `flag-embeding`, which is none of the choices
  fix: did you mean `flag-embedding`?
15:11 repeated-mode: mode 2 is called `same`, as mode 1 is
  fix: give it another name
16:5 key-does-not-fit: `published` goes with FlagEmbedding's own loss only
  fix: delete it, or write `loss: flag-embedding` in the mode's `recipe`
18:11 malformed-mode-name: `name` in item 3 of `modes` is `All Rows`: that cannot name a mode
  fix: name it in small letters, digits and hyphens, for example `same-dataset`
19:11 malformed-value: `rows` in item 3 of `modes` is `every`: that is no number of rows
  fix: write a number, or `all`
20:11 wrong-role: the mode `ours_all_rows` is not trained on all rows
  fix: write `rows: all` beside it
24:5 key-does-not-fit: `in_batch_negatives` goes with FlagEmbedding's own loss only
  fix: delete it, or write `loss: flag-embedding` in the mode's `recipe`
26:11 repeated-role: mode 5 is `ours`, as mode 4 is
  fix: keep one of the two
27:29 out-of-range: `recipe.learning_rate` in item 5 of `modes` is 3, but must be at most 1
  fix: write a number of at most 1
28:21 out-of-range: item 1 of `budgets.seconds` is 0, but must be at least 0.1
  fix: write a number of at least 0.1
28:38 unknown-mode: no mode is called `our`
  fix: did you mean `ours`?
28:43 key-does-not-fit: `steps` ends after `max_steps`, so it cannot end by the clock
  fix: delete `max_steps` from its recipe, or the mode from `methods`
"""
    )


def test_the_examples_are_right_and_hold_the_same_recipes():
    names = ("ag-news", "banking77")
    news, banking = (loaded(ROOT / "examples" / "finetuning" / f"{name}.yaml") for name in names)
    for path in (news.file, banking.file, news.task, banking.task):
        assert check_file(path) == []
    recipes = {mode.name: mode.recipe for mode in news.modes}
    for mode in banking.modes:
        assert mode.recipe == recipes[mode.name]
    assert [mode.role for mode in news.modes].count("published") == 4
    assert recipes["ours"] == recipes["ours-all-rows"]


def test_rows_and_loss_of_a_mode_follow_from_the_experiment(experiment: Path):
    same, ours, every = loaded(experiment).modes
    assert (same.rows, ours.rows, every.rows) == (60, 60, None)
    assert (same.recipe.loss, ours.recipe.loss) == ("flag-embedding", "label-aware")


# Figures

PUBLISHED = Mode("same", Recipe(loss="flag-embedding", epochs=1), published=True, role="published")
WORSE = Mode("mixed", Recipe(loss="flag-embedding", epochs=1), published=True, role="published")
OURS = Mode("ours", Recipe(), rows=1200, role="ours")
RAW = Score((0.70, 0.72, 0.74))


def made_table(*rows: Row, experiment: Path | None = None) -> Table:
    path = experiment or ROOT / "examples" / "finetuning" / "ag-news.yaml"
    return Table(loaded(path), "AGNewsKNN", "accuracy", RAW, rows)


def row(mode: Mode, *draws: float, seconds: float = 100.0) -> Row:
    return Row(mode, 1200, Trained(1200, 10800, seconds), Score(draws))


def test_the_error_of_a_difference_is_that_of_its_differences_draw_by_draw():
    # Draws differ far more than the two models do: 0.02, 0.03 and 0.04 have a deviation of 0.01.
    ahead = difference(Score((0.72, 0.83, 0.94)), Score((0.70, 0.80, 0.90)))
    assert ahead.mean == pytest.approx(0.03)
    assert ahead.standard_error == pytest.approx(0.01 / 3**0.5)
    assert ahead.in_standard_errors == pytest.approx(3 * 3**0.5)
    assert Score((0.72, 0.83, 0.94)).standard_error == pytest.approx(0.11 / 3**0.5)


def test_without_any_spread_nothing_is_measured_in_standard_errors():
    assert difference(Score((0.3, 0.2, 0.1)), Score((0.2, 0.1, 0.0))).in_standard_errors is None


def test_the_closing_line_holds_ours_against_the_best_published_mode():
    table = made_table(
        row(WORSE, 0.60, 0.62, 0.64, seconds=90),
        row(PUBLISHED, 0.80, 0.82, 0.84, seconds=400),
        row(OURS, 0.84, 0.87, 0.90, seconds=60),
    )
    assert closing(table) == {
        "raw": 0.72,
        "best_published": 0.82,
        "ours": 0.87,
        "ours_all_rows": None,
        "standard_error": pytest.approx(0.01 / 3**0.5, abs=1e-6),
        "training_seconds_ratio": 0.15,
        "ahead_by_standard_errors": pytest.approx(5 * 3**0.5, abs=1e-6),
    }
    assert list(closing(table)) == CLOSING


def test_a_mode_without_a_score_is_not_the_best_and_ours_may_be_behind():
    failed = Row(PUBLISHED, 1200, failure=Failure("out_of_memory", "no | memory"))
    table = made_table(failed, row(WORSE, 0.60, 0.62, 0.64), row(OURS, 0.5, 0.51, 0.55, seconds=10))
    best = best_published(table.rows)
    assert best is not None
    assert best.mode == WORSE
    assert cells(table)[1][1] == "failed: no | memory"
    assert "| same | failed: no \\| memory | - |" in markdown(table)
    assert sentences(table)[0] == (
        "ours is behind mixed, the best published mode, by 0.1000 ± 0.0058 (17.3 standard errors), "
        "in 0.10 of its training time."
    )
    assert closing(made_table(failed))["best_published"] is None


def test_a_table_reads_like_this(experiment: Path):
    table = made_table(
        row(PUBLISHED, 0.80, 0.82, 0.84, seconds=400),
        row(OURS, 0.84, 0.87, 0.90, seconds=6.04),
        experiment=experiment,
    )
    assert (
        markdown(table)
        == """\
# Two ways of \\*training\\*

acme/small at `111111111111111111111111111111111111111a`, measured with AGNewsKNN.

| mode | accuracy | change | rows x epochs | steps | texts encoded | seconds | seconds / best published |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| raw | 0.7200 ± 0.0115 | - | - | - | - | - | - |
| same | 0.8200 ± 0.0115 | +0.1000 ± 0.0000 | 1,200 x 1 | 1,200 | 10,800 | 400 | 1.00 |
| ours | 0.8700 ± 0.0173 | +0.1500 ± 0.0058 | 1,200 x 2 | 1,200 | 10,800 | 6.0 | 0.02 |

- ours is ahead of same, the best published mode, by 0.0500 ± 0.0058 (8.7 standard errors), in 0.02 of its training time.
- ±: standard error over the 3 draws of AGNewsKNN; of a change, over its differences draw by draw.
- All models are measured with the same draws. The luck of a training's own seed is in none of the errors.
"""
    )


def test_the_time_left_is_that_of_texts_budgets_and_evaluations():
    assert predicted_seconds([1000, 3000], [60], 0.01, evaluation=100) == 40 + 60 + 300


def test_texts_are_those_of_every_group_or_of_every_row():
    assert texts_of(PUBLISHED, 1200) == 1200 * 9
    assert texts_of(OURS, 1200) == 2 * 1200


def test_a_score_of_other_draws_is_no_score():
    raw = {"data of Topics": "a", "seeds": {"Topics": 42}}
    require_same_protocol(raw, dict(raw))
    with pytest.raises(Failure, match="data of Topics differ"):
        require_same_protocol(raw, raw | {"data of Topics": "b"})
    with pytest.raises(Failure, match="seeds differ"):
        require_same_protocol(raw, raw | {"seeds": {"Topics": 43}})


def test_the_picture_is_the_same_for_the_same_figures():
    rows = [
        Row(OURS, 1200, Trained(1, 1, 60.0), Score((0.8, 0.82, 0.84)), budget=60),
        Row(OURS, 1200, Trained(1, 1, 180.0), Score((0.85, 0.86, 0.84)), budget=180),
        Row(PUBLISHED, 1200, failure=Failure("infrastructure", "no"), budget=60),
    ]
    picture = budget_plot(made_table(), rows, "svg")
    assert picture == budget_plot(made_table(), rows, "svg")
    assert picture != budget_plot(made_table(), rows[:1], "svg")
    assert budget_plot(made_table(), rows, "png").startswith(b"\x89PNG")


# Rows and files


def written(mode: Mode, folder: Path, experiment: Path) -> tuple[Path, list[dict[str, Any]]]:
    """The folder that a mode trains with, and its rows."""
    data = read_rows(experiment, folder / "data", mode)
    [place] = mode_files(mode, data.rows[mode.rows], folder, 42, embed=None, progress=quiet())  # type: ignore[arg-type]
    [file] = place.iterdir() if place.is_dir() else [place]
    return place, [json.loads(line) for line in file.read_text().splitlines()]


def read_rows(path: Path, folder: Path, *modes: Mode) -> ExperimentData:
    """The rows of `modes`, held against the task of the experiment."""
    wanted = replace(loaded(path), modes=modes or loaded(path).modes)
    request = SimpleNamespace(
        benchmarks=(), tasks=(TaskRequest("topics", wanted.task),), task_languages=()
    )
    return experiment_data(wanted, folder, {}, select_tasks(request, {}), quiet())


def test_a_published_mode_leaves_the_batch_to_flagembedding(experiment: Path, tmp_path: Path):
    folder, rows = written(replace(PUBLISHED, rows=60), tmp_path / "a", experiment)
    assert folder.name == "labelled-no_in_batch_neg"
    assert (len(rows), rows[0]["type"]) == (60, "symmetric_class")
    assert "batch_size" not in rows[0]
    plain = replace(PUBLISHED, rows=60, published=False, in_batch_negatives=True)
    folder, rows = written(plain, tmp_path / "b", experiment)
    assert folder.name == "labelled"
    assert rows[0]["batch_size"] == plain.recipe.batch_size


def test_of_one_seed_the_fewer_rows_are_among_the_more(experiment: Path, tmp_path: Path):
    few, more = replace(OURS, rows=30), replace(OURS, name="more", rows=None)
    both = read_rows(experiment, tmp_path / "both", few, more).rows
    alone = read_rows(experiment, tmp_path / "alone", few).rows
    assert both[30].sha256 == alone[30].sha256
    assert (len(both[30]), len(both[None])) == (30, 70)
    assert set(both[30].part.training) < set(both[None].part.training)


def test_rows_that_are_evaluated_are_refused_or_left_out(experiment: Path, tmp_path: Path):
    rows = labelled_rows(130)
    _write(experiment.parent / "train" / "rows.csv", [*rows[:70], *((t.upper(), n) for t, n in rows[70:75])])  # fmt: skip
    every = replace(OURS, rows=None)
    with pytest.raises(UnusableTrainingData, match="5 of 75 training rows stand in the evaluation split of Topics") as refused:  # fmt: skip
        read_rows(experiment, tmp_path / "out", every)
    assert "evaluated_rows: leave-out" in refused.value.fix
    assert "--allow-contamination" not in str(refused.value)
    changed(experiment, ("  rows: 60\n", "  rows: 60\n  evaluated_rows: leave-out\n"))
    data = read_rows(experiment, tmp_path / "out", every, replace(OURS, name="few", rows=69))
    assert data.left_out == 5
    assert (len(data.rows[None]), len(data.rows[69])) == (70, 69)


def test_more_rows_than_there_are_are_refused(experiment: Path, tmp_path: Path):
    with pytest.raises(UnusableTrainingData, match="70 rows to train on, and 80 are asked for"):
        read_rows(experiment, tmp_path / "out", replace(OURS, rows=80))


def test_a_local_file_is_found_in_the_folder_that_stands_for_its_own(tmp_path: Path):
    source = TrainingSource(path=tmp_path / "banking" / "train.csv")
    found = relocated(source, tmp_path, {"other": Path("/o"), "banking": Path("/data/b")})
    assert found.path == Path("/data/b/train.csv")
    assert relocated(source, tmp_path, {"bank": Path("/o")}) == source


# The command


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_small_bert(tmp_path_factory.mktemp("models") / "base")


@pytest.fixture
def table(experiment: Path, base: Path, tmp_path: Path) -> Callable[..., tuple[int, str, str]]:
    """(exit code, standard output, what was said)."""

    def run(*more: str) -> tuple[int, str, str]:
        stdout = io.StringIO()
        with redirect_stdout(stdout):
            ended = run_runner(
                "table", experiment, "--output", tmp_path / "out", "--model-path", base, *more
            )
        return ended.returncode, stdout.getvalue(), ended.stderr

    return run


@pytest.mark.slow
def test_raw_and_every_mode_stand_in_one_table_and_asked_again_nothing_is_trained(
    table: Callable[..., Any], tmp_path: Path
):
    code, printed, said = table()
    assert code == 0, said
    out = tmp_path / "out"
    line = json.loads(printed.splitlines()[-1])
    assert list(line) == CLOSING
    assert line["ours"] > line["raw"]
    assert "[2/5] same-dataset: 60 rows, about 300 texts of training" in said
    assert "[3/5] ours: 60 rows, about 180 texts of training; about " in said
    result = read_json(out / "table.json")
    assert result["closing"] == line
    modes = {mode["name"]: mode for mode in result["modes"]}
    # FlagEmbedding halved the batch of 3: a step a row; 60 rows and 4 passages each, once
    assert (modes["same-dataset"]["steps"], modes["same-dataset"]["texts_encoded"]) == (60, 300)
    assert (modes["ours"]["rows"], modes["ours-all-rows"]["rows"]) == (60, 70)
    assert all(len(mode["experiments"]) == 4 for mode in modes.values())
    assert modes["same-dataset"]["seconds_ratio"] == 1
    assert modes["ours"]["score"] == pytest.approx(sum(modes["ours"]["experiments"]) / 4)
    [point] = read_json(out / "budgets.json")["points"]
    assert (point["name"], point["budget"]) == ("ours", 1)
    assert point["seconds"] >= 1
    assert point["steps"] > 0
    assert (out / "budgets.svg").read_bytes().startswith(b"<?xml")
    assert (out / "table.md").read_text().count("\n| ") == 6
    assert "same-dataset" in printed
    trained = {file: file.stat().st_mtime_ns for file in out.rglob(TRAINED)}
    assert len(trained) == 4
    again, printed, _ = table()
    assert (again, json.loads(printed.splitlines()[-1])) == (0, line)
    assert trained == {file: file.stat().st_mtime_ns for file in out.rglob(TRAINED)}


@pytest.mark.slow
def test_a_mode_that_fails_leaves_the_others_their_rows_and_another_recipe_is_refused(
    table: Callable[..., Any], experiment: Path, tmp_path: Path
):
    changed(
        experiment,
        ("    recipe: {batch_size: 3, ", "    recipe: {pooling: cls, batch_size: 3, "),
        ("  - name: ours-all-rows\n", "  - name: every\n"),
        ("epochs: 1, learning_rate: 1.0e-4", "epochs: 1, learning_rate: 1.0e-5"),
    )
    code, printed, said = table("--no-budgets")
    assert code == ExitCode.SUBMISSION, said
    line = json.loads(printed.splitlines()[-1])
    assert (line["best_published"], line["standard_error"]) == (None, None)
    assert line["ours_all_rows"] > line["raw"]
    assert not (tmp_path / "out" / "budgets.json").exists()
    assert "failed: the base model pools by mean" in (tmp_path / "out" / "table.md").read_text()
    changed(experiment, ("epochs: 1, learning_rate: 1.0e-5", "epochs: 1, learning_rate: 2.0e-5"))
    code, _, said = table("--no-budgets")
    assert code == ExitCode.USAGE
    assert "modes/same-dataset holds results measured with another recipe" in said


def test_what_cannot_be_compared_is_refused_before_anything_is_loaded(
    table: Callable[..., Any], experiment: Path, tmp_path: Path
):
    task = tmp_path / "topics.yaml"
    changed(task, ("experiments: 4", "experiments: 1"))
    code, _, said = table()
    assert code == ExitCode.SUBMISSION
    assert f"{task}:9:14 task-does-not-fit: a table compares draws, and this task has none" in said
    changed(experiment, ("task: topics.yaml", "task: topic.yaml"))
    code, _, said = table()
    assert code == ExitCode.USAGE
    assert "topic.yaml: No such file" in said
    changed(experiment, ("methods: [ours]", "methods: [our]"))
    code, _, said = table()
    assert code == ExitCode.SUBMISSION
    assert "unknown-mode: no mode is called `our`\n  fix: did you mean `ours`?" in said
    assert not (tmp_path / "out").exists()
