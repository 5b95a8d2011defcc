"""Write a model config from what the Hub knows about a model, with a TODO wherever a person must decide.

What the Hub does not say becomes a placeholder that `mteb-bot check` refuses (licence, languages, tasks), or a
commented line (everything else).
"""

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.errors import CommandError, ExitCode, UsageError
from schemas.problem import shown

if TYPE_CHECKING:
    from bot.preflight.facts import ModelFacts

_MODEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}")


class CannotDescribeModel(CommandError):
    """The model is none that can be submitted."""

    exit_code = ExitCode.SUBMISSION


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("model", metavar="ORG/MODEL", help="the model's id on the Hub")
    parser.add_argument(
        "--revision",
        metavar="REVISION",
        help="commit, tag or branch; written as its full SHA (default: main)",
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="where to write the config (default: models/ORG/MODEL.yaml)",
    )
    parser.add_argument("--force", action="store_true", help="replace a config that exists")


def run(arguments: argparse.Namespace) -> ExitCode:
    """Ask the Hub, draft the config, write it and say what is left to do.

    Raises:
        UsageError: that is no model id, or the file exists.
        CannotDescribeModel: the model or the revision does not exist, or is not open.
        CannotDraftConfig: what the Hub says cannot be written as a config.
        HubRefused, ServiceAtFault: the Hub cannot be asked.
    """
    from bot.draft.draft import draft_config
    from bot.draft.file import refuse_existing, schema_path, write_config
    from bot.draft.text import config_text
    from bot.hub_api.connection import connect
    from bot.hub_api.model_facts import load_model_facts
    from bot.surroundings import Surroundings
    from schemas.mteb_index import mteb_index

    target = _target(arguments.model, arguments.output)
    if not arguments.force:
        refuse_existing(target)
    facts = load_model_facts(connect(), arguments.model, arguments.revision)
    _require_open(facts, arguments.model)
    target = _target(facts.id, arguments.output)  # the Hub may know it by another name
    around = Surroundings(mteb_index())
    text = config_text(draft_config(facts, around), schema_path(target), around)
    write_config(target, text, force=arguments.force)
    sys.stdout.write(_said(target, text))
    return ExitCode.OK


def _target(model: str, output: Path | None) -> Path:
    if not _MODEL.fullmatch(model) or ".." in model:
        raise UsageError(f"`{shown(model)}` is no model id", "write it as the Hub does: org/model")
    return output or Path("models") / f"{model}.yaml"


def _require_open(facts: "ModelFacts", model: str) -> None:
    from bot.preflight.facts import Access

    refusals = {
        Access.MISSING: ("is no public model on the Hub", "correct the id, or make it public"),
        Access.NO_REVISION: ("has no such revision", "pass a branch, a tag or a commit of it"),
        Access.PRIVATE: ("is private", "make it public; only open models are evaluated"),
        Access.GATED: ("is gated", "turn off access requests; only open models are evaluated"),
        Access.DISABLED: ("was disabled by the Hub", "settle it with the Hub first"),
    }
    if facts.access in refusals:
        says, fix = refusals[facts.access]
        raise CannotDescribeModel(f"`{model}` {says}", fix)


def _said(target: Path, text: str) -> str:
    """What was written, which lines wait for a person, and what comes next."""
    file = shown(str(target), 300)
    waiting = [
        f"  {number}: {line.strip().removeprefix('# ')}"
        for number, line in enumerate(text.splitlines(), start=1)
        if line.lstrip().startswith("# TODO")
    ]
    return "\n".join([
        f"wrote {file}; for you to decide, by line:",
        *waiting,
        f"then: mteb-bot check --hub {file}",
    ]) + "\n"  # fmt: skip
