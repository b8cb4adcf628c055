"""The checks of snapshots against what went before, over the boards that a load touched.

They rest on the fresh snapshots (see snapshots.py) and the entries alone, and find what they would find if
all were loaded at once. What two contents have in common is kept in `comparisons`: a load makes only new
ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ..checks.change import Change, Emptied
from ..checks.rewriting import rewriting
from ..checks.series import walk
from ..checks.shots import Comparisons, Pair, Said, Shot
from ..sources import FACTS
from . import grown, rows
from .arrivals import arrivals, look
from .comparing import Wanted, compare
from .grown import Series

if TYPE_CHECKING:
    import duckdb

    from .snapshots import Fresh, Stood


def settle(
    connection: duckdb.DuckDBPyConnection,
    fresh: Sequence[Fresh],
    stood: Mapping[str, Mapping[str, Stood]],
    *,
    anew: bool,
) -> set[str]:
    """Brings `findings` and `comparisons` of the touched boards up to date; says which snapshots are held.

    fresh: the snapshots of these boards, in the order of `snapshots.make`. stood: as they were in the index.
    anew: nothing that was found before counts. Entries must be written before.
    """
    looked = look(connection, fresh)
    ends = {} if anew or any(looked) else grown.ends(fresh, stood)
    ahead = _walked(connection, ends, {})
    # Since when rows have stayed as they are, only the whole series tells.
    grew = {board for board, _ in ends} - {board for board, _ in ends.keys() & ahead.stayed}
    found = {row for row in _found(ahead, fresh) if row[1] in grew}
    rows.insert(connection, "findings", sorted(found, key=repr))
    if rest := sorted((stood.keys() | {one.board for one in fresh}) - grew):
        series = {key: shots for key, shots in grown.series(fresh) if key[0] not in grew}
        whole = _found(_walked(connection, series, _kept(connection, rest)), fresh)
        whole.update(arrivals(connection, looked))
        _write(connection, whole, rest)
        found |= whole
    return {str(row[-1]) for row in found if row[3] == "error"}


class _Walked(NamedTuple):
    said: Mapping[Series, Sequence[Said]]
    stayed: Set[Series]
    """Where every row of some snapshot was as in one before."""


def _walked(
    connection: duckdb.DuckDBPyConnection,
    series: Mapping[Series, Sequence[Shot]],
    known: dict[Pair, Change],
) -> _Walked:
    """What is to be said of series, or of their ends; `comparisons` are then as they rest on.

    known: the comparisons of these that were made before.
    """
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
    _forget(connection, known.keys() - kept.union(*used.values()))
    return _Walked(said, {key for key, pairs in used.items() if any(known[pair].same for pair in pairs)})


def _found(walked: _Walked, fresh: Sequence[Fresh]) -> set[rows.Row]:
    """What was found, as rows of `findings`."""
    contents = {one.shot.snapshot_id: one.shot.content_id for one in fresh}
    return {
        rows.past_finding(board, contents[one], one, finding)
        for (board, _), several in walked.said.items()
        for one, finding in several
    }


def _said(key: Series, shots: Sequence[Shot], comparisons: Comparisons) -> list[Said]:
    copied = key[1] == FACTS.name
    found = walk(shots, comparisons, copied=copied)
    return found if copied else found + rewriting(shots, comparisons)


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


def _kept(connection: duckdb.DuckDBPyConnection, boards: Sequence[str]) -> dict[Pair, Change]:
    """The comparisons of boards that were made before."""
    found = connection.execute(
        """
        SELECT content_id::VARCHAR, before_id::VARCHAR, * EXCLUDE (board, content_id, before_id)
        FROM comparisons WHERE board IN (SELECT unnest(?::VARCHAR[]))
        """,
        [boards],
    ).fetchall()
    return {
        (content, before): Change._make(
            (*figures, [Emptied(**each) for each in emptied or ()], renamed, gone or (), new or ())
        )
        for content, before, *figures, emptied, renamed, gone, new in found
    }


def _write(connection: duckdb.DuckDBPyConnection, found: Set[rows.Row], boards: Sequence[str]) -> None:
    """Puts what was found of boards in the place of what was found before; writes only what differs."""
    old = set(connection.execute(_OLD, [boards]).fetchall())
    if gone := old - found:
        connection.execute("CREATE OR REPLACE TEMP TABLE gone_findings AS FROM findings LIMIT 0")
        rows.insert(connection, "gone_findings", sorted(gone, key=repr))
        connection.execute(_DROP)
    rows.insert(connection, "findings", sorted(found - old, key=repr))


def _forget(connection: duckdb.DuckDBPyConnection, pairs: Set[Pair]) -> None:
    """Removes comparisons that nothing rests on any more."""
    if pairs:
        connection.execute("CREATE OR REPLACE TEMP TABLE unused (content_id UUID, before_id UUID)")
        rows.insert(connection, "unused", sorted(pairs))
        connection.execute("DELETE FROM comparisons WHERE (content_id, before_id) IN (FROM unused)")


_OLD = """
SELECT content_id::VARCHAR, * EXCLUDE content_id FROM findings
WHERE snapshot_id IS NOT NULL AND board IN (SELECT unnest(?::VARCHAR[]))
"""

_DROP = """
DELETE FROM findings AS f
WHERE f.snapshot_id IS NOT NULL AND EXISTS (
    SELECT 1 FROM gone_findings AS g
    WHERE g.snapshot_id = f.snapshot_id AND g.code = f.code AND g.severity = f.severity
        AND g.sentence = f.sentence
)
"""
