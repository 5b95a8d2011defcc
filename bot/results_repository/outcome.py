"""What a submission came to, as a file that another job reads."""

import json
from dataclasses import dataclass
from typing import Literal

from bot.results_repository.change import Change
from bot.results_repository.rules import Finding
from schemas.problem import shown

State = Literal[
    "opened", "updated", "unchanged", "planned", "closed", "foreign", "taken-back", "nothing-new",
    "refused",
]  # fmt: skip
_MOST = 5000


@dataclass(frozen=True)
class Outcome:
    """The state, with the pull request's number where there is one; the schema says what each state means."""

    model: str
    revision: str
    repository: str
    pull: int | None
    state: State
    change: Change

    def to_json(self) -> bytes:
        """The file."""
        data = {
            "schema_version": 1,
            "model": self.model,
            "revision": self.revision,
            "repository": self.repository,
            "pull": self.pull,
            "state": self.state,
            "submitted": [
                {"task": task.task, "file": task.kind} for task in self.change.tasks[:_MOST]
            ],
            "present": list(self.change.present[:_MOST]),
            "left_out": [_finding(finding) for finding in self.change.left_out[:_MOST]],
            "warnings": [_finding(finding) for finding in self.change.warnings[:_MOST]],
        }
        return f"{json.dumps(data, indent=2)}\n".encode()


def _finding(finding: Finding) -> dict[str, str]:
    return {
        "task": finding.task,
        "rule": finding.rule.id,
        "message": shown(finding.detail, 1000),
        "fix": finding.rule.fix,
    }
