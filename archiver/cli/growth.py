"""`archiver status --growth`: how fast the archive grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..reports.figures import counted
from . import output

if TYPE_CHECKING:
    from ..archive import Archive
    from ..store.growth import Growth

_BASES = {
    "http": "live captures of the last year",
    "recorded": "imports and backfills of the last year that they tell of",
    "too short": "a history too short for a forecast",
}


def show_growth(archive: Archive, form: str | None) -> None:
    """One row a source; the total and the basis are told on standard error."""
    from ..reports.listing import GROWTH, print_listing

    rows = archive.growth()
    columns, form = list(rows[0]._fields if rows else ()), output.form_of(form)
    if form == "table" and rows:
        print_listing(output.screen(), columns, [_rounded(row) for row in rows], GROWTH)
    elif rows:
        output.write(form, columns, [_rounded(row) for row in rows])
    known = [row for row in rows if row.bytes_a_year is not None]
    year = sum(row.bytes_a_year or 0 for row in known)
    output.say(
        f"{sum(row.on_disk for row in rows) / 1e6:,.1f} MB on disk in snapshots/; at the pace of the "
        f"{counted(len(known), 'source')} with a forecast, {year / 1e6:,.1f} MB more a year."
    )
    for basis in dict.fromkeys(row.basis for row in rows):
        output.say(f"{basis}: {_BASES[basis]}")


def _rounded(row: Growth) -> tuple[object, ...]:
    whole = (None if rate is None else round(rate) for rate in (row.bytes_a_day, row.bytes_a_year))
    return (*row[:-2], *whole)
