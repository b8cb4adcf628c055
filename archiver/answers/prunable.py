"""Which payloads add no snapshot: other bytes that say what kept bytes of the same address say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import duckdb


class Redundant(NamedTuple):
    """A payload that could be given up, and the one that says the same and would be kept."""

    source: str
    payload_sha256: str
    kept_sha256: str


def prunable(
    con: duckdb.DuckDBPyConnection, before: datetime, sources: Sequence[str] = ()
) -> list[Redundant]:
    """Payloads that may go without losing a snapshot, those of `sources` or of all.

    One may go where every reading of it (under each URL and route that it was captured for) says just what an
    earlier payload of that URL and route says: the same boards, entries, notes and findings, in the same
    words. None goes that a snapshot or a decision names as its evidence, that was captured at or after
    `before`, that is the newest of its URL, or that stands as evidence of a failure. With the kept payload
    read in its place, a rebuild gives the same tables.
    """
    day = before.astimezone(UTC).replace(tzinfo=None)
    found = con.execute(_PRUNABLE, [day, list(sources) or None]).fetchall()
    return [Redundant._make(row) for row in found]


_PRUNABLE = """
WITH
said AS (          -- everything that a reading says
    SELECT reading_id, list(said ORDER BY said) AS said FROM (
        SELECT reading_id, concat_ws('|', 'content', content_id, board, published_at, rows, competitors,
            declared_total, complete, rank_kind, metric, layout, parser_version, notes) AS said FROM contents
        UNION ALL
        SELECT reading_id, concat_ws('|', 'finding', content_id, board, code, severity, sentence, figures)
        FROM findings
    ) GROUP BY reading_id
),
readings AS (      -- with when its payload was first captured for that URL and route
    SELECT p.source, p.route, p.url, p.payload_sha256, s.said, min(c.captured_at) AS first
    FROM payloads AS p
    JOIN said AS s USING (reading_id)
    JOIN captures AS c ON c.payload_sha256 = p.payload_sha256 AND c.source = p.source AND c.route = p.route
        AND c.url = p.url AND c.outcome <> 'failed'
    WHERE p.error IS NULL
    GROUP BY ALL
),
twins AS (         -- and the earliest payload of that URL and route that says the same
    SELECT *, first_value(payload_sha256) OVER (
        PARTITION BY source, route, url, said ORDER BY first, payload_sha256
    ) AS kept FROM readings
),
newest AS (
    SELECT source, max_by(payload_sha256, (captured_at, capture_id)) AS payload_sha256
    FROM captures WHERE outcome <> 'failed' AND payload_sha256 IS NOT NULL GROUP BY source, route, url
),
needed AS (
    SELECT split_part(board, '/', 1) AS source, payload_sha256 FROM snapshots
    UNION SELECT split_part(board, '/', 1), payload_sha256 FROM decisions
    UNION SELECT source, payload_sha256 FROM newest
    UNION SELECT source, payload_sha256 FROM captures WHERE outcome = 'failed' OR captured_at >= $1
    UNION SELECT source, payload_sha256 FROM payloads WHERE error IS NOT NULL
    UNION SELECT source, kept FROM twins
    UNION SELECT c.source, c.payload_sha256 FROM captures AS c ANTI JOIN payloads AS p
        ON p.payload_sha256 = c.payload_sha256 AND p.source = c.source AND p.route = c.route AND p.url = c.url
)
SELECT t.source, t.payload_sha256, min(t.kept)
FROM twins AS t
WHERE t.kept <> t.payload_sha256
    AND (t.source, t.payload_sha256) NOT IN (SELECT (source, payload_sha256) FROM needed
        WHERE payload_sha256 IS NOT NULL)
    AND ($2::VARCHAR[] IS NULL OR list_contains($2::VARCHAR[], t.source))
GROUP BY t.source, t.payload_sha256
-- Read under one URL only: each has a twin of its own, and the ledger's line names one.
HAVING count(*) = 1
ORDER BY ALL
"""
