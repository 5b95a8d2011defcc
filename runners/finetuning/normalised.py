"""A text as it is compared with others: its letters, digits and the marks on them, whatever their case and width."""

import re
import unicodedata

# What Unicode calls default ignorable, since nothing is to be seen of it, and the frame of a keycap emoji.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20e3\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_REST = re.compile(r"[\W_]+")
# Most of it has no marks; taken out first, because a function that is called for every space takes four times as long.
_PLAIN = re.compile("[\x00-/:-@\\[-`{-\x7f\u2000-\u206f\u3001-\u3004\u3008-\u3020]+")


def normalised(text: str) -> str:
    """What is left of a text without punctuation and spaces, case folded; without spaces alone if that is nothing."""
    if text.isascii():
        folded = text.lower()
        return _REST.sub("", folded) or "".join(folded.split())
    folded = _folded(unicodedata.normalize("NFKC", _UNSEEN.sub("", text)))
    kept = _REST.sub(_marks, _PLAIN.sub("", folded))
    # once more: folding takes letters apart, and what stood between a letter and its mark is gone
    return unicodedata.normalize("NFKC", kept) or "".join(folded.split())


def _folded(text: str) -> str:
    """Case folded; every i is one, with its dot or without: languages disagree about which of them is the small I."""
    return text.casefold().replace("i\u0307", "i").replace("\u0131", "i")


def _marks(rest: re.Match[str]) -> str:
    """Signs that belong to a letter, as vowels do in Indian scripts, are no punctuation."""
    return "".join(c for c in rest[0] if unicodedata.category(c).startswith("M"))
