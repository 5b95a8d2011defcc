"""FlagEmbedding's own runner, with our loss and our data sets where the recipe wants them."""

from pathlib import Path
from typing import Any

from FlagEmbedding.finetune.embedder.encoder_only.base.runner import EncoderOnlyEmbedderRunner
from transformers import PrinterCallback

from runners.finetuning.flag_training.arguments import arguments
from runners.finetuning.flag_training.freezing import freeze
from runners.finetuning.flag_training.label_aware import (
    LabelAwareEmbedder,
    LabelledBatches,
    LabelledCollator,
)
from runners.finetuning.flag_training.live import Diverged, Live
from runners.finetuning.flag_training.repeatable import (
    RepeatableDataset,
    RepeatableSameDataset,
    TellsEpoch,
)
from runners.finetuning.flag_training.trainer import RepeatableTrainer
from runners.finetuning.held_out_score import HeldOutScore
from runners.finetuning.job import TrainingJob
from runners.finetuning.stopwatch import Stopwatch

_ENCODED_AT_ONCE = 64  # held-out texts


class FinetuningRunner(EncoderOnlyEmbedderRunner):
    """Loads, trains and saves as FlagEmbedding does; `train` goes on from the last whole checkpoint."""

    def __init__(self, job: TrainingJob) -> None:
        self.job = job
        model, data, training = arguments(job)
        super().__init__(model, data, training)

    @property
    def label_aware(self) -> bool:
        """Whether the loss is ours."""
        return self.job.recipe.loss == "label-aware"

    def load_tokenizer_and_model(self) -> tuple[Any, Any]:
        """FlagEmbedding's; its weights in float32, whatever they were saved in, or small changes would be lost."""
        tokenizer, model = super().load_tokenizer_and_model()
        model.model.float()
        freeze(model.model, self.job.recipe.freeze_layers)
        if not self.label_aware:
            return tokenizer, model
        mine = LabelAwareEmbedder(
            model.model,
            tokenizer=tokenizer,
            negatives_cross_device=model.negatives_cross_device,
            temperature=model.temperature,
            sub_batch_size=model.sub_batch_size,
            sentence_pooling_method=model.sentence_pooling_method,
            normalize_embeddings=model.normalize_embeddings,
        )
        mine.recipe = self.job.recipe
        return tokenizer, mine

    def load_train_dataset(self) -> Any:
        """Items are whole batches, but for FlagEmbedding's plain data set."""
        arguments, job = self.training_args, self.job
        if not self.label_aware and not job.recipe.same_dataset:
            return RepeatableDataset(self.data_args, self.tokenizer, job.seed)
        if self.label_aware:
            data: Any = LabelledBatches(
                job.data[0], job.recipe, job.seed, Path(self.data_args.cache_path)
            )
        else:
            data = RepeatableSameDataset(
                args=self.data_args,
                default_batch_size=arguments.per_device_train_batch_size,
                seed=job.seed,
                tokenizer=self.tokenizer,
                process_index=arguments.process_index,
                num_processes=arguments.world_size,
            )
        arguments.per_device_train_batch_size = 1
        return data

    def load_data_collator(self) -> Any:
        """Ours for labelled texts."""
        if not self.label_aware:
            return super().load_data_collator()
        return self._collator()

    def load_trainer(self) -> Any:
        """The trainer, which `Live` watches."""
        trainer = RepeatableTrainer(
            model=self.model,
            args=self.training_args,
            train_dataset=self.train_dataset,
            data_collator=self.data_collator,
            processing_class=self.tokenizer,
        )
        trainer.live = Live(self.job, Stopwatch(), self._score())
        trainer.batched = not isinstance(self.train_dataset, RepeatableDataset)
        trainer.budget = self.job.budget
        trainer.remove_callback(PrinterCallback)  # it prints dictionaries
        trainer.add_callback(trainer.live)
        trainer.add_callback(TellsEpoch(self.train_dataset))
        return trainer

    def train(self, checkpoint: str | None) -> None:
        """Train to the end, from a checkpoint where there is one."""
        self.trainer.train(resume_from_checkpoint=checkpoint)

    def _collator(self) -> LabelledCollator:
        recipe = self.job.recipe
        return LabelledCollator(
            self.tokenizer,
            max_length=recipe.query_max_length,
            instruction=recipe.query_instruction or "",
        )

    def _score(self) -> Any:
        job = self.job
        if job.labelled is None or job.held_out is None or not self.training_args.should_save:
            return None
        score = HeldOutScore(job.labelled, job.held_out)
        return lambda: score(self._encode)

    def _encode(self, texts: Any) -> Any:
        """Embeddings of texts, (texts, dimensions), as the training compares them."""
        import numpy as np
        import torch

        collate = self._collator()
        training = self.model.training
        self.model.eval()
        parts = []
        with torch.no_grad():
            for start in range(0, len(texts), _ENCODED_AT_ONCE):
                batch = collate([(list(texts[start : start + _ENCODED_AT_ONCE]), [0])])["texts"]
                on_device = {
                    name: value.to(self.training_args.device) for name, value in batch.items()
                }
                parts.append(self.model.encode(on_device).float().cpu().numpy())
        self.model.train(training)
        embeddings = np.concatenate(parts)
        if not np.isfinite(embeddings).all():
            raise Diverged(self.trainer.state.global_step)
        return embeddings
