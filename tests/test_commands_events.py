"""What counts as an event: the label `evaluate`, and payloads of any shape."""

import json

import pytest
from commands_made import inputs, open_town


@pytest.fixture
def town(tmp_path, monkeypatch):
    """The bot has said that the config is valid."""
    with open_town(tmp_path, monkeypatch, "checked") as town:
        yield town


def test_the_label_starts_a_run_of_the_head_that_it_saw_and_is_taken_off(town):
    town.label()
    assert town.respond() == 0
    assert town.run.inputs == inputs(town.sha, "label:maya")
    assert town.labels == ["mteb: queued"]
    assert town.marker.asked.by == "maya"
    town.respond()
    assert (len(town.runs), town.writes) == (1, [])


def test_a_label_of_triage_is_refused_and_taken_off(town):
    town.label("tria")
    town.respond()
    assert (town.runs, town.labels) == ([], ["mteb: validated"])
    assert town.answers[0].startswith("Only maintainers of this repository")


def test_a_push_after_the_label_stops_it(town):
    town.label()
    town.push()
    town.report("validated")
    town.respond()
    assert (town.runs, town.labels) == ([], ["mteb: validated"])
    assert town.answers[0].startswith("The pull request has another head")


def test_another_label_is_nobodys_business(town):
    town.label()
    path = town.folder / "event.json"
    path.write_text(path.read_text().replace('"name": "evaluate"', '"name": "bug"'))
    assert json.loads(path.read_text())["label"] == {"name": "bug"}
    town.respond()
    assert town.server.log == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("issue_comment", "{}"), ("issue_comment", "[]"), ("issue_comment", "nonsense"), ("issue_comment", "NaN"),
        ("issue_comment", '{"action":"created","issue":{"number":"1","pull_request":{"a":1}},"comment":{"id":1}}'),
        ("issue_comment", '{"action":"created","issue":{"number":1,"pull_request":{"a":1}},"comment":{"id":true}}'),
        ("pull_request_target", '{"action":"labeled","label":{"name":"evaluate"}}'),
        ("pull_request_target", '{"action":"labeled","label":{"name":"evaluate"},"number":1,"sender":{"login":"a b"},"pull_request":{"head":{"sha":"x"},"updated_at":"now"}}'),
        ("push", "{}"), ("", "{}"),
    ],
)  # fmt: skip
def test_what_is_no_event_is_usage(town, capsys, name, text):
    town.patch.setenv("GITHUB_EVENT_NAME", name)
    (town.folder / "event.json").write_text(text)
    assert town.respond() == 2
    said = capsys.readouterr().err
    assert said.startswith("mteb-bot: GITHUB_EVENT_")
    assert "Traceback" not in said
    assert town.server.log == []
