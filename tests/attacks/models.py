"""Attacks by a model's repository: brought and evaluated for real, on a machine with something to steal."""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from planned_made import REVISION, Planned, own_code, populate
from sandbox_made import needs_sandbox

from tests.attacks import hostile_models as hostile
from tests.attacks.attack import Attack, Lab, explained, require
from tests.small_submission import model_files
from tests.standins.hub.app import LocalHub
from tests.standins.server import Server

_SECRET = "planted-9b2c"  # noqa: S105 -- what the attackers look for
_EVIL, _GOOD = "acme/evil", "acme/tiny"


@dataclass
class Machine:
    """One that takes jobs one after the other: its home, and a folder where each job works."""

    lab: Lab
    hub: LocalHub
    server: Server
    jobs: int = 0
    said: str = ""
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def pwned(self) -> Path:
        """The file by which an attacker shows success."""
        return self.lab.folder / self.lab.mark

    @property
    def work(self) -> Path:
        """Where the last job worked."""
        return self.lab.folder / f"job-{self.jobs}"

    def evaluate(self, model: str, between: Callable[[Path], None] = lambda _: None, **plan: Any) -> dict[str, Any]:  # fmt: skip
        """The two steps of the job that evaluates; `between` is called with what was brought. The report."""
        self.jobs += 1
        self.work.mkdir()
        job = Planned(self.work, {"limits": {"seconds": 600, "memory_gb": 8, "disk_gb": 2, "processes": 1024}, **plan}, ("AcmeNews",), model).write()  # fmt: skip
        home = {
            "HOME": str(self.lab.folder / "home"),
            "GITHUB_TOKEN": _SECRET,
            "ACTIONS_RUNTIME_TOKEN": _SECRET,
        }
        token = self.hub.add_token("reader", write=[], read=["acme"])
        brought = job.run(
            "prefetch", "prefetched", **home, HF_ENDPOINT=self.server.url, HF_TOKEN=token
        )
        between(self.work / "prefetched")
        done = job.run(
            "evaluate", "out", "--sandbox", "--prefetched", self.work / "prefetched", **home
        )
        self.said = brought.stderr + done.stderr
        log = self.work / "out" / "runner.log"
        self.said += log.read_text() if log.is_file() else ""
        require(_SECRET not in self.said and token not in self.said, "a token in the log")
        self.report = job.report()
        return self.report

    def scores(self, report: Mapping[str, Any]) -> list[float]:
        """Main scores."""
        return [
            each["result"]["scores"]["test"][0]["main_score"]
            for each in report["tasks"]
            if each["result"]
        ]

    @property
    def reason(self) -> str:
        """Why the last evaluation failed, as the pull request will show it."""
        errors = [self.report["error"], *(task["error"] for task in self.report["tasks"])]
        return "\n".join(error["message"] for error in errors if error)


@contextmanager
def _machine(lab: Lab) -> Iterator[Machine]:
    needs_sandbox()
    hub = LocalHub(lab.folder / "hub")
    populate(hub, _model_folder(lab.folder / "model"))
    (lab.folder / "home").mkdir()
    with Server(hub) as server:
        yield Machine(lab, hub, server)
    hub.check()


def _model_folder(folder: Path) -> Path:
    for name, content in model_files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@cache
def _honest_scores() -> tuple[float, ...]:
    """What the honest model has on a clean machine; measured once."""
    from tests.attacks.trying import in_lab

    def measure(lab: Lab) -> tuple[float, ...]:
        with _machine(lab) as machine:
            return tuple(machine.scores(machine.evaluate(_GOOD)))

    return in_lab(measure)


def _refused(
    files: Callable[[Machine], Mapping[str, bytes]], words: str, **plan: Any
) -> Callable[[Lab], str]:
    """A repository that is refused: nothing of it is run, and the report says why."""

    def try_it(lab: Lab) -> str:
        with _machine(lab) as machine:
            machine.hub.create_model(_EVIL, dict(files(machine)), revision=REVISION)
            report = machine.evaluate(_EVIL, **plan)
            require(
                not machine.pwned.exists() and "running" not in machine.said, "that its code ran"
            )
            require(
                report["status"] == "failed" and not machine.scores(report),
                f"scores: {report['status']}",
            )
            dangerous = [
                x.path
                for x in machine.server.log
                if f"/{_EVIL}/resolve/" in x.path and x.path.endswith((".bin", ".py"))
            ]
            require(not dangerous, f"that the machine holds it: {dangerous}")
            return explained(machine.reason, words)

    return try_it


def _pickle_alone(machine: Machine) -> dict[str, bytes]:
    files = {
        name: content for name, content in model_files().items() if name != "model.safetensors"
    }
    return {**files, "pytorch_model.bin": hostile.pickled(str(machine.pwned))}


def _pickled_layer(machine: Machine) -> dict[str, bytes]:
    """Safe weights, and one more layer whose weights are a pickle."""
    import json

    modules = json.loads(hostile.bert()["modules.json"])
    modules.append(
        {"idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.models.Dense"}
    )
    dense = {
        "in_features": 16,
        "out_features": 16,
        "bias": True,
        "activation_function": "torch.nn.modules.activation.Tanh",
    }
    return {
        **hostile.bert(), "modules.json": json.dumps(modules).encode(), "2_Dense/config.json": json.dumps(dense).encode(),
        "2_Dense/pytorch_model.bin": hostile.pickled(str(machine.pwned)),
    }  # fmt: skip


def _own_tokenizer(lab: Lab) -> str:
    """Approved in the settings, so it runs, and finds nothing to reach and nothing to take."""
    with _machine(lab) as machine, socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        files = hostile.own_tokenizer(listener.getsockname()[1], str(machine.pwned))
        machine.hub.create_model(_EVIL, files, revision=REVISION)
        machine.evaluate(_EVIL, custom_code=True)
        lines = [line for line in machine.said.splitlines() if "tokenizer of its own" in line]
        require("running" in machine.said, "nothing: it did not run, which proves nothing")
        try:
            listener.accept()
        except BlockingIOError:
            pass
        else:
            require(False, "a connection")
        require(
            "REACHED" not in machine.said and "WROTE" not in machine.said,
            f"what it wanted: {lines}",
        )
        require(any("secrets []" in line for line in lines), f"secrets: {lines}")
        require("\n::set-output" not in machine.said, "a command to the job")
        require(not machine.pwned.exists(), "a file on the machine")
        said = machine.said
        require(
            tuple(machine.scores(machine.evaluate(_GOOD))) == _honest_scores(),
            "the next model's scores",
        )
        return explained(said, "tokenizer of its own: Network is unreachable")


def _links(lab: Lab) -> str:
    """What was brought holds links: to a file of the machine, and to another model's weights."""
    with _machine(lab) as machine:
        secret = lab.folder / "secret.json"
        secret.write_text(f'{{"x": "{_SECRET}"}}')

        def plant(brought: Path) -> None:
            for name in ("README.md", "tokenizer.json"):
                (brought / "model" / name).unlink()
                (brought / "model" / name).symlink_to(secret)

        machine.evaluate(_GOOD, plant)
        left = [
            path
            for path in (machine.work / "out").rglob("*")
            if path.is_file() and _SECRET in path.read_text(errors="replace")
        ]
        require(not left, f"the file: {left}")
        require(not machine.scores(machine.report), "scores of something else")
        return explained(machine.reason, "README.md is no file of the model, but a link elsewhere")


def _poisoned_cache(lab: Lab) -> str:
    """An earlier job left a cache of the Hub's libraries in the machine's home: other weights, other data."""
    from numpy import zeros
    from safetensors.numpy import save

    with _machine(lab) as machine:
        honest = _honest_scores()
        home = lab.folder / "home" / ".cache" / "huggingface" / "hub"
        snapshot = home / f"models--{_GOOD.replace('/', '--')}" / "snapshots" / REVISION
        _model_folder(snapshot)
        (snapshot / "model.safetensors").write_bytes(
            save({"embedding.weight": zeros((32000, 64), "float32")})
        )
        refs = snapshot.parents[1] / "refs"
        refs.mkdir()
        (refs / "main").write_text(REVISION)
        before = sorted(str(path) for path in home.rglob("*"))
        report = machine.evaluate(_GOOD)
        require(
            tuple(machine.scores(report)) == honest,
            f"other scores: {machine.scores(report)} for {honest}",
        )
        require(
            sorted(str(path) for path in home.rglob("*")) == before, "that the cache is used at all"
        )
        return explained(machine.said, f"model {_GOOD} at {REVISION[:10]}")


def _attack(id_: str, title: str, threat: str, try_it: Callable[[Lab], str], invariant: str = "no-code") -> Attack:  # fmt: skip
    return Attack(id_, "B", title, threat, invariant, try_it, slow=True)


ATTACKS = (
    _attack("pickle", "pickled weights", "The weights are a pickle that runs a command where it is loaded.", _refused(_pickle_alone, "the model has no safetensors weights")),
    _attack("pickled-layer", "one pickled layer beside safe weights", "A further module of the model has pickled weights alone.", _refused(_pickled_layer, "loading the model")),
    _attack("own-code", "custom code that nobody approved", "`modules.json` names a class in the repository.", _refused(lambda _: own_code(1), "Importing it executes third-party code")),
    _attack("own-tokenizer", "approved custom code that opens a socket and reads the environment", "A tokenizer's own code, approved, turns hostile.", _own_tokenizer, "sandbox"),
    _attack("snapshot-links", "links in what was brought", "The model's files are links to files of the machine.", _links, "sandbox"),
    _attack("poisoned-cache", "a poisoned cache of models", "An earlier job leaves other weights where the Hub's library looks first.", _poisoned_cache, "fresh"),
)  # fmt: skip
