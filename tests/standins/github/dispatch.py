"""From a request to an answer: who asks, whether they may, the endpoint, and GitHub's headers."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

from tests.standins.github import openapi
from tests.standins.github.limits import headers_of, limit_of
from tests.standins.github.permissions import authorize
from tests.standins.github.refusals import Refused, not_found
from tests.standins.github.routing import ENDPOINTS, Call, Endpoint, Listed, Reply, url_map
from tests.standins.github.tokens import Token
from tests.standins.github.world import World

_STANDARD_PAGE, _LONGEST_PAGE = 30, 100
_GRAPHQL = "/graphql"


class Dispatch:
    """Answers requests about a world; `rules` come from the registered endpoints."""

    def __init__(self) -> None:
        self.rules: Map = url_map()
        self.anonymous = Token("", "", None, None)

    def answer(self, world: World, request: Request, now: float, time: str) -> Response:
        """The answer to one request.

        Raises:
            Violation: request or answer are not as GitHub describes them, or nothing serves it.
        """
        caller: Token | None = None
        resource = "graphql" if request.path == _GRAPHQL else "core"
        try:
            caller = _caller(world, request)
            self._spend(caller, resource, now, request.path)
            response = self._served(
                Call(world, caller, request, request.host_url.rstrip("/"), time, now)
            )
        except Refused as refused:
            response = _json(refused.body, refused.status)
        limit = limit_of(caller or self.anonymous, resource, now)
        if response.status_code == 304 and caller:
            limit.used -= 1  # a conditional request that finds nothing new is free
        response.headers.update(headers_of(limit, resource))
        response.headers["X-GitHub-Media-Type"] = "github.v3; format=json"
        response.headers["X-GitHub-Request-Id"] = f"{world.next_request():08X}"
        return response

    def _spend(self, caller: Token | None, resource: str, now: float, path: str) -> None:
        if path == "/rate_limit":
            return
        limit = limit_of(caller or self.anonymous, resource, now)
        if not limit.remaining:
            whom = f"user ID {caller.login}" if caller else "127.0.0.1"
            raise Refused(403, f"API rate limit exceeded for {whom}.")
        limit.used += 1

    def _served(self, call: Call) -> Response:
        endpoint, values = self._route(call.request)
        method, path = endpoint.method, endpoint.described
        rest = openapi.described(method, path)
        call.body = _body(call.request)
        if rest:
            openapi.check_query(method, path, call.query)
            openapi.check_request(method, path, call.body)
        try:
            _find_repository(call, values)
            authorize(endpoint, call.found, call.caller)
            _require_content(endpoint, call)
            answer = endpoint.act(call, **values)
        except Refused as refused:
            if rest:
                openapi.check_response(method, path, refused.status, refused.body)
            raise
        if isinstance(answer, Listed):
            answer = _listed(call, answer, paginated=openapi.paginates(method, path))
        reply = answer if isinstance(answer, Reply) else Reply(answer)
        if isinstance(reply.body, bytes):
            return Response(reply.body, reply.status, reply.headers)
        if rest:
            openapi.check_response(method, path, reply.status, reply.body)
        return _with_etag(call.request, _json(reply.body, reply.status, reply.headers))

    def _route(self, request: Request) -> tuple[Endpoint, dict[str, Any]]:
        try:
            name, values = self.rules.bind_to_environ(request.environ).match()
        except HTTPException as error:
            what = f"{request.method} {request.path}"
            raise openapi.NoSuchEndpoint(f"{what}: no such endpoint in the stand-in") from error
        return ENDPOINTS[name], dict(values)


def _caller(world: World, request: Request) -> Token | None:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        return None
    if scheme.lower() not in {"bearer", "token"} or secret.strip() not in world.tokens:
        raise Refused(401, "Bad credentials")
    return world.tokens[secret.strip()]


def _body(request: Request) -> Any:
    content = request.get_data()
    if not content:
        return None
    try:
        return json.loads(content)
    except ValueError as error:
        raise Refused(400, "Problems parsing JSON") from error


def _find_repository(call: Call, values: dict[str, Any]) -> None:
    if "owner" not in values or "repo" not in values:
        return
    try:
        call.found = call.world.repository(f"{values.pop('owner')}/{values.pop('repo')}")
    except KeyError as error:
        raise not_found() from error


def _require_content(endpoint: Endpoint, call: Call) -> None:
    needed = call.found and endpoint.areas[0] == "contents"
    if needed and call.repository.empty_until > call.world.requests:
        raise Refused(409, "Git Repository is empty.")


def _listed(call: Call, listed: Listed, *, paginated: bool) -> Reply:
    items = list(listed.items)
    size = min(_number(call.query, "per_page", _STANDARD_PAGE), _LONGEST_PAGE)
    size = size if paginated else max(len(items), 1)
    page = _number(call.query, "page", 1)
    last = max(1, -(-len(items) // size))
    body: Any = [listed.shape(item) for item in items[(page - 1) * size : page * size]]
    if listed.key:
        count = {"total_count": len(items)} if listed.counted else {}
        body = {**count, **listed.whole, listed.key: body}
    return Reply(body, headers=_links(call, page, last))


def _links(call: Call, page: int, last: int) -> dict[str, str]:
    pages = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    wanted = [name for name in ("prev", "first") if page > 1]
    wanted += [name for name in ("next", "last") if page < last]
    address = call.base + call.request.environ["RAW_URI"].partition("?")[0]
    links = [
        f'<{address}?{urlencode({**call.query, "page": pages[name]})}>; rel="{name}"'
        for name in wanted
    ]
    return {"Link": ", ".join(links)} if links else {}


def _number(query: Mapping[str, str], name: str, standard: int) -> int:
    value = query.get(name, "")
    return int(value) if value.isdigit() and int(value) > 0 else standard


def _json(body: Any, status: int, headers: Mapping[str, str] | None = None) -> Response:
    content = b"" if body is None else json.dumps(body).encode()
    return Response(
        content, status, dict(headers or {}), content_type="application/json; charset=utf-8"
    )


def _with_etag(request: Request, response: Response) -> Response:
    if request.method != "GET" or response.status_code != 200:
        return response
    tag = f'W/"{hashlib.sha256(response.get_data()).hexdigest()}"'
    if tag in request.headers.get("If-None-Match", ""):
        links = {name: value for name, value in response.headers if name == "Link"}
        response = Response(status=304, headers=links)
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, max-age=60, s-maxage=60"
    return response
