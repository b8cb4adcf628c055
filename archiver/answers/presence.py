"""When nobody could have been seen, and the places that intervals allow: what a table says beside ranks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from .narrow import with_known
from .sql import call, literal

if TYPE_CHECKING:
    import duckdb

Spreads = dict[tuple[str, int], tuple[int, int]]
"""Snapshot and position → best and worst place."""


class Unseen(NamedTuple):
    """A stretch of time that says nothing of someone. Times are UTC without zone."""

    board: str
    who: str
    status: str
    """`outside the rows shown`, `board not captured` or `held`; see the macro `presence`."""
    since: datetime
    until: datetime
    snapshots: int
    """Excerpts that do not show them, or held snapshots; 0 of a gap."""


def unseen(
    con: duckdb.DuckDBPyConnection,
    who: Sequence[str],
    boards: Collection[str],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    known_on: datetime | None = None,
) -> list[Unseen]:
    """When snapshots of these boards say nothing of someone, by board, name and time."""
    if not boards:
        return []
    asked = call("presence", list(who), boards=sorted(boards), since=since, until=until)
    found = con.execute(
        with_known(
            f"SELECT p.* FROM {asked} AS p WHERE p.status NOT IN ('listed', 'not listed')",  # noqa: S608
            known_on,
        )
    ).fetchall()
    return [
        Unseen(board, name, status, first, last, snapshots)
        for board, name, status, first, last, snapshots in found
    ]


def spreads(
    con: duckdb.DuckDBPyConnection, entries: Iterable[tuple[str, int]], known_on: datetime | None = None
) -> Spreads:
    """The places that score intervals allow entries for which the publisher prints no spread of places.

    entries: snapshot and position. Those of which no interval tells are left out; see the macro `spreads`.
    """
    wanted = sorted(set(entries))
    if not wanted:
        return {}
    ids = sorted({snapshot for snapshot, _ in wanted})
    keys = ", ".join(f"({literal(snapshot)}, {literal(position)})" for snapshot, position in wanted)
    found = con.execute(
        with_known(
            f"""
            SELECT s.snapshot_id, s.position, s.rank_low_computed, s.rank_high_computed
            FROM {call("spreads", ids)} AS s
            WHERE s.rank_low_computed IS NOT NULL AND (s.snapshot_id, s.position) IN ({keys})
            """,  # noqa: S608  # literals are quoted
            known_on,
        )
    ).fetchall()
    return {(snapshot, position): (low, high) for snapshot, position, low, high in found}
