"""The local Hub, driven by the real huggingface_hub: repositories, commits, pull requests, refusals."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, get_session
from huggingface_hub.errors import (
    BadRequestError,
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from bot.hub_api.connection import HubConnection, HubRefused
from tests.standins.hub.app import LocalHub, serve_hub
from tests.standins.hub.card_rules import problems
from tests.standins.hub.clients import online
from tests.standins.server import Server

README = b"---\nlicense: mit\nlanguage: [en]\ntags: [sentence-similarity]\n---\n# A model\n"
MODEL = {"README.md": README, "config.json": b'{"model_type": "bert"}'}


class World:
    """A served Hub with a model of org's, org's owner, and a bot that may write nowhere."""

    def __init__(self, server: Server, hub: LocalHub) -> None:
        self.server, self.hub = server, hub
        hub.create_model("org/model", MODEL)
        self.owner = self.api(hub.add_token("ann", write=["ann", "org"]))
        self.bot = self.api(hub.add_token("mteb-bot", write=[]))
        self.stranger = self.api(hub.add_token("eve", write=[]))
        self.anyone = self.api(None)

    def api(self, token: str | None) -> HfApi:
        return HfApi(endpoint=self.server.url, token=token or False)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with serve_hub(tmp_path / "hub") as (server, hub), online(tmp_path / "home"):
        yield World(server, hub)
    hub.check()


def add(path: str, content: str = "{}") -> CommitOperationAdd:
    return CommitOperationAdd(path, content.encode())


def propose(api: HfApi, path: str = "results.json", title: str = "Add results") -> str:
    """A pull request with one file; returns its commit."""
    return api.create_commit(
        "org/model",
        [add(path)],
        commit_message=title,
        commit_description="Measured.",
        create_pr=True,
    ).oid


def refusal(call) -> tuple[int, str]:
    with pytest.raises(HfHubHTTPError) as caught:
        call()
    return caught.value.response.status_code, caught.value.server_message


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


def test_a_wrong_card_is_refused_by_the_check_and_by_the_commit(world: World) -> None:
    readme = b"---\nlicense: my-own\n---\n"
    commit = {"commit_message": "Card", "repo_id": "org/model"}
    with pytest.raises(ValueError, match=r"Invalid metadata in README\.md") as caught:
        world.owner.create_commit(operations=[CommitOperationAdd("README.md", readme)], **commit)
    assert '"license" must be one of [apache-2.0, mit' in str(caught.value)
    world.owner._validate_yaml = lambda *_, **__: None
    with pytest.raises(BadRequestError) as refused:
        world.owner.create_commit(operations=[CommitOperationAdd("README.md", readme)], **commit)
    assert '"license" must be one of [apache-2.0, mit' in refused.value.server_message


@pytest.mark.parametrize(
    ("front_matter", "message"),
    [
        ("license: [mit, other]\nlanguage: [en, deu, multilingual]\nfree: 1", ""),
        ("language: English", '"language" must only contain lowercase characters'),
        ("language: [no]", '"language" must be a string'),
        ("tags: mteb", '"tags" must be an array'),
        ("base_model: ./here", '"base_model" with value "./here" is not valid'),
        ("license: mit\nlicense: mit", "duplicated mapping key"),
        ("- a list", "metadata must be an object"),
        ("model-index: [{name: m, results: [{metrics: []}]}]", '[0].task" is required'),
        (
            "model-index: [{name: m, results: [{task: {type: STS}, metrics: [], dataset: {config: 1}}]}]",
            '"model-index[0].results[0].dataset.config" must be a string',
        ),
    ],
)
def test_front_matter_is_checked_as_the_hub_does(front_matter: str, message: str) -> None:
    found, warnings = problems(f"---\n{front_matter}\n---\n")
    assert not warnings
    assert message in "".join(found)
    assert bool(found) == bool(message)


def test_an_empty_card_is_a_warning(world: World) -> None:
    with pytest.warns(UserWarning, match="empty or missing yaml metadata in repo card"):
        world.owner.upload_file(
            path_or_fileobj=b"# M\n", path_in_repo="README.md", repo_id="org/model"
        )


def test_what_is_not_there_or_not_for_you_is_said_as_the_hub_says_it(world: World) -> None:
    world.hub.create_model("org/private", MODEL, private=True)
    for name in ("org/missing", "org/private"):
        with pytest.raises(RepositoryNotFoundError) as caught:
            world.anyone.model_info(name)
        assert caught.value.response.status_code == 401
        with pytest.raises(RepositoryNotFoundError) as caught:
            world.bot.model_info(name)
        assert caught.value.response.status_code == 404
        with pytest.raises(RepositoryNotFoundError):
            world.anyone.hf_hub_download(name, "README.md")
    assert world.owner.model_info("org/private").private
    with pytest.raises(RevisionNotFoundError, match="Invalid rev id: v9"):
        world.anyone.model_info("org/model", revision="v9")
    with pytest.raises(RevisionNotFoundError):
        world.anyone.hf_hub_download("org/model", "README.md", revision="0" * 40)
    with pytest.raises(EntryNotFoundError):
        world.anyone.hf_hub_download("org/model", "nothing.json")
    with pytest.raises(EntryNotFoundError):
        list(world.anyone.list_repo_tree("org/model", "nothing"))


def test_a_gated_model_shows_itself_but_not_its_files(world: World) -> None:
    world.hub.create_model("org/gated", MODEL, gated="manual")
    assert world.anyone.model_info("org/gated").gated == "manual"
    for api, status in ((world.anyone, 401), (world.bot, 403)):
        with pytest.raises(GatedRepoError) as caught:
            api.hf_hub_download("org/gated", "config.json")
        assert caught.value.response.status_code == status
        with pytest.raises(GatedRepoError):
            api.auth_check("org/gated")
    world.hub.accept("org/gated", "mteb-bot")
    assert Path(world.bot.hf_hub_download("org/gated", "config.json")).exists()


def test_the_bots_connection_reads_files_and_understands_refusals(world: World) -> None:
    hub = HubConnection(world.bot.token, world.server.url)
    assert hub.read_file("org/model", "main", "README.md", 1000) == README
    assert hub.read_file("org/model", "main", "nothing", 1000) is None
    with pytest.raises(HubRefused) as caught:
        hub.read(lambda: hub.api.model_info("org/missing"))
    assert caught.value.status == 404


def test_what_no_client_sends_is_remembered(world: World) -> None:
    session, url = get_session(), world.server.url
    headers = {"Authorization": f"Bearer {world.bot.token}"}
    pulls = f"{url}/api/models/org/model/discussions"
    body = {"title": "Title", "description": "", "pullRequest": False}
    commit = f"{url}/api/models/org/model/commit/main?create_pr=1"
    ndjson = {**headers, "Content-Type": "application/x-ndjson"}
    header = '{"key": "header", "value": {"summary": "s"}}\n'
    file = '{"key": "file", "value": {"path": "a", "content": "%%%", "encoding": "base64"}}'
    answers = [
        session.get(f"{url}/api/nothing/here"),
        session.post(pulls, json={**body, "labels": []}, headers=headers),
        session.post(pulls, data="title=Title", headers=headers),
        session.get(f"{pulls}?state=open"),
        session.post(commit, content=header + file, headers=ndjson),
        session.post(commit, content='{"key": "file", "value": {}}', headers=ndjson),
        session.post(commit, content=header + '{"key": "rename", "value": {}}', headers=ndjson),
        session.post(commit, content=header, headers=headers),
    ]
    assert [answer.status_code for answer in answers] == [404, *[400] * 7]
    assert len(world.hub.violations) == 8
    with pytest.raises(AssertionError, match="GET /api/nothing/here"):
        world.hub.check()
    assert world.hub.state("org/model")["pulls"] == []
    world.hub.violations.clear()


def test_answers_carry_the_rate_limit(world: World) -> None:
    response = get_session().get(f"{world.server.url}/api/models/org/model")
    assert response.headers["RateLimit-Policy"] == '"fixed window";"api";q=1000;w=300'
    assert response.headers["RateLimit"].startswith('"api";r=99')


def test_a_copy_is_the_same_hub_and_goes_its_own_way(world: World, tmp_path: Path) -> None:
    propose(world.bot)
    copy = world.hub.copy(tmp_path / "copy")
    assert copy.state("org/model") == world.hub.state("org/model")
    before = world.hub.state("org/model")
    with Server(copy) as server:
        HfApi(endpoint=server.url, token=world.owner.token).merge_pull_request("org/model", 1)
    assert copy.state("org/model")["pulls"][0]["status"] == "merged"
    assert world.hub.state("org/model") == before
