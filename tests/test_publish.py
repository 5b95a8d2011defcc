"""`mteb-bot publish` on a local Hub, over real HTTP and git: one pull request that later runs bring up to date."""

import pytest
import yaml
from huggingface_hub import constants
from publish_world import BOT, FILES, MODEL, OWNER, README, new_world

from bot.publication.facts import MARKER
from tests.standins.hub.large_files import pointer_in

OURS = [
    ".eval_results/STS12.yaml",
    ".eval_results/STSBenchmark.yaml",
    "mteb_results/STS12.json",
    "mteb_results/STSBenchmark.json",
]
FIRST_LOOK = ["whoami", "discussions", "refs", "upload-pack", "upload-pack", "README.md"]
ANOTHER_LOOK = ["discussions", "details", "refs", "upload-pack", "upload-pack"]


@pytest.fixture
def world(tmp_path, monkeypatch, capsys):
    with new_world(tmp_path, monkeypatch, capsys) as world:
        yield world


def names(requests) -> list[str]:
    """What each request asks for, in a word."""
    words = {
        "whoami-v2": "whoami",
        "1": "details",
        "git-upload-pack": "upload-pack",
        "main": "main",
    }
    ends = [each.path.partition("?")[0].rsplit("/", 1)[-1] for each in requests]
    return [words.get(end, end) for end in ends]


def test_first_publish_opens_one_pull_request_with_everything_in_it(world):
    said = world.publish()
    assert said.out == (
        f"opened: The results are in [pull request 1]({world.server.url}/org/name/discussions/1) of "
        "`org/name`, for the model's author to merge.\n"
    )
    (pull,) = world.pulls
    assert (pull["title"], pull["author"], pull["status"]) == ("Add MTEB results", BOT, "open")
    assert pull["description"].startswith("Results of 2 tasks for `org/name` at revision")
    assert pull["description"].endswith(f"{MARKER}\n")
    assert pull["comments"] == []
    assert world.paths(1) == sorted([*world.paths(), *OURS])
    text = world.read("README.md", 1).decode()
    assert text.startswith("---\nlicense: mit\nlanguage: en\n")
    assert "\n---\n\n# A model\n\nWritten by hand.\n\n<!-- mteb-submission-bot:begin -->\n" in text
    (entry,) = yaml.safe_load(world.read(".eval_results/STS12.yaml", 1))
    assert (entry["dataset"]["task_id"], entry["value"]) == ("STS12_default_test", 70.0)


def test_first_publish_asks_the_hub_fourteen_times_and_writes_once(world):
    said = world.publish()
    assert names(said.requests) == [
        *FIRST_LOOK,
        *["validate-yaml", "main", "main"],  # preupload and commit
        *ANOTHER_LOOK,
    ]
    assert said.writes == ["POST /api/models/org/name/commit/main"]


def test_an_unchanged_second_run_asks_seven_times_and_writes_nothing(world):
    world.publish()
    before = world.state
    said = world.publish()
    look = [*FIRST_LOOK[:2], "details", *FIRST_LOOK[2:]]
    assert (names(said.requests), said.writes) == (look, [])
    assert said.out.startswith("unchanged: The results are in [pull request 1](")
    assert world.state == before


def test_new_results_go_into_the_same_pull_request(world):
    world.publish()
    world.measure(0.9, 0.7)
    said = world.publish()
    assert said.out.startswith("updated: The results are in [pull request 1](")
    assert said.writes == [
        "POST /api/models/org/name/commit/refs/pr/1",
        f"POST /api/models/org/name/discussions/1/comment/{world.description_id(1)}/edit",
    ]
    (pull,) = world.pulls
    assert "| `STSBenchmark` | `STS` | `accuracy` | 90.00 |" in pull["description"]
    assert b"value: 90.0" in world.read("README.md", 1)
    assert world.publish().writes == []


def test_only_what_changed_is_in_the_commit(world):
    world.publish()
    before = world.model.git.files("refs/pr/1")
    world.measure(0.9, 0.7)
    world.publish()
    after = world.model.git.files("refs/pr/1")
    changed = {path for path in after if after[path] != before[path]}
    assert changed == {
        "README.md", ".eval_results/STSBenchmark.yaml", "mteb_results/STSBenchmark.json",
    }  # fmt: skip


def test_a_task_that_is_no_more_measured_leaves_no_trace(world):
    world.measure(0.8, 0.7, 0.6)
    world.publish()
    assert "mteb_results/STS13.json" in world.paths(1)
    world.measure(0.8, 0.7)
    world.publish()
    assert world.paths(1) == sorted([*FILES, ".gitattributes", *OURS])
    assert b"STS13" not in world.read("README.md", 1)


def test_a_result_of_the_authors_own_is_back_once_ours_is_gone(world):
    own = b'{"mine": true}\n'
    world.owner_commits({"mteb_results/STS13.json": own, "mteb_results/Mine.json": own})
    world.measure(0.8, 0.7, 0.6)
    world.publish()
    assert world.read("mteb_results/STS13.json", 1) != own
    world.measure(0.8, 0.7)
    world.publish()
    assert world.read("mteb_results/STS13.json", 1) == own
    assert world.read("mteb_results/Mine.json", 1) == own
    assert world.publish().writes == []


def test_a_model_without_a_readme_gets_one(world):
    world.owner_commits({"README.md": None})
    world.publish()
    assert b"# `name`\n" in world.read("README.md", 1)
    assert world.publish().writes == []


def test_a_repository_that_wants_charts_in_large_file_storage_gets_them_there(
    tmp_path, monkeypatch, capsys
):
    attributes = b"*.png filter=lfs diff=lfs merge=lfs -text\n"
    files = {**FILES, ".gitattributes": attributes}
    with new_world(tmp_path, monkeypatch, capsys, files) as world:
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", False)  # the bot does without it
        world.settings["radar_chart"] = True
        world.measure(0.8, 0.7, 0.6)
        said = world.publish()
        pointer = pointer_in(world.read("mteb_results/radar.png", 1))
        assert world.hub.hub.large_files[pointer.sha256].read_bytes().startswith(b"\x89PNG")
        assert b"![Chart of the scores above](mteb_results/radar.png)" in world.read("README.md", 1)
        assert said.err == ""
        assert world.publish().writes == []
        world.owner_commits({"README.md": README + b"More.\n"})
        world.publish()
        assert pointer_in(world.read("mteb_results/radar.png", 1)) == pointer
        assert world.publish().writes == []


def test_other_pull_requests_of_the_same_account_are_none_of_its_business(world):
    world.hub.open_pull(MODEL, {"onnx/model.onnx": b"1"}, BOT, "Add ONNX weights")
    world.hub.open_pull(MODEL, {"README.md": b"x"}, OWNER, "Add MTEB results", MARKER)
    before = world.pulls
    assert world.publish().out.startswith("opened: The results are in [pull request 3](")
    assert world.pulls[:2] == before
    assert world.publish().writes == []
