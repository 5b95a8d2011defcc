"""What publishing left on the Hub, as a file that another job reads."""

import json
from dataclasses import asdict, dataclass
from typing import Literal

from schemas.errors import CommandError, ExitCode
from schemas.problem import shown
from schemas.strict_json import parse_strict_json
from schemas.validate import violations

State = Literal[
    "opened", "updated", "unchanged", "conflict", "closed", "merged", "nothing-to-publish"
]
MAX_BYTES = 1024 * 1024
_MOST_NOTES = 100
_LONGEST_NOTE = 2000


class CannotReadPublication(CommandError):
    """The outcome file is too large, no strict JSON, or breaks its schema."""

    exit_code = ExitCode.INFRASTRUCTURE


@dataclass(frozen=True)
class Publication:
    """What became of one model's results; the schema says what each state means.

    `pull` is the number of the Hub pull request, where there is one. `notes` are Markdown sentences.
    """

    model: str
    revision: str
    pull: int | None
    state: State
    notes: tuple[str, ...] = ()

    def to_json(self) -> bytes:
        """The file; notes beyond the schema's bounds are cut."""
        notes = [shown(note, _LONGEST_NOTE) for note in self.notes[:_MOST_NOTES] if note]
        data = {"schema_version": 1, **asdict(self), "notes": notes}
        return f"{json.dumps(data, indent=2)}\n".encode()


def publication_from(content: bytes) -> Publication:
    """Read the file back.

    Raises:
        CannotReadPublication: it is not what `to_json` writes.
    """
    fix = "run `mteb-bot publish` again"
    if len(content) > MAX_BYTES:
        raise CannotReadPublication(
            f"the outcome of publishing is larger than {MAX_BYTES:,} bytes", fix
        )
    try:
        data = parse_strict_json(content)
    except ValueError as error:
        raise CannotReadPublication(
            f"the outcome of publishing is not JSON: {error}", fix
        ) from error
    if broken := violations(data, "publication"):
        said = "; ".join(broken)
        raise CannotReadPublication(f"the outcome of publishing breaks its schema: {said}", fix)
    pull = None if data["pull"] is None else int(data["pull"])  # 3.0 is an integer to JSON Schema
    return Publication(data["model"], data["revision"], pull, data["state"], tuple(data["notes"]))
