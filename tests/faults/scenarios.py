"""What the bot is asked to do while things go wrong: each a world before, and one command."""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.made import outcome, report_data
from tests.standins.github.app import LocalGithub
from tests.standins.hub.app import LocalHub
from tests.submit_made import files, write_files
from tests.submit_made import result as measured

BOARD, MODEL, CONFIG = "lab/board", "org/name", "models/org/name.yaml"
RESULTS, FORK = "lab/results", "bot/results"
BOT_PERMISSIONS = {
    "pull_requests": "write", "checks": "write", "issues": "write", "contents": "read",
}  # fmt: skip
README = b"---\nlicense: mit\nlanguage: en\n---\n\n# A model\n\nWritten by hand.\n"
EDITED = b"---\nlicense: mit\nlanguage: en\n---\n\n# A model\n\nWritten by hand, twice.\n"


@dataclass
class World:
    """Both services, and the folder with what the bot reads."""

    folder: Path
    github: LocalGithub
    hub: LocalHub
    facts: dict[str, Any] = field(default_factory=dict)

    def copy(self, folder: Path) -> "World":
        """The same world again, to be spoilt."""
        for part in ("checkout", "results", "accepted"):
            shutil.copytree(self.folder / part, folder / part)
        github = self.github.copy(folder / "github")
        return World(folder, github, self.hub.copy(folder / "hub"), dict(self.facts))

    def state(self) -> dict[str, Any]:
        """All that a person could see in it."""
        return {
            "github": self.github.state(BOARD),
            "results": self.github.state(RESULTS),
            "fork": self.github.state(FORK) if FORK in self.github.world.repositories else None,
            "hub": self.hub.state(MODEL),
        }


@dataclass(frozen=True)
class Scenario:
    """`before` are commands that run undisturbed first, `between` is what people do then, `command` is disturbed."""

    name: str
    service: str  # whose requests are disturbed: github or hub
    command: Callable[[World], list[str]]
    before: tuple[Callable[[World], list[str]], ...] = ()
    between: Callable[[World], None] | None = None
    who: str = "github_token"  # whose token of World.facts


def new_world(folder: Path) -> World:
    """A pull request with one config, and the model on the Hub."""
    github, hub = LocalGithub(folder / "github"), LocalHub(folder / "hub")
    hub.add_user("owner")
    model = hub.create_model(
        MODEL, files={"README.md": README, "config.json": b"{}", "model.safetensors": b"\0" * 64}
    )
    config = _config(model.revision)
    github.add_user("ann")
    github.create_repository(BOARD, files={"README.md": b"# board\n"})
    github.fork(BOARD, "ann")
    github.push("ann/board", "add-model", {CONFIG: config})
    pull = github.open_pull(BOARD, head="ann:add-model", title="Add org/name", author="ann")
    world = World(folder, github, hub)
    world.facts = {
        "pull": pull.number,
        "sha": pull.head_sha,
        "github_token": github.add_token("github-actions[bot]", BOT_PERMISSIONS, BOARD),
        "submit_token": github.add_token("bot"),
        "hub_token": hub.add_token("mteb-bot"),
    }
    github.create_repository(
        RESULTS, files={"README.md": b"results\n", **files(measured("STS12"), model="other/model")}
    )
    write_files(folder / "accepted", files(measured("STS12"), revision=model.revision))
    path = folder / "checkout" / CONFIG
    path.parent.mkdir(parents=True)
    path.write_bytes(config)
    write_report(world, 0.8)
    return world


def write_report(world: World, score: float) -> None:
    """Leave the runner's report, as of a run with this score."""
    config = (world.folder / "checkout" / CONFIG).read_bytes()
    revision = next(line for line in config.decode().splitlines() if line.startswith("revision"))
    tasks = [
        outcome("STSBenchmark", score),
        outcome("STS12", score - 0.1),
    ]
    data = report_data(*tasks)
    data["model"] |= {"name": MODEL, "revision": revision.split()[-1]}
    data["provenance"]["config_sha256"] = sha256(config).hexdigest()
    folder = world.folder / "results"
    folder.mkdir(exist_ok=True)
    (folder / "report.json").write_text(json.dumps(data))


def environment(
    world: World, scenario: Scenario, github_url: str, hub_url: str
) -> Mapping[str, str]:
    """What the bot's process gets to see."""
    return {
        "PATH": "/usr/bin:/bin:/usr/local/bin",
        "HOME": str(world.folder),
        "GITHUB_API_URL": github_url,
        "GITHUB_REPOSITORY": BOARD,
        "GITHUB_TOKEN": world.facts[scenario.who],
        "HF_ENDPOINT": hub_url,
        "HF_TOKEN": world.facts["hub_token"],
        "HF_HUB_DISABLE_XET": "1",
        "MTEB_BOT_TIMEOUT": "1",
        "MTEB_BOT_FIRST_WAIT": "0.02",
    }


def _config(revision: str) -> bytes:
    return (
        f"schema_version: 1\nmodel: {MODEL}\nrevision: {revision}\nlicense: mit\nlanguages: [eng]\n"
        "evaluate:\n  tasks: [STSBenchmark, STS12]\n"
    ).encode()


def _report(state: str) -> Callable[[World], list[str]]:
    def command(world: World) -> list[str]:
        words = ["report", state, "--pull", str(world.facts["pull"]), "--sha", world.facts["sha"],
                 "--config", CONFIG, "--root", str(world.folder / "checkout")]  # fmt: skip
        results = ["--results", str(world.folder / "results")] if state == "evaluated" else []
        return [*words, *results]

    return command


def _publish(world: World) -> list[str]:
    return ["publish", str(world.folder / "checkout" / CONFIG), "--results",
            str(world.folder / "results")]  # fmt: skip


def _submit(world: World) -> list[str]:
    (accepted,) = (world.folder / "accepted" / "results").glob("*/*")
    return ["submit", str(world.folder / "checkout" / CONFIG), "--results", str(accepted),
            "--repository", RESULTS, "--fork", FORK]  # fmt: skip


def _one_more_task(world: World) -> None:
    config = (world.folder / "checkout" / CONFIG).read_text()
    revision = config.partition("revision: ")[2][:40]
    shutil.rmtree(world.folder / "accepted")
    both = files(measured("STS12"), measured("STS13"), revision=revision)
    write_files(world.folder / "accepted", both)


def _push(world: World) -> None:
    world.github.push("ann/board", "add-model", {"models/README.md": b"pushed\n"})


def _other_score(world: World) -> None:
    write_report(world, 0.9)


def _owner_edits(world: World) -> None:
    world.hub.commit(MODEL, {"README.md": EDITED}, "owner")
    write_report(world, 0.9)


SCENARIOS = (
    Scenario("first report, validated", "github", _report("validated")),
    Scenario("first report, evaluated", "github", _report("evaluated")),
    Scenario(
        "evaluated after running", "github", _report("evaluated"),
        before=(_report("validated"), _report("queued"), _report("running")),
    ),
    Scenario(
        "superseded by a push", "github", _report("superseded"),
        before=(_report("validated"),), between=_push,
    ),
    Scenario("first publish", "hub", _publish),
    Scenario("publish of new scores", "hub", _publish, before=(_publish,), between=_other_score),
    Scenario(
        "publish after main moved", "hub", _publish, before=(_publish,), between=_owner_edits
    ),
    Scenario("first submit", "github", _submit, who="submit_token"),
    Scenario(
        "submit of one more task", "github", _submit,
        before=(_submit,), between=_one_more_task, who="submit_token",
    ),
)  # fmt: skip
