"""One flipped bit, the commonest harm of a disk, taken back: the checksum tells which bit it was."""

from __future__ import annotations

from functools import cache
from zlib import crc32

_MOST_BYTES = 64 << 20
"""Beyond this the search takes longer than a person waits (about a third of a second for a megabyte)."""


def flipped_at(size: int, wrong: int) -> int | None:
    """Which bit of a message was flipped, by what that did to its CRC-32; None where no single one did it.

    size: bytes of the message. wrong: CRC-32 of the message as found, XOR that of the message as it was.
    CRC-32 is linear: a flipped bit changes it by a value that depends only on how far from the end it stands.
    From `wrong` the register is wound back byte by byte, until it is what one bit of one byte makes.
    """
    made, table, top = _tables()
    at = wrong
    for place in range(size - 1, max(-1, size - 1 - _MOST_BYTES), -1):
        if (bit := made.get(at)) is not None:
            return 8 * place + bit
        low = top[at >> 24]
        at = ((at ^ table[low]) << 8 | low) & 0xFFFFFFFF
    return None


@cache
def _tables() -> tuple[dict[int, int], list[int], list[int]]:
    """(what a flip of each bit of the last byte does, the CRC's table, the table's index by top byte)."""
    zero = crc32(b"\0")
    table = [crc32(bytes([byte])) ^ zero for byte in range(256)]
    top = [0] * 256
    for index, value in enumerate(table):
        top[value >> 24] = index
    return {table[1 << bit]: bit for bit in range(8)}, table, top


def flip(data: bytes, bit: int) -> bytes:
    """The data with one bit turned over, counted from the lowest of the first byte."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
