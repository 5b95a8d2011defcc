"""The one module that knows FlagEmbedding: its inference classes as an mteb encoder."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runners.complete_weights import complete_weights
from runners.failures import classified
from runners.loaded_model import LoadedModel, named_meta, token_counter
from schemas.submission import ModelConfig

_DEFAULT_MAX_LENGTH = 512  # FlagEmbedding's own


def load_flag_embedding(
    config: ModelConfig, folder: Path, source: str, device: str, *, code: bool = False
) -> LoadedModel:
    """Load `folder` with FlagEmbedding: its decoder class for last-token pooling, else its encoder class.

    Runs code from the folder only where `code` says so.

    Raises:
        Failure: it does not load.
    """
    from FlagEmbedding import FlagAutoModel

    wanted = config.load
    pooling = {"last-token": "last_token"}.get(wanted.pooling or "cls", wanted.pooling or "cls")
    normalize = True if wanted.normalize is None else wanted.normalize
    max_length = wanted.max_length or _DEFAULT_MAX_LENGTH
    try:
        with complete_weights():
            model = FlagAutoModel.from_finetuned(
                str(folder),
                model_class="decoder-only-base" if pooling == "last_token" else "encoder-only-base",
                normalize_embeddings=normalize,
                use_fp16=wanted.dtype == "float16",
                use_bf16=wanted.dtype == "bfloat16",
                devices=[device],
                pooling_method=pooling,
                trust_remote_code=code,
                query_instruction_format="{}{}",
                query_max_length=max_length,
                passage_max_length=max_length,
            )
    except Exception as error:
        raise classified(error, "submission", "loading the model with FlagEmbedding") from error
    meta = named_meta(config.model, config.revision, framework=["PyTorch"])
    return LoadedModel(
        encoder=FlagEncoder(model, meta, wanted.prompts, max_length),
        loader="flag-embedding",
        source=source,
        pooling=wanted.pooling or "cls",
        normalize=normalize,
        max_length=max_length,
        dtype=wanted.dtype,
        attention=getattr(model.model.config, "_attn_implementation", None),
        prompts=dict(wanted.prompts),
        count_tokens=token_counter(model.tokenizer),
    )


class FlagEncoder:
    """mteb's EncoderProtocol over a FlagEmbedding embedder; prompts are put before the text."""

    def __init__(self, model: Any, meta: Any, prompts: Mapping[str, str], max_length: int) -> None:
        self._model = model
        self.mteb_model_meta = meta
        self._prompts = dict(prompts)
        self._max_length = max_length

    def encode(
        self,
        inputs: Any,
        *,
        task_metadata: Any,
        hf_split: str,  # noqa: ARG002 - mteb's protocol
        hf_subset: str,  # noqa: ARG002 - mteb's protocol
        prompt_type: Any = None,
        batch_size: int = 32,
        **_: Any,
    ) -> Any:
        """Array of shape (texts, dimensions)."""
        from mteb.models.abs_encoder import get_prompt_name

        name = get_prompt_name(self._prompts, task_metadata, prompt_type)
        prompt = self._prompts.get(name, "") if name else ""
        texts = [prompt + text for batch in inputs for text in batch["text"]]
        try:
            return self._model.encode(texts, batch_size=batch_size, max_length=self._max_length)
        except AttributeError as error:
            # FlagEmbedding shrinks its batch to nothing when memory runs out, then fails like this.
            if "has no attribute 'keys'" in str(error):
                raise MemoryError("FlagEmbedding could not encode even one text") from error
            raise

    def similarity(self, embeddings1: Any, embeddings2: Any) -> Any:
        """Cosine similarity, (n, m)."""
        from mteb.similarity_functions import cos_sim

        return cos_sim(embeddings1, embeddings2)

    def similarity_pairwise(self, embeddings1: Any, embeddings2: Any) -> Any:
        """Cosine similarity of row i with row i, (n,)."""
        from mteb.similarity_functions import pairwise_cos_sim

        return pairwise_cos_sim(embeddings1, embeddings2)
