"""A served Hub with a model of org's, for the tests of the stand-in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import CommitOperationAdd, HfApi
from huggingface_hub.errors import HfHubHTTPError

from tests.standins.hub.app import LocalHub, serve_hub
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
