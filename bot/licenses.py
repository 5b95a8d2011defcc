"""Licence ids as the Hub writes them, to catch those that are nearly right. Ids not listed here are fine."""

import re
from difflib import get_close_matches

_IDS = (
    "afl-3.0", "agpl-3.0", "apache-2.0", "apple-amlr", "apple-ascl", "artistic-2.0",
    "bigcode-openrail-m", "bigscience-bloom-rail-1.0", "bigscience-openrail-m", "bsd", "bsd-2-clause",
    "bsd-3-clause", "bsd-3-clause-clear", "bsl-1.0", "c-uda", "cc", "cc-by-2.0", "cc-by-2.5",
    "cc-by-3.0", "cc-by-4.0", "cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nc-nd-3.0",
    "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0", "cc-by-nd-4.0",
    "cc-by-sa-3.0", "cc-by-sa-4.0", "cc0-1.0", "cdla-permissive-1.0", "cdla-permissive-2.0",
    "cdla-sharing-1.0", "creativeml-openrail-m", "deepfloyd-if-license", "ecl-2.0", "epl-1.0",
    "epl-2.0", "etalab-2.0", "eupl-1.1", "eupl-1.2", "fair-noncommercial-research-license", "gemma",
    "gfdl", "gpl", "gpl-2.0", "gpl-3.0", "grok2-community", "h-research", "intel-research", "isc",
    "lgpl", "lgpl-2.1", "lgpl-3.0", "lgpl-lr", "llama2", "llama3", "llama3.1", "llama3.2", "llama3.3",
    "llama4", "lppl-1.3c", "mit", "mpl-2.0", "ms-pl", "ncsa", "odbl", "odc-by", "ofl-1.1",
    "openmdw-1.0", "openrail", "openrail++", "osl-3.0", "other", "pddl", "postgresql", "unknown",
    "unlicense", "wtfpl", "zlib",
)  # fmt: skip
_NOISE = re.compile(r"licen[sc]e|version|v(?=\d)|[^a-z0-9]")
_DIGITS = re.compile(r"\d")


def _core(text: str) -> str:
    return _NOISE.sub("", text.casefold())


_BY_CORE = {
    **{_core(known.removesuffix(".0")): known for known in _IDS},
    **{_core(known): known for known in _IDS},
    "apache": "apache-2.0",
    "cc0": "cc0-1.0",
}


def is_known(license_id: str) -> bool:
    """Whether the Hub has a licence of this id."""
    return license_id in _IDS


def nearly(license_id: str) -> str | None:
    """The Hub's id that `license_id` nearly is; None when it is one, or is like none.

    Numbers weigh: `llama3.9` may be a licence we do not know yet, `apache2` is certainly `apache-2.0`.
    """
    if license_id in _IDS or len(license_id) > 100:  # noqa: PLR2004 -- no licence id is so long
        return None
    core = _core(license_id)
    if core in _BY_CORE:
        return _BY_CORE[core]
    for match in get_close_matches(core, _BY_CORE, n=3, cutoff=0.85):
        if _DIGITS.findall(match) == _DIGITS.findall(core):
            return _BY_CORE[match]
    return None
