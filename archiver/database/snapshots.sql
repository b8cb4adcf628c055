-- The snapshots of the boards in the temporary table `touched`, made anew from what was captured (`captures`),
-- what it says (`payloads`, `contents`), what was seen in it (`findings`) and what operators settled
-- (`decisions`). Nothing else goes in, so that the order in which things were loaded leaves no trace.

-- A sighting is a capture that showed a content. One state of a board, seen again and again, is one snapshot
-- (an island); A, B, A are three. Excerpts and complete snapshots are series of their own: a top ten captured
-- beside the whole board does not end it.
CREATE OR REPLACE TEMP TABLE fresh_snapshots AS
WITH
sightings AS (
    SELECT
        k.board, k.route, k.published_at, k.complete, k.content_id, k.reading_id, c.captured_at, c.capture_id,
        k.content_id IS DISTINCT FROM lag(k.content_id) OVER series AS starts
    FROM (SELECT DISTINCT board FROM touched) AS t
    JOIN contents AS k ON k.board = t.board
    JOIN payloads AS p ON p.reading_id = k.reading_id
    JOIN captures AS c
        ON c.payload_sha256 = p.payload_sha256
        AND c.source = p.source AND c.route = p.route AND c.url = p.url
        AND c.outcome <> 'failed'
    WINDOW series AS (
        PARTITION BY k.board, k.route, k.published_at, k.complete ORDER BY c.captured_at, c.capture_id
    )
),
numbered AS (
    SELECT *, sum(starts::INTEGER) OVER (
        PARTITION BY board, route, published_at, complete ORDER BY captured_at, capture_id
    ) AS island
    FROM sightings
),
islands AS (
    SELECT
        board, route, published_at, complete, content_id,
        min({captured_at: captured_at, capture_id: capture_id, reading_id: reading_id}) AS first,
        max(captured_at) AS last_seen,
        count(*)::INTEGER AS sightings
    FROM numbered
    GROUP BY board, route, published_at, complete, content_id, island
),
-- What operators settled of a content, whichever of the payloads that say it they named; their last word counts.
verdicts AS (
    SELECT k.content_id, d.verdict
    FROM (SELECT DISTINCT board FROM touched) AS t
    JOIN decisions AS d ON d.board = t.board
    JOIN contents AS k
        ON k.board = d.board AND k.payload_sha256 = d.payload_sha256
        AND k.published_at IS NOT DISTINCT FROM d.published_at
    QUALIFY row_number() OVER (PARTITION BY k.content_id ORDER BY d.loaded_at DESC, d.decision_id DESC) = 1
),
-- A content that any reading of it found an error in waits for an operator. (What snapshots show beside what went
-- before is found after this.)
doubted AS (SELECT DISTINCT f.content_id FROM findings AS f WHERE f.severity = 'error' AND f.snapshot_id IS NULL)
SELECT
    -- Where a state comes back with the very same bytes, the capture tells the later snapshot from the first.
    sha256(concat_ws(
        '|', k.board, k.route, coalesce(k.published_at::VARCHAR, ''), k.payload_sha256,
        CASE WHEN row_number() OVER (
            PARTITION BY k.board, k.route, k.published_at, k.payload_sha256 ORDER BY i.first
        ) > 1 THEN i.first.capture_id END
    ))[:16] AS snapshot_id,
    k.board,
    k.route,
    coalesce(k.published_at, i.first.captured_at) AS time,
    k.published_at,
    i.first.captured_at AS captured_at,
    i.first.captured_at AS first_seen,
    i.last_seen,
    i.sightings,
    k.content_id,
    k.payload_sha256,
    i.first.capture_id AS capture_id,
    k.rows,
    CASE WHEN k.complete THEN k.competitors ELSE k.declared_total END AS "of",
    k.complete,
    k.rank_kind,
    k.metric,
    k.layout,
    k.parser_version,
    '' AS status,
    false AS preferred,
    -- What the status follows from: whether a check found an error, and what an operator said.
    d.content_id IS NOT NULL AS doubted,
    v.verdict
FROM islands AS i
JOIN contents AS k ON k.reading_id = i.first.reading_id AND k.content_id = i.content_id
LEFT JOIN verdicts AS v ON v.content_id = i.content_id
LEFT JOIN doubted AS d ON d.content_id = i.content_id;
