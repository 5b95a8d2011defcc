"""The files of a tuned model, made on the spot: small, and in the shape in which sentence-transformers saves them."""

import json
import shutil
import struct
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from finetuned_made import TASK, task_score, training, tuned_config, tuned_data

from schemas.submission import ModelConfig

MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.base.modules.transformer.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
]  # fmt: skip


def tensors(*values: float, name: str = "weight") -> bytes:
    """A safetensors file with one tensor of float32."""
    data = struct.pack(f"<{len(values)}f", *values)
    header = {name: {"dtype": "F32", "shape": [len(values)], "data_offsets": [0, len(data)]}}
    return with_header(header, data)


def with_header(header: Any, data: bytes) -> bytes:
    """A file of the format's layout, whatever its header says."""
    written = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(written)) + written + data


def model_files(*values: float) -> dict[str, bytes]:
    """A model by path."""
    return {
        "config.json": b'{"model_type": "bert"}',
        "modules.json": json.dumps(MODULES).encode(),
        "1_Pooling/config.json": b'{"pooling_mode": "mean"}',
        "tokenizer.json": b'{"version": "1.0"}',
        "tokenizer_config.json": b'{"model_max_length": 1000000000000000019884624838656}',
        "vocab.txt": "[PAD]\nÅ\n".encode(),
        "model.safetensors": tensors(*(values or (0.5, 0.25))),
    }


def write_model(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Leave them in a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def weights_of(files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Weight files as a report's provenance has them."""
    return [
        {"file": name, "sha256": sha256(content).hexdigest(), "bytes": len(content)}
        for name, content in sorted(files.items())
        if name.endswith(".safetensors")
    ]


def weights_digest_of(files: Mapping[str, bytes]) -> str:
    """The digest over them, as the runner has it."""
    lines = "".join(f"{one['sha256']}  {one['file']}\n" for one in weights_of(files))
    return sha256(lines.encode()).hexdigest()


def report_of(files: Mapping[str, bytes], score: float = 0.88, **more: Any) -> dict[str, Any]:
    """The report of the model that these files are."""
    measured = weights_of(files)
    run = training(weights_sha256=weights_digest_of(files), tasks=[task_score(TASK, score)])
    return tuned_data(run, provenance={"weights": measured, **more.pop("provenance", {})}, **more)


def leave_run(folder: Path, files: Mapping[str, bytes], finetune: Any, **more: Any) -> ModelConfig:
    """What a runner leaves of a config: report and model, the config itself below models/."""
    config = tuned_config(folder, finetune, publish={"radar_chart": False})
    data = report_of(files, **more)
    data["provenance"]["config_sha256"] = config.sha256
    results = folder / "results"
    shutil.rmtree(results, ignore_errors=True)
    write_model(results / "model", files)
    (results / "report.json").write_text(json.dumps(data))
    return config
