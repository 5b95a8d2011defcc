"""`mteb-bot submit` against a results repository on the local GitHub: what is proposed, and what never is."""

import json
import re

import pytest
from submit_lab import BRANCH, DE, EN, FORK, NAME, TWO, local_lab, twice
from submit_made import FOLDER, OTHER_REVISION, files, result, settings

from schemas.validate import violations


@pytest.fixture
def lab(tmp_path, monkeypatch, capsys):
    with local_lab(tmp_path, monkeypatch, capsys) as made:
        yield made


def test_a_new_model_is_proposed_in_one_pull_request_from_a_new_fork(lab):
    ran = twice(lab, *TWO)
    assert ran.code == 0
    assert ran.out == (
        "lab/results: opened pull request #1\n"
        "  2 new tasks, 0 merged, 0 already there, 0 left out\n"
    )
    assert lab.changed() == files(*TWO)
    assert lab.main().items() <= lab.branch().items()
    [pull] = lab.github.state(NAME)["pulls"]
    assert (pull["title"], pull["author"]) == ("Add results of org/name", "bot")
    assert (pull["head"], pull["base"]) == (f"bot:{BRANCH}", "main")
    assert len(ran.requests) <= 18


def test_a_second_look_at_a_new_model_takes_four_requests(lab):
    lab.submit(*TWO)
    again = lab.submit(*TWO)
    assert (again.outcome["state"], len(again.requests)) == ("unchanged", 4)


def test_a_new_revision_leaves_the_older_one_alone_and_asks_which_stays(lab):
    older = files(result("STS12", 0.4), revision=OTHER_REVISION)
    lab.github.push(NAME, "main", older)
    ran = twice(lab, *TWO)
    assert ran.outcome["state"] == "opened"
    assert lab.changed() == files(*TWO)
    assert older.items() <= lab.branch().items()
    [warning] = ran.outcome["warnings"]
    assert (warning["task"], warning["rule"]) == ("STS12", "one-revision")
    body = lab.github.pull(NAME, 1).body
    assert (
        f"- `one-revision`: `the repository has this task also at revision {OTHER_REVISION}`"
        in body
    )


def test_a_new_task_goes_beside_those_that_are_there(lab):
    lab.github.push(NAME, "main", files(result("STS12", 0.5)))
    ran = twice(lab, *TWO)
    assert sorted(lab.changed()) == [f"{FOLDER}/STS13.json", f"{FOLDER}/run_settings.jsonl"]
    assert ran.outcome["present"] == ["STS12"]
    assert lab.branch()[f"{FOLDER}/run_settings.jsonl"] == settings(*TWO)


def test_a_new_subset_is_merged_into_the_file_of_others(lab):
    theirs = result("STS22", {EN: 0.5})
    lab.github.push(NAME, "main", files(theirs))
    ran = twice(lab, result("STS22", {DE: 0.6}))
    assert ran.outcome["submitted"] == [{"task": "STS22", "file": "merged"}]
    merged = json.loads(lab.branch()[f"{FOLDER}/STS22.json"])
    assert [each["hf_subset"] for each in merged["scores"]["test"]] == ["en", "de"]
    assert sorted(lab.changed()) == [f"{FOLDER}/STS22.json", f"{FOLDER}/run_settings.jsonl"]
    assert "| `STS22` | 60.00 |" in lab.github.pull(NAME, 1).body


def test_a_conflict_is_reported_and_left_out(lab):
    lab.github.push(NAME, "main", files(result("STS12", 0.4)))
    ran = twice(lab, *TWO)
    assert ran.code == 0
    assert sorted(lab.changed()) == [f"{FOLDER}/STS13.json", f"{FOLDER}/run_settings.jsonl"]
    assert "left out: STS12: same-scores: test/default: 0.4 there, 0.5 here" in ran.out
    assert "`test/default: 0.4 there, 0.5 here`" in lab.github.pull(NAME, 1).body


def test_conflicts_alone_open_nothing(lab):
    lab.github.push(NAME, "main", files(result("STS12", 0.4)))
    ran = twice(lab, result("STS12", 0.5))
    assert (ran.code, ran.outcome["state"], ran.writes) == (1, "refused", [])


def test_nothing_new_means_no_fork_no_branch_no_pull_request(lab):
    lab.github.push(NAME, "main", files(*TWO))
    ran = twice(lab, *TWO)
    assert ran.writes == []
    assert ran.out.startswith("lab/results: nothing to submit: the repository has every score\n")
    assert lab.github.state(NAME)["forks"] == []


def test_only_the_models_own_folder_is_read(lab):
    lab.github.push(NAME, "main", files(*TWO, model="other/large") | files(result("STS14")))
    ran = lab.submit(*TWO)
    listed = [each for each in ran.requests if "/contents/" in each or "/git/trees/" in each]
    assert [re.sub(r"[0-9a-f]{40}", "SHA", each) for each in listed] == [
        "GET /repos/lab/results/contents/results/org__name?ref=SHA",
        "GET /repos/lab/results/git/trees/SHA",
        "GET /repos/lab/results/contents/.github?ref=SHA",
        "GET /repos/lab/results/contents/results/org__name?ref=SHA",
    ]
    blobs = [each for each in ran.requests if "/git/blobs/" in each]
    assert len(blobs) == 2  # run_settings.jsonl and the template; STS14 is none of ours


def test_the_template_is_filled_and_swearing_is_left_to_a_person(lab):
    lab.submit(*TWO)
    body = lab.github.pull(NAME, 1).body
    assert body.count("- [ ]") == 6
    assert "- [x]" not in body
    assert (
        "*Only the submitter can swear this. Declared training data: `org/training-set`.*" in body
    )
    assert "`mteb-runner model-meta` writes the `ModelMeta` to contribute" in body


def test_a_token_that_may_not_fork_says_what_it_must_be(lab, monkeypatch):
    weak = lab.github.add_token("bot", {"contents": "read", "pull_requests": "read"}, NAME)
    monkeypatch.setenv("GITHUB_TOKEN", weak)
    ran = lab.submit(*TWO)
    assert ran.code == 3
    assert "cannot fork lab/results to bot" in ran.err
    assert "GITHUB_TOKEN must be a personal access token" in ran.err
    assert weak not in ran.out + ran.err
    assert lab.github.state(NAME)["pulls"] == []


def test_a_fork_is_not_made_in_somebody_elses_account(lab):
    lab.github.add_user("ann")
    ran = lab.submit(*TWO, more=["--fork", "ann/results"])
    assert ran.code == 3
    assert (
        "cannot fork lab/results to ann: GitHub refused (HTTP 422): 'ann' is the login" in ran.err
    )
    assert "ann/results" not in lab.github.world.repositories


def test_a_fork_may_lie_in_an_organization(lab):
    lab.github.add_user("lab2", kind="Organization")
    ran = lab.submit(*TWO, more=["--fork", "lab2/results"])
    assert "lab2/results" in lab.github.world.repositories
    assert "cannot write to lab2/results" in ran.err  # nobody made the bot a member


def test_a_file_of_11_mb_is_left_out(lab):
    large = result("STS12")
    large["scores"]["test"][0]["texts"] = "x" * 11 * 2**20
    ran = twice(lab, large, TWO[1])
    assert [(each["task"], each["rule"]) for each in ran.outcome["left_out"]] == [
        ("STS12", "file-size")
    ]
    assert f"{FOLDER}/STS12.json" not in lab.branch()


def test_a_dry_run_says_what_would_be_sent_and_sends_nothing(lab):
    ran = lab.submit(*TWO, more=["--dry-run"])
    assert (ran.code, ran.writes, ran.outcome["state"]) == (0, [], "planned")
    assert "would fork lab/results to bot/results" in ran.out
    assert f"{FOLDER}/STS12.json (" in ran.out


def test_a_branch_in_the_results_repository_itself_needs_no_fork(lab):
    lab.github.set_permission(NAME, "bot", "write")
    ran = twice(lab, *TWO, more=["--fork", NAME])
    assert ran.outcome["state"] == "opened"
    assert lab.github.state(NAME)["pulls"][0]["head"] == f"lab:{BRANCH}"


def test_a_repository_that_is_no_fork_is_not_written_to(lab):
    lab.github.create_repository(FORK, {"README.md": b"my results"})
    ran = lab.submit(*TWO)
    assert (ran.code, ran.writes) == (3, [])
    assert "bot/results is no fork of lab/results" in ran.err


def test_an_unknown_repository_is_named(lab):
    ran = lab.submit(*TWO, more=["--repository", "lab/missing"])
    assert ran.code == 3
    assert "cannot read lab/missing, branch main: GitHub refused (HTTP 404)" in ran.err


def test_the_outcome_keeps_its_schema(lab):
    lab.github.push(NAME, "main", files(result("STS12", 0.4)))
    for results in ([*TWO, result("NoSuchTask")], [result("STS12", 0.5)]):
        assert violations(lab.submit(*results).outcome, "results-submission") == []
