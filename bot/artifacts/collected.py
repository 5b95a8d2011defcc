"""A collected run as a folder: whose it is, its report and results, and the submission's own files.

DIR/collected.json  run, pull request, commit, config, state
DIR/report.json     the report of all shards
DIR/results/…       mteb's own layout
DIR/submission/…    the config at that commit, and what it names
DIR/model/…         the tuned model, where it was asked for
"""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Literal

from bot.artifacts.model_artifact import ModelArtifact
from bot.conversation.subject import Subject, subject_from
from bot.tuned_weights.folder import FOLDER
from schemas.errors import UsageError
from schemas.problem import shown

State = Literal["evaluated", "failed", "cancelled"]
ABOUT, SUBMISSION = "collected.json", "submission"
_MOST_BYTES = 10_000


@dataclass(frozen=True)
class Collected:
    """What a run came to. `run`, `pull` and `sha` are None outside of GitHub. `smoke`: its scores mean nothing."""

    state: State
    config: str
    model: str
    smoke: bool
    run: int | None = None
    pull: int | None = None
    sha: str | None = None

    @property
    def subject(self) -> Subject:
        """What is spoken of.

        Raises:
            UsageError: no pull request is.
        """
        return subject_from(self.pull or 0, self.sha or "", self.config)


def write(
    collected: Collected,
    files: Mapping[str, bytes],
    folder: Path,
    model: ModelArtifact | None = None,
) -> None:
    """Write all of it to `folder`, at once: it is there whole, or not at all. An earlier collection goes.

    Raises:
        UsageError: there is something else.
        RefusedArtifact: the tuned model is damaged.
        OSError: it cannot be written.
    """
    if os.path.lexists(folder) and not (folder / ABOUT).is_file():
        raise UsageError(
            f"{shown(str(folder), 300)} exists already", "give --output a folder that is not there"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    private = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        about = (json.dumps({"schema_version": 1, **asdict(collected)}, indent=1) + "\n").encode()
        for name, content in {**files, ABOUT: about}.items():
            path = private / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if model:
            model.unpack(private / FOLDER)
        if folder.exists():
            shutil.rmtree(folder)
        private.chmod(0o755)
        private.rename(folder)
    finally:
        shutil.rmtree(private, ignore_errors=True)


def read(folder: Path) -> Collected:
    """What `mteb-bot collect` wrote to a folder of this machine.

    Raises:
        UsageError: it wrote nothing there.
    """
    fix = "name the --output folder of `mteb-bot collect`"
    try:
        with (folder / ABOUT).open("rb") as stream:
            data: dict[str, Any] = json.loads(stream.read(_MOST_BYTES))
        data.pop("schema_version")
        return Collected(**data)
    except OSError as error:
        raise UsageError(f"{shown(str(folder), 300)}: {error.strerror}", fix) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{shown(str(folder / ABOUT), 300)} is of another kind", fix) from error
