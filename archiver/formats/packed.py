"""Files packed with gzip (RFC 1952), unpacked under a cap: a small body may claim to be a very large one."""

from __future__ import annotations

import gzip
import io
import zlib

from ..errors import ParseFailed

MAX_BYTES = 256 << 20
"""Unpacked bytes that a board may have."""


def gunzip(body: bytes, *, most: int = MAX_BYTES) -> bytes:
    """What a gzip file holds. Raises ParseFailed where it is none, is cut off or damaged, or holds too much.

    >>> gunzip(gzip.compress(b"model,score"))
    b'model,score'
    """
    if not body:
        raise ParseFailed("The body is empty.")
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
            unpacked = file.read(most + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise ParseFailed(f"The gzip file of {len(body)} bytes cannot be unpacked: {error}.") from error
    if len(unpacked) > most:
        raise ParseFailed(f"The gzip file holds more than the {most} bytes that a board may have.")
    return unpacked
