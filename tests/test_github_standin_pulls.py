"""The local GitHub's pull requests: opened, followed, merged, closed, and what forks have to do with it."""

import pytest
from github import GithubException, UnknownObjectException

from tests.github_world import github, served
from tests.standins.github.app import LocalGithub
from tests.standins.github.clients import client

__all__ = ["github", "served"]


@pytest.fixture(scope="module")
def seed(tmp_path_factory):
    github = LocalGithub(tmp_path_factory.mktemp("seed"))
    github.create_repository("lab/board", {"README.md": b"hello\n", "a.txt": b"1\n"})
    github.fork("lab/board", "ann")
    github.push("ann/board", "model", {"models/x.yaml": b"model: x\n"})
    github.open_pull("lab/board", "ann:model", "Add x", "ann")
    return github


@pytest.fixture
def board(served):
    """The repository as its owner sees it."""
    server, github = served
    return client(server, github.add_token("lab")).get_repo("lab/board")


@pytest.fixture
def ann(served):
    server, github = served
    return client(server, github.add_token("ann"))


def refused(call, *arguments, **more):
    with pytest.raises(GithubException) as error:
        call(*arguments, **more)
    data = error.value.data
    return error.value.status, data.get("errors", [{}])[0].get("message") or data["message"]


def test_a_pull_request_shows_its_two_sides(board, github):
    pull = board.get_pull(1)
    assert (pull.title, pull.state, pull.user.login, pull.body) == ("Add x", "open", "ann", None)
    assert (pull.head.label, pull.head.repo.full_name) == ("ann:model", "ann/board")
    assert pull.head.sha == github.world.repository("ann/board").git.resolve("model")
    assert (pull.base.ref, pull.base.repo.full_name) == ("main", "lab/board")
    assert (pull.commits, pull.additions, pull.deletions, pull.changed_files) == (1, 1, 0, 1)
    assert (pull.mergeable, pull.merged, pull.draft) == (True, False, False)
    assert [commit.sha for commit in pull.get_commits()] == [pull.head.sha]
    assert [(f.filename, f.status, f.patch) for f in pull.get_files()] == [
        ("models/x.yaml", "added", "@@ -0,0 +1 @@\n+model: x")
    ]
    assert pull.as_issue().pull_request.html_url == pull.html_url


def test_a_second_pull_request_for_a_branch_is_refused(ann, board):
    again = {"title": "Add x again", "head": "ann:model", "base": "main"}
    upstream = ann.get_repo("lab/board")
    assert refused(upstream.create_pull, **again) == (
        422,
        "A pull request already exists for ann:model.",
    )
    board.get_pull(1).edit(state="closed")
    assert upstream.create_pull(**again).number == 2
    assert refused(board.get_pull(1).edit, state="open")[0] == 422


@pytest.mark.parametrize(
    ("head", "base", "error"),
    [
        ("ann:nothing", "main", "Validation Failed"),
        ("nobody:model", "main", "Validation Failed"),
        ("ann:model", "nothing", "Validation Failed"),
        ("ann:main", "main", "No commits between lab:main and ann:main"),
    ],
)
def test_a_pull_request_needs_something_to_merge(ann, head, base, error):
    upstream = ann.get_repo("lab/board")
    assert refused(upstream.create_pull, title="t", head=head, base=base) == (422, error)


def test_pull_requests_are_found_by_head_base_and_state(board, github):
    github.push("lab/board", "own", {"b.txt": b"1\n"})
    github.push("lab/board", "release", {"c.txt": b"1\n"})
    github.open_pull("lab/board", "lab:own", "Own", "lab", base="release")
    github.close_pull("lab/board", 1)
    numbers = lambda **asked: [pull.number for pull in board.get_pulls(**asked)]  # noqa: E731 -- short
    assert numbers() == [2]
    assert numbers(state="all") == [2, 1]
    assert numbers(state="all", direction="asc") == [1, 2]
    assert numbers(state="closed", head="ann:model") == [1]
    assert numbers(head="ann:model") == []
    assert numbers(state="all", base="release") == [2]
    # Without an owner GitHub does not filter at all.
    assert numbers(state="all", head="model") == [2, 1]


def test_a_push_to_its_branch_moves_the_pull_request(board, github):
    sha = github.push("ann/board", "model", {"models/x.yaml": b"model: y\n"})
    pull = board.get_pull(1)
    assert (pull.head.sha, pull.commits) == (sha, 2)
    git = github.world.repository("lab/board").git
    assert git.resolve("refs/pull/1/head") == sha
    assert git.read("refs/pull/1/merge", "models/x.yaml") == b"model: y\n"
    assert board.get_git_commit(sha).sha == sha  # of the fork, but the network has one store


def test_a_moved_base_is_merged_but_not_the_recorded_base(board, github):
    before = board.get_pull(1).base.sha
    github.push("lab/board", "main", {"a.txt": b"2\n"})
    pull = board.get_pull(1)
    assert (pull.base.sha, pull.changed_files, pull.mergeable) == (before, 1, True)
    assert github.world.repository("lab/board").git.read("refs/pull/1/merge", "a.txt") == b"2\n"
    github.push("ann/board", "model", {"a.txt": b"3\n"})
    pull = board.get_pull(1)
    assert pull.base.sha != before
    assert (pull.mergeable, pull.mergeable_state) == (False, "dirty")
    assert refused(pull.merge) == (405, "Pull Request is not mergeable")


def test_a_deleted_branch_closes_its_pull_request(ann, board, github):
    branch = ann.get_repo("ann/board").get_git_ref("heads/model")
    assert branch.object.type == "commit"  # only a ref that was read knows the address to write to
    branch.delete()
    assert board.get_pull(1).state == "closed"
    assert refused(board.get_pull(1).edit, state="open")[0] == 422
    assert github.state("lab/board")["pulls"][0]["state"] == "closed"


def test_a_deleted_fork_leaves_the_commits(ann, board):
    ann.get_repo("ann/board").delete()
    pull = board.get_pull(1)
    assert (pull.head.repo, pull.head.ref, pull.changed_files) == (None, "model", 1)
    assert [f.filename for f in pull.get_files()] == ["models/x.yaml"]
    with pytest.raises(UnknownObjectException):
        ann.get_repo("ann/board").complete()


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_a_pull_request_is_merged(board, github, method):
    pull = board.get_pull(1)
    assert pull.is_merged() is False
    assert refused(pull.merge, sha="0" * 40)[0] == 409
    done = pull.merge(merge_method=method)
    merged = board.get_pull(1)
    assert (merged.merged, merged.state, merged.merged_by.login) == (True, "closed", "lab")
    assert merged.merge_commit_sha == done.sha == board.get_branch("main").commit.sha
    assert pull.is_merged()
    assert len(board.get_commit("main").parents) == (2 if method == "merge" else 1)
    assert board.get_contents("models/x.yaml").decoded_content == b"model: x\n"
    assert refused(merged.merge) == (405, "Pull Request is not mergeable")
    assert [found.number for found in board.get_commit(merged.head.sha).get_pulls()] == [1]
    assert github.state("lab/board")["pulls"][0]["state"] == "merged"


def test_its_author_may_rename_a_pull_request_and_nobody_else(served, ann, github):
    upstream = ann.get_repo("lab/board").get_pull(1)
    upstream.edit(title="Add model x", body="Please")
    assert (upstream.title, upstream.body) == ("Add model x", "Please")
    stranger = client(served[0], github.add_token("bob")).get_repo("lab/board").get_pull(1)
    assert refused(stranger.edit, title="Mine")[0] == 403
    github.set_permission("lab/board", "bob", "triage")
    stranger.edit(title="Tidied")
    assert github.state("lab/board")["pulls"][0]["title"] == "Tidied"


def test_a_fork_is_made_once(served, github):
    bot = client(served[0], github.add_token("mteb-bot"))
    upstream = bot.get_repo("lab/board")
    made = upstream.create_fork()
    assert (made.full_name, made.fork, made.parent.full_name) == (
        "mteb-bot/board",
        True,
        "lab/board",
    )
    assert upstream.create_fork().id == made.id
    assert sorted(fork.full_name for fork in upstream.get_forks()) == [
        "ann/board",
        "mteb-bot/board",
    ]
    renamed = client(served[0], github.add_token("eve")).get_repo("lab/board").create_fork(name="b")
    assert renamed.full_name == "eve/b"


def test_a_fork_follows_its_parent(ann, github):
    sha = github.push("lab/board", "main", {"a.txt": b"2\n"})
    github.push("ann/board", "release", {"b.txt": b"2\n"})
    github.push("lab/board", "release", {"c.txt": b"2\n"})
    fork = ann.get_repo("ann/board")
    assert fork.merge_upstream("main").merge_type == "fast-forward"
    assert fork.get_branch("main").commit.sha == sha
    assert fork.merge_upstream("main").merge_type == "none"
    assert fork.merge_upstream("release").merge_type == "merge"
    assert refused(fork.merge_upstream, "model") == (404, "Branch not found")


def test_a_fork_takes_its_time(served, github):
    github.world.slow_forks = 2
    bot = client(served[0], github.add_token("mteb-bot"))
    made = bot.get_repo("lab/board").create_fork()
    for _ in range(2):
        assert refused(made.get_git_ref("heads/main").complete) == (409, "Git Repository is empty.")
    assert made.get_git_ref("heads/main").complete().object.type == "commit"


def test_only_who_may_push_to_the_head_lets_maintainers_push(served, github):
    github.close_pull("lab/board", 1)
    stranger = client(served[0], github.add_token("bob")).get_repo("lab/board")
    asked = {"title": "t", "head": "ann:model", "base": "main"}
    assert refused(stranger.create_pull, **asked) == (
        422,
        "Fork collab can't be granted by someone without permission",
    )
    assert stranger.create_pull(**asked, maintainer_can_modify=False).user.login == "bob"


def test_what_is_too_long_for_a_pull_request_is_refused(ann, board):
    pull = board.get_pull(1)
    body, title = (
        "body is too long (maximum is 65536 characters)",
        "title is too long (maximum is 256 characters)",
    )
    assert refused(pull.edit, body="x" * 65_537) == (422, body)
    assert refused(pull.edit, title="x" * 257) == (422, title)
    create = ann.get_repo("lab/board").create_pull
    assert refused(create, "main", "ann:model", title="x", body="x" * 65_537) == (422, body)
    pull.edit(title="x" * 256, body="x" * 65_536)
