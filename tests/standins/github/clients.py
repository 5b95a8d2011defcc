"""PyGithub pointed at a stand-in: no retries and no pauses, so that each call is one request."""

from github import Auth, Github
from requests import Response, request

from tests.standins.server import Server


def client(server: Server, token: str | None, per_page: int = 100) -> Github:
    """PyGithub with a token, or anonymous."""
    return Github(
        auth=Auth.Token(token) if token else None,
        base_url=server.url,
        retry=None,
        timeout=5,
        per_page=per_page,
        seconds_between_requests=None,
        seconds_between_writes=None,
        lazy=True,
    )


def ask(
    url: str,
    token: str | None = None,
    method: str = "GET",
    body: object = None,
    **headers: str,
) -> Response:
    """One plain request, for what PyGithub does not show. Underscores in names of headers are dashes."""
    known = {"Authorization": f"Bearer {token}"} if token else {}
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return request(method, url, json=body, headers={**known, **more}, timeout=5)
