"""Load a model through sentence-transformers, as its files say and the config overrides."""

from pathlib import Path
from typing import Any

from runners.complete_weights import complete_weights
from runners.failures import Failure, classified
from runners.loaded_model import LoadedModel, named_meta, token_counter
from schemas.submission import ModelConfig

# In a config's words, and in those of sentence-transformers.
POOLING = {"cls": "cls", "mean": "mean", "last-token": "lasttoken"}


def load_sentence_transformer(
    config: ModelConfig, folder: Path, source: str, device: str, *, code: bool = False
) -> LoadedModel:
    """Load `folder` onto `device`; runs code from the folder only where `code` says so.

    Raises:
        Failure: it does not load, or the config asks for a pooling the model has no place for.
    """
    import torch
    from mteb.models.sentence_transformer_wrapper import SentenceTransformerEncoderWrapper
    from sentence_transformers import SentenceTransformer

    wanted = config.load
    dtype = getattr(torch, wanted.dtype)
    try:
        with complete_weights():
            model = SentenceTransformer(
                str(folder),
                device=device,
                trust_remote_code=code,
                local_files_only=True,
                model_kwargs={"dtype": dtype, "use_safetensors": True},
            )
    except Exception as error:
        raise classified(error, "submission", "loading the model") from error
    model.to(dtype)
    model.eval()
    if wanted.pooling:
        _set_pooling(model, wanted.pooling)
    if wanted.normalize is not None:
        _set_normalize(model, wanted.normalize)
    if wanted.max_length:
        _set_max_length(model, wanted.max_length)
    encoder = SentenceTransformerEncoderWrapper(model, model_prompts=dict(wanted.prompts) or None)
    encoder.mteb_model_meta = named_meta(
        config.model,
        config.revision,
        loader=SentenceTransformerEncoderWrapper,
        similarity_fn_name=encoder.mteb_model_meta.similarity_fn_name,
        embed_dim=encoder.mteb_model_meta.embed_dim,
        max_tokens=encoder.mteb_model_meta.max_tokens,
        framework=["Sentence Transformers", "PyTorch"],
    )
    transformer = transformer_in(model)
    tokenizer = getattr(model, "tokenizer", None)
    return LoadedModel(
        encoder=encoder,
        loader="sentence-transformers",
        source=source,
        pooling=_pooling(model),
        normalize=any(type(module).__name__ == "Normalize" for module in model),
        max_length=_max_length(model),
        dtype=str(next(model.parameters()).dtype).removeprefix("torch."),
        attention=getattr(getattr(transformer, "config", None), "_attn_implementation", None),
        prompts={key: text for key, text in (encoder.model_prompts or {}).items() if text},
        count_tokens=token_counter(tokenizer) if callable(tokenizer) else None,
    )


def transformer_in(model: Any) -> Any:
    """The transformers model inside, None where there is none."""
    return getattr(model[0], "auto_model", None) or getattr(model[0], "model", None)


def pooling_module(model: Any) -> Any:
    """The module that makes one embedding of many, None where there is none."""
    return next((module for module in model if type(module).__name__ == "Pooling"), None)


def _pooling(model: Any) -> str | None:
    module = pooling_module(model)
    if module is None:
        return None
    mode = module.pooling_mode
    names = {theirs: ours for ours, theirs in POOLING.items()}
    return names.get(mode, mode) if isinstance(mode, str) else "+".join(mode)


def _set_pooling(model: Any, pooling: str) -> None:
    module = pooling_module(model)
    if module is None:
        raise Failure(
            "submission",
            f"`load.pooling: {pooling}` does not fit: the model has no pooling module",
            "delete `load.pooling`; static and custom models pool on their own",
        )
    if not isinstance(module.pooling_mode, str):
        raise Failure(
            "submission",
            f"`load.pooling: {pooling}` does not fit: the model concatenates several poolings",
            "delete `load.pooling`",
        )
    module.pooling_mode = POOLING[pooling]


def _set_normalize(model: Any, normalize: bool) -> None:
    from sentence_transformers.sentence_transformer.modules import Normalize

    modules = [
        (name, module)
        for name, module in model.named_children()
        if type(module).__name__ != "Normalize"
    ]
    for name, _ in list(model.named_children()):
        del model._modules[name]  # noqa: SLF001 - torch offers no public way to drop a module
    for name, module in modules:
        model.add_module(name, module)
    if normalize:
        model.add_module("normalize", Normalize())


def _set_max_length(model: Any, length: int) -> None:
    try:
        model.max_seq_length = length
    except AttributeError as error:
        raise Failure(
            "submission",
            f"`load.max_length: {length}` does not fit: the model reads texts of any length",
            "delete `load.max_length`",
        ) from error


def _max_length(model: Any) -> int | None:
    length = getattr(model, "max_seq_length", None)
    return int(length) if isinstance(length, int | float) and length < 10**7 else None
