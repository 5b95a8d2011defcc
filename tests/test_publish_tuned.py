"""Tuned weights on the Hub: a repository of their own, once, and only where config and board say so."""

import json

import pytest
from finetuned_made import BASE, BASE_REVISION, DATA_SET, contamination
from publish_world import meanwhile
from tuned_run_made import published_run
from tuned_weights_made import model_files, report_of
from tuned_world import MODEL, NEW, pointer, tuned_world

from bot.artifacts.collected import write
from bot.cli import main


@pytest.fixture
def world(tmp_path, monkeypatch, capsys):
    with tuned_world(tmp_path, monkeypatch, capsys) as world:
        yield world


def test_a_repository_is_created_private_and_gets_model_and_results_in_one_commit(world):
    world.leave(NEW)
    said = world.publish()
    assert said.out.startswith("merged: The main branch of `org/name` holds these results.")
    assert world.model.private
    assert world.state["pulls"] == []
    assert len(world.model.git.git("rev-list", "refs/heads/main").decode().split()) == 2
    expected = {*model_files(), "README.md", ".gitattributes", "mteb_results/AGNewsKNN.json"}
    assert expected <= set(world.model.git.files("refs/heads/main"))
    assert pointer(model_files()["model.safetensors"]) in world.read("model.safetensors")
    assert world.read("vocab.txt") == model_files()["vocab.txt"]


def test_published_again_nothing_changes(world):
    world.leave(NEW)
    world.publish()
    before = world.state
    said = world.publish()
    assert said.out.startswith("merged: ")
    assert said.writes == []
    assert world.state == before


def test_the_card_declares_base_data_recipe_and_what_training_gained(world):
    world.leave(NEW)
    world.publish()
    front = world.front()
    said = {key: front[key] for key in front if key not in {"model-index", "mteb_results"}}
    assert said == {
        "language": "en", "license": "mit", "library_name": "sentence-transformers",
        "model_name": MODEL, "pipeline_tag": "sentence-similarity", "base_model": BASE,
        "base_model_relation": "finetune", "datasets": [DATA_SET],
        "tags": ["sentence-transformers", "feature-extraction", "mteb"],
    }  # fmt: skip
    text = world.read("README.md").decode()
    for told in (
        f"Fine-tuned from `{BASE}` at `{BASE_REVISION}` on 4,800 rows of `{DATA_SET}`.",
        "### Raw and tuned",
        "| `tuned` (chosen) | 88.00 |",
        "| recipe of `tuned` | `loss` `label-aware`, all else as by default |",
        "mteb-runner finetune models/org/name.yaml --output out",
        f"of the weights whose digest begins with `{world_revision()}`",
    ):
        assert told in text


def world_revision():
    return report_of(model_files())["model"]["revision"]


def test_a_spoilt_models_card_carries_the_mark(world):
    world.leave(NEW, told={"contamination": contamination(200)})
    world.publish()
    assert "**Trained on 200 rows of the evaluation data:" in world.read("README.md").decode()
    (entry,) = world.front()["model-index"][0]["results"]
    assert entry["dataset"]["name"].endswith("(trained on 200 rows of the evaluation data)")


def test_a_repository_is_public_only_where_config_and_board_say_so(world):
    public = {"publish": {"to": "new-repository", "private": False}}
    world.leave(public, allowed="private")
    world.publish()
    assert world.model.private


def test_a_public_repository_is_created_where_both_say_so(world):
    world.leave({"publish": {"to": "new-repository", "private": False}})
    world.publish()
    assert not world.model.private


def test_what_somebody_puts_on_main_meanwhile_is_not_overwritten(world):
    world.leave(NEW)

    def put():
        world.hub.commit(MODEL, {"NOTES.md": b"mine\n"}, "org")

    meanwhile(world, "/preupload/", put)
    assert world.publish().out.startswith("opened: ")
    assert set(world.model.git.files("refs/heads/main")) == {".gitattributes", "NOTES.md"}
    assert world.read("config.json", "refs/pr/1") == model_files()["config.json"]


def test_two_bots_create_one_repository(world):
    world.leave(NEW)
    files = {}

    def other_bot():
        files["model"] = world.hub.create_model(MODEL, {}, private=True)

    meanwhile(world, "expand=private", other_bot)
    assert world.publish().out.startswith("merged: ")
    assert world.model is files["model"]
    assert len(world.model.git.git("rev-list", "refs/heads/main").decode().split()) == 2


def test_a_token_that_may_not_write_there_is_explained(tmp_path, monkeypatch, capsys):
    with tuned_world(tmp_path, monkeypatch, capsys, write=()) as world:
        world.leave(NEW)
        said = world.publish(code=3)
        assert "no repository org/name: the Hub refused (HTTP 403)" in said.err
        assert "let the token in HF_TOKEN write to repositories" in said.err


def test_a_dry_run_tells_what_would_be_done_and_does_nothing(world):
    world.leave(NEW)
    said = world.publish("--dry-run")
    assert said.out == "would create the model's repository, private\n"
    world.hub.create_model(MODEL, {}, private=True)
    said = world.publish("--dry-run")
    assert said.out.startswith("would put on main at ")
    assert f"  model.safetensors, {len(model_files()['model.safetensors'])} bytes" in said.out
    assert said.writes == []


def test_weights_that_break_a_rule_are_published_nowhere(world):
    world.leave(NEW)
    (world.folder / "results" / "model" / "modeling.py").write_text("import os")
    said = world.publish(code=3)
    assert "modeling.py: refused, as no tuned model has a file of this name" in said.err
    assert said.requests == ()


def test_what_was_collected_is_published_weights_and_all(world, monkeypatch):
    world.leave(NEW)
    monkeypatch.setenv("GITHUB_REPOSITORY", "lab/board")
    run = published_run(world.folder / "run", model_files())
    gathered = run.collect_with_model()
    collected = world.folder / "collected"
    write(gathered.collected, gathered.files, collected, gathered.model)
    words = ["publish", "--collected", str(collected), "--settings", str(world.settings)]
    assert main(words) == 0, world.capsys.readouterr().err
    assert world.model.private
    assert pointer(model_files()["model.safetensors"]) in world.read("model.safetensors")
    assert main(words) == 0


def test_a_collected_run_without_its_model_publishes_nothing(world, monkeypatch):
    world.leave(NEW)
    monkeypatch.setenv("GITHUB_REPOSITORY", "lab/board")
    gathered = published_run(world.folder / "run", model_files()).collect()
    write(gathered.collected, gathered.files, world.folder / "collected")
    words = ["publish", "--collected", str(world.folder / "collected")]
    assert main([*words, "--settings", str(world.settings)]) == 3
    assert "the tuned model: refused, as it cannot be read" in world.capsys.readouterr().err
    assert world.server.log == []


@pytest.mark.parametrize(
    ("finetune", "allowed", "why"),
    [
        (NEW, "never", "This board publishes no tuned weights"),
        ({}, "public", "The tuned weights go nowhere"),
    ],
)
def test_without_the_boards_and_the_configs_word_nothing_is_asked_of_the_hub(
    world, finetune, allowed, why
):
    world.leave(finetune, allowed=allowed)
    outcome = world.folder / "publication.json"
    said = world.publish("--outcome", str(outcome))
    assert said.out.startswith("nothing-to-publish: ")
    assert why in said.out
    assert said.requests == ()
    told = json.loads(outcome.read_text())
    assert (told["state"], told["revision"]) == ("nothing-to-publish", world_revision())


def test_without_settings_no_weights_leave(world):
    world.leave(NEW)
    world.settings.unlink()
    assert world.publish().out.startswith("nothing-to-publish: ")
