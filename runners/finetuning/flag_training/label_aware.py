"""The label-aware loss in FlagEmbedding's terms: model, data set and collator that its runner takes as its own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from FlagEmbedding.abc.finetune.embedder.AbsModeling import EmbedderOutput
from FlagEmbedding.finetune.embedder.encoder_only.base.modeling import BiEncoderOnlyEmbedderModel
from torch.utils.data import Dataset
from transformers import DataCollatorWithPadding

from runners.finetuning.flag_training.loss import label_aware_loss
from runners.finetuning.label_batches import label_batches
from schemas.finetuning import Recipe

Batch = tuple[list[str], list[int]]


class LabelAwareEmbedder(BiEncoderOnlyEmbedderModel):
    """FlagEmbedding's encoder, with each text of a batch encoded once and compared with all others."""

    recipe: Recipe

    def forward(self, texts: Any, classes: Any) -> EmbedderOutput:
        """Loss of a batch; `texts` are token ids and mask, `classes` the labels, (texts,)."""
        embeddings = self.encode(texts)
        everyone = self._everyone(embeddings, classes)
        return EmbedderOutput(loss=label_aware_loss(embeddings, classes, everyone, self.recipe))

    def _everyone(self, embeddings: Any, classes: Any) -> tuple[Any, Any, int]:
        """Embeddings and labels of all processes, and where this one's begin; gradients flow back to each."""
        if not self.negatives_cross_device:
            return embeddings, classes, 0
        from torch.distributed.nn.functional import all_gather

        sizes = _gathered(torch.tensor([len(classes)], device=classes.device))
        longest = int(max(sizes))
        # Processes may hold batches of different sizes, which cannot be gathered as they are.
        rows = all_gather(_filled(embeddings, longest))
        labels = _gathered(_filled(classes, longest))
        kept = [int(size) for size in sizes]
        everyone = torch.cat([part[:size] for part, size in zip(rows, kept, strict=True)])
        theirs = torch.cat([part[:size] for part, size in zip(labels, kept, strict=True)])
        return everyone, theirs, sum(kept[: self.process_rank])


def _gathered(values: Any) -> list[Any]:
    parts = [torch.empty_like(values) for _ in range(torch.distributed.get_world_size())]
    torch.distributed.all_gather(parts, values)
    return parts


def _filled(values: Any, length: int) -> Any:
    missing = length - len(values)
    return torch.cat([values, values.new_zeros((missing, *values.shape[1:]))])


class LabelledBatches(Dataset[Batch]):
    """Batches of labelled texts; item i of an epoch is always the same. The Trainer says which epoch it is."""

    def __init__(self, file: Path, recipe: Recipe, seed: int, cache: Path) -> None:
        import datasets

        self._rows = datasets.load_dataset(
            "json", data_files=str(file), split="train", cache_dir=str(cache)
        )
        self._labels = self._rows["label"]
        self._recipe, self._seed = recipe, seed
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Draw the batches of an epoch."""
        recipe = self._recipe
        self._batches = label_batches(
            list(self._labels), recipe.batch_size, recipe.texts_per_label, self._seed, epoch
        )

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> Batch:
        rows = self._rows[self._batches[index]]
        return list(rows["text"]), list(rows["label"])


@dataclass
class LabelledCollator(DataCollatorWithPadding):
    """Tokenizes one batch, which is one item."""

    max_length: int = 64
    instruction: str = ""

    def __call__(self, features: list[Batch]) -> dict[str, Any]:
        """`texts` and `classes` for the model."""
        texts, classes = features[0]
        encoded = self.tokenizer(
            [self.instruction + text for text in texts],
            truncation=True,
            max_length=self.max_length,
            padding=True,
            return_tensors="pt",
        )
        return {"texts": dict(encoded), "classes": torch.tensor(classes)}
