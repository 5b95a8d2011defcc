"""Who may do what on the local GitHub, and in which words it refuses."""

import pytest
from github import BadCredentialsException, GithubException, UnknownObjectException

from tests.github_world import BOT, github, refused, served
from tests.standins.github.app import LocalGithub
from tests.standins.github.clients import client

__all__ = ["github", "served"]

WORKFLOW = b"on:\n  workflow_dispatch:\n"


@pytest.fixture(scope="module")
def seed(tmp_path_factory):
    github = LocalGithub(tmp_path_factory.mktemp("seed"))
    files = {"README.md": b"hello\n", ".github/workflows/evaluate.yml": WORKFLOW}
    github.create_repository("lab/board", files, labels={"queued": "c5def5"})
    github.create_repository("lab/secret", files, private=True)
    github.push("lab/board", "model", {"x": b"1\n"})
    github.open_pull("lab/board", "lab:model", "Add x", "lab")
    github.comment("lab/board", 1, "ann", "hi")
    github.set_permission("lab/board", "carl", "write")
    return github


@pytest.fixture
def repository(served):
    """The board as a token sees it."""
    server, github = served

    def see(login=None, permissions=None, scope=None, name="lab/board"):
        token = login and github.add_token(login, permissions, scope)
        return client(server, token).get_repo(name)

    return see


WRITES = {
    "comment": (lambda board: board.get_pull(1).create_issue_comment("x"), "issues pull_requests"),
    "label": (lambda board: board.get_pull(1).add_to_labels("queued"), "issues pull_requests"),
    "new label": (lambda board: board.get_pull(1).add_to_labels("new"), "issues"),
    "check": (
        lambda board: board.create_check_run("c", board.get_branch("main").commit.sha),
        "checks",
    ),
    "status": (
        lambda board: board.get_commit(board.get_branch("main").commit.sha).create_status("error"),
        "statuses",
    ),
    "file": (lambda board: board.create_file("new", "m", "1"), "contents"),
    "merge": (lambda board: board.get_pull(1).merge(), "contents"),
    "title": (lambda board: board.get_pull(1).edit(title="t"), "pull_requests"),
    "dispatch": (
        lambda board: board.get_workflow("evaluate.yml").create_dispatch("main", throw=True),
        "actions",
    ),
}
AREAS = ("issues", "pull_requests", "checks", "statuses", "contents", "actions")


@pytest.mark.parametrize("write", WRITES)
def test_a_bot_writes_with_the_permission_for_it_and_no_other(repository, write):
    act, enough = WRITES[write]
    others = dict.fromkeys(set(AREAS) - set(enough.split()), "write")
    read = dict.fromkeys(AREAS, "read")
    for permissions in (others, read, {}):
        status, said = refused(act, repository(BOT, permissions))
        assert (status, said.split(" to create labels")[0]) in {
            (403, "Resource not accessible by integration"),
            (403, "You do not have permission"),
        }
    for area in enough.split():
        act(repository(BOT, {area: "write"}))


def test_a_token_ends_at_its_repository(github, repository):
    github.create_repository("lab/other")
    github.push("lab/other", "b", {"x": b"1"})
    github.open_pull("lab/other", "lab:b", "t", "lab")
    own = {"issues": "write"}
    other = repository(BOT, own, "lab/board", "lab/other")
    assert other.get_pull(1).title == "t"
    assert refused(other.get_pull(1).create_issue_comment, "x")[0] == 403
    assert repository(BOT, own, "lab/board").get_pull(1).create_issue_comment("x").id


@pytest.mark.parametrize("login", [None, "bob"])
def test_what_is_private_does_not_exist_for_others(repository, login):
    with pytest.raises(UnknownObjectException):
        repository(login, name="lab/secret").get_branch("main")
    assert repository("lab", name="lab/secret").get_branch("main").name == "main"
    assert (
        repository(BOT, {"contents": "read"}, name="lab/secret").get_branch("main").name == "main"
    )
    assert refused(repository(BOT, {"issues": "read"}, name="lab/secret").get_branch, "main") == (
        403,
        "Resource not accessible by integration",
    )


def test_people_write_as_far_as_their_role_goes(repository):
    reader, writer = repository("bob"), repository("carl")
    assert reader.get_pull(1).create_issue_comment("x").user.login == "bob"
    theirs = next(iter(reader.get_pull(1).get_issue_comments()))
    for call in (
        lambda: theirs.edit("mine"),
        theirs.delete,
        lambda: reader.get_pull(1).add_to_labels("queued"),
        lambda: reader.create_file("x", "m", "1"),
    ):
        assert refused(call)[0] == 403
    with pytest.raises(GithubException, match="does not have the correct permissions"):
        theirs.minimize()
    writer.get_pull(1).get_issue_comment(theirs.id).edit("moderated")
    writer.get_pull(1).add_to_labels("queued")


def test_who_triages_adds_labels_that_there_are_and_makes_none(served, repository):
    _, github = served
    github.set_permission("lab/board", "tria", "triage")
    pull = repository("tria").get_pull(1)
    pull.add_to_labels("queued")
    words = "You do not have permission to create labels on this repository."
    assert refused(pull.add_to_labels, "new") == (403, words)
    theirs = repository("ann").get_pull(1)
    assert refused(theirs.add_to_labels, "queued") == (403, "Must have push access to Repository.")


def test_only_apps_make_check_runs(repository):
    sha = repository().get_branch("main").commit.sha
    assert refused(repository("lab").create_check_run, "c", sha) == (
        403,
        "You must authenticate via a GitHub App.",
    )
    fine_grained = repository("lab", {"checks": "write"})
    assert refused(fine_grained.create_check_run, "c", sha) == (
        403,
        "Resource not accessible by personal access token",
    )
    run = repository(BOT, {"checks": "write"}).create_check_run("c", sha)
    other = repository("other[bot]", {"checks": "write"}).get_check_run(run.id)
    assert (
        "can only be modified by the GitHub App that created it"
        in refused(other.edit, conclusion="success")[1]
    )


def test_who_somebody_is(served, github):
    server, _ = served
    assert client(server, github.add_token("ann")).get_user().login == "ann"
    assert client(server, None).get_user("ann").type == "User"
    bot = client(server, github.add_token(BOT, {}))
    assert refused(lambda: bot.get_user().login) == (403, "Resource not accessible by integration")
    assert bot.get_user(BOT).type == "Bot"
    with pytest.raises(BadCredentialsException, match="Bad credentials"):
        assert client(server, "ghs_wrong").get_user().login


def test_what_somebody_may_is_told_to_those_who_may_push(repository):
    board = repository("carl")
    roles = {name: board.get_collaborator_permission(name) for name in ("lab", "carl", "ann")}
    assert roles == {"lab": "admin", "carl": "write", "ann": "read"}
    assert repository(BOT, {}).get_collaborator_permission("carl") == "write"
    assert refused(repository("ann").get_collaborator_permission, "carl") == (
        403,
        "Must have push access to view collaborator permission.",
    )
