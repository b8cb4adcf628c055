-- How someone stands on a board, and how boards agree. Made after macros.sql and changes.sql.

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

CREATE MACRO whole_days(since, until) AS CAST(round((epoch(until) - epoch(since)) / 86400) AS INTEGER);

-- How someone stands on each board, over the snapshots of a time: one row for each of those asked for and board.
-- Where they stand last (`date`, `status`, `rank`, `of`); `percentile`: the share of the other competitors that they
-- are placed above or beside, in percent; `gap`: what the leader's score is better by; best and worst place (the first
-- date of each). `days_in_top`, `days_first`: while a snapshot that places them among the first `top`, or first, stands
-- (see `spans`); from when to when without a break is told by `streaks`. `variant`: as of `rank_history`.
CREATE MACRO standing(who, boards := NULL, since := NULL, until := NULL, top := 10, variant := NULL) AS TABLE
WITH
history AS MATERIALIZED (
    SELECT
        h.board, h.place, h.who, h.time, h.date, h.status, h.model, h.organization, h.variant, h.rank, h."of", h.score,
        h.snapshot_id, h.content_id
    FROM ranks_of(who, boards := boards, since := since, until := until, variant := variant) AS h
),
-- In one order, so that places in it can be compared as numbers.
rows AS MATERIALIZED (
    SELECT x.*, row_number() OVER series AS nth, epoch_us(x.stands_until) - epoch_us(x.time) AS stands
    FROM (
        SELECT
            h.board, h.place, h.time, h.date, CASE WHEN h.status = 'listed' THEN h.date END AS listed,
            CASE WHEN h.rank <= top THEN h.date END AS topped, h.model, h.rank, h.snapshot_id,
            least(s.stands_until, end_of(until)) AS stands_until,
            coalesce(h.rank <= top, false) AS in_top, coalesce(h.rank = 1, false) AS first
        FROM history AS h
        JOIN spans((SELECT list(b.board) FROM history AS b)) AS s ON s.snapshot_id = h.snapshot_id
    ) AS x
    WINDOW series AS (ORDER BY x.board, x.place, x.time ROWS UNBOUNDED PRECEDING)
),
overall AS MATERIALIZED (
    SELECT
        r.board, r.place, max_by(r.snapshot_id, r.nth) AS snapshot_id,
        min(r.listed) AS first_seen, max(r.listed) AS last_seen, count(r.listed) AS snapshots,
        count(*) - count(r.listed) AS absent,
        -- Of equal places the first: as `line_order`, but null without a place, which `min_by` passes over.
        min(r.rank) AS best_rank, min_by(r.date, r.rank * 2147483648 + r.nth) AS best_date,
        min_by(r.model, r.rank * 2147483648 + r.nth) AS best_model,
        max(r.rank) AS worst_rank, min_by(r.date, r.nth - r.rank * 2147483648) AS worst_date,
        min(r.topped) AS first_in_top, max(r.topped) AS last_in_top, count(r.topped) AS snapshots_in_top,
        coalesce(sum(r.stands) FILTER (WHERE r.in_top), 0) AS in_top, coalesce(sum(r.stands) FILTER (WHERE r.first), 0) AS first
    FROM rows AS r
    GROUP BY r.board, r.place
),
lasting AS MATERIALIZED (
    SELECT h.*, b.board_id, b.higher_is_better
    FROM overall AS o
    JOIN history AS h ON h.snapshot_id = o.snapshot_id AND h.place = o.place
    JOIN main.boards AS b ON b.board = h.board
),
leaders AS (
    SELECT
        l.content_id,
        min_by({score: l.score, model: coalesce(n.model, l.model_listed)}, line_order(l.rank, l.position)) AS first
    FROM board_lines AS l
    SEMI JOIN lasting AS o ON o.board_id = l.board_id
    SEMI JOIN lasting AS c ON c.content_id = l.content_id
    LEFT JOIN main.names AS n
        ON n.source = split_part(l.board, '/', 1)
        AND n.model_listed = l.model_listed
        AND n.organization_listed IS NOT DISTINCT FROM l.organization_listed
    WHERE l.rank IS NOT NULL
    GROUP BY l.content_id
)
SELECT
    r.board, r.who, r.date, r.status, r.model, r.organization, r.variant, r.rank, r."of",
    CASE WHEN r."of" > 1 THEN round(100.0 * (r."of" - r.rank) / (r."of" - 1), 1) END AS percentile, r.score,
    -- What a difference of doubles has beyond nine decimals is dust.
    round(CASE WHEN r.higher_is_better THEN l.first.score - r.score ELSE r.score - l.first.score END, 9) AS gap,
    l.first.model AS leader,
    o.best_rank, o.best_date, o.best_model, o.worst_rank, o.worst_date, o.first_seen, o.last_seen, o.snapshots, o.absent,
    top AS top, CAST(round(o.in_top / 86400000000) AS INTEGER) AS days_in_top, o.snapshots_in_top, o.first_in_top,
    o.last_in_top, CAST(round(o.first / 86400000000) AS INTEGER) AS days_first,
    r.snapshot_id
FROM lasting AS r
LEFT JOIN leaders AS l ON l.content_id = r.content_id
JOIN overall AS o ON o.snapshot_id = r.snapshot_id AND o.place = r.place
ORDER BY r.board, r.place;

-- How long someone stood among the first `top` of a board without a break, over the snapshots of a time: one row for
-- each streak. It runs from the first snapshot that places them so to as long as the last one stands (see `spans`): a
-- complete snapshot that does not ends it, a gap and an excerpt that does not show them do not. So `days` may be more
-- than `days_in_top` of `standing`, which leaves out gaps. `longest`: no other of theirs on the board is longer (of
-- several that last alike the one of more snapshots, then the later); `current`: their last snapshot is of it.
-- `variant`: as of `rank_history`.
CREATE MACRO streaks(who, boards := NULL, since := NULL, until := NULL, top := 10, variant := NULL) AS TABLE
WITH
history AS MATERIALIZED (
    SELECT h.board, h.place, h.who, h.time, h.date, h.model, h.rank, h.snapshot_id
    FROM ranks_of(who, boards := boards, since := since, until := until, variant := variant) AS h
),
-- An island is a streak, or an empty one beside it.
marked AS (
    SELECT
        h.*, s.stands_until, h.rank <= top AS in_top, max(h.time) OVER (
            ORDER BY h.board, h.place RANGE BETWEEN CURRENT ROW AND CURRENT ROW
        ) AS newest,
        count(*) FILTER (WHERE h.rank <= top IS NOT TRUE) OVER (
            ORDER BY h.board, h.place, h.time ROWS UNBOUNDED PRECEDING
        ) AS island
    FROM history AS h
    JOIN spans((SELECT list(b.board) FROM history AS b)) AS s ON s.snapshot_id = h.snapshot_id
),
streak AS (
    SELECT
        m.board, m.place, any_value(m.who) AS who, min(m.time) AS since, max(m.time) AS last,
        least(max(m.stands_until), end_of(until)) AS until, CAST(count(*) AS INTEGER) AS snapshots,
        min(m.rank) AS best_rank, min_by(m.model, m.time) AS first_model, max_by(m.model, m.time) AS last_model,
        max(m.time) = any_value(m.newest) AS current, min_by(m.snapshot_id, m.time) AS snapshot_id,
        max_by(m.snapshot_id, m.time) AS last_snapshot_id
    FROM marked AS m
    WHERE m.in_top
    GROUP BY m.board, m.place, m.island
)
SELECT
    s.board, s.who, top AS top, CAST(s.since AS DATE) AS since, CAST(s.until AS DATE) AS until,
    whole_days(s.since, s.until) AS days, s.snapshots, s.best_rank, s.first_model, s.last_model,
    rank() OVER (
        PARTITION BY s.board, s.place ORDER BY s.until - s.since DESC, s.snapshots DESC, s.last DESC
    ) = 1 AS longest,
    s.current, s.snapshot_id, s.last_snapshot_id
FROM streak AS s
ORDER BY s.board, s.place, s.last;

-- How two snapshots agree: of two boards, or of one board at two times (the last snapshots by then). Over the models
-- that both place, each by its best entry: Spearman's rho (Pearson's correlation of the ranks, of tied ones their
-- mean) and Kendall's tau-b (which allows for ties). Null for less than two shared models, or where one side ties all.
CREATE MACRO agreement(board, other_board, time := NULL, other_time := NULL) AS TABLE
WITH
ends AS (
    SELECT
        min_by(s.shot, s.nth) FILTER (WHERE s.board = board AND s.time <= s.until) AS one,
        min_by(s.shot, s.nth) FILTER (WHERE s.board = other_board AND s.time <= s.other_until) AS other
    FROM (
        SELECT
            x.board, x.time, {snapshot_id: x.snapshot_id, time: x.time, content_id: x.content_id, board: x.board} AS shot,
            {time: -epoch_us(x.time), last: last_first(x.captured_at, x.snapshot_id)} AS nth,
            end_of(coalesce(CAST(time AS TIMESTAMP), TIMESTAMP '9999-12-31')) AS until,
            end_of(coalesce(CAST(other_time AS TIMESTAMP), CAST(time AS TIMESTAMP), TIMESTAMP '9999-12-31')) AS other_until
        FROM snapshots AS x
        WHERE x.preferred AND x.board IN (board, other_board)
    ) AS s
),
shot AS MATERIALIZED (
    SELECT c.side, c.shot, b.board_id, b.source
    FROM (SELECT unnest([1, 2]) AS side, unnest([e.one, e.other]) AS shot FROM ends AS e) AS c
    JOIN main.boards AS b ON b.board = c.shot.board
),
placed AS (
    SELECT
        coalesce(n.model, e.model_listed) AS model, min(e.rank) FILTER (WHERE s.side = 1) AS a,
        min(e.rank) FILTER (WHERE s.side = 2) AS b
    FROM board_lines AS e
    SEMI JOIN shot AS b ON b.board_id = e.board_id
    JOIN (SELECT o.side, o.shot.content_id AS content_id, o.source FROM shot AS o) AS s
        ON s.content_id = e.content_id AND e.rank IS NOT NULL
    LEFT JOIN main.names AS n
        ON n.source = s.source
        AND n.model_listed = e.model_listed
        AND n.organization_listed IS NOT DISTINCT FROM e.organization_listed
    GROUP BY coalesce(n.model, e.model_listed)
),
shared AS MATERIALIZED (
    SELECT p.a, p.b FROM placed AS p WHERE p.a IS NOT NULL AND p.b IS NOT NULL
),
-- How many stand behind less how many stand before: twice the rank, of tied ones the mean, less the mean of all, turned.
-- Whole numbers, whose sums are the same in any order.
ranked AS (
    SELECT
        1 + count(*) OVER by_a_all - rank() OVER by_a - count(*) OVER by_a AS a,
        1 + count(*) OVER by_b_all - rank() OVER by_b - count(*) OVER by_b AS b
    FROM shared AS s
    WINDOW
        by_a AS (ORDER BY s.a), by_a_all AS (ORDER BY s.a ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING),
        by_b AS (ORDER BY s.b), by_b_all AS (ORDER BY s.b ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
),
spread AS (
    SELECT count(*) AS n, sum(r.a * r.b) AS both, sum(r.a * r.a) AS a, sum(r.b * r.b) AS b FROM ranked AS r
),
-- Each model beside each, as pairs that the one side, or the other, puts in this order.
pairs AS (
    SELECT
        count(*) FILTER (WHERE x.a < y.a AND x.b < y.b) - count(*) FILTER (WHERE x.a < y.a AND x.b > y.b) AS agreeing,
        count(*) FILTER (WHERE x.a < y.a) AS untied_a, count(*) FILTER (WHERE x.b < y.b) AS untied_b
    FROM shared AS x
    CROSS JOIN shared AS y
)
SELECT
    board AS board, o.shot.time AS time, other_board AS other_board, t.shot.time AS other_time, r.n,
    CASE WHEN r.a > 0 AND r.b > 0 THEN r.both / sqrt(CAST(r.a AS DOUBLE) * r.b) END AS spearman,
    CASE WHEN p.untied_a > 0 AND p.untied_b > 0
         THEN p.agreeing / sqrt(CAST(p.untied_a AS DOUBLE) * p.untied_b) END AS kendall,
    o.shot.snapshot_id AS snapshot_id, t.shot.snapshot_id AS other_snapshot_id
FROM shot AS o
JOIN shot AS t ON o.side = 1 AND t.side = 2
CROSS JOIN spread AS r
CROSS JOIN pairs AS p;
