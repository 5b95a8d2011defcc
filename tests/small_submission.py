"""A submission that is measured for real within seconds: a static model, and news headlines by section.

The model is wordllama's table of token vectors cut to its first 64 dimensions, for which it was trained too.
"""

import csv
import io
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from examples.bbc_news import read_articles
from examples.packaged_models import package_folder
from tests.standins.hub.app import LocalHub

MODEL = "acme/tiny"
DATA = "acme/headlines"
BASE = "acme/base"
CONFIG = "models/acme/tiny.yaml"
TASKS = ("AcmeSections", "AcmeClusters")
_DIMENSIONS = 64
_TRAINING, _EVALUATED = 60, 60

_CARD = """\
---
language: en
license: mit
library_name: sentence-transformers
base_model: acme/base
datasets:
- acme/headlines
tags:
- sentence-transformers
---

# Tiny

A static table of token vectors for English: quick to load, quick to run, good enough for headlines and short notes.

## Usage

```python
from sentence_transformers import SentenceTransformer

model = SentenceTransformer("acme/tiny")
print(model.encode(["A sentence."]).shape)
```

## Training

It was distilled from a larger language model, and cut to its first 64 dimensions, for which it was trained as well.

## Citation

```bibtex
@misc{acme2026tiny, title = {Tiny}, author = {Acme}, year = {2026}}
```
"""
LICENSE = """\
MIT License

Copyright (c) 2026 Acme

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation
the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software.
"""
_SECTIONS = """\
schema_version: 1
name: AcmeSections
description: Section of a news article, from its headline.
type: classification
languages: [eng-Latn]
dataset: {{id: acme/headlines, revision: "{revision}"}}
columns: {{text: title, label: section}}
evaluator: {{method: knn, k: 3}}
samples_per_label: 8
experiments: 2
"""
_CLUSTERS = """\
schema_version: 1
name: AcmeClusters
description: News articles by section, from their headlines, without labels.
type: clustering
languages: [eng-Latn]
dataset: {{id: acme/headlines, revision: "{revision}"}}
columns: {{text: title, label: section}}
"""
_CONFIG = """\
schema_version: 1
model: acme/tiny
revision: {revision}
license: mit
languages: [eng]
load: {{with: sentence-transformers}}
training_data: [acme/headlines]
adapted_from: acme/base
evaluate:
  tasks:
    - tasks/sections.yaml
    - tasks/clusters.yaml
"""


@dataclass(frozen=True)
class Submission:
    """What was put on a Hub, and the files of the pull request that submits it."""

    revision: str
    data_revision: str

    @property
    def files(self) -> dict[str, str]:
        """Config and tasks by path."""
        return {
            CONFIG: _CONFIG.format(revision=self.revision),
            "models/acme/tasks/sections.yaml": _SECTIONS.format(revision=self.data_revision),
            "models/acme/tasks/clusters.yaml": _CLUSTERS.format(revision=self.data_revision),
        }

    def config(self, *edits: tuple[str, str]) -> str:
        """The config, changed: each old text must stand in it once."""
        text = self.files[CONFIG]
        for old, new in edits:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        return text


def put_on_hub(hub: LocalHub, **more: bytes) -> Submission:
    """Create the model, what it names, and the data set; `more` are further files of the model."""
    hub.create_model(BASE, {"README.md": b"---\nlicense: mit\n---\nBase\n"})
    data = hub.create_dataset(DATA, data_files())
    model = hub.create_model(MODEL, {**model_files(), **more})
    return Submission(model.revision, data.revision)


@cache
def model_files() -> dict[str, bytes]:
    """The model as sentence-transformers saves it: 8 MB."""
    from safetensors.numpy import load_file, save

    package = package_folder("wordllama")
    table = load_file(package / "weights" / "l2_supercat_256.safetensors")["embedding.weight"]
    weights = table[:, :_DIMENSIONS].astype("float32").copy()
    tokenizer = package / "tokenizers" / "l2_supercat_tokenizer_config.json"
    kind = "sentence_transformers.models.StaticEmbedding"
    return {
        "README.md": _CARD.encode(),
        "LICENSE": LICENSE.encode(),
        "modules.json": _json([{"idx": 0, "name": "0", "path": "", "type": kind}]),
        "config_sentence_transformers.json": _json({"prompts": {}, "similarity_fn_name": "cosine"}),
        "tokenizer.json": tokenizer.read_bytes(),
        "model.safetensors": save({"embedding.weight": weights}),
    }


@cache
def data_files() -> dict[str, bytes]:
    """BBC News headlines and sections, other articles to train on than to test."""
    articles = read_articles()
    chosen = {
        "train": articles[:_TRAINING],
        "test": articles[_TRAINING : _TRAINING + _EVALUATED],
    }
    card = "---\nlicense: mit\nlanguage: en\n---\nHeadlines and sections of BBC News.\n"
    files = {"README.md": card.encode()}
    for split, rows in chosen.items():
        table = io.StringIO()
        writer = csv.writer(table)
        writer.writerow(("title", "section"))
        writer.writerows((article.title, article.section) for article in rows)
        files[f"{split}.csv"] = table.getvalue().encode()
    return files


def _json(data: Any) -> bytes:
    return json.dumps(data, indent=2).encode()
