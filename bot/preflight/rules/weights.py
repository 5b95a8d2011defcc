"""Whether the weights are there, whole, in safetensors and not too large."""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from bot.preflight.architecture import modules, transformer
from bot.preflight.facts import ModelFacts
from bot.preflight.rule import Finding, Rule, Submitted
from schemas.problem import shown

_PICKLES = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib"})
_INDEX = "model.safetensors.index.json"
_ADAPTER = "adapter_model.safetensors"
_EXPORTS = ("onnx/", "openvino/")  # for other engines; runners/weights.py leaves them out
_GB = 10**9
_MODEL = ("model",)
_MOST_NAMED = 3


def _no_weights(submitted: Submitted) -> Iterator[Finding]:
    facts = submitted.facts
    if not weight_files(facts) and not _pickles(facts):
        yield Finding(_MODEL, "the repository has no weights")


def _only_pickles(submitted: Submitted) -> Iterator[Finding]:
    facts = submitted.facts
    if not weight_files(facts) and (found := _pickles(facts)):
        yield Finding(_MODEL, f"the only weights are pickles: {named(found)}")


def _pickles_beside(submitted: Submitted) -> Iterator[Finding]:
    facts = submitted.facts
    if weight_files(facts) and (found := _pickles(facts)):
        yield Finding(_MODEL, f"there are pickles beside the safetensors: {named(found)}")


def _missing_shards(submitted: Submitted) -> Iterator[Finding]:
    facts, module = submitted.facts, transformer(submitted.facts)
    index = facts.mapping(module.file(_INDEX)) if module else {}
    shards = index.get("weight_map")
    if module is None or not isinstance(shards, dict):
        return
    wanted = {module.file(name) for name in shards.values() if isinstance(name, str)}
    if missing := sorted(wanted - facts.files.keys()):
        yield Finding(
            _MODEL, f"`{shown(module.file(_INDEX))}` names missing files: {named(missing)}"
        )


def _only_an_adapter(submitted: Submitted) -> Iterator[Finding]:
    facts = submitted.facts
    names = {PurePosixPath(path).name for path in weight_files(facts)}
    if _ADAPTER in names and not any(name.startswith("model") for name in names):
        yield Finding(_MODEL, "the weights are those of an adapter, without the model it adapts")


def _module_without_weights(submitted: Submitted) -> Iterator[Finding]:
    files = submitted.facts.files
    for module in modules(submitted.facts):
        if module.kind == "Dense" and module.file("model.safetensors") not in files:
            yield Finding(_MODEL, f"there is no `{shown(module.file('model.safetensors'))}`")


def _too_large(submitted: Submitted) -> Iterator[Finding]:
    size = sum(weight_files(submitted.facts).values()) / _GB
    if size > submitted.max_weights_gb:
        limit = f"{submitted.max_weights_gb:g}"
        yield Finding(_MODEL, f"the weights have {size:.3g} GB, the runners take up to {limit} GB")


def weight_files(facts: ModelFacts) -> dict[str, int]:
    """The safetensors files that a runner reads, with their sizes in bytes."""
    return {
        path: size or 0
        for path, size in facts.files.items()
        if path.endswith(".safetensors") and not path.startswith(_EXPORTS)
    }


def _pickles(facts: ModelFacts) -> list[str]:
    return sorted(
        path
        for path in facts.files
        if PurePosixPath(path).suffix.lower() in _PICKLES and not path.startswith(_EXPORTS)
    )


def named(paths: Sequence[str]) -> str:
    """The first few paths as code, and how many more there are."""
    named = ", ".join(f"`{shown(path)}`" for path in paths[:_MOST_NAMED])
    more = len(paths) - _MOST_NAMED
    return f"{named} and {more} more" if more > 0 else named


RULES: tuple[Rule[Submitted], ...] = (
    Rule(
        "weights-missing",
        "error",
        "There are weights.",
        "Without them there is nothing to evaluate.",
        "upload them as safetensors: `model.save_pretrained(...)` writes them",
        _no_weights,
    ),
    Rule(
        "weights-pickled",
        "error",
        "The weights are safetensors.",
        "A pickle can run any code when it is loaded, so the runners never read one.",
        "convert them with `model.save_pretrained(..., safe_serialization=True)`",
        _only_pickles,
    ),
    Rule(
        "pickles-beside-weights",
        "note",
        "There are no pickles beside the safetensors.",
        "They are never read here, but others who download the repository may load them.",
        "delete them from the repository, unless somebody needs them",
        _pickles_beside,
    ),
    Rule(
        "shards-missing",
        "error",
        "Every file that the index of the weights names is there.",
        "The model does not load without them.",
        "upload the missing files, or the index that belongs to those that are there",
        _missing_shards,
    ),
    Rule(
        "adapter-only",
        "error",
        "The weights are whole, not only an adapter's.",
        "The runners evaluate without network: they could not fetch the model underneath.",
        "merge the adapter with `model.merge_and_unload()` and upload the whole model",
        _only_an_adapter,
    ),
    Rule(
        "module-weights-missing",
        "error",
        "Every dense layer of a sentence-transformers model has its weights as safetensors.",
        "A layer whose weights are missing, or pickled, does not load.",
        "save the model again with a current sentence-transformers: `model.save_pretrained(...)`",
        _module_without_weights,
    ),
    Rule(
        "weights-too-large",
        "error",
        "The weights fit the runners (`limits.weights_gb` of the settings).",
        "They would not load, after hours of waiting.",
        "ask the maintainers for a larger runner, or submit a smaller model",
        _too_large,
    ),
)
