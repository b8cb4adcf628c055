"""What goes over the pipes between the two processes: frames of JSON and bytes, their lengths before them."""

from __future__ import annotations

import json
import os
import struct

HEAD = struct.Struct("<IQ")
"""Bytes of the JSON, bytes of what follows it."""
MOST_SAID = 64 << 20
"""Bytes of JSON in a frame at most."""


def framed(said: object, size: int) -> bytes:
    """The beginning of a frame, before `size` bytes. Raises UnicodeEncodeError for half a character."""
    text = json.dumps(said, ensure_ascii=False, allow_nan=False).encode()
    return HEAD.pack(len(text), size) + text


class Garbled(Exception):
    """The other side said what it never says."""


def heard(said: bytes | bytearray) -> dict[str, object]:
    """The JSON of a frame. Raises `Garbled` where it is no object."""
    try:
        value = json.loads(said)
    except (ValueError, RecursionError) as error:
        raise Garbled(f"no JSON: {error}") from error
    if not isinstance(value, dict):
        raise Garbled("no object")
    return value


def write(file: int, data: bytes | memoryview) -> None:
    """Writes all of it, and waits as long as that takes."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def read(file: int, size: int) -> bytearray | None:
    """So many bytes, None where the other side is gone; waits as long as that takes."""
    data = bytearray(size)
    rest = memoryview(data)
    while rest:
        got = os.readv(file, [rest])
        if not got:
            return None
        rest = rest[got:]
    return data
