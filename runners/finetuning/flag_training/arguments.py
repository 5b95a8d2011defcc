"""A recipe in FlagEmbedding's arguments."""

from typing import Any

from runners.finetuning.job import CACHE, CHECKPOINTS, TrainingJob

_POOLING = {"last-token": "last_token"}
_ENDLESS = 1e6  # epochs of a training that ends by the clock
_ALL = 0.999999


def arguments(job: TrainingJob) -> tuple[Any, Any, Any]:
    """Model, data and training arguments.

    The Trainer neither saves nor logs on its own account: `Live` says when.
    """
    from FlagEmbedding.finetune.embedder.encoder_only.base import (
        EncoderOnlyEmbedderDataArguments,
        EncoderOnlyEmbedderModelArguments,
        EncoderOnlyEmbedderTrainingArguments,
    )

    recipe = job.recipe
    model = EncoderOnlyEmbedderModelArguments(model_name_or_path=str(job.base), token=None)
    data = EncoderOnlyEmbedderDataArguments(
        train_data=[str(path) for path in job.data],
        cache_path=str(job.folder / CACHE),
        train_group_size=recipe.group_size,
        query_max_len=recipe.query_max_length,
        passage_max_len=recipe.passage_max_length or recipe.query_max_length,
        query_instruction_for_retrieval=recipe.query_instruction or "",
        passage_instruction_for_retrieval=recipe.passage_instruction,
        knowledge_distillation=recipe.knowledge_distillation,
        same_dataset_within_batch=recipe.same_dataset,
    )
    training = EncoderOnlyEmbedderTrainingArguments(
        output_dir=str(job.folder / CHECKPOINTS),
        seed=job.seed,
        use_cpu=job.device == "cpu",
        per_device_train_batch_size=recipe.batch_size,
        gradient_accumulation_steps=recipe.gradient_accumulation,
        num_train_epochs=_ENDLESS if job.budget else recipe.epochs,
        max_steps=-1 if recipe.max_steps is None else recipe.max_steps,
        learning_rate=recipe.learning_rate,
        warmup_steps=min(recipe.warmup_ratio, _ALL),  # from 1 on it would be a number of steps
        weight_decay=recipe.weight_decay,
        bf16=recipe.precision == "bfloat16",
        fp16=recipe.precision == "float16",
        temperature=recipe.temperature,
        sentence_pooling_method=_POOLING.get(job.pooling or "", job.pooling),
        normalize_embeddings=recipe.normalize,
        sub_batch_size=recipe.sub_batch_size,
        kd_loss_type=recipe.distillation_loss,
        save_strategy="no",
        save_total_limit=1,  # the older one goes when the next is whole
        logging_strategy="no",
        logging_nan_inf_filter=False,  # else a loss that is no number is shown as the last that was one
        report_to="none",
        disable_tqdm=True,
        remove_unused_columns=False,
        dataloader_num_workers=0,
    )
    training.gradient_checkpointing = recipe.gradient_checkpointing  # an argument of it warns of v6
    training.negatives_cross_device = recipe.negatives_cross_device and training.world_size > 1
    return model, data, training
