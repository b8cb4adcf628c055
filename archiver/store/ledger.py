"""The ledger: one JSON object a line, append-only, each line carrying the SHA-256 of the one before it.

    {"v":1,"n":7,"prev":"…64 hex…","at":"2026-07-20T11:04:33Z","kind":"capture",…,"crc":"8f00b204"}

`v` format version, `n` line number from 1, `prev` SHA-256 of the previous line's bytes without its newline
(64 zeros for the first), `at` when the line was written, `kind` what it records, `crc` the CRC-32 of the
bytes of the line before `,"crc"`: the chain cannot vouch for its own last line, the checksum does.

An end without a newline was never acknowledged: readers pass over it and the next append cuts it off.
Anything else that does not fit is damage.

A line of kind `lost` stands where a repair found one that could not be read (see `repair`). Its field
`stands_for` is the SHA-256 of the lost line as far as it is known; the line after it follows that.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

VERSION = 1
START = "0" * 64
_CRC = b',"crc":"'
_TAIL = len(_CRC) + len('8f00b204"}')
_HEADERS = b',"headers":['
_READ_BACK = 1 << 16
_JSON = json.JSONDecoder()


class Head(NamedTuple):
    """How far a ledger goes, or was read."""

    bytes: int
    lines: int
    sha256: str
    """Of the last line, without its newline; 64 zeros where there is none."""

    def __str__(self) -> str:
        """How the index remembers it."""
        return f"{self.bytes} {self.lines} {self.sha256}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """What `str` wrote."""
        end, lines, digest = text.split()
        return cls(int(end), int(lines), digest)


NOTHING = Head(0, 0, START)
LOST = "lost"
"""Kind of a line that stands where another was lost."""


class NewerFormat(ValueError):
    """A line of a format version that this release does not know: sound, for all it can tell."""


class Line(NamedTuple):
    """One line as found, sound or not."""

    number: int
    """Where it stands in the file, from 1."""
    start: int
    """Byte offset of its first byte."""
    end: int
    """Byte offset after its newline."""
    sha256: str
    fields: dict[str, Any] | None
    """None where the line cannot be read."""
    fault: str = ""
    """What is wrong with it or with its place in the chain; empty for a sound line."""
    torn: bool = False
    """The unterminated end of an append that was cut short: never acknowledged, no damage."""
    newer: bool = False
    """Written by a newer release: it cannot be read here, and nothing may be written after it."""

    @property
    def head(self) -> Head:
        """What the line after this one follows."""
        return Head(self.end, self.number, closing(self.fields, self.sha256))


def encode(fields: Mapping[str, object], after: Head) -> bytes:
    """The line (without newline) that records `fields` after the given head."""
    record = {"v": VERSION, "n": after.lines + 1, "prev": after.sha256, **fields}
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # A lone surrogate (from an undecodable file name) becomes its JSON escape, which reads back as it was.
    data = text.encode("utf-8", "backslashreplace")[:-1]
    return b'%s,"crc":"%08x"}' % (data, crc32(data))


def decode(line: bytes, *, brief: bool = False) -> dict[str, Any]:
    """The fields of a line. Raises ValueError that says what is wrong.

    brief: without the response headers, which come last and take most of the time. Their key can be looked
    for in the bytes, since a quotation mark inside a JSON string always follows a backslash.
    """
    if line[-_TAIL:-10] != _CRC or line[-2:] != b'"}':
        raise ValueError("it does not end as a record does")
    if line[-10:-2] != b"%08x" % crc32(line[:-_TAIL]):
        raise ValueError("its checksum does not fit its bytes")
    end = line.find(_HEADERS) if brief else -1
    text = line.decode() if end < 0 else line[:end].decode() + "}"
    fields, stop = _JSON.raw_decode(text)
    if stop != len(text):
        raise ValueError("something follows its record")
    if not isinstance(fields, dict):
        raise ValueError("it is no record")  # noqa: TRY004  # one error for every bad line
    version = fields.get("v")
    if isinstance(version, int) and version > VERSION:
        raise NewerFormat(
            f"it is of format version {version}, of a newer release; this one reads {VERSION}: upgrade"
        )
    if version != VERSION:
        raise ValueError("it is of a format version that no release has written")
    if not isinstance(fields.get("n"), int) or not isinstance(fields.get("prev"), str):
        raise ValueError("it lacks its number or the digest of the line before it")  # noqa: TRY004  # one error for every bad line
    return fields


def advance(after: Head, line: bytes) -> Head:
    """The head once `line` (without newline) stands after `after`."""
    return Head(after.bytes + len(line) + 1, after.lines + 1, sha256(line).hexdigest())


def scan(path: Path, after: Head = NOTHING, *, brief: bool = False) -> Iterator[Line]:
    """Every line of a ledger that follows `after`, with what is wrong with it. Raises OSError.

    brief: as for `decode`.

    One fault is told once: after an unreadable line the chain is taken up again at the next.
    """
    start, number, previous, trusted = after.bytes, after.lines, after.sha256, True
    recorded = number
    with path.open("rb") as file:
        file.seek(start)
        for raw in file:
            number, end = number + 1, start + len(raw)
            if raw[-1:] != b"\n":
                yield _tail(raw, number, start, end)
                return
            digest = sha256(raw[:-1]).hexdigest()
            fields, fault, newer = None, "", False
            try:
                fields = decode(raw[:-1], brief=brief)
            except ValueError as error:
                fault, newer = str(error), isinstance(error, NewerFormat)
            if fields is not None:
                recorded += 1
                if trusted and fields["prev"] != previous:
                    fault = f"it does not follow the line before it (it says it is line {fields['n']})"
                elif trusted and fields["n"] != recorded:
                    fault = f"it is numbered {fields['n']}, where {recorded} was expected"
                recorded = fields["n"]
            yield Line(number, start, end, digest, fields, fault, newer=newer)
            start, previous, trusted = end, closing(fields, digest), fields is not None


def closing(fields: Mapping[str, Any] | None, digest: str) -> str:
    """The digest that the line after a line must name."""
    if fields is not None and fields.get("kind") == LOST:
        return str(fields.get("stands_for", digest))
    return digest


def _tail(raw: bytes, number: int, start: int, end: int) -> Line:
    if holds_record(raw) and len(raw) > _record_length(raw):
        fault = "its newline is damaged: a whole record is followed by other bytes"
        return Line(number, start, end, "", None, fault)
    return Line(number, start, end, "", None, torn=True)


def holds_record(tail: bytes) -> bool:
    """Whether an unterminated end begins with a whole, sound record, which cutting it off would lose."""
    length = _record_length(tail)
    if not length:
        return False
    try:
        decode(tail[:length])
    except ValueError:
        return False
    return True


def _record_length(tail: bytes) -> int:
    mark = tail.rfind(_CRC)
    length = mark + _TAIL
    return length if mark >= 0 and length <= len(tail) else 0


def head(path: Path) -> Head:
    """Where a ledger ends: its last whole line, whether sound or not. Reads only the end. Raises OSError."""
    with path.open("rb") as file:
        end, line = _last_line(file.fileno())
        if line is None:
            return NOTHING
        fields: dict[str, Any] | None = None
        try:
            fields = decode(line)
            number = int(fields["n"])
        except ValueError:
            file.seek(0)
            number = file.read(end).count(b"\n")
    return Head(end, number, closing(fields, sha256(line).hexdigest()))


def _last_line(file: int) -> tuple[int, bytes | None]:
    """(byte offset after the last newline, the line before it without newline), or (0, None)."""
    size = os.fstat(file).st_size
    held, start = b"", size
    while start > 0:
        step = min(start, _READ_BACK)
        start -= step
        held = os.pread(file, step, start) + held
        last = held.rfind(b"\n")
        first = held.rfind(b"\n", 0, last) if last > 0 else -1
        if last >= 0 and (first >= 0 or start == 0):
            return start + last + 1, held[first + 1 : last]
    return 0, None


def backwards(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """The fields and the SHA-256 of every sound line, the newest first; an unterminated end is passed over.

    Reads as far back as is asked for, so that the newest lines of a long ledger cost little. Raises OSError.
    """
    with path.open("rb") as file:
        start = os.fstat(file.fileno()).st_size
        held, ended = b"", False
        while start > 0:
            step = min(start, _READ_BACK)
            start -= step
            first, *rest = (os.pread(file.fileno(), step, start) + held).split(b"\n")
            for line in reversed(rest):
                if ended and line:
                    yield from _sound(line)
                ended = True
            held = first
        if ended and held:
            yield from _sound(held)


def _sound(line: bytes) -> Iterator[tuple[dict[str, Any], str]]:
    with suppress(ValueError):
        yield decode(line, brief=True), sha256(line).hexdigest()
