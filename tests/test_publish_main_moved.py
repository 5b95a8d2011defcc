"""The author works on main meanwhile: every line they wrote survives, and the pull request never conflicts."""

import pytest
from publish_world import MODEL, OWNER, README, new_world

from bot.card.block import BEGIN, END
from tests.standins.hub.merging import conflicts

BY_HAND = [
    *("# A model", "", "Written by hand, for years.", ""),
    *(f"{number}. Line {number} of the text: café, `code`, <b>tag</b>, a | b." for number in range(1, 500)),
    "",
    "The end.",
]  # fmt: skip
FRONT_MATTER = """\
license: mit
language:
- en  # and a little German
tags:
- sentence-similarity
model-index:
- name: an-older-name
  results:
  - task:
      type: STS
    dataset:
      type: mteb/stsbenchmark-sts
      name: MTEB STSBenchmark
      config: default
      split: test
      revision: b0fddb56ed78048fa8b90373c8a3cfc37b684831
    metrics:
    - type: cos_sim_spearman
      value: 71.2
  - task:
      type: Retrieval
    dataset:
      type: own/data
      name: My own benchmark
    metrics:
    - type: ndcg_at_10
      value: 12.3
""".splitlines()
LONG = "\n".join(["---", *FRONT_MATTER, "---", "", *BY_HAND, ""]).encode()


@pytest.fixture
def world(tmp_path, monkeypatch, capsys):
    with new_world(tmp_path, monkeypatch, capsys) as world:
        yield world


def survives(lines: list[str], text: str) -> bool:
    """Whether every line still stands there, in the old order."""
    rest = iter(text.splitlines())
    return all(line in rest for line in lines)


def outside_the_block(text: str) -> str:
    """The body without what stands between our markers."""
    body = text.split("\n---\n", 1)[1]
    return body.partition(BEGIN)[0] + body.partition(END)[2]


def mergeable(world) -> bool:
    """Whether the Hub's own merge of the pull request finds no conflict."""
    return conflicts(world.model, world.model.discussions[1]) == []


def test_500_lines_by_hand_survive_publish_update_and_publish_after_an_edit(
    tmp_path, monkeypatch, capsys
):
    with new_world(tmp_path, monkeypatch, capsys, {"README.md": LONG}) as world:
        world.publish()
        first = world.read("README.md", 1).decode()
        world.measure(0.9, 0.7)
        world.publish()
        second = world.read("README.md", 1).decode()
        for text in (first, second):
            assert outside_the_block(text).rstrip("\n") == "\n" + "\n".join(BY_HAND)
            assert survives(FRONT_MATTER, text)
        assert "value: 80.0" in first
        assert "value: 90.0" in second

        edited = [*BY_HAND[:100], "A new line.", *BY_HAND[150:], "", "A new last line."]
        world.owner_commits({
            "README.md": "\n".join(["---", *FRONT_MATTER, "---", "", *edited, ""]).encode()
        })  # fmt: skip
        world.publish()
        third = world.read("README.md", 1).decode()
        assert outside_the_block(third).rstrip("\n") == "\n" + "\n".join(edited)
        assert survives(FRONT_MATTER, third)
        assert mergeable(world)
        world.owner_merges(1)
        assert world.read("README.md").decode() == third
        assert world.publish().out.startswith("merged: ")


def test_main_is_merged_by_one_fast_forward_push_and_nothing_else(world):
    world.publish()
    head = world.model.git.resolve("refs/pr/1")
    main = world.owner_commits({"README.md": README + b"More.\n", "config.json": b'{"new": 1}'})
    said = world.publish()
    assert said.out.startswith("updated: ")
    assert said.writes == ["POST /org/name/git-receive-pack"]
    assert len(said.requests) == 13  # a look of 7, a push of 2, and another look
    parents = world.model.git.git("log", "-1", "--format=%P %an", "refs/pr/1").decode()
    assert parents == f"{head} {main} mteb-bot\n"
    assert world.read("config.json", 1) == b'{"new": 1}'
    assert world.pulls[0]["contains_main"]
    assert world.publish().writes == []


def test_the_branch_is_then_as_if_it_were_opened_on_the_new_main(world):
    world.measure(0.8, 0.7, 0.6)
    world.publish()
    world.owner_commits({"README.md": README.replace(b"hand", b"foot"), "config.json": None})
    world.measure(0.8, 0.75)
    world.publish()
    updated = world.model.git.files("refs/pr/1")
    world.hub.hub.find(MODEL).discussions.clear()
    world.model.git.git("update-ref", "-d", "refs/pr/1")
    world.publish()
    assert world.model.git.files("refs/pr/1") == updated
    assert "config.json" not in updated
    assert "mteb_results/STS13.json" not in updated


def test_an_edit_next_to_our_lines_does_not_conflict(world):
    world.publish()
    readme = README.replace(b"language: en\n", b"language: de\ntags: [mine]\n")
    world.owner_commits({"README.md": readme + b"\nA line just where our block begins.\n"})
    assert not mergeable(world)
    world.publish()
    assert mergeable(world)
    text = world.read("README.md", 1).decode()
    assert "language: de\ntags: [mine" in text
    assert f"A line just where our block begins.\n\n{BEGIN}" in text


def test_a_readme_deleted_or_results_added_on_main_are_no_conflict_either(world):
    world.publish()
    world.owner_commits({"README.md": None, "mteb_results/STS12.json": b"{}"})
    world.publish()
    assert mergeable(world)
    assert world.read("README.md", 1).startswith(b"---\nlanguage: en\n")
    assert b'"main_score": 0.7' in world.read("mteb_results/STS12.json", 1)
    assert world.publish().writes == []


def test_a_rewritten_main_is_taken_as_it_is_now(world):
    world.owner_commits({"README.md": README + b"To be regretted.\n"})
    world.publish()
    git = world.model.git
    first = world.mains[0]
    git.git("update-ref", "refs/heads/main", first)
    world.mains.append(first)
    world.owner_commits({"README.md": README + b"Better.\n"})
    world.publish()
    text = world.read("README.md", 1).decode()
    assert "Better." in text
    assert "regretted" not in text
    assert mergeable(world)
    assert world.publish().writes == []


def test_a_squashed_history_is_taken_as_it_is_now(world):
    world.publish()
    git = world.model.git
    tree = git.git("rev-parse", "refs/heads/main^{tree}").decode().strip()
    squashed = git.git("commit-tree", tree, stdin=b"squashed").decode().strip()
    git.git("update-ref", "refs/heads/main", squashed)
    world.mains.append(squashed)
    world.measure(0.9, 0.7)
    world.publish()
    assert world.pulls[0]["contains_main"]
    assert b"value: 90.0" in world.read("README.md", 1)
    assert world.publish().writes == []


def test_large_files_stay_pointers_and_are_never_fetched(world):
    world.publish()
    world.owner_commits({"model.safetensors": b"\1" * 128})
    said = world.publish()
    assert not [each for each in said.requests if "large-files" in each.path]
    assert world.read("model.safetensors", 1) == world.read("model.safetensors")
    assert OWNER not in world.read("README.md", 1).decode()
