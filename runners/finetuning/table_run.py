"""Measure one model raw and after each way of training it, all with the same task, rows and draws."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runners.failures import Failure
from runners.finetuning.embedding import embedder
from runners.finetuning.job import TrainingJob
from runners.finetuning.launch import Trained, train
from runners.finetuning.refusals import UnusableTrainingData, as_failure
from runners.finetuning.table_data import experiment_data, mode_files, texts_of
from runners.finetuning.table_figures import Row, Table, predicted_seconds
from runners.finetuning.table_request import TableRequest
from runners.finetuning.table_scores import TableScores
from runners.finetuning.trainings import weights_digest
from runners.models import fetch_model
from runners.output_folder import OutputFolder
from runners.progress import Progress, duration
from runners.provenance import choose_device
from runners.task_selection import select_tasks
from schemas.experiment import Mode


@dataclass(frozen=True)
class _Planned:
    """One training: `texts` that it will encode, or the `budget` in seconds that it has."""

    mode: Mode
    folder: Path
    texts: float
    budget: float | None = None

    @property
    def name(self) -> str:
        return self.folder.name


class TableRun:
    """One run into one output folder: `modes`, then `budgets`. The same again goes on where it was."""

    def __init__(self, request: TableRequest, progress: Progress) -> None:
        self._request, self._progress = request, progress
        self._experiment = request.experiment
        self.device = choose_device(request.device)
        self._number = 0
        self._trained: list[Trained] = []
        self._scores = TableScores(request, self.device, progress)

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Read data and model, and keep other runs out of the folder.

        Raises:
            CommandError: rows cannot be trained on, or the folder cannot be used.
            Failure: data or model cannot be had.
        """
        with OutputFolder(self._request.output).locked():
            experiment, folder = self._experiment, self._request.output
            [self._task] = select_tasks(self._request.config(), self._request.data_paths)
            if self._task.failure:
                raise self._task.failure
            self._data = experiment_data(
                experiment, folder / "data", self._request.data_paths, [self._task], self._progress
            )
            given = self._request.model_path
            self._base = fetch_model(self._request.config(), given, folder / "base").folder
            self._modes = [
                _Planned(mode, folder / "modes" / mode.name, self._texts(mode))
                for mode in experiment.modes
            ]
            self._budgets = [
                _Planned(experiment.mode(name), folder / "budgets" / f"{name}-{seconds:g}s", 0, seconds)
                for name in experiment.budgets.methods
                for seconds in experiment.budgets.seconds
                if self._request.budgets
            ]  # fmt: skip
            self._left = [*self._modes, *self._budgets]
            for planned in self._left:
                self._claim(planned)
            yield

    def modes(self) -> Table:
        """Raw, and every mode.

        Raises:
            Failure: the raw model has no score.
        """
        request = self._request
        self._say(f"raw: {self._experiment.model}")
        raw = self._scores.raw()
        rows = tuple(map(self._row, self._modes))
        metric = request.task.main_score
        return Table(self._experiment, self._task.name, metric, raw, rows, self._data.left_out)

    def budgets(self) -> tuple[Row, ...]:
        """Every method under every budget."""
        return tuple(map(self._row, self._budgets))

    def _row(self, planned: _Planned) -> Row:
        mode, rows = planned.mode, len(self._data.rows[planned.mode.rows])
        what = f"{planned.budget:g} s" if planned.budget else f"about {planned.texts:,.0f} texts"
        self._say(f"{mode.name}: {rows:,} rows, {what} of training")
        self._left.remove(planned)
        trained: Trained | None = None
        try:
            trained = self._train(planned)
            self._trained.append(trained)
            score = self._scores.tuned(planned.folder)
        except UnusableTrainingData as error:
            return self._failed(planned, rows, trained, as_failure(error))
        except Failure as failure:
            return self._failed(planned, rows, trained, failure)
        return Row(mode, rows, trained, score, budget=planned.budget)

    def _failed(
        self, planned: _Planned, rows: int, trained: Trained | None, failure: Failure
    ) -> Row:
        self._progress.say(f"FAILED ({failure.kind}): {failure.message}")
        return Row(planned.mode, rows, trained, failure=failure, budget=planned.budget)

    def _claim(self, planned: _Planned) -> None:
        """Bind the folder of a training to what is trained, before the first begins."""
        mode = planned.mode
        OutputFolder(planned.folder).claim(
            {
                "recipe": repr((mode.recipe, mode.published, mode.in_batch_negatives)),
                "seed": self._experiment.seed,
                "training data": self._data.rows[mode.rows].sha256,
                "base model": weights_digest(self._base),
            }
        )

    def _train(self, planned: _Planned) -> Trained:
        mode, seed = planned.mode, self._experiment.seed
        rows = self._data.rows[mode.rows]
        pooling = mode.recipe.pooling or self._experiment.load.pooling
        embed = embedder(self._base, pooling, self.device)
        files = mode_files(mode, rows, planned.folder / "data", seed, embed, self._progress)
        return train(
            TrainingJob(
                folder=planned.folder,
                base=self._base,
                recipe=mode.recipe,
                seed=seed,
                data=files,
                pooling=pooling,
                device=self.device,
                budget=planned.budget,
            )
        )

    def _texts(self, mode: Mode) -> float:
        return texts_of(mode, len(self._data.rows[mode.rows]))

    def _say(self, what: str) -> None:
        self._number += 1
        of = 1 + len(self._modes) + len(self._budgets)
        self._progress.say(f"[{self._number}/{of}] {what}{self._time_left()}")

    def _time_left(self) -> str:
        texts = sum(trained.texts for trained in self._trained)
        if not texts:
            return ""
        seconds = predicted_seconds(
            [planned.texts for planned in self._left if planned.budget is None],
            [planned.budget for planned in self._left if planned.budget is not None],
            sum(trained.seconds for trained in self._trained) / texts,
            self._scores.longest,
        )
        return f"; about {duration(seconds)} left in all"
