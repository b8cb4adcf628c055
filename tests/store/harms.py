"""Ways in which disks, transfers and people harm files, each a function of chance and the bytes."""

from __future__ import annotations

import random
from collections.abc import Callable

Harm = Callable[[random.Random, bytes, bytes], bytes]
"""Chance, the sound bytes, those of another file of the kind → the harmed bytes."""


def flip(chance: random.Random, sound: bytes, _other: bytes) -> bytes:
    bit = chance.randrange(8 * len(sound))
    harmed = bytearray(sound)
    harmed[bit // 8] ^= 1 << bit % 8
    return bytes(harmed)


def cut(chance: random.Random, sound: bytes, _other: bytes) -> bytes:
    return sound[: chance.randrange(len(sound))]


def cut_lines(chance: random.Random, sound: bytes, other: bytes) -> bytes:
    """Whole lines off a ledger's end; of an object, any cut."""
    ends = [at + 1 for at, byte in enumerate(sound) if byte == 10][:-1]
    return sound[: chance.choice(ends)] if sound.endswith(b'"}\n') and ends else cut(chance, sound, other)


def delete(chance: random.Random, sound: bytes, _other: bytes) -> bytes:
    start = chance.randrange(len(sound))
    return sound[:start] + sound[start + chance.randint(1, 40) :]


def delete_line(chance: random.Random, sound: bytes, other: bytes) -> bytes:
    lines = sound.splitlines(keepends=True)
    if not sound.endswith(b'"}\n') or len(lines) < 2:
        return delete(chance, sound, other)
    del lines[chance.randrange(len(lines))]
    return b"".join(lines)


def insert(chance: random.Random, sound: bytes, _other: bytes) -> bytes:
    at = chance.randrange(len(sound) + 1)
    return sound[:at] + chance.randbytes(chance.randint(1, 40)) + sound[at:]


def insert_line(chance: random.Random, sound: bytes, other: bytes) -> bytes:
    """A sound line of this ledger or of another, where it does not belong."""
    if not sound.endswith(b'"}\n'):
        return insert(chance, sound, other)
    lines = sound.splitlines(keepends=True)
    stranger = chance.choice([chance.choice(lines), other.splitlines(keepends=True)[0]])
    lines.insert(chance.randrange(len(lines) + 1), stranger)
    return b"".join(lines)


def swap(chance: random.Random, sound: bytes, _other: bytes) -> bytes:
    one, two = sorted(chance.sample(range(len(sound)), 2))
    harmed = bytearray(sound)
    harmed[one], harmed[two] = harmed[two], harmed[one]
    return bytes(harmed)


def swap_lines(chance: random.Random, sound: bytes, other: bytes) -> bytes:
    lines = sound.splitlines(keepends=True)
    if not sound.endswith(b'"}\n') or len(lines) < 2:
        return other
    one, two = chance.sample(range(len(lines)), 2)
    lines[one], lines[two] = lines[two], lines[one]
    return b"".join(lines)


HARMS: list[Harm] = [
    flip, flip, cut, cut_lines, delete, delete_line, insert, insert_line, swap, swap_lines,
]  # fmt: skip
