-- The end of what snapshots.sql began, when all checks are made: `fresh_snapshots` gets its status and what
-- answers prefer (see known.sql), and takes the place of the touched boards' rows in `snapshots`. Beside it the
-- temporary table `covered` holds the snapshots for whose times a better way has one (see snapshots.py).

-- Only rows that differ are written: most boards are touched by a capture that shows them as they were.
CREATE OR REPLACE TEMP TABLE new_snapshots AS
SELECT f.* EXCLUDE (doubted, verdict) REPLACE (
    settled_status(f.doubted, f.verdict) AS status,
    settled_status(f.doubted, f.verdict) IN ('accepted', 'released')
        AND f.snapshot_id NOT IN (SELECT c.snapshot_id FROM covered AS c) AS preferred
)
FROM fresh_snapshots AS f
EXCEPT
SELECT s.* FROM snapshots AS s WHERE s.board IN (SELECT t.board FROM touched AS t);

DELETE FROM snapshots AS s
WHERE s.board IN (SELECT t.board FROM touched AS t) AND (
    s.snapshot_id IN (SELECT n.snapshot_id FROM new_snapshots AS n)
    OR s.snapshot_id NOT IN (SELECT f.snapshot_id FROM fresh_snapshots AS f)
);

INSERT INTO snapshots FROM new_snapshots ORDER BY board, time, snapshot_id;
