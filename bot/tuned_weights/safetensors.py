"""The header of a safetensors file, held against the file itself before any library reads it.

https://github.com/huggingface/safetensors#format: eight bytes with the header's length, the header in JSON, the tensors
one after the other.
"""

import math
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

from bot.tuned_weights.json_files import BrokenFile, read_json

_LENGTH = struct.Struct("<Q")
_LONGEST_HEADER = 16 * 2**20  # bytes; thousands of tensors take one
_BYTES: Mapping[str, int] = {
    "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1,
}  # fmt: skip
_MOST_DIMENSIONS = 8


def check_safetensors(stream: BinaryIO, size: int) -> None:
    """Refuse a file of `size` bytes whose header does not describe exactly what follows it.

    Raises:
        BrokenFile: it is cut off, has room for hidden data, or tensors of an unknown kind.
    """
    begin = stream.read(_LENGTH.size)
    if len(begin) < _LENGTH.size:
        raise BrokenFile("it is no safetensors file, or not all of it")
    (length,) = _LENGTH.unpack(begin)
    if not 0 < length <= min(_LONGEST_HEADER, size - _LENGTH.size):
        raise BrokenFile("its header is longer than the file, or than any model's")
    header = read_json(stream.read(length))
    if not isinstance(header, dict):
        raise BrokenFile("its header is no JSON object")
    tensors = {name: tensor for name, tensor in header.items() if name != "__metadata__"}
    if not _is_metadata(header.get("__metadata__", {})):
        raise BrokenFile("its metadata is something else than texts")
    if not tensors:
        raise BrokenFile("it holds no tensor")
    _check_places([_place(tensor) for tensor in tensors.values()], size - _LENGTH.size - length)


def _is_metadata(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def _place(tensor: Any) -> tuple[int, int]:
    """Where a tensor's data lies."""
    if not isinstance(tensor, dict) or tensor.keys() != {"dtype", "shape", "data_offsets"}:
        raise BrokenFile("a tensor is described otherwise than by dtype, shape and data_offsets")
    kind, shape, offsets = tensor["dtype"], tensor["shape"], tensor["data_offsets"]
    if not isinstance(kind, str) or kind not in _BYTES:
        raise BrokenFile("a tensor is of an unknown number format")
    if not _are_counts(shape, _MOST_DIMENSIONS) or not _are_counts(offsets, 2) or len(offsets) != 2:  # noqa: PLR2004 -- begin and end
        raise BrokenFile("a tensor's shape or place is no list of counts")
    begin, end = offsets
    if end - begin != math.prod(shape) * _BYTES[kind]:
        raise BrokenFile("a tensor has more or fewer bytes than its shape takes")
    return begin, end


def _are_counts(value: Any, most: int) -> bool:
    if not isinstance(value, list) or len(value) > most:
        return False
    return all(isinstance(one, int) and not isinstance(one, bool) and one >= 0 for one in value)


def _check_places(places: list[tuple[int, int]], room: int) -> None:
    """One tensor after the other, from the first byte to the last."""
    reached = 0
    for begin, end in sorted(places):
        if begin != reached:
            raise BrokenFile("tensors overlap, or there is hidden data between them")
        reached = end
    if reached != room:
        raise BrokenFile("its tensors end before the file does, or after")
