"""Tuned weights for a repository that is there: one pull request, kept up to date, and main is the owner's."""

import pytest
from finetuned_made import BASE
from tuned_weights_made import model_files
from tuned_world import MODEL, NEW, PULL, THEIRS, pointer, tuned_world


@pytest.fixture
def world(tmp_path, monkeypatch, capsys):
    with tuned_world(tmp_path, monkeypatch, capsys) as world:
        yield world


def test_weights_that_must_stay_private_never_go_to_a_public_repository(world):
    world.hub.create_model(MODEL, THEIRS)
    for finetune in (NEW, PULL):
        world.leave(finetune, allowed="private")
        said = world.publish(code=1)
        assert (
            "org/name is public on the Hub, and its tuned weights are to stay private" in said.err
        )
        assert said.writes == []


@pytest.mark.parametrize("files", [{}, THEIRS])
def test_a_config_that_keeps_its_new_repository_private_gives_nothing_to_a_public_one(world, files):
    world.hub.create_model(MODEL, files)
    world.leave(NEW, allowed="public")
    said = world.publish(code=1)
    assert "is public on the Hub, and its tuned weights are to stay private" in said.err
    assert said.writes == []


def test_an_existing_repository_gets_one_pull_request_with_model_and_card(world):
    world.hub.create_model(MODEL, THEIRS)
    world.leave(PULL)
    assert world.publish().out.startswith("opened: The results are in [pull request 1](")
    ref = "refs/pr/1"
    assert pointer(model_files()["model.safetensors"]) in world.read("model.safetensors", ref)
    front = world.front(ref)
    assert (front["license"], front["base_model"]) == ("apache-2.0", BASE)
    (pull,) = world.state["pulls"]
    description = pull["description"]
    assert "the model itself, 7 files, its weights in `model.safetensors`" in description
    assert "### Raw and tuned" in description
    assert world.read("README.md") == THEIRS["README.md"], "main is the owner's"
    assert world.publish().writes == []
    world.hub.merge_pull(MODEL, 1, "org")
    assert world.publish().out.startswith("merged: ")
    assert pull["status"] == "open"


def test_a_model_trained_anew_changes_the_open_pull_request(world):
    world.hub.create_model(MODEL, THEIRS)
    world.leave(PULL)
    world.publish()
    anew = model_files(0.75)
    del anew["vocab.txt"]
    world.leave(PULL, anew, score=0.9)
    assert world.publish().out.startswith("updated: ")
    assert pointer(anew["model.safetensors"]) in world.read("model.safetensors", "refs/pr/1")
    assert "vocab.txt" not in world.model.git.files("refs/pr/1"), "a file of the model before"
    assert b"value: 90.0" in world.read("README.md", "refs/pr/1")
    assert world.publish().writes == []


def test_files_of_the_owner_stay_where_the_tuned_model_has_none_of_that_name(world):
    theirs = {**THEIRS, "merges.txt": b"a b\n", "added_tokens.json": b"{}"}
    world.hub.create_model(MODEL, theirs)
    world.leave(PULL)
    world.publish()
    assert world.read("merges.txt", "refs/pr/1") == b"a b\n"


def test_main_that_moved_is_merged_in_and_the_weights_stay_the_measured_ones(world):
    world.hub.create_model(
        MODEL, {**THEIRS, "model.safetensors": model_files(0.1)["model.safetensors"]}
    )
    world.leave(PULL)
    world.publish()
    other = model_files(0.2)["model.safetensors"]
    world.hub.commit(MODEL, {"model.safetensors": other, "NOTES.md": b"mine\n"}, "org")
    assert world.publish().out.startswith("updated: ")
    assert world.state["pulls"][0]["contains_main"]
    assert pointer(model_files()["model.safetensors"]) in world.read(
        "model.safetensors", "refs/pr/1"
    )
    assert world.read("NOTES.md", "refs/pr/1") == b"mine\n"
    assert world.publish().writes == []


def test_a_repository_of_ones_own_gets_later_weights_by_pull_request(world):
    world.leave(NEW)
    world.publish()
    mains = world.model.revision
    world.leave(NEW, model_files(0.75), score=0.9)
    assert world.publish().out.startswith("opened: ")
    assert world.model.revision == mains


def test_a_pull_request_needs_a_repository(world):
    world.leave(PULL)
    assert "org/name cannot be read on the Hub" in world.publish(code=1).err
