"""Holding what there is against what must be."""

from collections.abc import Iterable


class WrongEnd(AssertionError):
    """Something is not as it must be at the end of a scenario."""


def same(what: str, found: object, expected: object) -> None:
    """Raises WrongEnd unless both are equal."""
    if found != expected:
        raise WrongEnd(f"{what}\n  is      {found!r}\n  must be {expected!r}")


def says(what: str, text: str, words: Iterable[str]) -> None:
    """Raises WrongEnd unless all words stand in the text."""
    for word in words:
        if word not in text:
            raise WrongEnd(f"{what} lacks {word!r}:\n{text}")


def lacks(what: str, text: str, words: Iterable[str]) -> None:
    """Raises WrongEnd if one of the words stands in the text."""
    for word in words:
        if word in text:
            raise WrongEnd(f"{what} has {word!r}:\n{text}")
