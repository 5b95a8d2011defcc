"""A model config and a custom task that are right, and how the tables of broken ones are made from them."""

from dataclasses import dataclass
from pathlib import Path

from bot.check import check_file
from bot.problem_formats import as_text
from schemas.mteb_index import mteb_index

CONFIG = """\
schema_version: 1
model: acme/tiny-embedder
revision: 0123456789abcdef0123456789abcdef01234567
license: mit
languages: [eng, deu]
load:
  with: sentence-transformers
  pooling: mean
  max_length: 256
  prompts:
    query: "query: "
adapted_from: acme/tiny-base
evaluate:
  tasks:
    - STSBenchmark
    - name: STS22
      subsets: [de, de-en]
    - tasks/news.yaml
  languages: [eng, deu]
claims:
  - task: STSBenchmark
    main_score: 0.8203
"""
TASK = """\
schema_version: 1
name: AcmeNews
type: classification
languages: [eng-Latn]
dataset:
  path: news
  files:
    train: train.csv
    test: test.csv
columns:
  text: [title, body]
  label: section
evaluator:
  method: knn
  k: 3
samples_per_label: 16
main_score: accuracy
"""


TUNED = (
    CONFIG.replace("    - tasks/news.yaml\n", "")
    + """\
finetune:
  base_model: acme/tiny-base
  data:
    - id: acme/rows
      revision: 0123456789abcdef0123456789abcdef01234567
      columns:
        text: [title, body]
        label: section
  recipe:
    batch_size: 16
  variants:
    fast: {learning_rate: 1.0e-4}
    slow: {learning_rate: 1.0e-5, epochs: 4}
  seeds: [1, 2]
"""
)


@dataclass(frozen=True)
class Broken:
    """`text` stands at `file`, beside the custom task tasks/news.yaml; `expected` is all that is said about it.

    In `expected` a place without a file is one in `file`.
    """

    title: str
    text: str
    expected: str
    file: str = "config.yaml"
    task_file: str = TASK


def edited(text: str, *edits: tuple[str, str]) -> str:
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} must stand once in the text"
        text = text.replace(old, new)
    return text


def config(*edits: tuple[str, str]) -> str:
    return edited(CONFIG, *edits)


def tuned(*edits: tuple[str, str]) -> str:
    return edited(TUNED, *edits)


def task(*edits: tuple[str, str]) -> str:
    return edited(TASK, *edits)


def outcome(
    folder: Path, text: str | bytes, file: str = "config.yaml", task_file: str = TASK
) -> str:
    """What is said about `text` at `file`, in a project at `folder`, which is the current folder."""
    (folder / ".git").mkdir(exist_ok=True)
    path = Path(file)
    for place, content in ((path, text), (path.parent / "tasks" / "news.yaml", task_file)):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
    said = as_text(check_file(path), files=1).replace(f"mteb {mteb_index().mteb_version}", "mteb N")
    return "\n".join(line.removeprefix(f"{file}:") for line in said.splitlines()[:-1])
