"""Which results of a board were accepted lately, read from the history of its checkout, and of which config."""

import os
import re
import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from schemas.errors import CommandError, ExitCode, UsageError
from schemas.problem import shown
from schemas.submission import ModelConfig, load_model_config

_RESULT = re.compile(
    r"results/(?P<org>[^/_][^/]*?)__(?P<name>[^/]+)/(?P<revision>[0-9a-f]{40})/[^/]+\.json"
)
_COMMIT = "commit "
_LONGEST = 120  # seconds


class CannotReadHistory(CommandError):
    """The board is no git checkout, or only the end of its history is here."""

    exit_code = ExitCode.USAGE


@dataclass(frozen=True)
class Accepted:
    """Results of a model at a revision, their folder in the checkout, and when they last changed."""

    model: str
    revision: str
    folder: Path
    at: datetime


def recently_accepted(board: Path, since: datetime) -> list[Accepted]:
    """What came into results/ after `since` and is there still, the latest first.

    Raises:
        CannotReadHistory: the board is no checkout with its history.
    """
    if _git(board, "rev-parse", "--is-shallow-repository").strip() == "true":
        raise CannotReadHistory(
            f"{board} is a shallow checkout", "check out the whole history (`fetch-depth: 0`)"
        )
    log = _git(
        board, "log", f"--since={since.isoformat()}", "--first-parent", "--diff-merges=first-parent",
        "--diff-filter=AM", "--name-only", f"--format={_COMMIT}%cI", "--", "results",
    )  # fmt: skip
    found: dict[tuple[str, str], Accepted] = {}
    at = since
    for line in log.splitlines():
        if line.startswith(_COMMIT):
            at = datetime.fromisoformat(line.removeprefix(_COMMIT))
        elif match := _RESULT.fullmatch(line):
            model, revision = f"{match['org']}/{match['name']}", match["revision"]
            folder = (board / line).parent
            if folder.is_dir():
                found.setdefault((model, revision), Accepted(model, revision, folder, at))
    return list(found.values())


def config_now(board: Path, model: str) -> ModelConfig | None:
    """The model's config as the board has it now; None where it has none that is valid."""
    try:
        config, _, _ = load_model_config(board / "models" / f"{model}.yaml")
    except OSError:
        return None
    return config


def _git(board: Path, *arguments: str) -> str:
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": os.devnull, "LC_ALL": "C"}
    # The checkout of a job may belong to another user, and it is the board's own.
    command = ["git", "-c", "safe.directory=*", "-c", "core.quotePath=false", "-C", str(board)]
    try:
        done = subprocess.run(  # noqa: S603 -- no shell, our own arguments
            [*command, *arguments],
            env=environment,
            capture_output=True,
            check=False,
            timeout=_LONGEST,
        )
    except FileNotFoundError:
        raise CannotReadHistory("git is not installed here", "install git") from None
    except subprocess.TimeoutExpired:
        raise CannotReadHistory(f"git took more than {_LONGEST} s", "try again") from None
    if done.returncode:
        raise CannotReadHistory(
            f"{board}: {shown(done.stderr.decode(errors='replace').strip(), 300)}",
            "give the board's checkout with --board",
        )
    return done.stdout.decode(errors="replace")


def days_from(text: str) -> int:
    """A number of days, 1 to 3650.

    Raises:
        UsageError: it is none.
    """
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text) or int(text) > 3650:  # noqa: PLR2004 -- ten years
        raise UsageError(f"--recent is {shown(text)}", "give a number of days, 14 for example")
    return int(text)
