"""Runs of the evaluation workflow as GitHub tells of them, and the artifacts that they left."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import BinaryIO, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
from github.Artifact import Artifact
from github.GithubException import GithubException
from github.Repository import Repository

from bot.artifacts.gathering import Gathered, gather_run
from bot.artifacts.identity import RunFacts, identity_of
from bot.artifacts.limits import Limits
from bot.artifacts.model_artifact import LIMITS as MODEL_LIMITS
from bot.artifacts.refusal import RefusedArtifact
from bot.github_api.connection import GithubConnection, GithubRefused
from bot.github_api.conversation_shapes import as_described
from bot.github_api.submission import fetch_config
from bot.submitted_files.fetch import write
from schemas.errors import CommandError

Answer = TypeVar("Answer")

_NOT_FOUND, _GONE = 404, 410
_MOST_REDIRECTS = 3
_CHUNK = 1024 * 1024
_BETWEEN_LOOKS = 5  # seconds, at the pace of a policy whose first wait is one


class CannotReadRun(CommandError):
    """A run, or what it left, is not there, not any more, or may not be read."""


def load_run(connection: GithubConnection, repository: str, run: int) -> RunFacts:
    """What GitHub says of a run.

    Raises:
        CannotReadRun: there is none, or it may not be read.
        ServiceAtFault: no answer within the policy's tries.
    """
    return _read(connection, lambda: as_described(lambda: _facts(connection, repository, run)), run)


@dataclass(frozen=True)
class Gathering:
    """How to collect: a run that goes on is waited for, `patience` seconds; `weights` brings its tuned model too.

    `tasks_anew` is of `gather_run`.
    """

    tasks_anew: bool = True
    patience: float = 0
    weights: bool = False


def gather(
    connection: GithubConnection,
    repository: str,
    run: int,
    root: Path | None = None,
    how: Gathering | None = None,
) -> Gathered:
    """Collect a run; the submission's files are fetched, unless `root` has them.

    Raises:
        CommandError: it cannot be told how the run ended.
    """
    how = how or Gathering()
    facts = _ended(connection, repository, run, how.patience)
    subject = identity_of(facts).subject
    artifacts = RunArtifacts(connection, repository, run)
    models = RunArtifacts(connection, repository, run, MODEL_LIMITS) if how.weights else None
    if root:
        return gather_run(facts, artifacts, root, tasks_anew=how.tasks_anew, models=models)
    submission = fetch_config(connection, repository, subject.sha, subject.config)
    with TemporaryDirectory(prefix="mteb-bot-") as folder:
        fetched = Path(folder) / "submission"
        write(submission, fetched)
        return gather_run(facts, artifacts, fetched, tasks_anew=how.tasks_anew, models=models)


def _ended(connection: GithubConnection, repository: str, run: int, patience: float) -> RunFacts:
    """Whoever asks for a report of a run may do so with its last breath."""
    retrying = connection.retrying
    facts = load_run(connection, repository, run)
    if facts.status == "completed":
        return facts
    get = connection.api.get_repo(repository).get_workflow_run
    for _ in range(ceil(patience / _BETWEEN_LOOKS)):
        retrying.sleep(_BETWEEN_LOOKS * retrying.policy.first_wait)
        # One request a look: a workflow's token has a thousand an hour for the whole repository.
        if _read(connection, lambda: as_described(lambda: get(run).status), run) == "completed":
            break
    return load_run(connection, repository, run)


class RunArtifacts:
    """What one run left. Zips lie in files without a name, so that nothing of them is left behind."""

    def __init__(
        self, connection: GithubConnection, repository: str, run: int, limits: Limits | None = None
    ) -> None:
        self._connection = connection
        self._repository = repository
        self._run = run
        self._limits = limits or Limits()
        self._listed: dict[str, Artifact] | None = None

    def open(self, name: str) -> BinaryIO | None:
        """The latest artifact of this name, downloaded; None where there is none.

        Raises:
            RefusedArtifact: it is too large, or there are too many.
            CannotReadRun: it has expired, or may not be read.
            ServiceAtFault: it could not be downloaded within the policy's tries.
        """
        found = self._all().get(name)
        if found is None:
            return None
        if found.expired:
            raise _expired(self._run)
        if found.size_in_bytes > self._limits.archive:
            raise self._too_large(name)
        url = found.archive_download_url
        return _read(self._connection, lambda: self._downloaded(name, url), self._run)

    def _all(self) -> dict[str, Artifact]:
        if self._listed is None:
            listed = _read(self._connection, lambda: as_described(self._list), self._run)
            if len(listed) > self._limits.artifacts:
                rule = f"the run left more than {self._limits.artifacts} artifacts"
                raise RefusedArtifact("(all of them)", "", rule)
            self._listed = {each.name: each for each in sorted(listed, key=lambda one: one.id)}
        return self._listed

    def _list(self) -> list[Artifact]:
        run = self._connection.api.get_repo(self._repository).get_workflow_run(self._run)
        most = self._limits.artifacts + 1
        found = list(islice(run.get_artifacts(), most))
        if any(each.workflow_run and each.workflow_run.id != self._run for each in found):
            raise ValueError("artifacts of another run")
        return found

    def _downloaded(self, name: str, url: str) -> BinaryIO:
        """GitHub gives an address elsewhere that is good for a minute: each try asks for a new one."""
        headers, _ = self._connection.api.requester.requestJsonAndCheck("GET", url)
        location = headers.get("location")
        if not location:
            raise ValueError("no address to download from")
        stream: BinaryIO = TemporaryFile()  # noqa: SIM115 -- the caller closes it
        try:
            self._store(name, urljoin(url, location), stream)
        except BaseException:
            stream.close()
            raise
        stream.seek(0)
        return stream

    def _store(self, name: str, url: str, stream: BinaryIO) -> None:
        """Whatever length is announced, what comes counts."""
        size = 0
        with _storage(url, self._connection.retrying.policy.timeout) as response:
            for chunk in response.iter_content(_CHUNK):
                size += len(chunk)
                if size > self._limits.archive:
                    raise self._too_large(name)
                stream.write(chunk)

    def _too_large(self, name: str) -> RefusedArtifact:
        return RefusedArtifact(name, "", f"it has more than {self._limits.archive:,} bytes")


def _storage(url: str, timeout: float) -> requests.Response:
    """The answer of the storage, which gets no token: neither ours nor one from a .netrc."""
    session = requests.Session()
    session.auth = _without_credentials
    secure = urlsplit(url).scheme == "https"
    for _ in range(_MOST_REDIRECTS):
        if urlsplit(url).scheme not in ({"https"} if secure else {"https", "http"}):
            raise ValueError("a redirect to an address that is not safe")
        response = session.get(url, stream=True, timeout=timeout, allow_redirects=False)
        if not response.is_redirect:
            response.raise_for_status()
            return response
        url = urljoin(url, response.headers["location"])
    raise ValueError("too many redirects")


def _without_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _facts(connection: GithubConnection, name: str, number: int) -> RunFacts:
    repository = connection.api.get_repo(name)
    run = repository.get_workflow_run(number)
    head = run.head_repository
    return RunFacts(
        id=run.id,
        path=run.path,
        event=run.event,
        head_branch=run.head_branch,
        title=run.display_title,
        repository=run.repository.full_name.lower(),
        head_repository=head.full_name.lower() if head else "",
        default_branch=repository.default_branch,
        of_default_branch=_is_part_of(repository, repository.default_branch, run.head_sha),
        status=run.status,
        conclusion=run.conclusion or "",
        started_at=_iso(run.run_started_at),
        ended_at=_iso(run.updated_at),
    )


def _is_part_of(repository: Repository, branch: str, sha: str) -> bool:
    """Whether a branch holds a commit. Its head is asked for first: a tag of its name must not stand in for it."""
    head = repository.get_branch(branch).commit.sha
    try:
        return repository.compare(head, sha).status in {"identical", "behind"}
    except GithubException as error:
        if error.status != _NOT_FOUND:
            raise
        return False  # no commit of this repository, or none that shares a past with the branch


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _read(connection: GithubConnection, call: Callable[[], Answer], run: int) -> Answer:
    try:
        return connection.read(call)
    except GithubRefused as error:
        if error.status == _GONE:
            raise _expired(run) from error
        fix = "check the id of the run, and that the token may read actions (`actions: read`)"
        raise CannotReadRun(f"cannot read run {run}: {error.message}", fix) from error


def _expired(run: int) -> CannotReadRun:
    return CannotReadRun(
        f"GitHub keeps what run {run} left no longer", "comment `/evaluate` to measure again"
    )
