"""A submission with its plan, and a Hub that serves what it names: a small real model, two small tables."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from schemas.mteb_index import mteb_index
from tests.standins.hub.app import LocalHub

ROOT = Path(__file__).parent.parent
REVISION, NEWS = "8" * 40, "1" * 40
TASKS = ("STSBenchmark", "AcmeNews")
TASK = {
    "schema_version": 1,
    "name": "AcmeNews",
    "type": "classification",
    "languages": ["eng-Latn"],
    "dataset": {"id": "acme/news", "revision": NEWS},
    "columns": {"text": "text", "label": "label"},
    "evaluator": {"method": "knn", "k": 3},
}
CODE = '''
"""A model's own code that tries what it can, says what came of it, and then does its work."""

import os
import socket
import time

import torch
from sentence_transformers.sentence_transformer.modules import Module


class Encoder(Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))
        try:
            socket.create_connection(("127.0.0.1", PORT), timeout=2)
            print("own code: REACHED THE NETWORK", flush=True)
        except OSError as error:
            print("own code: no network:", error.strerror, flush=True)
        print("own code: secrets:", [k for k in os.environ if k.endswith(("TOKEN", "SECRET"))], flush=True)
        print("::error::own code speaks to the job", flush=True)

    @property
    def tokenizer(self):
        return None

    def preprocess(self, inputs, prompt=None, **_):
        while HANGS and inputs[0].startswith("text "):  # the second task's
            time.sleep(0.1)
        return {"features": torch.tensor([[float(len(t)), float(t.count("a")), 1.0] for t in inputs])}

    tokenize = preprocess

    def forward(self, features):
        features["sentence_embedding"] = features["features"] + self.weight
        return features

    def get_sentence_embedding_dimension(self):
        return 3

    get_embedding_dimension = get_sentence_embedding_dimension

    @classmethod
    def load(cls, *args, **kwargs):
        return cls()

    def save(self, *args, **kwargs):
        raise NotImplementedError
'''


@dataclass
class Planned:
    """The files of one shard below `folder`; `plan` and `more` are what a test changes of the plan and the config."""

    folder: Path
    plan: dict[str, Any] = field(default_factory=dict)
    tasks: tuple[str, ...] = TASKS
    model: str = "acme/tiny"
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        return self.folder / "submission"

    @property
    def config(self) -> Path:
        return self.root / "models" / f"{self.model}.yaml"

    def write(self) -> "Planned":
        """The config, its custom task, and the plan of them."""
        self.config.parent.mkdir(parents=True, exist_ok=True)
        (self.config.parent / "news.yaml").write_text(json.dumps(TASK))
        config = {
            "schema_version": 1,
            "model": self.model,
            "revision": REVISION,
            "license": "mit",
            "languages": ["eng"],
            "evaluate": {"tasks": ["STSBenchmark", "news.yaml"]},
            **self.more,
        }
        self.config.write_text(json.dumps(config))
        self.write_plan()
        return self

    def write_plan(self) -> None:
        seconds = 1.0 * len(self.tasks)
        plan = {
            "schema_version": 1,
            "pull": 12,
            "head_sha": "a" * 40,
            "config": self.config.relative_to(self.root).as_posix(),
            "config_sha256": sha256(self.config.read_bytes()).hexdigest(),
            "model": self.model,
            "revision": REVISION,
            "smoke": False,
            "custom_code": False,
            "request": "",
            "tasks": [{"name": n, "subsets": 1, "seconds": 1.0, "shard": 1} for n in self.tasks],
            "shards": [{"number": 1, "tasks": list(self.tasks), "seconds": seconds}],
            "seconds": seconds,
            "limits": {"seconds": 300, "memory_gb": 8, "disk_gb": 5, "processes": 2048},
            **self.plan,
        }
        (self.folder / "plan.json").write_text(json.dumps(plan))

    def command(self, name: str, output: str, *more: object) -> list[str]:
        """The command line of one command about shard 1."""
        given = ["--plan", self.folder / "plan.json", "--root", self.root, "--shard", "1"]
        words = [name, *given, "--output", self.folder / output, *more]
        return [sys.executable, "-m", "runners", *map(str, words)]

    def run(
        self, name: str, output: str, *more: object, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run it to its end; of the Hub it knows what `environment` says."""
        return subprocess.run(
            self.command(name, output, *more),
            env=surroundings(environment), cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def report(self, output: str = "out") -> dict[str, Any]:
        return json.loads((self.folder / output / "report.json").read_text())


def surroundings(more: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without what it knows of a Hub."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    return kept | dict(more)


def jsonl(rows: list[dict[str, object]]) -> bytes:
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def populate(hub: LocalHub, model: Path) -> None:
    """The model of `model`, beside what nobody may load, and the data of both tasks."""
    files = {
        p.relative_to(model).as_posix(): p.read_bytes() for p in model.rglob("*") if p.is_file()
    }
    never = {"pytorch_model.bin": b"a pickle", "evil.py": b"print('ran')"}
    hub.create_model("acme/tiny", files | never, revision=REVISION)
    pairs: list[dict[str, object]] = [
        {
            "sentence1": f"a man is {i}",
            "sentence2": f"a woman is {i * 7 % 50}",
            "score": float(i % 6),
        }
        for i in range(50)
    ]
    known = mteb_index().task("STSBenchmark")
    assert known is not None
    hub.create_dataset(known.dataset_id, {"test.jsonl": jsonl(pairs)}, revision=known.dataset_revision)  # fmt: skip
    rows: list[dict[str, object]] = [
        {"text": f"text {i} {'ab'[i % 2] * 5}", "label": "xy"[i % 2]} for i in range(40)
    ]
    news = {"train.jsonl": jsonl(rows), "test.jsonl": jsonl(rows[:20])}
    hub.create_dataset("acme/news", news, revision=NEWS)


def own_code(port: int, *, hangs: bool = False) -> dict[str, bytes]:
    """A model repository whose module is its own code."""
    modules = [{"idx": 0, "name": "0", "path": "", "type": "encoder.Encoder"}]
    return {
        "modules.json": json.dumps(modules).encode(),
        "config_sentence_transformers.json": b"{}",
        "encoder.py": CODE.replace("PORT", str(port)).replace("HANGS", str(hangs)).encode(),
        "model.safetensors": (2).to_bytes(8, "little") + b"{}",
    }
