"""PyGithub pointed at a stand-in: no retries and no pauses, so that each call is one request."""

from github import Auth, Github

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
