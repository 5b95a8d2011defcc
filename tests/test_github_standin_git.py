"""The local GitHub's files and git database, over REST and over git's own protocol."""

import os
import subprocess

import pytest
from github import InputGitTreeElement, UnknownObjectException

from tests.github_world import github, refused, served
from tests.standins.github.app import LocalGithub
from tests.standins.github.clients import client

__all__ = ["github", "served"]

FILES = {"README.md": b"hello\n", "results/a/1.json": b"{}\n", "results/b/1.json": b"[]\n"}


@pytest.fixture(scope="module")
def seed(tmp_path_factory):
    github = LocalGithub(tmp_path_factory.mktemp("seed"))
    github.create_repository("lab/results", FILES)
    github.fork("lab/results", "ann")
    return github


@pytest.fixture
def ann(served):
    """Ann's fork, as she sees it."""
    server, github = served
    return client(server, github.add_token("ann")).get_repo("ann/results")


def test_files_and_folders_are_read(ann):
    one = ann.get_contents("README.md")
    assert (one.decoded_content, one.size, one.type, one.encoding) == (
        b"hello\n",
        6,
        "file",
        "base64",
    )
    below = ann.get_contents("results")
    assert [(each.path, each.type) for each in below] == [
        ("results/a", "dir"),
        ("results/b", "dir"),
    ]
    assert len(ann.get_contents("")) == 2
    assert refused(ann.get_contents, "nothing") == (404, "Not Found")
    assert refused(ann.get_contents, "README.md", ref="nothing")[0] == 404


def test_a_large_file_comes_without_its_content(ann, github):
    github.push("ann/results", "main", {"big": b"x" * 1_000_001})
    big = ann.get_contents("big")
    assert (big.encoding, big.content, big.size) == ("none", "", 1_000_001)
    assert ann.get_git_blob(big.sha).size == 1_000_001


def test_a_file_is_written_changed_and_deleted(ann, github):
    made = ann.create_file("new.txt", "Add", "1\n", branch="main")["content"]
    assert refused(ann.create_file, "new.txt", "Again", "2\n") == (
        422,
        'Invalid request.\n\n"sha" wasn\'t supplied.',
    )
    assert refused(ann.update_file, "new.txt", "Change", "2\n", "0" * 40)[0] == 409
    changed = ann.update_file("new.txt", "Change", "2\n", made.sha)
    assert ann.get_contents("new.txt").decoded_content == b"2\n"
    ann.delete_file("new.txt", "Delete", changed["content"].sha)
    assert set(github.state("ann/results")["branches"]["main"]) == set(FILES)
    assert refused(ann.create_file, "x", "m", "1", branch="no") == (404, "Branch no not found")


def test_a_commit_is_built_from_blobs_and_trees(ann, github):
    head = ann.get_branch("main").commit
    blob = ann.create_git_blob("e30K", "base64")
    tree = ann.create_git_tree(
        [
            InputGitTreeElement("results/c/1.json", "100644", "blob", sha=blob.sha),
            InputGitTreeElement("results/a/1.json", "100644", "blob", content="new\n"),
            InputGitTreeElement("results/b", "040000", "tree", sha=None),
        ],
        base_tree=head.commit.tree,
    )
    commit = ann.create_git_commit("Results", tree, [head.commit])
    ref = ann.create_git_ref("refs/heads/results", commit.sha)
    assert ref.object.sha == commit.sha
    assert github.world.repository("ann/results").git.files("refs/heads/results") == {
        "README.md": b"hello\n",
        "results/a/1.json": b"new\n",
        "results/c/1.json": b"{}\n",
    }
    assert ann.get_git_commit(commit.sha).parents[0].sha == head.sha


@pytest.mark.parametrize(
    ("element", "message"),
    [
        (("x", "100644", "blob", None, "0" * 40), f"tree.sha {'0' * 40} is not a valid blob"),
        (("nothing", "100644", "blob", None, None), "GitRPC::BadObjectState"),
        (("../x", "100644", "blob", "text"), "tree.path contains a malformed path component: ../x"),
    ],
)
def test_a_tree_of_what_is_not_there_is_refused(ann, element, message):
    path, mode, kind, *rest = element
    given = {"content": rest[0]} if rest[0] is not None else {"sha": rest[1]}
    base = ann.get_branch("main").commit.commit.tree
    asked = [InputGitTreeElement(path, mode, kind, **given)]
    assert refused(ann.create_git_tree, asked, base_tree=base) == (422, message)


def test_a_tree_is_listed_whole_until_it_is_too_long(ann, github):
    whole = ann.get_git_tree("main", recursive=True)
    assert [entry.path for entry in whole.tree if entry.type == "blob"] == list(FILES)
    assert whole.raw_data["truncated"] is False
    github.world.most_tree_entries = 3
    cut = ann.get_git_tree(whole.sha, recursive=True)
    assert (len(cut.tree), cut.raw_data["truncated"]) == (3, True)
    assert [entry.path for entry in ann.get_git_tree("main").tree] == ["README.md", "results"]


def test_refs_are_made_moved_and_deleted(ann, github):
    old = ann.get_branch("main").commit.sha
    new = github.push("ann/results", "next", {"x": b"1"})
    ref = ann.get_git_ref("heads/main")
    assert ref.object.sha == old
    ref.edit(new)
    assert refused(ref.edit, old) == (422, "Update is not a fast forward")
    ref.edit(old, force=True)
    assert ann.get_branch("main").commit.sha == old
    assert refused(ref.edit, "0" * 40) == (422, "Object does not exist")
    assert refused(ann.create_git_ref, "refs/heads/next", old) == (422, "Reference already exists")
    assert refused(ann.create_git_ref, "refs/heads/other", "0" * 40) == (
        422,
        "Object does not exist",
    )
    assert refused(ann.create_git_ref, "heads", old)[0] == 422
    assert [each.ref for each in ann.get_git_matching_refs("heads/ne")] == ["refs/heads/next"]
    assert [branch.name for branch in ann.get_branches()] == ["main", "next"]
    gone = ann.get_git_ref("heads/next")
    assert gone.object.sha == new
    gone.delete()
    assert refused(gone.delete) == (422, "Reference does not exist")
    assert refused(ann.get_branch, "next") == (404, "Branch not found")


def test_commits_of_a_fork_are_known_to_the_whole_network(served, github):
    sha = github.push("ann/results", "next", {"x": b"1"})
    upstream = client(served[0], None).get_repo("lab/results")
    assert upstream.get_git_commit(sha).message == "Change files"
    assert refused(upstream.get_branch, "next")[0] == 404
    assert refused(upstream.get_git_commit, "0" * 40) == (404, "Not Found")


def test_two_sides_of_a_network_are_compared(served, github):
    github.push("lab/results", "main", {"README.md": b"hello all\n"})
    github.push("ann/results", "next", {"x": b"1\n", "results/a/1.json": None})
    upstream = client(served[0], None).get_repo("lab/results")
    found = upstream.compare("main", "ann:next")
    assert (found.status, found.ahead_by, found.behind_by) == ("diverged", 1, 1)
    assert [(each.filename, each.status) for each in found.files] == [
        ("results/a/1.json", "removed"),
        ("x", "added"),
    ]
    assert upstream.compare("main", "main").status == "identical"
    assert [commit.commit.message for commit in upstream.get_commits()] == [
        "Change files",
        "initial commit",
    ]
    assert [file.filename for file in upstream.get_commit("main").files] == ["README.md"]
    with pytest.raises(UnknownObjectException):
        upstream.get_commits(sha="nothing").get_page(0)


@pytest.fixture
def git(tmp_path):
    def run(*arguments, fails=False):
        done = subprocess.run(
            ["git", "-c", "user.name=Ann", "-c", "user.email=ann@localhost", *arguments],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_TERMINAL_PROMPT": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert bool(done.returncode) == fails, done.stderr
        return done.stdout + done.stderr

    return run


def address(served, token, full_name):
    scheme, rest = served[0].url.split("://")
    return f"{scheme}://x:{token}@{rest}/{full_name}.git"


def test_git_fetches_and_pushes(served, github, git):
    github.push("ann/results", "model", {"x": b"1\n"})
    pull = github.open_pull("lab/results", "ann:model", "t", "ann")
    git("clone", "-q", "-b", "model", address(served, github.add_token("ann"), "ann/results"), "c")
    git("-C", "c", "commit", "-q", "--allow-empty", "-m", "again")
    git("-C", "c", "push", "-q", "origin", "model")
    sha = git("-C", "c", "rev-parse", "HEAD").strip()
    assert github.pull("lab/results", pull.number).head_sha == sha
    refs = git("ls-remote", f"{served[0].url}/lab/results", "refs/pull/*")
    assert f"{sha}\trefs/pull/1/head" in refs


@pytest.mark.parametrize(
    ("login", "permissions", "words"),
    [
        ("bob", None, "Permission to ann/results.git denied to bob"),
        ("ann", {"contents": "read"}, "Permission to ann/results.git denied to ann"),
        (None, None, "could not read Username"),
    ],
)
def test_git_pushes_only_where_the_token_may(served, github, git, login, permissions, words):
    token = login and github.add_token(login, permissions)
    place = address(served, token, "ann/results") if login else f"{served[0].url}/ann/results"
    git("clone", "-q", place, "c")
    git("-C", "c", "commit", "-q", "--allow-empty", "-m", "again")
    before = github.state("ann/results")
    assert words in git("-C", "c", "push", "-q", "origin", "main", fails=True)
    assert github.state("ann/results") == before


def test_nobody_pushes_to_the_refs_of_pull_requests(served, github, git):
    git("clone", "-q", address(served, github.add_token("lab"), "lab/results"), "c")
    said = git("-C", "c", "push", "origin", "HEAD:refs/pull/7/head", fails=True)
    assert "deny updating a hidden ref" in said
