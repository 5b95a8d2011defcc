"""Check a model config, a custom task, the settings or an experiment: every problem at once, without torch, mteb or the network."""

import os
from dataclasses import dataclass
from pathlib import Path

from bot import config_rules, custom_task_rules
from bot.custom_task_files import custom_task_files, project_root
from bot.surroundings import Surroundings
from bot.training_files import training_files
from schemas.errors import UsageError
from schemas.experiment import experiment_problems, is_experiment
from schemas.mteb_index import MtebIndex, mteb_index
from schemas.problem import Problem, shown
from schemas.settings import SETTINGS_FILE
from schemas.validate import problems_in
from schemas.yaml_document import YamlDocument, parse_yaml, read_bytes

_CONFIG_KEYS = frozenset({"model", "revision", "evaluate", "load", "claims"})
_TASK_KEYS = frozenset({"name", "type", "dataset", "columns", "evaluator"})
# A rule that knows what was meant speaks instead of the schema's pattern at the same place.
_OVERRULED = {
    "malformed-language": "unknown-language",
    "malformed-license": "misspelt-license",
}


_LONGEST_PATH = 300


class CannotReadFile(UsageError):
    """A file to check is missing, no regular file, not readable, or a link that leads out of its project."""

    def __init__(self, path: Path, reason: str, fix: str) -> None:
        super().__init__(f"{shown(str(path), _LONGEST_PATH)}: {reason}", fix)
        self.problem = Problem(
            str(path), 1, 1, "unreadable-file", f"the file cannot be read: {reason}", fix
        )


@dataclass(frozen=True)
class Checked:
    """A file and every problem of it. `around` is None for all but a model config."""

    document: YamlDocument
    problems: list[Problem]
    around: Surroundings | None = None


def check_file(path: Path) -> list[Problem]:
    """Every problem of the model config, custom task, settings or experiment at `path`, and of the custom task files it names.

    Raises:
        CannotReadFile: it is missing, no regular file, not readable, or a link that leads out of its project.
    """
    return checked(path).problems


def checked(path: Path) -> Checked:
    """The file at `path` with its problems, those of `check_file`, and what they were found with.

    Raises:
        CannotReadFile: as `check_file`.
    """
    document = parse_yaml(_content(path), str(path))
    if is_settings(path):
        return Checked(document, problems_in(document, "settings"))
    if is_experiment(document):
        return Checked(document, experiment_problems(document))
    index = mteb_index()
    if is_custom_task(document):
        return Checked(document, check_custom_task(document, index))
    around = Surroundings(
        index,
        place=place_of(path),
        custom_tasks=custom_task_files(document, path, lambda task: check_custom_task(task, index)),
        training_files=training_files(document, path),
    )
    return Checked(document, check_model_config(document, around), around)


def _content(path: Path) -> bytes:
    try:
        path.stat()  # links in a circle end here
        if _is_inside_its_project(path):
            return read_bytes(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CannotReadFile(path, reason, "give a YAML file that may be read") from error
    raise CannotReadFile(
        path, "it is a link that leads out of its project", "put the file itself there"
    )


def _is_inside_its_project(path: Path) -> bool:
    named = Path(os.path.abspath(path))  # noqa: PTH100 -- Path.resolve would follow the link
    return path.resolve().is_relative_to(project_root(named).resolve())


def is_settings(path: Path) -> bool:
    """Whether the file is the settings of a board, which is told by its place alone."""
    return path.absolute().parts[-2:] == SETTINGS_FILE.parts


def is_custom_task(document: YamlDocument) -> bool:
    """Whether a document looks more like a custom task than like a model config."""
    keys = document.data.keys() if isinstance(document.data, dict) else set()
    return len(keys & _TASK_KEYS) > len(keys & _CONFIG_KEYS)


def check_model_config(document: YamlDocument, around: Surroundings) -> list[Problem]:
    """Every problem of a parsed model config in its surroundings, in the order of the file."""
    found = [problem for rule in config_rules.RULES for problem in rule(document, around)]
    return _merged(problems_in(document, "model-config"), found)


def check_custom_task(document: YamlDocument, index: MtebIndex) -> list[Problem]:
    """Every problem of a parsed custom task, in the order of the file."""
    found = [problem for rule in custom_task_rules.RULES for problem in rule(document, index)]
    return _merged(problems_in(document, "custom-task"), found)


def place_of(path: Path) -> str | None:
    """The path of a file below models/, from there on (`models/org/name.yaml`); None outside of models/."""
    resolved = path.resolve()
    below = resolved.relative_to(project_root(resolved)).parts
    if "models" not in below[:-1]:
        return None
    return "/".join(below[below.index("models") :])


def _merged(by_schema: list[Problem], by_rules: list[Problem]) -> list[Problem]:
    known = {(problem.file, problem.line, problem.column, problem.rule) for problem in by_rules}
    kept = [
        problem
        for problem in by_schema
        if (problem.file, problem.line, problem.column, _OVERRULED.get(problem.rule)) not in known
    ]
    return sorted({*kept, *by_rules})
