"""Tuned weights on the Hub: a repository of their own or one pull request, once, and only where the board allows it."""

import json
from contextlib import contextmanager
from hashlib import sha256

import pytest
import yaml
from finetuned_made import BASE, BASE_REVISION, DATA_SET, contamination
from publish_world import BOT, Said, meanwhile
from tuned_run_made import published_run
from tuned_weights_made import leave_run, model_files, report_of

from bot.artifacts.collected import write
from bot.cli import main
from tests.standins.faults import Fault, Kind
from tests.standins.hub.app import LocalHub
from tests.standins.hub.clients import online
from tests.standins.server import Server

MODEL = "org/name"
NEW = {"publish": {"to": "new-repository"}}
PULL = {"publish": {"to": "pull-request"}}
THEIRS = {"README.md": b"---\nlicense: apache-2.0\n---\n\n# Mine\n", "config.json": b"{}"}


class TunedWorld:
    """A Hub, a run that trained a model, and the command."""

    def __init__(self, folder, server, hub, capsys):
        self.folder, self.server, self.hub, self.capsys = folder, server, hub, capsys
        self.settings = folder / "mteb-bot.yml"

    def leave(self, finetune, files=None, allowed="public", **more):
        """A runner's output, and the board's settings."""
        settings = {"schema_version": 1, "publish": {"tuned_weights": allowed}}
        self.settings.write_text(yaml.safe_dump(settings))
        leave_run(self.folder, files or model_files(), finetune, **more)

    def publish(self, *more, code=0):
        self.server.log.clear()
        config, results = self.folder / "models/org/name.yaml", self.folder / "results"
        words = [
            "publish",
            str(config),
            "--results",
            str(results),
            "--settings",
            str(self.settings),
        ]
        ended = main([*words, *more])
        printed = self.capsys.readouterr()
        self.hub.check()
        assert ended == code, printed.out + printed.err
        assert "hf_0" not in printed.out + printed.err
        return Said(ended, printed.out, printed.err, tuple(self.server.log))

    @property
    def model(self):
        return self.hub.hub.find(MODEL)

    @property
    def state(self):
        return self.hub.state(MODEL)

    def read(self, path, ref="refs/heads/main"):
        return self.model.git.read(ref, path)

    def front(self, ref="refs/heads/main"):
        return yaml.safe_load(self.read("README.md", ref).decode().split("---\n")[1])


@contextmanager
def tuned_world(folder, monkeypatch, capsys, write=("org",)):
    hub = LocalHub(folder / "hub")
    hub.add_user("org", organization=True)
    with Server(hub) as server, online(folder / "home"):
        environment = {
            "HF_ENDPOINT": server.url,
            "HF_TOKEN": hub.add_token(BOT, write=list(write)),
            "MTEB_BOT_TIMEOUT": "2",
            "MTEB_BOT_FIRST_WAIT": "0.01",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield TunedWorld(folder, server, hub, capsys)


@pytest.fixture
def world(tmp_path, monkeypatch, capsys):
    with tuned_world(tmp_path, monkeypatch, capsys) as world:
        yield world


def pointer(content):
    return f"oid sha256:{sha256(content).hexdigest()}\nsize {len(content)}\n".encode()


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


def test_weights_that_must_stay_private_never_go_to_a_public_repository(world):
    world.hub.create_model(MODEL, THEIRS)
    for finetune in (NEW, PULL):
        world.leave(finetune, allowed="private")
        said = world.publish(code=1)
        assert (
            "org/name is public on the Hub, and this board keeps tuned weights private" in said.err
        )
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


def test_a_pull_request_needs_a_repository(world):
    world.leave(PULL)
    assert "org/name cannot be read on the Hub" in world.publish(code=1).err


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


def undisturbed(tmp_path, monkeypatch, capsys):
    """Paths of the requests of a whole run, and what it leaves."""
    with tuned_world(tmp_path, monkeypatch, capsys) as world:
        world.leave(NEW)
        return [each.path for each in world.publish().requests], world.state


def disturbed(world, fault, expected):
    """A fault at one request, whatever comes of it, then one more run."""
    world.leave(NEW)
    world.server.inject(fault)
    down = fault.times > 1
    said = world.publish(code=4 if down else 0)
    assert down or said.out.startswith("merged: ")
    world.server.clear()
    assert world.publish().out.startswith("merged: ")
    assert world.state == expected


@pytest.mark.parametrize("path", ["/api/repos/create", "/large-files/", "/commit/main"])
def test_an_answer_that_gets_lost_makes_nothing_twice(tmp_path, monkeypatch, capsys, path):
    paths, expected = undisturbed(tmp_path / "whole", monkeypatch, capsys)
    at = next(number for number, each in enumerate(paths, start=1) if path in each)
    with tuned_world(tmp_path / "lost", monkeypatch, capsys) as world:
        disturbed(world, Fault(Kind.RESET_APPLIED, at), expected)


def test_stopped_between_repository_and_model_the_next_run_goes_on(tmp_path, monkeypatch, capsys):
    paths, expected = undisturbed(tmp_path / "whole", monkeypatch, capsys)
    at = paths.index("/api/repos/create") + 2
    with tuned_world(tmp_path / "stopped", monkeypatch, capsys) as world:
        disturbed(world, Fault(Kind.ERROR_502, at, times=1000), expected)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "times"),
    [
        (Kind.ERROR_502, 1000),
        (Kind.RESET_APPLIED, 1),
        (Kind.TRUNCATED, 1),
        (Kind.ERROR_500_APPLIED, 1),
    ],
)
def test_disturbed_at_any_request_it_ends_as_if_nothing_had_happened(
    tmp_path, monkeypatch, capsys, kind, times
):
    paths, expected = undisturbed(tmp_path / "whole", monkeypatch, capsys)
    for at in range(1, len(paths) + 1):
        with tuned_world(tmp_path / str(at), monkeypatch, capsys) as world:
            disturbed(world, Fault(kind, at, times=times), expected)
