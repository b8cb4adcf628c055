"""What a report tells of boards beside their ranks: which snapshots, what was rewritten, what is missing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from . import missing
from .sql import call, literal

if TYPE_CHECKING:
    import duckdb

_USABLE = "s.preferred AND s.status IN ('accepted', 'released')"


class Rewritten(NamedTuple):
    """Rows that a publisher changed after it had published them under one date. Times are UTC."""

    board: str
    published_at: datetime
    captured_at: datetime
    """When the later state was first got."""
    snapshot_id: str
    earlier_id: str
    changed: int
    """Models whose rank or score differs, or that stand in one of the two only."""


class Gap(NamedTuple):
    """What an answer lacks: a failed capture, a payload that could not be read, a held snapshot."""

    source: str
    board: str | None
    since: datetime
    until: datetime | None
    """None while it lasts."""
    kind: str
    detail: str


class Publisher(NamedTuple):
    """Whose data it is."""

    source: str
    title: str
    homepage: str
    license: str
    attribution: str
    quirks: tuple[str, ...]


class Evidence(NamedTuple):
    """Where a snapshot's bytes came from."""

    snapshot_id: str
    url: str
    """That the bytes answer; of a recorded fact, where it was read."""
    published_at: datetime | None
    captured_at: datetime
    payload_sha256: str
    capture_id: str
    """Of the ledger line that records the capture."""
    via: str


def newest(
    con: duckdb.DuckDBPyConnection, boards: Collection[str] = (), until: datetime | None = None
) -> datetime | None:
    """The time of the newest snapshot that answers use, of some boards or of all; None where none is."""
    where = f"AND list_contains({literal(sorted(boards))}::VARCHAR[], s.board)" if boards else ""
    [(found,)] = con.execute(f"""
        SELECT max(s.time) FROM snapshots AS s
        WHERE {_USABLE} {where} AND ({literal(until)} IS NULL OR s.time <= end_of({literal(until)}))
    """).fetchall()  # noqa: S608  # literals are quoted
    time: datetime | None = found
    return time


def captured_between(con: duckdb.DuckDBPyConnection, since: datetime, until: datetime) -> list[str]:
    """The boards with a snapshot for a time after `since` and up to `until`, sorted."""
    found = con.execute(f"""
        SELECT DISTINCT s.board FROM snapshots AS s
        WHERE {_USABLE} AND s.time > {literal(since)} AND s.time <= end_of({literal(until)}) ORDER BY ALL
    """).fetchall()  # noqa: S608  # literals are quoted
    return [board for (board,) in found]


def rewritten(
    con: duckdb.DuckDBPyConnection, boards: Collection[str], since: datetime | None, until: datetime
) -> list[Rewritten]:
    """Each state of a board that replaced another of the same publish date, by when it was got."""
    found = con.execute(f"""
        WITH states AS (
            SELECT s.*, lag(s.snapshot_id) OVER dated AS earlier_id, lag(s.content_id) OVER dated AS earlier
            FROM snapshots AS s
            WHERE {_USABLE} AND s.published_at IS NOT NULL AND s.complete
                AND list_contains({literal(sorted(boards))}::VARCHAR[], s.board)
            WINDOW dated AS (
                PARTITION BY s.board, s.route, s.published_at ORDER BY s.captured_at, s.snapshot_id
            )
        ),
        later AS (
            SELECT * FROM states AS s
            WHERE s.earlier IS NOT NULL AND s.captured_at <= end_of({literal(until)})
                AND ({literal(since)} IS NULL OR s.captured_at > {literal(since)})
        ),
        said AS (
            SELECT l.snapshot_id, e.content_id = l.content_id AS now, e.model_listed,
                coalesce(e.variant, '') AS variant, e.rank, e.score
            FROM later AS l
            JOIN entries AS e ON e.board = l.board AND e.content_id IN (l.content_id, l.earlier)
        ),
        differing AS (
            SELECT a.snapshot_id, count(DISTINCT (a.model_listed, a.variant)) AS changed
            FROM said AS a
            ANTI JOIN said AS b
                ON b.snapshot_id = a.snapshot_id AND b.now <> a.now AND b.model_listed = a.model_listed
                AND b.variant = a.variant AND b.rank IS NOT DISTINCT FROM a.rank
                AND b.score IS NOT DISTINCT FROM a.score
            GROUP BY a.snapshot_id
        )
        SELECT l.board, l.published_at, l.captured_at, l.snapshot_id, l.earlier_id, coalesce(d.changed, 0)
        FROM later AS l LEFT JOIN differing AS d ON d.snapshot_id = l.snapshot_id
        ORDER BY l.captured_at, l.board, l.published_at, l.snapshot_id
    """).fetchall()  # noqa: S608  # literals are quoted
    return [Rewritten._make(row) for row in found]


def gaps(
    con: duckdb.DuckDBPyConnection, boards: Collection[str], since: datetime | None, until: datetime
) -> list[Gap]:
    """The view `gaps` of these boards and their sources, as far as it touches a time."""
    asked = missing.Touching(boards=boards, since=since, until=until)
    return [Gap._make(row) for row in con.execute(missing.gaps(asked)).fetchall()] if boards else []


def publishers(con: duckdb.DuckDBPyConnection, boards: Collection[str]) -> list[Publisher]:
    """Whose boards these are, by source."""
    found = con.execute(f"""
        SELECT o.source, o.title, o.homepage, o.license, o.attribution, o.quirks FROM sources AS o
        WHERE o.source IN (SELECT split_part(unnest({literal(sorted(boards))}::VARCHAR[]), '/', 1))
        ORDER BY o.source
    """).fetchall()  # noqa: S608  # literals are quoted
    return [Publisher._make((*row[:-1], tuple(row[-1]))) for row in found]


def heads(con: duckdb.DuckDBPyConnection, sources: Collection[str]) -> list[tuple[str, str]]:
    """How far each ledger of these sources was read: its name, and the size and digest of its last line."""
    found = con.execute(f"""
        SELECT m.key[6:], m.value FROM meta AS m
        WHERE starts_with(m.key, 'head:')
            AND list_contains({literal(sorted(sources))}::VARCHAR[], split_part(m.key[6:], '/', 1))
        ORDER BY m.key
    """).fetchall()  # noqa: S608  # literals are quoted
    return [(str(name), str(head)) for name, head in found]


def belonging(con: duckdb.DuckDBPyConnection, who: Sequence[str]) -> dict[tuple[str, str | None], int]:
    """Whose each model is, as `rankings` names model and organisation: the place of the name asked for,
    from 1; of several the first."""
    found = con.execute(f"""
        SELECT coalesce(l.model, l.model_listed), coalesce(l.organization, nullif(l.organization_listed, '')),
            min(l.dense)
        FROM (
            SELECT w.*, dense_rank() OVER (ORDER BY w.place) AS dense
            FROM {call("listed_as", list(who))} AS w
        ) AS l
        GROUP BY ALL
    """).fetchall()  # noqa: S608  # literals are quoted
    return {(model, organization): place for model, organization, place in found}


def evidence(con: duckdb.DuckDBPyConnection, snapshots: Collection[str]) -> dict[str, Evidence]:
    """For each of these snapshots, the first capture that showed it."""
    found = con.execute(f"""
        SELECT s.snapshot_id, coalesce((
                SELECT min(json_extract_string(k.notes, '$.source_url')) FROM contents AS k
                WHERE k.content_id = s.content_id AND k.board = s.board
            ), c.url), s.published_at, s.captured_at, s.payload_sha256, s.capture_id, c.via
        FROM snapshots AS s JOIN captures AS c ON c.capture_id = s.capture_id
        WHERE list_contains({literal(sorted(snapshots))}::VARCHAR[], s.snapshot_id)
        ORDER BY ALL
    """).fetchall()  # noqa: S608  # literals are quoted
    return {row[0]: Evidence._make(row) for row in found}


def titles(con: duckdb.DuckDBPyConnection, boards: Collection[str]) -> dict[str, str]:
    """The title of each board."""
    found = con.execute(f"""
        SELECT b.board, b.title FROM boards AS b
        WHERE list_contains({literal(sorted(boards))}::VARCHAR[], b.board) ORDER BY b.board
    """).fetchall()  # noqa: S608  # literals are quoted
    return dict(found)
