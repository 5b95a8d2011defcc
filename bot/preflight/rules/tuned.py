"""Whether the weights that a config has trained could be published; without these rules it shows hours later."""

from collections.abc import Iterator

from bot.artifacts.model_artifact import LIMITS
from bot.preflight.architecture import transformer
from bot.preflight.facts import ModelFacts
from bot.preflight.rule import Finding, Rule, Submitted
from bot.preflight.rules.weights import weight_files
from bot.tuned_weights.json_files import BrokenFile, check_no_code
from schemas.problem import shown
from schemas.yaml_document import Path_

_LARGEST = LIMITS.unpacked  # bytes
_FLOAT32 = 4  # bytes; a training saves that, whatever the base is saved in
_HALVES = ("float16", "bfloat16")
_PUBLISH: Path_ = ("finetune", "publish")
_GB = 10**9


def _too_large(submitted: Submitted) -> Iterator[Finding]:
    size, counted = tuned_bytes(submitted.facts), submitted.facts.parameters
    if _is_to_be_published(submitted) and size > _LARGEST:
        by = (
            f"{counted:,} parameters"
            if counted
            else "by its files, as the Hub counts no parameters"
        )
        message = f"in float32 the base has {size / _GB:.4g} GB ({by}), tuned weights are published up to {_LARGEST / _GB:.4g} GB"
        yield Finding(_PUBLISH, message)


def _code_of_its_own(submitted: Submitted) -> Iterator[Finding]:
    if not _is_to_be_published(submitted):
        return
    for path, file in submitted.facts.json_files.items():
        try:
            if not file.problem:
                check_no_code(file.data, path)
        except BrokenFile as broken:
            message = f"the tuned model keeps the base's `{shown(path)}`, which is not published: {broken}"
            yield Finding(_PUBLISH, message)


def tuned_bytes(facts: ModelFacts) -> int:
    """How large the base's weights are in float32.

    Where the Hub counts no parameters, the files tell: they are halves if `config.json` says so, and no larger than
    float32 if it says nothing.
    """
    if facts.parameters:
        return facts.parameters * _FLOAT32
    module = transformer(facts)
    config = facts.mapping(module.file("config.json")) if module else {}
    stored = sum(weight_files(facts).values())
    return stored * 2 if config.get("dtype", config.get("torch_dtype")) in _HALVES else stored


def _is_to_be_published(submitted: Submitted) -> bool:
    """Whether the config asks for it; what the board allows may change until then."""
    asked = submitted.config.finetune
    return asked is not None and asked.publish is not None


RULES: tuple[Rule[Submitted], ...] = (
    Rule(
        "tuned-weights-too-large",
        "error",
        "Weights that are trained here and are to be published (`finetune.publish`) have up to 4.29 GB in float32: about 1,070 million parameters.",
        "Larger ones are trained and measured, and then refused.",
        "delete `finetune.publish` (the model is trained and measured all the same), or train from a smaller base",
        _too_large,
    ),
    Rule(
        "tuned-custom-code",
        "error",
        "The base of weights that are to be published (`finetune.publish`) asks for no code of its own, approved or not.",
        "The tuned model keeps its files, and the bot publishes no model that asks readers to run code.",
        "delete `finetune.publish`, or train from a base without code of its own",
        _code_of_its_own,
    ),
)
