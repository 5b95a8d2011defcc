"""What the preflight has to ask the Hub about the data sets of a submission. Pure."""

from collections.abc import Iterator, Sequence

from bot.preflight.facts import DatasetKey
from bot.surroundings import Surroundings
from schemas.submission import ModelConfig
from schemas.yaml_document import YamlDocument

_MOST_DATASETS = 25  # of `training_data`, one request each


def training_datasets(config: ModelConfig, around: Surroundings) -> Sequence[DatasetKey]:
    """The first entries of `training_data` that are written as ids of the Hub."""
    named = (name for name in config.training_data or () if name not in around.index.task_names)
    return [(name, None) for name in named if name.count("/") == 1][:_MOST_DATASETS]


def finetuning_datasets(config: ModelConfig) -> Sequence[DatasetKey]:
    """The data sets of the Hub that a config asks to be trained on, at their revisions."""
    sources = config.finetune.data if config.finetune else ()
    return [(source.id, source.revision) for source in sources if source.id]


def task_datasets(document: YamlDocument) -> Sequence[DatasetKey]:
    """The data set of a custom task, if it comes from the Hub; none where its id or revision is no text."""
    name, revision = document.at("dataset", "id"), document.at("dataset", "revision")
    return [(name, revision)] if isinstance(name, str) and isinstance(revision, str) else []


def custom_tasks(around: Surroundings) -> Iterator[YamlDocument]:
    """The custom task files that a config names, each once."""
    files = {file.location: file.document for file in around.custom_tasks.values()}
    yield from (document for document in files.values() if document)
