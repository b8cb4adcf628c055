"""The evidence behind a rank: what the index knows of the bytes that say it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import UsageError
from ..moments import moment
from . import names
from .board import Facts, facts
from .sql import call, literal

if TYPE_CHECKING:
    import duckdb


class Evidence(NamedTuple):
    """A rank, and all that leads from it to the bytes. Times are UTC without zone."""

    board: str
    model: str
    model_listed: str
    organization: str | None
    organization_listed: str | None
    variant: str | None
    rank: int | None
    of: int | None
    position: int
    rank_kind: str
    score: float | None
    score_low: float | None
    score_high: float | None
    votes: int | None
    metric: str
    published_at: datetime | None
    captured_at: datetime
    first_seen: datetime
    last_seen: datetime
    sightings: int
    route: str
    url: str
    final_url: str | None
    status: int | None
    via: str
    origin: str | None
    ledger: str
    line: int
    capture_id: str
    payload_sha256: str
    payload_bytes: int | None
    tool: str
    layout: str
    parser_version: int
    snapshot_id: str
    findings: tuple[str, ...]
    source_url: str | None
    """Where the fact was read, if the payload is a file of facts that says so."""


class Publisher(NamedTuple):
    """Whose data a source's boards are."""

    title: str
    license: str = ""
    """As the publisher states it; empty where the index does not know the source."""
    attribution: str = ""


def publisher(con: duckdb.DuckDBPyConnection, source: str) -> Publisher:
    """The publisher of a source; one that is no source any more is known by its name alone."""
    rows = con.execute(
        "SELECT title, license, attribution FROM sources WHERE source = ?", [source]
    ).fetchall()
    return Publisher(*rows[0]) if rows else Publisher(source)


def explain(
    con: duckdb.DuckDBPyConnection, board: str, model: str, as_of: datetime | None = None
) -> list[Evidence]:
    """The evidence for each entry of a model on a board as it stood at a time, best-placed first.

    model: as listed or canonical; a family or an organisation gives each of its models.
    Raises UnknownName where nobody is known by that name, UsageError where the board had no snapshot by
    then, or where that snapshot does not list the model.
    """
    snapshot = facts(con, board, as_of)
    found = con.execute(_statement(con, snapshot, model)).fetchall()
    if not found:
        raise _absent(snapshot.board, model, snapshot.time, snapshot.complete, snapshot.payload_sha256)
    values: Iterator[tuple[Any, ...]] = ((*row[:-2], tuple(row[-2] or ()), row[-1]) for row in found)
    return [Evidence(*row) for row in values]


def statement(con: duckdb.DuckDBPyConnection, board: str, model: str, as_of: datetime | None = None) -> str:
    """The SQL of `explain`, for any DuckDB shell. Raises UnknownName, and UsageError where the board had no
    snapshot by then."""
    return _statement(con, facts(con, board, as_of), model)


def cited(con: duckdb.DuckDBPyConnection, board: str, model: str, as_of: datetime | None = None) -> str:
    """The SQL of all that a citation says: `statement`, and of whose data it is the columns publisher,
    license and attribution. Raises as it does."""
    return f"""
        SELECT e.*, p.title AS publisher, p.license, p.attribution
        FROM ({statement(con, board, model, as_of)}) AS e
        LEFT JOIN sources AS p ON p.source = split_part(e.board, '/', 1)
        ORDER BY e.rank NULLS LAST, e.position
    """  # noqa: S608  # literals are quoted


def _statement(con: duckdb.DuckDBPyConnection, snapshot: Facts, model: str) -> str:
    names.asked(con, [model])
    return f"""
        SELECT DISTINCT
            s.board, coalesce(l.model, e.model_listed) AS model, e.model_listed, l.organization,
            e.organization_listed, e.variant, e.rank, s."of", e.position, s.rank_kind, e.score, e.score_low,
            e.score_high, e.votes, s.metric, s.published_at, s.captured_at, s.first_seen, s.last_seen,
            s.sightings, s.route, c.url, c.final_url, c.status, c.via, c.origin, c.ledger, c.line,
            c.capture_id, s.payload_sha256, c.payload_bytes, c.tool, s.layout, s.parser_version,
            s.snapshot_id,
            (SELECT list_sort(list(c.severity || ' ' || c.code || ': ' || c.sentence))
                FROM concerns AS c WHERE c.snapshot_id = s.snapshot_id) AS findings,
            (SELECT min(json_extract_string(k.notes, '$.source_url')) FROM contents AS k
                WHERE k.content_id = s.content_id AND k.payload_sha256 = s.payload_sha256)
                AS source_url
        FROM snapshots AS s
        JOIN entries AS e ON e.board = s.board AND e.content_id = s.content_id
        JOIN {call("listed_as", [model])} AS l ON l.model_listed = e.model_listed
            AND l.organization_listed IS NOT DISTINCT FROM e.organization_listed
            AND starts_with(e.board, l.source || '/')
        JOIN captures AS c ON c.capture_id = s.capture_id
        WHERE s.snapshot_id = {literal(snapshot.snapshot_id)} AND s.board = {literal(snapshot.board)}
        ORDER BY e.rank NULLS LAST, e.position
    """  # noqa: S608  # literals are quoted


def _absent(board: str, model: str, time: datetime, complete: bool, payload: str) -> UsageError:
    day = moment(time)
    if complete:
        return UsageError(
            f"{model} is not on {board} in the complete snapshot of {day} (payload {payload}).",
            todo=f"`archiver history {model!r} --board {board}` shows when it was, and proves when not",
        )
    return UsageError(
        f"{model} is not among the rows that the excerpt of {board} of {day} shows; that proves nothing.",
        todo=f"`archiver history {model!r} --board {board}` shows when it was listed",
    )
