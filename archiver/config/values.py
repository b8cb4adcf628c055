"""Reading one value of `archiver.toml`: what it is, or an error that names key, value and what is allowed.

A section is a function from a `Value` to what it means; see `schedule` for one. `Value.table` takes a reader
a key and refuses the others, so that a section is a mapping of readers and a dataclass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import NamedTuple, TypeVar

from ..errors import UsageError
from ..redaction import shown

T = TypeVar("T")

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SPAN = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*(s|m|h|d|w)")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class Value(NamedTuple):
    """A value where it stands. Every method raises `UsageError` for a value that it does not allow."""

    file: Path
    key: str
    """With the tables that it stands in: `schedule.zone`."""
    value: object

    def wrong(self, allowed: str) -> UsageError:
        """The error that says what may be written there."""
        return UsageError(
            f"{self.file}: {self.key} = {shown(repr(self.value))} is not allowed.",
            todo=f"write {allowed} there",
        )

    def text(self) -> str:
        """Text."""
        if not isinstance(self.value, str):
            raise self.wrong("text in quotes")
        return self.value

    def one_of(self, *allowed: str) -> str:
        """One of some words."""
        if self.value not in allowed:
            raise self.wrong("one of " + ", ".join(f'"{word}"' for word in allowed))
        return self.text()

    def yes(self) -> bool:
        """true or false."""
        if not isinstance(self.value, bool):
            raise self.wrong("true or false")
        return self.value

    def whole(self, least: int, most: int) -> int:
        """A whole number within bounds, both included."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or not least <= self.value <= most:
            raise self.wrong(f"a whole number from {least:,} to {most:,}")
        return self.value

    def span(self, least: timedelta, most: timedelta) -> timedelta:
        """A length of time within bounds, both included: `"90s"`, `"15m"`, `"6h"`, `"1.5d"`, `"2w"`."""
        bounds = f'a length of time in quotes from "{spelled(least)}" to "{spelled(most)}", as "90s" or "6h"'
        found = span_of(self.value) if isinstance(self.value, str) else None
        if found is None or not least <= found <= most:
            raise self.wrong(bounds)
        return found

    def clock(self) -> time:
        """A time of day: `"06:30"`."""
        found = _TIME.fullmatch(self.value) if isinstance(self.value, str) else None
        if found is None:
            raise self.wrong('a time of day in quotes, from "00:00" to "23:59"')
        return time(int(found[1]), int(found[2]))

    def list(self, item: Callable[[Value], T], of: str) -> tuple[T, ...]:
        """A list, each item by its reader. of: what it is a list of, for the message."""
        if not isinstance(self.value, list):
            raise self.wrong(f"a list of {of}")
        return tuple(item(Value(self.file, self.key, each)) for each in self.value)

    def texts(self) -> tuple[str, ...]:
        """A list of texts."""
        return self.list(Value.text, "texts")

    def entries(self) -> Mapping[str, object]:
        """A table as it stands; whoever uses it checks what is in it."""
        if not isinstance(self.value, dict):
            raise self.wrong("a table")
        return self.value

    def each(self, item: Callable[[Value], T], shape: str = "a table") -> dict[str, T]:
        """A table of any keys, each value by one reader."""
        if not isinstance(self.value, dict):
            raise self.wrong(shape)
        return {name: item(self._at(name, inner)) for name, inner in self.value.items()}

    def pairs(self) -> dict[str, str]:
        """A table of texts."""
        return self.each(Value.text, 'a table of "name" = "text"')

    def table(self, readers: Mapping[str, Callable[[Value], object]]) -> dict[str, object]:
        """A table of known keys, each value by the reader of its key."""
        found: dict[str, object] = {}
        for name, inner in self.entries().items():
            value = self._at(name, inner)
            if name not in readers:
                raise value.wrong(f"one of the keys {', '.join(readers)}")
            found[name] = readers[name](value)
        return found

    def _at(self, name: str, value: object) -> Value:
        return Value(self.file, f"{self.key}.{name}" if self.key else name, value)


def span_of(text: str) -> timedelta | None:
    """The length of time that a text says, or None."""
    found = _SPAN.fullmatch(text.strip())
    return timedelta(seconds=float(found[1]) * _UNITS[found[2]]) if found else None


def spelled(span: timedelta) -> str:
    """A length of time as it is written in the file, in the largest unit that gives a whole number.

    >>> spelled(timedelta(hours=36)), spelled(timedelta(days=14)), spelled(timedelta(seconds=90))
    ('36h', '2w', '90s')
    """
    seconds = span.total_seconds()
    for unit, size in reversed(_UNITS.items()):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:g}s"
