"""Where a README's front matter begins and ends, and how its bytes become text and bytes again."""

import re
from collections import Counter
from dataclasses import dataclass, replace

from schemas.errors import CommandError, ExitCode

MAX_BYTES = 8 * 1024 * 1024
_BOM = "\ufeff"
_NEWLINE = re.compile(r"\r\n|\r|\n")
# Together what the Hub takes for front matter (REGEX_YAML_BLOCK of huggingface_hub), in two steps so
# that a missing end can be told from a missing beginning.
_OPENING = re.compile(r"\s*---(?:\r\n|\r|\n)")
_CLOSING = re.compile(r"(?:\r\n|\r|\n)---[ \t]*(?:\r\n|\n|\Z)")
_ALMOST_OPENING = re.compile(r"\s*---[ \t]*(?:\r\n|\r|\n|\Z)")
_EMPTY = re.compile(r"---[ \t]*(?:\r\n|\n|\Z)")


class CannotReadReadme(CommandError):
    """The model repository's README.md is not UTF-8 text, or too large to edit."""

    exit_code = ExitCode.SUBMISSION


@dataclass(frozen=True)
class Readme:
    """A README in three parts whose concatenation is the file: up to, of, and after the YAML.

    `head` ends after the opening `---` line, `tail` begins with the closing one; without front matter
    `head` and `yaml` are empty. `body_at` is where the body begins in `tail`. `problem` says why
    there is an opening but no front matter.
    """

    head: str
    yaml: str
    tail: str
    body_at: int = 0
    newline: str = "\n"
    bom: bool = False
    problem: str = ""

    @property
    def has_front_matter(self) -> bool:
        """Whether the Hub sees front matter."""
        return bool(self.head)

    @property
    def first_line(self) -> int:
        """Line of the file, counted from 1, on which the YAML begins."""
        return len(_NEWLINE.findall(self.head)) + 1

    @property
    def body_line(self) -> int:
        """Line of the file, counted from 1, on which the body begins."""
        return len(_NEWLINE.findall(self.head + self.yaml + self.tail[: self.body_at])) + 1

    @property
    def body(self) -> str:
        """What a reader of the model page sees."""
        return self.tail[self.body_at :]

    def with_body(self, body: str) -> "Readme":
        """The same with another body, which begins on a line of its own."""
        closing = self.tail[: self.body_at]
        if self.has_front_matter and not closing.endswith(("\n", "\r")):
            closing += self.newline
        return replace(self, tail=closing + body, body_at=len(closing))

    def with_yaml(self, yaml: str) -> "Readme":
        """The same with another YAML text, which gets its own front matter where there was none."""
        if not self.has_front_matter:
            gap = self.newline if self.body.strip() and not _NEWLINE.match(self.body) else ""
            closing = f"{self.newline}---{self.newline}{gap}"
            return replace(
                self,
                head=f"---{self.newline}",
                yaml=yaml,
                tail=closing + self.body,
                body_at=len(closing) - len(gap),
            )
        tail = self.tail if _NEWLINE.match(self.tail) else self.newline + self.tail
        added = len(tail) - len(self.tail)
        return replace(self, yaml=yaml, tail=tail, body_at=self.body_at + added)

    def to_bytes(self) -> bytes:
        """The file."""
        bom = _BOM if self.bom else ""
        return (bom + self.head + self.yaml + self.tail).encode()


def read_readme(content: bytes) -> Readme:
    """Split the bytes of a README.

    Raises:
        CannotReadReadme: larger than MAX_BYTES, or not UTF-8.
    """
    if len(content) > MAX_BYTES:
        raise CannotReadReadme(
            f"README.md: larger than {MAX_BYTES // 2**20} MiB",
            "move large tables out of the README",
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise CannotReadReadme(
            f"README.md: line {line}: byte 0x{content[error.start]:02x} is not UTF-8 text",
            "save the README as UTF-8",
        ) from None
    bom = text.startswith(_BOM)
    text = text.removeprefix(_BOM)
    return replace(_split(text), newline=_newline_of(text), bom=bom)


def _newline_of(text: str) -> str:
    counted = Counter(_NEWLINE.findall(text)).most_common(1)
    return counted[0][0] if counted else "\n"


def _split(text: str) -> Readme:
    opening = _OPENING.match(text)
    if opening is None:
        almost = _ALMOST_OPENING.match(text)
        return Readme("", "", text, problem=_almost(almost.group()) if almost else "")
    start = opening.end()
    if empty := _EMPTY.match(text, start):
        return Readme(text[:start], "", text[start:], body_at=empty.end() - start)
    closing = _CLOSING.search(text, start)
    if closing is None:
        return Readme("", "", text, problem=_almost(opening.group()))
    end = closing.start()
    return Readme(text[:start], text[start:end], text[end:], body_at=closing.end() - end)


def _almost(opening: str) -> str:
    line = len(_NEWLINE.findall(opening.rstrip())) + 1
    if opening.rstrip("\r\n").endswith("---"):
        return (
            f"README.md line {line}: `---` opens front matter that no second `---` line closes; "
            "add one below the metadata (or, if this is a rule between paragraphs, put text above it)"
        )
    return (
        f"README.md line {line}: spaces after `---`, so the Hub does not see front matter here; "
        "delete them"
    )
