"""What an experiment file may say, and that the examples do."""

from pathlib import Path

import pytest
from conftest import ROOT
from table_made import changed, loaded, write_experiment

from bot.check import check_file
from schemas.experiment import experiment_problems
from schemas.yaml_document import parse_yaml


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    return write_experiment(tmp_path)


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


@pytest.mark.parametrize(
    ("recipe", "refused"),
    [
        ("{batch_size: 1}", True),
        ("{batch_size: 1, same_dataset: true}", True),
        ("{batch_size: 2}", False),
        ("{batch_size: 1, same_dataset: false}", False),
    ],
)
def test_a_batch_that_is_halved_to_none_is_refused_with_its_place(
    experiment: Path, recipe: str, refused: bool
):
    written = "{batch_size: 3, group_size: 4, epochs: 1, learning_rate: 1.0e-4, temperature: 0.02, query_max_length: 16}"
    changed(experiment, (written, recipe))
    found = [
        (p.line, p.column, p.rule, p.message, p.fix)
        for p in experiment_problems(parse_yaml(experiment.read_bytes(), "file.yaml"))
    ]
    message = "FlagEmbedding halves the batch of a published mode, and of 1 nothing is left"
    fix = "write `batch_size: 2`, of which 1 is left, or more"
    assert found == ([(14, 26, "batch-of-none", message, fix)] if refused else [])


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


def test_some_modes_keep_the_files_order_and_their_own_budgets(experiment: Path):
    whole = loaded(experiment)
    some = whole.of_modes(["ours-all-rows", "same-dataset"])
    assert [mode.name for mode in some.modes] == ["same-dataset", "ours-all-rows"]
    assert (whole.budgets.methods, some.budgets.methods) == (("ours",), ())


def test_rows_and_loss_of_a_mode_follow_from_the_experiment(experiment: Path):
    same, ours, every = loaded(experiment).modes
    assert (same.rows, ours.rows, every.rows) == (60, 60, None)
    assert (same.recipe.loss, ours.recipe.loss) == ("flag-embedding", "label-aware")
