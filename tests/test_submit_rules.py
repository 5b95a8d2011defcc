"""The rules of the results repository: for each one a task that breaks only it."""

import json
from pathlib import Path

import pytest
from submit_made import (
    DATA,
    FOLDER,
    MODEL,
    OTHER_REVISION,
    REVISION,
    candidate,
    entry,
    result,
    settings,
    written,
)

from bot.cli import main
from bot.results_repository.candidate import Candidate, TaskFile
from bot.results_repository.change import Shelf, change_for
from bot.results_repository.layout import blob_sha
from bot.results_repository.rules import RULES
from schemas.mteb_index import mteb_index

PAGE = Path(__file__).parent.parent / "docs" / "submit.md"
DE, EN = ("test", "de"), ("test", "en")


def shelf(*there, elsewhere=(), settings_content=b"", raw=None):
    """What the repository holds: results of our revision, tasks of another one."""
    held = {f"{one['task_name']}.json": written(one) for one in there} | (raw or {})
    if there or raw:
        held["model_meta.json"] = b"{}"
    if settings_content:
        held["run_settings.jsonl"] = settings_content
    files = {name: blob_sha(content) for name, content in held.items()}
    revisions = {REVISION: files} if files else {}
    if elsewhere:
        revisions[OTHER_REVISION] = {f"{task}.json": "0" * 40 for task in elsewhere}
    return Shelf("1" * 40, "2" * 40, revisions, held)


def changed(ours: Candidate, there: Shelf | None = None):
    return change_for(ours, there or shelf(), mteb_index())


def one_file(data, **more) -> Candidate:
    whole = candidate(result("STS12"))
    return Candidate(
        MODEL, REVISION, (TaskFile("STS12", data, **more),), whole.meta, whole.settings
    )


def with_entry(**more):
    """A result whose one entry says more."""
    return result("STS12") | {"scores": {"test": [entry("default", 0.5, **more)]}}


BROKEN = {
    "official-task": (one_file(result("STS12"), custom=True), shelf(), "it is a custom task"),
    "known-task": (candidate(result("NoSuchTask")), shelf(), "mteb knows no task of this name"),
    "readable-file": (one_file(None, unusable="is not JSON"), shelf(), "the file is not JSON"),
    "task-result": (
        one_file(with_entry(main_score=None)),
        shelf(),
        "$.scores.test[0].main_score: None is not of type 'number'",
    ),
    "task-name": (one_file(result("STS13")), shelf(), "the file holds the result of STS13"),
    "mergeable-file": (
        candidate(result("STS12")),
        shelf(raw={"STS12.json": b'{"mteb_dataset_name": "STS12"}'}),
        "the repository's file is not in the shape of today's mteb",
    ),
    "same-data": (
        candidate(result("STS12")),
        shelf(result("STS12", dataset_revision="f" * 40)),
        f"the data set is at {'f' * 40} there, at {DATA} here",
    ),
    "same-scores": (
        candidate(result("STS12", 0.6)),
        shelf(result("STS12", 0.5)),
        "test/default: 0.5 there, 0.6 here",
    ),
    "mteb-version": (
        candidate(result("STS12", mteb_version="2.13.9")),
        shelf(),
        "it was evaluated with mteb 2.13.9",
    ),
    "run-settings": (
        Candidate(MODEL, REVISION, (TaskFile("STS12", result("STS12")),), {}),
        shelf(),
        "run_settings.jsonl does not describe test/default",
    ),
    "file-size": (candidate(with_entry(texts="x" * 11_000_000)), shelf(), "it has 10.5 MiB"),
    "strict-json": (
        one_file(with_entry(deep=json.loads("[" * 30 + "]" * 30))),
        shelf(),
        "nested deeper than 20 levels",
    ),
    "one-revision": (
        candidate(result("STS12")),
        shelf(elsewhere=["STS12"]),
        f"the repository has this task also at revision {OTHER_REVISION}",
    ),
    "merged-version": (
        candidate(result("STS22", {DE: 0.6})),
        shelf(result("STS22", {EN: 0.5}, mteb_version="1.38.3")),
        "other scores in the same file come from mteb 1.38.3",
    ),
}  # fmt: skip
NEVER_BROKEN = {"kept-scores"}  # by construction; its check is held by test_submit_merge


@pytest.mark.parametrize("rule", [rule.id for rule in RULES if rule.id not in NEVER_BROKEN])
def test_a_task_that_breaks_only_this_rule_is_left_out_or_warned_about(rule):
    ours, there, detail = BROKEN[rule]
    change = changed(ours, there)
    severity = next(each.severity for each in RULES if each.id == rule)
    found = change.left_out if severity == "error" else change.warnings
    assert [(each.rule.id, each.detail) for each in found] == [(rule, detail)]
    assert bool(change.files) is (severity == "warning")


def test_the_documentation_is_what_the_table_says(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["submit", "--list-rules"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == PAGE.read_text()


def test_no_two_rules_share_an_id():
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_a_new_model_is_sent_whole_with_its_settings_and_its_meta():
    change = changed(candidate(result("STS12", 0.5), result("STS13", 0.6)))
    assert sorted(change.files) == [
        f"{FOLDER}/STS12.json",
        f"{FOLDER}/STS13.json",
        f"{FOLDER}/model_meta.json",
        f"{FOLDER}/run_settings.jsonl",
    ]
    assert change.files[f"{FOLDER}/STS12.json"] == written(result("STS12", 0.5))
    assert [(task.task, task.kind) for task in change.tasks] == [("STS12", "new"), ("STS13", "new")]


def test_one_bad_task_does_not_keep_the_others_back():
    change = changed(candidate(result("STS12"), result("NoSuchTask")))
    assert f"{FOLDER}/STS12.json" in change.files
    assert f"{FOLDER}/NoSuchTask.json" not in change.files
    assert b"NoSuchTask" not in change.files[f"{FOLDER}/run_settings.jsonl"]


def test_nothing_is_sent_where_the_repository_has_every_score():
    there = shelf(result("STS22", {EN: 0.5, DE: 0.6}))
    change = changed(candidate(result("STS22", {EN: 0.5})), there)
    assert (change.files, change.tasks, change.present) == ({}, (), ("STS22",))


def test_scores_that_are_there_already_need_no_settings_and_no_recent_mteb():
    old = result("STS12", mteb_version="1.12.0")
    ours = Candidate(MODEL, REVISION, (TaskFile("STS12", old),), {})
    assert changed(ours, shelf(old)).left_out == ()


def test_another_subset_is_merged_and_only_the_file_and_the_settings_change():
    there = shelf(result("STS22", {EN: 0.5}), settings_content=settings(result("STS22", {EN: 0.5})))
    change = changed(candidate(result("STS22", {EN: 0.5, DE: 0.6})), there)
    assert sorted(change.files) == [f"{FOLDER}/STS22.json", f"{FOLDER}/run_settings.jsonl"]
    merged = json.loads(change.files[f"{FOLDER}/STS22.json"])
    assert [each["hf_subset"] for each in merged["scores"]["test"]] == ["en", "de"]
    assert change.tasks[0].kind == "merged"
    assert change.tasks[0].scores == (0.6,)
    assert change.files[f"{FOLDER}/run_settings.jsonl"].startswith(
        there.contents["run_settings.jsonl"]
    )


def test_what_is_not_a_number_in_entries_of_others_stays_as_they_wrote_it():
    theirs = result("STS22", {EN: 0.5})
    theirs["scores"]["test"][0]["ap"] = float("nan")
    change = changed(candidate(result("STS22", {DE: 0.6})), shelf(theirs))
    assert b'"ap": NaN,' in change.files[f"{FOLDER}/STS22.json"]


@pytest.mark.parametrize(
    "there", [b"[]", b"{", b"[" * 100_000, b'{"scores": ' + b"9" * 10_000 + b"}", b"\xff"]
)
def test_whatever_others_left_there_is_not_overwritten(there):
    change = changed(candidate(result("STS12")), shelf(raw={"STS12.json": there}))
    assert [each.rule.id for each in change.left_out] == ["mergeable-file"]
    assert change.files == {}


def test_a_main_score_of_others_that_is_not_a_number_is_nothing_to_merge_with():
    change = changed(
        candidate(result("STS22", {DE: 0.6})), shelf(result("STS22", {EN: float("nan")}))
    )
    assert [each.rule.id for each in change.left_out] == ["mergeable-file"]


def test_a_file_on_one_line_stays_on_one_line():
    there = json.dumps(result("STS22", {EN: 0.5}), separators=(",", ":")).encode()
    change = changed(candidate(result("STS22", {DE: 0.6})), shelf(raw={"STS22.json": there}))
    assert b"\n" not in change.files[f"{FOLDER}/STS22.json"]


def test_a_file_that_is_too_large_only_for_its_indentation_is_written_on_one_line(monkeypatch):
    monkeypatch.setattr("bot.results_repository.task_case.LARGEST_FILE", 2000)
    data = with_entry(each=[0.5] * 300)
    content = changed(candidate(data)).files[f"{FOLDER}/STS12.json"]
    assert b"\n" not in content
    assert json.loads(content) == data


def test_a_file_that_could_not_be_read_there_is_never_overwritten():
    there = shelf(result("STS12"))
    unread = Shelf(there.commit, there.tree, there.revisions, {})
    change = changed(candidate(result("STS12", 0.6)), unread)
    assert [each.rule.id for each in change.left_out] == ["mergeable-file"]
    assert change.files == {}


def test_settings_that_could_not_be_read_there_are_never_overwritten():
    there = shelf(result("STS13"), settings_content=settings(result("STS13")))
    contents = {n: c for n, c in there.contents.items() if n != "run_settings.jsonl"}
    change = changed(
        candidate(result("STS12")), Shelf(there.commit, there.tree, there.revisions, contents)
    )
    assert sorted(change.files) == [f"{FOLDER}/STS12.json"]


def test_two_entries_for_one_subset_are_no_result():
    data = result("STS12")
    data["scores"]["test"] *= 2
    assert [each.detail for each in changed(one_file(data)).left_out] == [
        "it holds test/default twice"
    ]


def test_a_result_without_any_score_is_none():
    empty = result("STS12") | {"scores": {"test": []}}
    assert [each.detail for each in changed(one_file(empty)).left_out] == ["it holds no score"]


def test_a_conflict_in_one_subset_keeps_the_whole_file_out():
    there = shelf(result("STS22", {EN: 0.5}))
    change = changed(candidate(result("STS22", {EN: 0.4, DE: 0.6})), there)
    assert change.files == {}
    assert [each.rule.id for each in change.left_out] == ["same-scores"]


def test_the_digest_names_the_files_whatever_they_are_committed_on():
    one = changed(candidate(result("STS12")))
    assert one.digest == changed(candidate(result("STS12")), Shelf("9" * 40, "8" * 40)).digest
    assert one.digest != changed(candidate(result("STS12", 0.6))).digest
