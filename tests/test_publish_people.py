"""What people do to the pull request: they merge, close, rename and edit it, and the bot keeps to that."""

import pytest
from publish_world import BOT, FILES, MODEL, OWNER, README, new_world

from bot.publication.facts import MARKER

EDITED = b"\nA remark of the owner, in the pull request.\n"


@pytest.fixture
def world(tmp_path, monkeypatch, capsys):
    with new_world(tmp_path, monkeypatch, capsys) as world:
        yield world


def edit_pull(world, path: str, content: bytes | None) -> None:
    """The owner edits a file of pull request 1 in the browser."""
    world.hub.edit_pull_file(MODEL, 1, path, content, OWNER)


def test_a_pull_request_that_the_owner_closed_stays_closed(world):
    world.publish()
    world.hub.close_pull(MODEL, 1, OWNER)
    world.measure(0.9, 0.7)
    before = world.state
    said = world.publish()
    assert said.out == (
        f"closed: A person closed [pull request 1]({world.server.url}/org/name/discussions/1) of `org/name` "
        "without merging it: it stays closed, and the bot opens no other.\n"
    )
    assert (said.writes, world.state) == ([], before)


def test_it_stays_closed_too_if_the_owner_publishes_with_an_account_of_their_own(world):
    world.publish()
    world.hub.close_pull(MODEL, 1, BOT)
    assert world.publish().out.startswith("closed: ")


def test_one_that_is_reopened_is_brought_up_to_date(world):
    world.publish()
    world.hub.close_pull(MODEL, 1, OWNER)
    world.hub.reopen_pull(MODEL, 1, OWNER)
    world.measure(0.9, 0.7)
    assert world.publish().out.startswith("updated: ")
    assert len(world.pulls) == 1


def test_after_the_merge_there_is_nothing_to_do_until_results_change(world):
    world.publish()
    world.owner_merges(1)
    said = world.publish()
    assert said.out == "merged: The main branch of `org/name` holds these results.\n"
    assert said.writes == []
    world.measure(0.9, 0.7)
    assert world.publish().out.startswith("opened: The results are in [pull request 2](")
    assert [pull["status"] for pull in world.pulls] == ["merged", "open"]
    assert b"value: 90.0" in world.read("README.md", 2)
    assert world.publish().writes == []


def test_results_that_the_owner_put_on_main_by_hand_count_as_merged(world):
    world.publish()
    files = world.model.git.files("refs/pr/1")
    world.owner_commits({path: files[path] for path in files if path not in FILES})
    world.owner_commits({"README.md": files["README.md"]})
    world.hub.close_pull(MODEL, 1, OWNER)
    assert world.publish().out == "merged: The main branch of `org/name` holds these results.\n"


def test_text_that_the_owner_edits_in_the_pull_request_stays(world):
    world.publish()
    edit_pull(world, "README.md", world.read("README.md", 1) + EDITED)
    assert world.publish().writes == []
    world.measure(0.9, 0.7)
    world.publish()
    text = world.read("README.md", 1)
    assert text.endswith(EDITED)
    assert b"value: 90.0" in text
    world.measure(0.95, 0.7)
    world.publish()
    assert world.read("README.md", 1).endswith(EDITED)
    assert world.publish().writes == []


def test_it_stays_when_main_moves_too(world):
    world.publish()
    edit_pull(world, "README.md", world.read("README.md", 1) + EDITED)
    edit_pull(world, "NOTES.md", b"Notes.\n")
    world.owner_commits({"README.md": README.replace(b"# A model", b"# A good model")})
    world.measure(0.9, 0.7)
    assert world.publish().out.startswith("updated: ")
    text = world.read("README.md", 1)
    assert text.endswith(EDITED)
    assert b"# A good model" in text
    assert b"value: 90.0" in text
    assert world.read("NOTES.md", 1) == b"Notes.\n"
    assert world.pulls[0]["contains_main"]
    assert world.publish().writes == []


def test_other_files_of_the_owner_in_the_pull_request_stay_too(world):
    world.publish()
    edit_pull(world, "NOTES.md", b"Notes.\n")
    edit_pull(world, "mteb_results/Mine.json", b"{}\n")
    edit_pull(world, "config.json", None)
    world.owner_commits({"README.md": README + b"More.\n"})
    world.publish()
    assert world.read("NOTES.md", 1) == b"Notes.\n"
    assert world.read("mteb_results/Mine.json", 1) == b"{}\n"
    assert "config.json" not in world.paths(1)
    assert b"More." in world.read("README.md", 1)
    assert world.publish().writes == []


def test_a_measured_result_that_somebody_edits_is_set_back_and_told(world):
    world.publish()
    measured = world.read("mteb_results/STS12.json", 1)
    edit_pull(world, "mteb_results/STS12.json", measured.replace(b"0.7", b"0.99"))
    said = world.publish()
    assert said.out.endswith(
        "note: Edited by others in the pull request and set back to what was measured: "
        "`mteb_results/STS12.json`.\n"
    )
    assert world.read("mteb_results/STS12.json", 1) == measured


def test_a_conflict_between_people_is_told_and_left(world):
    world.publish()
    edit_pull(world, "config.json", b'{"pull": 1}')
    world.owner_commits({"config.json": b'{"main": 1}'})
    world.measure(0.9, 0.7)
    before = world.state
    said = world.publish()
    assert said.out.startswith("conflict: The results could not be brought into [pull request 1](")
    assert (
        "commits of other people that conflict with the model's main branch in `config.json`"
        in said.out
    )
    assert (said.writes, world.state) == ([], before)
    edit_pull(world, "config.json", b'{"main": 1}')
    assert world.publish().out.startswith("updated: ")


def test_main_merged_by_hand_is_no_reason_to_do_anything(world):
    world.publish()
    git = world.model.git
    main = world.owner_commits({"config.json": b'{"main": 1}'})
    head = git.resolve("refs/pr/1")
    git.commit("refs/pr/1", {"config.json": b'{"main": 1}'}, "Merge", parents=(head, main))
    assert world.publish().writes == []


def test_a_new_title_and_a_new_description_are_the_maintainers_own(world):
    world.publish()
    pull = world.model.discussions[1]
    pull.title = "Scores"
    pull.comments[0].data["latest"]["raw"] = "See the chart."
    world.measure(0.9, 0.7)
    assert world.publish().out.startswith("updated: The results are in [pull request 1](")
    (found,) = world.pulls
    assert (found["title"], found["description"]) == ("Scores", "See the chart.")


def test_an_added_sentence_in_our_description_is_replaced_like_the_rest_of_it(world):
    world.publish()
    comment = world.model.discussions[1].comments[0]
    comment.data["latest"]["raw"] += "\nMore."
    world.publish()
    assert world.pulls[0]["description"].endswith(f"{MARKER}\n")


def test_comments_are_nobodys_but_the_peoples(world):
    world.publish()
    world.hub.comment(MODEL, 1, OWNER, f"Nice. {MARKER}")
    world.measure(0.9, 0.7)
    world.publish()
    assert [comment["content"] for comment in world.pulls[0]["comments"]] == [f"Nice. {MARKER}"]


def test_a_draft_is_an_open_one(world):
    world.publish()
    world.model.discussions[1].status = "draft"
    assert world.publish().writes == []
    assert len(world.pulls) == 1
    assert world.pulls[0]["author"] == BOT
