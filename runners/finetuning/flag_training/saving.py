"""The tuned model as a folder that sentence-transformers loads, with the pooling that it was trained with."""

import shutil
from pathlib import Path
from typing import Any

from runners.failures import Failure
from runners.sentence_transformer import POOLING, pooling_module, transformer_in

_PLAIN = {"Transformer", "Pooling", "Normalize"}


def save_tuned(encoder: Any, base: Path, pooling: str, target: Path) -> None:
    """Write the base model with the encoder's weights in it to `target`: whole, or not at all.

    Prompts, lengths and normalisation stay the base's.

    Raises:
        Failure: the base has parts that were not trained.
    """
    model = base_model(base, pooling)
    inner = transformer_in(model)
    inner.load_state_dict(
        {name: value.detach().cpu() for name, value in encoder.state_dict().items()}
    )
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    model.save(str(partial), create_model_card=False)
    # Of a run that was killed before it could say that it was through.
    shutil.rmtree(target, ignore_errors=True)
    partial.replace(target)


def base_model(base: Path, pooling: str | None) -> Any:
    """The base as sentence-transformers loads it, on the CPU in float32, pooling as asked for.

    Raises:
        Failure: it has parts beside a transformer, pooling and normalisation, or pools otherwise.
    """
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(
        str(base),
        device="cpu",
        local_files_only=True,
        model_kwargs={"dtype": torch.float32, "use_safetensors": True},
    )
    others = [type(module).__name__ for module in model if type(module).__name__ not in _PLAIN]
    if others:
        raise Failure(
            "submission",
            f"the base model has a part that FlagEmbedding does not train: {', '.join(others)}",
            "train from a base of a transformer and a pooling layer",
        )
    if pooling:
        _check_pooling(model, base, pooling)
    return model


def pooling_of(model: Any) -> str:
    """How a loaded model pools, in a config's words."""
    mode = pooling_module(model).pooling_mode
    names = {theirs: ours for ours, theirs in POOLING.items()}
    if mode not in names:
        raise Failure(
            "submission",
            f"the base model pools by {mode}, which FlagEmbedding does not know",
            f"train from a base that pools by {', '.join(POOLING)}",
        )
    return names[mode]


def _check_pooling(model: Any, base: Path, pooling: str) -> None:
    module = pooling_module(model)
    if not (base / "modules.json").is_file():
        module.pooling_mode = POOLING[pooling]  # a plain transformer: its config must say
        return
    if (own := pooling_of(model)) != pooling:
        raise Failure(
            "submission",
            f"the base model pools by {own}; training with {pooling} would throw away what it learnt",
            f"leave `pooling` out, or write `pooling: {own}`",
        )
