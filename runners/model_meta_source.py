"""A `ModelMeta` as source to contribute to mteb, and as the model_meta.json beside the results.

mteb's leaderboard shows a model only once its ModelMeta stands in mteb/models/model_implementations/. What is known
is filled in; what only a person can know is marked TODO. A fresh Python runs the source before it is written.
"""

import json
import keyword
import math
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runners.model_meta import (
    CannotWriteModelMeta,
    evaluated_facts,
    model_meta,
    training_tasks,
    weights_of,
)
from runners.output_folder import write_atomically
from schemas.errors import CommandError
from schemas.mteb_index import mteb_index
from schemas.submission import ModelConfig

_SECONDS = 300
_TODO: Mapping[str, str] = {
    "loader": "no loader of mteb is known to encode as the evaluation did; write one",
    "release_date": "day this revision was released, as '2026-01-31'",
    "languages": "languages with script, as 'eng-Latn'",
    "n_parameters": "number of parameters",
    "memory_usage_mb": "size of the weights in MiB",
    "max_tokens": "longest input in tokens",
    "embed_dim": "dimension of an embedding",
    "license": "a licence that mteb knows, or the URL of its text",
    "public_training_code": "URL of the training code; None if it is not public",
    "public_training_data": "URL of the training data, or True; None if it is not public",
    "framework": "libraries that load it, as 'Sentence Transformers', 'PyTorch'",
    "similarity_fn_name": "how embeddings are compared",
    "training_datasets": "mteb's names of the tasks trained on, set() if none",
}
_HEADER = '''\
"""{name}: for mteb/models/model_implementations/{module}_models.py.

Written by `mteb-runner model-meta` for mteb {version}. Settle every TODO, then delete it.
Evaluated with {settings}.
"""

'''
_RUN = """\
import json, runpy, sys
from mteb.models.model_meta import ModelMeta
found = [x for x in runpy.run_path(sys.argv[1]).values() if isinstance(x, ModelMeta)]
print(json.dumps([x.to_dict() for x in found], default=str))
"""


class SourceNotTried(CommandError):
    """This machine did not get to try the source."""


def write_model_meta(
    config: ModelConfig, results: Path, output: Path, data: Path | None, model_path: Path | None
) -> list[str]:
    """Write the source to `output`, and model_meta.json to `data` if given. Returns the fields left to a person.

    Raises:
        UsageError: `results` holds nothing of this model.
        CannotWriteModelMeta: mteb refuses the facts, or reads other ones from the source.
    """
    meta = model_meta(config, evaluated_facts(config, results), weights_of(config, model_path))
    source, open_fields = source_of(meta, config)
    if differing := differing_fields(defined_by(source), meta):
        raise CannotWriteModelMeta(
            f"mteb reads another {', '.join(differing)} from the source", "report this"
        )
    write_atomically(output, source)
    if data:
        write_atomically(data, json.dumps(_strict(meta.to_dict()), indent=4, default=str))
    return open_fields


def source_of(meta: Any, config: ModelConfig) -> tuple[str, list[str]]:
    """Python source that defines `meta`, with a TODO at every field that is left to a person, and those fields."""
    optional = {name for name, field in type(meta).model_fields.items() if not field.is_required()}
    lines, open_fields = [], []
    for line in meta.to_python().splitlines():
        name = line.strip().partition("=")[0]
        if name in optional and getattr(meta, name) == type(meta).model_fields[name].get_default(
            call_default_factory=True
        ):
            continue
        if name in _TODO and getattr(meta, name) in (None, []):
            open_fields.append(name)
            lines.append(f"{line}  # TODO: {_TODO[name]}")
        else:
            lines.append(line)
    unknown = training_tasks(config, mteb_index())[1]
    if unknown:
        open_fields += ["training_datasets"] * ("training_datasets" not in open_fields)
        lines.insert(
            -1, f"    # TODO: also trained on {', '.join(map(repr, unknown))}: which tasks?"
        )
    header = _HEADER.format(
        name=config.model,
        module=_identifier(config.model.partition("/")[0]),
        version=mteb_index().mteb_version,
        settings=_settings(config),
    )
    body = f"{_identifier(config.model.partition('/')[2])} = " + "\n".join(lines)
    return f"{header}{_imports(body)}\n{body}\n", open_fields


def defined_by(source: str) -> list[dict[str, Any]]:
    """Every ModelMeta that the source defines, as data, asked of a fresh Python.

    Raises:
        CannotWriteModelMeta: it does not run.
        SourceNotTried: it takes too long.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "source.py"
        path.write_text(source, encoding="utf-8")
        try:
            done = subprocess.run(  # noqa: S603 -- our own source, whose values are Python literals
                [sys.executable, "-I", "-c", _RUN, str(path)],
                capture_output=True, text=True, timeout=_SECONDS, check=False, cwd=folder,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise SourceNotTried(
                f"mteb did not read the source within {_SECONDS} seconds",
                "run the same command again when this machine is less busy",
            ) from error
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2]
        raise CannotWriteModelMeta(f"the source does not run: {last}", "report this")
    found: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


def differing_fields(found: Sequence[Mapping[str, Any]], meta: Any) -> list[str]:
    """The fields in which what a source defines is not `meta`, in any order of training data."""
    wanted = _comparable(json.loads(json.dumps(meta.to_dict(), default=str)))
    if len(found) != 1:
        return ["name"]
    return [key for key, value in _comparable(found[0]).items() if value != wanted.get(key)]


def _comparable(data: Mapping[str, Any]) -> dict[str, Any]:
    return {**data, "training_datasets": sorted(data["training_datasets"] or ())}


def _settings(config: ModelConfig) -> str:
    """How the config asks to load, for the person who writes or checks the loader."""
    load = config.load
    asked = {
        "pooling": load.pooling,
        "max_length": load.max_length,
        "normalize": load.normalize,
        "dtype": load.dtype,
    }
    given = [f"{key} {value}" for key, value in asked.items() if value is not None]
    return ", ".join([load.with_, *given])


def _imports(body: str) -> str:
    """What the source has use for."""
    metas = "ModelMeta, ScoringFunction" if "=ScoringFunction." in body else "ModelMeta"
    lines = [f"from mteb.models.model_meta import {metas}"]
    if "loader=SentenceTransformerEncoderWrapper" in body:
        module = "mteb.models.sentence_transformer_wrapper"
        lines.append(f"from {module} import SentenceTransformerEncoderWrapper")
    if "OutputDType." in body:
        lines.append("from mteb.types import OutputDType")
    return "".join(f"{line}\n" for line in lines)


def _identifier(text: str) -> str:
    """A Python name made of `text`."""
    name = re.sub(r"\W", "_", text, flags=re.ASCII).lower()
    return f"model_{name}" if keyword.iskeyword(name) or not name.isidentifier() else name


def _strict(data: Any) -> Any:
    """The same data without numbers that JSON does not know."""
    if isinstance(data, dict):
        return {key: _strict(value) for key, value in data.items()}
    if isinstance(data, list | tuple | set):
        return [_strict(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data
