"""One pull request, whatever people, the base branch and the network do meanwhile."""

import pytest
from submit_lab import BRANCH, FORK, NAME, TWO, Meanwhile, local_lab, twice
from submit_made import FOLDER, files, result, written

from tests.standins.faults import Fault, Kind


@pytest.fixture
def lab(tmp_path, monkeypatch, capsys):
    with local_lab(tmp_path, monkeypatch, capsys) as made:
        yield made


def test_ticks_and_words_of_people_survive_an_update(lab):
    lab.submit(TWO[0])
    pull = lab.github.pull(NAME, 1)
    pull.body = pull.body.replace("- [ ]", "- [x]").replace("\n", "\r\n") + "\r\nThank you!"
    ran = twice(lab, *TWO)
    assert ran.outcome["state"] == "updated"
    body = lab.github.pull(NAME, 1).body
    assert "- [ ]" not in body
    assert body.endswith("Thank you!")
    assert "2 tasks" in body


def test_new_results_replace_the_branch_of_the_open_pull_request(lab):
    lab.submit(TWO[0])
    ran = twice(lab, result("STS12", 0.7), TWO[1])
    assert ran.outcome["state"] == "updated"
    assert len(lab.github.state(NAME)["pulls"]) == 1
    assert lab.changed() == files(result("STS12", 0.7), TWO[1])


def test_a_pull_request_that_a_maintainer_closed_stays_closed(lab):
    lab.submit(TWO[0])
    lab.github.close_pull(NAME, 1)
    ran = twice(lab, *TWO)
    assert (ran.outcome["state"], ran.outcome["pull"], ran.writes) == ("closed", 1, [])
    assert "was closed there and stays closed" in ran.out


def test_new_content_after_a_merge_makes_a_new_pull_request(lab):
    lab.submit(TWO[0])
    lab.merge()
    assert lab.submit(TWO[0]).outcome["state"] == "nothing-new"
    ran = twice(lab, *TWO)
    assert (ran.outcome["state"], ran.outcome["pull"]) == ("opened", 2)
    assert sorted(lab.changed()) == [f"{FOLDER}/STS13.json", f"{FOLDER}/run_settings.jsonl"]


def test_what_a_maintainer_took_back_is_not_proposed_again(lab):
    lab.submit(*TWO)
    lab.merge()
    lab.github.push(NAME, "main", dict.fromkeys(files(*TWO)))
    ran = twice(lab, *TWO)
    assert (ran.outcome["state"], ran.writes) == ("taken-back", [])


def test_a_base_that_moved_elsewhere_causes_no_push(lab):
    lab.submit(*TWO)
    lab.github.push(NAME, "main", files(result("STS13"), model="other/new"))
    assert lab.submit(*TWO).writes == []


def test_a_base_that_moved_into_the_way_rebuilds_the_branch_on_it(lab):
    lab.submit(*TWO)
    lab.github.push(NAME, "main", files(result("STS12", 0.4)))
    ran = twice(lab, *TWO)
    assert ran.outcome["state"] == "updated"
    assert lab.branch()[f"{FOLDER}/STS12.json"] == written(result("STS12", 0.4))
    assert sorted(lab.changed()) == [f"{FOLDER}/STS13.json", f"{FOLDER}/run_settings.jsonl"]


def test_commits_of_others_on_the_branch_are_left_alone(lab):
    lab.submit(TWO[0])
    lab.github.push(FORK, BRANCH, {"note.txt": b"mine"})
    ran = twice(lab, *TWO)
    assert (ran.outcome["state"], ran.writes) == ("foreign", [])
    assert lab.branch()["note.txt"] == b"mine"


def test_the_update_branch_button_is_no_commit_of_others(lab):
    lab.submit(*TWO)
    lab.github.push(NAME, "main", {"README.md": b"news"})
    git = lab.github.world.repository(FORK).git
    parents = (git.resolve(f"refs/heads/{BRANCH}"), git.resolve(lab.github.push(NAME, "main", {})))
    git.commit(f"refs/heads/{BRANCH}", {"README.md": b"news"}, "Merge branch 'main'", parents)
    assert lab.submit(*TWO).outcome["state"] == "unchanged"
    assert lab.submit(TWO[0]).outcome["state"] == "updated"


def test_a_merge_of_anything_but_the_base_is_a_commit_of_others(lab):
    lab.submit(TWO[0])
    git, ref = lab.github.world.repository(FORK).git, f"refs/heads/{BRANCH}"
    lab.github.push(FORK, "topic", {"note.txt": b"mine"})
    parents = (git.resolve(ref), git.resolve("refs/heads/topic"))
    git.commit(ref, {"note.txt": b"mine"}, "Merge branch 'topic'", parents)
    ran = twice(lab, *TWO)
    assert (ran.outcome["state"], ran.writes) == ("foreign", [])
    assert lab.branch()["note.txt"] == b"mine"


def test_a_commit_that_somebody_amended_is_theirs(lab):
    lab.submit(TWO[0])
    git, ref = lab.github.world.repository(FORK).git, f"refs/heads/{BRANCH}"
    message = git.git("log", "-1", "--format=%B", ref).decode()
    better = written(result("STS12", 0.4))
    git.commit(ref, {f"{FOLDER}/STS12.json": better}, message, (git.resolve(f"{ref}^"),))
    for results in (TWO[:1], TWO):
        ran = lab.submit(*results)
        assert (ran.outcome["state"], ran.writes) == ("foreign", [])
    assert lab.branch()[f"{FOLDER}/STS12.json"] == better


def test_the_bots_commit_stays_its_own_when_it_is_rebased(lab):
    lab.submit(*TWO)
    git, ref = lab.github.world.repository(FORK).git, f"refs/heads/{BRANCH}"
    message = git.git("log", "-1", "--format=%B", ref).decode()
    ours = lab.changed()
    lab.github.push(NAME, "main", {"README.md": b"news"})
    base = lab.github.world.repository(NAME).git.resolve("refs/heads/main")
    git.git("update-ref", ref, base)
    git.commit(ref, ours, message, (base,))
    assert lab.submit(*TWO).outcome["state"] == "unchanged"
    assert lab.submit(TWO[0]).outcome["state"] == "updated"


def test_workflows_that_the_fork_lacks_need_a_scope_that_is_named(lab, monkeypatch):
    weak = lab.github.add_token("bot", workflow=False)
    monkeypatch.setenv("GITHUB_TOKEN", weak)
    lab.github.push(NAME, "main", {".github/workflows/check.yml": b"on: push"})
    assert lab.submit(TWO[0]).outcome["state"] == "opened"
    lab.merge()
    lab.github.push(NAME, "main", {".github/workflows/check.yml": b"on: pull_request"})
    ran = lab.submit(*TWO)
    assert ran.code == 3
    assert "cannot write to bot/results: GitHub refused (HTTP 404): Not Found" in ran.err
    assert "scopes `public_repo` and `workflow`" in ran.err
    monkeypatch.setenv("GITHUB_TOKEN", lab.github.add_token("bot"))
    assert twice(lab, *TWO).outcome["state"] == "opened"


def test_settings_of_others_that_are_no_text_keep_their_bytes(lab):
    path = f"{FOLDER}/run_settings.jsonl"
    held = files(result("STS14"))
    held[path] = b"\xff\xfe no text\r\n" + held[path]
    lab.github.push(NAME, "main", held)
    assert twice(lab, *TWO).outcome["state"] == "opened"
    assert lab.branch()[path].startswith(held[path])
    assert b"STS13" in lab.branch()[path]


def test_lost_answers_never_lead_to_a_second_pull_request(lab):
    undisturbed = lab.submit(*TWO)
    posts = [n for n, each in enumerate(undisturbed.requests, 1) if each.startswith("POST")]
    wanted = lab.github.state(NAME)
    for number in posts:
        lab.start_over()
        ran = lab.submit(*TWO, fault=Fault(Kind.RESET_APPLIED, number))
        assert (ran.code, ran.outcome["state"]) == (0, "opened"), number
        assert lab.github.state(NAME) == {**wanted, "pulls": [again(wanted, lab)]}, number


def test_killed_after_any_request_the_next_run_ends_the_same(lab):
    undisturbed = lab.submit(*TWO)
    wanted = lab.github.state(NAME)
    for number in range(1, len(undisturbed.requests) + 1):
        lab.start_over()
        stalled = Fault(Kind.STALL_APPLIED, number, times=100, seconds=0.01)
        assert lab.submit(*TWO, fault=stalled).code == 4, number
        assert lab.submit(*TWO).code == 0, number
        assert lab.github.state(NAME) == {**wanted, "pulls": [again(wanted, lab)]}, number


def test_a_fork_that_is_not_ready_yet_is_waited_for(lab):
    lab.github.world.slow_forks = 6
    ran = lab.submit(*TWO)
    assert (ran.code, ran.outcome["state"]) == (0, "opened")
    assert sum("/git/commits/" in each for each in ran.requests) > 3


def test_a_fork_that_never_gets_ready_is_given_up_and_the_next_run_goes_on(lab, monkeypatch):
    monkeypatch.setenv("MTEB_BOT_FIRST_WAIT", "0.00001")
    lab.github.world.slow_forks = 20
    ran = lab.submit(*TWO)
    assert (ran.code, ran.outcome) == (4, None)
    assert (
        "GitHub was asked 15 times and did not answer as it should: the new fork is not ready"
        in ran.err
    )
    assert lab.submit(*TWO).outcome["state"] == "opened"


def test_two_bots_at_once_open_one_pull_request(lab):
    def opened_by_the_other():
        lab.github.open_pull(NAME, f"bot:{BRANCH}", "Add results of org/name", "bot")

    lab.server.app = Meanwhile(lab.github, f"POST /repos/{NAME}/pulls", opened_by_the_other)
    ran = lab.submit(*TWO)
    assert (ran.code, ran.outcome["state"]) == (0, "opened")
    assert len(lab.github.state(NAME)["pulls"]) == 1


def test_two_bots_at_once_make_one_branch(lab):
    lab.github.fork(NAME, "bot")

    def made_by_the_other():
        lab.github.push(FORK, BRANCH, {"other": b"other"})

    lab.server.app = Meanwhile(lab.github, f"POST /repos/{FORK}/git/refs", made_by_the_other)
    ran = lab.submit(*TWO)
    assert ran.outcome["state"] == "foreign"
    assert lab.branch()["other"] == b"other"


def test_a_merge_between_two_looks_proposes_nothing_again(lab):
    lab.submit(*TWO)

    def merged():
        lab.github.push(NAME, "main", files(*TWO))
        pull = lab.github.pull(NAME, 1)
        pull.state, pull.merged_at = "closed", pull.updated_at

    lab.server.app = Meanwhile(lab.github, f"GET /repos/{NAME}/contents", merged)
    ran = lab.submit(*TWO)
    assert (ran.outcome["state"], ran.writes) == ("unchanged", [])
    assert lab.submit(*TWO).outcome["state"] == "nothing-new"


def again(wanted, lab):
    """The wanted pull request under the number it has now."""
    return {**wanted["pulls"][0], "number": max(lab.github.world.repository(NAME).pulls)}
