"""mteb's `ModelMeta` of an evaluated model: what the config, the evaluation and the weights say of it."""

import json
import math
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from schemas.errors import CommandError, ExitCode, UsageError
from schemas.mteb_index import MtebIndex, mteb_index
from schemas.submission import ModelConfig

_MEASURED = ("max_tokens", "embed_dim", "similarity_fn_name")
_EMBEDDINGS = re.compile(
    r"(^|\.)(word_embeddings|embed_tokens|wte|tok_embeddings|shared|embedding)\.weight\Z"
)
_OUTPUT_DTYPES = {"float16": "FLOAT16", "bfloat16": "BF16"}
_BYTES = {"F64": 8, "I64": 8, "F16": 2, "BF16": 2, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}


class CannotWriteModelMeta(CommandError):
    """The evaluated facts do not make a ModelMeta."""

    exit_code = ExitCode.SUBMISSION


def model_meta(config: ModelConfig, evaluated: Mapping[str, Any], weights: Any) -> Any:
    """mteb's ModelMeta with everything that is known; `weights` is safetensors metadata, or None."""
    from mteb.models.model_meta import ModelMeta
    from mteb.models.sentence_transformer_wrapper import SentenceTransformerEncoderWrapper
    from pydantic import ValidationError

    loads = config.load.with_ == "sentence-transformers"
    try:
        return ModelMeta(
            loader=SentenceTransformerEncoderWrapper if loads else None,
            loader_kwargs=_loader_options(config) if loads else {},
            name=config.model,
            revision=config.revision,
            release_date=None,
            languages=_languages(config, mteb_index()),
            license=_license(config.license),
            open_weights=True,
            public_training_code=None,
            public_training_data=None,
            reference=f"https://huggingface.co/{config.model}",
            use_instructions=any(config.load.prompts.values()),
            training_datasets=training_tasks(config, mteb_index())[0],
            adapted_from=config.adapted_from or (config.finetune and config.finetune.base_model),
            output_dtypes=_output_dtype(config),
            **_counted(weights),
            framework=evaluated.get("framework") or [],
            **{key: evaluated.get(key) for key in _MEASURED},
        )
    except ValidationError as error:
        raise CannotWriteModelMeta(
            f"mteb refuses these facts: {error.errors()[0]['msg']} ({error.errors()[0]['loc']})",
            "mend the config, or the model_meta.json beside the results",
        ) from error


def evaluated_facts(config: ModelConfig, results: Path) -> Mapping[str, Any]:
    """The model_meta.json that the evaluation left.

    Raises:
        UsageError: there is none of this model and revision.
    """
    folder = f"{config.model.replace('/', '__')}/{config.revision}"
    for place in (results / "results" / folder, results):
        path = place / "model_meta.json"
        if path.is_file():
            data = _read(path)
            if (data.get("name"), data.get("revision")) == (config.model, config.revision):
                return data
    raise UsageError(
        f"{results} holds no model_meta.json of {config.model} at {config.revision}",
        "name the output folder of `mteb-runner evaluate`, or the revision's results folder",
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"), parse_constant=lambda _: None)
        return dict(data)
    except (ValueError, TypeError, RecursionError) as error:
        raise UsageError(f"{path} is no JSON object", "evaluate again") from error


def weights_of(config: ModelConfig, model_path: Path | None) -> Any:
    """What the headers of the weights say: of a local folder, else of the Hub; None where they cannot be read."""
    from httpx2 import HTTPError
    from huggingface_hub import get_local_safetensors_metadata, get_safetensors_metadata
    from huggingface_hub.errors import NotASafetensorsRepoError, SafetensorsParsingError

    try:
        if model_path:
            return get_local_safetensors_metadata(model_path)
        return get_safetensors_metadata(config.model, revision=config.revision)
    except (NotASafetensorsRepoError, SafetensorsParsingError, HTTPError, OSError) as error:
        sys.stderr.write(f"the weights cannot be counted ({type(error).__name__})\n")
        return None


def _counted(weights: Any) -> dict[str, int | None]:
    """Parameters, those of the token embeddings, and MiB, as mteb counts them."""
    if weights is None:
        return dict.fromkeys(("n_parameters", "n_embedding_parameters", "memory_usage_mb"))
    counts = weights.parameter_count
    size = sum(number * _BYTES.get(dtype, 4) for dtype, number in counts.items())
    embeddings = [
        math.prod(tensor.shape)
        for file in weights.files_metadata.values()
        for name, tensor in file.tensors.items()
        if _EMBEDDINGS.search(name)
    ]
    return {
        "n_parameters": sum(counts.values()),
        "n_embedding_parameters": max(embeddings, default=None),
        "memory_usage_mb": round(size / 2**20),
    }


def _languages(config: ModelConfig, index: MtebIndex) -> list[str] | None:
    """Languages with script; None where the script of one is anybody's guess."""
    found = []
    for code in config.languages:
        script = "" if "-" in code else index.default_scripts.get(code, "")
        if "-" not in code and not script:
            return None
        found.append(f"{code}-{script}" if script else code)
    return found


def _license(declared: str) -> str | None:
    """The licence if mteb has it, else None."""
    from mteb.types import Licenses
    from pydantic import TypeAdapter, ValidationError

    try:
        return str(TypeAdapter(Licenses).validate_python(declared.lower()))
    except ValidationError:
        return None


def training_tasks(config: ModelConfig, index: MtebIndex) -> tuple[set[str] | None, list[str]]:
    """mteb's tasks on the declared training data, and the data sets that no task is made of."""
    if config.training_data is None:
        return None, []
    tasks: dict[str, set[str]] = {}
    for name in index.task_names:
        task = index.task(name)
        if task and task.dataset_id:
            tasks.setdefault(task.dataset_id.lower(), set()).add(name)
    known = [tasks.get(dataset.lower(), set()) for dataset in config.training_data]
    unknown = [
        dataset for dataset, found in zip(config.training_data, known, strict=True) if not found
    ]
    named = set().union(*known)
    return (named or None if unknown else named), unknown


def _loader_options(config: ModelConfig) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if config.load.prompts:
        options["model_prompts"] = dict(config.load.prompts)
    if (dtype := _output_dtype(config)) is not None:
        options["model_kwargs"] = {"dtype": dtype}
    return options


def _output_dtype(config: ModelConfig) -> Any:
    """mteb's name of the precision; None for float32, which it takes for granted."""
    from mteb.types import OutputDType

    name = _OUTPUT_DTYPES.get(config.load.dtype)
    return OutputDType[name] if name else None
