"""The flight stream, in which React's server components travel: rows `ID:VALUE` that refer to each other.

The wire format is documented only by React's own client, `packages/react-client/src/ReactFlightClient.js`.
How a page carries the stream is `nextjs`' to know.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from ..errors import ParseFailed
from .jsons import finite

Json = Any
"""A JSON value: None, bool, int, float, str, list or dict of such."""

MAX_DEPTH = 60
MAX_VALUES = 500_000
"""How deep, and how far in all, a stream's references are followed: they may run in circles or multiply."""

_ID = re.compile(rb"([0-9a-f]{0,16}):")
_LENGTH = re.compile(rb"([A-Za-z])([0-9a-f]{1,8}),")
_SIZED = b"TAOoUSsLlGgMmVb"
"""Tags whose rows are length-prefixed: text and typed arrays."""
_REFERENCE = re.compile(r"\$([L@QW]?)([0-9a-f]+)((?::[^:]*)*)")
_ELEMENT = {"type": 1, "key": 2, "props": 3}
"""Where the parts of a React element `["$", type, key, props]` stand, which a path names."""
_CONSTANTS: Mapping[str, Json] = {
    "$undefined": None,
    "$NaN": None,
    "$Infinity": None,
    "$-Infinity": None,
    "$-0": 0,
}


class Row(NamedTuple):
    """One row of the stream."""

    id: str
    tag: str
    """"" for JSON, `T` for text, `I` for a module, `H` for a hint, `E` for an error, …"""
    value: Json
    """The JSON value, or the text of a tagged row; bytes of a typed array."""


@dataclass(frozen=True)
class Flight:
    """A stream that was read whole."""

    rows: tuple[Row, ...]

    @cached_property
    def _by_id(self) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for row in self.rows:
            if row.tag in {"", "T", "I", "E"}:
                found.setdefault(row.id, row)
        return found

    def objects(self, *keys: str) -> Iterator[dict[str, Json]]:
        """Every JSON object that has all of the keys, wherever it stands, in stream order, outermost first.

        Its values may still be references: `plain` follows them.
        """
        for value in self._values():
            if isinstance(value, dict) and all(key in value for key in keys):
                yield value

    def missing(self) -> list[str]:
        """Rows that others refer to and that the stream does not hold, sorted: parts of the page were cut."""
        wanted = set()
        for value in self._values():
            if isinstance(value, str) and (match := _REFERENCE.fullmatch(value)):
                wanted.add(match[2])
        return sorted(wanted - self._by_id.keys(), key=lambda row: int(row, 16))

    def resolve(self, value: Json) -> Json:
        """What one value stands for: a reference is followed to its end, anything else stays.

        A reference to what is not there stays as it is written.
        """
        for _ in range(MAX_DEPTH):
            if not isinstance(value, str) or not value.startswith("$") or value == "$":
                return value
            if value in _CONSTANTS:
                return _CONSTANTS[value]
            if value.startswith("$$"):
                return value[1:]
            if value.startswith("$D"):
                return value[2:]
            if value.startswith("$n"):
                return int(value[2:]) if re.fullmatch(r"-?\d{1,400}", value[2:]) else value
            match = _REFERENCE.fullmatch(value)
            row = self._by_id.get(match[2]) if match else None
            if match is None or row is None or row.tag not in {"", "T"}:
                return value
            if row.tag == "T" and not match[3]:
                return row.value
            found = self._walk(row.value, match[3].split(":")[1:])
            if found is None:
                return value
            value = _as_map(found[0]) if match[1] == "Q" else found[0]
        raise ParseFailed(f"the page's references run in a circle at {value!r}")

    def plain(self, value: Json) -> Json:
        """A value with every reference in it followed. Raises `ParseFailed` where that has no end."""
        return self._plain(value, 0)

    @cached_property
    def _left(self) -> Iterator[int]:
        return iter(range(MAX_VALUES))

    def _plain(self, value: Json, depth: int) -> Json:
        if depth > MAX_DEPTH or next(self._left, None) is None:
            raise ParseFailed("the page's objects are nested without end")
        value = self.resolve(value)
        if isinstance(value, dict):
            return {key: self._plain(item, depth + 1) for key, item in value.items()}
        if isinstance(value, list):
            return [self._plain(item, depth + 1) for item in value]
        return value

    def _walk(self, value: Json, path: list[str]) -> tuple[Json] | None:
        """Where a path leads, in a tuple; None where it leads nowhere."""
        for step in path:
            value = self.resolve(value)
            if isinstance(value, dict) and step in value:
                value = value[step]
            elif isinstance(value, list) and step in _ELEMENT and len(value) > 3 and value[0] == "$":
                value = value[_ELEMENT[step]]
            elif isinstance(value, list) and re.fullmatch(r"\d{1,9}", step) and int(step) < len(value):
                value = value[int(step)]
            else:
                return None
        return (value,)

    def _values(self) -> Iterator[Json]:
        waiting = [row.value for row in reversed(self.rows) if row.tag == ""]
        while waiting:
            value = waiting.pop()
            yield value
            if isinstance(value, dict):
                waiting.extend(reversed(value.values()))
            elif isinstance(value, list):
                waiting.extend(reversed(value))


def _as_map(value: Json) -> Json:
    """A Map travels as a list of pairs."""
    pairs = isinstance(value, list) and all(isinstance(pair, list) and len(pair) == 2 for pair in value)
    if pairs and all(isinstance(pair[0], str) for pair in value):
        return dict(value)
    return value


def parse(stream: bytes) -> Flight:
    """The rows of a joined stream. Raises `ParseFailed` where a row is cut off or is not of the format."""
    rows = []
    at = 0
    while at < len(stream):
        if stream[at] == 0x0A:
            at += 1
            continue
        row, at = _row(stream, at)
        rows.append(row)
    if not rows:
        raise ParseFailed("the page's flight stream is empty")
    return Flight(tuple(rows))


def _row(stream: bytes, at: int) -> tuple[Row, int]:
    head = _ID.match(stream, at)
    if head is None:
        raise ParseFailed(f"byte {at} of the flight stream begins no row: {stream[at : at + 40]!r}")
    name, at = head[1].decode() or "0", head.end()
    sized = _LENGTH.match(stream, at)
    if sized and sized[1] in _SIZED:
        end = sized.end() + int(sized[2], 16)
        if end > len(stream):
            raise ParseFailed(
                f"row {name} of the flight stream is cut: {end - len(stream)} bytes are missing"
            )
        return Row(name, sized[1].decode(), _value(name, sized[1], stream[sized.end() : end])), end
    end = stream.find(b"\n", at)
    end = len(stream) if end < 0 else end
    tag = stream[at : at + 1]
    if tag.isupper() or tag in {b"#", b"r", b"x"}:
        return Row(name, tag.decode(), stream[at + 1 : end].decode("utf-8", "replace")), end + 1
    return Row(name, "", _value(name, b"", stream[at:end])), end + 1


def _value(name: str, tag: bytes, raw: bytes) -> Json:
    if tag not in {b"", b"T"}:
        return raw
    try:
        return raw.decode() if tag else _json(raw)
    except (ValueError, RecursionError) as error:
        kind = "text" if tag else "JSON"
        raise ParseFailed(f"row {name} of the flight stream is no {kind}: {raw[:40]!r}") from error


def _json(raw: bytes) -> Json:
    value = json.loads(raw.decode(), parse_constant=_refuse, parse_float=finite)
    if rb"\u" in raw:
        # Half a character, escaped, would pass as text and fail only where it is written.
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _refuse(constant: str) -> Json:
    raise ValueError(f"{constant} is no JSON")
