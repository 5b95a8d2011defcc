"""Whether the licence is stated, everywhere the same, and allowed by the model underneath."""

from collections.abc import Iterator

from bot.licenses import is_known
from bot.preflight.licenses import adaptation, same_license
from bot.preflight.rule import Finding, Rule, Submitted
from schemas.problem import shown

_LICENSE, _BASE = ("license",), ("adapted_from",)
_UNSTATED = frozenset({"other", "unknown"})


def _unstated(submitted: Submitted) -> Iterator[Finding]:
    card = submitted.facts.card
    if card and not card.problem and not card.texts("license"):
        yield Finding(_LICENSE, "the model card states no licence")


def _unknown(submitted: Submitted) -> Iterator[Finding]:
    own = submitted.config.license
    if own == "unknown" or not is_known(own):
        yield Finding(_LICENSE, f"`{own}` is no licence that the Hub knows")


def _other(submitted: Submitted) -> Iterator[Finding]:
    card = submitted.facts.card
    if submitted.config.license != "other":
        return
    missing = [key for key in ("license_name", "license_link") if not card or not card.texts(key)]
    if missing:
        lacks = " and ".join(f"`{key}`" for key in missing)
        yield Finding(_LICENSE, f"the licence is `other`, and the model card has no {lacks}")


def _differs(submitted: Submitted) -> Iterator[Finding]:
    card, own = submitted.facts.card, submitted.config.license
    stated = tuple(name.strip().casefold() for name in card.texts("license")) if card else ()
    names = [name.casefold() for name in card.texts("license_name")] if card else []
    if stated and stated != (own,) and not (stated == ("other",) and own in names):
        says = ", ".join(f"`{shown(name)}`" for name in card.texts("license")[:3]) if card else ""
        yield Finding(_LICENSE, f"`license` is `{own}`, the model card says {says}")


def _file_differs(submitted: Submitted) -> Iterator[Finding]:
    file, own = submitted.facts.license_file, submitted.config.license
    if file and file.recognised and not same_license(file.recognised, own):
        says = f"`{shown(file.path)}` is the text of `{file.recognised}`"
        yield Finding(_LICENSE, f"`license` is `{own}`, {says}")


def _no_file(submitted: Submitted) -> Iterator[Finding]:
    if submitted.facts.license_file is None:
        yield Finding(_LICENSE, "the repository holds no LICENSE file")


def _unread_file(submitted: Submitted) -> Iterator[Finding]:
    file, own = submitted.facts.license_file, submitted.config.license
    if file and not file.recognised and own not in _UNSTATED:
        yield Finding(_LICENSE, f"`{shown(file.path)}` is not the text of a licence known here")


def _no_base(submitted: Submitted) -> Iterator[Finding]:
    base = submitted.base
    if base and not base.exists and not submitted.config.finetune:  # else it is the repository
        yield Finding(_BASE, f"`{base.id}` is no public model on the Hub")


def _other_base(submitted: Submitted) -> Iterator[Finding]:
    card, own = submitted.facts.card, submitted.config.adapted_from
    if card is None or card.problem:
        return
    named = card.texts("base_model")
    listed = ", ".join(f"`{shown(name)}`" for name in named[:3])
    if own is None and named:
        message = f"the model card says it was adapted from {listed}, the config does not"
        yield Finding(("model",), message, f"write `adapted_from: {shown(named[0])}`")
    elif own and own.casefold() not in {name.casefold() for name in named}:
        says = f"names {listed}" if named else "names no `base_model`"
        yield Finding(_BASE, f"`adapted_from` is `{own}`, the model card {says}")


def _forbidden(submitted: Submitted) -> Iterator[Finding]:
    yield from _adapted(submitted, "forbidden")


def _other_terms(submitted: Submitted) -> Iterator[Finding]:
    yield from _adapted(submitted, "other-terms")


def _unclear(submitted: Submitted) -> Iterator[Finding]:
    yield from _adapted(submitted, "unclear")


def _adapted(submitted: Submitted, verdict: str) -> Iterator[Finding]:
    base = submitted.base
    if base is None or not base.exists:
        return
    found = adaptation(base.license, submitted.config.license)
    if found.verdict == verdict:
        yield Finding(_BASE, f"`{base.id}`: {shown(found.reason, 200)}")


RULES: tuple[Rule[Submitted], ...] = (
    Rule(
        "license-missing",
        "error",
        "The model card states the licence (`license:` in its front matter).",
        "Without a licence nobody may use the model.",
        "add `license: …` to the model card's front matter",
        _unstated,
        own=True,
    ),
    Rule(
        "license-unknown",
        "error",
        "The licence is one that the Hub knows.",
        "Readers and programs understand the Hub's ids; `unknown` says that nobody may rely on anything.",
        "take an id of https://huggingface.co/docs/hub/repositories-licenses; for terms of your own `other`",
        _unknown,
    ),
    Rule(
        "license-other-unexplained",
        "warning",
        "A licence `other` is named and linked in the model card (`license_name`, `license_link`).",
        "`other` alone says nothing about what is allowed.",
        "add `license_name` and `license_link` to the model card's front matter",
        _other,
        own=True,
    ),
    Rule(
        "license-differs",
        "error",
        "The config names the licence that the model card states.",
        "Readers must not be told two things.",
        "write the licence of the model card, or correct the card",
        _differs,
        own=True,
    ),
    Rule(
        "license-file-differs",
        "error",
        "The LICENSE file is the text of the licence that the config names.",
        "The text is what counts, and readers must not be told two things.",
        "put the right text into the file, or correct `license` here and in the model card",
        _file_differs,
        own=True,
    ),
    Rule(
        "license-file-missing",
        "note",
        "The repository holds the licence's text.",
        "Several licences ask for it.",
        "add the text as LICENSE",
        _no_file,
        own=True,
    ),
    Rule(
        "license-file-unrecognised",
        "note",
        "The LICENSE file is recognised.",
        "Only a person can say whether it is the licence that the config names.",
        "compare it by eye; the unchanged text of the licence is recognised",
        _unread_file,
        own=True,
    ),
    Rule(
        "base-missing",
        "error",
        "The model named in `adapted_from` exists and is public.",
        "Where a model comes from decides what may be done with it.",
        "correct the id, or name the nearest public model it comes from",
        _no_base,
    ),
    Rule(
        "base-differs",
        "warning",
        "`adapted_from` and the model card's `base_model` name the same model.",
        "Readers must not be told two things.",
        "write the same model in both",
        _other_base,
        own=True,
    ),
    Rule(
        "base-forbids-adapting",
        "error",
        "The licence of the model in `adapted_from` allows adapted models.",
        "A licence without derivatives (`-nd`) forbids publishing this one.",
        "ask its owner for permission; without it the model cannot be published",
        _forbidden,
    ),
    Rule(
        "base-terms-dropped",
        "error",
        "The licence keeps the terms of the model in `adapted_from`.",
        "Share-alike, non-commercial and community licences (Llama, Gemma, OpenRAIL) bind adapted models too.",
        "publish under the licence of the model it was adapted from",
        _other_terms,
    ),
    Rule(
        "base-license-unclear",
        "warning",
        "The model in `adapted_from` has a licence whose terms are known here.",
        "Only a person can read terms of somebody's own (`other`).",
        "read the terms of the base model; a maintainer will ask",
        _unclear,
    ),
)
