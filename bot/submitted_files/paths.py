"""Which paths of a repository may become paths on this machine, and which files a submission may consist of."""

import re
from collections.abc import Container, Sequence

from bot.submitted_files.errors import CannotFetchSubmission
from schemas.problem import shown

MOST_FILES = 500
LARGEST_FILE = 50_000_000  # bytes; GitHub warns from there on
LARGEST_TOTAL = 200_000_000  # bytes
LONGEST_PATH = 400
MOST_CONFIGS = 20
# Of what is visible an artifact takes no " * : < > ? | in a name.
_NAME = re.compile(r'[^\x00-\x1f\x7f/\\"*:<>?|\u2028\u2029\u202a-\u202e\u2066-\u2069]{1,200}')


def is_plain(path: str) -> bool:
    """Whether no name on the way could lead elsewhere, or deceive whoever reads it."""
    return len(path) <= LONGEST_PATH and all(map(_is_name, path.split("/")))


def require_plain(path: str) -> None:
    """Let a plain path pass.

    Raises:
        CannotFetchSubmission: it is none.
    """
    if not is_plain(path):
        raise CannotFetchSubmission(
            f"{shown(path, 300)} is no path that the bot reads",
            'name files and folders in plain text, without `..`, control characters and " * : < > ? |',
        )


def _is_name(part: str) -> bool:
    # `.git` in any case would be a repository of its own to git
    return bool(_NAME.fullmatch(part)) and part.lower() not in {".", "..", ".git"}


def configs_among(paths: Sequence[str]) -> tuple[str, ...]:
    """The changed files that can be model configs by their place: `models/<org>/<name>.yaml`, sorted.

    Raises:
        CannotFetchSubmission: they are more than one pull request may submit.
    """
    from bot.conversation.subject import is_config_path

    found = tuple(sorted(path for path in paths if is_config_path(path)))
    if len(found) > MOST_CONFIGS:
        raise CannotFetchSubmission(
            f"the pull request changes {len(found)} files of models/, {MOST_CONFIGS} at most",
            "submit the models in several pull requests",
        )
    return found


def is_misplaced(path: str) -> bool:
    """Whether a YAML file lies about where configs lie, and is none by its place: `models/<name>.yaml`, for one."""
    return path.count("/") <= 2  # noqa: PLR2004 -- models/<org>/<name>.yaml


def passed_over(changed: Sequence[str], read: Container[str]) -> tuple[str, ...]:
    """The changed YAML files of models/ that were not read: their place or name is not a config's, sorted."""
    yaml = (path for path in changed if path.endswith((".yaml", ".yml")))
    return tuple(sorted(path for path in yaml if path.startswith("models/") and path not in read))
