"""`mteb-bot publish` from the command line: what the config switches off, the outcome file, dry runs, refusals."""

import json

import pytest
import yaml
from publish_world import FILES, MODEL, README, new_world

from bot.artifacts.collected import Collected, write
from bot.cli import main
from bot.publication.outcome import Publication, publication_from

OURS = [
    ".eval_results/STS12.yaml",
    ".eval_results/STSBenchmark.yaml",
    "mteb_results/STS12.json",
    "mteb_results/STSBenchmark.json",
]


@pytest.fixture
def world(tmp_path, monkeypatch, capsys):
    with new_world(tmp_path, monkeypatch, capsys) as world:
        yield world


def test_the_config_decides_what_is_published(world):
    world.settings["eval_results"] = False
    world.measure(0.8)
    world.publish()
    assert [path for path in world.paths(1) if path not in FILES] == [
        ".gitattributes", "mteb_results/STSBenchmark.json",
    ]  # fmt: skip
    world.settings["model_card"] = False
    world.measure(0.8)
    said = world.publish("--outcome", str(world.folder / "outcome.json"))
    assert said.requests == ()
    assert said.out == (
        "nothing-to-publish: Nothing is to be published in the repository of `org/name`.\n"
        "note: The config asks for no model card (`publish.model_card: false`).\n"
    )
    outcome = publication_from((world.folder / "outcome.json").read_bytes())
    assert (outcome.state, outcome.pull) == ("nothing-to-publish", None)


def test_the_outcome_file_tells_the_next_job(world):
    path = world.folder / "outcome.json"
    world.publish("--outcome", str(path))
    opened = Publication(MODEL, world.mains[0], 1, "opened")
    assert publication_from(path.read_bytes()) == opened
    world.publish("--outcome", str(path))
    assert publication_from(path.read_bytes()).state == "unchanged"
    world.config.write_text("model: broken")
    world.publish("--outcome", str(path), code=1)
    assert not path.exists()


def test_the_github_pull_request_is_named_as_source(world):
    url = "https://github.com/lab/board/pull/7"
    world.publish("--source-url", url)
    assert f"as asked for in {url}." in world.pulls[0]["description"]
    (entry,) = yaml.safe_load(world.read(".eval_results/STS12.yaml", 1))
    assert entry["source"] == {"url": url, "name": "mteb-submission-bot"}


def test_a_dry_run_says_what_it_would_do_and_writes_nothing(world):
    before = world.state
    said = world.publish("--dry-run")
    first, *files = said.out.splitlines()
    assert first == f"would open a pull request on main at {world.mains[0][:7]} with"
    assert [line.split(",")[0].strip() for line in files] == ["README.md", *OURS]
    assert (said.writes, world.state) == ([], before)
    world.publish()
    assert world.publish("--dry-run").out == "nothing would change\n"
    world.measure(0.9)
    before = world.state
    said = world.publish("--dry-run")
    assert [line.split(",")[0] for line in said.out.splitlines()] == [
        "would commit to pull request 1",
        "  README.md",
        "  .eval_results/STSBenchmark.yaml",
        "  mteb_results/STSBenchmark.json",
        "  .eval_results/STS12.yaml",
        "  mteb_results/STS12.json",
        "would edit the description of pull request 1",
    ]
    assert world.state == before
    world.owner_commits({"README.md": README + b"More.\n"})
    said = world.publish("--dry-run")
    assert said.out == f"would merge main at {world.mains[-1][:7]} into pull request 1\n"
    assert said.writes == []


def test_a_report_of_something_else_is_refused(world):
    report = world.results / "report.json"
    data = json.loads(report.read_text())
    data["model"]["name"] = "org/other"
    report.write_text(json.dumps(data))
    said = world.publish(code=3)
    assert "the report is of another model, revision or version of the config" in said.err
    assert said.requests == ()


@pytest.mark.parametrize(
    ("more", "code", "message"),
    [
        (("--source-url", "javascript:alert(1)"), 2, "--source-url is no URL"),
        (("--source-url", "https://x/ y"), 2, "--source-url is no URL"),
        (("--outcome", "missing/folder/outcome.json"), 3, "No such file or directory"),
        (("--outcome", "/"), 3, "/ is no regular file"),
    ],
)
def test_a_wrong_command_line_is_told(world, more, code, message):
    said = world.publish(*more, code=code)
    assert message in said.err
    assert said.requests == ()
    assert world.pulls == []


def test_no_token_no_publishing(world, monkeypatch):
    monkeypatch.delenv("HF_TOKEN")
    said = world.publish(code=2)
    assert "HF_TOKEN is not set" in said.err
    assert said.requests == ()


def test_a_smoke_run_is_never_published(world):
    world.measure(0.8, smoke=True)
    said = world.publish(code=2)
    assert "this report is from a smoke run" in said.err
    assert world.pulls == []


def collect(world, **about):
    """What `mteb-bot collect` leaves of the world's results."""
    told = {"state": "evaluated", "smoke": False, "run": 7, "pull": 3, "sha": "c" * 40, **about}
    config = f"models/{MODEL}.yaml"
    files = {
        "report.json": (world.results / "report.json").read_bytes(),
        f"submission/{config}": world.config.read_bytes(),
    }
    write(Collected(config=config, model=MODEL, **told), files, world.folder / "collected")
    return str(world.folder / "collected")


def test_a_collected_run_brings_its_config_its_results_and_its_pull_request(world, monkeypatch):
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    monkeypatch.setenv("GITHUB_REPOSITORY", "lab/board")
    world.measure(0.8)
    assert main(["publish", "--collected", collect(world)]) == 0
    assert "as asked for in https://github.com/lab/board/pull/3." in world.pulls[0]["description"]


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"state": "failed"}, "it is failed"),
        ({"state": "cancelled"}, "it is cancelled"),
        ({"smoke": True}, "it is a smoke run"),
    ],
)
def test_a_run_without_scores_is_not_published(world, about, why):
    world.measure(0.8)
    before = world.state
    assert main(["publish", "--collected", collect(world, **about)]) == 1
    assert why in world.capsys.readouterr().err
    assert world.state == before


def test_a_collected_run_and_a_config_are_two_things(world):
    assert main(["publish", str(world.config), "--collected", str(world.folder)]) == 2
    assert main(["publish", str(world.config)]) == 2
