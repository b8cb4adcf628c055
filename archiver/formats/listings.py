"""Entries that stay in Arrow's columns from a file to the index: of a million, no object is made unasked."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..records import Columnar
from ._arrow import Column

if TYPE_CHECKING:
    import pyarrow as pa


class Listings:
    """Columns of the listings of many boards, one after the other."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        """columns: field of `Entry` → column; neither `position` nor `competitor` is among them."""
        self._columns = columns

    def listing(self, start: int, end: int) -> Listing:
        """The entries from one row to before another."""
        return Listing(self, start, end)

    def values(self, field: str, start: int, end: int) -> Sequence[Any]:
        """One field of some rows."""
        if field in self._columns:
            return self._lists[field](start, end)
        if field == "position":
            return range(1, end - start + 1)
        return [True if field == "competitor" else None] * (end - start)

    @cached_property
    def _lists(self) -> dict[str, Callable[[int, int], list[Any]]]:
        return {field: column.listed() for field, column in self._columns.items()}

    @cached_property
    def arrays(self) -> Mapping[str, Callable[[int, int], pa.Array]]:
        """Of each column that is given, what gives the rows from one to before another as an Arrow array."""
        return {field: column.plain() for field, column in self._columns.items()}


class Listing(Columnar):
    """The entries of one board, as columns."""

    def __init__(self, whole: Listings, start: int, end: int) -> None:
        self.whole, self.start, self.end = whole, start, end

    def column(self, field: str) -> Sequence[Any]:
        """The values of one field."""
        return self.whole.values(field, self.start, self.end)

    def __len__(self) -> int:
        return self.end - self.start


def positions(lengths: Iterable[int]) -> bytes:
    """1, 2, 3, … for listings of these lengths one after the other, as 32-bit numbers."""
    lengths = list(lengths)
    counted = array("i", range(1, max(lengths, default=0) + 1)).tobytes()
    return b"".join([counted[: 4 * length] for length in lengths])


def unlike_variance(variance: Column, low: Column, high: Column) -> Column:
    """The variances that intervals of 95 % (1.96 standard deviations to either side) do not say, to one part
    in a thousand; gaps elsewhere."""
    import pyarrow as pa
    import pyarrow.compute as pc

    deviation = pc.divide(pc.subtract(high.cells, low.cells), 2 * 1.96)
    off = pc.abs(pc.subtract(pc.multiply(deviation, deviation), variance.cells))
    said = pc.coalesce(pc.less(pc.multiply(off, 1000.0), variance.cells), pa.scalar(value=False))
    return Column(pc.if_else(said, pa.scalar(None, variance.cells.type), variance.cells))
