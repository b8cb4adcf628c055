-- How someone stands on a board, and how boards agree. Made after macros.sql and changes.sql.

CREATE MACRO whole_days(since, until) AS CAST(round((epoch(until) - epoch(since)) / 86400) AS INTEGER);

-- What a score lacks to the leader's. What a difference of doubles has beyond nine decimals is dust.
CREATE MACRO behind(own_score, leading_score, more_is_better) AS
    round(CASE WHEN more_is_better THEN leading_score - own_score ELSE own_score - leading_score END, 9);

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
        h.snapshot_id, h.stands_until
    FROM ranks_of(who, boards := boards, since := since, until := until, variant := variant) AS h
    WHERE h.stands_until IS NOT NULL
),
overall AS (
    SELECT
        x.board, x.place, max(x.time) AS time, min(x.listed) AS first_seen, max(x.listed) AS last_seen,
        count(x.listed) AS snapshots, count(*) - count(x.listed) AS absent,
        min(x.rank) AS best_rank, min_by(x.date, x.placed + x.began) AS best_date,
        min_by(x.model, x.placed + x.began) AS best_model,
        max(x.rank) AS worst_rank, min_by(x.date, x.began - x.placed) AS worst_date,
        min(x.topped) AS first_in_top, max(x.topped) AS last_in_top, count(x.topped) AS snapshots_in_top,
        coalesce(sum(x.stood) FILTER (WHERE x.rank <= top), 0) AS in_top,
        coalesce(sum(x.stood) FILTER (WHERE x.rank = 1), 0) AS first
    FROM (
        SELECT
            h.board, h.place, h.time, h.date, CASE WHEN h.status = 'listed' THEN h.date END AS listed,
            CASE WHEN h.rank <= top THEN h.date END AS topped, h.model, h.rank,
            epoch_us(least(h.stands_until, end_of(until))) - epoch_us(h.time) AS stood,
            -- By place, then by time, as one number: of equal places the first. Null without a place, which `min_by`
            -- passes over.
            epoch_us(h.time) AS began, h.rank * CAST(18446744073709551616 AS HUGEINT) AS placed
        FROM history AS h
    ) AS x
    GROUP BY x.board, x.place
)
SELECT
    r.board, r.who, r.date, r.status, r.model, r.organization, r.variant, r.rank, r."of",
    CASE WHEN r."of" > 1 THEN round(100.0 * (r."of" - r.rank) / (r."of" - 1), 1) END AS percentile, r.score,
    behind(r.score, s.leader_score, b.higher_is_better) AS gap, coalesce(n.model, s.leader_listed) AS leader,
    o.best_rank, o.best_date, o.best_model, o.worst_rank, o.worst_date, o.first_seen, o.last_seen, o.snapshots, o.absent,
    top AS top, CAST(round(o.in_top / 86400000000) AS INTEGER) AS days_in_top, o.snapshots_in_top, o.first_in_top,
    o.last_in_top, CAST(round(o.first / 86400000000) AS INTEGER) AS days_first, r.snapshot_id
FROM overall AS o
JOIN history AS r ON r.board = o.board AND r.place = o.place AND r.time = o.time
JOIN main.boards AS b ON b.board = r.board
JOIN snapshots AS s ON s.snapshot_id = r.snapshot_id
LEFT JOIN main.names AS n
    ON n.source = b.source
    AND n.model_listed = s.leader_listed
    AND n.organization_listed IS NOT DISTINCT FROM s.leader_organization_listed
ORDER BY r.board, r.place;

-- How long someone stood among the first `top` of a board without a break, over the snapshots of a time: one row for
-- each streak. It runs from the first snapshot that places them so to as long as the last one stands (see `spans`): a
-- complete snapshot that does not ends it, a gap and an excerpt that does not show them do not. `days_shown`: of its
-- `days` those on which a snapshot that places them so stands, as `days_in_top` of `standing` counts them. `longest`:
-- no other of theirs on the board is longer (of several that last alike the one of more snapshots, then the later);
-- `current`: their last snapshot is of it. `variant`: as of `rank_history`.
CREATE MACRO streaks(who, boards := NULL, since := NULL, until := NULL, top := 10, variant := NULL) AS TABLE
WITH
-- An island is a streak, or an empty one beside it.
marked AS (
    SELECT
        h.board, h.place, h.who, h.time, h.model, h.rank, h.snapshot_id, h.stands_until, h.rank <= top AS in_top,
        max(h.time) OVER (ORDER BY h.board, h.place RANGE BETWEEN CURRENT ROW AND CURRENT ROW) AS newest,
        count(*) FILTER (WHERE h.rank <= top IS NOT TRUE) OVER (
            ORDER BY h.board, h.place, h.time ROWS UNBOUNDED PRECEDING
        ) AS island
    FROM ranks_of(who, boards := boards, since := since, until := until, variant := variant) AS h
    WHERE h.stands_until IS NOT NULL
),
streak AS (
    SELECT
        m.board, m.place, any_value(m.who) AS who, min(m.time) AS since, max(m.time) AS last,
        least(max(m.stands_until), end_of(until)) AS until, CAST(count(*) AS INTEGER) AS snapshots,
        sum(epoch_us(least(m.stands_until, end_of(until))) - epoch_us(m.time)) AS shown,
        min(m.rank) AS best_rank, min_by(m.model, m.time) AS first_model, max_by(m.model, m.time) AS last_model,
        max(m.time) = any_value(m.newest) AS current, min_by(m.snapshot_id, m.time) AS snapshot_id,
        max_by(m.snapshot_id, m.time) AS last_snapshot_id
    FROM marked AS m
    WHERE m.in_top
    GROUP BY m.board, m.place, m.island
)
SELECT
    s.board, s.who, top AS top, CAST(s.since AS DATE) AS since, CAST(s.until AS DATE) AS until,
    whole_days(s.since, s.until) AS days, CAST(round(s.shown / 86400000000) AS INTEGER) AS days_shown, s.snapshots,
    s.best_rank, s.first_model, s.last_model,
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
