-- The end of what snapshots.sql began, when all checks are made: `fresh_snapshots` gets its status and what
-- answers prefer (see known.sql), and takes the place of the touched boards' rows in `snapshots`.

CREATE OR REPLACE TEMP TABLE settled_snapshots AS FROM snapshots_settled();

-- Only rows that differ are written: most boards are touched by a capture that shows them as they were.
DELETE FROM snapshots
WHERE board IN (SELECT board FROM touched)
    AND snapshot_id IN (SELECT snapshot_id FROM (FROM snapshots EXCEPT FROM settled_snapshots));

INSERT INTO snapshots
FROM (FROM settled_snapshots EXCEPT FROM snapshots) ORDER BY board, time, snapshot_id;

DROP TABLE fresh_snapshots;
DROP TABLE settled_snapshots;
