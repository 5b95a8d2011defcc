"""Fetch one commit over HTTP into an empty workspace, as actions/checkout does."""

import base64
import json
import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

PRIVILEGED = {"pull_request_target", "workflow_run", "issue_comment"}


def main() -> None:
    """Empty the workspace, fetch, check out; keep the token for git only where wanted."""
    workspace = Path(os.environ["GITHUB_WORKSPACE"])
    for entry in workspace.iterdir():
        shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    server, repository = os.environ["GITHUB_SERVER_URL"], os.environ["GITHUB_REPOSITORY"]
    wanted = os.environ["INPUT_REF"]
    refuse_fork(wanted)
    login = base64.b64encode(f"x-access-token:{os.environ['INPUT_TOKEN']}".encode()).decode()
    setting = (f"http.{server}/.extraheader", f"AUTHORIZATION: basic {login}")
    git("init", "--quiet", "--initial-branch=main", str(workspace))
    git("remote", "add", "origin", f"{server}/{repository}")
    depth = os.environ["INPUT_DEPTH"]
    options = ["--no-tags", f"--depth={depth}"] if depth != "0" else ["--tags"]
    source = wanted or os.environ["GITHUB_SHA"]
    git("fetch", "--quiet", *options, "origin", source, setting=setting)
    git("checkout", "--quiet", "--force", "--detach", "FETCH_HEAD")
    if os.environ["INPUT_PERSIST"] != "false":
        kept = Path(os.environ["RUNNER_TEMP"]) / f"git-credentials-{uuid.uuid4()}.config"
        git("config", "--file", str(kept), *setting)
        git("config", "include.path", str(kept))


def refuse_fork(wanted: str) -> None:
    """Since v7 a fork's commit is not checked out where the workflow has the base repository's rights."""
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text())
    head = (event.get("pull_request") or {}).get("head", {}).get("sha")
    theirs = wanted and (wanted == head or wanted.startswith("refs/pull/"))
    if os.environ["GITHUB_EVENT_NAME"] in PRIVILEGED and theirs:
        sys.exit("::error::Refusing to check out a pull request's code in a privileged workflow")


def git(*arguments: str, setting: tuple[str, str] | None = None) -> None:
    """Run git; a token goes through the environment, never into the list of processes."""
    environment = dict(os.environ, GIT_TERMINAL_PROMPT="0")
    if setting:
        environment |= {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": setting[0],
            "GIT_CONFIG_VALUE_0": setting[1],
        }
    done = subprocess.run(["git", *arguments], env=environment, check=False)
    if done.returncode:
        sys.exit(done.returncode)


main()
