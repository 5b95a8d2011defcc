"""A board on a local GitHub whose evaluation has ended, and `mteb-bot collect` as report.yml runs it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from collect_made import files, measured, plan, title, zipped
from conversation_made import BOARD, CONFIG, Board, config, open_board
from werkzeug import Request, Response

from bot.cli import main
from schemas.plan import Plan
from tests.standins.github.app import LocalGithub
from tests.standins.github.world import WorkflowRun
from tests.standins.server import Server

EVALUATE = ".github/workflows/evaluate.yml"
MAY = {"actions": "read", "contents": "read", "pull_requests": "read"}


@dataclass
class Evaluated:
    """A run with its artifacts on the board; `collect` runs the command."""

    board: Board
    folder: Path
    run: WorkflowRun
    plan: Plan
    outputs: Path = field(init=False)

    def __post_init__(self) -> None:
        self.outputs = self.folder / "outputs"

    @property
    def output(self) -> Path:
        """Where the command writes to."""
        return self.folder / "collected"

    @property
    def github(self) -> LocalGithub:
        """The board's GitHub."""
        return self.board.github

    def leave(self, name: str, content: bytes) -> None:
        """The run leaves one more artifact."""
        self.github.add_artifact(BOARD, self.run.id, name, content)

    def leave_all(self) -> None:
        """The run leaves what an honest one leaves."""
        content = {"plan.json": self.plan.to_json(), f"submission/{CONFIG}": config()}
        self.leave("plan", zipped(content))
        for shard in self.plan.shards:
            report = measured(self.plan, shard.number, 0.1 * shard.number)
            self.leave(f"results-{shard.number}", zipped(files(report)))
        self.leave("log-1", b"not looked at")

    def forget(self) -> None:
        """No artifact is left."""
        self.github.world.repository(BOARD).artifacts.clear()

    def collect(self, *more: object) -> int:
        """Run the command; its exit code."""
        self.outputs.write_text("")
        self.board.server.clear()
        words = ["collect", "--run", self.run.id, "--output", self.output, *more]
        return main([str(word) for word in words])

    @property
    def said(self) -> dict[str, str]:
        """The outputs of the step."""
        lines = self.outputs.read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    @property
    def written(self) -> list[str]:
        """The files of the output folder."""
        paths = (path for path in self.output.rglob("*") if path.is_file())
        return sorted(path.relative_to(self.output).as_posix() for path in paths)

    def read(self, name: str) -> Any:
        """A JSON file of the output folder."""
        return json.loads((self.output / name).read_bytes())


@contextmanager
def evaluated(folder: Path, patch: pytest.MonkeyPatch, **changes: Any) -> Iterator[Evaluated]:
    """A board with a finished evaluation of its pull request, asked for as `changes` of the plan say."""
    with open_board(folder, patch) as board:
        board.use_token(MAY)
        patch.setenv("GITHUB_OUTPUT", str(folder / "outputs"))
        patch.chdir(folder)
        of = plan(pull=board.number, head_sha=board.sha, **changes)
        run = board.github.add_run(BOARD, EVALUATE, "workflow_dispatch", "main", "mia")
        run.status, run.conclusion = "completed", "success"
        run.title = title(board.number, board.sha, request=of.request)
        world = Evaluated(board, folder, run, of)
        world.leave_all()
        yield world


class Storage:
    """A host of its own that keeps the zips; `answer_with` makes what it answers of them."""

    def __init__(self) -> None:
        self.seen: list[Mapping[str, str]] = []
        self.zips: dict[str, bytes] = {}
        self.answer_with = lambda content: Response(content, mimetype="application/zip")

    def answer(self, request: Request) -> Response:
        """Act on a request."""
        self.seen.append(dict(request.headers))
        return self.answer_with(self.zips[request.path])


class StoredElsewhere:
    """A GitHub that sends downloads to a storage on another host, as the public one does."""

    def __init__(self, github: LocalGithub, storage: Storage, url: str) -> None:
        self.github, self.storage, self.url = github, storage, url

    def answer(self, request: Request) -> Response:
        """Act on a request."""
        response = self.github.answer(request)
        if (location := response.headers.get("Location", "")) and location.endswith(".zip"):
            number = int(location.rpartition("/")[2].removesuffix(".zip"))
            artifacts = self.github.world.repository(BOARD).artifacts
            content = next(one.content for one in artifacts if one.id == number)
            self.storage.zips[f"/{number}"] = content or b""
            response.headers["Location"] = f"{self.url}/{number}"
        return response


@contextmanager
def stored_elsewhere(world: Evaluated, patch: pytest.MonkeyPatch) -> Iterator[Storage]:
    """The board's artifacts lie on another host."""
    storage = Storage()
    with Server(storage) as elsewhere:
        url = elsewhere.url.replace("127.0.0.1", "localhost")
        with Server(StoredElsewhere(world.github, storage, url)) as server:
            patch.setenv("GITHUB_API_URL", server.url)
            yield storage
