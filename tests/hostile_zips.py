"""Zips that want more than to be read: each breaks one rule of the archive reader."""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from warnings import catch_warnings

from collect_made import FOLDER, SECOND, zipped

RESULT = f"{FOLDER}/{SECOND}.json"
Good = Mapping[str, bytes]


def named(name: str) -> Callable[[Good], bytes]:
    """One more entry of that name."""
    return lambda good: zipped({**good, name: b"{}"})


def of_kind(kind: int, content: bytes = b"/etc/passwd") -> Callable[[Good], bytes]:
    """The result file is of a kind that `ls -l` would show."""
    return lambda good: _altered(
        good, lambda info: _set(info, external_attr=(kind | 0o777) << 16), content
    )


def packed(method: int) -> Callable[[Good], bytes]:
    """Packed with another method."""
    return lambda good: _altered(good, lambda info: _set(info, compress_type=method), None)


def twice(name: str) -> Callable[[Good], bytes]:
    """The same name again, perhaps in another case."""

    def make(good: Good) -> bytes:
        stream = io.BytesIO(zipped(good))
        with catch_warnings(action="ignore"), zipfile.ZipFile(stream, "a") as archive:
            archive.writestr(name, b"{}")
        return stream.getvalue()

    return make


def patched(old: bytes, new: bytes, count: int = -1) -> Callable[[Good], bytes]:
    """Bytes of the archive replaced."""

    def make(good: Good) -> bytes:
        content = zipped(good)
        assert old in content
        return content.replace(old, new, count)

    return make


def in_directory(offset: int, value: bytes, name: str = RESULT) -> Callable[[Good], bytes]:
    """A field of the file's record in the table of contents replaced."""

    def make(good: Good) -> bytes:
        content = bytearray(zipped(good))
        record = content.rindex(name.encode()) - 46
        assert content[record : record + 4] == b"PK\1\2"
        content[record + offset : record + offset + len(value)] = value
        return bytes(content)

    return make


def before(data: bytes) -> Callable[[Good], bytes]:
    """Data before the archive, as a program that unpacks itself has it."""
    return lambda good: data + zipped(good)


def after(data: bytes) -> Callable[[Good], bytes]:
    """Data after the archive."""
    return lambda good: zipped(good) + data


def cut(share: float) -> Callable[[Good], bytes]:
    """The first part of an archive."""
    return lambda good: zipped(good)[: int(len(zipped(good)) * share)]


def zeros(size: int) -> Callable[[Good], bytes]:
    """A result file of zeros."""
    return lambda good: zipped({**good, RESULT: bytes(size)})


def many(count: int) -> Callable[[Good], bytes]:
    """So many entries."""
    return lambda good: _raw({}, {**good, **{f"{FOLDER}/Task{n}.json": b"" for n in range(count)}})


def larger_than_said(good: Good) -> bytes:
    """Its sizes say 2 bytes; it unpacks to 10 MB."""
    bomb = zlib.compress(bytes(10_000_000), 9)[2:-4]
    return _raw({RESULT: (bomb, 2, zlib.crc32(b"\0\0"))}, good)


def smaller_than_said(good: Good) -> bytes:
    """Its sizes say 1 MB; it unpacks to 2 bytes."""
    content = zlib.compress(b"{}", 9)[2:-4]
    return _raw({RESULT: (content, 1_000_000, zlib.crc32(b"{}"))}, good)


def overlapping(good: Good) -> bytes:
    """Two names for the same bytes: https://www.bamsoftware.com/hacks/zipbomb/ in small."""
    content = bytearray(_raw({}, good))
    record = content.rindex(f"{FOLDER}/model_meta.json".encode()) - 46
    target = content.index(b"PK\3\4")
    content[record + 42 : record + 46] = struct.pack("<L", target)
    return bytes(content)


def sharing_data(good: Good) -> bytes:
    """An entry whose data are another entry, header and all."""
    inner = _raw({}, good)
    length = inner.index(b"PK\1\2")
    name = RESULT.encode()
    header = _local(name, length, length, zlib.crc32(inner[:length]), 0)
    records = [_central(name, length, length, zlib.crc32(inner[:length]), 0, 0)]
    with zipfile.ZipFile(io.BytesIO(inner)) as archive:
        records += [
            _central(
                one.filename.encode(), one.compress_size, one.file_size, one.CRC, one.compress_type,
                one.header_offset + len(header),
            )
            for one in archive.infolist() if one.filename != RESULT
        ]  # fmt: skip
    return _whole(header + inner[:length], records)


def with_extra(number: int) -> Callable[[Good], bytes]:
    """A field that says another size or another name."""

    def make(good: Good) -> bytes:
        extra = struct.pack("<HH", number, 8) + bytes(8)
        return _altered(good, lambda info: _set(info, extra=extra), None)

    return make


def with_64_bits(good: Good) -> bytes:
    """The end says that sizes stand elsewhere."""
    content = bytearray(zipped(good))
    content[-6:-2] = b"\xff\xff\xff\xff"
    return bytes(content)


def empty(_: Good) -> bytes:
    """No bytes at all."""
    return b""


def _raw(entries: Mapping[str, tuple[bytes, int, int]], good: Good) -> bytes:
    """The good files, some of them with data, size and checksum as given."""
    body, records = bytearray(), []
    for name, content in good.items():
        plain = (zlib.compress(content)[2:-4], len(content), zlib.crc32(content))
        data, size, crc = entries.get(name, plain)
        records.append(_central(name.encode(), len(data), size, crc, 8, len(body)))
        body += _local(name.encode(), len(data), size, crc, 8) + data
    return _whole(bytes(body), records)


def _local(name: bytes, length: int, size: int, crc: int, method: int) -> bytes:
    return (
        struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, method, 0, 33, crc, length, size, len(name), 0)
        + name
    )


def _central(name: bytes, length: int, size: int, crc: int, method: int, offset: int) -> bytes:
    mode = (stat.S_IFREG | 0o644) << 16
    fields = (
        b"PK\1\2",
        20,
        20,
        0,
        method,
        0,
        33,
        crc,
        length,
        size,
        len(name),
        0,
        0,
        0,
        0,
        mode,
        offset,
    )
    return struct.pack("<4s6H3L5H2L", *fields) + name


def _whole(body: bytes, records: list[bytes]) -> bytes:
    directory = b"".join(records)
    count = min(len(records), 0xFFFF)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory), len(body), 0)
    return body + directory + end


def _altered(good: Good, change: Callable[[zipfile.ZipInfo], None], content: bytes | None) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, kept in good.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if name == RESULT:
                change(info)
            archive.writestr(info, content if content and name == RESULT else kept)
    return stream.getvalue()


def _set(info: zipfile.ZipInfo, **fields: object) -> None:
    for name, value in fields.items():
        setattr(info, name, value)
