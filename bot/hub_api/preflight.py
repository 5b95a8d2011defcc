"""Ask the Hub what the preflight's rules look at, and let them look."""

from functools import cache
from pathlib import Path

from bot.check import Checked
from bot.hub_api.connection import HubConnection
from bot.hub_api.model_facts import load_base_facts, load_dataset_access, load_model_facts
from bot.preflight.questions import (
    custom_tasks,
    finetuning_datasets,
    task_datasets,
    training_datasets,
)
from bot.preflight.rule import Submitted, TaskFile
from bot.preflight.table import model_problems, task_problems
from bot.surroundings import Surroundings
from schemas.problem import Problem
from schemas.settings import Settings
from schemas.submission import load_model_config
from schemas.yaml_document import YamlDocument


class Preflight:
    """The preflight of several files; a data set that they share is asked for once."""

    def __init__(
        self, connection: HubConnection, settings: Settings, max_weights_gb: float | None = None
    ) -> None:
        """`max_weights_gb` instead of the settings' limit."""
        self._connection = connection
        self._settings = settings
        self._max_weights_gb = max_weights_gb or settings.limits.weights_gb
        self._access = cache(lambda key: load_dataset_access(connection, *key))

    def problems(self, path: Path, checked: Checked) -> list[Problem]:
        """What a checked file breaks on the Hub; nothing where its schema is broken, as names are missing then.

        Raises:
            HubRefused: the Hub does not take the token.
            ServiceAtFault: the Hub does not answer.
        """
        if checked.around is None:
            return self._of_task(checked.document)
        return [*self._of_model(path, checked.around), *self._of_tasks(checked.around)]

    def _of_model(self, path: Path, around: Surroundings) -> list[Problem]:
        config, document, _ = load_model_config(path)
        if config is None:
            return []
        base = config.finetune.base_model if config.finetune else config.adapted_from
        asked = [*training_datasets(config, around), *finetuning_datasets(config)]
        submitted = Submitted(
            config=config,
            document=document,
            around=around,
            facts=load_model_facts(self._connection, config.weights, config.revision),
            base=load_base_facts(self._connection, base) if base else None,
            datasets={key: self._access(key) for key in asked},
            max_weights_gb=self._max_weights_gb,
            code_is_approved=self._settings.approval(config.weights, config.revision) is not None,
        )
        return model_problems(submitted)

    def _of_tasks(self, around: Surroundings) -> list[Problem]:
        return [problem for task in custom_tasks(around) for problem in self._of_task(task)]

    def _of_task(self, document: YamlDocument) -> list[Problem]:
        access = {key: self._access(key) for key in task_datasets(document)}
        return task_problems(TaskFile(document, access))
