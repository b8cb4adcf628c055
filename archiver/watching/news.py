"""Rank news: what the captures since the last time changed on the watched boards, for the watched names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from ..answers.sql import call, literal
from ..config import Watched

if TYPE_CHECKING:
    import duckdb


class News(NamedTuple):
    """One event, and the sentence that tells it."""

    event: str
    """Names it for good: by board, snapshot and whom it is about."""
    sentence: str


class Waiting(NamedTuple):
    """News, and what waits to be confirmed."""

    news: list[News]
    unconfirmed: int


def news(con: duckdb.DuckDBPyConnection, watched: Watched, since: datetime) -> Waiting:
    """What happened in snapshots that captures from publishers brought after a time.

    Imports and backfills bring the past, which is no news. A model that is gone is news when a second capture
    shows the board without it: the first may be a page that was cut.
    """
    if not (watched.who or watched.boards):
        return Waiting([], 0)
    fresh = _fresh(con, watched, since)
    told: list[News] = []
    unconfirmed = 0
    for row in (*_events(con, watched, fresh), *_overtakes(con, watched, fresh)):
        if row["event"] == "left" and not row["confirmed"]:
            unconfirmed += 1
            continue
        told.append(News(_name(row), _sentence(row, watched)))
    return Waiting(told, unconfirmed)


def _fresh(con: duckdb.DuckDBPyConnection, watched: Watched, since: datetime) -> dict[str, bool]:
    """Snapshots of watched boards that a capture brought lately → whether a second one confirms it.

    That one shows the same, or a later state of the board.
    """
    boards = literal(list(watched.boards) or ["*"])
    found = con.execute(f"""
        WITH globs AS (SELECT unnest({boards}::VARCHAR[]) AS glob),
        last AS (
            SELECT s.board, max(s.time) AS time FROM snapshots AS s
            WHERE s.preferred AND s.status IN ('accepted', 'released') GROUP BY s.board
        )
        SELECT s.snapshot_id, s.sightings > 1 OR s.time < l.time
        FROM snapshots AS s
        JOIN captures AS c ON c.capture_id = s.capture_id
        JOIN last AS l ON l.board = s.board
        WHERE s.preferred AND s.status IN ('accepted', 'released') AND c.via = 'http'
            AND c.loaded_at > {literal(since)} AND EXISTS (SELECT 1 FROM globs AS g WHERE s.board GLOB g.glob)
    """).fetchall()  # noqa: S608  # literals are quoted
    return {str(snapshot): bool(confirmed) for snapshot, confirmed in found}


def _events(
    con: duckdb.DuckDBPyConnection, watched: Watched, fresh: dict[str, bool]
) -> Iterator[dict[str, Any]]:
    """Of the events in fresh snapshots those that are news: of watched names, and no move within noise.

    Unless it crosses a place that counts.
    """
    if not fresh:
        return
    who = "true"
    if watched.who:
        listed = (
            f"(SELECT coalesce(l.model, l.model_listed) FROM {call('listed_as', list(watched.who))} AS l)"  # noqa: S608
        )
        who = f"(e.model IN {listed} OR e.event = 'leader')"
    crossed = " OR ".join(f"(e.rank_before <= {top}) <> (e.rank <= {top})" for top in watched.top) or "false"
    yield from _rows(
        con,
        f"""
        SELECT e.* REPLACE (e.called AS model), b.title
        FROM {call("rank_events", boards=list(watched.boards) or None)} AS e
        JOIN boards AS b ON b.board = e.board
        WHERE e.snapshot_id IN (SELECT unnest({literal(sorted(fresh))}::VARCHAR[])) AND {who}
            AND (e.event <> 'moved' OR e.beyond_noise OR {crossed})
        ORDER BY e.board, e.time, e.event, e.rank
        """,  # noqa: S608  # literals are quoted
        fresh,
    )


def _overtakes(
    con: duckdb.DuckDBPyConnection, watched: Watched, fresh: dict[str, bool]
) -> Iterator[dict[str, Any]]:
    """Who overtook a watched name, or was overtaken by one; beyond noise only."""
    if not fresh or not watched.who:
        return
    seen: set[str] = set()
    for who in watched.who:  # each against everybody, where several at once would be compared with each other
        asked = call("overtakes", [who], boards=list(watched.boards) or None)
        found = _rows(
            con,
            f"""
            SELECT 'overtook' AS event, o.*, b.title FROM {asked} AS o JOIN boards AS b ON b.board = o.board
            WHERE o.snapshot_id IN (SELECT unnest({literal(sorted(fresh))}::VARCHAR[])) AND o.beyond_noise
            ORDER BY o.board, o.time
            """,  # noqa: S608  # literals are quoted
            fresh,
        )
        for row in found:
            if (name := _name(row)) not in seen:
                seen.add(name)
                yield row


def _rows(con: duckdb.DuckDBPyConnection, statement: str, fresh: dict[str, bool]) -> Iterator[dict[str, Any]]:
    found = con.execute(statement)
    columns = [column[0] for column in found.description or ()]
    for values in found.fetchall():
        row = dict(zip(columns, values, strict=True))
        yield {**row, "confirmed": fresh.get(str(row["snapshot_id"]), False)}


def _name(row: dict[str, Any]) -> str:
    parts: Sequence[str] = ("event", "board", "snapshot_id", "model", "variant", "other")
    return "\t".join(str(row.get(part) or "") for part in parts)


def _sentence(row: dict[str, Any], watched: Watched) -> str:
    """The event in words, with its date: `GigaChat 3 (Sber) entered Arena at 12 of 44 (2026-07-20).`"""
    model = ", ".join(str(part) for part in (row["model"], row.get("variant")) if part)
    maker = f" ({row['organization']})" if row.get("organization") else ""
    of = f" of {row['of']}" if row.get("of") else ""
    rank, before, title, other = row.get("rank"), row.get("rank_before"), row["title"], row.get("other")
    noise = {True: ", beyond noise", False: ", within noise", None: ""}[row.get("beyond_noise")]
    crossed = _crossed(row, watched)
    told = {
        "entered": f"{model}{maker} entered {title}" + (f" at {rank}{of}" if rank else ""),
        "left": f"{model}{maker} is no longer on {title}" + (f"; it was at {before}" if before else ""),
        "moved": f"{model}{maker} moved from {before} to {rank}{of} on {title}{noise}{crossed}",
        "leader": f"{model}{maker} leads {title}" + (f"; it was {other}" if other else ""),
        "renamed": f"{model}{maker} is listed by another name on {title}; it was {other}",
        "overtook": f"{model}{maker} overtook {other} on {title}: {rank}{of}",
    }[str(row["event"])]
    return f"{told} ({row['time']:%Y-%m-%d})."


def _crossed(row: dict[str, Any], watched: Watched) -> str:
    """The tightest threshold that a move crosses."""
    rank, before = row.get("rank"), row.get("rank_before")
    if rank is None or before is None:
        return ""
    for top in watched.top:
        if (rank <= top) != (before <= top):
            return f", {'into' if rank <= top else 'out of'} the top {top}"
    return ""
