"""`python -m tests.standins.github --port P --folder D [--seed FILE.json]`: serve until interrupted."""

import argparse
import json
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.standins.github.app import LocalGithub
from tests.standins.server import Server


def main() -> None:
    """Print the URL and the tokens, one JSON object on one line, then serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.standins.github")
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--folder", type=Path, required=True, help="for bare git repositories")
    parser.add_argument("--seed", type=Path, help="JSON: what is there from the start")
    arguments = parser.parse_args()
    github = LocalGithub(arguments.folder)
    tokens = seed(github, json.loads(arguments.seed.read_text()) if arguments.seed else {})
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with Server(github, arguments.port) as server:
        print(json.dumps({"url": server.url, "tokens": tokens}), flush=True)
        with suppress(KeyboardInterrupt):
            signal.pause()
    for violation in github.violations:
        print(violation, flush=True)


def seed(github: LocalGithub, wanted: dict[str, Any]) -> dict[str, str]:
    """Fill a GitHub; returns login → token.

    `{"repositories": {"lab/board": {"files": {path: text}, "folder": "where more files lie",
    "private": false, "labels": {name: colour}, "collaborators": {login: role}}},
    "tokens": [{"login": .., "permissions": {..}, "repository": ..}],
    "pulls": [{"repository": .., "author": .., "branch": .., "title": .., "files": {path: text}}]}`.
    A pull request is made from the author's fork. Without tokens there is one for a person, `maintainer`.
    """
    for name, about in wanted.get("repositories", {}).items():
        files = _files(about)
        labels = about.get("labels")
        github.create_repository(name, files, private=about.get("private", False), labels=labels)
        for login, role in about.get("collaborators", {}).items():
            github.set_permission(name, login, role)
    for pull in wanted.get("pulls", ()):
        name, author, branch = pull["repository"], pull["author"], pull["branch"]
        fork = github.fork(name, author)
        github.push(fork.full_name, branch, _files(pull))
        github.open_pull(name, f"{author}:{branch}", pull["title"], author, pull.get("body"))
    tokens = wanted.get("tokens", [{"login": "maintainer"}])
    return {
        each["login"]: github.add_token(
            each["login"], each.get("permissions"), each.get("repository")
        )
        for each in tokens
    }


def _files(about: dict[str, Any]) -> dict[str, bytes]:
    files = {path: text.encode() for path, text in about.get("files", {}).items()}
    if "folder" in about:
        folder = Path(about["folder"])
        found = (path for path in sorted(folder.rglob("*")) if path.is_file())
        files.update({str(path.relative_to(folder)): path.read_bytes() for path in found})
    return files


if __name__ == "__main__":
    main()
