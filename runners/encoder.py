"""One encoder around every model: progress, smaller batches when memory runs out, only finite vectors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from runners.failures import Failure, classified, is_out_of_memory
from runners.progress import Progress

_BATCHES_PER_CHUNK = 8  # how often progress is shown and memory is freed
_LENGTHS_SAMPLED = 2000  # texts per call whose tokens are counted
_WHAT = {None: "texts", "query": "queries", "document": "documents"}


@dataclass
class EncodingTally:
    """What encoding a task took; filled while it runs."""

    texts: int = 0
    sampled: int = 0  # texts that the sample stands for
    truncated: int = 0

    @property
    def truncated_share(self) -> float | None:
        """Share of the sampled texts that were longer than max_length; None when none was counted."""
        return self.truncated / self.sampled if self.sampled else None


class MeasuredEncoder:
    """An mteb encoder that measures another one.

    Texts go longest first in chunks, so that padding stays small, the time left is honest and memory
    runs out early if it does; then the batch is halved and the chunk repeated. Embeddings come back in
    the order of the inputs.
    """

    def __init__(
        self,
        inner: Any,
        progress: Progress,
        batch_size: int,
        count_tokens: Callable[[Sequence[str]], list[int]] | None = None,
        max_length: int | None = None,
    ) -> None:
        self._inner = inner
        self._progress = progress
        self._count_tokens = count_tokens
        self._max_length = max_length
        self.mteb_model_meta = inner.mteb_model_meta
        self.batch_size = batch_size
        self.tally = EncodingTally()

    def similarity(self, embeddings1: Any, embeddings2: Any) -> Any:
        """Similarity matrix, as the inner model defines it."""
        return self._inner.similarity(embeddings1, embeddings2)

    def similarity_pairwise(self, embeddings1: Any, embeddings2: Any) -> Any:
        """Similarity of row i with row i, as the inner model defines it."""
        return self._inner.similarity_pairwise(embeddings1, embeddings2)

    def encode(
        self,
        inputs: Any,
        *,
        task_metadata: Any,
        hf_split: str,
        hf_subset: str,
        prompt_type: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Encode a DataLoader of mteb: array of shape (texts, dimensions), float32.

        Raises:
            Failure: the model failed (submission), memory ran out even at batch 1, or an embedding
                is not finite.
        """
        dataset = inputs.dataset
        where = {
            "task_metadata": task_metadata,
            "hf_split": hf_split,
            "hf_subset": hf_subset,
            "prompt_type": prompt_type,
        }
        kwargs = {**kwargs, "show_progress_bar": False}
        what = _WHAT[prompt_type.value if prompt_type else None]
        self._progress.phase(f"encoding {what} ({hf_subset}/{hf_split})", len(dataset))
        if list(task_metadata.modalities) != ["text"] or "text" not in dataset.column_names:
            embeddings = self._attempt(inputs, where, kwargs)
            return self._checked(embeddings, len(dataset), task_metadata.name)
        texts = dataset["text"][:]
        self._count_truncated(texts)
        order = np.argsort([-len(text) for text in texts], kind="stable")
        embeddings = None
        done = 0
        while done < len(order):
            rows = order[done : done + self.batch_size * _BATCHES_PER_CHUNK]
            chunk = self._encode_chunk(dataset.select(rows), inputs, where, kwargs)
            chunk = self._checked(chunk, len(rows), task_metadata.name)
            if embeddings is None:
                embeddings = np.empty((len(order), chunk.shape[1]), dtype=np.float32)
            embeddings[rows] = chunk
            done += len(rows)
            self.tally.texts += len(rows)
            self._progress.encoded(done, len(order))
        self._progress.phase("scoring")
        return np.empty((0, 0), dtype=np.float32) if embeddings is None else embeddings

    def _encode_chunk(self, dataset: Any, inputs: Any, where: Any, kwargs: dict[str, Any]) -> Any:
        from torch.utils.data import DataLoader

        while True:
            loader = DataLoader(dataset, batch_size=self.batch_size, collate_fn=inputs.collate_fn)
            try:
                return self._attempt(loader, where, {**kwargs, "batch_size": self.batch_size})
            except Failure as failure:
                if failure.kind != "out_of_memory" or self.batch_size == 1:
                    raise
            _free_memory()
            self.batch_size = max(1, self.batch_size // 2)
            self._progress.say(f"out of memory: going on with batches of {self.batch_size}")

    def _attempt(self, loader: Any, where: dict[str, Any], kwargs: dict[str, Any]) -> Any:
        try:
            return self._inner.encode(loader, **where, **kwargs)
        except Failure:
            raise
        except Exception as error:
            if is_out_of_memory(error):
                raise Failure(
                    "out_of_memory", f"encoding ran out of memory at batch size {self.batch_size}"
                ) from error
            raise classified(error, "submission", "encoding") from error

    def _count_truncated(self, texts: Sequence[str]) -> None:
        if self._count_tokens is None or self._max_length is None:
            return
        step = max(1, -(-len(texts) // _LENGTHS_SAMPLED))
        sample = texts[::step]
        # a token is at least one byte of text: short texts need no tokenizer to know that they fit
        long = [text for text in sample if len(text.encode()) + 2 > self._max_length]
        self.tally.sampled += len(texts)
        if long:
            cut = sum(length > self._max_length for length in self._count_tokens(long))
            self.tally.truncated += round(cut / len(sample) * len(texts))

    @staticmethod
    def _checked(embeddings: Any, rows: int, task: str) -> np.ndarray[Any, Any]:
        array = _as_matrix(embeddings, rows, task)
        finite = np.isfinite(array).all(axis=1)
        if not finite.all():
            raise Failure(
                "submission",
                f"{int((~finite).sum())} of {len(array)} embeddings of {task} hold NaN or infinity",
                "try `load.dtype: float32` (float16 overflows in some models), and check the weights",
            )
        return array


def _as_matrix(embeddings: Any, rows: int, task: str) -> np.ndarray[Any, Any]:
    """Float32 of shape (rows, dimensions), whatever kind of tensor a model returns.

    Raises:
        Failure: it returned something else.
    """
    import torch

    try:
        if isinstance(embeddings, torch.Tensor):
            embeddings = embeddings.detach().cpu().to_dense().float().numpy()
        array = np.asarray(embeddings, dtype=np.float32)
    except (TypeError, ValueError, RuntimeError) as error:
        raise classified(error, "submission", f"reading the embeddings of {task}") from error
    if array.ndim != 2 or array.shape[0] != rows or not array.shape[1]:  # noqa: PLR2004 - a matrix
        raise Failure(
            "submission",
            f"encoding {rows} texts of {task} gave an array of shape {array.shape}",
            "an encoder returns one vector a text; models of several vectors a text are not evaluated",
        )
    return array


def _free_memory() -> None:
    import gc

    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
