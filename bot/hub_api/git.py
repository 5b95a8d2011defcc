"""git in a repository of its own, without anybody's settings, bounded in time, its failures explained."""

import base64
import math
import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from bot.hub_api.connection import HubRefused
from bot.retry import Trouble
from schemas.errors import CommandError, ExitCode
from schemas.problem import shown

_PASSED_ON = frozenset(
    {"PATH", "TMPDIR", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "SSL_CERT_FILE", "SSL_CERT_DIR",
     "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"}
)  # fmt: skip
_MOST_TIMEOUTS = 15  # one command sends several requests, and each may be slow
_STATUS = re.compile(r"(?:returned error:|HTTP) (\d{3})")
_WORDS = {
    "Authentication failed": 401,
    "terminal prompts disabled": 401,
    "[remote rejected]": 403,
    "' not found": 404,
    "couldn't find remote ref": 404,
}
_MOVED = ("[rejected]", "cannot lock ref", "failed to update ref", "incorrect old value")
_NEVER_CONNECTED = ("Failed to connect", "Couldn't connect", "Could not resolve")
_RETRY_AFTER = re.compile(r"retry-after: (\d{1,9})", re.ASCII)
_FORBIDDEN, _TOO_MANY, _SERVER_ERROR = 403, 429, 500
_UNKNOWN_OPTION = 129  # git's exit code


class CannotRunGit(CommandError):
    """git is missing, too old, or fails on our own machine."""

    exit_code = ExitCode.INFRASTRUCTURE


class GitFailed(Exception):
    """git ended with an error while it talked to the Hub.

    `code` is its exit code (None: it took too long), `said` its words; `asked_wait` is what the Hub asked for, in seconds.
    """

    def __init__(self, code: int | None, said: str, asked_wait: float | None = None) -> None:
        super().__init__(said)
        self.code, self.said, self.asked_wait = code, said, asked_wait


class Git:
    """A bare repository in `folder` whose `origin` is `url`; `timeout` in seconds is for one silence of the Hub."""

    def __init__(self, folder: Path, url: str, token: str | None, timeout: float) -> None:
        self._folder = folder
        self._url = url
        self._token = token
        self._timeout = timeout
        self._trace = folder / "trace"
        self.local("init", "--quiet", "--bare", "--template=", str(folder))
        self.local("config", "remote.origin.url", url)

    def local(self, *arguments: str, stdin: bytes = b"", **environment: str) -> bytes:
        """Run git on what is here; stdout.

        Raises:
            CannotRunGit: it failed.
        """
        done = self._run(arguments, stdin, environment)
        if done.returncode:
            raise _failed_here(arguments, done.stderr)
        return done.stdout

    def remote(self, *arguments: str, ends: tuple[int, ...] = (0,)) -> bytes:
        """Run git where it talks to the Hub; stdout.

        Raises:
            GitFailed: it ended otherwise than with one of `ends`.
            HubRefused: the Hub says no.
            CannotRunGit: git is too old, or the disk full.
        """
        self._trace.unlink(missing_ok=True)
        done = self._run(arguments, b"", {**self._credentials(), **self._tracing()})
        if done.returncode in ends:
            return done.stdout
        if done.returncode == _UNKNOWN_OPTION or b"No space left on device" in done.stderr:
            raise _failed_here(arguments, done.stderr)
        raise _failure(done.returncode, done.stderr, _asked_wait(self._trace))

    def _run(
        self, arguments: tuple[str, ...], stdin: bytes, more: Mapping[str, str]
    ) -> subprocess.CompletedProcess[bytes]:
        environment = {**_outer(), **self._own(), **more}
        command = ["git", "--git-dir", str(self._folder), *arguments]
        try:
            return _finished(command, environment, stdin, self._timeout * _MOST_TIMEOUTS)
        except FileNotFoundError:
            raise CannotRunGit("git is not installed here", "install git 2.38 or newer") from None

    def _own(self) -> dict[str, str]:
        return {
            "HOME": str(self._folder),
            "LC_ALL": "C",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ALLOW_PROTOCOL": "http:https",
            "GIT_INDEX_FILE": str(self._folder / "index"),
            "GIT_HTTP_LOW_SPEED_LIMIT": "1",
            "GIT_HTTP_LOW_SPEED_TIME": str(math.ceil(self._timeout)),
        }

    def _tracing(self) -> dict[str, str]:
        """Headers of the Hub's answers: git does not say how long it was asked to wait. It leaves out the token."""
        return {
            "GIT_TRACE_CURL": str(self._trace),
            "GIT_TRACE_CURL_NO_DATA": "1",
            "GIT_TRACE_REDACT": "1",
        }

    def _credentials(self) -> dict[str, str]:
        """The token, for this URL alone, where neither a command line nor a file shows it."""
        settings = {"http.followRedirects": "false"}
        if self._token:
            basic = base64.b64encode(f"mteb-bot:{self._token}".encode()).decode()
            settings[f"http.{self._url}.extraHeader"] = f"Authorization: Basic {basic}"
        numbered = [
            (f"GIT_CONFIG_{part}_{number}", text)
            for number, pair in enumerate(settings.items())
            for part, text in zip(("KEY", "VALUE"), pair, strict=True)
        ]
        return {"GIT_CONFIG_COUNT": str(len(settings)), **dict(numbered)}


def trouble_of(error: Exception) -> Trouble | None:
    """What a failed command comes to; None where repeating it cannot help."""
    if not isinstance(error, GitFailed):
        return None
    if error.code is None:
        return Trouble("git got no answer in time", maybe_applied=True)
    if any(sign in error.said for sign in _MOVED):
        return Trouble("the pull request's branch moved meanwhile", maybe_applied=True)
    if any(sign in error.said for sign in _NEVER_CONNECTED):
        return Trouble("git: no connection", maybe_applied=False)
    status = _status(error.said)
    what = "no whole answer" if status is None else f"HTTP {status}"
    limited = _is_limit(status, error.asked_wait)
    return Trouble(f"git: {what}", maybe_applied=not limited, asked_wait=error.asked_wait)


def _failed_here(arguments: Sequence[str], stderr: bytes) -> CannotRunGit:
    command = next(word for word in arguments if not word.startswith("-") and "=" not in word)
    said = next(iter(stderr.decode(errors="replace").strip().splitlines()), "it did not say why")
    fix = "use git 2.38 or newer, and leave room on the disk"
    return CannotRunGit(f"git {command} failed: {shown(said, 300)}", fix)


def _failure(code: int, stderr: bytes, asked_wait: float | None = None) -> Exception:
    said = stderr.decode(errors="replace")
    status = _status(said)
    passing = status is None or status >= _SERVER_ERROR or _is_limit(status, asked_wait)
    if passing or any(sign in said for sign in _MOVED):
        return GitFailed(code, said, asked_wait)
    return HubRefused(
        status or 0,
        f"the Hub refused git (HTTP {status}): {shown(_last_line(stderr), 300)}",
        "check that the token may do this, and that the repository exists under this name",
    )


def _is_limit(status: int | None, asked_wait: float | None) -> bool:
    return status == _TOO_MANY or (status == _FORBIDDEN and asked_wait is not None)


def _asked_wait(trace: Path) -> float | None:
    """Seconds of the last answer's Retry-After."""
    wait = None
    lines = trace.read_text(errors="replace").splitlines() if trace.exists() else []
    for line in lines:
        header = line.partition("Recv header: ")[2].strip().lower()
        if header.startswith("http/"):
            wait = None
        if found := _RETRY_AFTER.fullmatch(header):
            wait = float(found[1])
    return wait


def _status(said: str) -> int | None:
    """HTTP's status as git tells it, which has words of its own for some."""
    if found := _STATUS.search(said):
        return int(found[1])
    known = (status for sign, status in _WORDS.items() if sign in said)
    return next(known, None)


def _finished(
    command: list[str], environment: Mapping[str, str], stdin: bytes, longest: float
) -> subprocess.CompletedProcess[bytes]:
    """git and the processes it starts, all ended when this returns."""
    with subprocess.Popen(  # noqa: S603 -- arguments as a list; none begins with what came from outside
        command,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        process_group=0,
    ) as process:
        try:
            stdout, stderr = process.communicate(stdin, longest)
        except BaseException as error:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise GitFailed(None, "") from None
            raise
    return subprocess.CompletedProcess(command, process.returncode, stdout, stderr)


def _outer() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if name.upper() in _PASSED_ON}


def _last_line(stderr: bytes) -> str:
    lines = stderr.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it did not say why"
