"""What licences ask of models adapted under them, and which licence a text is.

Libraries that recognise licence texts know SPDX's list; the licences that models come under (Llama's, Gemma's,
OpenRAIL) are not on it, so titles and characteristic sentences are compared here instead, for all of them alike.
"""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["permissive", "same-license", "non-commercial", "no-derivatives", "unclear"]

_CC = re.compile(
    r"\battribution(?P<nc>-non ?commercial)?(?P<sa>-share ?alike)?(?P<nd>-no ?deriv(?:ative)?s(?: works)?)? "
    r"(?P<version>\d\.\d) (?:international|unported|generic)"
)
_LLAMA = re.compile(r"\bllama (?P<version>\d(?:\.\d)?) community license agreement")
_GNU = re.compile(
    r"gnu (?P<kind>affero general|lesser general|general) public license,? version (?P<version>\d(?:\.\d)?)"
)
_GNU_IDS = {"affero general": "agpl", "lesser general": "lgpl", "general": "gpl"}
_TITLE = 600  # characters within which a text names itself; further on it may name others
# Titles, of which the first that stands at the beginning counts: all words of a row must stand there.
_TITLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("gemma", ("gemma terms of use",)),
    ("bigcode-openrail-m", ("bigcode open rail-m",)),
    ("creativeml-openrail-m", ("creativeml open rail",)),
    ("bigscience-openrail-m", ("bigscience open rail-m",)),
    ("bigscience-bloom-rail-1.0", ("bigscience rail license",)),
    ("openmdw-1.0", ("openmdw license agreement",)),
    ("cdla-permissive-2.0", ("community data license agreement", "permissive", "version 2.0")),
    ("cc0-1.0", ("cc0 1.0 universal",)),
    ("mpl-2.0", ("mozilla public license", "version 2.0")),
    ("eupl-1.1", ("european union public licence", "v. 1.1")),
    ("eupl-1.2", ("european union public licence", "v. 1.2")),
    ("epl-1.0", ("eclipse public license", "v 1.0")),
    ("epl-2.0", ("eclipse public license", "v 2.0")),
    ("artistic-2.0", ("the artistic license 2.0",)),
    ("osl-3.0", ("open software license", "3.0")),
    ("afl-3.0", ("academic free license", "3.0")),
    ("ncsa", ("university of illinois/ncsa open source license",)),
    ("wtfpl", ("do what the fuck you want to public license",)),
    ("bsl-1.0", ("boost software license", "version 1.0")),
    ("apache-2.0", ("apache license", "version 2.0")),
)  # fmt: skip
# Sentences, wherever they stand, the most special first.
_SENTENCES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("unlicense", ("this is free and unencumbered software released into the public domain",)),
    ("bsd-3-clause-clear", ("redistribution and use in source and binary forms", "no express or implied licenses to any party")),
    ("bsd-3-clause", ("redistribution and use in source and binary forms", "neither the name")),
    ("bsd-2-clause", ("redistribution and use in source and binary forms",)),
    ("isc", ("permission to use, copy, modify, and/or distribute this software for any purpose", "provided that the above")),
    ("mit", ("permission is hereby granted, free of charge, to any person obtaining a copy", "without restriction")),
    ("apache-2.0", ("licensed under the apache license, version 2.0",)),
)  # fmt: skip

_IDS_BY_KIND: dict[Kind, str] = {
    "permissive": """
        afl-3.0 apache-2.0 artistic-2.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear bsl-1.0
        cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cdla-permissive-1.0 cdla-permissive-2.0
        ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 isc lgpl lgpl-2.1 lgpl-3.0 mit mpl-2.0 ms-pl ncsa odc-by
        ofl-1.1 openmdw-1.0 pddl postgresql unlicense wtfpl zlib""",
    "same-license": """
        agpl-3.0 bigcode-openrail-m bigscience-bloom-rail-1.0 bigscience-openrail-m cc-by-sa-3.0
        cc-by-sa-4.0 cdla-sharing-1.0 creativeml-openrail-m deepfloyd-if-license eupl-1.1 eupl-1.2
        gemma gfdl gpl gpl-2.0 gpl-3.0 grok2-community lgpl-lr llama2 llama3 llama3.1 llama3.2
        llama3.3 llama4 odbl openrail openrail++ osl-3.0""",
    "non-commercial": """
        apple-amlr cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0
        cc-by-nc-sa-4.0 fair-noncommercial-research-license h-research intel-research""",
    "no-derivatives": "cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0",
}
_KINDS: dict[str, Kind] = {
    license_id: kind for kind, ids in _IDS_BY_KIND.items() for license_id in ids.split()
}
# What a licence itself lets take its place. Sources: creativecommons.org/compatiblelicenses; GPL-3.0, section 13.
_SUCCESSORS = {
    "cc-by-sa-3.0": {"cc-by-sa-4.0"},
    "cc-by-sa-4.0": {"gpl-3.0"},
    "gpl-3.0": {"agpl-3.0"},
    "cc-by-nc-sa-2.0": {"cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0"},
    "cc-by-nc-sa-3.0": {"cc-by-nc-sa-4.0"},
}
_FAMILIES = frozenset(
    {"bsd", "cc", "gpl", "lgpl", "openrail"}
)  # ids of the Hub that leave the version open


@dataclass(frozen=True)
class Adaptation:
    """Whether a model under one licence may be adapted and published under another, and why not."""

    verdict: Literal["allowed", "forbidden", "other-terms", "unclear"]
    reason: str = ""


def kind_of(license_id: str | None) -> Kind:
    """What a licence asks of adapted models; `unclear` for those not known here, `other` and None."""
    return _KINDS.get(license_id or "", "unclear")


def adaptation(base: str | None, own: str) -> Adaptation:
    """Whether `own` is a licence under which a model adapted from one under `base` may be published."""
    kind = kind_of(base)
    if kind == "unclear" or base is None:
        named = f"is `{base}`" if base else "is not stated"
        return Adaptation("unclear", f"its licence {named}, which does not say what is allowed")
    if kind == "no-derivatives":
        return Adaptation("forbidden", f"its licence `{base}` allows no adapted models")
    if kind == "permissive" or own == base or own in _SUCCESSORS.get(base, ()):
        return Adaptation("allowed")
    if kind == "non-commercial" and "-sa-" not in base and kind_of(own) == "non-commercial":
        return Adaptation("allowed")
    if kind_of(own) == "unclear":
        reason = f"its licence `{base}` binds adapted models, and `{own}` does not say that it keeps its terms"
        return Adaptation("unclear", reason)
    drops = "allows" if kind == "non-commercial" else "drops"
    asks = "forbids commercial use" if kind == "non-commercial" else "binds adapted models"
    what = "it" if kind == "non-commercial" else "its terms"
    return Adaptation("other-terms", f"its licence `{base}` {asks}, `{own}` {drops} {what}")


def same_license(one: str, other: str) -> bool:
    """Whether two ids of the Hub may stand for the same licence; `bsd` may be any of its clauses."""
    return one == other or any(
        family in _FAMILIES and member.startswith(f"{family}-")
        for family, member in ((one, other), (other, one))
    )


def recognised(text: str) -> str | None:
    """The Hub's id of the licence that `text` is; None for one not known here."""
    words = " ".join(re.sub(r"[\"'“”*_#=]", "", text.casefold()).split())
    title = words[:_TITLE]
    if found := _LLAMA.search(title):
        return f"llama{found['version']}"
    if found := _GNU.search(title):
        version = found["version"] if "." in found["version"] else f"{found['version']}.0"
        return f"{_GNU_IDS[found['kind']]}-{version}"
    if found := _CC.search(title):
        parts = [part for part in ("nc", "sa", "nd") if found[part]]
        return "-".join(["cc-by", *parts, found["version"]])
    return _first(_TITLES, title) or _first(_SENTENCES, words)


def _first(rows: tuple[tuple[str, tuple[str, ...]], ...], text: str) -> str | None:
    return next((name for name, phrases in rows if all(map(text.__contains__, phrases))), None)
