"""When somebody first stood among the first places of a board, and whether the snapshots prove it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from .history import history
from .sql import call

if TYPE_CHECKING:
    import duckdb

Proof = Literal["entered", "start", "never", "gap", "excerpt", "unranked", "held"]
"""`entered`: the snapshot right before shows them below or proves their absence. `start`: they stood there in
the board's first snapshot. `never`: in none. Else why nothing is proven: no snapshot lies near before, the
one before shows a part of the board or gives them no rank, or one in between is held."""


class Entering(NamedTuple):
    """The first snapshot of a board that shows somebody among the first `top` places, and the one before.
    Times are UTC without zone."""

    board: str
    title: str
    who: str
    top: int
    proof: Proof
    snapshots: int
    """Of the board, by the time asked for."""
    first: datetime
    last: datetime
    """Times of the first and the last of them."""
    time: datetime
    """Of the snapshot; of one who never stood there, of their best place."""
    model: str
    rank: int
    of: int | None
    snapshot_id: str
    before: datetime | None
    rank_before: int | None
    """None: not listed."""
    of_before: int | None


def entering(
    con: duckdb.DuckDBPyConnection, who: Sequence[str], boards: Sequence[str], top: int
) -> list[Entering]:
    """One for each of those asked for and each board that ever ranked them. boards: globs; without any, all.

    Raises UnknownName.
    """
    rows = history(con, who, boards)
    at = {name: number for number, name in enumerate(rows.columns)}
    theirs: dict[tuple[str, str], dict[str, tuple[Any, ...]]] = {}
    for row in rows.fetchall():
        theirs.setdefault((row[at["board"]], row[at["who"]]), {})[row[at["snapshot_id"]]] = row
    named = sorted({board for board, _ in theirs})
    shots = _shots(con, named)
    held = con.execute(
        "SELECT board, time FROM snapshots WHERE status = 'held' AND list_contains(?::VARCHAR[], board)",
        [named],
    ).fetchall()
    found = []
    for (board, name), places in theirs.items():
        ranked = {key: row for key, row in places.items() if row[at["rank"]] is not None}
        if ranked:
            kept = [time for each, time in held if each == board]
            found.append(_first(name, top, shots[board], _Places(places, ranked, at), kept))
    return found


class _Shot(NamedTuple):
    board: str
    title: str
    time: datetime
    snapshot_id: str
    complete: bool
    of: int | None
    gap_follows: bool


class _Places(NamedTuple):
    """Where somebody stood on a board, by snapshot."""

    rows: Mapping[str, tuple[Any, ...]]
    ranked: Mapping[str, tuple[Any, ...]]
    at: Mapping[str, int]

    def rank(self, shot: _Shot) -> int | None:
        row = self.ranked.get(shot.snapshot_id)
        return None if row is None else int(row[self.at["rank"]])


def _shots(con: duckdb.DuckDBPyConnection, boards: Sequence[str]) -> dict[str, list[_Shot]]:
    found: dict[str, list[_Shot]] = {}
    for row in con.execute(f"""
        SELECT s.board, b.title, s.time, s.snapshot_id, s.complete, s."of", coalesce(s.gap_follows, false)
        FROM {call("spans", list(boards))} AS s JOIN boards AS b ON b.board = s.board
        ORDER BY s.board, s.time
    """).fetchall():  # noqa: S608  # literals are quoted
        found.setdefault(row[0], []).append(_Shot._make(row))
    return found


def _first(who: str, top: int, shots: Sequence[_Shot], places: _Places, held: Sequence[datetime]) -> Entering:
    ranks = [places.rank(shot) for shot in shots]
    inside = [number for number, rank in enumerate(ranks) if rank is not None and rank <= top]
    best = min(range(len(shots)), key=lambda number: (ranks[number] is None, ranks[number] or 0))
    number = inside[0] if inside else best
    shot, before = shots[number], shots[number - 1] if number and inside else None
    row = places.ranked[shot.snapshot_id]
    return Entering(
        board=shot.board,
        title=shot.title,
        who=who,
        top=top,
        proof=_proof(shot, before, places, held) if inside else "never",
        snapshots=len(shots),
        first=shots[0].time,
        last=shots[-1].time,
        time=shot.time,
        model=row[places.at["model"]],
        rank=row[places.at["rank"]],
        of=row[places.at["of"]],
        snapshot_id=shot.snapshot_id,
        before=before.time if before else None,
        rank_before=places.rank(before) if before else None,
        of_before=before.of if before else None,
    )


def _proof(shot: _Shot, before: _Shot | None, places: _Places, held: Sequence[datetime]) -> Proof:
    """Whether they came to stand there just then."""
    if before is None:
        return "start"
    if before.gap_follows:
        return "gap"
    if any(before.time <= time <= shot.time for time in held):
        return "held"
    if places.rank(before) is None:
        if not before.complete and before.snapshot_id not in places.rows:
            return "excerpt"
        if (
            before.snapshot_id in places.rows
            and places.rows[before.snapshot_id][places.at["status"]] == "listed"
        ):
            return "unranked"
    return "entered"
