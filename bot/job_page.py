"""The page of a job: Markdown in the file that GITHUB_STEP_SUMMARY names, for people who look at the run."""

import os
from pathlib import Path

from schemas.errors import CommandError
from schemas.problem import shown


class CannotWritePage(CommandError):
    """The file that GITHUB_STEP_SUMMARY names cannot be written."""


def write_page(text: str) -> None:
    """Append to the page; nothing outside a workflow.

    Raises:
        CannotWritePage: the file cannot be written.
    """
    if not (file := os.environ.get("GITHUB_STEP_SUMMARY")):
        return
    try:
        with Path(file).open("a", encoding="utf-8") as stream:
            stream.write(f"{text.strip()}\n\n")
    except OSError as error:
        raise CannotWritePage(
            f"GITHUB_STEP_SUMMARY is {shown(file, 200)}: {error.strerror}",
            "all else is done; set it to a file that may be written",
        ) from error
