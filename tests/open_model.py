"""A model repository that keeps every rule of the preflight, its config, and how tests change both."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.standins.hub.app import LocalHub, serve_hub
from tests.standins.hub.state import Gate, Repository
from tests.standins.server import Server

CARD = """\
---
language: en
license: mit
library_name: sentence-transformers
base_model: acme/base
datasets:
- acme/pairs
tags:
- sentence-transformers
---

# Tiny embedder

A small embedding model for English sentences, made by fine-tuning a model of ours for search in short notes.

## Usage

```python
from sentence_transformers import SentenceTransformer

model = SentenceTransformer("acme/tiny")
print(model.encode(["A sentence."]).shape)
```

## Training

It was trained on a million pairs of titles and notes with a contrastive loss.

## Citation

```bibtex
@misc{acme2026tiny, title = {A tiny embedder}, author = {Acme}, year = {2026}}
```
"""
MIT = """\
MIT License

Copyright (c) 2026 Acme

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation
the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to
permit persons to whom the Software is furnished to do so, subject to the following conditions: …
"""
CONFIG = """\
schema_version: 1
model: acme/NAME
revision: REVISION
license: mit
languages: [eng]
load:
  with: sentence-transformers
  pooling: mean
  max_length: 128
  normalize: true
  prompts:
    query: "query: "
training_data: [acme/pairs]
adapted_from: acme/base
evaluate:
  tasks:
    - STSBenchmark
    - tasks/news.yaml
"""
NEWS = "1" * 40
TASK = f"""\
schema_version: 1
name: AcmeNews
type: classification
languages: [eng-Latn]
dataset: {{id: acme/news, revision: "{NEWS}"}}
columns: {{text: text, label: label}}
evaluator: {{method: knn, k: 3}}
"""


def safetensors(**shapes: list[int]) -> bytes:
    """A file with tensors of zeros: the length of the header, the header, the numbers."""
    header: dict[str, Any] = {}
    end = 0
    for name, (rows, columns) in shapes.items():
        start, end = end, end + 4 * rows * columns
        header[name] = {"dtype": "F32", "shape": [rows, columns], "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + b"\0" * end


def as_json(data: object) -> bytes:
    return json.dumps(data, indent=2).encode()


def modules(*kinds: str) -> bytes:
    """modules.json of classes of sentence-transformers, the first in the root."""
    return as_json(
        [
            {"idx": i, "name": str(i), "path": f"{i}_{kind}" if i else "",
             "type": kind if "." in kind else f"sentence_transformers.models.{kind}"}
            for i, kind in enumerate(kinds)
        ]
    )  # fmt: skip


BERT: dict[str, Any] = {
    "architectures": ["BertModel"],
    "model_type": "bert",
    "hidden_size": 16,
    "max_position_embeddings": 512,
    "pad_token_id": 0,
    "position_embedding_type": "absolute",
}
POOLING: dict[str, Any] = {
    "word_embedding_dimension": 16,
    "pooling_mode_cls_token": False,
    "pooling_mode_mean_tokens": True,
    "pooling_mode_max_tokens": False,
}
FILES: Mapping[str, bytes] = {
    "README.md": CARD.encode(),
    "LICENSE": MIT.encode(),
    "config.json": as_json(BERT),
    "tokenizer.json": as_json({"version": "1.0", "model": {"type": "WordPiece", "vocab": {}}}),
    "tokenizer_config.json": as_json({"model_max_length": 512}),
    "modules.json": modules("Transformer", "Pooling", "Normalize"),
    "1_Pooling/config.json": as_json(POOLING),
    "sentence_bert_config.json": as_json({"max_seq_length": 128, "do_lower_case": False}),
    "config_sentence_transformers.json": as_json({"prompts": {"query": "query: "}}),
    "model.safetensors": safetensors(embeddings=[4, 16]),
}


@dataclass
class World:
    """What a test changes before the check: the files, the config, the task, and the Hub afterwards."""

    name: str
    files: dict[str, bytes] = field(default_factory=lambda: dict(FILES))
    config: str = CONFIG
    task: str = TASK
    gated: Gate = False
    private: bool = False
    scan: dict[str, str] = field(default_factory=dict)
    afterwards: Callable[[LocalHub, Repository], str | None] | None = None

    def write(self, path: str, content: bytes | str) -> None:
        self.files[path] = content.encode() if isinstance(content, str) else content

    def edit(self, path: str, *edits: tuple[str, str]) -> None:
        text = self.files[path].decode()
        for old, new in edits:
            assert text.count(old) == 1, f"{old!r} must stand once in {path}"
            text = text.replace(old, new)
        self.files[path] = text.encode()

    def set(self, path: str, **values: Any) -> None:
        """Set keys of a JSON object."""
        self.files[path] = as_json({**json.loads(self.files[path]), **values})

    def configure(self, *edits: tuple[str, str]) -> None:
        for old, new in edits:
            assert self.config.count(old) == 1, f"{old!r} must stand once in the config"
            self.config = self.config.replace(old, new)

    def save(self, hub: LocalHub, folder: Path) -> None:
        """Make the repository, and write the config and its custom task."""
        (folder / "tasks").mkdir(parents=True)
        (folder / "config.yaml").write_text(self.create(hub))
        (folder / "tasks" / "news.yaml").write_text(self.task)

    def create(self, hub: LocalHub) -> str:
        """Make the repository; returns the text of the config."""
        model = hub.duplicate("acme/open", f"acme/{self.name}")
        changes = {path: self.files.get(path) for path in {*FILES, *self.files}}
        changed = {path: new for path, new in changes.items() if new != FILES.get(path)}
        if changed:
            hub.commit(model.name, changed, "acme")
        for path, status in self.scan.items():
            hub.set_security(model.name, path, status)
        model.gated, model.private = self.gated, self.private
        revision = (self.afterwards and self.afterwards(hub, model)) or model.revision
        return self.config.replace("NAME", self.name).replace("REVISION", revision)


@contextmanager
def open_hub(folder: Path) -> Iterator[tuple[Server, LocalHub, str]]:
    """A served Hub with what configs name, and a token that sees private repositories of acme."""
    with serve_hub(folder) as (server, local):
        yield server, local, populate(local)
        assert local.violations == []


def enter_project(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make `folder` the current project; the bot knows the Hub at `url` and waits for nothing."""
    (folder / ".git").mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr("tests.standins.server.RETRY_AFTER", "0")
    monkeypatch.setenv("HF_ENDPOINT", url)
    monkeypatch.setenv("MTEB_BOT_FIRST_WAIT", "0.01")
    monkeypatch.setenv("MTEB_BOT_TIMEOUT", "5")
    monkeypatch.delenv("HF_TOKEN", raising=False)


def populate(hub: LocalHub) -> str:
    """The models and data sets that configs name. Returns a token that sees private repositories of acme."""
    hub.create_model("acme/open", FILES)
    for name, license_id in (
        ("base", "mit"),
        ("noderivatives", "cc-by-nc-nd-4.0"),
        ("llama", "llama3.1"),
        ("custom", "other"),
    ):
        hub.create_model(
            f"acme/{name}", {"README.md": f"---\nlicense: {license_id}\n---\n".encode()}
        )
    hub.create_dataset("acme/pairs", {"README.md": b"pairs"})
    hub.create_dataset("acme/rows", {"README.md": b"rows"}, revision=NEWS)
    hub.create_dataset("acme/news", {"README.md": b"news"}, revision=NEWS)
    hub.create_dataset("acme/gated-news", {"README.md": b"news"}, revision=NEWS, gated=True)
    return hub.add_token("mteb-bot", write=[], read=["acme"])
