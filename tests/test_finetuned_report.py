"""What a report says of training is read as frozen data, agrees with itself, and is of the config that asked."""

import json
from dataclasses import replace

import pytest
from finetuned_made import (
    BASE_REVISION,
    TASK,
    contamination,
    failed,
    of_config,
    recipe_of,
    task_score,
    training,
    tuned_config,
    tuned_data,
    tuned_report,
    weights,
)
from made import failure, outcome, report_data

from bot.report import CannotReadReport, read_report, report_from
from bot.report_consistency import contradictions
from bot.report_identity import ReportOfAnotherConfig, check_identity
from schemas.finetuning import HardNegatives, Recipe


def _two():
    return training("batch", score=0.88), training("one", score=0.86)


def test_a_tuned_model_counts_as_the_beginning_of_the_digest_over_its_weights():
    report = tuned_report(*_two())
    assert report.revision == weights("batch", 42)[:40]
    assert report.finetuned.revision == report.revision
    assert report.finetuned.chosen_run.variant == "batch"
    assert report.finetuned.variants == ("batch", "one")


def test_a_report_without_training_has_none():
    assert report_from(report_data(outcome("TaskA", 0.5))).finetuned is None


def test_a_training_without_an_end_leaves_the_base_revision():
    data = tuned_data(failed("tuned", failure("out_of_memory")))
    assert report_from(data).revision == BASE_REVISION
    assert contradictions(data) == []


def _changed(data, path, value):
    *above, last = path
    target = data
    for key in above:
        target = target[key]
    target[last] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (["model", "revision"], "a" * 40, "its revision is not that of the weights"),
        (["finetuning", "chosen"], None, "there are scores, but no training was chosen"),
        (["finetuning", "chosen", "seed"], 7, "a training was chosen that is not there"),
        (["finetuning", "chosen", "by"], "only", "but others ended as well"),
        (["finetuning", "chosen", "by"], "first", "not chosen by what was held out as it says"),
        (["finetuning", "runs", 0, "held_out"], [], "not chosen by what was held out as it says"),
        (["finetuning", "runs", 1, "variant"], "batch", "stands there twice with one seed"),
        (["finetuning", "runs", 1, "weights_sha256"], None, "a training that came to no model has"),
        (["finetuning", "runs", 0, "weights_sha256"], None, "was chosen that is not there, or that"),
        (["finetuning", "runs", 1, "error"], failure(), "failed has weights"),
        (["finetuning", "runs", 1, "error"], failure(), "says completed, but a training failed"),
        (["finetuning", "runs", 0, "loss"], [[20, 1.0], [10, 0.9]], "steps of a curve do not rise"),
        (["finetuning", "runs", 0, "loss"], [[201, 1.0]], "goes beyond the steps of its training"),
        (["finetuning", "runs", 0, "loss"], [[20, 1e300]], "a value of a curve is beyond 1e+09"),
        (["finetuning", "runs", 0, "held_out"], [[20, 1.5]], "a value of a curve is beyond 1"),
        (["finetuning", "runs", 0, "held_out"], [[20, -0.5]], "a held-out score is below 0"),
        (["finetuning", "runs", 0, "seconds"], 1e12, "beyond all reason"),
        (["finetuning", "runs", 0, "tasks", 0, "main_score"], 0.99, "another score than in the"),
        (["finetuning", "runs", 0, "tasks"], [], "has scores of other tasks than the report"),
        (["finetuning", "raw"], [task_score(TASK, 0.1)] * 2, "one model has two scores of a task"),
        (["finetuning", "raw", 0, "experiments"], [1e300], "a main score is beyond 1000"),
        (["provenance", "weights", 0, "sha256"], "f" * 64, "other weights were measured than were"),
        (["provenance", "weights", 0, "file"], "other.safetensors", "other weights were measured"),
        (["finetuning", "data", 0, "trained"], 5001, "more rows of a data set"),
        (
            ["finetuning", "contamination"],
            contamination(200, allowed=False),
            "rows of the evaluation data were not allowed, and yet trained on",
        ),
    ],
)  # fmt: skip
def test_a_report_that_contradicts_itself_about_training_is_refused(path, value, said, tmp_path):
    data = tuned_data(*_two())
    assert contradictions(data) == []
    file = tmp_path / "report.json"
    file.write_text(json.dumps(_changed(data, path, value)))
    with pytest.raises(CannotReadReport, match="contradicts itself") as caught:
        read_report(file)
    assert said in caught.value.message


def test_a_training_that_was_never_begun_is_no_contradiction_until_the_run_is_complete():
    begun = {"steps": 0, "loss": [], "held_out": [], "weights_sha256": None, "tasks": ()}
    waiting = training("one", **begun)
    assert contradictions(tuned_data(training("batch"), waiting, status="interrupted")) == []
    assert contradictions(tuned_data(training("batch"), waiting)) == [
        "it says completed, but a training neither ended nor failed"
    ]


def _first(variant):
    """Two trainings, of which this one is said to be the first that ended."""
    runs = training("batch", held_out=[]), training("one", held_out=[])
    return tuned_data(*runs, told={"chosen": {"variant": variant, "seed": 42, "by": "first"}})


def test_without_held_out_rows_the_first_training_that_ended_is_chosen():
    assert contradictions(_first("batch")) == []
    assert contradictions(_first("one")) == [
        "a training was chosen as the first that ended, but another one ended before it"
    ]


def test_a_training_is_not_chosen_as_the_first_where_another_has_a_held_out_score():
    data = _first("batch")
    data["finetuning"]["runs"][1]["held_out"] = [[0, 0.5]]
    assert contradictions(data) == ["a training was not chosen by what was held out as it says"]


def _asking(tmp_path, **finetune):
    return tuned_config(tmp_path, finetune)


def _of(config, *runs, told=None, **more):
    return report_from(of_config(tuned_data(*runs, told=told, **more), config))


def test_a_report_of_what_the_config_asks_for_is_taken(tmp_path):
    config = _asking(
        tmp_path,
        recipe={"epochs": 3},
        variants={"soft": {}, "sharp": {"temperature": 0.02, "hard_negatives": {"to": 50}}},
        seeds=[1, 2],
    )
    soft, sharp = (
        Recipe(epochs=3),
        Recipe(epochs=3, temperature=0.02, hard_negatives=HardNegatives(to=50)),
    )
    runs = [
        training(name, seed, recipe=recipe)
        for name, recipe in {"soft": soft, "sharp": sharp}.items()
        for seed in (1, 2)
    ]
    check_identity(_of(config, *runs), config)


def test_what_the_config_leaves_to_the_base_model_may_be_told(tmp_path):
    config = _asking(tmp_path)
    told = recipe_of(Recipe(), pooling="mean", passage_max_length=64)
    check_identity(_of(config, {**training(), "recipe": told}), config)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"learning_rate": 1e-3}, "another learning_rate than the config says"),
        ({"normalize": 1}, "another normalize than the config says"),
        ({"max_steps": 5}, "another max_steps than the config says"),
        ({"hard_negatives": {"from": 1, "to": 2}}, "another hard_negatives than"),
        ({"trick": True}, "another trick than the config says"),
    ],
)
def test_a_variant_trained_otherwise_than_asked_for_is_refused(changes, said, tmp_path):
    config = _asking(tmp_path)
    run = {**training(), "recipe": recipe_of(Recipe(), **changes)}
    with pytest.raises(ReportOfAnotherConfig, match="tuned with seed 42 was trained") as caught:
        check_identity(_of(config, run), config)
    assert said in caught.value.message


def test_a_setting_that_the_report_leaves_out_is_another_one(tmp_path):
    config = _asking(tmp_path)
    recipe = recipe_of(Recipe())
    del recipe["temperature"]
    with pytest.raises(ReportOfAnotherConfig, match="another temperature than"):
        check_identity(_of(config, {**training(), "recipe": recipe}), config)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"base_model": "org/other"}, "it trained another base model"),
        ({"base_revision": "3" * 40}, "it trained another base model, or another revision"),
        ({"data": []}, "it trained on other data sets than the config says"),
    ],
)
def test_another_base_model_or_other_data_are_refused(told, said, tmp_path):
    config = _asking(tmp_path)
    with pytest.raises(ReportOfAnotherConfig, match=said):
        check_identity(_of(config, told=told), config)


def test_a_local_file_is_known_by_its_path_beside_the_config(tmp_path):
    local = {"path": "news/train.csv", "columns": {"text": "text", "label": "label"}}
    config = _asking(tmp_path, data=[local])
    (told,) = tuned_data()["finetuning"]["data"]
    there = {**told, "name": "news/train.csv", "revision": None, "split": None}
    check_identity(_of(config, told={"data": [there]}), config)
    with pytest.raises(ReportOfAnotherConfig, match="other data sets"):
        check_identity(_of(config, told={"data": [{**there, "name": "train.csv"}]}), config)


def test_a_training_that_nobody_asked_for_is_refused(tmp_path):
    config = _asking(tmp_path, seeds=[1])
    with pytest.raises(
        ReportOfAnotherConfig, match="variant tuned with seed 2, and the config asks"
    ):
        check_identity(_of(config, training(seed=1), training(seed=2)), config)


def test_a_completed_report_holds_every_variant_with_every_seed(tmp_path):
    config = _asking(tmp_path, seeds=[1, 2])
    with pytest.raises(ReportOfAnotherConfig, match="was not trained with every seed"):
        check_identity(_of(config, training(seed=1)), config)
    check_identity(_of(config, training(seed=1), status="interrupted"), config)
    check_identity(_of(config, training(seed=1), smoke=True), config)


def test_only_a_smoke_run_may_train_for_less_than_the_config_says(tmp_path):
    config = _asking(tmp_path)
    short = {**training(), "recipe": recipe_of(Recipe(), max_steps=2)}
    check_identity(_of(config, short, smoke=True), config)
    with pytest.raises(ReportOfAnotherConfig, match="another max_steps"):
        check_identity(_of(config, short), config)


def test_training_that_a_config_does_not_ask_for_is_refused(tmp_path):
    config = replace(_asking(tmp_path), finetune=None)
    report = replace(_of(config), revision=BASE_REVISION)
    with pytest.raises(ReportOfAnotherConfig, match="and the config asks for none"):
        check_identity(report, config)


def test_scores_without_the_training_that_a_config_asks_for_are_refused(tmp_path):
    config = _asking(tmp_path)
    model = {"name": "org/name", "revision": BASE_REVISION, "license": "mit", "languages": ["eng"]}
    raw = of_config(report_data(outcome(TASK, 0.7446), model=model), config)
    with pytest.raises(ReportOfAnotherConfig, match="tells nothing of the training"):
        check_identity(report_from(raw), config)
    nothing = report_data(outcome(TASK), model=model, status="failed", error=failure())
    check_identity(report_from(of_config(nothing, config)), config)


def test_the_revision_of_the_base_is_not_the_tuned_models(tmp_path):
    config = _asking(tmp_path)
    report = replace(_of(config), revision=BASE_REVISION)
    with pytest.raises(ReportOfAnotherConfig, match="of another model, revision or version"):
        check_identity(report, config)
