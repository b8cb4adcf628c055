"""Records read column by column: the same as `fields` does row by row, in a fifth of the time.

audit = Audit(extras={"date"})
sheet = Sheet(audit, records)
entries = list(map(Entry, count(1), sheet.names("model"), …, sheet.rest()))
findings = audit.findings()
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import cast

from ..errors import ParseFailed
from .fields import EXACT, Audit

_NOTHING = (None, None, None)


class Sheet:
    """All rows of a table; each column is taken out as it is read."""

    def __init__(self, audit: Audit, records: Sequence[Mapping[str, object]]) -> None:
        self._audit, self._records = audit, records
        self._taken: set[str] = set()
        audit.records(len(records))

    def names(self, field: str) -> list[str]:
        """Names that must be there. Raises ParseFailed, saying in which row one is not."""
        found = self.texts(field)
        if None in found:
            raise ParseFailed(f"Row {found.index(None) + 1} has no {field!r}.")
        return cast(list[str], found)

    def texts(self, field: str) -> list[str | None]:
        """As `Fields.text`."""
        column = self._take(field)
        if set(map(type, column)) == {str}:
            return [cell.strip() or None for cell in cast(list[str], column)]
        return [self._audit.text(field, cell, row) for row, cell in enumerate(column, start=1)]

    def numbers(self, field: str) -> list[float | None]:
        """As `Fields.number`."""
        column = self._take(field)
        if _finite(column):
            return cast(list[float | None], column)
        return [self._audit.number(field, cell) for cell in column]

    def integers(self, field: str) -> list[int | None]:
        """As `Fields.integer`."""
        column = self._take(field)
        if set(map(type, column)) == {int}:
            whole = cast(list[int], column)
            if min(whole) > -EXACT and max(whole) < EXACT:
                return cast(list[int | None], whole)
        return [self._audit.integer(field, cell) for cell in column]

    def measured(self, field: str) -> Sequence[Sequence[float | None]]:
        """As `Fields.measured`: the values, their lower and their upper bounds."""
        column = self._take(field)
        if _finite(column):
            gaps = [None] * len(column)
            return cast(list[float | None], column), gaps, gaps
        cells = [self._audit.measured(field, cell, row) for row, cell in enumerate(column, start=1)]
        return list(zip(*(cell or _NOTHING for cell in cells), strict=True))

    def rest(self) -> list[dict[str, object]]:
        """As `Fields.rest`, a row each."""
        layouts = set(map(tuple, self._records))
        if len(layouts) != 1:
            taken = self._taken
            return [
                self._audit.left({name: cell for name, cell in record.items() if name not in taken})
                for record in self._records
            ]
        names = [name for name in layouts.pop() if name not in self._taken]
        kept = self._audit.keeps(names, len(self._records))
        if not kept:
            return [{} for _ in self._records]
        return [{name: record[name] for name in kept} for record in self._records]

    def _take(self, field: str) -> list[object]:
        if field in self._taken:
            return [None] * len(self._records)
        self._taken.add(field)
        return [record.get(field) for record in self._records]


def _finite(column: list[object]) -> bool:
    """Whether a column is floats throughout, each of which is a number."""
    return set(map(type, column)) == {float} and all(map(isfinite, cast(list[float], column)))
