-- The end of what snapshots.sql began, when all checks are made: `fresh_snapshots` gets its status and what
-- answers prefer (see known.sql), and takes the place of the touched boards' rows in `snapshots`.

UPDATE fresh_snapshots SET status = settled_status(doubted, verdict);

CREATE OR REPLACE TEMP TABLE covered AS
FROM covered_snapshots((
    SELECT list(covering(f.snapshot_id, f.board, f.route, f.complete, f.time, f.last_seen))
    FROM fresh_snapshots AS f WHERE f.status IN ('accepted', 'released')
));

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
