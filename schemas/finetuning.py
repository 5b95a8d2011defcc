"""What a model config asks to be trained, as frozen data: base model, data sets, recipes, variants and seeds."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from os.path import normpath
from pathlib import Path
from typing import Any, Literal

Loss = Literal["label-aware", "flag-embedding"]
ONLY_VARIANT = "tuned"  # what the variant of a config without variants is called


@dataclass(frozen=True)
class LabelColumns:
    """Which columns of a row hold its text (joined where several) and its label."""

    text: tuple[str, ...]
    label: str


@dataclass(frozen=True)
class TrainingSource:
    """One data set: of the Hub (`id`, `revision`) or local (`path`, beside the config).

    `written` is the path as its file has it. `columns` are None for rows that are FlagEmbedding's own already.
    `in_batch_negatives` is None where nobody said.
    """

    id: str | None = None
    revision: str | None = None
    config: str | None = None
    split: str = "train"
    path: Path | None = None
    written: str | None = None
    columns: LabelColumns | None = None
    join: str = " "
    type: str | None = None
    in_batch_negatives: bool | None = None
    rows: int | None = None

    @property
    def name(self) -> str:
        """The data set as people call it: its id, or its path beside the file that names it."""
        return self.id or self.written or str(self.path)


@dataclass(frozen=True)
class HardNegatives:
    """Ranks, from the nearest text of another label on, that negatives are drawn from."""

    from_: int = 10
    to: int = 100


@dataclass(frozen=True)
class Recipe:
    """How to train; the schema describes every field. `passage_max_length` and `pooling` may be left to others."""

    loss: Loss = "label-aware"
    positives: Literal["each", "batch", "one"] = "each"
    texts_per_label: int = 4
    same_dataset: bool = True
    group_size: int = 8
    batch_size: int = 32
    sub_batch_size: int | None = None
    gradient_accumulation: int = 1
    epochs: float = 2.0
    max_steps: int | None = None
    learning_rate: float = 5e-5
    warmup_ratio: float = 0.1
    weight_decay: float = 0.0
    temperature: float = 0.1
    query_max_length: int = 64
    passage_max_length: int | None = None
    pooling: str | None = None
    normalize: bool = True
    query_instruction: str | None = None
    passage_instruction: str | None = None
    negatives_cross_device: bool = True
    knowledge_distillation: bool = False
    distillation_loss: Literal["kl_div", "m3_kd_loss"] = "kl_div"
    freeze_layers: int = 0
    precision: Literal["float32", "bfloat16", "float16"] = "float32"
    gradient_checkpointing: bool = False
    hard_negatives: HardNegatives | None = None


@dataclass(frozen=True)
class WeightsTarget:
    """Where tuned weights go."""

    to: Literal["new-repository", "pull-request"]
    private: bool = True


@dataclass(frozen=True)
class Finetuning:
    """`variants` holds at least one recipe, complete, by name."""

    base_model: str
    data: tuple[TrainingSource, ...]
    variants: Mapping[str, Recipe]
    seeds: tuple[int, ...] = (42,)
    held_out: int = 200
    evaluated_rows: Literal["refuse", "leave-out"] = "refuse"
    publish: WeightsTarget | None = None


def finetuning(data: Any, config: Path) -> Finetuning:
    """The `finetune` of a validated config file."""
    sources = tuple(training_source(entry, config) for entry in data["data"])
    labelled = all(source.columns for source in sources)
    recipe = {"loss": "label-aware" if labelled else "flag-embedding"} | data.get("recipe", {})
    variants = data.get("variants", {ONLY_VARIANT: {}})
    publish = data.get("publish")
    return Finetuning(
        base_model=data["base_model"],
        data=sources,
        variants={name: recipe_from(recipe | changes) for name, changes in variants.items()},
        seeds=tuple(data.get("seeds", (42,))),
        held_out=data.get("held_out", 200),
        evaluated_rows=data.get("evaluated_rows", "refuse"),
        publish=WeightsTarget(**publish) if publish else None,
    )


def recipe_from(data: Mapping[str, Any]) -> Recipe:
    """A recipe from validated keys; what is left out has its default."""
    known = {field.name for field in fields(Recipe)}
    keys = {name: value for name, value in data.items() if name in known}
    if hard := keys.get("hard_negatives"):
        keys["hard_negatives"] = HardNegatives(hard.get("from", 10), hard.get("to", 100))
    elif "hard_negatives" in keys:
        keys["hard_negatives"] = HardNegatives()
    return Recipe(**keys)


def training_source(entry: Mapping[str, Any], config: Path) -> TrainingSource:
    """A data set from validated keys; a `path` is relative to the file `config`."""
    keys = dict(entry)
    if columns := keys.get("columns"):
        text = columns["text"]
        names = (text,) if isinstance(text, str) else tuple(text)
        keys["columns"] = LabelColumns(names, columns["label"])
    if "path" in keys:
        keys["written"] = normpath(keys["path"])
        keys["path"] = config.parent / keys["path"]
    return TrainingSource(**keys)
