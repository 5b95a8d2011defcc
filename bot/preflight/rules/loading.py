"""Whether the repository's files, and what the config sets instead, make the same model."""

from collections.abc import Iterator

from bot.preflight.architecture import (
    MODULES,
    dimension_steps,
    longest_input,
    modules,
    most_positions,
    normalizes,
    pooling,
    pooling_module,
)
from bot.preflight.rule import Finding, Rule, Submitted
from schemas.problem import shown
from schemas.yaml_document import Path_

_CONFIGURED = frozenset({"Pooling", "Dense", "LayerNorm"})
_SETTINGS = "config_sentence_transformers.json"
_SENTENCE_TRANSFORMERS, _FLAG_EMBEDDING = "sentence-transformers", "flag-embedding"
_FLAG_POOLING, _FLAG_LENGTH = "cls", 512  # what FlagEmbedding takes unless told


def _no_modules(submitted: Submitted) -> Iterator[Finding]:
    if (
        submitted.config.load.with_ == _SENTENCE_TRANSFORMERS
        and MODULES not in submitted.facts.files
    ):
        message = (
            "the repository has no `modules.json`, so sentence-transformers takes mean pooling"
        )
        pooled = submitted.config.load.pooling
        if pooled and pooled != "mean":
            message += f", while `load.pooling` is `{pooled}`"
        yield Finding(("load", "with"), message)


def _module_without_config(submitted: Submitted) -> Iterator[Finding]:
    for module in modules(submitted.facts):
        path = module.file("config.json")
        if module.kind in _CONFIGURED and path not in submitted.facts.files:
            yield Finding(("model",), f"`modules.json` needs `{shown(path)}`, which is missing")


def _other_pooling(submitted: Submitted) -> Iterator[Finding]:
    load, module = submitted.config.load, pooling_module(submitted.facts)
    own = pooling(submitted.facts)
    set_ = load.pooling or (_FLAG_POOLING if load.with_ == _FLAG_EMBEDDING else None)
    if module is None or not own or set_ is None or own == (set_,):
        return
    says = " and ".join(f"`{shown(mode, 30)}`" for mode in own)
    file = f"the model's own `{shown(module.file('config.json'))}` says {says}"
    if load.pooling:
        fix = f"delete `load.pooling`, or correct the model's file if it was trained with `{set_}`"
        yield Finding(("load", "pooling"), f"`load.pooling` is `{set_}`, {file}", fix)
    else:
        yield Finding(("load", "with"), f"FlagEmbedding pools with `{set_}` unless told, {file}")


def _other_training_pooling(submitted: Submitted) -> Iterator[Finding]:
    own, wanted = pooling(submitted.facts), submitted.config.finetune
    module = pooling_module(submitted.facts)
    if wanted is None or module is None or not own:
        return
    says = " and ".join(f"`{shown(mode, 30)}`" for mode in own)
    for name, recipe in wanted.variants.items():
        if recipe.pooling and own != (recipe.pooling,):
            place: Path_ = ("finetune", "variants", name, "pooling")
            if submitted.document.at(*place) is None:
                place = ("finetune", "recipe", "pooling")
            message = f"`pooling: {recipe.pooling}` is trained, the base's own `{shown(module.file('config.json'))}` says {says}"
            yield Finding(place, message)


def _other_length(submitted: Submitted) -> Iterator[Finding]:
    load, own = submitted.config.load, longest_input(submitted.facts)
    set_ = load.max_length or (_FLAG_LENGTH if load.with_ == _FLAG_EMBEDDING else None)
    if own is None or set_ is None or set_ == own[0]:
        return
    file = f"the model's own `{shown(own[1])}` says {own[0]:,}"
    if load.max_length:
        yield Finding(("load", "max_length"), f"`load.max_length` is {set_:,}, {file}")
    else:
        message = f"FlagEmbedding reads {set_:,} tokens unless told, {file}"
        yield Finding(("load", "with"), message, f"write `max_length: {own[0]}` below `load`")


def _beyond_positions(submitted: Submitted) -> Iterator[Finding]:
    facts, load = submitted.facts, submitted.config.load
    positions, own = most_positions(facts), longest_input(facts)
    if positions is None:
        return
    has = f"the model has {positions:,} positions"
    if load.max_length:
        if load.max_length > positions:
            message = f"`load.max_length` is {load.max_length:,}, {has}"
            yield Finding(("load", "max_length"), message, f"write {positions} or less")
    elif own and own[1].endswith("sentence_bert_config.json") and own[0] > positions:
        yield Finding(("model",), f"`{shown(own[1])}` says {own[0]:,} tokens, {has}")


def _other_dimension(submitted: Submitted) -> Iterator[Finding]:
    for path, wanted, given in dimension_steps(submitted.facts):
        if wanted != given:
            message = f"`{shown(path)}` takes vectors of length {wanted:,}, it is given {given:,}"
            yield Finding(("model",), message)


def _other_normalization(submitted: Submitted) -> Iterator[Finding]:
    load = submitted.config.load
    if (
        load.with_ != _SENTENCE_TRANSFORMERS
        or load.normalize is None
        or not modules(submitted.facts)
    ):
        return
    own = normalizes(submitted.facts)
    if own is not load.normalize:
        message = (
            f"`load.normalize` is `{str(load.normalize).lower()}`, the model's own `modules.json` "
            f"{'normalizes' if own else 'does not normalize'}"
        )
        yield Finding(("load", "normalize"), message)


def _other_prompts(submitted: Submitted) -> Iterator[Finding]:
    own = submitted.facts.mapping(_SETTINGS).get("prompts")
    for name, text in submitted.config.load.prompts.items():
        written = own.get(name) if isinstance(own, dict) else None
        if isinstance(written, str) and written != text:
            message = f"the prompt `{shown(name)}` is `{shown(text)}`, the model's own `{_SETTINGS}` says `{shown(written)}`"
            yield Finding(("load", "prompts", name), message)


RULES: tuple[Rule[Submitted], ...] = (
    Rule(
        "modules-missing",
        "warning",
        "A model loaded with sentence-transformers has its `modules.json`.",
        "Without it everybody gets mean pooling, whatever the model was trained with.",
        "save the model with sentence-transformers: `SentenceTransformer(...).save_pretrained(...)`",
        _no_modules,
    ),
    Rule(
        "module-config-missing",
        "error",
        "Every module of `modules.json` has its configuration, such as `1_Pooling/config.json`.",
        "sentence-transformers does not load the model without it.",
        "save the model again with `SentenceTransformer(...).save_pretrained(...)`",
        _module_without_config,
    ),
    Rule(
        "pooling-differs",
        "error",
        "The config pools as the model's own files do.",
        "Readers load the model as its files say, and would not get these scores.",
        "write the pooling of the model's file as `pooling:` below `load`",
        _other_pooling,
    ),
    Rule(
        "training-pooling-differs",
        "error",
        "A recipe in `finetune` pools as the base model's own files do.",
        "Another pooling throws away what the base has learnt, and the tuned model would be evaluated with it.",
        "delete `pooling` in the recipe",
        _other_training_pooling,
    ),
    Rule(
        "max-length-differs",
        "warning",
        "The config cuts inputs where the model's own files do.",
        "Readers load the model as its files say, and may not get these scores on long texts.",
        "delete `load.max_length`, or correct the model's file",
        _other_length,
    ),
    Rule(
        "max-length-impossible",
        "error",
        "The longest input has no more tokens than the model has positions.",
        "Longer texts make the model fail in the middle of an evaluation.",
        "correct the model's file",
        _beyond_positions,
    ),
    Rule(
        "dimension-differs",
        "error",
        "Each module takes vectors of the length that the one before gives (`1_Pooling/config.json`, `config.json`).",
        "The model does not load, or its card promises another dimension than it has.",
        "save the model again with `SentenceTransformer(...).save_pretrained(...)`",
        _other_dimension,
    ),
    Rule(
        "normalize-differs",
        "warning",
        "The config scales embeddings to length 1 if the model's own files do.",
        "Readers load the model as its files say, and may not get these scores.",
        "delete `load.normalize`, or correct the model's `modules.json`",
        _other_normalization,
    ),
    Rule(
        "prompts-differ",
        "warning",
        "The config's prompts are those of the model's own files.",
        "Readers get the prompts that the files hold, and may not get these scores.",
        "delete the prompt here, or correct the model's file",
        _other_prompts,
    ),
)
