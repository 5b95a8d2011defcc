"""The languages of a model card in the codes of a model config, and when two codes mean the same language."""

import re
from collections.abc import Iterable

from bot.language_codes import LanguageCodes

_CODE = re.compile(r"[A-Za-z]{2,3}(?:[-_].*)?\Z")
_ALL = frozenset({"multilingual", "mul"})
_NO_LANGUAGE = frozenset({"code", "zxx", "und"})
# ISO 639-3's macrolanguages under which cards, data sets and mteb file one and the same language.
_MACROLANGUAGES = {
    "cmn": "zho", "arb": "ara", "ekk": "est", "lvs": "lav", "pes": "fas", "nob": "nor", "nno": "nor",
    "zsm": "msa", "swh": "swa", "uzn": "uzb", "khk": "mon", "npi": "nep", "ory": "ori", "als": "sqi",
    "azj": "aze", "plt": "mlg", "ydd": "yid", "gaz": "orm", "pbt": "pus", "quy": "que", "ayr": "aym",
}  # fmt: skip


def is_multilingual(languages: Iterable[str]) -> bool:
    """Whether a card says `multilingual` instead of naming every language."""
    return any(language.strip().casefold() in _ALL for language in languages)


def iso_639_3(
    languages: Iterable[str], codes: LanguageCodes
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """ISO 639-3 codes of a card's languages, each once, and those of its languages that have none."""
    known: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for language in languages:
        word = language.strip()
        if word.casefold() in _ALL | _NO_LANGUAGE:
            continue
        first = re.split("[-_]", word)[0] if _CODE.match(word) else word
        code = codes.meant(first.casefold(), with_script=False)
        (known if code else unknown)[code or word] = None
    return tuple(known), tuple(unknown)


def macrolanguage(code: str) -> str:
    """`code` without its script, and its macrolanguage where both are in use for the same language."""
    base = code.partition("-")[0]
    return _MACROLANGUAGES.get(base, base)
