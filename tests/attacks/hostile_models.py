"""Model repositories that want to run code: made by hand, small, and real enough for the libraries."""

import json
import pickle
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

_SIZE, _WORDS = (
    16,
    ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "text", "x", "y", "aaaaa", "bbbbb"),
)


class _Touch:
    """Unpickled, it creates a file."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (Path(self.path),)


def pickled(path: str) -> bytes:
    """Weights that create a file where they are unpickled."""
    return pickle.dumps({"embedding.weight": _Touch(path)})


@cache
def bert() -> Mapping[str, bytes]:
    """A BERT of one layer with random weights, as transformers saves it."""
    rng = np.random.default_rng(0)
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (len(_WORDS), _SIZE),
        "embeddings.position_embeddings.weight": (64, _SIZE),
        "embeddings.token_type_embeddings.weight": (2, _SIZE),
    }
    layer = "encoder.layer.0."
    parts = [f"attention.self.{name}" for name in ("query", "key", "value")] + [
        "attention.output.dense"
    ]
    norms = [
        "embeddings.LayerNorm",
        layer + "attention.output.LayerNorm",
        layer + "output.LayerNorm",
    ]
    shapes |= {f"{layer}{part}.weight": (_SIZE, _SIZE) for part in parts}
    shapes |= {
        f"{layer}{part}.bias": (_SIZE,) for part in (*parts, "intermediate.dense", "output.dense")
    }
    shapes |= {f"{layer}{part}.dense.weight": (_SIZE, _SIZE) for part in ("intermediate", "output")}
    shapes |= {f"{norm}.{kind}": (_SIZE,) for norm in norms for kind in ("weight", "bias")}
    weights = {name: rng.normal(0, 0.5, shape).astype("float32") for name, shape in shapes.items()}
    config = {
        "architectures": ["BertModel"], "model_type": "bert", "hidden_size": _SIZE, "intermediate_size": _SIZE,
        "num_attention_heads": 2, "num_hidden_layers": 1, "vocab_size": len(_WORDS), "max_position_embeddings": 64,
    }  # fmt: skip
    return {
        "config.json": _json(config),
        "model.safetensors": save(weights, {"format": "pt"}),
        "vocab.txt": "\n".join(_WORDS).encode(),
        "tokenizer_config.json": _json({"tokenizer_class": "BertTokenizer", "model_max_length": 64}),
        "modules.json": _json([{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
                               {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]),
        "1_Pooling/config.json": _json({"word_embedding_dimension": _SIZE, "pooling_mode_mean_tokens": True}),
        "sentence_bert_config.json": _json({"max_seq_length": 32, "do_lower_case": True}),
    }  # fmt: skip


_TOKENIZER = """\
import os, pathlib, socket
from transformers import BertTokenizer

print("tokenizer of its own: running", flush=True)
for address in (("127.0.0.1", PORT), ("192.0.2.1", 443)):
    try:
        socket.create_connection(address, timeout=2)
        print("tokenizer of its own: REACHED", address, flush=True)
    except OSError as error:
        print("tokenizer of its own:", error.strerror, flush=True)
found = [name for name, value in os.environ.items() if "TOKEN" in name and "TOKENIZERS" not in name or "SECRET" in name or "planted-" in value]
print("tokenizer of its own: secrets", found, flush=True)
print("::set-output name=state::evaluated", flush=True)
try:
    pathlib.Path("PWNED").touch()
    print("tokenizer of its own: WROTE", flush=True)
except OSError as error:
    print("tokenizer of its own:", error.strerror, flush=True)


class OwnTokenizer(BertTokenizer):
    pass
"""


def own_tokenizer(port: int, path: str) -> dict[str, bytes]:
    """A BERT whose tokenizer is code of its repository, which tries what it can."""
    settings = {"tokenizer_class": "OwnTokenizer", "model_max_length": 64, "auto_map": {"AutoTokenizer": ["own_tokenizer.OwnTokenizer", None]}}  # fmt: skip
    code = _TOKENIZER.replace("PORT", str(port)).replace("PWNED", path)
    return {**bert(), "tokenizer_config.json": _json(settings), "own_tokenizer.py": code.encode()}


def _json(data: Any) -> bytes:
    return json.dumps(data).encode()
