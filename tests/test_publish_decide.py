"""From what the Hub holds to what is done there: a table of situations, no Hub involved."""

from dataclasses import replace

import pytest

from bot.card.card import Card
from bot.publication.decide import Decision, decide, overall
from bot.publication.edition import Edition
from bot.publication.facts import MARKER, Branch, HubFacts, OwnPull, holds
from bot.publication.files import blob_id
from bot.publication.operations import (
    ClosePull,
    CommitToPull,
    EditDescription,
    MergeMain,
    OpenPull,
    needs_another_look,
)

MAIN, HEAD, TREE = "a" * 40, "b" * 40, "c" * 40
STS, NEWS, CHART = "mteb_results/STS12.json", "mteb_results/News.json", "mteb_results/radar.png"
TEXT = f"Measured.\n\n{MARKER}"


def written(readme: bytes | None) -> Card:
    """A card that names the README it was written into."""
    return Card({"README.md": b"block in " + (readme or b"nothing"), STS: b"1"}, ("A note.",))


EDITION = Edition("org/name", "d" * 40, written, lambda _: TEXT)
FILES = {path: blob_id(content) for path, content in written(b"main's").files.items()}
ON_MAIN = {"README.md": blob_id(b"main's")}
PULL = OwnPull(3, "open", TEXT, "c0")
CURRENT = Branch(3, HEAD, has_main=True, files=FILES)
NOTHING_YET = HubFacts(MAIN, ON_MAIN, b"main's")
UP_TO_DATE = replace(NOTHING_YET, pulls=(PULL,), branch=CURRENT)


def branch(**changes) -> HubFacts:
    """The pull request's branch is in another state."""
    return replace(UP_TO_DATE, branch=replace(CURRENT, **changes))


def closed(**changes) -> HubFacts:
    """There is one pull request, and it is not open."""
    return replace(NOTHING_YET, pulls=(replace(PULL, status="closed", **changes),))


def test_nothing_there_yet_opens_a_pull_request_on_main():
    opening = OpenPull(MAIN, written(b"main's").files, TEXT)
    assert decide(NOTHING_YET, EDITION) == Decision("opened", None, (opening,), ("A note.",))


def test_an_open_pull_request_that_says_it_already_is_left_alone():
    assert decide(UP_TO_DATE, EDITION) == Decision("unchanged", 3, (), ("A note.",))


def test_main_that_holds_the_same_files_needs_no_pull_request():
    facts = replace(NOTHING_YET, main_files=FILES)
    assert decide(facts, EDITION) == Decision("merged", None, (), ("A note.",))
    merged = replace(facts, pulls=(replace(PULL, status="merged"),))
    assert decide(merged, EDITION) == Decision("merged", 3, (), ("A note.",))


def test_results_that_changed_after_the_merge_open_the_next_pull_request():
    facts = replace(NOTHING_YET, pulls=(replace(PULL, status="merged"),))
    assert [type(each) for each in decide(facts, EDITION).operations] == [OpenPull]


def test_a_pull_request_closed_by_a_person_is_a_no():
    assert decide(closed(), EDITION) == Decision("closed", 3)


def test_a_no_after_a_merge_counts_and_a_merge_after_a_no_too():
    yes, no = replace(PULL, number=1, status="merged"), replace(PULL, number=2, status="closed")
    assert decide(replace(NOTHING_YET, pulls=(yes, no)), EDITION) == Decision("closed", 2)
    later = (replace(no, number=1), replace(yes, number=2))
    assert decide(replace(NOTHING_YET, pulls=later), EDITION).state == "opened"


def test_a_duplicate_that_the_bot_closed_itself_is_no_answer():
    merged = replace(PULL, number=1, status="merged")
    duplicate = replace(PULL, number=2, status="closed", by_bot=True)
    assert decide(replace(NOTHING_YET, pulls=(merged, duplicate)), EDITION).state == "opened"
    no = replace(PULL, number=1, status="closed")
    assert decide(replace(NOTHING_YET, pulls=(no, duplicate)), EDITION) == Decision("closed", 1)


def test_the_first_one_is_no_duplicate_even_if_a_person_closed_it_with_the_bots_account():
    duplicate = replace(PULL, number=4, status="closed", by_bot=True)
    facts = closed(by_bot=True)
    assert decide(facts, EDITION) == Decision("closed", 3)
    assert decide(replace(facts, pulls=(*facts.pulls, duplicate)), EDITION).pull == 3


def test_only_files_that_differ_are_committed():
    decision = decide(branch(files={**FILES, STS: "0" * 40}), EDITION)
    commit = CommitToPull(3, HEAD, MAIN, {STS: b"1"})
    assert decision == Decision("updated", 3, (commit,), ("A note.",))


def test_a_large_file_counts_as_the_pointer_that_git_holds():
    pointer = (
        b"version https://git-lfs.github.com/spec/v1\n"
        b"oid sha256:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b\nsize 1\n"
    )
    assert holds({STS: blob_id(pointer)}, STS, b"1")
    assert not holds({STS: blob_id(pointer)}, STS, b"2")
    assert decide(branch(files={**FILES, STS: blob_id(pointer)}), EDITION).operations == ()


def test_blob_ids_are_those_of_git():
    assert blob_id(b"") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    assert blob_id(b"what is up, doc?") == "bd9dbf5aae1a3862dd1526723246b20206e5fc37"


@pytest.mark.parametrize(
    ("main_has", "edited", "deleted", "restored"),
    [
        ({}, (), (NEWS,), ()),  # an earlier run added it
        ({NEWS: "1" * 40}, (), (), (NEWS,)),  # an earlier run replaced the author's
        ({NEWS: "9" * 40}, (), (), ()),  # the author's, as it was
        ({}, (NEWS,), (), ()),  # somebody else added it to the pull request
    ],
)
def test_files_that_are_no_more_published_go_unless_somebody_else_put_them_there(
    main_has, edited, deleted, restored
):
    facts = branch(files={**FILES, NEWS: "9" * 40}, by_others=frozenset(edited))
    facts = replace(facts, main_files={**ON_MAIN, **main_has})
    wanted = (CommitToPull(3, HEAD, MAIN, {}, deleted, restored),) if deleted or restored else ()
    assert decide(facts, EDITION).operations == wanted


def test_main_that_moved_is_merged_in_before_anything_is_committed():
    moved = branch(has_main=False, merged_tree=TREE, files={**FILES, STS: "0" * 40, NEWS: "9" * 40})
    merging = MergeMain(3, HEAD, MAIN, TREE, {STS: "0" * 40}, b"block in main's")
    assert decide(moved, EDITION) == Decision("updated", 3, (merging,), ("A note.",))
    assert needs_another_look(merging)


def test_a_readme_that_others_edited_in_the_pull_request_is_merged_as_git_does():
    moved = branch(has_main=False, merged_tree=TREE, by_others=frozenset({"README.md"}))
    (merging,) = decide(moved, EDITION).operations
    assert merging == MergeMain(3, HEAD, MAIN, TREE, {STS: FILES[STS]}, None)


def test_a_conflict_with_other_people_is_theirs_to_solve():
    moved = branch(has_main=False, merged_tree=TREE, conflicts=("README.md", "a|b`c"))
    decision = decide(moved, EDITION)
    assert (decision.state, decision.pull, decision.operations) == ("conflict", 3, ())
    assert decision.notes[0] == (
        "The pull request on the Hub holds commits of other people that conflict with the model's main branch "
        "in `README.md`, ``a|b`c``; the bot left it as it is. Merge main into it by hand, or close it."
    )


def test_a_result_edited_by_others_is_set_back_and_told():
    facts = branch(files={**FILES, STS: "0" * 40}, by_others=frozenset({STS}))
    decision = decide(facts, EDITION)
    assert decision.operations == (CommitToPull(3, HEAD, MAIN, {STS: b"1"}),)
    assert decision.notes[0] == (
        f"Edited by others in the pull request and set back to what was measured: `{STS}`."
    )


def test_the_description_is_edited_last_and_only_if_it_says_something_else():
    old = replace(UP_TO_DATE, pulls=(replace(PULL, description=f"Old.\n{MARKER}"),))
    assert decide(old, EDITION).operations == (EditDescription(3, "c0", TEXT),)
    both = replace(old, branch=branch(files={**FILES, STS: "0" * 40}).branch)
    assert [type(each) for each in decide(both, EDITION).operations] == [
        CommitToPull,
        EditDescription,
    ]
    windows = replace(PULL, description=TEXT.replace("\n", "\r\n") + "\n")
    assert decide(replace(UP_TO_DATE, pulls=(windows,)), EDITION).operations == ()


def test_a_description_that_a_person_rewrote_is_theirs():
    theirs = replace(UP_TO_DATE, pulls=(replace(PULL, description="My own words."),))
    assert decide(theirs, EDITION).operations == ()


def test_of_two_open_ones_the_first_stays_whatever_there_is_to_do():
    second = replace(PULL, number=4)
    assert decide(replace(UP_TO_DATE, pulls=(PULL, second)), EDITION) == Decision(
        "unchanged", 3, (ClosePull(4),), ("A note.",)
    )
    moved = replace(branch(has_main=False, merged_tree=TREE), pulls=(PULL, second))
    assert decide(moved, EDITION).operations[-1] == ClosePull(4)
    conflict = replace(moved, branch=replace(moved.branch, conflicts=("x",)))
    assert decide(conflict, EDITION).operations == (ClosePull(4),)


@pytest.mark.parametrize(
    ("states", "told"),
    [
        (["opened", "unchanged"], "opened"),
        (["opened", "updated", "unchanged"], "opened"),
        (["updated", "unchanged"], "updated"),
        (["updated"], "updated"),
        (["unchanged"], "unchanged"),
        (["updated", "closed"], "closed"),
        (["opened", "merged"], "merged"),
        (["updated", "conflict"], "conflict"),
    ],
)
def test_the_last_state_tells_what_the_run_did(states, told):
    decisions = [Decision(state, 3 if number else None) for number, state in enumerate(states)]
    assert overall(decisions).state == told
    assert overall(decisions).pull == decisions[-1].pull
