"""Entries that are rows of a pool: what was read of a board's versions, each row once.

From one version of a board to the next most rows stay as they are. A version is then a list of places in the
pool, and what is made of the pool's columns is made once for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Self

from ..records import Columnar

MOST = 1 << 14
"""Rows of all pools together, beyond which they are given up and begun anew."""

_pools: dict[str, Pool] = {}


class Pool:
    """Rows, held as columns that only grow."""

    def __init__(self) -> None:
        self.columns: dict[str, list[Any]] = {}
        """Field of `Entry` → its values."""
        self.made: Any = None
        """What somebody made of the rows, or of those that there were then."""
        self._records: list[object] = []
        self._places: dict[int, int] = {}
        """By the id of the record that a row was read from, which is held so that it stays the only one."""

    def add(self, records: Sequence[object], cells: Mapping[str, Sequence[Any]]) -> None:
        """Adds what was read from records, a row each, all of the same fields as those before."""
        start = len(self)
        for field, values in cells.items():
            self.columns.setdefault(field, []).extend(values)
        self._records.extend(records)
        self._places.update(zip(map(id, records), range(start, len(self)), strict=True))

    def places(self, records: Iterable[object]) -> list[int | None]:
        """Where what was read from each record is, None for one that was not."""
        return list(map(self._places.get, map(id, records)))

    def __len__(self) -> int:
        return max(map(len, self.columns.values()), default=0)


def pool(key: str) -> Pool:
    """The pool of a key, empty where there is none."""
    if sum(map(len, _pools.values())) > MOST:
        _pools.clear()
    return _pools.setdefault(key, Pool())


class Pooled(Columnar):
    """The entries of a board: rows of a pool, and what rests on all of them."""

    def __init__(
        self, whole: Pool, places: Sequence[int], more: Mapping[str, Sequence[Any]] | None = None
    ) -> None:
        """more: field of `Entry` → its values on this board."""
        self.whole, self.places, self.more = whole, places, more or {}

    def having(self, more: Mapping[str, Sequence[Any]]) -> Self:
        """The same with more fields."""
        return type(self)(self.whole, self.places, {**self.more, **more})

    def column(self, field: str) -> Sequence[Any]:
        """The values of one field."""
        if field in self.more:
            return self.more[field]
        if field in self.whole.columns:
            values = self.whole.columns[field]
            # Of one place, it would be the value itself.
            return itemgetter(*self.places)(values) if len(self) > 1 else [values[one] for one in self.places]
        return unsaid(field, len(self))

    def __len__(self) -> int:
        return len(self.places)


def unsaid(field: str, rows: int) -> Sequence[Any]:
    """The values of a field of `Entry` of which nothing is said."""
    if field == "position":
        return range(1, rows + 1)
    return [True if field == "competitor" else None] * rows
