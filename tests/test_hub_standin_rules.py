"""What the local Hub refuses, and how huggingface_hub and the bot understand it."""

from pathlib import Path

import pytest
from huggingface_hub import CommitOperationAdd, get_session
from huggingface_hub.errors import (
    BadRequestError,
    EntryNotFoundError,
    GatedRepoError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from bot.hub_api.connection import HubConnection, HubRefused
from tests.hub_world import MODEL, README, World, world
from tests.standins.hub.card_rules import problems

__all__ = ["world"]


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
        session.post(pulls, content="title=Title", headers=headers),
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
