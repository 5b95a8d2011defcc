"""The local Hub's discussions and pull requests, as huggingface_hub lists, changes and merges them."""

import pytest
from huggingface_hub import CommitOperationAdd
from huggingface_hub.errors import HfHubHTTPError

from tests.hub_world import README, World, add, propose, refusal, world

__all__ = ["world"]


def titles(world: World, **wanted: str) -> list[str]:
    return [each.title for each in world.anyone.get_repo_discussions("org/model", **wanted)]


def test_discussions_are_listed_by_author_type_and_status(world: World) -> None:
    propose(world.bot, title="A pull")
    propose(world.stranger, title="A stranger's")
    world.bot.create_discussion("org/model", "A question")
    world.bot.create_pull_request("org/model", "A draft")
    world.hub.close_pull("org/model", 1, "ann")
    world.hub.merge_pull("org/model", 2, "ann")
    assert titles(world) == ["A draft", "A question", "A stranger's", "A pull"]
    assert titles(world, author="mteb-bot", discussion_type="pull_request") == ["A draft", "A pull"]
    assert titles(world, discussion_status="open") == ["A draft", "A question"]
    assert titles(world, discussion_status="closed") == ["A stranger's", "A pull"]
    assert titles(world, discussion_type="discussion") == ["A question"]


def test_a_long_list_comes_in_pages_of_ten(world: World) -> None:
    for number in range(12):
        world.bot.create_discussion("org/model", f"Question {number}")
    world.server.clear()
    assert len(titles(world)) == 12
    assert [exchange.path.partition("?")[2] for exchange in world.server.log] == ["p=0", "p=1"]


def test_a_pull_request_without_commits_is_a_draft_until_published(world: World) -> None:
    draft = world.bot.create_pull_request("org/model", "A draft", description="Soon.")
    assert draft.status == "draft"
    head = world.anyone.model_info("org/model").sha
    assert world.anyone.model_info("org/model", revision=draft.git_reference).sha == head
    assert refusal(lambda: world.owner.merge_pull_request("org/model", 1))[0] == 400
    world.bot.create_commit(
        "org/model", [add("a.json")], commit_message="Now", revision=draft.git_reference
    )
    assert world.bot.change_discussion_status("org/model", 1, "open").new_status == "open"
    world.owner.merge_pull_request("org/model", 1)
    assert world.anyone.file_exists("org/model", "a.json")


def test_what_was_said_can_be_edited_and_the_title_changed(world: World) -> None:
    propose(world.bot)
    comment = world.stranger.comment_discussion("org/model", 1, "Is <this> it?")
    assert comment.rendered == "<p>Is &lt;this&gt; it?</p>"
    edit = ("org/model", 1, comment.id, "This is it.")
    assert refusal(lambda: world.bot.edit_discussion_comment(*edit))[0] == 403
    edited = world.stranger.edit_discussion_comment(*edit)
    assert (edited.content, edited.edited, edited.number_of_edits) == ("This is it.", True, 1)
    rename = ("org/model", 1, "Other results")
    assert refusal(lambda: world.stranger.rename_discussion(*rename))[0] == 403
    changed = world.bot.rename_discussion(*rename)
    assert (changed.old_title, changed.new_title) == ("Add results", "Other results")
    pull = world.hub.state("org/model")["pulls"][0]
    assert pull["title"] == "Other results"
    assert pull["comments"] == [{"author": "eve", "content": "This is it.", "hidden": False}]


def test_authors_and_writers_close_and_reopen_nobody_else_does(world: World) -> None:
    propose(world.bot)
    close = ("org/model", 1, "closed")
    assert refusal(lambda: world.stranger.change_discussion_status(*close))[0] == 403
    world.owner.change_discussion_status(*close, comment="Not now.")
    pull = world.anyone.get_discussion_details("org/model", 1)
    assert (pull.status, pull.events[-1].author) == ("closed", "ann")
    assert pull.events[-2].content == "Not now."
    assert refusal(lambda: world.owner.change_discussion_status(*close))[0] == 400
    world.bot.change_discussion_status("org/model", 1, "open")
    assert world.hub.state("org/model")["pulls"][0]["status"] == "open"


def test_a_merge_is_one_commit_on_main(world: World) -> None:
    first = propose(world.bot)
    world.bot.create_commit(
        "org/model", [add("b.json")], commit_message="More", revision="refs/pr/1",
        parent_commit=first,
    )  # fmt: skip
    assert refusal(lambda: world.bot.merge_pull_request("org/model", 1))[0] == 403
    world.owner.merge_pull_request("org/model", 1)
    pull = world.anyone.get_discussion_details("org/model", 1)
    main = world.anyone.list_repo_commits("org/model")
    assert pull.status == "merged"
    assert [commit.title for commit in main] == ["Add results (#1)", "initial commit"]
    assert main[0].commit_id == pull.merge_commit_oid
    assert world.anyone.file_exists("org/model", "b.json")
    assert refusal(lambda: world.owner.merge_pull_request("org/model", 1))[0] == 400


def test_conflicts_are_named_and_stop_the_merge(world: World) -> None:
    theirs = CommitOperationAdd("README.md", README + b"Theirs.\n")
    changes = [theirs, add("config.json", '{"model_type": "bert", "extra": 1}')]
    world.bot.create_commit("org/model", changes, commit_message="Edit", create_pr=True)
    assert world.hub.state("org/model")["pulls"][0]["contains_main"]
    world.hub.commit("org/model", {"README.md": README + b"Ours.\n"}, "ann")
    assert not world.hub.state("org/model")["pulls"][0]["contains_main"]
    assert world.anyone.get_discussion_details("org/model", 1).conflicting_files == ["README.md"]
    with pytest.raises(HfHubHTTPError, match=r"conflicts: README\.md"):
        world.owner.merge_pull_request("org/model", 1)


def test_titles_and_comments_are_bounded(world: World) -> None:
    assert refusal(lambda: world.bot.create_discussion("org/model", "No"))[0] == 400
    assert refusal(lambda: world.bot.create_discussion("org/model", "x" * 201))[0] == 400
    propose(world.bot)
    assert refusal(lambda: world.bot.comment_discussion("org/model", 1, "x" * 65537))[0] == 400
    assert refusal(lambda: world.anyone.comment_discussion("org/model", 1, "Hello"))[0] == 401
    assert refusal(lambda: world.bot.get_discussion_details("org/model", 9))[0] == 404
