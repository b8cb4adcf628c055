-- The snapshots of the boards in the temporary table `touched`, made anew (see known.sql). Their status is settled when
-- all checks are made: settled.sql.

CREATE OR REPLACE TEMP TABLE fresh_snapshots AS
FROM snapshots_made((SELECT list(DISTINCT t.board) FROM touched AS t), NULL);
