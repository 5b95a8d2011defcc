"""Results, configs and a results repository in mteb's layout, made up for the tests of `mteb-bot submit`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.results_repository.candidate import Candidate, TaskFile
from bot.results_repository.run_settings import scopes_of

MODEL = "org/name"
REVISION = "c" * 40
OTHER_REVISION = "e" * 40
DATA = "d" * 40
MTEB = "2.26.24"
FOLDER = f"results/org__name/{REVISION}"
TEMPLATE = """\
<!-- Description of the PR goes here -->

### Checklist

- [ ] My model has a model sheet, report, or similar
- [ ] My model has a reference implementation in [`mteb/models/model_implementations/`](https://example.org/models)
  - [ ] No, but there is an existing PR ___
- [ ] The results submitted are obtained using the reference implementation
- [ ] My model is available, either as a publicly accessible API or publicly on e.g., Huggingface
- [ ] I *solemnly swear* that for all results submitted I have not trained on the evaluation dataset.
"""

Scores = Mapping[tuple[str, str], float]


def entry(subset: str, score: float, **more: Any) -> dict[str, Any]:
    """Scores of one subset."""
    return {
        "cosine_spearman": score,
        "main_score": score,
        "hf_subset": subset,
        "languages": ["eng-Latn"],
        **more,
    }


def result(task: str, scores: Scores | float = 0.5, **more: Any) -> dict[str, Any]:
    """A TaskResult as mteb writes it; a number is the score of test/default."""
    places = {("test", "default"): scores} if isinstance(scores, float) else scores
    by_split: dict[str, list[dict[str, Any]]] = {}
    for (split, subset), score in places.items():
        by_split.setdefault(split, []).append(entry(subset, score))
    return {
        "dataset_revision": DATA,
        "task_name": task,
        "mteb_version": MTEB,
        "scores": by_split,
        "evaluation_time": 2.5,
        "kg_co2_emissions": None,
        **more,
    }


def meta(model: str = MODEL, revision: str = REVISION, **more: Any) -> dict[str, Any]:
    """model_meta.json as mteb writes it."""
    return {
        "name": model,
        "revision": revision,
        "languages": ["eng-Latn"],
        "n_parameters": 1000,
        "max_tokens": 512,
        "embed_dim": 8,
        "license": "mit",
        "loader": None,
        **more,
    }


def settings(*results: Mapping[str, Any], mteb: str = MTEB) -> bytes:
    """run_settings.jsonl that describes every score of the results."""
    lines = [
        {
            "task": one["task_name"],
            "splits": [split],
            "version": {"mteb": mteb, "torch": "2.13.0"},
            "encode_kwargs": {"batch_size": 32},
            "subsets": [each["hf_subset"] for each in entries],
        }
        for one in results
        for split, entries in one["scores"].items()
    ]
    return "".join(f"{json.dumps(line)}\n" for line in lines).encode()


def files(*results: Mapping[str, Any], model: str = MODEL, revision: str = REVISION,
          described: bool = True) -> dict[str, bytes]:  # fmt: skip
    """A revision's files by path, as they lie in a results repository."""
    folder = f"results/{model.replace('/', '__')}/{revision}"
    held = {f"{one['task_name']}.json": written(one) for one in results}
    held["model_meta.json"] = json.dumps(meta(model, revision), indent=4).encode()
    if described:
        held["run_settings.jsonl"] = settings(*results)
    return {f"{folder}/{name}": content for name, content in held.items()}


def written(data: Mapping[str, Any]) -> bytes:
    """A result as mteb writes it."""
    return json.dumps(data, indent=2).encode()


def candidate(*results: Mapping[str, Any], revision: str = REVISION) -> Candidate:
    """The same results as read for submission."""
    found = {
        scope: {"version": {"mteb": MTEB}, "encode_kwargs": {"batch_size": 32}}
        for one in results
        for split, entries in one["scores"].items()
        for scope in scopes_of(one["task_name"], [(split, each["hf_subset"]) for each in entries])
    }
    tasks = tuple(TaskFile(one["task_name"], one) for one in results)
    return Candidate(MODEL, revision, tasks, meta(revision=revision), found)


def write_files(folder: Path, held: Mapping[str, bytes]) -> Path:
    """Files on this machine; returns the revision folder they lie in."""
    for path, content in held.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return (folder / next(iter(held))).parent


def write_config(path: Path, model: str = MODEL, revision: str = REVISION) -> Path:
    """A valid model config."""
    path.write_text(
        f"schema_version: 1\nmodel: {model}\nrevision: {revision}\nlicense: mit\n"
        "languages: [eng]\ntraining_data: [org/training-set]\nevaluate:\n  tasks: [STS12]\n"
    )
    return path
