"""The plan of a training: one machine, and time that grows with what is encoded, trained and evaluated."""

import json
from dataclasses import replace

import pytest

from bot.plan_files import planned
from bot.planning.estimate import LOADING, Machine
from bot.planning.plan import Submission
from bot.planning.request import Request
from bot.planning.sentences import time_and_cost
from bot.planning.training import ASSUMED_ROWS, LONGEST, trained_models, training_seconds
from bot.quote import Quote, quote_of
from bot.training_files import training_rows
from schemas.finetuning import Finetuning, Recipe, TrainingSource
from schemas.mteb_index import mteb_index
from schemas.plan import CannotReadPlan, plan_from
from schemas.settings import Limits, QuoteSettings, Settings
from schemas.submission import load_model_config

MACHINE = Machine(teraflops=30, parameters=100_000_000, max_length=512)
SHA = "0123456789abcdef0123456789abcdef01234567"
CONFIG = f"""\
schema_version: 1
model: acme/tuned
revision: {SHA}
license: mit
languages: [eng]
evaluate: {{benchmarks: ["MTEB(eng, v2)"]}}
finetune:
  base_model: acme/base
  data:
    - path: rows.csv
      columns: {{text: text, label: label}}
    - id: acme/rows
      revision: {SHA}
      columns: {{text: text, label: label}}
  variants:
    fast: {{learning_rate: 1.0e-4}}
    slow: {{learning_rate: 1.0e-5}}
  seeds: [1, 2, 3]
"""


def training(*recipes: Recipe, seeds=(42,), rows=1000) -> Finetuning:
    named = {f"v{number}": recipe for number, recipe in enumerate(recipes or [Recipe()])}
    return Finetuning("acme/base", (TrainingSource(id="acme/rows", rows=rows),), named, seeds)


def seconds(recipe=None, machine=MACHINE, **more) -> float:
    return training_seconds(training(recipe or Recipe(), **more), (), machine)


def test_three_passes_of_each_text_of_each_epoch():
    # 1,000 rows twice, 64 tokens each: 2,000 a second, and 3 * 2 * 10^8 operations a token at 3 * 10^13 a second
    assert seconds() == round(2000 / 2000 + 3 * 2e8 * 64 * 2000 / 3e13, 1)


def test_flagembedding_encodes_a_query_and_its_group():
    # 9 texts a row; passages may be cut elsewhere than queries
    recipe = Recipe("flag-embedding", group_size=8, query_max_length=32, passage_max_length=16)
    assert seconds(recipe) == round(9 + 3 * 2e8 * (32 + 8 * 16) * 2000 / 3e13, 1)


def test_steps_that_are_limited_take_the_place_of_epochs():
    limited = Recipe(max_steps=10, gradient_accumulation=4, batch_size=50, epochs=100)
    assert seconds(limited) == seconds(Recipe(epochs=2))


@pytest.mark.parametrize(
    ("recipe", "more"),
    [
        (Recipe(epochs=3), {}),
        (Recipe("flag-embedding"), {}),
        (Recipe(gradient_checkpointing=True), {}),
        (Recipe(query_max_length=96), {}),
        (Recipe(), {"seeds": (1, 2)}),
        (Recipe(), {"rows": 2000}),
        (Recipe(), {"machine": replace(MACHINE, parameters=10**9)}),
    ],
    ids=["epochs", "groups", "checkpointing", "length", "seeds", "rows", "parameters"],
)  # fmt: skip
def test_longer(recipe, more):
    assert seconds() < seconds(recipe, **more)


def test_every_variant_is_trained_with_every_seed():
    both = training(Recipe(), Recipe(epochs=4), seeds=(1, 2, 3))
    assert trained_models(both) == 6
    assert training_seconds(both, (), MACHINE) == pytest.approx(3 * 3 * seconds(), abs=1)


def test_rows_are_the_fewest_of_those_counted_and_asked_for_or_else_assumed():
    def with_rows(asked, counted):
        asks = replace(training(), data=(TrainingSource(id="acme/rows", rows=asked),))
        return training_seconds(asks, counted, MACHINE)

    of_thousand = with_rows(1000, ())
    assert with_rows(1000, (5000,)) == with_rows(5000, (1000,)) == with_rows(None, (1000,)) == of_thousand  # fmt: skip
    assert with_rows(None, ()) == with_rows(None, (None,)) == with_rows(ASSUMED_ROWS, ())
    assert with_rows(None, (0,)) == 0


def test_a_smoke_run_is_short_whatever_the_data():
    many = training(Recipe("flag-embedding", epochs=1000), rows=10**7)
    assert training_seconds(many, (), MACHINE, smoke=True) < 60


def test_what_never_ends_has_a_number_all_the_same():
    endless = training(Recipe("flag-embedding", epochs=1000), rows=10**7, seeds=range(10))
    assert training_seconds(endless, (), Machine(0.001)) == LONGEST


@pytest.fixture
def submission(tmp_path):
    """A config with two variants and three seeds, and 100 rows of its own beside it."""
    config = tmp_path / "models" / "acme" / "tuned.yaml"
    config.parent.mkdir(parents=True)
    config.write_text(CONFIG)
    (config.parent / "rows.csv").write_text("text,label\n" + "a,1\n" * 100)
    loaded, _, problems = load_model_config(config)
    assert problems == []
    return Submission(loaded, "models/acme/tuned.yaml")


def test_a_training_is_not_split_and_every_model_is_evaluated(submission):
    settings = Settings(limits=Limits(shards=8), quote=QuoteSettings(gpu_teraflops=1))
    trained = planned(submission, Request(), settings, parameters=10**8)
    plain = replace(submission, config=replace(submission.config, finetune=None))
    split = planned(plain, Request(), settings, parameters=10**8)
    assert (trained.trains, len(trained.shards)) == (6, 1)
    assert (split.trains, len(split.shards)) == (0, 3)
    assert [task.seconds for task in trained.tasks] == pytest.approx(
        [7 * task.seconds for task in split.tasks]
    )
    machine = Machine(1, 10**8)
    training = training_seconds(submission.config.finetune, (100, None), machine)
    assert trained.seconds == pytest.approx(
        7 * LOADING + training + sum(task.seconds for task in trained.tasks)
    )
    assert (trained.model, trained.revision) == ("acme/tuned", SHA)
    assert plan_from(trained.to_json()) == trained


def test_rows_of_local_files_are_counted(submission):
    config = submission.config
    assert training_rows(config) == (100, None)
    folder = config.file.parent
    (folder / "pairs").mkdir()
    (folder / "pairs" / "a.jsonl").write_text("{}\n{}\n")
    (folder / "pairs" / "b.jsonl").write_text("{}\n\n{}")
    (folder / "rows.parquet").write_bytes(b"PAR1")
    local = [TrainingSource(path=folder / name) for name in ("pairs", "rows.parquet", "none.csv")]
    asked = replace(config, finetune=replace(config.finetune, data=tuple(local)))
    assert training_rows(asked) == (4, None, None)
    assert training_rows(replace(config, finetune=None)) == ()


def test_a_plan_that_splits_a_training_is_none(submission):
    plan = planned(submission, Request(), Settings())
    data = json.loads(plan.to_json())
    last = data["tasks"][-1]["name"]
    data["shards"][0]["tasks"].remove(last)
    data["shards"].append({"number": 2, "tasks": [last], "seconds": 1.0})
    data["tasks"][-1]["shard"] = 2
    with pytest.raises(CannotReadPlan, match="a training is split over several machines"):
        plan_from(json.dumps(data).encode())
    data["trains"] = 0
    assert len(plan_from(json.dumps(data).encode()).shards) == 2


def test_the_quote_says_that_training_is_in_it(submission):
    quote = quote_of(planned(submission, Request(), Settings()), mteb_index(), QuoteSettings())
    assert quote.trains == 6
    assert time_and_cost(Quote(2, 2, 0, seconds=1500, trains=6)) == (
        "That takes about 10 minutes to 1 hour, training of 6 models included."
    )
    assert time_and_cost(Quote(2, 2, 0, seconds=1500, trains=1)) == (
        "That takes about 10 minutes to 1 hour, training included."
    )
