"""Serve an app on loopback, log every request, and let faults happen to it."""

import json
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Protocol, Self

from werkzeug import Request, Response
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from tests.standins.faults import AFTER_APPLYING, SECONDARY_LIMIT, STATUS, Fault, Kind

RETRY_AFTER = "1"  # seconds
READS = frozenset({"GET", "HEAD", "OPTIONS"})


class App(Protocol):
    """What a stand-in knows and does. One request at a time: the server holds a lock around it."""

    def answer(self, request: Request) -> Response:
        """Act on a request."""
        ...


@dataclass(frozen=True)
class Exchange:
    """One request as it was answered. `path` has the query; status 0 is an answer that never left whole."""

    number: int
    method: str
    path: str
    status: int

    @property
    def writes(self) -> bool:
        """Whether the method may change something."""
        return self.method not in READS


class _QuietHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 -- werkzeug's name
        pass

    def connection_dropped(self, *_: object) -> None:
        self.close_connection = True  # nothing more is to be read from a socket that is gone


class Server:
    """`with Server(app) as server:` serves `app` at `server.url` until the block ends."""

    def __init__(self, app: App, port: int = 0) -> None:
        self.app = app
        self.log: list[Exchange] = []
        self.faults: list[Fault] = []
        # Called after each request was acted on and before it is answered.
        self.watch: Callable[[Exchange], None] | None = None
        self._port = port
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._listener: BaseWSGIServer | None = None
        self._listening = threading.Lock()

    @property
    def url(self) -> str:
        """Base URL, without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        self._listen()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._hang_up()

    def inject(self, fault: Fault) -> None:
        """Let a fault happen; requests are counted from the last `clear()`."""
        self.faults.append(fault)
        if fault.kind is Kind.REFUSED and fault.at <= len(self.log) + 1:
            self._refuse(fault)

    def clear(self) -> None:
        """Forget log and faults, wake what stalls, and listen again."""
        self._ended.set()
        with self._lock:
            self._ended = threading.Event()
            self.log.clear()
            self.faults.clear()
        self._listen()

    @contextmanager
    def still(self) -> Iterator[None]:
        """No request is answered within; for what changes the app from outside while clients are at work."""
        with self._lock:
            yield

    def _listen(self) -> None:
        with self._listening:
            if self._listener:
                return
            self._listener = make_server(
                "127.0.0.1", self._port, self._serve, threaded=True, request_handler=_QuietHandler
            )
            self._port = self._listener.server_port
            threading.Thread(target=self._listener.serve_forever, args=(0.01,), daemon=True).start()

    def _hang_up(self) -> None:
        with self._listening:
            if self._listener:
                self._listener.shutdown()
                self._listener.server_close()
            self._listener = None

    def _refuse(self, fault: Fault) -> None:
        self._hang_up()
        if fault.seconds is not None:
            threading.Timer(fault.seconds, self._listen).start()

    def _serve(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        content = request.get_data(cache=True)
        del content  # read whole before anything else happens, as a server that acts on it would
        with self._lock:
            ended = self._ended
            number = len(self.log) + 1
            fault = next((fault for fault in self.faults if fault.hits(number)), None)
            applied = fault is None or fault.kind in AFTER_APPLYING
            response = self.app.answer(request) if applied else Response(status=0)
            if fault and fault.kind in STATUS:
                response = _error(fault.kind)
            self.log.append(
                Exchange(
                    number, request.method, request.full_path.rstrip("?"), response.status_code
                )
            )
            if fault and fault.kind not in STATUS:
                self.log[-1] = replace(self.log[-1], status=0)
            exchange = self.log[-1]
            refusal = self._refusal(number + 1)
        if self.watch:
            self.watch(exchange)
        if refusal:
            self._refuse(refusal)
        if fault:
            response = _spoilt(fault, response, environ["werkzeug.socket"], ended)
        return response(environ, start_response)

    def _refusal(self, number: int) -> Fault | None:
        found = (f for f in self.faults if f.kind is Kind.REFUSED and f.at == number)
        return next(found, None)


def _error(kind: Kind) -> Response:
    status = STATUS[kind]
    limited = kind in {Kind.LIMIT_429, Kind.LIMIT_403}
    body = SECONDARY_LIMIT if limited else {"message": "Server Error"}
    headers = {"Retry-After": RETRY_AFTER} if limited else {}
    return Response(json.dumps(body), status, headers, mimetype="application/json")


def _spoilt(
    fault: Fault, response: Response, connection: socket.socket, ended: threading.Event
) -> Response:
    """What is left of the answer: the connection breaks where the fault says so."""
    if fault.kind in {Kind.STALL, Kind.STALL_APPLIED}:
        ended.wait(fault.seconds)
        _reset(connection)
    if fault.kind in {Kind.RESET, Kind.RESET_APPLIED}:
        _reset(connection)
    if fault.kind is Kind.TRUNCATED:
        body = response.get_data()
        headers = {**dict(response.headers), "Content-Length": str(max(len(body), 2))}
        return Response(_half(body), response.status_code, headers, direct_passthrough=True)
    return response


def _half(body: bytes) -> Iterator[bytes]:
    yield body[: len(body) // 2] or b"{"
    raise ConnectionAbortedError


def _reset(connection: socket.socket) -> None:
    """Close with a reset, as a host that dies does, not with a polite end of stream."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.detach())
    raise ConnectionResetError
