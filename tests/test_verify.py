"""`mteb-bot verify` over HTTP against the local Hub: all is public, or one thing is broken and its row says so."""

from datetime import UTC, datetime

import pytest
import verify_made
from broken_publications import BROKEN
from made import DATA_REVISION, result, write_results
from verify_made import CARD, MODEL, PUBLISH, STS, bad_rows, edit, put

from tests.standins.hub.app import LocalHub
from tests.verify_world import server, verify

__all__ = ["server", "verify"]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> LocalHub:
    hub = LocalHub(tmp_path_factory.mktemp("hub") / "published")
    verify_made.publish(hub)
    return hub


@pytest.fixture
def hub(published, tmp_path):
    return published.copy(tmp_path / "hub")


def test_a_published_result_is_ok_in_every_row(verify, server):
    code, said = verify()
    assert code == 0
    assert said["holds"] is True
    assert said["not_judged"] == []
    assert [(row["id"], row["message"]) for row in said["rows"]] == [
        ("public-repository", f"anyone can read {server.url}/org/name"),
        ("hub-pull-request", "pull request #1 is merged"),
        ("front-matter", "README.md begins with front matter that can be read"),
        ("results-path", "`mteb_results` leads to 3 files"),
        ("results-valid", "3 task results, every one valid"),
        ("model-index", "5 values as in the results"),
        ("eval-results", "the Hub shows 4 results"),
        ("results-block", "README.md shows the results once"),
        ("radar-chart", "mteb_results/radar.png is there"),
        ("refresh", "published 2026-01-01 00:00 UTC, more than 48 hours ago"),
    ]


def test_reading_takes_a_request_for_each_result_and_five_more(verify, server):
    verify()
    assert len(server.log) == 3 + 5
    assert [each.method for each in server.log if each.writes] == ["POST"]  # paths-info, a read


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_the_only_row_that_is_not_ok(name, hub, verify):
    break_it, expected = BROKEN[name]
    break_it(hub)
    code, said = verify()
    if name == "a result file edited by hand":  # the card and the Hub both contradict it
        assert bad_rows(said)[1][0] == "eval-results"
        assert bad_rows(said)[:1] == [expected]
    else:
        assert bad_rows(said) == [expected]
    assert code == (1 if expected[1] == "not ok" else 0)


def test_two_blocks_of_results_are_not_ok(hub, verify):
    text = verify_made.read(hub, CARD).decode()
    block = text[text.index("<!-- mteb-submission-bot:begin") :]
    put(CARD, f"{text}\n{block}".encode())(hub)
    code, said = verify()
    expected = ("results-block", "not ok", "README.md holds 2 blocks of results", PUBLISH)
    assert (code, bad_rows(said)) == (1, [expected])
    assert said["not_judged"] == ["radar-chart"]


def test_what_only_an_earlier_row_can_tell_is_not_judged(hub, verify):
    put(CARD, None)(hub)
    _, said = verify()
    assert bad_rows(said) == [
        ("front-matter", "not ok", "there is no README.md",
         "mend the lines between the two `---` at the top of README.md")
    ]  # fmt: skip
    assert said["not_judged"] == [
        "results-path", "results-valid", "model-index", "eval-results", "results-block",
        "radar-chart", "refresh",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"private": True}, "the Hub has no public repository of this name"),
        ({"gated": "auto"}, "the repository is gated: readers must ask first"),
    ],
)
def test_a_repository_that_not_everyone_may_read_is_not_public(facts, message, hub, verify):
    for name, value in facts.items():
        setattr(hub.hub.find(MODEL), name, value)
    code, said = verify()
    assert code == 1
    assert [row["message"] for row in said["rows"]] == [message]


def test_the_owner_is_told_that_the_repository_is_private(hub, verify, monkeypatch):
    hub.hub.find(MODEL).private = True
    monkeypatch.setenv("HF_TOKEN", hub.add_token("org"))
    code, said = verify()
    assert code == 1
    assert [row["message"] for row in said["rows"]] == ["the repository is private"]


def test_the_author_s_own_entries_are_counted_and_left_to_them(hub, verify):
    own = (
        "model-index:\n- name: org/name\n  results:\n  - task: {type: STS}\n    dataset: {type: "
        "mteb/sickr-sts, name: MTEB SICK-R, config: default, split: test}\n    metrics: "
        "[{type: cos_sim_pearson, value: 84.0}]\n"
    )
    edit(CARD, "model-index:\n- name: org/name\n  results:\n", own)(hub)
    code, said = verify()
    assert (code, bad_rows(said)) == (0, [])
    assert said["rows"][5]["message"] == (
        "5 values as in the results; 1 other entry not of these results"
    )


def test_another_model_s_entry_is_not_taken_for_this_one_s(hub, verify):
    other = (
        "model-index:\n- name: org/other\n  results:\n  - task: {type: STS}\n    dataset: {type: x, "
        "name: MTEB STS12}\n    metrics: [{type: main_score, value: 1}]\n- name: org/name\n"
    )
    edit(CARD, "model-index:\n- name: org/name\n", other)(hub)
    assert bad_rows(verify()[1]) == []


def test_results_at_hand_must_be_the_public_ones(verify, tmp_path):
    same = result("STSBenchmark", 0.8203247283)
    folder = write_results(tmp_path / "results" / "org__name" / ("a" * 40), same)
    assert verify("--results", folder)[1]["rows"][5]["message"] == "1 task as expected"
    write_results(
        folder, same | {"scores": result("STSBenchmark", 0.83)["scores"]}, result("STS12", 0.7)
    )
    code, said = verify("--results", folder)
    assert code == 1
    assert bad_rows(said) == [
        (
            "results-expected", "not ok",
            "STSBenchmark (default, test) is 82.0325, expected 83; missing: STS12", PUBLISH,
        )
    ]  # fmt: skip


def test_results_on_other_data_are_not_the_same(verify, tmp_path):
    other = result("STSBenchmark", 0.8203247283, dataset_revision="e" * 40)
    assert other["dataset_revision"] != DATA_REVISION
    folder = write_results(tmp_path / "results" / "org__name" / ("a" * 40), other)
    message = bad_rows(verify("--results", folder)[1])[0][2]
    assert message == "STSBenchmark was measured on another revision of the data"


def test_a_result_published_today_is_too_early(verify):
    now = datetime.now(UTC)
    code, said = verify("--published-at", now.isoformat())
    assert code == 0
    ((rule, state, message, fix),) = bad_rows(said)
    assert (rule, state, fix) == ("refresh", "too early", "wait; nothing is to be done")
    assert message.startswith(f"published {now:%Y-%m-%d %H:%M} UTC; look again from ")
    assert verify("--published-at", now.isoformat(), "--strict")[0] == 1


def test_a_later_edit_of_the_readme_does_not_start_the_clock_again(hub, verify):
    hub.hub.now = datetime.now(UTC)
    edit(CARD, "Written by hand.", "Written again.")(hub)
    assert bad_rows(verify()[1]) == []
    edit(STS, '"kg_co2_emissions": null', '"kg_co2_emissions": 0.1')(hub)
    assert [row[0] for row in bad_rows(verify()[1])] == ["refresh"]
