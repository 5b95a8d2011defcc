"""Whether a report that validates also agrees with itself: what no schema can say."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from bot.finetuned.consistency import contradictions_of_training
from bot.finetuned.data import training_errors

# Main scores are fractions; a few public ones exceed 1, none comes near this.
_LARGEST_SCORE = 1000


def contradictions(data: Mapping[str, Any]) -> list[str]:
    """What in a schema-valid report contradicts something else in it; empty when it agrees."""
    names = Counter(task["name"] for task in data["tasks"])
    found = [f"a task stands there {count} times" for count in names.values() if count > 1]
    statuses = {task["status"] for task in data["tasks"]}
    if data["status"] == "completed" and (data["error"] or statuses - {"completed"}):
        found.append("it says completed, but not every task is")
    for task in data["tasks"]:
        if task["result"] is not None:
            found += _of_result(task)
    return found or list(_of_trainings(data))


def _of_trainings(data: Mapping[str, Any]) -> Iterator[str]:
    yield from contradictions_of_training(data)
    if data["status"] == "completed" and training_errors(data):
        yield "it says completed, but a training failed"


def _of_result(task: Mapping[str, Any]) -> Iterator[str]:
    result = task["result"]
    if result["task_name"] != task["name"]:
        yield "a task holds the result of another one"
    if result["dataset_revision"] != task["dataset"]["revision"]:
        yield "a result was measured on another revision of the data"
    entries = [entry for entries in result["scores"].values() for entry in entries]
    if not entries:
        yield "a completed task has no score"
    if any(abs(entry["main_score"]) > _LARGEST_SCORE for entry in entries):
        yield f"a main score is beyond {_LARGEST_SCORE}"
