"""What goes into a drafted config, as data and remarks. Pure.

What the Hub does not say, and the schema asks for, becomes the placeholder TODO, which the check refuses; what the
schema does not ask for becomes a remark and is left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.draft.evaluation import evaluation_of, stated_claims
from bot.draft.loading import loading_of
from bot.language_codes import LanguageCodes
from bot.licenses import is_known, nearly
from bot.preflight.facts import ModelFacts
from bot.preflight.languages import is_multilingual, iso_639_3
from bot.surroundings import Surroundings
from schemas.problem import shown
from schemas.validate import schema
from schemas.yaml_document import Path_

TODO = "TODO"
_MOST_LANGUAGES = 100
_MOST_NAMED = 20


@dataclass
class Draft:
    """`data` is the config; `remarks` stand as comments above the key of their path, whether it has a value or not."""

    data: dict[str, Any] = field(default_factory=dict)
    remarks: dict[Path_, list[str]] = field(default_factory=dict)

    def remark(self, *path: str, says: str) -> None:
        """Add a comment above a key. `says` may quote the Hub only through `shown`."""
        self.remarks.setdefault(path, []).append(says)


def draft_config(facts: ModelFacts, around: Surroundings) -> Draft:
    """A config of an open model."""
    draft = Draft({"schema_version": 1, "model": facts.id, "revision": facts.sha})
    if facts.on_main is False:
        draft.remark("revision", says="TODO: this commit is not in the history of the main branch")
    _license(draft, facts)
    _languages(draft, facts, around.codes)
    load, remarks = loading_of(facts)
    draft.data["load"] = load
    for key, says in remarks:
        draft.remark("load", key, says=says)
    _training_data(draft, facts)
    _base(draft, facts)
    evaluate, says = evaluation_of(draft.data["languages"], around)
    draft.data["evaluate"] = evaluate or {"tasks": [TODO]}
    draft.remark("evaluate", says=says)
    _claims(draft, facts, around)
    return draft


def _license(draft: Draft, facts: ModelFacts) -> None:
    stated = facts.card.texts("license") if facts.card else ()
    licenses = [nearly(name) or name for name in stated]
    known = [name for name in licenses if is_known(name) and name != "unknown"]
    draft.data["license"] = known[0] if len(known) == len(stated) == 1 else TODO
    if facts.card and facts.card.problem:
        says = f"TODO: the model card cannot be read: {shown(facts.card.problem, 200)}"
        draft.remark("license", says=says)
    elif not stated:
        said = "states none"
        if facts.license_file and facts.license_file.recognised:
            said += f", its {shown(facts.license_file.path)} is the text of {facts.license_file.recognised}"
        draft.remark("license", says=f"TODO: the licence; the model card {said}")
    elif draft.data["license"] == TODO:
        draft.remark("license", says=f"TODO: the licence; the model card says {_listed(stated)}")
    elif draft.data["license"] == "other":
        names = facts.card.texts("license_name") if facts.card else ()
        named = f" ({_listed(names)})" if names else ""
        draft.remark("license", says=f"a licence of its own{named}: a maintainer will read it")


def _languages(draft: Draft, facts: ModelFacts, codes: LanguageCodes) -> None:
    stated = facts.card.texts("language") if facts.card else ()
    known, unknown = iso_639_3(stated, codes)
    draft.data["languages"] = list(known[:_MOST_LANGUAGES]) or [TODO]
    if unknown:
        draft.remark("languages", says=f"TODO: no codes of ISO 639-3 for {_listed(unknown)}")
    if len(known) > _MOST_LANGUAGES:
        left = len(known) - _MOST_LANGUAGES
        draft.remark(
            "languages", says=f"TODO: {left} more languages of the model card are left out here"
        )
    if not known:
        says = "says `multilingual`" if is_multilingual(stated) else "names none"
        draft.remark("languages", says=f"TODO: the languages, as [eng, deu]; the model card {says}")


def _training_data(draft: Draft, facts: ModelFacts) -> None:
    named = facts.card.texts("datasets") if facts.card else ()
    names = [name for name in dict.fromkeys(named) if shown(name, len(name)) == name]
    if names:
        draft.data["training_data"] = names
        draft.remark("training_data", says="TODO: is this all, as far as it is evaluated here too?")
        return
    draft.remark(
        "training_data",
        says="TODO: data the model was trained on, tasks of mteb or data sets of the Hub; left out: not disclosed\n"
        "training_data: []",
    )


def _base(draft: Draft, facts: ModelFacts) -> None:
    named = facts.card.texts("base_model") if facts.card else ()
    valid = [name for name in named if _is_valid("adapted_from", name)]
    if len(valid) == len(named) == 1:
        draft.data["adapted_from"] = valid[0]
    elif named:
        draft.remark(
            "adapted_from",
            says=f"TODO: the model it was adapted from; the model card names {_listed(named)}",
        )
        draft.remark("adapted_from", says="adapted_from: org/name")


def _claims(draft: Draft, facts: ModelFacts, around: Surroundings) -> None:
    claims = stated_claims(
        facts.card.model_index if facts.card else "", draft.data["evaluate"], around
    )
    if not claims:
        return
    draft.remark(
        "claims",
        says="TODO: scores of the model card, from percent; take those in that are to be checked",
    )
    draft.remark("claims", says="claims:")
    for task, score in claims:
        draft.remark("claims", says=f"  - {{task: {task}, main_score: {score}}}")


def _is_valid(key: str, value: object) -> bool:
    from jsonschema import Draft202012Validator

    about: Mapping[str, Any] = schema("model-config")["properties"][key]
    check: Callable[[object], bool] = Draft202012Validator(about).is_valid
    return check(value) and not str(value).endswith("\n")


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - _MOST_NAMED
    listed = ", ".join(f"`{shown(name)}`" for name in names[:_MOST_NAMED])
    return f"{listed} and {more} more" if more > 0 else listed
