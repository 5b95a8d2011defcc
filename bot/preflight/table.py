"""The table of the preflight: every rule, in the order in which it is looked at and documented."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.preflight.facts import Access
from bot.preflight.rule import Rule, Submitted, TaskFile
from bot.preflight.rules import (
    access,
    card,
    data,
    files,
    licensing,
    loading,
    safety,
    tuned,
    weights,
)
from schemas.problem import Problem


@dataclass(frozen=True)
class Section:
    """Rules about one thing. Those that `need_files` are silent about a repository that cannot be read."""

    title: str
    rules: Sequence[Rule[Any]]
    need_files: bool = True


MODEL = (
    Section("The repository", access.RULES, need_files=False),
    Section("Files", files.RULES),
    Section("Weights", weights.RULES),
    Section("Safety", safety.RULES),
    Section("Loading", loading.RULES),
    Section("Licence", licensing.RULES),
    Section("Model card and languages", card.RULES),
    Section("Training data", data.RULES),
    Section("Data that is trained on here", data.SOURCE_RULES, need_files=False),
    Section("Publishing what is trained here", tuned.RULES),
)
TASK = (Section("Data of custom tasks", data.TASK_RULES, need_files=False),)
TABLE = (*MODEL, *TASK)


def model_problems(submitted: Submitted) -> list[Problem]:
    """What a submitted model breaks, in the order of the config's lines."""
    is_open = submitted.facts.access is Access.OPEN
    sections = [section for section in MODEL if is_open or not section.need_files]
    return _broken(sections, submitted, own=submitted.config.finetune is None)


def task_problems(task: TaskFile) -> list[Problem]:
    """What a custom task breaks, in the order of its lines."""
    return _broken(TASK, task)


def _broken(
    sections: Sequence[Section], subject: Submitted | TaskFile, *, own: bool = True
) -> list[Problem]:
    return sorted(
        problem
        for section in sections
        for rule in section.rules
        if own or not rule.own
        for problem in rule.problems(subject, subject.document)
    )
