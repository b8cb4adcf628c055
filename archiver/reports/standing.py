"""The rows of a history, put together for people: runs of one place, and how each stood on a board."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

COLLAPSE_FROM = 3
"""Rows with the same place that make a run; fewer are shown one by one."""


class Stood(NamedTuple):
    """One row of `answers.history`, in its column order."""

    board: str
    date: date
    published_at: datetime | None
    captured_at: datetime
    organization: str | None
    model: str | None
    variant: str | None
    rank: int | None
    of: int | None
    position: int | None
    rank_kind: str
    score: float | None
    score_low: float | None
    score_high: float | None
    snapshot_id: str
    status: str
    who: str
    country: str | None
    model_listed: str | None
    rank_low: int | None
    rank_high: int | None
    votes: int | None
    route: str
    first_seen: datetime
    last_seen: datetime


class Run(NamedTuple):
    """Neighbouring rows of one name on one board with the same place and model; the last speaks for them."""

    first: Stood
    last: Stood
    snapshots: int

    @property
    def last_seen(self) -> datetime:
        return self.last.last_seen


class Standing(NamedTuple):
    """How somebody stood on a board over all rows."""

    who: str
    board: str
    listed: int
    """Snapshots that show them."""
    first_seen: date | None
    last_seen: date | None
    absent: int
    """Complete snapshots that do not."""
    first_absent: date | None
    last_absent: date | None


def boards(rows: Iterable[Sequence[object]]) -> Iterator[tuple[str, dict[str, list[Stood]]]]:
    """The rows by board and name, both in the order of the rows."""
    typed = (Stood(*row) for row in rows)  # type: ignore[arg-type]  # a relation's rows carry no types
    for board, of_board in groupby(typed, key=lambda row: row.board):
        by_name: dict[str, list[Stood]] = {}
        for row in of_board:
            by_name.setdefault(row.who, []).append(row)
        yield board, by_name


def runs(rows: Sequence[Stood]) -> Iterator[Run]:
    """The rows of one name on one board; runs are put together from `COLLAPSE_FROM` rows on, absences always.

    With several rows a snapshot (every model asked for) nothing is put together.
    """
    several = len({row.snapshot_id for row in rows}) < len(rows)
    for _, group in groupby(
        rows, key=lambda row: (row.status, row.model, row.variant, row.rank or row.position)
    ):
        run = list(group)
        if run[0].status == "absent" or (len(run) >= COLLAPSE_FROM and not several):
            yield Run(run[0], run[-1], len(run))
        else:
            yield from (Run(row, row, 1) for row in run)


def distinct(found: Sequence[Run]) -> Iterator[Run]:
    """The runs of one name on one board; entries of a snapshot that mean one model go by what is listed."""
    for run in found:
        row = run.last
        name, _, setting = (row.variant or "").partition(", ")
        if name == row.model_listed:
            yield run._replace(last=row._replace(model=name, variant=setting or None))
        else:
            yield run


def standing(rows: Sequence[Stood]) -> Standing:
    """The rows of one name on one board, at least one."""
    listed = [row for row in rows if row.status == "listed"]
    absent = [row for row in rows if row.status == "absent"]
    return Standing(
        rows[0].who,
        rows[0].board,
        len({row.snapshot_id for row in listed}),
        listed[0].date if listed else None,
        listed[-1].date if listed else None,
        len(absent),
        absent[0].date if absent else None,
        absent[-1].date if absent else None,
    )
