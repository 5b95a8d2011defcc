"""Language codes as mteb writes them (ISO 639-3, script in ISO 15924), and what a wrong one was meant to be."""

import re
from functools import cached_property

from schemas.mteb_index import MtebIndex
from schemas.problem import Names

_SHORTEST_NAME = 4  # letters from which a word is taken for a misspelt language name
_WELL_FORMED = re.compile(r"([a-z]{3})(?:-([A-Z][a-z]{3}))?\Z")
# ISO 639-2's bibliographic codes, which cards and data sets still use
_BIBLIOGRAPHIC = {
    "alb": "sqi", "arm": "hye", "baq": "eus", "bur": "mya", "chi": "zho", "cze": "ces", "dut": "nld",
    "fre": "fra", "geo": "kat", "ger": "deu", "gre": "ell", "ice": "isl", "mac": "mkd", "mao": "mri",
    "may": "msa", "per": "fas", "rum": "ron", "slo": "slk", "tib": "bod", "wel": "cym",
}  # fmt: skip


class LanguageCodes:
    """Known codes; guesses are limited as in Names, so that a hostile file costs little."""

    def __init__(self, index: MtebIndex) -> None:
        self._index = index

    @cached_property
    def _by_name(self) -> dict[str, str]:
        return {name.casefold(): code for code, name in self._index.languages.items()}

    @cached_property
    def _names(self) -> Names:
        return Names(self._by_name, guesses=10)  # among 8,000 names: slow

    def is_known(self, code: str) -> bool:
        """Whether `code` is an ISO 639-3 code, with or without an ISO 15924 script."""
        found = _WELL_FORMED.match(code)
        if not found or found[1] not in self._index.languages:
            return False
        return found[2] is None or found[2] in self._index.scripts

    def meant(self, text: str, *, with_script: bool) -> str | None:
        """The code that `text` (`en`, `German`, `zh-hans`, `eng_Latn`) was meant to be, or None."""
        first, _, rest = text.replace("_", "-").partition("-")
        script = rest.capitalize()
        code = self._exact(text) or self._exact(first) or self._misspelt(text)
        if not code:
            return None
        if script not in self._index.scripts:
            script = self._index.default_scripts.get(code, "") if with_script else ""
        if with_script and not script:
            return None
        return f"{code}-{script}" if script else code

    def _exact(self, word: str) -> str | None:
        word = word.strip().casefold()
        if word in self._index.languages:
            return word
        short = self._index.iso_639_3.get(word) or _BIBLIOGRAPHIC.get(word)
        return short or self._by_name.get(word)

    def _misspelt(self, word: str) -> str | None:
        name = self._names.nearest(word) if len(word) >= _SHORTEST_NAME else None
        return self._by_name[name] if name else None
