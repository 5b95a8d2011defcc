"""Retries: bounded, as long as the service asks, and never of a write that may have been applied."""

import json
from dataclasses import replace
from time import sleep

import pytest
from huggingface_hub.utils import http_backoff
from werkzeug import Request, Response

from bot.github_api.connection import GithubConnection, GithubRefused, connect
from bot.github_api.connection import trouble_of as github_trouble
from bot.hub_api.connection import FileTooLarge, HubConnection, HubRefused
from bot.retry import (
    MaybeApplied,
    RetryPolicy,
    ServiceAtFault,
    Trouble,
)
from schemas.errors import ExitCode
from tests.standins.faults import AFTER_APPLYING, Fault, Kind
from tests.standins.server import Server

QUICK = RetryPolicy(first_wait=0.01, longest_wait=0.02, timeout=0.3)
TOKEN = "ghs_a-secret-nobody-may-see"  # noqa: S105 -- made up
SURELY_NOT_APPLIED = {Kind.REFUSED, Kind.LIMIT_429, Kind.LIMIT_403}


class Counting:
    """Answers every request with its number, in a shape both clients can read."""

    def __init__(self) -> None:
        self.applied = 0
        self.status = 200
        self.headers: dict[str, str] = {}
        self.body: dict[str, object] | None = None

    def answer(self, _: Request) -> Response:
        self.applied += 1
        body = {"login": str(self.applied), "name": str(self.applied), "message": "said no"}
        return Response(
            json.dumps(self.body or body), self.status, self.headers, mimetype="application/json"
        )


@pytest.fixture(scope="module")
def served():
    with Server(Counting()) as server:
        yield server


@pytest.fixture
def server(served):
    served.clear()
    served.app.__init__()
    return served


def clients(server):
    github = GithubConnection(TOKEN, server.url, QUICK)
    hub = HubConnection(TOKEN, server.url, QUICK)
    for connection in (github, hub):  # nobody waits for a whole second here
        connection.retrying = replace(connection.retrying, sleep=lambda s: sleep(min(s, 0.03)))
    return [
        (github, lambda: github.api.get_user().login),
        (hub, lambda: hub.api.whoami()["name"]),
    ]


@pytest.mark.parametrize("service", [0, 1], ids=["github", "hub"])
@pytest.mark.parametrize("kind", Kind)
def test_a_read_survives_any_single_fault(server, kind, service):
    connection, call = clients(server)[service]
    server.inject(Fault(kind, at=1, seconds=0.02))
    assert connection.read(call) == str(server.app.applied)
    assert server.app.applied == (2 if kind in AFTER_APPLYING else 1)


@pytest.mark.parametrize("service", [0, 1], ids=["github", "hub"])
@pytest.mark.parametrize("kind", Kind)
def test_an_addition_is_repeated_only_where_it_surely_was_not_applied(server, kind, service):
    connection, call = clients(server)[service]
    server.inject(Fault(kind, at=1, seconds=0.02))
    if kind in SURELY_NOT_APPLIED:
        assert connection.add(call) == "1"
        return
    with pytest.raises(MaybeApplied):
        connection.add(call)
    assert len(server.log) == 1


@pytest.mark.parametrize("service", [0, 1], ids=["github", "hub"])
def test_a_service_that_stays_down_ends_the_command_with_exit_code_4(server, service):
    connection, call = clients(server)[service]
    server.inject(Fault(Kind.ERROR_502, at=1, times=100))
    with pytest.raises(ServiceAtFault, match="asked 5 times") as caught:
        connection.read(call)
    assert caught.value.exit_code == ExitCode.SERVICE
    assert len(server.log) == QUICK.attempts


@pytest.mark.parametrize("service", [0, 1], ids=["github", "hub"])
@pytest.mark.parametrize("status", [401, 403, 404, 409, 422])
def test_a_refusal_is_not_repeated_and_says_nothing_of_the_token(server, status, service):
    connection, call = clients(server)[service]
    server.app.status = status
    with pytest.raises((GithubRefused, HubRefused)) as caught:
        connection.read(call)
    assert caught.value.status == status
    assert len(server.log) == 1
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("service", [0, 1], ids=["github", "hub"])
def test_no_log_line_holds_a_token(server, service, caplog):
    caplog.set_level("DEBUG")
    connection, call = clients(server)[service]
    server.inject(Fault(Kind.ERROR_500, at=1))
    connection.read(call)
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("service", [0, 1], ids=["github", "hub"])
def test_a_silent_service_is_left_after_the_time_limit(server, service):
    connection, call = clients(server)[service]
    server.inject(Fault(Kind.STALL, at=1, seconds=30))
    assert connection.read(call) == "1"
    assert [exchange.status for exchange in server.log] == [0, 200]


@pytest.mark.parametrize("kind", [Kind.TRUNCATED, Kind.ERROR_502, Kind.RESET, Kind.LIMIT_429])
def test_the_tries_of_the_hubs_own_client_do_not_multiply_ours(server, kind):
    connection, _ = clients(server)[1]
    server.inject(Fault(kind, at=1, times=100))
    with pytest.raises(ServiceAtFault, match="the Hub was asked 5 times"):
        connection.read(lambda: http_backoff("POST", f"{server.url}/api/x", json={}))
    assert len(server.log) == QUICK.attempts


def test_a_service_that_asks_for_more_than_the_policy_allows_is_not_waited_for(server):
    github, call = clients(server)[0]
    server.app.status, server.app.headers = 403, {"Retry-After": "3600"}
    with pytest.raises(ServiceAtFault, match="asked once") as caught:
        github.read(call)
    assert "in 3600 seconds, as GitHub asks" in caught.value.fix


def test_an_exhausted_limit_is_waited_for_until_its_reset(server):
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1042"}
    server.app.status, server.app.headers = 403, headers
    github, _ = clients(server)[0]
    with pytest.raises(Exception, match="403") as caught:
        github.api.get_user().login  # noqa: B018 -- lazy: reading asks
    trouble = github_trouble(caught.value, now=lambda: 1000.0)
    assert trouble == Trouble("HTTP 403, rate limit", maybe_applied=False, asked_wait=42.0)


def graphql_trouble(server, body):
    server.app.body = body
    github, _ = clients(server)[0]
    query = github.api.requester.graphql_query
    with pytest.raises(Exception, match="400") as caught:
        query("query { viewer { login } }", {})
    return github_trouble(caught.value), lambda: github.read(lambda: query("query", {}))


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (
            {"type": "RATE_LIMITED", "message": "API rate limit exceeded"},
            Trouble("GraphQL, rate limit", maybe_applied=False, asked_wait=60.0),
        ),
        (
            {"message": "You have exceeded a secondary rate limit."},
            Trouble("GraphQL, rate limit", maybe_applied=False, asked_wait=60.0),
        ),
        (
            {"message": "Something went wrong while executing your query. Please include `1:2`"},
            Trouble("GraphQL, an error of its own", maybe_applied=True),
        ),
    ],
)
def test_what_graphql_says_beside_http_200_may_pass_too(server, error, trouble):
    assert graphql_trouble(server, {"data": None, "errors": [error]})[0] == trouble


def test_what_graphql_refuses_is_said_with_its_reason(server):
    error = {"type": "FORBIDDEN", "message": "Resource not accessible by integration"}
    trouble, again = graphql_trouble(server, {"data": None, "errors": [error]})
    assert trouble is None
    with pytest.raises(GithubRefused, match="Resource not accessible by integration"):
        again()


def test_a_refusal_names_the_fields_that_github_finds_wrong(server):
    server.app.status = 422
    server.app.body = {
        "message": "Validation Failed",
        "errors": [{"message": "body is too long"}, {"field": "name", "code": "invalid"}, "odd"],
    }
    github, call = clients(server)[0]
    with pytest.raises(
        GithubRefused, match="Validation Failed: body is too long, name: invalid, odd"
    ):
        github.read(call)


def test_a_newline_after_the_token_is_no_part_of_it(server, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", f"{TOKEN}\n")
    monkeypatch.setenv("GITHUB_API_URL", server.url)
    github = connect()
    assert github.read(lambda: github.api.get_user().login) == "1"


def test_a_file_on_the_hub_is_read_only_up_to_its_limit(server):
    hub = HubConnection(None, server.url, QUICK)
    assert b'"login"' in hub.read_file("org/name", "main", "README.md", 1000)
    with pytest.raises(FileTooLarge, match="more than 10 bytes"):
        hub.read_file("org/name", "main", "README.md", 10)


def test_a_file_that_is_not_there_is_no_error_but_a_missing_repository_is(server):
    hub = HubConnection(None, server.url, QUICK)
    server.app.status, server.app.headers = 404, {"X-Error-Code": "EntryNotFound"}
    assert hub.read_file("org/name", "main", "README.md", 1000) is None
    server.app.headers = {"X-Error-Code": "RepoNotFound"}
    with pytest.raises(HubRefused):
        hub.read_file("org/name", "main", "README.md", 1000)


def test_waits_double_up_to_a_bound_and_vary():
    policy = RetryPolicy(attempts=8, first_wait=1.0, longest_wait=30.0)
    lost = Trouble("HTTP 502", maybe_applied=True)
    assert [policy.wait_before(n, lost, 0.0) for n in range(2, 10)] == [
        1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, None,
    ]  # fmt: skip
    assert policy.wait_before(3, lost, 1.0) == 1.0


def test_what_the_service_asks_for_is_kept_to_the_full():
    limited = Trouble("HTTP 429", maybe_applied=False, asked_wait=60.0)
    assert RetryPolicy().wait_before(2, limited, 1.0) == 60.5
