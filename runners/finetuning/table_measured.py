"""What an evaluation says for a table: its score, and whether it was measured as the raw model was."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runners.failures import Failure
from runners.finetuning.scores import task_scores
from runners.finetuning.table_figures import Score
from schemas.errors import CommandError, ExitCode


class CannotMakeTable(CommandError):
    """What every mode needs cannot be had: data, base model, or its score."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message, failure.advice)
        self.exit_code = failure_code([failure])


def protocol(output: Path, report: Mapping[str, Any]) -> dict[str, Any]:
    """What decides which rows an evaluation draws and how it compares them: task, data, seeds, loading, mteb."""
    identity = json.loads((output / "state" / "identity.json").read_text(encoding="utf-8"))
    kept = {
        key: value
        for key, value in identity.items()
        if key.startswith("data of ") or key in {"loading", "mteb version"}
    }
    return kept | {"seeds": report["provenance"]["seeds"]}


def require_same_protocol(raw: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """A score counts only beside one that was measured with the same draws.

    Raises:
        Failure: something that decides the draws is another one.
    """
    differing = sorted(key for key in raw.keys() | found.keys() if raw.get(key) != found.get(key))
    if differing:
        raise Failure(
            "infrastructure",
            f"it was not measured as the raw model was: {', '.join(differing)} differ",
            "start again with an empty `--output` folder",
        )


def failure_code(failures: Sequence[Failure]) -> ExitCode:
    """Our turn before the submitter's, as for reports."""
    kinds = {failure.kind for failure in failures}
    return ExitCode.SUBMISSION if kinds == {"submission"} else ExitCode.INFRASTRUCTURE


def only_score(report: Mapping[str, Any]) -> Score:
    """The draws of the one task that was evaluated.

    Raises:
        Failure: it has no score.
    """
    [task] = report["tasks"] or [{"error": report["error"]}]
    if error := report["error"] or task["error"]:
        raise Failure(error["kind"], error["message"], error["advice"])
    [score] = task_scores(report)
    return Score(tuple(score["experiments"]))
