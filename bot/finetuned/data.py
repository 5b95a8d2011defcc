"""`finetuning` of a report as frozen data: what was trained from what, and what came of every variant."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.failure import Failure, failure_from

Point = tuple[float, float]


@dataclass(frozen=True)
class MeasuredTask:
    """Main score of one task, a fraction. `experiments` has it for each random draw; empty where nothing is drawn."""

    name: str
    main_metric: str
    main_score: float
    experiments: tuple[float, ...] = ()


@dataclass(frozen=True)
class DataSet:
    """What was trained on. `revision` and `split` are None for local files, `labels` without labels."""

    name: str
    revision: str | None
    split: str | None
    rows: int
    trained: int
    labels: int | None
    sha256: str


@dataclass(frozen=True)
class Contamination:
    """Training rows that are evaluated as well, counted by comparing them with the texts of the tasks `checked`.

    `left_out` counts those that were not trained on for that reason.
    """

    rows: int
    allowed: bool
    checked: tuple[str, ...]
    examples: tuple[str, ...]
    left_out: int = 0


@dataclass(frozen=True)
class Training:
    """One variant trained with one seed. `loss` and `held_out` are (step, value), the latter an accuracy of 0 to 1.

    One with neither weights nor a failure was never begun, or stopped from outside.
    """

    variant: str
    seed: int
    recipe: Mapping[str, Any]
    failure: Failure | None
    steps: int
    texts_encoded: int
    seconds: float
    loss: tuple[Point, ...]
    held_out: tuple[Point, ...]
    weights_sha256: str | None
    tasks: tuple[MeasuredTask, ...]

    @property
    def ended(self) -> bool:
        """Whether it came to a model."""
        return self.failure is None and self.weights_sha256 is not None

    @property
    def held_out_score(self) -> float | None:
        """The last one: what the trained model scores."""
        return self.held_out[-1][1] if self.held_out else None


@dataclass(frozen=True)
class Choice:
    """The training whose scores are the report's, and by what it was chosen."""

    variant: str
    seed: int
    by: Literal["only", "held_out", "first"]


@dataclass(frozen=True)
class Finetuned:
    """All of it. `raw` are the scores of the base model; `chosen` is None where no training ended."""

    base_model: str
    base_revision: str
    data: tuple[DataSet, ...]
    held_out: int
    contamination: Contamination
    raw: tuple[MeasuredTask, ...]
    runs: tuple[Training, ...]
    chosen: Choice | None

    @property
    def chosen_run(self) -> Training | None:
        """The training that was chosen."""
        chosen = self.chosen
        if chosen is None:
            return None
        named = (chosen.variant, chosen.seed)
        return next((run for run in self.runs if (run.variant, run.seed) == named), None)

    @property
    def revision(self) -> str:
        """What the tuned model counts as: the beginning of the digest over its weights; the base's where none was made."""
        run = self.chosen_run
        return run.weights_sha256[:40] if run and run.weights_sha256 else self.base_revision

    @property
    def ended(self) -> tuple[Training, ...]:
        """The trainings that came to a model."""
        return tuple(run for run in self.runs if run.ended)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Why trainings came to no model."""
        return tuple(run.failure for run in self.runs if run.failure)

    @property
    def trained_on_evaluation(self) -> int:
        """Rows of the evaluation data that were trained on."""
        return self.contamination.rows if self.contamination.allowed else 0

    @property
    def variants(self) -> tuple[str, ...]:
        """Names of the variants, in the order in which they were trained."""
        return tuple(dict.fromkeys(run.variant for run in self.runs))


def training_errors(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Why trainings of a report, as its file has it, came to no model; empty where nothing was trained."""
    runs = report.get("finetuning", {}).get("runs", [])
    return [run["error"] for run in runs if run["error"]]


def finetuned_from(data: Mapping[str, Any] | None) -> Finetuned | None:
    """Freeze what has passed the report's schema; None stays None."""
    if data is None:
        return None
    contamination, chosen = data["contamination"], data["chosen"]
    return Finetuned(
        base_model=data["base_model"],
        base_revision=data["base_revision"],
        data=tuple(DataSet(**one) for one in data["data"]),
        held_out=data["held_out"],
        contamination=Contamination(
            contamination["rows"],
            contamination["allowed"],
            tuple(contamination["checked"]),
            tuple(contamination["examples"]),
            contamination.get("left_out", 0),
        ),
        raw=_tasks(data["raw"]),
        runs=tuple(_training(run) for run in data["runs"]),
        chosen=None if chosen is None else Choice(**chosen),
    )


def _training(run: Mapping[str, Any]) -> Training:
    plain = {key: value for key, value in run.items() if key != "error"}
    return Training(
        **{
            **plain,
            "failure": failure_from(run["error"]),
            "loss": _points(run["loss"]),
            "held_out": _points(run["held_out"]),
            "tasks": _tasks(run["tasks"]),
        }
    )


def _tasks(data: list[dict[str, Any]]) -> tuple[MeasuredTask, ...]:
    return tuple(MeasuredTask(**{**one, "experiments": tuple(one["experiments"])}) for one in data)


def _points(data: list[list[float]]) -> tuple[Point, ...]:
    return tuple((step, value) for step, value in data)
