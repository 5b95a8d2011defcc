"""Load what the preflight looks at: one question about the repository, then its small text files."""

import json
import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from huggingface_hub.utils import build_hf_headers, paginate

from bot.hub_api.connection import FileTooLarge, HubConnection
from bot.hub_api.information import access, information
from bot.hub_api.model_size import counted_parameters
from bot.preflight import card
from bot.preflight.architecture import MODULES, files_read
from bot.preflight.facts import (
    Access,
    BaseFacts,
    JsonFile,
    LicenseFile,
    ModelFacts,
    Scan,
)
from bot.preflight.licenses import recognised

_CARD = "README.md"
_LICENSE = re.compile(r"(?:licen[cs]e|copying)(?:\.(?:txt|md|rst))?\Z", re.IGNORECASE)
_MOST_JSON, _MOST_INDEX, _MOST_LICENSE = 2 * 2**20, 32 * 2**20, 2**18  # bytes
_MOST_COMMITS = 2_000  # of main's history that are looked through


def load_model_facts(connection: HubConnection, model: str, revision: str | None) -> ModelFacts:
    """A model at a revision (None: the head of main), in about ten requests.

    Raises:
        HubRefused: the Hub does not take the token.
        ServiceAtFault: the Hub does not answer.
    """
    found = information(connection, "models", model, revision, blobs=True, securityStatus=True)
    if isinstance(found, Access):
        return ModelFacts(model, found)
    name, may_read = str(found.get("id") or model), access(found)
    if may_read is not Access.OPEN:
        return ModelFacts(name, may_read)
    reader = _Reader(connection, model, found)
    return ModelFacts(
        id=name,
        access=may_read,
        sha=reader.sha,
        on_main=revision is None or _is_on_main(connection, model, reader.sha),
        files=reader.sizes,
        scan=_scan(found.get("securityRepoStatus")),
        json_files=reader.json_files(),
        card=reader.card(),
        license_file=reader.license_file(),
        parameters=counted_parameters(found),
    )


def load_base_facts(connection: HubConnection, model: str) -> BaseFacts:
    """A base model as it is today, in one request.

    Raises:
        HubRefused, ServiceAtFault: as `load_model_facts`.
    """
    found = information(connection, "models", model, None)
    if isinstance(found, Access) or found.get("private"):
        return BaseFacts(model, exists=False)
    metadata = found.get("cardData")
    stated = metadata.get("license") if isinstance(metadata, dict) else None
    names = stated if isinstance(stated, list) else [stated]
    only = names[0] if len(names) == 1 else None
    return BaseFacts(model, exists=True, license=only if isinstance(only, str) else None)


def load_dataset_access(connection: HubConnection, dataset: str, revision: str | None) -> Access:
    """Who may read a data set, and whether the revision exists, in one request.

    Raises:
        HubRefused, ServiceAtFault: as `load_model_facts`.
    """
    wanted = ["private", "gated", "disabled"]
    found = information(connection, "datasets", dataset, revision, expand=wanted)
    return found if isinstance(found, Access) else access(found)


def _is_on_main(connection: HubConnection, model: str, sha: str) -> bool | None:
    """Whether a commit is in main's history; None where that is too long to tell."""
    main = information(connection, "models", model, None, expand=["sha"])
    if not isinstance(main, Access) and main.get("sha") == sha:
        return True
    url = f"{connection.endpoint}/api/models/{model}/commits/main"
    headers = build_hf_headers(token=connection.token or False)
    history = connection.read(lambda: list(islice(paginate(url, {}, headers), _MOST_COMMITS)))
    if any(isinstance(commit, dict) and commit.get("id") == sha for commit in history):
        return True
    return False if len(history) < _MOST_COMMITS else None


def _scan(status: Any) -> Scan:
    """The scan as the Hub reports it; not done where it says nothing."""
    if not isinstance(status, dict):
        return Scan(done=False)
    issues = status.get("filesWithIssues")
    return Scan(
        done=status.get("scansDone") is True,
        issues={
            str(issue.get("path")): str(issue.get("level"))
            for issue in (issues if isinstance(issues, list) else [])
            if isinstance(issue, dict)
        },
    )


class _Reader:
    """Reads small files of one model at the commit that was found."""

    def __init__(self, connection: HubConnection, model: str, found: Mapping[str, Any]) -> None:
        self._connection = connection
        self._model = model
        self.sha = str(found.get("sha") or "")
        self.sizes = dict(map(_size, found.get("siblings") or ()))

    def json_files(self) -> dict[str, JsonFile]:
        """The JSON files that say how the model is built, as far as they are there."""
        first = self._json_files([MODULES])
        described = first[MODULES].data if MODULES in first else None
        return {**first, **self._json_files(files_read(described))}

    def _json_files(self, paths: Iterable[str]) -> dict[str, JsonFile]:
        return {path: self._json(path) for path in paths if path in self.sizes}

    def _json(self, path: str) -> JsonFile:
        most = _MOST_INDEX if path.endswith(".index.json") else _MOST_JSON
        content = self._content(path, most)
        if content is None:
            return JsonFile(problem=f"it has more than {most:,} bytes")
        try:
            data = json.loads(content)
        except RecursionError:
            return JsonFile(problem="it is nested too deep")
        except ValueError as error:
            return JsonFile(problem=f"it is not JSON ({error})")
        wanted = list if path == MODULES else dict
        if not isinstance(data, wanted):
            return JsonFile(problem=f"it holds no {'list' if wanted is list else 'object'}")
        return JsonFile(data)

    def card(self) -> card.Card | None:
        """The model card."""
        if _CARD not in self.sizes:
            return None
        content = self._content(_CARD, card.MOST_BYTES)
        if content is None:
            return card.Card(problem=f"it has more than {card.MOST_BYTES:,} bytes")
        return card.read_card(content)

    def license_file(self) -> LicenseFile | None:
        """The licence's text."""
        path = next(filter(_LICENSE.match, sorted(self.sizes)), None)
        if path is None:
            return None
        content = self._content(path, _MOST_LICENSE)
        text = content.decode("utf-8", "replace") if content else ""
        return LicenseFile(path, recognised(text))

    def _content(self, path: str, most: int) -> bytes | None:
        """A file's content; None where it has more than `most` bytes."""
        if (self.sizes[path] or 0) > most:
            return None
        try:
            content = self._connection.read_file(self._model, self.sha, path, most)
        except FileTooLarge:
            return None
        return b"" if content is None else content


def _size(sibling: Mapping[str, Any]) -> tuple[str, int | None]:
    """Path and bytes of a file as the Hub lists it; those of the content where git holds a pointer."""
    large = sibling.get("lfs") or {}
    size = large.get("size", sibling.get("size"))
    return str(sibling.get("rfilename")), size if isinstance(size, int) else None
