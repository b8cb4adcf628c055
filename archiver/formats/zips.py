"""Zip archives, unpacked under a cap and in memory: nothing is written, and names are never paths."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import NamedTuple

from ..errors import ParseFailed
from .text import short

MOST_BYTES = 256 << 20
"""Unpacked bytes that an archive may hold in all."""
MOST_MEMBERS = 5000

MAGIC = b"PK\x03\x04"


class Member(NamedTuple):
    """One file of an archive."""

    name: str
    body: bytes


def members(body: bytes, suffix: str = "", *, most: int = MOST_BYTES) -> list[Member]:
    """The files of an archive whose names end with `suffix`, in its order, each checked by its CRC.

    Raises ParseFailed where it is no zip archive, is cut off, damaged or encrypted, or holds too much.

    >>> packed = io.BytesIO()
    >>> with zipfile.ZipFile(packed, "w") as archive: archive.writestr("board.csv", "model,score")
    >>> members(packed.getvalue(), ".csv")
    [Member(name='board.csv', body=b'model,score')]
    """
    read: list[Member] = []
    left = most
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            found = archive.infolist()
            if len(found) > MOST_MEMBERS:
                raise ParseFailed(f"The zip archive holds {len(found)} files, more than {MOST_MEMBERS}.")
            for info in found:
                if info.is_dir() or not info.filename.endswith(suffix):
                    continue
                with archive.open(info) as file:
                    unpacked = file.read(left + 1)
                left -= len(unpacked)
                if left < 0:
                    raise ParseFailed(f"The zip archive holds more than {most} bytes.")
                read.append(Member(info.filename, unpacked))
    # RuntimeError: a password is asked for. NotImplementedError: a method that Python does not unpack.
    # IndexError: a member's name that is empty or lies.
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, IndexError) as error:
        what = f"The zip archive of {len(body)} bytes cannot be unpacked: {short(error)}."
        raise ParseFailed(what) from error
    return read
