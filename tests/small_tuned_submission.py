"""A submission that has a model trained, and is trained and measured for real within seconds: two layers of BERT.

Its texts are five words each, two of which tell the topic; a trained model knows which.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.finetune_made import labelled_rows, save_small_bert, topics_table
from tests.small_submission import LICENSE
from tests.standins.hub.app import LocalHub

BASE, DATA = "acme/words", "acme/topics"
MODEL = "acme/words-by-topic"
CONFIG = "models/acme/words-by-topic.yaml"
TASK = "AcmeTopics"
TRAINED = 90

_CARD = """\
---
language: en
license: mit
library_name: sentence-transformers
tags:
- sentence-transformers
---

# {name}

Two layers for short English texts of five words about the sea, the sky and the soil.

## Usage

```python
from sentence_transformers import SentenceTransformer

model = SentenceTransformer("{name}")
print(model.encode(["A sentence."]).shape)
```

## Training

Its weights are those that chance gave them.

## Citation

```bibtex
@misc{{acme2026words, title = {{Words}}, author = {{Acme}}, year = {{2026}}}}
```
"""
_TASK = """\
schema_version: 1
name: AcmeTopics
description: Topic of a text of five words.
type: classification
languages: [eng-Latn]
dataset: {{id: acme/topics, revision: "{data}"}}
columns: {{text: text, label: topic}}
evaluator: {{method: knn, k: 3, metric: cosine}}
samples_per_label: 8
experiments: 4
"""
_CONFIG = """\
schema_version: 1
model: acme/words-by-topic
revision: {base}
license: mit
languages: [eng]
training_data: [acme/topics]
adapted_from: acme/words
evaluate: {{tasks: [tasks/topics.yaml]}}
finetune:
  base_model: acme/words
  data:
    - {{id: acme/topics, revision: "{data}", columns: {{text: text, label: topic}}}}
  held_out: 18
  recipe: {{epochs: 3, batch_size: 16, learning_rate: 0.001, query_max_length: 16}}
  variants:
    one: {{positives: one}}
    groups: {{loss: flag-embedding, group_size: 4, batch_size: 4, temperature: 0.02}}
"""


@dataclass(frozen=True)
class TunedSubmission:
    """What was put on a Hub, and the files of the pull request that submits it."""

    base_revision: str
    data_revision: str

    def files(self, *more: str) -> dict[str, str]:
        """Config and task by path; `more` are further lines of `finetune`."""
        config = _CONFIG.format(base=self.base_revision, data=self.data_revision)
        return {
            CONFIG: config + "".join(f"  {line}\n" for line in more),
            "models/acme/tasks/topics.yaml": _TASK.format(data=self.data_revision),
        }


def put_tuned_on_hub(hub: LocalHub) -> TunedSubmission:
    """Create the base model and the data set."""
    base = hub.create_model(BASE, {**base_files(), **_papers(BASE)})
    return TunedSubmission(base.revision, hub.create_dataset(DATA, data_files()).revision)


def put_empty_model_on_hub(hub: LocalHub) -> None:
    """Create the repository that the tuned model is proposed to."""
    hub.create_model(MODEL, _papers(MODEL))


@cache
def base_files() -> dict[str, bytes]:
    """The base as sentence-transformers saves it."""
    with TemporaryDirectory(prefix="small-bert-") as folder:
        saved = save_small_bert(Path(folder) / "base")
        return {
            str(file.relative_to(saved)): file.read_bytes()
            for file in sorted(saved.rglob("*"))
            if file.is_file()
        }


@cache
def data_files(contaminated: int = 0) -> dict[str, bytes]:
    """Rows to train on, the first `contaminated` of those to test among them, and rows to test."""
    rows = labelled_rows(TRAINED + 60)
    card = "---\nlicense: mit\nlanguage: en\n---\nFive words and their topic.\n"
    return {
        "README.md": card.encode(),
        "train.csv": topics_table(rows[: TRAINED + contaminated]).encode(),
        "test.csv": topics_table(rows[TRAINED:]).encode(),
    }


def _papers(name: str) -> dict[str, bytes]:
    return {"README.md": _CARD.format(name=name).encode(), "LICENSE": LICENSE.encode()}
