"""`mteb-bot verify` beside the bot's pull request on the Hub: waiting, closed, merged, somebody else's."""

import pytest
import verify_made
from verify_made import MODEL, bad_rows, unpublish

from bot.publication.description import TITLE
from bot.publication.facts import MARKER
from tests.standins.hub.app import LocalHub
from tests.verify_world import server, verify

__all__ = ["server", "verify"]


@pytest.fixture
def hub(tmp_path):
    local = LocalHub(tmp_path / "hub")
    verify_made.publish(local, chart=False)
    return local


def test_a_pull_request_that_waits_is_too_early_and_names_its_link(hub, verify, server):
    verify_made.propose(hub, verify_made.card(sts=0.9))
    code, said = verify()
    message = f"pull request #2 waits for the model's owner: {server.url}/org/name/discussions/2"
    assert code == 0
    assert bad_rows(said) == [
        ("hub-pull-request", "too early", message, "ask the model's owner, in that pull request")
    ]
    assert verify("--strict")[0] == 1


def test_what_a_waiting_pull_request_brings_is_too_early(hub, verify):
    unpublish(hub)
    verify_made.propose(hub, verify_made.card(sts=0.9))
    code, said = verify()
    assert code == 0
    assert [row[:3] for row in bad_rows(said)[1:]] == [
        (
            "results-path",
            "too early",
            "the front matter has no `mteb_results`; pull request #2 waits",
        ),
        (
            "results-block",
            "too early",
            "README.md holds no block of results; pull request #2 waits",
        ),
    ]


def test_a_pull_request_closed_by_the_owner_is_the_answer(hub, verify, server):
    unpublish(hub)
    hub.close_pull(MODEL, verify_made.propose(hub, verify_made.card(sts=0.9)), "org")
    code, said = verify()
    message = (
        f"pull request #2 was closed without being merged: {server.url}/org/name/discussions/2"
    )
    assert code == 1
    assert [row[:3] for row in bad_rows(said)][:2] == [
        ("hub-pull-request", "not ok", message),
        ("results-path", "not ok", "the front matter has no `mteb_results`"),
    ]


def test_another_person_s_pull_request_is_not_ours(hub, verify):
    hub.open_pull(MODEL, {"x": b"1"}, "ann", TITLE, "Mine.")
    hub.open_pull(MODEL, {"x": b"1"}, "ann", "Fix typo", f"Quoting {MARKER}")
    code, said = verify()
    assert (code, bad_rows(said)) == (0, [])
    assert said["rows"][1]["message"] == "pull request #1 is merged"


def test_an_open_pull_request_counts_before_a_duplicate_that_was_closed(hub, verify):
    verify_made.propose(hub, verify_made.card(sts=0.9))
    hub.close_pull(MODEL, verify_made.propose(hub, verify_made.card(sts=0.91)), "mteb-bot")
    _, said = verify()
    assert said["rows"][1]["message"].startswith("pull request #2 waits for the model's owner")
