-- Snapshots as they were known at a time, by the rules by which a load writes the table `snapshots` (rules.sql).

-- The table `snapshots` as it was known at a time (a bare date: at the end of its day), of all boards or a list. What
-- the checks see today beside what went before holds a snapshot here too.
CREATE MACRO snapshots_known_on(known_on, boards := NULL) AS TABLE
WITH
made AS MATERIALIZED (
    SELECT
        m.* EXCLUDE (doubted, verdict, preferred) REPLACE (settled_status(
            m.doubted OR m.snapshot_id IN (
                SELECT f.snapshot_id FROM main.findings AS f
                WHERE f.severity = 'error' AND f.snapshot_id IS NOT NULL
            ), m.verdict
        ) AS status)
    FROM snapshots_made((
        SELECT list(b.board) FROM main.boards AS b
        WHERE boards IS NULL OR list_contains(listed_words(boards), b.board)
    ), known_on) AS m
),
snapshots AS MATERIALIZED (             -- what `spans` reads
    SELECT m.*, m.status IN ('accepted', 'released') AND c.snapshot_id IS NULL AS preferred
    FROM made AS m
    LEFT JOIN covered_snapshots((
        SELECT list(covering(f.snapshot_id, f.board, f.route, f.complete, f.time, f.last_seen))
        FROM made AS f WHERE f.status IN ('accepted', 'released')
    )) AS c
        ON c.snapshot_id = m.snapshot_id
)
SELECT n.*, s.stands_until
FROM snapshots AS n
LEFT JOIN spans((SELECT list(b.board) FROM made AS b)) AS s ON s.snapshot_id = n.snapshot_id;
