"""A served board where Ann opens a pull request, and the environment that fetches it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.cli import main
from tests.standins.github.app import LocalGithub, serve_github
from tests.standins.server import Server

CONFIG = b"model: ann/small\nevaluate: {tasks: [tasks/news.yaml, STS12]}\n"
TASK = b"name: News\ntype: classification\ndataset: {path: data/news}\ncolumns: {text: text, label: label}\n"
FILES = {
    "models/ann/small.yaml": CONFIG,
    "models/ann/tasks/news.yaml": TASK,
    "models/ann/tasks/data/news/train.csv": b"text,label\na,0\n",
    "models/ann/tasks/data/news/test.csv": b"text,label\nb,1\n",
}


class Board:
    """`folder` is a scratch folder; what is fetched goes below `submission` in it."""

    def __init__(self, server: Server, github: LocalGithub, folder: Path) -> None:
        self.server, self.github, self.folder = server, github, folder

    def propose(self, files: Mapping[str, bytes | None], link: tuple[str, str] = ("", "")) -> int:
        """Open a pull request with files, and perhaps a link: (path, target)."""
        self.github.fork("lab/board", "ann")
        self.github.push("ann/board", "model", files)
        if link[0]:
            self._link(*link)
        return self.github.open_pull("lab/board", "ann:model", "Add", "ann").number

    def _link(self, path: str, target: str) -> None:
        git = self.github.world.repository("ann/board").git
        index = {"GIT_INDEX_FILE": str(self.folder / "index")}
        blob = git.git("hash-object", "-w", "--stdin", stdin=target.encode()).decode().strip()
        head = git.resolve("refs/heads/model")
        git.git("read-tree", head, **index)
        git.git("update-index", "--add", "--cacheinfo", f"120000,{blob},{path}", **index)
        tree = git.git("write-tree", **index).decode().strip()
        commit = git.git("commit-tree", tree, "-p", head, "-m", "Link").decode().strip()
        git.git("update-ref", "refs/heads/model", commit)

    def head(self, pull: int) -> str:
        return self.github.pull("lab/board", pull).head_sha

    def fetch(self, pull: int, *more: str, sha: str = "") -> int:
        words = ["--pull", str(pull), "--sha", sha or self.head(pull), *more]
        return main(["fetch", *words, "--output", str(self.folder / "submission")])

    def fetched(self) -> dict[str, bytes]:
        root = self.folder / "submission"
        paths = (path for path in root.rglob("*") if path.is_file())
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


@contextmanager
def serve_board(
    folder: Path, patch: pytest.MonkeyPatch, files: Mapping[str, bytes | None]
) -> Iterator[Board]:
    """The board `lab/board` with files, and an environment with the token of a job that reads."""
    with serve_github(folder / "github") as (server, github):
        github.create_repository("lab/board", files)
        may = {"contents": "read", "pull_requests": "read"}
        settings = {
            "GITHUB_API_URL": server.url,
            "GITHUB_REPOSITORY": "lab/board",
            "GITHUB_OUTPUT": str(folder / "outputs"),
            "GITHUB_TOKEN": github.add_token("github-actions[bot]", may, "lab/board"),
            "MTEB_BOT_FIRST_WAIT": "0.01",
        }
        for name, value in settings.items():
            patch.setenv(name, value)
        yield Board(server, github, folder)
