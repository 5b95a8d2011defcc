"""What is spoken about: one config at one commit of one pull request. Identity comes from the event."""

import re
from dataclasses import dataclass

from schemas.errors import UsageError
from schemas.problem import shown

_PART = r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}"  # as the schema has it for the ids of models
_CONFIG = re.compile(rf"models/({_PART}/{_PART})\.yaml")
_SHA = re.compile(r"[0-9a-f]{40}")
_LARGEST_NUMBER = 2**31


@dataclass(frozen=True)
class Subject:
    """`config` is `models/<org>/<name>.yaml`, relative to the root of the repository; `sha` a full commit SHA."""

    pull: int
    sha: str
    config: str

    @property
    def model(self) -> str:
        """`org/name`, as the path says it."""
        return self.config.removeprefix("models/").removesuffix(".yaml")

    @property
    def check_name(self) -> str:
        """The name of the check run."""
        return f"mteb-bot: {self.model}"


def subject_from(pull: int, sha: str, config: str) -> Subject:
    """The subject that arguments name.

    Raises:
        UsageError: one of them has not the shape it must have.
    """
    return Subject(pull_from(pull), sha_from(sha), config_from(config))


def pull_from(number: int) -> int:
    """The pull request that an argument names.

    Raises:
        UsageError: none has that number.
    """
    if not 0 < number < _LARGEST_NUMBER:
        raise UsageError(f"--pull is {number}", "give the number of the pull request")
    return number


def sha_from(text: str, argument: str = "--sha") -> str:
    """The commit that an argument names.

    Raises:
        UsageError: that is no full SHA.
    """
    if not is_sha(text):
        raise UsageError(
            f"{argument} is {shown(text)}", "give the full SHA of the commit, 40 hex digits"
        )
    return text


def config_from(path: str, argument: str = "--config") -> str:
    """The config that an argument names.

    Raises:
        UsageError: no config has that path.
    """
    if not is_config_path(path):
        raise UsageError(
            f"{argument} is {shown(path, 200)}",
            "give the path of a model config in the repository: models/<org>/<name>.yaml",
        )
    return path


def is_sha(text: str) -> bool:
    """Whether it is a full commit SHA."""
    return _SHA.fullmatch(text) is not None


def is_config_path(text: str) -> bool:
    """Whether it has the shape `models/<org>/<name>.yaml`, without a way out of the repository."""
    return _CONFIG.fullmatch(text) is not None
