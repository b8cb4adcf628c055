"""Rows as data: CSV, JSON, JSON lines, Markdown, and plain rows for a pipe.

In all of them a time is written as `moments.moment` writes it, a date as YYYY-MM-DD, a missing value is empty
(null in JSON), and what a terminal could act on is escaped (see `text.visible`; JSON has escapes of its own).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import TextIO

from ..moments import moment
from .text import neutral, printable, visible

Row = Sequence[object]

_DUMPED = json.JSONEncoder(ensure_ascii=False).encode
"""One for all: `json.dumps` would make one for each row."""
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|~#&])")


def value(raw: object) -> object:
    """A cell as a JSON value.

    >>> value(datetime(2026, 7, 20, 11, 4, 33)), value(float("nan")), value(b"\\x01")
    ('2026-07-20T11:04:33Z', None, '01')
    """
    if raw is None or isinstance(raw, str | bool | int):
        return raw
    if isinstance(raw, float):
        return raw if math.isfinite(raw) else None
    if isinstance(raw, datetime):
        return moment(raw)
    if isinstance(raw, date):
        return raw.isoformat()
    if isinstance(raw, bytes):
        return raw.hex()
    if isinstance(raw, dict):
        return {str(key): value(each) for key, each in raw.items()}
    if isinstance(raw, list | tuple):
        return [value(each) for each in raw]
    return _number(raw)


def _number(raw: object) -> object:
    """A DECIMAL as a number, anything else by its text."""
    from decimal import Decimal  # here, since hardly an answer holds one

    if isinstance(raw, Decimal):
        return int(raw) if raw == raw.to_integral_value() else float(raw)
    return str(raw)


def text(raw: object) -> str:
    """A cell as text, safe to print."""
    plain = value(raw)
    if plain is None:
        return ""
    if isinstance(plain, str):
        return visible(plain)
    return plain_json(plain)


def plain_json(plain: object) -> str:
    """JSON without a character that a terminal acts on or that turns the writing around."""
    dumped = _DUMPED(plain)
    if dumped.isprintable():
        return dumped
    return "".join(each if printable(each) else json.dumps(each)[1:-1] for each in dumped)


def write_csv(out: TextIO, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """RFC 4180 with LF; text cells are neutral to spreadsheets, and reversibly so (see `text.neutral`)."""
    import csv

    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([neutral(text(cell)) if isinstance(cell, str) else text(cell) for cell in row])


def write_json(out: TextIO, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """One array, an object a line."""
    before = "[\n "
    for row in rows:
        out.write(before + plain_json(_object(columns, row)))
        before = ",\n "
    out.write("[]\n" if before == "[\n " else "\n]\n")


def write_jsonl(out: TextIO, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """One object a line."""
    for row in rows:
        out.write(plain_json(_object(columns, row)) + "\n")


def escaped_markdown(shown: str) -> str:
    """Text in which no sign is markup to GitHub."""
    return _MARKDOWN.sub(r"\\\1", shown)


def write_markdown(out: TextIO, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """A table as GitHub reads it; signs that are markup there are escaped."""
    out.write(f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}\n")
    for row in rows:
        cells = (escaped_markdown(text(cell)) for cell in row)
        out.write(f"| {' | '.join(cells)} |\n")


def write_plain(out: TextIO, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Tab-separated with a header line, for cut, awk, sort and grep: nothing is cut off or left out."""
    out.write("\t".join(columns) + "\n")
    for row in rows:
        out.write("\t".join(map(text, row)) + "\n")


def _object(columns: Sequence[str], row: Row) -> dict[str, object]:
    return dict(zip(columns, map(value, row), strict=True))


WRITERS: dict[str, Callable[[TextIO, Sequence[str], Iterable[Row]], None]] = {
    "csv": write_csv,
    "json": write_json,
    "jsonl": write_jsonl,
    "markdown": write_markdown,
    "plain": write_plain,
}
"""By the name of the format. A table for people is made by the modules beside this one."""
