"""A rule of the preflight: one row of the table, from which findings and the documentation come."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.preflight.facts import Access, BaseFacts, DatasetKey, ModelFacts
from bot.surroundings import Surroundings
from schemas.problem import Problem, Severity
from schemas.settings import Limits
from schemas.submission import ModelConfig
from schemas.yaml_document import Path_, YamlDocument

Subject = TypeVar("Subject")


@dataclass(frozen=True)
class Submitted:
    """A model config in its surroundings, and what the Hub says about what it names.

    `code_is_approved`: a maintainer lets the code of exactly this revision run.
    """

    config: ModelConfig
    document: YamlDocument
    around: Surroundings
    facts: ModelFacts
    base: BaseFacts | None
    datasets: Mapping[DatasetKey, Access]
    max_weights_gb: float = Limits().weights_gb
    code_is_approved: bool = False


@dataclass(frozen=True)
class TaskFile:
    """A custom task file, and what the Hub says about its data set."""

    document: YamlDocument
    datasets: Mapping[DatasetKey, Access]


@dataclass(frozen=True)
class Finding:
    """What breaks a rule: `message`, about the value at `path`. `fix` replaces the rule's own where it can say more."""

    path: Path_
    message: str
    fix: str = ""


@dataclass(frozen=True)
class Rule(Generic[Subject]):
    """`what` must hold, `why` that matters, how to `fix` it; `check` yields what breaks it.

    A rule about the `own` card and licence of a model says nothing of one that is trained here: the repository is its
    base's then.
    The texts are Markdown of one line, for a terminal as well as for the documentation.
    """

    id: str
    severity: Severity
    what: str
    why: str
    fix: str
    check: Callable[[Subject], Iterator[Finding]]
    own: bool = False

    def problems(self, subject: Subject, document: YamlDocument) -> Iterator[Problem]:
        """What breaks the rule, each on the line of its value, or of the repository's id where the file has no such key."""
        base: Path_ = ("finetune", "base_model")
        repository: Path_ = ("model",) if document.at(*base) is None else base
        for finding in self.check(subject):
            is_there = finding.path != ("model",) and document.at(*finding.path) is not None
            path = finding.path if is_there else repository
            yield Problem(
                document.file,
                *document.position(path),
                self.id,
                finding.message,
                finding.fix or self.fix,
                self.severity,
            )
