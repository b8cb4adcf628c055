-- The end of what snapshots.sql began, when all checks are made: `fresh_snapshots` gets its status and what
-- answers prefer (see known.sql), and takes the place of the touched boards' rows in `snapshots`. Beside it the
-- temporary table `covered` holds the snapshots for whose times a better way has one (see snapshots.py).

UPDATE fresh_snapshots
SET status = settled_status(doubted, verdict),
    preferred = settled_status(doubted, verdict) IN ('accepted', 'released')
        AND snapshot_id NOT IN (SELECT snapshot_id FROM covered);

CREATE OR REPLACE TEMP TABLE made_snapshots AS SELECT * EXCLUDE (doubted, verdict) FROM fresh_snapshots;

CREATE OR REPLACE TEMP TABLE held_snapshots AS FROM snapshots WHERE board IN (SELECT board FROM touched);

-- Only rows that differ are written: most boards are touched by a capture that shows them as they were.
DELETE FROM snapshots
WHERE board IN (SELECT board FROM touched)
    AND snapshot_id IN (SELECT snapshot_id FROM (FROM held_snapshots EXCEPT FROM made_snapshots));

INSERT INTO snapshots
FROM (FROM made_snapshots EXCEPT FROM held_snapshots) ORDER BY board, time, snapshot_id;

DROP TABLE fresh_snapshots;
DROP TABLE made_snapshots;
DROP TABLE held_snapshots;
DROP TABLE covered;
