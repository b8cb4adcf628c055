"""Operational trouble: what is wrong with the collection now. Each has a key, so that it is told once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from ..answers.health import FAILING, Health, health

if TYPE_CHECKING:
    import duckdb

SHRINKS = ("shrink", "vanished", "row-count", "declared-total")
"""Findings that a page which was cut would raise: told when a second capture shows the same."""


class Trouble(NamedTuple):
    """One thing that is wrong."""

    key: str
    sentence: str


def troubles(con: duckdb.DuckDBPyConnection, damage: Sequence[str], now: datetime) -> list[Trouble]:
    """What is wrong now. damage: what reading the ledgers met."""
    found = [Trouble(f"damaged {each}", f"Damaged: {each}") for each in damage]
    for each in health(con, now):
        found += _of_source(each)
    return [*found, *_held(con), *_unread(con)]


def _of_source(each: Health) -> Iterator[Trouble]:
    since = f"{each.last_success:%Y-%m-%d %H:%M} UTC" if each.last_success else "the beginning"
    why = f" The last attempt: {each.reason}" if each.reason else ""
    if each.freshness in {"failing", "never"} and each.failures >= FAILING:
        yield Trouble(
            f"failing {each.source}",
            f"{each.source} fails: nothing came since {since}, {each.failures} attempts.{why}",
        )
    elif each.freshness == "overdue":
        yield Trouble(
            f"overdue {each.source}",
            f"{each.source} is overdue: we have not captured it since {since}, and every "
            f"{each.cadence_hours:g} h is due.",
        )
    if each.publisher == "stale" and each.last_change:
        usual = f"; usually it changes every {each.usual_days:.0f} days" if each.usual_days else ""
        yield Trouble(
            f"stale {each.source}",
            f"{each.source}: the publisher is stale. Our captures succeed, and nothing is new since "
            f"{each.last_change:%Y-%m-%d}{usual}.",
        )


def _held(con: duckdb.DuckDBPyConnection) -> Iterator[Trouble]:
    """Held snapshots; one held for what a cut page would show when it was seen twice, or the board since."""
    found = con.execute("""
        SELECT s.snapshot_id, s.board, s.time, s.sightings > 1 OR EXISTS (
                SELECT 1 FROM snapshots AS n
                WHERE n.board = s.board AND n.route = s.route AND n.first_seen > s.first_seen
            ) AS confirmed,
            list(DISTINCT f.code), string_agg(DISTINCT f.sentence, ' ' ORDER BY f.sentence)
        FROM snapshots AS s
        JOIN findings AS f ON f.board = s.board AND f.content_id = s.content_id AND f.severity = 'error'
        WHERE s.status = 'held'
        GROUP BY ALL ORDER BY s.board, s.time
    """).fetchall()
    for snapshot, board, time, confirmed, codes, sentences in found:
        if confirmed or not set(codes) <= set(SHRINKS):
            yield Trouble(
                f"held {snapshot}",
                f"{board} of {time:%Y-%m-%d} is held ({str(snapshot)[:12]}): {sentences} "
                f'`archiver release {str(snapshot)[:12]} --because "…"` or `archiver reject` settles it.',
            )


def _unread(con: duckdb.DuckDBPyConnection) -> Iterator[Trouble]:
    found = con.execute(
        "SELECT source, url, payload_sha256, error FROM payloads WHERE error IS NOT NULL ORDER BY ALL"
    ).fetchall()
    for source, url, payload, error in found:
        yield Trouble(
            f"unread {source} {payload}",
            f"{source}: a payload of {url} could not be read and is kept ({str(payload)[:12]}): {error}",
        )
