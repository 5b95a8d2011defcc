"""Whether the files that say what the model is are there and can be read."""

from collections.abc import Iterator

from bot.preflight.architecture import Module, modules, transformer
from bot.preflight.facts import ModelFacts
from bot.preflight.rule import Finding, Rule, Submitted
from schemas.problem import shown

_TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.txt", "vocab.json", "spiece.model",
               "sentencepiece.bpe.model", "spm.model", "tekken.json")  # fmt: skip
_MODEL = ("model",)


def _broken_json(submitted: Submitted) -> Iterator[Finding]:
    for path, file in sorted(submitted.facts.json_files.items()):
        if file.problem:
            yield Finding(_MODEL, f"`{shown(path)}` cannot be read: {shown(file.problem, 200)}")


def _no_config(submitted: Submitted) -> Iterator[Finding]:
    facts, module = submitted.facts, transformer(submitted.facts)
    if module and (path := module.file("config.json")) not in facts.files:
        yield Finding(_MODEL, f"the repository has no `{shown(path)}`")


def _no_tokenizer(submitted: Submitted) -> Iterator[Finding]:
    facts, module = submitted.facts, _reader(submitted.facts)
    if module and not any(module.file(name) in facts.files for name in _TOKENIZERS):
        where = f"in `{shown(module.path)}`" if module.path else "in the repository"
        message = f"there is no tokenizer {where} (none of {', '.join(f'`{n}`' for n in _TOKENIZERS[:4])}, …)"
        yield Finding(_MODEL, message)


def _reader(facts: ModelFacts) -> Module | None:
    """The module that turns text into tokens, where it is one with a tokenizer of the usual kind."""
    static = (module for module in modules(facts) if module.kind == "StaticEmbedding")
    return transformer(facts) or next(static, None)


RULES: tuple[Rule[Submitted], ...] = (
    Rule(
        "json-broken",
        "error",
        "The JSON files that describe the model can be read.",
        "Libraries fail on them, or take a default in silence.",
        "write the file again with `model.save_pretrained(...)`",
        _broken_json,
    ),
    Rule(
        "config-missing",
        "error",
        "There is a `config.json` of the language model.",
        "Without it no library knows what the weights are.",
        "add it: `model.save_pretrained(...)` writes it",
        _no_config,
    ),
    Rule(
        "tokenizer-missing",
        "error",
        "There is a tokenizer.",
        "Another tokenizer gives other tokens, so other scores.",
        "add it: `tokenizer.save_pretrained(...)` writes it",
        _no_tokenizer,
    ),
)
