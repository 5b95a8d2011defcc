"""`mteb-bot verify` over HTTP against the local Hub: all is public, or one thing is broken and its row says so."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import verify_made
from made import DATA_REVISION, result, write_results
from verify_made import MODEL, README, edit, put

from bot.cli import main
from bot.publication.description import TITLE
from bot.publication.facts import MARKER
from tests.standins.faults import Fault, Kind
from tests.standins.hub.app import LocalHub
from tests.standins.server import Server

CARD, STS = "README.md", "mteb_results/STSBenchmark.json"
PUBLISH = "run `mteb-bot publish` again and have the model's owner merge its pull request"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> LocalHub:
    hub = LocalHub(tmp_path_factory.mktemp("hub") / "published")
    verify_made.publish(hub)
    return hub


@pytest.fixture
def hub(published, tmp_path):
    return published.copy(tmp_path / "hub")


@pytest.fixture
def server(hub, monkeypatch):
    for name in ("HF_TOKEN", "GITHUB_TOKEN", "MTEB_RESULTS_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MTEB_BOT_FIRST_WAIT", "0.01")
    with Server(hub) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server
        hub.check()


@pytest.fixture
def verify(server, capsys):  # noqa: ARG001 -- the Hub has to be served
    """Run the command: exit code, and what it said as JSON."""

    def run(*arguments: object):
        code = main(["verify", MODEL, "--format", "json", *map(str, arguments)])
        said = capsys.readouterr()
        assert not said.err
        return code, json.loads(said.out)

    return run


def unpublish(hub: LocalHub) -> None:
    files = hub.hub.find(MODEL).git.files()
    ours = {path: None for path in files if path.startswith(("mteb_results/", ".eval_results/"))}
    hub.commit(MODEL, {**ours, CARD: README}, "org")


def bad_rows(said) -> list[tuple[str, str, str, str]]:
    return [
        (row["id"], row["state"], row["message"], row["fix"])
        for row in said["rows"]
        if row["state"] != "ok"
    ]


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


BROKEN = {
    "metadata that nothing closes": (
        edit(CARD, "\n---\n", "\n", times=1),
        (
            "front-matter", "not ok",
            (
                "README.md line 1: `---` opens front matter that no second `---` line closes; add one below "
                "the metadata (or, if this is a rule between paragraphs, put text above it)"
            ),
            "mend the lines between the two `---` at the top of README.md",
        ),
    ),
    "a badge above the metadata": (
        edit(CARD, "---\n", "<img src='badge'>\n\n---\n"),
        (
            "front-matter", "not ok",
            "README.md line 3: metadata below other text, where the Hub sees none",
            "mend the lines between the two `---` at the top of README.md",
        ),
    ),
    "a path that is not there": (
        edit(CARD, "mteb_results: mteb_results/", "mteb_results: results/"),
        ("results-path", "not ok", "`mteb_results` names results/, which is not there", PUBLISH),
    ),
    "no path": (
        edit(CARD, "mteb_results: mteb_results/\n", ""),
        ("results-path", "not ok", "the front matter has no `mteb_results`", PUBLISH),
    ),
    "a path out of the repository": (
        edit(CARD, "mteb_results: mteb_results/", "mteb_results: ../other"),
        ("results-path", "not ok", "`mteb_results` names ../other, which is not there", PUBLISH),
    ),
    "NaN": (
        edit(STS, '"evaluation_time": 12.5', '"evaluation_time": NaN'),
        (
            "results-valid", "not ok",
            "mteb_results/STSBenchmark.json is not strict JSON: NaN is not JSON", PUBLISH,
        ),
    ),
    "another task's result": (
        put("mteb_results/STS12.json", json.dumps(result("STS13", 0.5)).encode()),
        ("results-valid", "not ok", "mteb_results/STS12.json holds the result of STS13", PUBLISH),
    ),
    "a value edited by hand": (
        edit(CARD, "value: 82.0325", "value: 84.1"),
        (
            "model-index", "not ok",
            "STSBenchmark (default, test) says main_score 84.1, the result 82.0325", PUBLISH,
        ),
    ),
    "a result that the card lacks": (
        edit(CARD, "      split: validation\n", "      split: dev\n"),
        (
            "model-index", "not ok",
            "not in `model-index`: MassiveIntentClassification (de, validation)", PUBLISH,
        ),
    ),
    "a result file edited by hand": (
        edit(STS, '"main_score": 0.8203247283', '"main_score": 0.9'),
        (
            "model-index", "not ok",
            "STSBenchmark (default, test) says main_score 82.0325, the result 90", PUBLISH,
        ),
    ),
    "eval results that the Hub refuses": (
        put(".eval_results/STSBenchmark.yaml", b"- dataset: {id: mteb/stsbenchmark-sts}\n"),
        (
            "eval-results", "not ok",
            "the Hub refuses .eval_results/STSBenchmark.yaml: [0].dataset needs id and task_id",
            "mend or delete what the Hub refuses; it shows results of data sets registered as benchmarks",
        ),
    ),
    "eval results of another value": (
        edit(".eval_results/STSBenchmark.yaml", "value: 82.0325", "value: 99"),
        (
            "eval-results", "not ok",
            "STSBenchmark_default_test is 99 there, 82.0325 in the result", PUBLISH,
        ),
    ),
    "a task without eval results": (
        put(".eval_results/STSBenchmark.yaml", None),
        ("eval-results", "not ok", "not in `.eval_results`: STSBenchmark_default_test", PUBLISH),
    ),
    "eval results that the Hub does not show": (
        edit(".eval_results/STSBenchmark.yaml", "_default_test", "_other"),
        (
            "eval-results", "too early", "the Hub does not show yet: STSBenchmark_default_test",
            "mend or delete what the Hub refuses; it shows results of data sets registered as benchmarks",
        ),
    ),
    "no chart": (
        put("mteb_results/radar.png", None),
        (
            "radar-chart", "not ok",
            "README.md shows mteb_results/radar.png, which is not there", PUBLISH,
        ),
    ),
}  # fmt: skip


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


@pytest.mark.usefixtures("server")
def test_the_text_says_what_to_do_first(hub, capsys):
    edit(CARD, "value: 82.0325", "value: 84.1")(hub)
    assert main(["verify", MODEL]) == 1
    head, _, rest = capsys.readouterr().out.partition("\n\n")
    assert head == f"org/name at {hub.hub.find(MODEL).revision[:7]} on the Hub"
    assert rest.splitlines()[4:9] == [
        "ok         results-valid: 3 task results, every one valid",
        "not ok     model-index: STSBenchmark (default, test) says main_score 84.1, the result 82.0325",
        "           why: It is what search and other sites read; edited by hand it drifts from the results.",
        f"           fix: {PUBLISH}",
        "ok         eval-results: the Hub shows 4 results",
    ]
    assert rest.splitlines()[-1] == "9 ok, 1 not ok."


@pytest.mark.usefixtures("server")
def test_names_from_outside_cannot_act_on_the_terminal(hub, capsys):
    put("mteb_results/\x1b[31m##[error]x.json", b"{}")(hub)
    assert main(["verify", MODEL]) == 1
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "##[error]" not in said


def test_a_hub_that_cannot_be_reached_proves_nothing(hub, monkeypatch, capsys):
    with Server(hub) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
    monkeypatch.setenv("MTEB_BOT_FIRST_WAIT", "0.01")
    assert main(["verify", MODEL]) == 4
    assert capsys.readouterr().err == (
        "mteb-bot: the Hub was asked 5 times and did not answer as it should: no connection\n"
        "  fix: run the same command again later; it goes on where it stopped\n"
    )


def test_a_hub_that_fails_on_the_way_proves_nothing(server, capsys):
    server.inject(Fault(Kind.ERROR_502, at=4, times=100))
    assert main(["verify", MODEL]) == 4
    assert capsys.readouterr().out == ""


FAULTS = (Kind.RESET, Kind.ERROR_500, Kind.TRUNCATED, Kind.STALL)


@pytest.mark.parametrize(("at", "kind"), [*enumerate(FAULTS * 2, start=1)])
def test_one_fault_anywhere_changes_nothing(kind, at, server, capsys):
    server.inject(Fault(kind, at=at, seconds=0.05))
    assert main(["verify", MODEL]) == 0
    assert capsys.readouterr().out.endswith("The result is public: all 10 rows ok.\n")


@pytest.mark.usefixtures("server")
def test_a_token_that_is_not_accepted_is_said(monkeypatch, capsys):
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    assert main(["verify", MODEL]) == 3
    said = capsys.readouterr()
    assert said.err.startswith("mteb-bot: the Hub refused (HTTP 401)")
    assert "hf_wrong" not in said.err + said.out


@pytest.mark.parametrize(
    "arguments",
    [["name"], ["org/name", "--revision", "main"], ["org/name", "--published-at", "soon"],
     ["../x/y"], ["org/name", "--results-repository", "x"]],
)  # fmt: skip
def test_wrong_arguments_are_usage(arguments):
    with pytest.raises(SystemExit) as stopped:
        main(["verify", *arguments])
    assert stopped.value.code == 2


@pytest.mark.usefixtures("server")
def test_a_results_folder_that_is_not_there_is_usage():
    assert main(["verify", MODEL, "--results", str(Path("nowhere"))]) == 2
