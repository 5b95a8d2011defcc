"""Where steps knock: the shim before each step, the stand-in actions for artifacts."""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import unquote


class Verdict(Enum):
    """What becomes of a step; the values are what the shim is answered."""

    GO = 200
    DONE = 204  # a test did its work: it ends with success, without being run
    STOP = 403


@dataclass(frozen=True)
class Knock:
    """A step that waits for its beginning. `mark` is what it printed, `temporary` its job's folder."""

    mark: str
    temporary: str
    answers: "queue.Queue[Verdict]" = field(default_factory=lambda: queue.Queue(1), compare=False)

    def answer(self, verdict: "Verdict") -> None:
        """Let it begin, or not."""
        self.answers.put(verdict)


@dataclass(frozen=True)
class Reply:
    """An answer to a stand-in action."""

    status: int
    body: bytes = b""


# (method, artifact's name, the job's folder, body) → reply
Artifacts = Callable[[str, str, str, bytes], Reply]


class Control:
    """`with Control(knocked, artifacts) as control:` listens at `control.port`."""

    def __init__(self, knocked: Callable[[Knock], None], artifacts: Artifacts) -> None:
        handler = type("Handler", (_Handler,), {"knocked": staticmethod(knocked), "artifacts": staticmethod(artifacts)})  # fmt: skip
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True

    @property
    def port(self) -> int:
        return self._server.server_port

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    knocked: Callable[[Knock], None]
    artifacts: Artifacts

    def do_GET(self) -> None:
        self._artifact("GET")

    def do_POST(self) -> None:
        if self.path.startswith("/begin/"):
            knock = Knock(self.path.rpartition("/")[2], self.headers["X-Temporary"])
            self.knocked(knock)
            self._answer(Reply(knock.answers.get().value))
        else:
            self._artifact("POST")

    def _artifact(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        name = unquote(self.path.removeprefix("/artifacts/"))
        self._answer(self.artifacts(method, name, self.headers["X-Temporary"], body))

    def _answer(self, reply: Reply) -> None:
        try:
            self.send_response(reply.status)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the step was killed meanwhile

    def log_message(self, *_: Any) -> None:
        pass
