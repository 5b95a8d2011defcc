"""Ask the Hub how large a model is."""

from collections.abc import Mapping
from typing import Any

from bot.hub_api.connection import HubConnection
from bot.hub_api.information import information
from bot.preflight.facts import Access

_BYTES_EACH = 4  # of a parameter, where the Hub tells no more than the size of the files
_LARGEST = 10**14


def load_parameters(connection: HubConnection, model: str, revision: str) -> int | None:
    """A model's parameters, in one request; None where the Hub shows no safetensors of it.

    Raises:
        HubRefused: the Hub does not take the token.
        ServiceAtFault: the Hub does not answer.
    """
    found = information(connection, "models", model, revision, blobs=True)
    if isinstance(found, Access):
        return None
    return counted_parameters(found) or _plausible(_bytes(found.get("siblings")) // _BYTES_EACH)


def counted_parameters(found: Mapping[str, Any]) -> int | None:
    """What the Hub counts in a model's safetensors; None where it does not say."""
    told = found.get("safetensors")
    return _plausible(told.get("total")) if isinstance(told, dict) else None


def _plausible(number: Any) -> int | None:
    is_number = isinstance(number, int) and not isinstance(number, bool)
    return number if is_number and 0 < number <= _LARGEST else None


def _bytes(siblings: Any) -> int:
    """Of all safetensors files outside of folders for other engines."""
    files = [file for file in siblings or () if isinstance(file, dict)]
    sizes = [
        file.get("size")
        for file in files
        if str(file.get("rfilename", "")).endswith(".safetensors")
        and not str(file.get("rfilename")).startswith(("onnx/", "openvino/"))
    ]
    return sum(size for size in sizes if isinstance(size, int))
