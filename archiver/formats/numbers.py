"""Numbers as publishers print them. None is an answer; a wrong number never is.

What can be read two ways is not read: `1,5` (one and a half, or a slip?), `1.234,5`, `1 37`, `12-2023`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from math import isfinite
from typing import NamedTuple

MISSING = frozenset(
    (
        "",
        "-",
        "--",
        "–",
        "—",
        "?",
        "~",
        "…",
        "n/a",
        "na",
        "nan",
        "none",
        "null",
        "tbd",
        "暂无数据",
        "нет данных",
    )
)
"""How boards say that a figure is not there, in lower case."""

# Signs that mean minus wherever they stand before a digit. The dashes – and — also mean "to" and "none".
_MINUS = str.maketrans(dict.fromkeys("‐‑−﹣-", "-"))

_PLAIN = r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
_GROUPED = r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?|[1-9][0-9]{0,2}(?: [0-9]{3})+(?:\.[0-9]+)?"
_UNSIGNED = rf"(?:{_GROUPED}|{_PLAIN})"
_NUMBER = re.compile(rf"([+-]?)({_UNSIGNED}) ?%?")
_SYMMETRIC = re.compile(rf"(?:±|\+/-|\+-) ?({_UNSIGNED}) ?%?")
_UP_DOWN = re.compile(rf"\+ ?({_UNSIGNED}) ?%? ?/ ?- ?({_UNSIGNED}) ?%?")
_BRACKETED = re.compile(rf"[(\[] ?([+-]?{_PLAIN}) ?[,;] ?([+-]?{_PLAIN}) ?[)\]]")
_MEASURED = re.compile(rf"([+-]?{_UNSIGNED}) ?%? ?([±+(\[].*)", re.DOTALL)


class Span(NamedTuple):
    """Two offsets from a value: how far down (0 or less) and how far up (0 or more)."""

    down: float
    up: float


class Measured(NamedTuple):
    """A value with its printed interval, in the value's own unit."""

    value: float
    low: float | None
    high: float | None


REMEMBERED = 1 << 14
"""Cells that are remembered with what they say: from one version of a board to the next most stay."""


@lru_cache(REMEMBERED)
def is_missing(text: str) -> bool:
    """True where the cell says that there is no figure, in any of the usual ways.

    >>> is_missing(" N/A "), is_missing("暂无数据"), is_missing("0")
    (True, True, False)
    """
    return _even(text).lower() in MISSING


@lru_cache(REMEMBERED)
def number(text: str) -> float | None:
    """The number that a cell shows, a percentage in percent; None where it shows none or an unclear one.

    >>> [number(cell) for cell in ("20,227", "1\\u202f376", "77.47%", "\\u20111.3", "1e-05")]
    [20227.0, 1376.0, 77.47, -1.3, 1e-05]
    >>> [number(cell) for cell in ("1,5", "0,123", "1.234,5", "1 37", "12-2023", "nan", "1349Preliminary")]
    [None, None, None, None, None, None, None]
    """
    found = _NUMBER.fullmatch(_even(text))
    return _value(found[1] + found[2]) if found else None


def integer(text: str) -> int | None:
    """The whole number that a cell shows; None for a fraction, a percentage or anything unclear.

    >>> integer("20,227"), integer("1 253"), integer("1253.0"), integer("12.5"), integer("12%")
    (20227, 1253, 1253, None, None)
    """
    value = None if "%" in text else number(text)
    return None if value is None else whole(value)


def whole(value: float) -> int | None:
    """The whole number that a float is; None for a fraction, and from 2^53 on, where floats skip some."""
    return int(value) if value.is_integer() and abs(value) < 2**53 else None


def span(text: str) -> Span | None:
    """The offsets that a cell prints: `±4`, `+5/-4`, `(-1.1, 1.0)`; None for anything else.

    >>> span("±4"), span("+5/-4"), span("(-1.1, 1.0)"), span("1..3"), span("(4, 1)")
    (Span(down=-4.0, up=4.0), Span(down=-4.0, up=5.0), Span(down=-1.1, up=1.0), None, None)
    """
    even = _even(text)
    if found := _SYMMETRIC.fullmatch(even):
        return _span(_negated(_value(found[1])), _value(found[1]))
    if found := _UP_DOWN.fullmatch(even):
        return _span(_negated(_value(found[2])), _value(found[1]))
    if found := _BRACKETED.fullmatch(even):
        return _span(_value(found[1]), _value(found[2]))
    return None


@lru_cache(REMEMBERED)
def measured(text: str) -> Measured | None:
    """A value with or without its interval: `74.5±4.7%`, `1040 +5/-4`, `31.4`; None for anything else.

    >>> measured("74.5±4.7%"), measured("31.4"), measured("74.5±x")
    (Measured(value=74.5, low=69.8, high=79.2), Measured(value=31.4, low=None, high=None), None)
    """
    even = _even(text)
    if (alone := number(even)) is not None:
        return Measured(alone, None, None)
    found = _MEASURED.fullmatch(even)
    value, offsets = (_value(found[1]), span(found[2])) if found else (None, None)
    return Measured(value, *around(value, offsets)) if value is not None and offsets is not None else None


def around(value: float | None, offsets: Span | None) -> tuple[float | None, float | None]:
    """The interval that offsets from a value make; None, None where either is not known."""
    if value is None or offsets is None:
        return None, None
    return offset(value, offsets.down), offset(value, offsets.up)


def offset(value: float, by: float) -> float:
    """value + by, without the dust of binary fractions (90.9 - 1.1 is 89.8).

    >>> offset(90.9, -1.1), 90.9 - 1.1
    (89.8, 89.80000000000001)
    """
    return round(value + by, 9)


def _even(text: str) -> str:
    """Every kind of space is one space, every sure minus a hyphen, no space or zero-width mark around."""
    if text.isascii():
        return text.strip()
    spaced = "".join(" " if character.isspace() else character for character in text.translate(_MINUS))
    # Zero-width marks (category Cf) come with copied cells; within a number they may part two of them.
    return spaced.strip(" " + "".join({mark for mark in spaced if unicodedata.category(mark) == "Cf"}))


def _value(digits: str) -> float | None:
    value = float(digits.replace(",", "").replace(" ", ""))
    return value if isfinite(value) else None


def _negated(value: float | None) -> float | None:
    return None if value is None else 0.0 - value


def _span(down: float | None, up: float | None) -> Span | None:
    if down is None or up is None or down > 0 or up < 0:
        return None
    return Span(down, up)
