"""Runs of the workflow `evaluate`, as GitHub lists them: what they are about stands in their title, never in an artifact."""

import re
from dataclasses import dataclass
from datetime import datetime

from bot.conversation.subject import Subject, is_config_path, is_sha
from schemas.plan import request_digest

VALIDATE, EVALUATE, REPORT = "validate.yml", "evaluate.yml", "report.yml"
PUBLISH, ACCEPT = "publish.yml", "accept.yml"
EVALUATE_PATH = f".github/workflows/{EVALUATE}"
EVENT = "workflow_dispatch"
LONGEST_TITLE = 400
_TITLE = re.compile(r"evaluate #([1-9][0-9]{0,8}) (\S+) ([0-9a-f]{40}) ([0-9a-f]{16})")


@dataclass(frozen=True)
class EvaluationRun:
    """One run; `digest` stands for what was asked for instead of the whole config. Times are GitHub's.

    `conclusion` is GitHub's word, None as long as the run has not ended.
    """

    id: int
    subject: Subject
    digest: str
    created_at: datetime
    updated_at: datetime
    conclusion: str | None = None

    @property
    def is_live(self) -> bool:
        """Whether it waits or runs."""
        return self.conclusion is None


def title_of(subject: Subject, request: str) -> str:
    """What a run is called that evaluates `subject` as asked."""
    return f"evaluate #{subject.pull} {subject.config} {subject.sha} {request_digest(request)}"


def subject_in(title: str) -> tuple[Subject, str] | None:
    """Subject and request digest in the title of a run; None: it names none."""
    found = _TITLE.fullmatch(title) if len(title) <= LONGEST_TITLE else None
    if not found or not is_config_path(found[2]) or not is_sha(found[3]):
        return None
    return Subject(int(found[1]), found[3], found[2]), found[4]
