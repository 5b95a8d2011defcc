"""Two results of one task become one file: theirs stays, ours is added, as mteb merges them."""

import json

import pytest
from submit_made import MTEB, entry, result, settings

from bot.results_repository.merge import difference, merged, oldest_version, removed
from bot.results_repository.run_settings import appended, parse_settings, scopes_of

DE, EN, FR = ("test", "de"), ("test", "en"), ("test", "fr")


@pytest.mark.parametrize(
    ("theirs", "ours", "missing", "differing"),
    [
        ({EN: 0.5}, {EN: 0.5}, (), ()),
        ({EN: 0.7236899998079941}, {EN: 0.72369}, (), ()),
        ({EN: 0.5}, {EN: 0.500002}, (), ("test/en: 0.5 there, 0.500002 here",)),
        ({EN: 0.5}, {DE: 0.6}, (DE,), ()),
        ({EN: 0.5}, {EN: 0.5, DE: 0.6}, (DE,), ()),
        ({EN: 0.5, DE: 0.6}, {EN: 0.5}, (), ()),
        ({EN: 0.5}, {EN: 0.4, DE: 0.6}, (DE,), ("test/en: 0.5 there, 0.4 here",)),
        ({EN: 0.5}, {("dev", "en"): 0.4}, (("dev", "en"),), ()),
        ({EN: -0.1}, {EN: 0.1}, (), ("test/en: -0.1 there, 0.1 here",)),
    ],
)
def test_scores_are_compared_by_split_and_subset(theirs, ours, missing, differing):
    found = difference(result("STS22", theirs), result("STS22", ours))
    assert found.missing == missing
    assert found.differing == differing


def test_merging_keeps_every_entry_of_theirs_and_adds_ours():
    theirs = result("STS22", {EN: 0.5}, evaluation_time=2.0, kg_co2_emissions=0.5)
    theirs["scores"]["test"][0]["note"] = "theirs"
    ours = result("STS22", {EN: 0.5, DE: 0.6, ("dev", "en"): 0.7}, evaluation_time=3.0)
    found = merged(theirs, ours)
    assert found["scores"] == {
        "test": [
            entry("en", 0.5, note="theirs", mteb_version=MTEB),
            entry("de", 0.6, mteb_version=MTEB),
        ],
        "dev": [entry("en", 0.7, mteb_version=MTEB)],
    }
    assert found["evaluation_time"] == 5.0
    assert found["kg_co2_emissions"] == 0.5


def test_merged_versions_are_named_by_entry_and_as_a_range():
    theirs = result("STS22", {EN: 0.5}, mteb_version="1.38.3")
    found = merged(theirs, result("STS22", {DE: 0.6}))
    assert found["mteb_version"] == "1.38.3-2.26.24"
    assert [each["mteb_version"] for each in found["scores"]["test"]] == ["1.38.3", MTEB]
    third = merged(found, result("STS22", {FR: 0.6}, mteb_version="2.9.0"))
    assert third["mteb_version"] == "1.38.3-2.26.24"


def test_an_unknown_version_stays_unknown():
    theirs = result("STS22", {EN: 0.5}, mteb_version=None)
    found = merged(theirs, result("STS22", {DE: 0.6}))
    assert found["mteb_version"] == MTEB
    assert "mteb_version" not in found["scores"]["test"][0]


def test_phases_of_ours_come_after_theirs_and_the_later_date_stays():
    phase = {"name": "encode", "start": 1.0, "end": 2.0}
    theirs = result("STS22", {EN: 0.5}, date=20.0, evaluation_phases=[phase], evaluation_time=10.0)
    ours = result("STS22", {DE: 0.5}, date=10.0, evaluation_phases=[phase])
    found = merged(theirs, ours)
    assert found["evaluation_phases"] == [phase, {"name": "encode", "start": 11.0, "end": 12.0}]
    assert found["date"] == 20.0


def test_what_a_change_takes_away_is_found():
    before = result("STS22", {EN: 0.5, DE: 0.6})
    assert removed(before, merged(before, result("STS22", {FR: 0.1}))) == []
    assert removed(before, result("STS22", {EN: 0.5})) == ["test/de"]
    assert removed(before, result("STS22", {EN: 0.5, DE: 0.7})) == ["test/de: another score"]
    less = result("STS22", {EN: 0.5, DE: 0.6})
    less["scores"]["test"][0]["languages"] = ["deu-Latn"]
    assert removed(before, less) == ["test/en: eng-Latn"]


@pytest.mark.parametrize(
    ("text", "oldest"),
    [("2.26.24", "2.26.24"), ("1.12.0-2.20.1", "1.12.0"), ("2.0.0.dev1", "2.0.0.dev1"),
     ("new", None), ("", None), (None, None), ("x-1.0", None)],
)  # fmt: skip
def test_the_oldest_version_of_a_range_counts(text, oldest):
    found = oldest_version(text)
    assert (str(found) if found else None) == oldest


def test_settings_are_added_for_what_is_lacking_and_lines_that_are_there_stay_as_they_are():
    there = (
        b'{"task": "STS22", "split": "test", "subset": "en", "version": {"mteb": "2.14.0"}}\nodd'
    )
    ours = parse_settings(settings(result("STS22", {EN: 0.5, DE: 0.6, FR: 0.7})))
    found = appended(there, ours, scopes_of("STS22", [EN, DE, FR]))
    lines = found.splitlines()
    assert found.startswith(there + b"\n")
    assert json.loads(lines[2]) == {
        "task": "STS22",
        "splits": ["test"],
        "version": {"mteb": MTEB, "torch": "2.13.0"},
        "encode_kwargs": {"batch_size": 32},
        "subsets": ["de", "fr"],
    }
    assert appended(found, ours, scopes_of("STS22", [EN, DE, FR])) == found


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"task": "A", "split": "test"}', '{"splits": ["test"], "subsets": ["en"]}',
     '{"task": "A", "split": "test", "splits": ["test"], "subsets": ["en"]}',
     '{"task": 3, "splits": ["test"], "subsets": ["en"]}',
     '{"task": "A", "splits": ["test"], "subsets": [3], "version": {"mteb": NaN}}'],
)  # fmt: skip
def test_lines_in_no_known_shape_describe_nothing(line):
    assert parse_settings(line.encode()) == {}
