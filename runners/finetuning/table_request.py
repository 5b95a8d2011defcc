"""What `mteb-runner table` was asked to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from schemas.experiment import Experiment
from schemas.submission import CustomTask, ModelConfig, Publishing, TaskRequest


@dataclass(frozen=True)
class TableRequest:
    """An experiment, its task, and where data, model and results are."""

    experiment: Experiment
    task: CustomTask
    output: Path
    model_path: Path | None
    data_paths: Mapping[str, Path]
    device: str | None = None
    budgets: bool = True
    command: str = ""

    def config(self, name: str = "", revision: str = "") -> ModelConfig:
        """The config by which a model is evaluated: the base, or one by another name."""
        experiment = self.experiment
        return ModelConfig(
            file=experiment.file,
            sha256=experiment.sha256,
            model=name or experiment.model,
            revision=revision or experiment.revision,
            license="unknown",
            languages=self.task.languages,
            load=experiment.load,
            training_data=None,
            adapted_from=None,
            benchmarks=(),
            tasks=(TaskRequest(str(experiment.task), file=experiment.task),),
            task_languages=(),
            claims=(),
            publish=Publishing(),
        )
