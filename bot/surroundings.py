"""What the rules of a model config look at besides the config: mteb's index, its place, its files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.language_codes import LanguageCodes
from schemas.mteb_index import IndexedTask, MtebIndex
from schemas.problem import Guesses, Names, Problem
from schemas.yaml_document import Path_, YamlDocument

_MOST_PART_GUESSES = 10  # among 41,412 pairs of languages: slow
_MOST_ITEMS = 2500  # beyond it the schema has already objected


@dataclass(frozen=True)
class CustomTaskFile:
    """The file that an item of `evaluate.tasks` names. `refusal` is (rule, message, fix) when it cannot be used."""

    location: str
    document: YamlDocument | None = None
    problems: tuple[Problem, ...] = ()
    refusal: tuple[str, str, str] | None = None

    @property
    def name(self) -> str | None:
        """The custom task's name, when the file has one."""
        name = self.document.at("name") if self.document else None
        return name if isinstance(name, str) else None

    @property
    def languages(self) -> tuple[str, ...]:
        """The custom task's languages, as far as they are text."""
        return tuple(text for _, text in texts(self.document, "languages")) if self.document else ()


@dataclass(frozen=True)
class TrainingFile:
    """Local data that an item of `finetune.data` names: its files, and the first row of the first of them.

    `columns` are None where that row was not looked at; `type` is what a row of FlagEmbedding's says of itself.
    `refusal` is (rule, message, fix) when the data cannot be used.
    """

    files: tuple[str, ...] = ()
    columns: tuple[str, ...] | None = None
    type: str | None = None
    refusal: tuple[str, str, str] | None = None


@dataclass(frozen=True)
class Surroundings:
    """`place` is the config's path from models/ on, None outside of models/."""

    index: MtebIndex
    place: str | None = None
    custom_tasks: Mapping[int, CustomTaskFile] = field(default_factory=dict)
    training_files: Mapping[int, TrainingFile] = field(default_factory=dict)
    codes: LanguageCodes = field(init=False)
    tasks: Names = field(init=False)
    benchmarks: Names = field(init=False)
    part_guesses: Guesses = field(init=False)
    _subsets: dict[tuple[str, frozenset[str]], frozenset[str]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", LanguageCodes(self.index))
        object.__setattr__(self, "tasks", Names(self.index.task_names))
        object.__setattr__(self, "benchmarks", Names(self.index.benchmark_names))
        object.__setattr__(self, "part_guesses", Guesses(_MOST_PART_GUESSES))
        object.__setattr__(self, "_subsets", {})

    def subsets_in(self, task: IndexedTask, languages: frozenset[str]) -> frozenset[str]:
        """Subsets of a task of the index with at least one of `languages`; found once however often asked."""
        asked = (task.name, languages)
        if asked not in self._subsets:
            self._subsets[asked] = frozenset(task.subsets_in(languages))
        return self._subsets[asked]

    def location(self, number: int) -> str | None:
        """The custom task file that item `number` of `evaluate.tasks` names."""
        custom = self.custom_tasks.get(number)
        return custom.location if custom else None


def items(document: YamlDocument, *path: str | int) -> list[Any]:
    """The items of the list at `path`, however many a hostile file holds no more than 2,500; none if it is no list."""
    found = document.at(*path)
    return found[:_MOST_ITEMS] if isinstance(found, list) else []


def texts(document: YamlDocument, *path: str | int) -> Iterator[tuple[Path_, str]]:
    """The items of the list at `path` that are text, each with its own path."""
    for number, item in enumerate(items(document, *path)):
        if isinstance(item, str):
            yield (*path, number), item


def task_names(document: YamlDocument) -> Iterator[tuple[int, str]]:
    """Number and name (or file) of each item of `evaluate.tasks` that has one."""
    for number, item in enumerate(items(document, "evaluate", "tasks")):
        name = item.get("name") if isinstance(item, dict) else item
        if isinstance(name, str):
            yield number, name
