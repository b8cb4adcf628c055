-- What a load itself asks, made before it: how snapshots follow from what was captured (`captures`), what it says
-- (`payloads`, `contents`), what was seen in it (`findings`) and what operators settled (`decisions`). Nothing else goes
-- in, so that the order in which things were loaded leaves no trace. A load writes the table `snapshots` so; a question
-- asks what was known at another time (known.sql).

-- The last instant that an end means: of a bare date the end of its day.
CREATE MACRO end_of(moment) AS
    CAST(moment AS TIMESTAMP)
    + to_microseconds(CASE WHEN CAST(CAST(moment AS TIMESTAMP) AS TIME) = TIME '00:00:00' THEN 86399999999 ELSE 0 END);

-- The snapshots of some boards (a list), as they were known at a time (null: as they are known now): only captures and
-- decisions that this archive had taken in by then count, read as today's parsers read them. Without a status yet, but
-- with what it follows from: whether a check found an error in the content, and what an operator said.
CREATE MACRO snapshots_made(on_boards, known_on) AS TABLE
WITH
-- A sighting is a capture that showed a content. One state of a board, seen again and again, is one snapshot
-- (an island); A, B, A are three. Excerpts and complete snapshots are series of their own: a top ten captured
-- beside the whole board does not end it.
touched AS MATERIALIZED (SELECT DISTINCT t.board FROM (SELECT unnest(on_boards) AS board) AS t),
-- Series stand one behind the other in one order, and are told apart when islands are made: a window that is parted
-- into as many as there are publish dates takes longer than all the rest.
sightings AS MATERIALIZED (
    SELECT
        k.board, k.route, k.published_at, k.complete, k.content_id, k.reading_id, c.captured_at, c.capture_id,
        k.content_id IS DISTINCT FROM lag(k.content_id) OVER (
            ORDER BY k.board, k.route, k.published_at, k.complete, c.captured_at, c.capture_id
        ) AS starts
    FROM touched AS t
    JOIN main.contents AS k ON k.board = t.board
    JOIN main.payloads AS p ON p.reading_id = k.reading_id
    JOIN main.captures AS c
        ON c.payload_sha256 = p.payload_sha256
        AND c.source = p.source AND c.route = p.route AND c.url = p.url
        AND c.outcome <> 'failed' AND (known_on IS NULL OR c.loaded_at <= end_of(known_on))
),
numbered AS (
    SELECT s.*, sum(CAST(s.starts AS INTEGER)) OVER (
        ORDER BY s.board, s.route, s.published_at, s.complete, s.captured_at, s.capture_id
    ) AS island
    FROM sightings AS s
),
islands AS (
    SELECT
        n.board, n.route, n.published_at, n.complete, n.content_id,
        min({captured_at: n.captured_at, capture_id: n.capture_id, reading_id: n.reading_id}) AS first,
        max(n.captured_at) AS last_seen,
        CAST(count(*) AS INTEGER) AS sightings
    FROM numbered AS n
    GROUP BY n.board, n.route, n.published_at, n.complete, n.content_id, n.island
),
-- What operators settled of a content, whichever of the payloads that say it they named; their last word counts.
verdicts AS (
    SELECT k.content_id, d.verdict
    FROM touched AS t
    JOIN main.decisions AS d ON d.board = t.board AND (known_on IS NULL OR d.loaded_at <= end_of(known_on))
    JOIN main.contents AS k
        ON k.board = d.board AND k.payload_sha256 = d.payload_sha256
        AND k.published_at IS NOT DISTINCT FROM d.published_at
    QUALIFY row_number() OVER (PARTITION BY k.content_id ORDER BY d.loaded_at DESC, d.decision_id DESC) = 1
),
-- A content that any reading of it found an error in waits for an operator. (What snapshots show beside what went
-- before is found after this.)
doubted AS (
    SELECT DISTINCT f.content_id
    FROM main.findings AS f
    WHERE f.severity = 'error' AND f.snapshot_id IS NULL
        AND (known_on IS NULL OR f.reading_id IN (SELECT s.reading_id FROM sightings AS s))
)
SELECT
    -- Where a state comes back with the very same bytes, the capture tells the later snapshot from the first.
    sha256(concat_ws(
        '|', k.board, k.route, coalesce(CAST(k.published_at AS VARCHAR), ''), k.payload_sha256,
        CASE WHEN k.board = lag(k.board) OVER alike AND k.route = lag(k.route) OVER alike
            AND k.published_at IS NOT DISTINCT FROM lag(k.published_at) OVER alike
            AND k.payload_sha256 = lag(k.payload_sha256) OVER alike THEN i.first.capture_id END
    ))[:16] AS snapshot_id,
    k.board, k.route, coalesce(k.published_at, i.first.captured_at) AS time, k.published_at,
    i.first.captured_at AS captured_at, i.first.captured_at AS first_seen, i.last_seen, i.sightings, k.content_id,
    k.payload_sha256, i.first.capture_id AS capture_id, k.rows,
    CASE WHEN k.complete THEN k.competitors ELSE k.declared_total END AS "of", k.complete, k.rank_kind, k.metric,
    k.layout, k.parser_version, k.leader_listed, k.leader_organization_listed, k.leader_score,
    '' AS status, false AS preferred, d.content_id IS NOT NULL AS doubted, v.verdict
FROM islands AS i
JOIN main.contents AS k ON k.reading_id = i.first.reading_id AND k.content_id = i.content_id
LEFT JOIN verdicts AS v ON v.content_id = i.content_id
LEFT JOIN doubted AS d ON d.content_id = i.content_id
WINDOW alike AS (ORDER BY k.board, k.route, k.published_at, k.payload_sha256, i.first);

CREATE MACRO settled_status(is_doubted, last_verdict) AS CASE
    WHEN last_verdict = 'rejected' THEN 'rejected'
    WHEN NOT is_doubted THEN 'accepted'
    WHEN last_verdict = 'released' THEN 'released'
    ELSE 'held' END;

-- A snapshot as `covered_snapshots` takes it.
CREATE MACRO covering(of_snapshot, of_board, of_route, is_complete, at_time, until_seen) AS {
    snapshot_id: of_snapshot, board: of_board, route: of_route, complete: is_complete, time: at_time,
    last_seen: until_seen
};

-- Answers take a board's better way (an earlier route of the source; on one route what is complete before
-- excerpts) and another only for times that it lacks. A snapshot covers from its time on to a while after it was
-- last seen: two of the source's cadences, and a week at least (in hours: of two intervals, greatest() gives the
-- wrong one in DuckDB 2.0). Ways are compared, never blended.
-- `shots`: a list of them, accepted or released (see `covering`).
CREATE MACRO covered_snapshots(shots) AS TABLE
WITH
usable AS MATERIALIZED (
    SELECT
        f.shot.snapshot_id AS snapshot_id, f.shot.board AS board, f.shot.time AS time,
        f.shot.last_seen + to_seconds(3600 * greatest(7 * 24, 2 * coalesce(s.cadence_hours, 0))) AS until,
        dense_rank() OVER (
            PARTITION BY f.shot.board
            ORDER BY coalesce(list_position(s.routes, f.shot.route), 1000), f.shot.route, NOT f.shot.complete
        ) AS way
    FROM (SELECT unnest(shots) AS shot) AS f
    LEFT JOIN main.sources AS s ON s.source = split_part(f.shot.board, '/', 1)
),
-- How far the snapshots of a way that began by some time reach.
reach AS (
    SELECT x.board, x.way, x.time, max(x.until) AS until
    FROM (
        SELECT u.board, u.way, u.time, max(u.until) OVER (PARTITION BY u.board, u.way ORDER BY u.time) AS until
        FROM usable AS u
    ) AS x
    GROUP BY x.board, x.way, x.time
),
better AS (
    SELECT u.snapshot_id, u.board, u.time, w.way
    FROM usable AS u
    JOIN (SELECT DISTINCT x.board, x.way FROM usable AS x) AS w ON w.board = u.board AND w.way < u.way
)
SELECT DISTINCT b.snapshot_id
FROM better AS b
ASOF JOIN reach AS r ON r.board = b.board AND r.way = b.way AND r.time <= b.time
WHERE r.until >= b.time;

-- The longest time from when one snapshot of a board was last seen to the next that is no gap: 45 days, or four of
-- the board's median intervals where that is longer.
CREATE MACRO longest_step(median_seconds) AS to_seconds(greatest(45 * 86400, coalesce(4 * median_seconds, 0)));

-- The snapshots of boards (a list, in which one may stand often) that answers use, one a time (of several for one time
-- the complete one, then the one captured last), each with how long it stands: to the next one, across a gap only as
-- long as it was seen.
CREATE MACRO spans(on_boards) AS TABLE
WITH
-- Those of one time are followed by the same next one, so that one pass finds it and chooses among them.
followed AS (
    SELECT
        s.board, s.time, s.snapshot_id, s.content_id, s.complete, s."of",
        CASE WHEN first_value(s.board) OVER next = s.board THEN first_value(s.time) OVER next END AS next_time,
        greatest(s.last_seen, s.time) AS seen_until
    FROM snapshots AS s
    SEMI JOIN (SELECT unnest(on_boards) AS board) AS o ON o.board = s.board
    WHERE s.preferred
    WINDOW next AS (ORDER BY s.board, s.time GROUPS BETWEEN 1 FOLLOWING AND 1 FOLLOWING)
    QUALIFY rank() OVER (ORDER BY s.board, s.time) = row_number() OVER (
        ORDER BY s.board, s.time, NOT s.complete, s.captured_at DESC, s.snapshot_id
    )
),
measured AS (
    SELECT f.*, longest_step(median(epoch(f.next_time) - epoch(f.time)) OVER (
        ORDER BY f.board RANGE BETWEEN CURRENT ROW AND CURRENT ROW
    )) AS longest
    FROM followed AS f
)
SELECT
    m.*, m.next_time > m.seen_until + m.longest AS gap_follows,
    CASE WHEN m.next_time <= m.seen_until + m.longest THEN m.next_time ELSE least(m.seen_until, m.next_time) END
        AS stands_until
FROM measured AS m;
