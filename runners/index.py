"""Write schemas/mteb-index.json: what checking and comparing need to know of the pinned mteb's registry.

Run it (`python -m runners.index`) after every change of the mteb version; a test holds the two together.
"""

import json
import logging
import warnings
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, get_args

from runners.task_sizes import encoded_size
from schemas.mteb_index import INDEX_FILE, SCHEMA_VERSION, paired_subsets

_LINE = 400  # characters up to which an entry stands on one line
_PAIRED_FROM = 1000  # subsets from which "every ordered pair" is written as the list it pairs


def write_index(path: Path = INDEX_FILE) -> None:
    """Write the index of the installed mteb to `path`."""
    path.write_text(index_text(), encoding="utf-8")


def index_text() -> str:
    """The index of the installed mteb as JSON, one entry a line so that a new mteb reads well as a diff."""
    logging.getLogger("mteb").setLevel(logging.ERROR)  # it warns of every beta task it creates,
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # twice
        return _json(_index()) + "\n"


def _index() -> dict[str, Any]:
    import mteb
    from mteb.abstasks.task_metadata import TaskType
    from mteb.languages import ISO_TO_LANGUAGE, ISO_TO_SCRIPT
    from mteb.languages.iso_mappings import _get_iso1_to_iso3, _get_iso3_to_default_script

    tasks = mteb.get_tasks(exclude_superseded=False, exclude_private=False, exclude_beta=False)
    return {
        "schema_version": SCHEMA_VERSION,
        "mteb_version": version("mteb"),
        "task_types": sorted(get_args(TaskType)),
        "tasks": {task.metadata.name: _task(task) for task in tasks},
        "benchmarks": {
            benchmark.name: _benchmark(benchmark) for benchmark in mteb.get_benchmarks()
        },
        "models": sorted(
            {meta.name for meta in mteb.get_model_metas() if meta.name and meta.loader is not None}
        ),
        "languages": ISO_TO_LANGUAGE,
        "iso_639_1": {long: short for short, long in _get_iso1_to_iso3().items()},
        "scripts": sorted(ISO_TO_SCRIPT),
        "default_scripts": _get_iso3_to_default_script(),
    }


def _task(task: Any) -> dict[str, Any]:
    """One task without what goes without saying; of a task that needs more than text, only its kind."""
    metadata = task.metadata
    if not _is_text(task):
        return {"type": metadata.type, "modalities": sorted(metadata.modalities)}
    entry = {
        "type": metadata.type,
        "main_score": metadata.main_score,
        "splits": list(metadata.eval_splits),
        **_subsets(metadata),
    }
    if task.is_aggregate:
        entry["parts"] = [part.metadata.name for part in metadata.tasks]
    else:
        entry["dataset"] = metadata.dataset["path"]
        entry["revision"] = metadata.dataset["revision"]
    if size := encoded_size(task):
        entry["encodes"] = [round(size.texts), round(size.characters)]
    if metadata.superseded_by:
        entry["superseded_by"] = metadata.superseded_by
    if not metadata.is_public:
        entry["closed"] = True
    return entry


def _is_text(task: Any) -> bool:
    return bool(task.metadata.modalities == ["text"])


def _subsets(metadata: Any) -> dict[str, Any]:
    """Subsets and their languages, in the shortest of the three forms that schemas.mteb_index reads."""
    if not isinstance(metadata.eval_langs, dict):
        return {"languages": " ".join(metadata.eval_langs)}
    subsets: Mapping[str, list[str]] = metadata.eval_langs
    if len(subsets) >= _PAIRED_FROM:
        codes = sorted({code for name in subsets for code in name.split("-")})
        if paired_subsets(codes) == {name: tuple(langs) for name, langs in subsets.items()}:
            return {"pairs_of": " ".join(codes)}
    return {"subsets": {name: " ".join(langs) for name, langs in subsets.items()}}


def _benchmark(benchmark: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "tasks": {task.metadata.name: _narrowing(task) for task in benchmark.tasks}
    }
    if benchmark.aliases:
        entry["aliases"] = sorted(benchmark.aliases)
    return entry


def _narrowing(task: Any) -> dict[str, list[str]]:
    """Splits and subsets a benchmark takes of a task, where these are fewer than the task has."""
    narrowing: dict[str, list[str]] = {}
    if not _is_text(task):
        return narrowing
    if set(task.eval_splits) != set(task.metadata.eval_splits):
        narrowing["splits"] = list(task.eval_splits)
    if set(task.hf_subsets) != set(task.metadata.hf_subsets):
        narrowing["subsets"] = sorted(task.hf_subsets)
    return narrowing


def _json(value: Any, indent: str = "") -> str:
    """`value` as JSON with sorted keys: on one line where that is short, else broken up one level."""
    line = json.dumps(value, sort_keys=True, ensure_ascii=False)
    if len(line) <= _LINE or not isinstance(value, dict | list) or not value:
        return line
    deeper = indent + " "
    if isinstance(value, list):
        items = [deeper + _json(item, deeper) for item in value]
        return "[\n" + ",\n".join(items) + f"\n{indent}]"
    entries = [
        f"{deeper}{json.dumps(key, ensure_ascii=False)}: {_json(value[key], deeper)}"
        for key in sorted(value)
    ]
    return "{\n" + ",\n".join(entries) + f"\n{indent}}}"


if __name__ == "__main__":
    write_index()
