"""How a repository's own files say the model is built: its modules, pooling, dimensions and longest input.

The files are those sentence-transformers writes, in the spellings of its old and new versions.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from posixpath import normpath
from typing import Any

from bot.preflight.facts import ModelFacts

MODULES = "modules.json"
_MOST_MODULES = 20
_LIBRARY = "sentence_transformers."
_NO_LIMIT = 10**7  # tokenizers write 10**30 for "none"
_LARGEST = 10**12  # numbers of thousands of digits cannot even be shown
_POOLING = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}
_POOLING_NAMES = {"lasttoken": "last-token"}
_HIDDEN_SIZES = ("hidden_size", "d_model", "n_embd", "dim")
# Their position embeddings begin behind the padding token's own.
_OFFSET_POSITIONS = frozenset(
    {"camembert", "data2vec-text", "ibert", "longformer", "mpnet", "roberta", "xlm-roberta",
     "xlm-roberta-xl", "xmod", "roberta-prelayernorm", "luke", "mluke"}
)  # fmt: skip


@dataclass(frozen=True)
class Module:
    """One entry of modules.json. `kind` is the class's name; `path` its folder, empty for the root."""

    type: str
    path: str

    @property
    def kind(self) -> str:
        """The class without its package."""
        return self.type.rpartition(".")[2]

    @property
    def is_library(self) -> bool:
        """Whether sentence-transformers itself has the class, so that no code of the repository is needed."""
        return self.type.startswith(_LIBRARY)

    def file(self, name: str) -> str:
        """Path of one of the module's files."""
        return f"{self.path}/{name}" if self.path else name


def modules(facts: ModelFacts) -> tuple[Module, ...]:
    """The modules in their order; none without a readable modules.json."""
    return modules_in(facts.json(MODULES))


def modules_in(data: Any) -> tuple[Module, ...]:
    """The modules in the data of a modules.json, as far as they are well formed."""
    return tuple(
        Module(item["type"], _folder(item.get("path", "")))
        for item in (data if isinstance(data, list) else [])[:_MOST_MODULES]
        if isinstance(item, dict)
        and isinstance(item.get("type"), str)
        and isinstance(item.get("path", ""), str)
    )


def _folder(path: str) -> str:
    """A module's folder as files are listed; model2vec writes `.` for the root."""
    folder = normpath(path.strip("/"))
    return "" if folder == "." else folder


def transformer(facts: ModelFacts) -> Module | None:
    """The module that holds the language model; None for models without one (static embeddings)."""
    found = modules(facts)
    if not found:
        return Module(f"{_LIBRARY}Transformer", "")
    return next((module for module in found if module.kind == "Transformer"), None)


def files_read(modules_data: Any) -> tuple[str, ...]:
    """Paths of the JSON files that the questions below look into."""
    known = modules_in(modules_data) or (Module("Transformer", ""),)
    paths = ["config_sentence_transformers.json"]
    for module in known:
        names = ["config.json"]
        if module.kind == "Transformer":
            names += ["sentence_bert_config.json", "tokenizer_config.json"]
            names += ["model.safetensors.index.json"]
        paths += [module.file(name) for name in names]
    return tuple(dict.fromkeys(paths))


def model_config(facts: ModelFacts) -> Mapping[str, Any]:
    """The language model's config.json, that of its text part where it has several."""
    module = transformer(facts)
    whole = facts.mapping(module.file("config.json")) if module else {}
    part = whole.get("text_config")
    return part if isinstance(part, dict) else whole


def hidden_size(facts: ModelFacts) -> int | None:
    """Length of a token's vector."""
    config = model_config(facts)
    return next((size for key in _HIDDEN_SIZES if (size := whole_number(config.get(key)))), None)


def pooling_module(facts: ModelFacts) -> Module | None:
    """The first pooling module."""
    return next((module for module in modules(facts) if module.kind == "Pooling"), None)


def pooling_modes(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Ways to pool that a pooling module's config.json names, in this project's words; several are concatenated."""
    named = config.get("pooling_mode")
    if isinstance(named, str | list):
        listed = [named] if isinstance(named, str) else named
        modes = [mode for mode in listed if isinstance(mode, str)]
    else:
        modes = [mode for key, mode in _POOLING.items() if config.get(key) is True]
    return tuple(_POOLING_NAMES.get(mode, mode) for mode in modes)


def pooling(facts: ModelFacts) -> tuple[str, ...]:
    """How the model's own files say tokens become one vector; empty where they do not say."""
    module = pooling_module(facts)
    return pooling_modes(facts.mapping(module.file("config.json"))) if module else ()


def normalizes(facts: ModelFacts) -> bool:
    """Whether the modules scale embeddings to length 1."""
    return any(module.kind == "Normalize" for module in modules(facts))


def dimension_steps(facts: ModelFacts) -> Iterator[tuple[str, int, int]]:
    """Each module's config whose input length is known, with that and the length it is given."""
    length = hidden_size(facts)
    for module in modules(facts):
        path = module.file("config.json")
        config = facts.mapping(path)
        wanted, given = _input_length(module, config), length
        if wanted and given:
            yield path, wanted, given
        length = _output_length(module, config, wanted or given)


def _input_length(module: Module, config: Mapping[str, Any]) -> int | None:
    keys = {
        "Pooling": ("embedding_dimension", "word_embedding_dimension"),
        "Dense": ("in_features",),
        "LayerNorm": ("dimension",),
    }.get(module.kind, ())
    return next((size for key in keys if (size := whole_number(config.get(key)))), None)


def _output_length(module: Module, config: Mapping[str, Any], length: int | None) -> int | None:
    if module.kind == "Dense":
        return whole_number(config.get("out_features"))
    if module.kind == "Pooling":
        return length * (len(pooling_modes(config)) or 1) if length else None
    return length if module.is_library else None


def most_positions(facts: ModelFacts) -> int | None:
    """Tokens the language model has learnt positions for; None where it computes positions (RoPE, ALiBi, relative)."""
    config = model_config(facts)
    positions = whole_number(config.get("max_position_embeddings"))
    if positions is None or any("rope" in key or "rotary" in key for key in config):
        return None
    if config.get("position_embedding_type", "absolute") != "absolute" or config.get(
        "relative_attention"
    ):
        return None
    if config.get("model_type") in _OFFSET_POSITIONS:
        padding = config.get("pad_token_id")
        offset = 0 if padding == 0 else whole_number(padding) or 1
        return whole_number(positions - offset - 1)
    return positions


def longest_input(facts: ModelFacts) -> tuple[int, str] | None:
    """Tokens the model's own files let it read, and the file that says so; None where none does."""
    module = transformer(facts)
    if module is None:
        return None
    for name, key in (
        ("sentence_bert_config.json", "max_seq_length"),
        ("tokenizer_config.json", "model_max_length"),
    ):
        length = whole_number(facts.mapping(module.file(name)).get(key))
        if length and length < _NO_LIMIT:
            return length, module.file(name)
    return None


def whole_number(value: Any) -> int | None:
    """A positive whole number that can be meant; None for anything else."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 < value <= _LARGEST else None
