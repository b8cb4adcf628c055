"""The checks of snapshots against what went before, over the boards that a load touched.

They rest on the fresh snapshots (see snapshots.py) and the entries alone, and find what they would find if
all were loaded at once. What two contents have in common is kept in `comparisons`: a load makes only new
ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from ..checks.change import Change, Emptied
from ..checks.rewriting import rewriting
from ..checks.series import walk
from ..checks.shots import Comparisons, Pair, Said, Shot
from ..sources import FACTS
from . import rows
from .arrivals import arrivals
from .comparing import Wanted, compare

if TYPE_CHECKING:
    import duckdb

    from .snapshots import Fresh

Series = tuple[str, str]
"""A board, and the route that its snapshots came by."""


def settle(connection: duckdb.DuckDBPyConnection, fresh: Sequence[Fresh]) -> set[str]:
    """Brings `findings` and `comparisons` of the touched boards up to date; says which snapshots are held.

    fresh: the snapshots of these boards, in the order of `snapshots.make`. Entries must be written before.
    """
    series = dict(_series(fresh))
    known = _kept(connection)
    kept = {pair for shots in series.values() for pair in _neighbours(shots)}
    said: dict[Series, list[Said]] = {}
    used: dict[Series, set[Pair]] = {}
    missing = kept - known.keys()
    todo = list(series)
    while todo:
        if missing:
            known |= _compared(connection, series, missing)
        again: list[Series] = []
        missing = set()
        for key in todo:
            comparisons = Comparisons(known)
            said[key] = _said(key, series[key], comparisons)
            used[key] = comparisons.used
            if comparisons.missing:
                again.append(key)
                missing |= comparisons.missing
        todo = again
    contents = {one.shot.snapshot_id: one.shot.content_id for one in fresh}
    _forget(connection, known.keys() - kept.union(*used.values()))
    found = {
        rows.past_finding(board, contents[one], one, finding)
        for (board, _), several in said.items()
        for one, finding in several
    }
    return _write(connection, found.union(arrivals(connection, fresh)))


def _said(key: Series, shots: Sequence[Shot], comparisons: Comparisons) -> list[Said]:
    copied = key[1] == FACTS.name
    found = walk(shots, comparisons, copied=copied)
    return found if copied else found + rewriting(shots, comparisons)


def _series(fresh: Sequence[Fresh]) -> Iterator[tuple[Series, list[Shot]]]:
    """The complete snapshots of the touched boards: an excerpt proves nothing of what it does not show."""
    complete = [one for one in fresh if one.complete]
    for key, group in groupby(complete, lambda one: (one.board, one.route)):
        yield key, [one.shot for one in group]


def _neighbours(shots: Sequence[Shot]) -> Iterator[Pair]:
    """What is compared where all is well."""
    for before, shot in pairwise(shots):
        one_date = shot.published_at is not None and shot.published_at == before.published_at
        if shot.content_id != before.content_id and (one_date or (shot.sound and before.sound)):
            yield shot.content_id, before.content_id


def _compared(
    connection: duckdb.DuckDBPyConnection, series: Mapping[Series, Sequence[Shot]], missing: Set[Pair]
) -> dict[Pair, Change]:
    """Makes comparisons, and keeps them."""
    known = {shot.content_id: (key[0], shot.published_at) for key, shots in series.items() for shot in shots}
    wanted = [
        Wanted(known[later][0], later, before, known[later][1] is not None and known[later] == known[before])
        for later, before in sorted(missing)
    ]
    changes = compare(connection, wanted)
    rows.insert(connection, "comparisons", [_row(each, changes[each.pair]) for each in wanted])
    return changes


def _row(wanted: Wanted, change: Change) -> rows.Row:
    """A row of the table `comparisons`."""
    *figures, _, renamed, gone, new = change
    fields = [each._asdict() for each in change.emptied]
    return wanted.board, *wanted.pair, *figures, fields, renamed, gone, new


def _kept(connection: duckdb.DuckDBPyConnection) -> dict[Pair, Change]:
    """The comparisons of the touched boards that were made before."""
    found = connection.execute(
        """
        SELECT content_id::VARCHAR, before_id::VARCHAR, * EXCLUDE (board, content_id, before_id)
        FROM comparisons WHERE board IN (SELECT board FROM touched)
        """
    ).fetchall()
    return {
        (content, before): Change._make(
            (*figures, [Emptied(**each) for each in emptied or ()], renamed, gone or (), new or ())
        )
        for content, before, *figures, emptied, renamed, gone, new in found
    }


def _write(connection: duckdb.DuckDBPyConnection, found: Set[rows.Row]) -> set[str]:
    """Puts what was found in the place of what was found before; only rows that differ are written.

    Says which snapshots are held for it.
    """
    old = set(connection.execute(_OLD).fetchall())
    if gone := old - found:
        connection.execute("CREATE OR REPLACE TEMP TABLE gone_findings AS FROM findings LIMIT 0")
        rows.insert(connection, "gone_findings", sorted(gone, key=repr))
        connection.execute(_DROP)
    rows.insert(connection, "findings", sorted(found - old, key=repr))
    return {str(row[-1]) for row in found if row[3] == "error"}


def _forget(connection: duckdb.DuckDBPyConnection, pairs: Set[Pair]) -> None:
    """Removes comparisons that nothing rests on any more."""
    if pairs:
        connection.execute("CREATE OR REPLACE TEMP TABLE unused (content_id UUID, before_id UUID)")
        rows.insert(connection, "unused", sorted(pairs))
        connection.execute("DELETE FROM comparisons WHERE (content_id, before_id) IN (FROM unused)")


_OLD = """
SELECT content_id::VARCHAR, * EXCLUDE content_id FROM findings
WHERE snapshot_id IS NOT NULL AND board IN (SELECT board FROM touched)
"""

_DROP = """
DELETE FROM findings AS f
WHERE f.snapshot_id IS NOT NULL AND EXISTS (
    SELECT 1 FROM gone_findings AS g
    WHERE g.snapshot_id = f.snapshot_id AND g.code = f.code AND g.severity = f.severity
        AND g.sentence = f.sentence
)
"""
