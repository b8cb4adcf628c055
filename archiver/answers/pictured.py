"""Everything that a picture of a board over time shows: its snapshots, and every entry of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from .history import Every
from .sql import call, literal

if TYPE_CHECKING:
    import duckdb


class Shot(NamedTuple):
    """A snapshot as a point in time. Times are UTC without zone."""

    snapshot_id: str
    time: datetime
    complete: bool
    of: int | None
    metric: str = ""
    """What its scores are."""


class Entry(NamedTuple):
    """One line of a snapshot."""

    snapshot_id: str
    position: int
    model: str
    model_listed: str
    variant: str | None
    organization: str | None
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    score: float | None
    score_low: float | None
    score_high: float | None
    country: str | None = None


class Publication(NamedTuple):
    """What is known of a board and of who publishes it."""

    board: str
    title: str
    metric: str
    higher_is_better: bool
    rank_kind: str
    attribution: str
    license: str


def shots(
    con: duckdb.DuckDBPyConnection,
    board: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    every: Every | None = None,
) -> list[Shot]:
    """The snapshots of a board that answers use, by time; of several for one time, the one captured last.

    since, until, every: as `history` has them.
    """
    period = f"date_trunc({literal(every)}, s.time)" if every else "s.time"
    found = con.execute(f"""
        SELECT s.snapshot_id, s.time, s.complete, s."of", s.metric FROM snapshots AS s
        WHERE s.board = {literal(board)} AND s.preferred AND s.status IN ('accepted', 'released')
            AND ({literal(since)} IS NULL OR s.time >= {literal(since)})
            AND ({literal(until)} IS NULL OR s.time <= end_of({literal(until)}))
        QUALIFY row_number() OVER (
            PARTITION BY {period} ORDER BY s.time DESC, s.captured_at DESC, s.snapshot_id
        ) = 1
        ORDER BY s.time
    """).fetchall()  # noqa: S608  # literals are quoted
    return [Shot(*row) for row in found]


def entries(
    con: duckdb.DuckDBPyConnection, board: str, snapshots: Sequence[str], *, top: int | None = None
) -> list[Entry]:
    """The entries of some snapshots of a board, by snapshot and place; `top`: of the first places alone.

    A model without a rank has None: a row order is no place.
    """
    found = con.execute(f"""
        SELECT r.snapshot_id, r.position, r.model, r.model_listed, r.variant, r.organization, r.rank,
            r.rank_low, r.rank_high, r.score, r.score_low, r.score_high, r.country
        FROM rankings AS r
        WHERE r.board = {literal(board)}
            AND list_contains({literal(sorted(snapshots))}::VARCHAR[], r.snapshot_id)
            AND ({literal(top)} IS NULL OR r.rank <= {literal(top)})
        ORDER BY r.snapshot_id, r.rank NULLS LAST, r.position
    """).fetchall()  # noqa: S608  # literals are quoted
    return [Entry(*row) for row in found]


def surely_moved(con: duckdb.DuckDBPyConnection, before: Entry, now: Entry) -> bool | None:
    """Whether a model moved beyond noise from one entry to a later one of its board; None where no interval
    says it, or the two are not of one model. See the macro `compared`."""
    pair = f"[{{earlier: {literal(before.snapshot_id)}, later: {literal(now.snapshot_id)}}}]"
    found = con.execute(f"""
        SELECT c.beyond_noise FROM compared({pair}) AS c
        WHERE c.position_before = {literal(before.position)} AND c.position = {literal(now.position)}
    """).fetchall()  # noqa: S608  # literals are quoted
    return found[0][0] if found else None


def among(
    con: duckdb.DuckDBPyConnection, board: str, snapshots: Sequence[str], members: str | Sequence[str]
) -> tuple[list[Entry], dict[str, int]]:
    """The entries of some snapshots that belong to a set, with their places in it and no spread of places;
    and of each complete snapshot how many members it has. members: as `places_among` takes them."""
    words = [members] if isinstance(members, str) else list(members)
    found = con.execute(f"""
        SELECT r.snapshot_id, r.position, r.model, r.model_listed, r.variant, r.organization, p.place_among,
            NULL, NULL, r.score, r.score_low, r.score_high, r.country, p.of_among
        FROM rankings AS r
        JOIN {call("places_among", words, sorted(snapshots))} AS p
            ON p.snapshot_id = r.snapshot_id AND p.position = r.position
        WHERE r.board = {literal(board)}
        ORDER BY r.snapshot_id, p.place_among NULLS LAST, r.position
    """).fetchall()  # noqa: S608  # literals are quoted
    return [Entry(*row[:-1]) for row in found], {row[0]: row[-1] for row in found if row[-1] is not None}


def countries(con: duckdb.DuckDBPyConnection, words: Sequence[str]) -> dict[str, str]:
    """Those of some words that mean a country, as `country:CN`."""
    asked = call("asked", sorted(set(words)))
    found = con.execute(f"SELECT a.name, a.who FROM {asked} AS a WHERE a.kind = 'country'").fetchall()  # noqa: S608  # literals are quoted
    return dict(found)


def publication(con: duckdb.DuckDBPyConnection, board: str) -> Publication:
    """Title, metric and publisher of a board that exists."""
    [row] = con.execute(f"""
        SELECT b.board, b.title, b.metric, b.higher_is_better,
            coalesce((SELECT max_by(s.rank_kind, s.time) FROM snapshots AS s WHERE s.board = b.board), ''),
            o.attribution, o.license
        FROM boards AS b JOIN sources AS o ON o.source = b.source WHERE b.board = {literal(board)}
    """).fetchall()  # noqa: S608  # literals are quoted
    return Publication(*row)
