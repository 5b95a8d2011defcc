"""Where the parts of a zip lie, checked before any library reads it: one plain archive, nothing before, between or after."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO
from zipfile import ZipInfo

from bot.artifacts.limits import Limits
from bot.artifacts.refusal import BrokenRule

_END = struct.Struct("<4s4H2LH")  # end of central directory record
_LOCAL = struct.Struct("<4s5H3L2H")  # local file header
_LARGEST_RECORD = (
    46 + 1000
)  # bytes of one record of the central directory, its name and extra fields included
_DESCRIBED_LATER = 0x0008  # flag of an entry that a data descriptor follows
_SIZE_ELSEWHERE = 0xFFFFFFFF  # it stands in a record of 64-bit sizes
_UTF8 = 0x0800  # flag of an entry whose name is in UTF-8
_DESCRIPTOR = 24  # bytes of the longest


@dataclass(frozen=True)
class Place:
    """Where an entry begins, where its data lies, and the first and last place where the next one may begin."""

    begin: int
    data: int
    end: int
    latest: int


def check_end(stream: BinaryIO, limits: Limits) -> int:
    """Refuse what does not end as one plain archive; returns where its central directory begins.

    Raises:
        BrokenRule: it is no zip, cut off, in several parts or with 64-bit sizes, or lists too many files.
    """
    size = stream.seek(0, 2)
    if size < _END.size:
        raise BrokenRule("it is no zip archive, or not all of it")
    stream.seek(size - _END.size)
    signature, disk, first_disk, here, entries, length, begin, comment = _END.unpack(
        stream.read(_END.size)
    )
    if signature != b"PK\5\6" or comment:
        raise BrokenRule("it is no zip archive, or not all of it")
    if disk or first_disk or here != entries or _SIZE_ELSEWHERE in {length, begin}:
        raise BrokenRule("it is an archive in several parts or with 64-bit sizes")
    if entries > limits.entries or length > limits.entries * _LARGEST_RECORD:
        raise BrokenRule(f"it lists {entries:,} files or more; {limits.entries:,} are allowed")
    if begin + length != size - _END.size:
        raise BrokenRule("its table of contents is not where its end says")
    return int(begin)


def places_of(stream: BinaryIO, infos: Sequence[ZipInfo], directory: int) -> dict[str, Place]:
    """Where each entry lies, by name.

    Raises:
        BrokenRule: entries overlap, leave room for hidden data, or do not begin as the directory says.
    """
    places: dict[str, Place] = {}
    before = Place(0, 0, 0, 0)
    for info in sorted(infos, key=lambda info: info.header_offset):
        place = _place(stream, info)
        if not before.end <= place.begin <= before.latest:
            raise BrokenRule("entries overlap, or there is hidden data between them", info.filename)
        places[info.filename] = before = place
    if not before.end <= directory <= before.latest:
        raise BrokenRule("entries overlap its table of contents, or hidden data comes before it")
    return places


def _place(stream: BinaryIO, info: ZipInfo) -> Place:
    stream.seek(info.header_offset)
    header = stream.read(_LOCAL.size)
    if len(header) < _LOCAL.size or header[:4] != b"PK\3\4":
        raise BrokenRule("there is no entry where the table of contents says", info.filename)
    *_, name, extra = _LOCAL.unpack(header)
    method = header[8:10]
    encoding = "utf-8" if info.flag_bits & _UTF8 else "cp437"
    if stream.read(name) != info.orig_filename.encode(encoding):
        raise BrokenRule("it has another name in the table of contents", info.filename)
    if int.from_bytes(method, "little") != info.compress_type:
        raise BrokenRule("it is packed otherwise than the table of contents says", info.filename)
    data = info.header_offset + _LOCAL.size + name + extra
    end = data + info.compress_size
    described = _DESCRIPTOR if info.flag_bits & _DESCRIBED_LATER else 0
    return Place(info.header_offset, data, end, end + described)
