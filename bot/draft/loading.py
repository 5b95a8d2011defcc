"""How a drafted config loads the model: as the repository's own files say. Pure."""

import re
from collections.abc import Iterator
from typing import Any

from bot.preflight.architecture import (
    MODULES,
    longest_input,
    model_config,
    modules,
    normalizes,
    pooling,
)
from bot.preflight.facts import ModelFacts
from schemas.problem import shown

_POOLING = frozenset({"cls", "mean", "last-token"})
_SHORTEST, _LONGEST = 8, 131_072  # what the schema takes as max_length
_FLAG = re.compile(r"\b(?:Flag(?:Auto)?Model|FlagLLMModel|FlagICLModel|BGEM3FlagModel)\b")
_FLAG_DECODER = re.compile(r"\bFlagLLMModel\b")
_SETTINGS = "config_sentence_transformers.json"
_HALF = frozenset({"float16", "bfloat16"})

Remark = tuple[str, str]  # key below `load`, text


def loading_of(facts: ModelFacts) -> tuple[dict[str, Any], list[Remark]]:
    """The keys of `load`, and remarks about them."""
    flag = MODULES not in facts.files and _uses_flag_embedding(facts)
    load: dict[str, Any] = {"with": "flag-embedding" if flag else "sentence-transformers"}
    load |= dict(_flag_settings(facts) if flag else _own_settings(facts))
    return load, list(_remarks(facts, load, flag=flag))


def _uses_flag_embedding(facts: ModelFacts) -> bool:
    card = facts.card
    if card is None:
        return False
    named = {*card.texts("library_name"), *card.texts("tags")}
    return any(name.casefold() == "flagembedding" for name in named) or _calls(facts, _FLAG)


def _calls(facts: ModelFacts, pattern: re.Pattern[str]) -> bool:
    sections = facts.card.outline.sections if facts.card else ()
    return any(pattern.search(code) for section in sections for code in section.code)


def _flag_settings(facts: ModelFacts) -> Iterator[tuple[str, Any]]:
    yield "pooling", "last-token" if _calls(facts, _FLAG_DECODER) else "cls"
    yield from _length(facts)
    yield "normalize", True


def _own_settings(facts: ModelFacts) -> Iterator[tuple[str, Any]]:
    modes = pooling(facts)
    if len(modes) == 1 and modes[0] in _POOLING:
        yield "pooling", modes[0]
    yield from _length(facts)
    if modules(facts):
        yield "normalize", normalizes(facts)


def _length(facts: ModelFacts) -> Iterator[tuple[str, Any]]:
    own = longest_input(facts)
    if own and _SHORTEST <= own[0] <= _LONGEST:
        yield "max_length", own[0]


def _remarks(facts: ModelFacts, load: dict[str, Any], *, flag: bool) -> Iterator[Remark]:
    if flag:
        yield "with", "FlagEmbedding, as the model card's code does"
        yield "pooling", "TODO: cls, mean or last-token; no file of the repository says"
        if "max_length" not in load:
            yield (
                "max_length",
                "TODO: left out, FlagEmbedding cuts texts after 512 tokens\nmax_length: 512",
            )
    elif not modules(facts):
        says = (
            "TODO: the repository has no modules.json, so sentence-transformers takes mean pooling"
        )
        yield "pooling", f"{says}\npooling: cls"
    elif "pooling" not in load and (modes := pooling(facts)):
        named = " and ".join(shown(mode, 30) for mode in modes)
        yield "pooling", f"pooling stays as the model's own files say: {named}"
    yield from _code(facts)
    yield from _number_format(facts)
    yield from _prompts(facts, flag=flag)


def _code(facts: ModelFacts) -> Iterator[Remark]:
    if model_config(facts).get("auto_map") or not all(m.is_library for m in modules(facts)):
        yield (
            "with",
            "TODO: the repository asks for code of its own, which is never run; ask the maintainers",
        )


def _number_format(facts: ModelFacts) -> Iterator[Remark]:
    config = model_config(facts)
    own = config.get("dtype", config.get("torch_dtype"))
    if own in _HALF:
        yield (
            "dtype",
            f"the weights are {own}; left out, they are evaluated as float32\ndtype: {own}",
        )


def _prompts(facts: ModelFacts, *, flag: bool) -> Iterator[Remark]:
    own = facts.mapping(_SETTINGS).get("prompts")
    texts = own if isinstance(own, dict) and not flag else {}
    named = [shown(name) for name, text in texts.items() if isinstance(name, str) and text]
    if named:
        yield "prompts", f"the model's own prompts are used: {', '.join(named[:20])}"
        return
    says = "TODO: texts put before inputs, if it was trained with any (query, document, or a task type)"
    yield "prompts", f'{says}\nprompts: {{query: "query: ", document: "passage: "}}'
