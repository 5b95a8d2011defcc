"""A Hugging Face Hub on loopback: real HTTP, real git, its people and repositories made by the test."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException

from tests.standins.git_http import ask_for_password
from tests.standins.hub import access, people, repositories
from tests.standins.hub.answers import count_against_quota
from tests.standins.hub.call import Call
from tests.standins.hub.copies import copy_folder, duplicate
from tests.standins.hub.errors import Refused, Violation, repository_not_found
from tests.standins.hub.routes import ROUTES
from tests.standins.hub.snapshot import snapshot
from tests.standins.hub.state import MAIN, Discussion, Gate, Hub, Repository, Token, Visitor
from tests.standins.server import Server

Files = Mapping[str, bytes | Path]


class LocalHub:
    """The Hub whose repositories are below `folder`. An App for `Server`, and the hands of people beside the bot."""

    def __init__(self, folder: Path, *, redirects: bool = False) -> None:
        self.hub = Hub(folder, redirects=redirects)
        folder.mkdir(parents=True, exist_ok=True)

    def answer(self, request: Request) -> Response:
        """Act on a request."""
        self.hub.requests += 1
        try:
            response = self._routed(request)
        except Violation as violation:
            self.hub.violations.append(f"{request.method} {request.full_path}: {violation.message}")
            response = violation.response()
        except Refused as refused:
            response = refused.response()
        response.headers["X-Request-Id"] = f"Root=1-{self.hub.requests:08x}"
        count_against_quota(request, response, self.hub.requests)
        return response

    def add_user(self, name: str, *, organization: bool = False) -> None:
        """A person, or an organisation."""
        self.hub.users[name] = "org" if organization else "user"

    def add_token(
        self,
        user: str,
        write: list[str] | None = None,
        read: list[str] | None = None,
        *,
        discuss: bool = True,
    ) -> str:
        """A fine-grained token of a user, for the namespaces it may write to (default: the user's own) and read."""
        self.hub.users.setdefault(user, "user")
        value = f"hf_{len(self.hub.tokens):034d}"
        spaces = frozenset([user] if write is None else write)
        self.hub.tokens[value] = Token(value, user, frozenset(read or []), spaces, discuss)
        return value

    def create_model(
        self,
        name: str,
        files: Files | None = None,
        *,
        gated: Gate | bool = False,
        private: bool = False,
        revision: str | None = None,
    ) -> Repository:
        """A model whose main holds `files`; large ones, and those named by .gitattributes, in LFS."""
        return self._create("model", name, files, gated, private, revision)

    def create_dataset(
        self,
        name: str,
        files: Files | None = None,
        *,
        gated: Gate | bool = False,
        private: bool = False,
        revision: str | None = None,
    ) -> Repository:
        """A dataset; `revision` is upstream's SHA, under which these files can then be asked for."""
        return self._create("dataset", name, files, gated, private, revision)

    def duplicate(self, name: str, new: str) -> Repository:
        """A public repository with the history of another; much quicker than making it."""
        return duplicate(self.hub, self.hub.find(name), new)

    def add_revision(
        self, name: str, files: Mapping[str, bytes | Path | None], revision: str
    ) -> str:
        """One more commit on main, known under upstream's SHA too. Returns the commit in git."""
        repository = self.hub.find(name)
        commit = self.commit(name, files, repository.owner)
        repository.aliases[revision] = commit
        return commit

    def commit(
        self,
        name: str,
        files: Mapping[str, bytes | Path | None],
        author: str,
        message: str = "Update",
        *,
        ref: str = MAIN,
    ) -> str:
        """Somebody commits to a branch or a pull request (None deletes). Returns the SHA."""
        return people.commit(self.hub, self.hub.find(name), files, author, message, ref)

    def edit_pull_file(self, name: str, number: int, path: str, content: bytes, author: str) -> str:
        """Somebody edits a file of a pull request. Returns the SHA."""
        return self.commit(name, {path: content}, author, f"Edit {path}", ref=f"refs/pr/{number}")

    def open_pull(
        self, name: str, files: Files, author: str, title: str, description: str = ""
    ) -> Discussion:
        """Somebody opens a pull request."""
        repository = self.hub.find(name)
        return people.open_pull(self.hub, repository, files, author, title, description)

    def comment(self, name: str, number: int, author: str, text: str) -> None:
        """Somebody comments."""
        people.comment(self.hub, self.hub.find(name), number, author, text)

    def close_pull(self, name: str, number: int, author: str) -> None:
        """Somebody closes a pull request or discussion."""
        people.set_status(self.hub, self.hub.find(name), number, author, "closed")

    def reopen_pull(self, name: str, number: int, author: str) -> None:
        """Somebody reopens it, or publishes a draft."""
        people.set_status(self.hub, self.hub.find(name), number, author, "open")

    def merge_pull(self, name: str, number: int, author: str) -> str:
        """Somebody merges a pull request: one squashed commit. Returns the SHA."""
        return people.merge(self.hub, self.hub.find(name), number, author)

    def accept(self, name: str, user: str) -> None:
        """Let a user past the gate."""
        self.hub.find(name).accepted.add(user)

    def set_security(
        self, name: str, path: str, status: str, imports: list[dict[str, str]] | None = None
    ) -> None:
        """What the scan says of a file; `imports` are a pickle's: module, name, safety."""
        self.hub.find(name).scans[path] = {"status": status, "imports": imports or []}

    def state(self, name: str) -> dict[str, Any]:
        """Files, pull requests and discussions of a repository, without times and identifiers."""
        return snapshot(self.hub, self.hub.find(name))

    def check(self) -> None:
        """Fail if a request was not one that the Hub knows.

        Raises:
            AssertionError: with every such request.
        """
        assert not self.hub.violations, "\n".join(self.hub.violations)

    @property
    def violations(self) -> list[str]:
        """Requests that no faithful client sends."""
        return self.hub.violations

    def copy(self, folder: Path) -> "LocalHub":
        """The same Hub once more, in an empty folder; quick, as files are linked, not copied."""
        copied = LocalHub(folder)
        copied.hub = copy_folder(deepcopy(self.hub), folder)
        return copied

    def _create(
        self,
        kind: str,
        name: str,
        files: Files | None,
        gated: Gate | bool,
        private: bool,
        revision: str | None,
    ) -> Repository:
        self.hub.users.setdefault(name.split("/", maxsplit=1)[0], "org")
        gate = "auto" if gated is True else gated
        made = repositories.make(
            self.hub, kind, name, dict(files or {}), private=private, gated=gate
        )
        if revision:
            made.aliases[revision] = made.git.refs(MAIN)[MAIN]
        return made

    def _routed(self, request: Request) -> Response:
        path = request.environ["REQUEST_URI"].partition("?")[0]
        try:
            endpoint, values = ROUTES.bind("hub").match(path, request.method)
        except HTTPException as error:
            if len(path.split("/")) == 4 and path.startswith(("/api/models/", "/api/datasets/")):
                raise repository_not_found(known_visitor=False) from None  # a name without owner
            raise Violation(f"unknown route: {error.name}", 404) from None
        visitor = Visitor() if "sha256" in values else access.visitor_of(self.hub, request)
        call = Call(self.hub, request, visitor)
        if "owner" not in values:
            return endpoint(call, **values)
        name = f"{values.pop('owner')}/{values.pop('name').removesuffix('.git')}"
        try:
            repository = access.readable(self.hub, visitor, values.pop("kind"), name)
        except Refused:
            if "git" in values and not visitor.token:
                return ask_for_password("Hugging Face")  # what git sends only when asked
            raise
        return endpoint(call, repository, **values)


@contextmanager
def serve_hub(folder: Path, port: int = 0) -> Iterator[tuple[Server, LocalHub]]:
    """A served Hub until the block ends."""
    hub = LocalHub(folder)
    with Server(hub, port) as server:
        yield server, hub
