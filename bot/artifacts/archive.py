"""Read a zip that may be hostile, all in memory and bounded: no name of it ever becomes a path on this machine."""

import re
import stat
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from bot.artifacts.limits import Limits
from bot.artifacts.refusal import BrokenRule, RefusedArtifact
from bot.artifacts.zip_layout import Place, check_end, places_of

_FLAGS = (
    0x0002 | 0x0004 | 0x0008 | 0x0800
)  # how hard it was packed, sizes after the data, UTF-8 names
_ZIP64, _UNICODE_PATH = 0x0001, 0x7075  # extra fields that say another size or name
_DOS_FOLDER_OR_VOLUME = 0x10 | 0x08
_SMALL = 1024 * 1024  # bytes; below, any ratio is harmless
_VISIBLE = re.compile(r"[!-~ ]+")


@dataclass(frozen=True)
class Names:
    """Which names entries may have: those that `allowed` matches as a whole, and any below the folder `unread`."""

    allowed: re.Pattern[str]
    unread: str = ""

    def has_unread(self, name: str) -> bool:
        """Whether the entry is one that nobody reads here."""
        return bool(self.unread) and name.startswith(self.unread)


@dataclass(frozen=True)
class Archive:
    """An archive whose every entry has passed the rules that can be checked without unpacking it."""

    name: str
    limits: Limits
    _stream: BinaryIO
    _entries: Mapping[str, tuple[ZipInfo, Place]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The names of all entries, sorted."""
        return sorted(self._entries)

    def read(self, entry: str) -> bytes:
        """The content of an entry.

        Raises:
            RefusedArtifact: it is not there, or not what the table of contents says of it.
        """
        if entry not in self._entries:
            raise RefusedArtifact(self.name, entry, "there is no such file in it")
        info, place = self._entries[entry]
        self._stream.seek(place.data)
        packed = self._stream.read(info.compress_size)
        try:
            content = _unpacked(packed, info)
        except (BrokenRule, zlib.error) as error:
            raise RefusedArtifact(
                self.name, entry, "its content is damaged, or not as long as it says"
            ) from error
        return content

    def copy(self, entry: str, target: BinaryIO) -> None:
        """Write the content of an entry, which may be too large for memory; never more than the entry says.

        Raises:
            RefusedArtifact: as `read`.
        """
        if entry not in self._entries:
            raise RefusedArtifact(self.name, entry, "there is no such file in it")
        info, place = self._entries[entry]
        self._stream.seek(place.data)
        try:
            _copy(self._stream, info, target)
        except (BrokenRule, zlib.error) as error:
            raise RefusedArtifact(
                self.name, entry, "its content is damaged, or not as long as it says"
            ) from error


def open_archive(
    stream: BinaryIO, name: str, names: Names, limits: Limits | None = None
) -> Archive:
    """The archive in `stream`, which stays open.

    Raises:
        RefusedArtifact: a rule is broken.
    """
    limits = limits or Limits()
    try:
        directory = check_end(stream, limits)
        infos = _listed(stream)
        _check_names(infos, names, limits)
        read = [info for info in infos if not names.has_unread(info.filename)]
        for info in read:
            _check_kind(info)
            _check_size(info, limits)
        _check_total(read, limits)
        places = places_of(stream, infos, directory)
    except BrokenRule as broken:
        raise RefusedArtifact(name, broken.entry, broken.rule) from broken
    entries = {info.filename: (info, places[info.filename]) for info in read}
    return Archive(name, limits, stream, entries)


def _listed(stream: BinaryIO) -> list[ZipInfo]:
    try:
        return ZipFile(stream).infolist()
    except (BadZipFile, NotImplementedError, UnicodeDecodeError, ValueError, struct.error) as error:
        raise BrokenRule("its table of contents is damaged") from error


def _check_names(infos: Iterable[ZipInfo], names: Names, limits: Limits) -> None:
    seen: set[str] = set()
    for info in infos:
        name = info.orig_filename
        if names.has_unread(name) and ".." not in name.split("/"):
            continue
        if not _VISIBLE.fullmatch(name) or info.filename != name or len(name) > limits.name:
            raise BrokenRule("its name is too long, or holds characters no name here has", name)
        if {"..", "."} & set(name.split("/")) or "\\" in name or name[0] == "/" or name[1:2] == ":":
            raise BrokenRule("its name leads out of the archive", name)
        if name.lower() in seen:
            raise BrokenRule("two entries have this name, apart from case", name)
        if not names.allowed.fullmatch(name):
            raise BrokenRule("an evaluation leaves no file of this name", name)
        seen.add(name.lower())


def _check_kind(info: ZipInfo) -> None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in {0, stat.S_IFREG} or info.external_attr & _DOS_FOLDER_OR_VOLUME:
        raise BrokenRule("it is a link, a folder or a device, no plain file", info.filename)
    if info.flag_bits & ~_FLAGS:
        raise BrokenRule("it is encrypted, or packed in an unusual way", info.filename)
    if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise BrokenRule("it is packed with a method other than deflate", info.filename)
    if _extra_ids(info) & {_ZIP64, _UNICODE_PATH}:
        raise BrokenRule("it has a second size or name", info.filename)


def _check_size(info: ZipInfo, limits: Limits) -> None:
    if info.file_size > limits.entry:
        raise BrokenRule(f"it unpacks to more than {limits.entry:,} bytes", info.filename)
    if info.file_size > max(_SMALL, info.compress_size * limits.ratio):
        raise BrokenRule(f"it unpacks to more than {limits.ratio} times its size", info.filename)


def _check_total(infos: Iterable[ZipInfo], limits: Limits) -> None:
    if sum(info.file_size for info in infos) > limits.unpacked:
        raise BrokenRule(f"it unpacks to more than {limits.unpacked:,} bytes")


def _extra_ids(info: ZipInfo) -> set[int]:
    found, rest = set(), info.extra
    while len(rest) >= 4:  # noqa: PLR2004 -- an id and a length, two bytes each
        number, length = struct.unpack("<HH", rest[:4])
        found.add(number)
        rest = rest[4 + length :]
    return found


def _unpacked(packed: bytes, info: ZipInfo) -> bytes:
    """Never more than one byte over what the entry says. Raises BrokenRule or zlib.error."""
    content = packed
    whole = len(packed) == info.compress_size
    if info.compress_type == ZIP_DEFLATED:
        unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
        content = unpacking.decompress(packed, info.file_size + 1)
        whole = unpacking.eof and not unpacking.unused_data and not unpacking.unconsumed_tail
    if not whole or len(content) != info.file_size or zlib.crc32(content) != info.CRC:
        raise BrokenRule("damaged", info.filename)
    return content


def _copy(stream: BinaryIO, info: ZipInfo, target: BinaryIO) -> None:
    """The same as `_unpacked`, piece by piece. Raises BrokenRule or zlib.error."""
    size = crc = 0
    for piece in _pieces(stream, info):
        size, crc = size + len(piece), zlib.crc32(piece, crc)
        if size > info.file_size:
            raise BrokenRule("damaged", info.filename)
        target.write(piece)
    if (size, crc) != (info.file_size, info.CRC):
        raise BrokenRule("damaged", info.filename)


def _pieces(stream: BinaryIO, info: ZipInfo) -> Iterator[bytes]:
    """What an entry unpacks to, a mebibyte at a time at most."""
    end = stream.tell() + info.compress_size
    packed = iter(lambda: stream.read(min(_SMALL, end - stream.tell())), b"")
    if info.compress_type != ZIP_DEFLATED:
        yield from packed
        return
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    for chunk in packed:
        rest = chunk
        while rest:
            yield unpacking.decompress(rest, _SMALL)
            rest = unpacking.unconsumed_tail
    while not unpacking.eof and (piece := unpacking.decompress(b"", _SMALL)):
        yield piece
    if not unpacking.eof or unpacking.unused_data:
        raise BrokenRule("damaged", info.filename)
