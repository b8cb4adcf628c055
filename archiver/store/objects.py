"""Payloads at rest: standard zstd that stock tools read, small against an earlier payload of the same page.

An object is a skippable frame, which decoders pass over, and then one zstd frame. The skippable frame holds:
format version (1 byte), depth (1 byte: 0 for a whole payload, else how many objects lie below it), CRC-32 of
all other bytes of the object (4 bytes, little-endian), and for a delta the 32 bytes of its base's SHA-256.
The frame of a delta is compressed with the base as raw dictionary: `zstd -d --patch-from=BASE` reads it.
"""

from __future__ import annotations

import struct
from typing import Literal, NamedTuple
from zlib import crc32

from . import mend

VERSION = 1
_MAGIC = 0x184D2A5C
_MAGIC_BYTES = struct.pack("<I", _MAGIC)
_FIXED = struct.Struct("<IIBBI")
HEADER_BYTES = _FIXED.size + 32

MAX_DEPTH = 64
"""Most objects below a delta. On 338 daily renderings this costs a quarter more than an endless chain."""
CHAIN_BYTES = 64 << 20
"""Reading a payload decodes about this much at most (or 4 objects): large payloads get shorter chains."""
_DELTA_BYTES = 64 << 20

Effort = Literal["thorough", "quick"]
"""`thorough` for what arrives one at a time. `quick` for a backlog of hundreds, where a person waits: on
recorded boards a delta then costs a thirtieth of the time and is a tenth to four fifths larger, until
`compact` lays it anew."""

_QUICK = 9
_SMALL, _MEDIUM = 400_000, 4_000_000
_INCOMPRESSIBLE = 0.95
_PAYS, _PAYS_CLEARLY = 0.8, 0.5
_GLANCE, _LONG = 2, 7
"""Level of a quick delta, and bytes that are the same at least: a third of the time of level 9."""
_TINY = 0.02
"""A delta of this share of its payload pays, whatever the payload is worth by itself."""
_WINDOW_LOG = 27
"""What `zstd -d` accepts without being told to use more memory."""


class Base(NamedTuple):
    """An earlier payload that a new one may be stored against."""

    sha256: str
    depth: int
    body: bytes


class Header(NamedTuple):
    """What an object says of itself before it is decoded."""

    depth: int
    base: str | None


class BadObject(ValueError):
    """The bytes of an object are not what was written. The message says what is wrong."""


def header(data: bytes) -> Header:
    """The header at the start of an object; the first `HEADER_BYTES` suffice. Raises `BadObject`."""
    if len(data) < _FIXED.size:
        raise BadObject("it is cut off within its header")
    magic, size, version, depth, _ = _FIXED.unpack_from(data)
    if magic != _MAGIC or size not in (6, 38):
        raise BadObject("it does not begin with the header of a payload object")
    if version != VERSION:
        raise BadObject(f"it is of format version {version}; this release reads {VERSION}: upgrade")
    if size == 6:
        return Header(depth, None)
    if len(data) < HEADER_BYTES:
        raise BadObject("it is cut off within its header")
    return Header(depth, data[_FIXED.size : HEADER_BYTES].hex())


def check(data: bytes) -> Header:
    """The header of a whole object whose checksum fits its bytes. Raises `BadObject`."""
    if len(data) >= _FIXED.size and data[:4] == _MAGIC_BYTES and not _fits(data):
        raise BadObject("its checksum does not fit its bytes")
    return header(data)


def _fits(data: bytes) -> bool:
    """Whether the checksum, which stands at its place in every format version, fits."""
    return bool(_FIXED.unpack_from(data)[-1] == _checksum(data))


def _checksum(data: bytes) -> int:
    crc_at = _FIXED.size - 4
    return crc32(memoryview(data)[_FIXED.size :], crc32(data[:crc_at]))


def mended(data: bytes) -> bytes | None:
    """The object with the one bit turned back that its checksum tells was flipped; None for no such bit."""
    crc_at = _FIXED.size - 4
    if len(data) < _FIXED.size or not (wrong := struct.unpack_from("<I", data, crc_at)[0] ^ _checksum(data)):
        return None
    if wrong.bit_count() == 1 and _sound(found := mend.flip(data, 8 * crc_at + wrong.bit_length() - 1)):
        return found
    bit = mend.flipped_at(len(data) - 4, wrong)
    if bit is None:
        return None
    found = mend.flip(data, bit if bit < 8 * crc_at else bit + 32)
    return found if _sound(found) else None


def _sound(data: bytes) -> bool:
    try:
        check(data)
    except BadObject:
        return False
    return True


def newer(data: bytes) -> bool:
    """Whether an object says that a newer release wrote it."""
    if len(data) < _FIXED.size:
        return False
    magic, _, version, _, _ = _FIXED.unpack_from(data)
    return bool(magic == _MAGIC and version > VERSION and _fits(data))


def _seal(frame: bytes, depth: int, base: str | None) -> bytes:
    size, named = (38, bytes.fromhex(base)) if base else (6, b"")
    data = _FIXED.pack(_MAGIC, size, VERSION, depth, 0) + named + frame
    return data[: _FIXED.size - 4] + struct.pack("<I", _checksum(data)) + data[_FIXED.size :]


def pack(body: bytes, base: Base | None, effort: Effort = "thorough") -> bytes:
    """The object for a payload: a delta against `base` where that pays and the chain allows, else whole."""
    level = _QUICK if effort == "quick" else _level(len(body))
    delta = b""
    if base and _may_extend(base, len(body)):
        delta = _glanced(body, base.body) if effort == "quick" else _compress(body, level, base.body)
    if base and delta and effort == "quick" and len(delta) <= _TINY * len(body):
        return _seal(delta, base.depth + 1, base.sha256)
    quick = _compress(body, 3)
    if base and delta:
        if len(delta) <= _PAYS_CLEARLY * len(quick):
            return _seal(delta, base.depth + 1, base.sha256)
        whole = _whole(body, quick, level)
        if len(delta) + 32 <= _PAYS * len(whole):
            return _seal(delta, base.depth + 1, base.sha256)
        return _seal(whole, 0, None)
    return _seal(_whole(body, quick, level), 0, None)


def _may_extend(base: Base, size: int) -> bool:
    if max(size, len(base.body)) > _DELTA_BYTES or not base.body or not size:
        return False
    return base.depth < min(MAX_DEPTH, max(4, CHAIN_BYTES // max(size, len(base.body))))


def _whole(body: bytes, quick: bytes, level: int) -> bytes:
    """Effort is not spent on what is compressed already (Parquet, pictures)."""
    return quick if len(quick) > _INCOMPRESSIBLE * len(body) else _compress(body, level)


def _level(size: int) -> int:
    """As much effort as keeps a capture quick: 15 ms for 60 kB, under half a second for 2 MB."""
    return 17 if size <= _SMALL else 12 if size <= _MEDIUM else 9


def _glanced(body: bytes, base: bytes) -> bytes:
    """A delta at little more than the cost of reading both: the first likeness found is taken."""
    return _compress(body, _GLANCE, base, min_match=_LONG)


def _compress(body: bytes, level: int, base: bytes = b"", *, min_match: int = 0) -> bytes:
    """min_match: bytes that are the same at least, to be taken from the base; by default the level's own."""
    import zstandard

    parameters = zstandard.ZstdCompressionParameters.from_level(
        level,
        source_size=len(body),
        dict_size=len(base),
        window_log=min(_WINDOW_LOG, max(10, len(body).bit_length() + 1)),
        write_content_size=1,
        write_checksum=0,
        **({"min_match": min_match} if min_match else {}),
    )
    if not base:
        return zstandard.ZstdCompressor(compression_params=parameters).compress(body)
    dictionary = zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    return zstandard.ZstdCompressor(compression_params=parameters, dict_data=dictionary).compress(body)


def unpack(data: bytes, base: bytes | None) -> bytes:
    """The payload of a sound object, given its base's bytes where it names one. Raises `BadObject`."""
    import zstandard

    found = check(data)
    start = HEADER_BYTES if found.base else _FIXED.size
    dictionary = (
        zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT) if base else None
    )
    try:
        decoder = zstandard.ZstdDecompressor(dict_data=dictionary)
        return decoder.decompress(memoryview(data)[start:], allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise BadObject(f"it does not decode: {error}") from error
