"""The local Hub, driven by the real huggingface_hub: accounts, repositories, commits, pull requests."""

from pathlib import Path

import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import BadRequestError, EntryNotFoundError

from tests.hub_world import README, World, add, propose, refusal, world
from tests.standins.server import Server

__all__ = ["world"]


def test_a_token_says_who_it_is_and_where_it_writes(world: World) -> None:
    said = world.owner.whoami()
    assert said["name"] == "ann"
    assert [org["name"] for org in said["orgs"]] == ["org"]
    wrong = world.api("hf_wrong")
    assert refusal(wrong.whoami)[0] == 401
    assert refusal(lambda: wrong.model_info("org/model")) == (
        401,
        "Invalid credentials in Authorization header",
    )


def test_a_created_repository_is_there_and_cannot_be_created_twice(world: World) -> None:
    assert world.owner.create_repo("org/new").repo_id == "org/new"
    assert world.owner.create_repo("org/new", exist_ok=True).repo_id == "org/new"
    assert refusal(lambda: world.owner.create_repo("org/new"))[0] == 409
    assert refusal(lambda: world.bot.create_repo("org/other"))[0] == 403
    assert world.anyone.list_repo_files("org/new") == [".gitattributes"]
    world.owner.delete_repo("org/new")
    assert not world.anyone.repo_exists("org/new")


def test_a_writer_commits_to_main(world: World) -> None:
    done = world.owner.create_commit(
        "org/model",
        [add("results/a.json"), CommitOperationDelete("config.json")],
        commit_message="Results",
    )
    info = world.anyone.model_info("org/model")
    assert info.sha == done.oid
    assert [s.rfilename for s in info.siblings] == [
        ".gitattributes",
        "README.md",
        "results/a.json",
    ]
    commits = world.anyone.list_repo_commits("org/model")
    assert (commits[0].title, commits[0].authors) == ("Results", ["ann"])


def test_anyone_with_a_token_proposes_and_adds_to_their_own_pull_request(world: World) -> None:
    first = propose(world.bot)
    second = world.bot.create_commit(
        "org/model", [add("more.json")], commit_message="More", revision="refs/pr/1",
        parent_commit=first,
    ).oid  # fmt: skip
    pull = world.anyone.get_discussion_details("org/model", 1)
    assert (pull.author, pull.status, pull.title) == ("mteb-bot", "open", "Add results")
    assert (pull.target_branch, pull.conflicting_files) == ("refs/heads/main", [])
    assert [event.type for event in pull.events] == ["comment", "commit", "commit"]
    assert pull.events[0].content == "Measured."
    assert pull.events[2].oid == second
    assert "+++ b/more.json" in pull.diff
    assert world.anyone.model_info("org/model", revision="refs/pr/1").sha == second
    assert not world.anyone.file_exists("org/model", "more.json")
    assert world.anyone.file_exists("org/model", "more.json", revision="refs/pr/1")


def test_a_commit_on_a_parent_that_is_not_the_head_is_refused(world: World) -> None:
    first = propose(world.bot)
    world.hub.edit_pull_file("org/model", 1, "README.md", README + b"Edited.\n", "ann")
    assert refusal(
        lambda: world.bot.create_commit(
            "org/model", [add("x.json")], commit_message="Late", revision="refs/pr/1",
            parent_commit=first,
        )
    ) == (412, "A commit has happened since. Please refresh and try again.")  # fmt: skip


def test_only_writers_commit_to_main_and_only_authors_and_writers_to_a_pull_request(
    world: World,
) -> None:
    propose(world.bot)
    status, said = refusal(
        lambda: world.bot.create_commit("org/model", [add("x.json")], commit_message="No")
    )
    assert status == 403
    assert "pass `create_pr=1` as a query parameter" in said
    intruder = {"operations": [add("x.json")], "commit_message": "No", "revision": "refs/pr/1"}
    assert refusal(lambda: world.stranger.create_commit("org/model", **intruder))[0] == 403
    assert refusal(lambda: world.anyone.create_commit("org/model", **intruder))[0] == 401
    assert world.owner.create_commit("org/model", **intruder).oid
    silent = world.api(world.hub.add_token("mute", write=[], discuss=False))
    assert refusal(lambda: propose(silent))[0] == 403


def test_a_file_that_did_not_change_is_not_committed_again(world: World) -> None:
    head = world.anyone.model_info("org/model").sha
    again = world.owner.create_commit(
        "org/model", [CommitOperationAdd("README.md", README)], commit_message="Again"
    )
    assert again.oid == head
    assert not [e for e in world.server.log if "/commit/" in e.path]


def test_a_commit_that_cannot_be_made_opens_no_pull_request(world: World) -> None:
    with pytest.raises(BadRequestError):
        world.bot.create_commit(
            "org/model", [add("README.md/x")], commit_message="A folder?", create_pr=True
        )
    with pytest.raises(EntryNotFoundError, match="A file with this name doesn't exist"):
        world.bot.create_commit(
            "org/model", [CommitOperationDelete("nothing")], commit_message="No", create_pr=True
        )
    assert world.hub.state("org/model")["pulls"] == []


def test_a_copy_is_the_same_hub_and_goes_its_own_way(world: World, tmp_path: Path) -> None:
    propose(world.bot)
    copy = world.hub.copy(tmp_path / "copy")
    assert copy.state("org/model") == world.hub.state("org/model")
    before = world.hub.state("org/model")
    with Server(copy) as server:
        HfApi(endpoint=server.url, token=world.owner.token).merge_pull_request("org/model", 1)
    assert copy.state("org/model")["pulls"][0]["status"] == "merged"
    assert world.hub.state("org/model") == before
