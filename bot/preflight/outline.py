"""The text of a model card as sections, and which of the things a reader needs are there.

Cards follow no form, so each question is answered by headings, by characteristic words and by code; what
stands in an HTML comment or is still the template's placeholder does not count.
"""

import re
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

_MOST_CHARACTERS = 100_000  # what is hard to parse takes a second then
_SHORTEST_OVERVIEW = 60  # characters: one sentence
_SHORTEST_CONTENT = 20  # characters: more than `BibTeX:`
_PLACEHOLDER = re.compile(
    r"\[?\s*more information needed\s*\]?|\btodo\b|lorem ipsum", re.IGNORECASE
)
_USAGE = re.compile(
    r"usage|how to|quick ?-?start|get(ting)? started|example|inference|\buse\b", re.IGNORECASE
)
_CALLS = re.compile(
    r"SentenceTransformer\(|from_pretrained\(|FlagModel\(|FlagAutoModel|BGEM3FlagModel\(|from_finetuned\("
    r"|\.encode\(|get_model\(|pipeline\(|StaticModel|text-embeddings-inference|\bvllm\b|\bollama\b|\bcurl\b"
)
_INSTALLING = re.compile(r"(?:[$!%>] ?)?(?:pip3?|uv|conda|python3? -m pip)\b[^\n]*\Z")
_TRAINING = re.compile(r"train|fine-?tun|\bdata ?sets?\b|\bdata\b|corpus|corpora", re.IGNORECASE)
_TRAINED_ON = re.compile(
    r"train(?:ed|ing)?\b[^.\n]{0,120}?\b(?:on|data|data ?sets?|corpus|corpora|pairs|triplets)\b"
    r"|fine-?tuned\b[^.\n]{0,120}?\bon\b",
    re.IGNORECASE,
)
_CITATION = re.compile(r"\bcit(?:e|es|ing|ation|ations)\b|bibtex|references?\b", re.IGNORECASE)
_REFERENCE = re.compile(
    r"@[a-z]+\s*\{|arxiv\.org/(?:abs|pdf)/|arxiv:\s?\d|doi\.org/|aclanthology\.org/|openreview\.net/",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Section:
    """What stands below one heading and above the next; the first section of a card may have no heading."""

    heading: str = ""
    paragraphs: tuple[str, ...] = ()
    code: tuple[str, ...] = ()

    @property
    def is_filled(self) -> bool:
        """Whether something of the author's own stands here."""
        return bool(self.code) or any(len(_own(t)) >= _SHORTEST_CONTENT for t in self.paragraphs)


@dataclass(frozen=True)
class Outline:
    """The sections of a card in their order."""

    sections: tuple[Section, ...] = ()

    @property
    def has_overview(self) -> bool:
        """Whether a sentence says what the model is, outside of the sections about something else."""
        return any(
            len(_own(text)) >= _SHORTEST_OVERVIEW
            for section in self.sections
            if not (_TRAINING.search(section.heading) or _CITATION.search(section.heading))
            for text in section.paragraphs
        )

    @property
    def has_usage(self) -> bool:
        """Whether code shows how to get embeddings, not only how to install."""
        return any(
            _CALLS.search(code) or (_USAGE.search(section.heading) and not _installs(code))
            for section in self.sections
            for code in section.code
        )

    @property
    def has_training_data(self) -> bool:
        """Whether the text says what the model was trained on."""
        return any(
            (section.is_filled and _TRAINING.search(section.heading))
            or any(_TRAINED_ON.search(_own(text)) for text in section.paragraphs)
            for section in self.sections
        )

    @property
    def has_citation(self) -> bool:
        """Whether the text says what to cite."""
        return any(
            (section.is_filled and _CITATION.search(section.heading))
            or any(_REFERENCE.search(text) for text in (*section.paragraphs, *section.code))
            for section in self.sections
        )


def outline(body: str) -> Outline:
    """The sections of a card's text, of its first 100,000 characters."""
    tokens = MarkdownIt("commonmark").parse(body[:_MOST_CHARACTERS])
    sections, heading = [], ""
    paragraphs: list[str] = []
    code: list[str] = []
    before = Token("", "", 0)
    for token in tokens:
        if token.type == "inline" and before.type == "heading_open":
            sections.append(Section(heading, tuple(paragraphs), tuple(code)))
            heading, paragraphs, code = _text(token), [], []
        elif token.type == "inline":
            paragraphs.append(_text(token))
        elif token.type in {"fence", "code_block"}:
            code.append(token.content.strip())
        before = token
    sections.append(Section(heading, tuple(paragraphs), tuple(code)))
    return Outline(tuple(sections))


def _text(token: Token) -> str:
    """The words and the targets of links of an inline token, without markup and HTML."""
    return " ".join(
        str(child.attrGet("href")) if child.type == "link_open" else child.content
        for child in token.children or ()
        if child.type in {"text", "code_inline", "link_open", "softbreak"}
    ).strip()


def _own(text: str) -> str:
    return _PLACEHOLDER.sub("", text).strip()


def _installs(code: str) -> bool:
    return all(_INSTALLING.match(line.strip()) or not line.strip() for line in code.splitlines())
