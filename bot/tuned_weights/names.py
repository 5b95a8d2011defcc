"""Which files a tuned model may consist of. Nothing here is code, a pickle, or a name that leads elsewhere."""

import re

LARGEST_TEXT = 64 * 2**20  # bytes; vocabularies of large multilingual tokenizers have 35 MB
LARGEST_WEIGHTS = 2**32 - 1  # bytes; what a zip without 64-bit sizes holds
MOST_FILES = 200
_MODULE = r"(?:[0-9]{1,2}_[A-Za-z]{1,40}/)?"
_JSON = re.compile(
    rf"{_MODULE}config\.json|(?:tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab|modules|"
    r"sentence_bert_config|config_sentence_transformers|model\.safetensors\.index)\.json"
)
_TEXT = re.compile(r"vocab\.txt|merges\.txt|chat_template\.jinja")
_BINARY = re.compile(r"tokenizer\.model|sentencepiece\.bpe\.model|spiece\.model")
_WEIGHTS = re.compile(rf"{_MODULE}model\.safetensors|model-[0-9]{{5}}-of-[0-9]{{5}}\.safetensors")
MODEL_FILE = re.compile("|".join(kind.pattern for kind in (_JSON, _TEXT, _BINARY, _WEIGHTS)))


def is_model_file(path: str) -> bool:
    """Whether a tuned model may have a file of this path."""
    return MODEL_FILE.fullmatch(path) is not None


def is_weights(path: str) -> bool:
    """Whether it holds tensors."""
    return _WEIGHTS.fullmatch(path) is not None


def is_json(path: str) -> bool:
    """Whether it is JSON."""
    return _JSON.fullmatch(path) is not None


def is_text(path: str) -> bool:
    """Whether it is plain text."""
    return _TEXT.fullmatch(path) is not None


def largest(path: str) -> int:
    """How many bytes the file may have."""
    return LARGEST_WEIGHTS if is_weights(path) else LARGEST_TEXT
