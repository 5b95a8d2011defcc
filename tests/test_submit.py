"""`mteb-bot submit` against a results repository on the local GitHub: one pull request, whatever happens."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from submit_made import (
    FOLDER,
    OTHER_REVISION,
    REVISION,
    TEMPLATE,
    files,
    result,
    settings,
    write_config,
    write_files,
    written,
)

from bot.cli import main
from schemas.validate import violations
from tests.standins.faults import Fault, Kind
from tests.standins.github.app import LocalGithub, serve_github
from tests.standins.server import Server

NAME, FORK, BRANCH = "lab/results", "bot/results", "mteb-bot/org__name"
DE, EN = ("test", "de"), ("test", "en")
TWO = [result("STS12", 0.5), result("STS13", 0.6)]


@dataclass
class Ran:
    """What one run of the command left."""

    code: int
    out: str
    err: str
    outcome: dict[str, Any] | None
    requests: list[str]
    writes: list[str]


@dataclass
class Lab:
    """A results repository, the bot's results on this machine, and the command."""

    server: Server
    github: LocalGithub
    folder: Path
    capsys: pytest.CaptureFixture[str]
    token: str = ""

    def submit(
        self, *results, fault: Fault | None = None, more=(), revision=REVISION, held=None
    ) -> Ran:
        """Run the command on results of our model."""
        held = held if held is not None else files(*results, revision=revision)
        mine = write_files(self.folder / f"mine-{len(list(self.folder.iterdir()))}", held)
        config = write_config(self.folder / "config.yaml", revision=revision)
        self.server.clear()
        if fault:
            self.server.inject(fault)
        outcome = self.folder / "outcome.json"
        outcome.unlink(missing_ok=True)
        code = main(
            ["submit", str(config), "--results", str(mine), "--repository", NAME,
             "--fork", FORK, "--outcome", str(outcome), *more]
        )  # fmt: skip
        said = self.capsys.readouterr()
        log = list(self.server.log)
        return Ran(
            code,
            said.out,
            said.err,
            json.loads(outcome.read_text()) if outcome.exists() else None,
            [f"{each.method} {each.path}" for each in log],
            [f"{each.method} {each.path}" for each in log if each.writes],
        )

    def branch(self) -> dict[str, bytes]:
        """The files on the bot's branch."""
        return self.github.world.repository(FORK).git.files(f"refs/heads/{BRANCH}")

    def main(self) -> dict[str, bytes]:
        """The files on the results repository's main."""
        return self.github.world.repository(NAME).git.files()

    def changed(self) -> dict[str, bytes]:
        """What the bot's branch has that main has not, or has otherwise."""
        there = self.main()
        return {path: data for path, data in self.branch().items() if there.get(path) != data}


@pytest.fixture
def lab(tmp_path, monkeypatch, capsys):
    """A results repository with one model of others, and the bot's token."""
    with serve_github(tmp_path / "github") as (server, github):
        others = files(result("STS12"), model="other/model")
        template = {".github/pull_request_template.md": TEMPLATE.encode()}
        github.create_repository(NAME, {"README.md": b"results", **others, **template})
        made = Lab(server, github, tmp_path / "lab", capsys, github.add_token("bot"))
        made.folder.mkdir()
        monkeypatch.setenv("GITHUB_TOKEN", made.token)
        monkeypatch.setenv("GITHUB_API_URL", server.url)
        monkeypatch.setenv("MTEB_BOT_FIRST_WAIT", "0.001")
        monkeypatch.setenv("MTEB_BOT_TIMEOUT", "2")
        yield made


def twice(lab: Lab, *results, **options) -> Ran:
    """The first of two runs; the second must write nothing and end in the same state."""
    first = lab.submit(*results, **options)
    state = lab.github.state(NAME)
    second = lab.submit(*results, **options)
    assert second.writes == []
    assert lab.github.state(NAME) == state
    return first


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
    merge(lab)
    assert lab.submit(TWO[0]).outcome["state"] == "nothing-new"
    ran = twice(lab, *TWO)
    assert (ran.outcome["state"], ran.outcome["pull"]) == ("opened", 2)
    assert sorted(lab.changed()) == [f"{FOLDER}/STS13.json", f"{FOLDER}/run_settings.jsonl"]


def test_what_a_maintainer_took_back_is_not_proposed_again(lab):
    lab.submit(*TWO)
    merge(lab)
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


def test_a_token_that_may_not_fork_says_what_it_must_be(lab, monkeypatch):
    weak = lab.github.add_token("bot", {"contents": "read", "pull_requests": "read"}, NAME)
    monkeypatch.setenv("GITHUB_TOKEN", weak)
    ran = lab.submit(*TWO)
    assert ran.code == 3
    assert "cannot fork lab/results to bot" in ran.err
    assert "GITHUB_TOKEN must be a personal access token" in ran.err
    assert weak not in ran.out + ran.err
    assert lab.github.state(NAME)["pulls"] == []


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


def test_lost_answers_never_lead_to_a_second_pull_request(lab):
    undisturbed = lab.submit(*TWO)
    posts = [n for n, each in enumerate(undisturbed.requests, 1) if each.startswith("POST")]
    wanted = lab.github.state(NAME)
    for number in posts:
        start_over(lab)
        ran = lab.submit(*TWO, fault=Fault(Kind.RESET_APPLIED, number))
        assert (ran.code, ran.outcome["state"]) == (0, "opened"), number
        assert lab.github.state(NAME) == {**wanted, "pulls": [again(wanted, lab)]}, number


def test_killed_after_any_request_the_next_run_ends_the_same(lab):
    undisturbed = lab.submit(*TWO)
    wanted = lab.github.state(NAME)
    for number in range(1, len(undisturbed.requests) + 1):
        start_over(lab)
        stalled = Fault(Kind.STALL_APPLIED, number, times=100, seconds=0.01)
        assert lab.submit(*TWO, fault=stalled).code == 4, number
        assert lab.submit(*TWO).code == 0, number
        assert lab.github.state(NAME) == {**wanted, "pulls": [again(wanted, lab)]}, number


def again(wanted: dict[str, Any], lab: Lab) -> dict[str, Any]:
    """The wanted pull request under the number it has now."""
    return {**wanted["pulls"][0], "number": max(lab.github.world.repository(NAME).pulls)}


def start_over(lab: Lab) -> None:
    """No fork and no pull request, as before the first run."""
    from tests.standins.github.forking import delete

    lab.github.world.repository(NAME).pulls.clear()
    delete(lab.github.world, lab.github.world.repository(FORK))


def merge(lab: Lab) -> None:
    """Merge pull request 1, as a maintainer does."""
    from github import Auth, Github

    owner = Github(auth=Auth.Token(lab.github.add_token("lab")), base_url=lab.server.url)
    owner.get_repo(NAME).get_pull(1).merge()
