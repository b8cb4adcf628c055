"""What every table reader returns: a header and rows of text, checked to be a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..errors import ParseFailed
from .text import listed


@dataclass(frozen=True, slots=True)
class Table:
    """A table as printed: cells are text, stripped of the space around them."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    ended: bool = True
    """False where the form's end mark is missing: the last row, or rows after it, may be cut off."""
    ragged: tuple[tuple[int, tuple[str, ...]], ...] = ()
    """Rows, by their number from 1, that do not have a cell for each column. They are not among `rows`, and
    only readers that were told to keep them give any."""

    def records(self) -> Iterator[dict[str, str]]:
        """Each row as column name → cell."""
        for row in self.rows:
            yield dict(zip(self.header, row, strict=True))

    def require(self, *columns: str) -> None:
        """Raises ParseFailed that names every column which is not there, and those that are."""
        require(columns, self.header)


def require(columns: Iterable[str], header: Sequence[str]) -> None:
    """Raises ParseFailed that names each of `columns` missing from `header`, and what stands there."""
    missing = [column for column in columns if column not in header]
    if missing:
        raise ParseFailed(
            f"Column {listed(missing)} is not in the table: renamed, moved or gone. "
            f"Its columns are {listed(header)}."
        )


def build(
    header: Sequence[str], rows: Iterable[Sequence[str]], *, ended: bool = True, keep_ragged: bool = False
) -> Table:
    """A table, once it is one: names differ from each other and every row has a cell for each.

    keep_ragged: put rows with another number of cells aside, instead of refusing the table for them.
    Raises ParseFailed, naming the column or the row (counted from 1, below the header).
    """
    names = tuple(name.strip() for name in header)
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ParseFailed(f"Column {listed(twice)} stands more than once in the header.")
    checked: list[tuple[str, ...]] = []
    ragged: list[tuple[int, tuple[str, ...]]] = []
    for number, row in enumerate(rows, start=1):
        cells = tuple(cell.strip() for cell in row)
        if len(cells) == len(names):
            checked.append(cells)
        elif keep_ragged:
            ragged.append((number, cells))
        else:
            raise ParseFailed(f"Row {number} has {len(row)} cells where the header has {len(names)}.")
    if not checked:
        raise ParseFailed("The table has a header and no rows.")
    return Table(names, tuple(checked), ended, tuple(ragged))
