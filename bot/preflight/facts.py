"""What the Hub says about a submission, as frozen data: the model at its revision, its base, data sets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from bot.preflight.card import Card

DatasetKey = tuple[str, str | None]  # Hub id, revision


class Access(Enum):
    """Whether anyone may read a repository at the revision asked for."""

    OPEN = "open"
    MISSING = "missing"
    NO_REVISION = "no such revision"
    PRIVATE = "private"
    GATED = "gated"
    DISABLED = "disabled by the Hub"


@dataclass(frozen=True)
class Scan:
    """The Hub's security scan: files it objects to, with its word for how bad they are (`unsafe`, …).

    The Hub lists no files while `done` is false, so an empty list means nothing then.
    """

    done: bool = True
    issues: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class JsonFile:
    """A JSON file of the repository. `problem` says why it cannot be read; `data` is None then."""

    data: Any = None
    problem: str = ""


@dataclass(frozen=True)
class LicenseFile:
    """The text of a licence in the repository, and the Hub's id of the licence it is, if known."""

    path: str
    recognised: str | None


@dataclass(frozen=True)
class BaseFacts:
    """The model a submission names as the one it was adapted from."""

    id: str
    exists: bool
    license: str | None = None


@dataclass(frozen=True)
class ModelFacts:
    """A model repository at one revision. Without access only `id` and `access` are known.

    `files` maps a path to its size in bytes (None: the Hub does not say). `on_main` says whether the
    commit is in the history of the main branch; None where that was not found out. `parameters` are those that the
    Hub counts in the safetensors; None where it does not.
    """

    id: str
    access: Access
    sha: str = ""
    on_main: bool | None = None
    files: Mapping[str, int | None] = field(default_factory=dict)
    scan: Scan = Scan()
    json_files: Mapping[str, JsonFile] = field(default_factory=dict)
    card: Card | None = None
    license_file: LicenseFile | None = None
    parameters: int | None = None

    def json(self, path: str) -> Any:
        """The data of a JSON file; None where it is missing or cannot be read."""
        file = self.json_files.get(path)
        return file.data if file else None

    def mapping(self, path: str) -> Mapping[str, Any]:
        """The data of a JSON file that holds an object; empty where it does not."""
        data = self.json(path)
        return data if isinstance(data, dict) else {}
