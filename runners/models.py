"""Load the model a config names, through the library it names."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from runners.complete_weights import complete_weights
from runners.failures import Failure, classified
from runners.flag_embedding import load_flag_embedding
from runners.loaded_model import LoadedModel, named_meta
from runners.output_folder import write_atomically
from runners.sentence_transformer import load_sentence_transformer
from runners.weights import (
    WeightFile,
    fingerprint,
    harmless_view,
    model_folder,
    weight_files,
)
from schemas.submission import ModelConfig

ENTRY_POINT_GROUP = "mteb_submission_bot.encoders"
_CARD_BYTES = 9 * 1024 * 1024  # more than the bot accepts, so that it sees when one is too large


# mteb's other loaders may set trust_remote_code in their own code, where no setting shows it.
_HARMLESS_LOADERS = {"SentenceTransformerEncoderWrapper", "InstructSentenceTransformerModel"}


@dataclass(frozen=True)
class ModelFiles:
    """Where a model's files lie on this machine, and the fingerprints of its weights."""

    folder: Path
    source: str
    weights: tuple[WeightFile, ...]
    fingerprint: str

    def copy_card(self, target: Path) -> None:
        """Leave the model's own card beside the report: the bot keeps the author's text."""
        card = self.folder / "README.md"
        if not card.is_file():
            target.unlink(missing_ok=True)
            return
        with card.open("rb") as stream:
            write_atomically(target, stream.read(_CARD_BYTES))


def fetch_model(
    config: ModelConfig,
    model_path: Path | None,
    view: Path,
    *,
    code: bool = False,
    prefetched: bool = False,
) -> ModelFiles:
    """Bring the files here, show the loader only harmless ones below `view`, and fingerprint them.

    `code` shows it the model's own code too; `prefetched` says that `model_path` is the Hub's revision.

    Raises:
        Failure: they do not exist, cannot be fetched, or hold no safetensors weights.
    """
    folder = model_folder(config.model, config.revision, model_path)
    harmless_view(folder, view, code=code)
    source = "hub" if prefetched or model_path is None else "local_folder"
    return ModelFiles(view, source, weight_files(view), fingerprint(view))


def load_model(
    config: ModelConfig, files: ModelFiles, device: str, *, code: bool = False
) -> LoadedModel:
    """Load onto `device` with the loader the config names; `code` lets the model's own run.

    Raises:
        Failure: the model does not load or does not encode.
    """
    loaders: dict[str, Callable[[ModelConfig, Path, str, str], LoadedModel]] = {
        "sentence-transformers": partial(load_sentence_transformer, code=code),
        "flag-embedding": partial(load_flag_embedding, code=code),
        "mteb": _load_from_registry,
        "entry-point": _load_entry_point,
    }
    model = loaders[config.load.with_](config, files.folder, files.source, device)
    if not callable(getattr(model.encoder, "encode", None)):
        raise Failure(
            "submission",
            f"{config.model} is no text encoder: it has no `encode`",
            "only embedding models are evaluated; rerankers and BM25 are not",
        )
    return model


def _load_from_registry(config: ModelConfig, _: Path, source: str, device: str) -> LoadedModel:
    import mteb

    if source == "local_folder":
        raise Failure(
            "submission",
            "`load.with: mteb` loads from the Hub by name; `--model-path` has no effect on it",
            "leave `--model-path` out, or use `load.with: sentence-transformers`",
        )
    try:
        meta = mteb.get_model_meta(config.model, revision=config.revision)
    except (KeyError, ValueError) as error:
        raise Failure(
            "submission",
            f"mteb {mteb.__version__} has no loader for {config.model} at {config.revision}",
            "use `load.with: sentence-transformers`, or add the model to mteb first",
        ) from error
    if meta.loader.__name__ not in _HARMLESS_LOADERS or _trusts_code(meta.loader_kwargs or {}):
        raise Failure(
            "submission",
            f"mteb's loader of {config.model} may run code from its repository, which is refused",
            "publish the model in a format that transformers loads without custom code",
        )
    try:
        with complete_weights():
            encoder = meta.load_model(device=device)
    except Exception as error:
        raise classified(error, "submission", "loading the model through mteb") from error
    return LoadedModel(
        encoder,
        loader="mteb",
        source="registry",
        prompts=getattr(encoder, "model_prompts", None) or {},
    )


def _trusts_code(options: Any) -> bool:
    """Whether loader options, nested ones too, let the repository's code run."""
    if isinstance(options, dict):
        return any(
            (key == "trust_remote_code" and value) or _trusts_code(value)
            for key, value in options.items()
        )
    return isinstance(options, list | tuple) and any(map(_trusts_code, options))


def _load_entry_point(config: ModelConfig, folder: Path, _: str, device: str) -> LoadedModel:
    """An encoder class that a maintainer installed on the runner, called with the model's folder."""
    name = config.load.entry_point
    installed = {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP)}
    if name not in installed:
        raise Failure(
            "submission",
            f"no installed package declares the encoder `{name}`",
            f"a maintainer installs one on the runner (entry-point group `{ENTRY_POINT_GROUP}`); "
            f"installed here: {', '.join(sorted(installed)) or 'none'}",
        )
    try:
        encoder: Any = installed[name].load()(folder, device=device, loading=config.load)
    except Exception as error:
        raise classified(error, "infrastructure", f"loading the encoder `{name}`") from error
    encoder.mteb_model_meta = named_meta(config.model, config.revision)
    return LoadedModel(encoder, loader=f"entry-point {name}", source="entry_point")
