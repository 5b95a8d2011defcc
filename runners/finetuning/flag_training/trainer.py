"""FlagEmbedding's trainer, as far as it must go on after a kill and say what it cost."""

from typing import Any

from FlagEmbedding.finetune.embedder.encoder_only.base.trainer import EncoderOnlyEmbedderTrainer
from torch.utils.data import SequentialSampler

from runners.finetuning.flag_training.live import Live
from runners.finetuning.flag_training.together import as_the_first, sum_of_all


class RepeatableTrainer(EncoderOnlyEmbedderTrainer):
    """Counts texts and seconds, loads what a checkpoint holds, and ends by the clock where there is a budget."""

    live: Live
    batched = False  # whether an item of the data set is a whole batch, already shuffled
    budget: float | None = None
    _encoded = 0  # texts of this process that no line has counted yet

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        if self.batched:
            return SequentialSampler(self.train_dataset)
        return super()._get_train_sampler(train_dataset)

    def training_step(self, model: Any, inputs: Any, num_items_in_batch: Any = None) -> Any:
        """One batch."""
        self._encoded += sum(_rows(inputs.get(key)) for key in ("texts", "queries", "passages"))
        return super().training_step(model, inputs, num_items_in_batch)

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Keep with the loss what it has cost so far."""
        self.live.texts += sum_of_all(self.args, self._encoded)
        self._encoded = 0
        seconds = round(self.live.watch.seconds, 3)
        super().log({**logs, "texts": self.live.texts, "seconds": seconds}, start_time)

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
        """With a budget the learning rate follows the clock: how many steps there will be, nobody knows."""
        if self.budget is None:
            return super().create_scheduler(num_training_steps, optimizer)
        from torch.optim.lr_scheduler import LambdaLR

        self.lr_scheduler = LambdaLR(optimizer or self.optimizer, lambda _: self._by_clock())
        return self.lr_scheduler

    def _by_clock(self) -> float:
        [seconds] = as_the_first(self.args, self.live.watch.seconds)
        share: float = min(seconds / (self.budget or 1.0), 1.0)
        rising: float = self.args.warmup_steps
        return share / rising if share < rising else (1.0 - share) / max(1.0 - rising, 1e-9)

    def _save_rng_state(self, output_dir: str) -> None:
        """Wait for the other processes' random states.

        What the first writes next says that a checkpoint is whole, and then it deletes the one before.
        """
        super()._save_rng_state(output_dir)
        self.accelerator.wait_for_everyone()

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        """Load the encoder's weights.

        FlagEmbedding saves them without the name of its wrapper. The Trainer looks for them with it, finds none, and
        would go on from the base model without a word.
        """
        encoder = (model or self.model).model
        saved = type(encoder).from_pretrained(resume_from_checkpoint, dtype=encoder.dtype)
        encoder.load_state_dict(saved.state_dict())


def _rows(tokens: Any) -> int:
    """Texts of one input: FlagEmbedding makes a list of it where batches are encoded in pieces."""
    if tokens is None:
        return 0
    parts = tokens if isinstance(tokens, list) else [tokens]
    return sum(len(part["input_ids"]) for part in parts)
