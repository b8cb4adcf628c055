"""LiveBench's rows: what a table says of each model, and the averages that the site makes of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from ..errors import ParseFailed
from ..formats import numbers, ranks, text
from ..formats.fields import Audit, Fields
from ..formats.tables import Table
from ..records import Entry, Finding, Severity
from ._livebench_releases import Categories

_RAGGED_SHARE = 0.05
"""More rows than this without a cell for each column: the table is broken. Recorded is one of 99 at most."""

_LARGEST = 1e15
"""Beyond it a float has no second decimal to round."""


class Row(NamedTuple):
    """One row of a table, before it is spread over the boards."""

    position: int
    model: str
    figures: Mapping[str, float | None]
    """Task → score; None where none is printed, or an unclear one."""
    rest: Mapping[str, object]
    """What else is kept of it."""
    unclear: Mapping[str, str] = {}
    """Task → what stands there instead of a number."""
    whole: bool = True
    """False where the row does not have a cell for each column."""


def read(table: Table, audit: Audit, known: Collection[str]) -> list[Row]:
    """Every row in its place, those without a cell for each column with no figures."""
    ragged = dict(table.ragged)
    last = len(table.rows) + len(ragged)
    if not table.ended and last in ragged:
        raise ParseFailed(f"livebench: the file stops in row {last}, its last: it is cut off.")
    places = (place for place in range(1, last + 1) if place not in ragged)
    rows = [
        _row(audit.record(record), record, place, known)
        for place, record in zip(places, table.records(), strict=True)
    ]
    for place, cells in ragged.items():
        if not cells[0]:
            raise ParseFailed(f"livebench: row {place} has no model.")
        rows.append(Row(place, cells[0], dict.fromkeys(known), {"cells": list(cells[1:])}, whole=False))
    return sorted(rows, key=lambda row: row.position)


def _row(fields: Fields, printed: Mapping[str, str], place: int, known: Collection[str]) -> Row:
    model = fields.name("model")
    figures = {task: fields.number(task) for task in known}
    unclear = {
        task: printed[task]
        for task in known
        if figures[task] is None and not numbers.is_missing(printed[task])
    }
    return Row(place, model, figures, fields.rest(), unclear)


def entries(rows: Sequence[Row], categories: Categories) -> list[Entry]:
    """The rows on the board of these categories: ranked by their mean, with the figures it is made of."""
    scores = [_shown(_mean([_average(row, listed) for listed in categories.values()])) for row in rows]
    return [
        Entry(position=row.position, model=row.model, rank=rank, score=score, extra=_extra(row, categories))
        for row, score, rank in zip(rows, scores, ranks.competition(scores), strict=True)
    ]


def _extra(row: Row, categories: Categories) -> dict[str, object]:
    """The figures of a board's tasks, an unclear one as it is printed, and what else is kept of the row."""
    known = (task for listed in categories.values() for task in listed if row.whole)
    return {task: row.unclear.get(task, row.figures[task]) for task in known} | dict(row.rest)


def _average(row: Row, listed: Sequence[str]) -> float | None:
    """The mean of the figures that are there; none where one is there and cannot be read."""
    if row.unclear.keys() & set(listed):
        return None
    return _mean([figure for task in listed if (figure := row.figures[task]) is not None])


def _mean(values: Sequence[float | None]) -> float | None:
    """The mean; None for no values, and where one of them is None."""
    total = 0.0
    for value in values:  # not sum(), which is exact from Python 3.12 on: the site adds one by one
        if value is None:
            return None
        total += value
    return total / len(values) if values else None


def _shown(value: float | None) -> float | None:
    """With two decimals, as JavaScript's toFixed(2) rounds: the site prints and sorts so.

    >>> _shown(70.125), _shown(2.675), _shown(None)
    (70.13, 2.67, None)
    """
    if value is None or not abs(value) < _LARGEST:
        return value
    return float(Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP))


def remarks(table: Table, rows: Sequence[Row]) -> Iterator[Finding]:
    """What is wrong with single rows, and with the end of the file."""
    ragged = [row.model for row in rows if not row.whole]
    if ragged:
        severity: Severity = "error" if len(ragged) > _RAGGED_SHARE * len(rows) else "warning"
        what = (
            f"{len(ragged)} of {len(rows)} rows do not have a cell for each column, so their figures may "
            f"stand under the wrong tasks: kept without any ({text.listed(ragged)})."
        )
        yield Finding("ragged-rows", severity, what, {"rows": len(ragged), "models": ragged})
    partly = [row.model for row in rows if row.whole and None in row.figures.values()]
    if partly:
        what = (
            f"{len(partly)} of {len(rows)} rows lack figures: means are over the rest ({text.listed(partly)})"
        )
        yield Finding("missing-figures", "note", f"{what}.", {"rows": len(partly), "models": partly})
    # The last column is scored in quarters: in all 21 recordings without a last line end it ends in one, and
    # a cut of such a figure does not.
    if not table.ended and not re.fullmatch(r"[0-9]+\.(?:0|25|5|75)", table.rows[-1][-1]):
        what = "The file does not end with a line end, and its last figure looks cut: rows may be missing."
        yield Finding("unfinished", "error", what)
