-- The end of what snapshots.sql began, when all checks are made: `fresh_snapshots` gets its status and what
-- answers prefer, and takes the place of the touched boards' rows in `snapshots`.

UPDATE fresh_snapshots
SET status = CASE
    WHEN verdict = 'rejected' THEN 'rejected'
    WHEN NOT doubted THEN 'accepted'
    WHEN verdict = 'released' THEN 'released'
    ELSE 'held' END;

-- Answers take a board's better way (an earlier route of the source; on one route what is complete before
-- excerpts) and another only for times that it lacks. A snapshot covers from its time on to a while after it was
-- last seen: two of the source's cadences, and a week at least (in hours: of two intervals, greatest() gives the
-- wrong one in DuckDB 2.0). Ways are compared, never blended.
CREATE OR REPLACE TEMP TABLE covered AS
WITH
usable AS (
    SELECT
        f.*,
        f.last_seen + to_seconds(3600 * greatest(7 * 24, 2 * coalesce(s.cadence_hours, 0))) AS until,
        dense_rank() OVER (
            PARTITION BY f.board
            ORDER BY coalesce(list_position(s.routes, f.route), 1000), f.route, NOT f.complete
        ) AS way
    FROM fresh_snapshots AS f
    LEFT JOIN sources AS s ON s.source = split_part(f.board, '/', 1)
    WHERE f.status IN ('accepted', 'released')
),
-- How far the snapshots of a way that began by some time reach.
reach AS (
    SELECT board, way, time, max(until) AS until
    FROM (SELECT board, way, time, max(until) OVER (PARTITION BY board, way ORDER BY time) AS until FROM usable)
    GROUP BY board, way, time
),
better AS (
    SELECT u.snapshot_id, u.board, u.time, w.way
    FROM usable AS u
    JOIN (SELECT DISTINCT board, way FROM usable) AS w ON w.board = u.board AND w.way < u.way
)
SELECT DISTINCT b.snapshot_id
FROM better AS b
ASOF JOIN reach AS r ON r.board = b.board AND r.way = b.way AND r.time <= b.time
WHERE r.until >= b.time;

UPDATE fresh_snapshots
SET preferred = status IN ('accepted', 'released') AND snapshot_id NOT IN (SELECT snapshot_id FROM covered);

ALTER TABLE fresh_snapshots DROP COLUMN doubted;
ALTER TABLE fresh_snapshots DROP COLUMN verdict;

-- Only rows that differ are written: most boards are touched by a capture that shows them as they were.
DELETE FROM snapshots
WHERE board IN (SELECT board FROM touched)
    AND snapshot_id IN (SELECT snapshot_id FROM (FROM snapshots EXCEPT FROM fresh_snapshots));

INSERT INTO snapshots
FROM (FROM fresh_snapshots EXCEPT FROM snapshots) ORDER BY board, time, snapshot_id;

DROP TABLE fresh_snapshots;
DROP TABLE covered;
