"""Published task results, strictly: what anyone who reads them may rely on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.card.file_names import file_name
from bot.scores import TaskScores
from bot.task_file import UNKNOWN_TASK, FactsOf, scores_in
from schemas.problem import shown
from schemas.strict_json import parse_strict_json
from schemas.validate import violations


class InvalidResult(Exception):
    """A file is no task result; the message says why."""


@dataclass(frozen=True)
class TaskResults:
    """Scores by task, and why other files are none (path to reason)."""

    scores: Mapping[str, TaskScores] = field(default_factory=dict)
    invalid: Mapping[str, str] = field(default_factory=dict)


def read_results(files: Mapping[str, bytes], facts_of: FactsOf) -> TaskResults:
    """Read every file, path to content."""
    scores: dict[str, TaskScores] = {}
    invalid: dict[str, str] = {}
    for path, content in files.items():
        try:
            read = _read(path, content, facts_of)
        except InvalidResult as reason:
            invalid[path] = str(reason)
            continue
        if read.task in scores:
            invalid[path] = "is a second file of the same task"
        scores.setdefault(read.task, read)
    return TaskResults(scores, invalid)


def _read(path: str, content: bytes, facts_of: FactsOf) -> TaskScores:
    try:
        data = parse_strict_json(content)
    except ValueError as error:
        raise InvalidResult(f"is not strict JSON: {shown(str(error), 200)}") from None
    if broken := violations(data, "task-result", most=1):
        raise InvalidResult(f"is no task result: {broken[0]}")
    task = data["task_name"]
    if f"{file_name(task)}.json" != path.rpartition("/")[2]:
        raise InvalidResult(f"holds the result of {shown(task)}")
    scores, undefined = scores_in(data, facts_of(task) or UNKNOWN_TASK)
    if undefined or not scores.subsets:
        which = shown(undefined[0]) if undefined else "the whole task"
        raise InvalidResult(f"has no possible main score for {which}")
    return scores
