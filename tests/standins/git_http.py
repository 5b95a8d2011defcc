"""git's smart HTTP protocol for a werkzeug app: `git http-backend` behind it, the app's rules before it."""

import gzip
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from werkzeug import Request, Response

FLUSH = b"0000"
_RESULT, _PROGRESS = 1, 2  # side-band channels
_MOST_IN_A_PACKET = 60_000
_PUSH = "git-receive-pack"


@dataclass(frozen=True)
class RefUpdate:
    """One ref that a push wants to move. `old` or `new` is 40 zeros where the ref is made or deleted."""

    ref: str
    old: str
    new: str


def is_push(request: Request) -> bool:
    """Whether a request belongs to a push, the first question for refs included."""
    return request.path.endswith(f"/{_PUSH}") or request.args.get("service") == _PUSH


def token_of(request: Request) -> str | None:
    """The token a client shows: as password of basic authentication (any user name), or as bearer."""
    if request.authorization is None:
        return None
    if request.authorization.type == "basic":
        return request.authorization.password
    return request.authorization.token


def ask_for_password(realm: str) -> Response:
    """The 401 that makes git send its credentials."""
    headers = {"WWW-Authenticate": f'Basic realm="{realm}"'}
    return Response("Authentication required\n", 401, headers, mimetype="text/plain")


def ref_updates(request: Request) -> list[RefUpdate]:
    """What the body of a push wants to move; empty for anything else."""
    if not request.path.endswith(f"/{_PUSH}"):
        return []
    updates = []
    for line in _commands(_body(request)):
        old, new, ref = line.split(b"\0")[0].decode().split(" ", 2)
        updates.append(RefUpdate(ref.rstrip("\n"), old, new))
    return updates


def serve(request: Request, repository: Path, asked: str, user: str | None = None) -> Response:
    """Answer as `git http-backend` does. `asked` is the path below the repository, such as `info/refs`."""
    content = request.get_data()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_PROJECT_ROOT": str(repository.parent),
        "PATH_INFO": f"/{repository.name}/{asked}",
        "REQUEST_METHOD": request.method,
        "QUERY_STRING": request.query_string.decode(),
        "CONTENT_TYPE": request.content_type or "",
        "CONTENT_LENGTH": str(len(content)),
        "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
        "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
        **({"REMOTE_USER": user} if user else {}),
    }
    done = subprocess.run(
        ["git", "http-backend"], input=content, capture_output=True, env=environment, check=False
    )
    return _from_cgi(done.stdout)


def refuse(request: Request, reasons: Mapping[str, str], remark: str = "") -> Response:
    """A push answered as a hook that declines it would: a reason for each ref, `remark` as `remote:` lines."""
    report = _packet(b"unpack ok\n")
    for ref, reason in reasons.items():
        report += _packet(f"ng {ref} {reason}\n".encode())
    report += FLUSH
    capabilities = next(_commands(_body(request)), b"").partition(b"\0")[2].split()
    if b"side-band-64k" in capabilities:
        said = b"".join(_band(_PROGRESS, f"{line}\n".encode()) for line in remark.splitlines())
        report = said + _band(_RESULT, report) + FLUSH
    headers = {"Cache-Control": "no-cache"}
    return Response(report, 200, headers, content_type=f"application/x-{_PUSH}-result")


def _body(request: Request) -> bytes:
    content = request.get_data()
    return (
        gzip.decompress(content) if request.headers.get("Content-Encoding") == "gzip" else content
    )


def _commands(body: bytes):
    """The packets of a push before the first flush: one command each, the first with capabilities."""
    at = 0
    while size := int(body[at : at + 4] or b"0", 16):
        line = body[at + 4 : at + size]
        at += size
        if not line.startswith((b"shallow ", b"push-cert")):
            yield line


def _packet(content: bytes) -> bytes:
    return f"{len(content) + 4:04x}".encode() + content


def _band(channel: int, content: bytes) -> bytes:
    pieces = range(0, len(content), _MOST_IN_A_PACKET)
    return b"".join(
        _packet(bytes([channel]) + content[at : at + _MOST_IN_A_PACKET]) for at in pieces
    )


def _from_cgi(output: bytes) -> Response:
    head, _, content = output.partition(b"\r\n\r\n")
    headers = [tuple(line.split(": ", 1)) for line in head.decode().split("\r\n")]
    status = next((value for name, value in headers if name.lower() == "status"), "200 OK")
    kept = [(name, value) for name, value in headers if name.lower() != "status"]
    return Response(content, status, kept)
