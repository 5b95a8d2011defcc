"""The figures of a table: means over draws, their standard errors, and who is ahead of whom."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

from runners.failures import Failure
from runners.finetuning.launch import Trained
from runners.finetuning.trainings import recipe_record
from schemas.experiment import Experiment, Mode

_DIGITS = 6
_ROUNDING = 1e-9  # of differences that would be equal in exact numbers


@dataclass(frozen=True)
class Score:
    """The main score of each random draw, 0 to 1, in the order of the draws."""

    draws: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Mean over the draws."""
        return fmean(self.draws)

    @property
    def standard_error(self) -> float:
        """Standard deviation (n - 1) over the root of n."""
        return standard_error(self.draws)


@dataclass(frozen=True)
class Difference:
    """How far one score is ahead of another, draw by draw: both were measured with the same draws."""

    mean: float
    standard_error: float

    @property
    def in_standard_errors(self) -> float | None:
        """None where the draws do not differ, so that there is nothing to measure it by."""
        return self.mean / self.standard_error if self.standard_error > _ROUNDING else None


@dataclass(frozen=True)
class Row:
    """A mode and what came of it: a training and a score, or a failure."""

    mode: Mode
    rows: int
    trained: Trained | None = None
    score: Score | None = None
    failure: Failure | None = None
    budget: float | None = None


@dataclass(frozen=True)
class Table:
    """Raw and every mode. `left_out` rows of the data were, because they are evaluated too."""

    experiment: Experiment
    task: str
    metric: str
    raw: Score
    rows: tuple[Row, ...]
    left_out: int = 0


def standard_error(values: Sequence[float]) -> float:
    """Standard error of the mean of `values`, of which there are two at least."""
    return stdev(values) / math.sqrt(len(values))


def difference(score: Score, than: Score) -> Difference:
    """Mean of the differences draw by draw, and its standard error."""
    each = [one - other for one, other in zip(score.draws, than.draws, strict=True)]
    return Difference(fmean(each), standard_error(each))


def best_published(rows: Iterable[Row]) -> Row | None:
    """The published mode with the highest score, the first of equals."""
    scored = [row for row in rows if row.mode.role == "published" and row.score]
    return max(scored, key=_mean, default=None)


def of_role(rows: Iterable[Row], role: str) -> Row | None:
    """The mode with a role that one mode has."""
    return next((row for row in rows if row.mode.role == role and row.score), None)


def seconds_ratio(row: Row | None, to: Row | None) -> float | None:
    """Training seconds of one mode by those of another."""
    if row is None or to is None or row.trained is None or to.trained is None:
        return None
    return row.trained.seconds / to.trained.seconds if to.trained.seconds > 0 else None


def closing(table: Table) -> dict[str, float | None]:
    """The closing line: scores, and how far `ours` is ahead of the best published mode; null for what is not there."""
    rows = table.rows
    best, ours, ours_all = best_published(rows), of_role(rows, "ours"), of_role(rows, "ours_all_rows")  # fmt: skip
    ahead = difference(ours.score, best.score) if ours and best and ours.score and best.score else None  # fmt: skip
    figures = {
        "raw": table.raw.mean,
        "best_published": _mean(best),
        "ours": _mean(ours),
        "ours_all_rows": _mean(ours_all),
        "standard_error": ahead and ahead.standard_error,
        "training_seconds_ratio": seconds_ratio(ours, best),
        "ahead_by_standard_errors": ahead and ahead.in_standard_errors,
    }
    return {name: None if value is None else round(value, _DIGITS) for name, value in figures.items()}  # fmt: skip


def predicted_seconds(
    texts: Sequence[float], budgets: Sequence[float], seconds_per_text: float, evaluation: float
) -> float:
    """What is left to do: trainings of `texts` each and of `budgets` seconds each, all of them evaluated."""
    evaluations = (len(texts) + len(budgets)) * evaluation
    return sum(texts) * seconds_per_text + sum(budgets) + evaluations


def row_record(row: Row, raw: Score, best: Row | None) -> dict[str, Any]:
    """A row as table.json has it."""
    change = difference(row.score, raw) if row.score else None
    return {
        "name": row.mode.name,
        "role": row.mode.role,
        "published": row.mode.published,
        "in_batch_negatives": row.mode.in_batch_negatives,
        "recipe": recipe_record(row.mode.recipe),
        "rows": row.rows,
        "budget": row.budget,
        "score": row.score and row.score.mean,
        "standard_error": row.score and row.score.standard_error,
        "experiments": list(row.score.draws) if row.score else [],
        "change": change and change.mean,
        "change_standard_error": change and change.standard_error,
        "steps": row.trained and row.trained.steps,
        "texts_encoded": row.trained and row.trained.texts,
        "seconds": row.trained and round(row.trained.seconds, 3),
        "seconds_ratio": seconds_ratio(row, best),
        "error": row.failure and row.failure.message,
    }


def _mean(row: Row | None) -> Any:
    return row.score.mean if row and row.score else None
