-- Boards at a time, and what changed from snapshot to snapshot. Made after macros.sql, whose rules hold here too.

-- The places that intervals allow, computed, never published. `lines`: a list of {content_id, position, low, high}, all
-- ranked lines of a content, the interval turned so that high is good. Best: one more than the lines whose interval
-- lies wholly above its own; worst: all but those whose interval lies wholly below. Only of a content in which every
-- ranked line has an interval, and some interval is wider than a point.
CREATE MACRO places_allowed(lines) AS TABLE
WITH
sides AS (
    SELECT l.line.content_id AS content_id, l.line.position AS position, l.line.low AS low, l.line.high AS high
    FROM (SELECT unnest(lines) AS line) AS l
),
-- Both ends of every interval in one row of numbers: to sort them takes less than to hold each against each.
ends AS (
    SELECT
        s.content_id, s.position, coalesce(s.low <= s.high, false) AS sound, s.low < s.high AS wide,
        unnest([s.low, s.high]) AS value, unnest([0, 1]) AS upper
    FROM sides AS s
),
passed AS (
    SELECT
        e.content_id, e.position, e.upper, count(*) OVER whole // 2 AS lines,
        bool_and(e.sound) OVER whole AND bool_or(e.wide) OVER whole AS sound,
        sum(e.upper) OVER upwards AS tops, sum(1 - e.upper) OVER upwards AS bottoms
    FROM ends AS e
    WINDOW
        whole AS (PARTITION BY e.content_id),
        upwards AS (PARTITION BY e.content_id ORDER BY e.value, e.upper ROWS UNBOUNDED PRECEDING)
)
SELECT
    p.content_id, p.position,
    CAST(max(CASE WHEN p.upper = 1 THEN 1 + p.lines - p.bottoms END) AS INTEGER) AS rank_low_computed,
    CAST(max(CASE WHEN p.upper = 0 THEN p.lines - p.tops END) AS INTEGER) AS rank_high_computed
FROM passed AS p
WHERE p.sound
GROUP BY p.content_id, p.position;

-- An interval with its good end up.
CREATE MACRO good_side(lower_end, upper_end, more_is_better) AS {
    low: CASE WHEN more_is_better THEN lower_end ELSE -upper_end END,
    high: CASE WHEN more_is_better THEN upper_end ELSE -lower_end END
};

-- The intervals of an entry, each with its good end up: `scored` of its score, `printed` of its spread of places.
CREATE MACRO entry_sides(lower_end, upper_end, best_place, worst_place, more_is_better) AS {
    scored: good_side(lower_end, upper_end, more_is_better),
    printed: {low: -worst_place, high: -best_place}
};

-- An interval as `places_allowed` takes it.
CREATE MACRO interval_of(of_content, of_position, good_interval) AS {
    content_id: of_content, position: of_position, low: good_interval.low, high: good_interval.high
};

-- Whether one of two entries of a snapshot is surely ahead of the other (see `entry_sides`): its score interval lies
-- wholly above; where one has none, its printed spread of places does. With the rule, as `compared` names it.
CREATE MACRO surely_ahead(of_one, of_other) AS {
    beyond_noise: coalesce(
        of_one.scored.low > of_other.scored.high, of_one.printed.low > of_other.printed.high
    ),
    noise: CASE WHEN of_one.scored.low > of_other.scored.high IS NOT NULL THEN 'score intervals'
                WHEN of_one.printed.low > of_other.printed.high IS NOT NULL THEN 'printed spreads'
                ELSE 'no interval' END
};

-- The spreads of places of some snapshots (a list of ids), one row a ranked entry: as published, and as the score
-- intervals allow where the publisher prints none (see `places_allowed`).
CREATE MACRO spreads(ids) AS TABLE
WITH
shot AS MATERIALIZED (
    SELECT s.snapshot_id, s.content_id, b.board_id, b.higher_is_better
    FROM snapshots AS s
    JOIN main.boards AS b ON b.board = s.board
    WHERE list_contains(CAST(ids AS VARCHAR[]), s.snapshot_id)
),
line AS MATERIALIZED (
    SELECT
        e.content_id, e.position, e.model_listed, e.variant, e.rank, e.rank_low, e.rank_high,
        interval_of(e.content_id, e.position, good_side(e.score_low, e.score_high, c.higher_is_better)) AS side
    FROM (SELECT DISTINCT s.content_id, s.board_id, s.higher_is_better FROM shot AS s) AS c
    JOIN main.entries AS e ON e.board_id = c.board_id AND e.content_id = c.content_id
    WHERE e.rank IS NOT NULL
)
SELECT
    s.snapshot_id, l.position, l.model_listed, l.variant, l.rank, l.rank_low, l.rank_high,
    CASE WHEN l.rank_low IS NULL OR l.rank_high IS NULL THEN p.rank_low_computed END AS rank_low_computed,
    CASE WHEN l.rank_low IS NULL OR l.rank_high IS NULL THEN p.rank_high_computed END AS rank_high_computed
FROM shot AS s
JOIN line AS l ON l.content_id = s.content_id
LEFT JOIN places_allowed((SELECT list(i.side) FROM line AS i)) AS p
    ON p.content_id = l.content_id AND p.position = l.position
ORDER BY s.snapshot_id, l.position;

-- Of entries (positions) of two snapshots that share something: the pair, where there is one on each side, else each by
-- itself, with its model.
CREATE MACRO one_on_each(of_new, of_old, of_model) AS
    CASE WHEN count(of_new) = 1 AND count(of_old) = 1 THEN [{new: max(of_new), old: max(of_old), model: NULL}]
         ELSE list({new: of_new, old: of_old, model: of_model}) END;

-- Snapshots side by side: `pairs` is a list of {earlier, later} (snapshot ids). One row an entry of either, found again
-- by its name as listed; else, where one entry alone is left on each side, by its name in another spelling (`fold`), and
-- then by the model that it means.
--
-- The rule of noise, here and nowhere else. Only the models that both snapshots rank count (`change_shared`: places up
-- among them): nobody moves because others entered or left. Of two of these one is surely ahead where its score interval
-- lies wholly above the other's; where not all of them have one, where its printed spread of places does (of spreads
-- that share no place, the intervals behind them share no value). `passed`: of a rise, among them too, how many were
-- surely ahead and are surely behind now; of a fall, how many were surely behind and are surely ahead. `beyond_noise`:
-- somebody. `noise` names the rule: `score intervals`, `printed spreads`, or `no interval`, where nothing says it.
CREATE MACRO compared(pairs) AS TABLE
WITH
shot AS MATERIALIZED (
    SELECT
        p.nr, p.later, s.content_id, b.board_id, b.source, b.higher_is_better, s.board, s.snapshot_id, s.time,
        s.published_at, s.captured_at, s."of"
    FROM (
        SELECT
            row_number() OVER () AS nr, unnest([l.pair.earlier, l.pair.later]) AS snapshot_id,
            unnest([false, true]) AS later
        FROM (SELECT unnest(pairs) AS pair) AS l
    ) AS p
    JOIN snapshots AS s ON s.snapshot_id = p.snapshot_id
    JOIN main.boards AS b ON b.board = s.board
),
line AS MATERIALIZED (
    SELECT
        s.nr, s.later, e.position, e.model_listed, coalesce(e.variant, '') AS variant, n.folded,
        coalesce(n.model, e.model_listed) AS model,
        coalesce(n.organization, nullif(e.organization_listed, '')) AS organization, n.country, e.rank, e.score,
        e.competitor, entry_sides(e.score_low, e.score_high, e.rank_low, e.rank_high, s.higher_is_better) AS sides
    FROM entries AS e
    SEMI JOIN shot AS b ON b.board_id = e.board_id
    JOIN shot AS s ON s.content_id = e.content_id
    LEFT JOIN main.names AS n
        ON n.source = s.source
        AND n.model_listed = e.model_listed
        AND n.organization_listed IS NOT DISTINCT FROM e.organization_listed
),
-- Until all are found again they are positions alone: every step costs by the width of what it carries. A name that
-- stands several times in one content is counted from the top. What a step has paired goes through the next ones alone.
by_name AS (
    SELECT
        g.nr, g.variant, g.folded, unnest(list_sort(g.later)) AS new, unnest(list_sort(g.earlier)) AS old
    FROM (
        SELECT
            l.nr, l.variant, l.folded,
            list({position: l.position, model: l.model}) FILTER (WHERE l.later) AS later,
            list({position: l.position, model: l.model}) FILTER (WHERE NOT l.later) AS earlier
        FROM line AS l
        GROUP BY l.nr, l.model_listed, l.variant, l.folded
    ) AS g
),
by_spelling AS (
    SELECT
        b.nr, b.variant,
        unnest(one_on_each(b.new.position, b.old.position, coalesce(b.new.model, b.old.model))) AS found
    FROM by_name AS b
    GROUP BY b.nr, b.variant, b.folded, CASE WHEN b.old.position IS NOT NULL THEN b.new.position END
),
matched AS (
    SELECT s.nr, unnest(one_on_each(s.found.new, s.found.old, NULL)) AS found
    FROM by_spelling AS s
    GROUP BY s.nr, s.variant, s.found.model, CASE WHEN s.found.old IS NOT NULL THEN s.found.new END
),
-- Both sides of what was found again. Where both snapshots rank it, its rank among these, and by which rule noise is told.
beside AS (
    SELECT
        m.nr, m.found.new AS position, m.found.old AS position_before, coalesce(n.model, o.model) AS model,
        coalesce(n.organization, o.organization) AS organization, coalesce(n.country, o.country) AS country,
        coalesce(n.variant, o.variant) AS variant, n.model_listed, o.model_listed AS listed_before, n.rank,
        o.rank AS rank_before, n.score, o.score AS score_before, coalesce(n.competitor, o.competitor) AS competitor,
        n.sides, o.sides AS sides_before, n.rank IS NOT NULL AND o.rank IS NOT NULL AS shared
    FROM matched AS m
    LEFT JOIN line AS n ON n.nr = m.nr AND n.later AND n.position = m.found.new
    LEFT JOIN line AS o ON o.nr = m.nr AND NOT o.later AND o.position = m.found.old
),
ruled AS MATERIALIZED (
    SELECT
        b.*,
        -- (In one order of all: what stands before the pair adds the same to both.)
        CASE WHEN b.shared
             THEN CAST(
                 rank() OVER (ORDER BY b.nr, b.shared, b.rank_before) - rank() OVER (ORDER BY b.nr, b.shared, b.rank)
                 AS INTEGER) END AS change_shared,
        CASE WHEN NOT b.shared THEN NULL
             WHEN bool_and(coalesce(b.sides.scored.low <= b.sides.scored.high, false)) OVER alike
                AND bool_and(coalesce(b.sides_before.scored.low <= b.sides_before.scored.high, false)) OVER alike
                AND bool_or(b.sides.scored.low < b.sides.scored.high) OVER alike
                AND bool_or(b.sides_before.scored.low < b.sides_before.scored.high) OVER alike
             THEN 'score intervals'
             WHEN bool_and(coalesce(b.sides.printed.low <= b.sides.printed.high, false)) OVER alike
                AND bool_and(coalesce(b.sides_before.printed.low <= b.sides_before.printed.high, false)) OVER alike
             THEN 'printed spreads'
             ELSE 'no interval' END AS noise
    FROM beside AS b
    WINDOW alike AS (ORDER BY b.nr, b.shared RANGE BETWEEN CURRENT ROW AND CURRENT ROW)
),
told AS (
    SELECT
        r.nr, r.position, CASE WHEN r.rank_before > r.rank AND r.change_shared > 0 THEN true
                               WHEN r.rank_before < r.rank AND r.change_shared < 0 THEN false END AS rises,
        CASE WHEN r.noise = 'score intervals' THEN r.sides.scored ELSE r.sides.printed END AS now,
        CASE WHEN r.noise = 'score intervals' THEN r.sides_before.scored ELSE r.sides_before.printed END AS before
    FROM ruled AS r
    WHERE r.noise <> 'no interval'
),
-- Seen from below, then turned upside down, by which a fall is a rise: one comparison for both.
turned AS (
    SELECT
        t.nr, t.position, d.up, t.rises = d.up AS moves,
        CASE WHEN d.up THEN t.before.low ELSE -t.before.high END AS low_before,
        CASE WHEN d.up THEN t.before.high ELSE -t.before.low END AS high_before,
        CASE WHEN d.up THEN t.now.low ELSE -t.now.high END AS low,
        CASE WHEN d.up THEN t.now.high ELSE -t.now.low END AS high
    FROM told AS t
    CROSS JOIN (SELECT unnest([true, false]) AS up) AS d
),
-- (Who moved beside all others, each as lists of numbers: a join of each with each takes ten times as long.)
passed AS (
    SELECT x.nr, x.position, count(*) AS passed
    FROM (
        SELECT
            m.nr, m.mover.position AS position, m.mover.high_before AS high_before, m.mover.low AS low,
            unnest(m.lows_before) AS other_before, unnest(m.highs) AS other
        FROM (
            SELECT g.nr, g.lows_before, g.highs, unnest(g.movers) AS mover
            FROM (
                SELECT
                    t.nr, list(t.low_before) AS lows_before, list(t.high) AS highs,
                    list({position: t.position, high_before: t.high_before, low: t.low})
                        FILTER (WHERE t.moves) AS movers
                FROM turned AS t
                GROUP BY t.nr, t.up
            ) AS g
        ) AS m
    ) AS x
    WHERE x.high_before < x.other_before AND x.low > x.other
    GROUP BY x.nr, x.position
)
SELECT
    t.board, f.snapshot_id AS earlier_id, t.snapshot_id AS later_id, f.time AS earlier_time, t.time, t.published_at,
    t.captured_at, t."of", f."of" AS of_before, r.model, r.organization, r.country, nullif(r.variant, '') AS variant,
    r.model_listed, r.listed_before, r.position, r.position_before, r.rank_before, r.rank, r.score_before, r.score,
    CASE WHEN r.noise <> 'no interval' THEN w.passed IS NOT NULL END AS beyond_noise, r.noise,
    CASE WHEN r.position_before IS NULL THEN 'entered' WHEN r.position IS NULL THEN 'left'
         WHEN r.rank IS DISTINCT FROM r.rank_before THEN 'moved' ELSE 'same' END AS status,
    r.competitor, r.change_shared,
    CASE WHEN r.noise <> 'no interval' THEN CAST(coalesce(w.passed, 0) AS INTEGER) END AS passed, r.sides
FROM ruled AS r
JOIN shot AS t ON t.nr = r.nr AND t.later
JOIN shot AS f ON f.nr = r.nr AND NOT f.later
LEFT JOIN passed AS w ON w.nr = r.nr AND w.position = r.position;

-- A board as it stood at a time: the columns of `rankings`, then what the complete snapshot before it says of each
-- entry, and the spread of places that the score intervals allow where the publisher prints none.
CREATE MACRO board_as_of(board, time) AS TABLE
WITH
shown AS MATERIALIZED (
    SELECT s.*, b.board_id, b.source, b.higher_is_better
    FROM snapshots AS s
    JOIN main.boards AS b ON b.board = s.board
    WHERE s.board = board AND s.preferred AND s.time <= end_of(time)
    ORDER BY s.time DESC, s.captured_at DESC, s.snapshot_id
    LIMIT 1
),
earlier AS (
    SELECT o.snapshot_id
    FROM snapshots AS o
    JOIN shown AS s ON o.time < s.time
    WHERE o.board = board AND o.preferred AND o.complete
    ORDER BY o.time DESC, o.captured_at DESC, o.snapshot_id
    LIMIT 1
),
line AS MATERIALIZED (
    SELECT
        e.*, coalesce(n.model, e.model_listed) AS model,
        coalesce(n.organization, nullif(e.organization_listed, '')) AS organization, n.country
    FROM shown AS s
    JOIN main.entries AS e ON e.board_id = s.board_id AND e.content_id = s.content_id
    LEFT JOIN main.names AS n
        ON n.source = s.source
        AND n.model_listed = e.model_listed
        AND n.organization_listed IS NOT DISTINCT FROM e.organization_listed
),
before AS (
    SELECT c.position, c.rank_before, c.score_before, c.beyond_noise, c.noise
    FROM compared((
        SELECT list({earlier: o.snapshot_id, later: s.snapshot_id}) FROM shown AS s CROSS JOIN earlier AS o
    )) AS c
    WHERE c.position IS NOT NULL
),
allowed AS (
    SELECT a.* FROM places_allowed((
        SELECT list(interval_of(
            l.content_id, l.position, good_side(l.score_low, l.score_high, s.higher_is_better)
        ))
        FROM line AS l
        JOIN shown AS s ON l.rank IS NOT NULL
    )) AS a
)
SELECT
    s.board, s.published_at, s.captured_at, l.rank, l.rank_low, l.rank_high, s."of", l.model, l.organization, l.country,
    l.model_listed, l.organization_listed, l.variant, l.score, l.score_low, l.score_high, l.votes, l.license, s.metric,
    s.rank_kind, l.position, s.snapshot_id, s.payload_sha256, s.route, l.extra, b.rank_before, b.score_before,
    b.beyond_noise, b.noise,
    CASE WHEN l.rank_low IS NULL OR l.rank_high IS NULL THEN a.rank_low_computed END AS rank_low_computed,
    CASE WHEN l.rank_low IS NULL OR l.rank_high IS NULL THEN a.rank_high_computed END AS rank_high_computed
FROM shown AS s
CROSS JOIN line AS l
LEFT JOIN before AS b ON b.position = l.position
LEFT JOIN allowed AS a ON a.position = l.position
ORDER BY l.rank NULLS LAST, l.position;

-- The complete snapshots of a board that stood at two times, each the last one by then, as `compared` takes them.
CREATE MACRO pair_at(on_board, by_first, by_last) AS (
    SELECT [{
        earlier: min_by(shot.snapshot_id, shot.nth) FILTER (WHERE shot.time <= end_of(by_first)),
        later: min_by(shot.snapshot_id, shot.nth) FILTER (WHERE shot.time <= end_of(by_last))
    }]
    FROM (
        SELECT
            whole.snapshot_id, whole.time,
            {time: -epoch_us(whole.time), last: last_first(whole.captured_at, whole.snapshot_id)} AS nth
        FROM snapshots AS whole
        WHERE whole.board = on_board AND whole.preferred AND whole.complete
    ) AS shot
);

-- What `board_diff` gives, in no order: an order is planned and made even where another one follows.
CREATE MACRO diff_of(board, since, until) AS TABLE
SELECT
    c.board, c.model, c.organization, c.country, c.variant, c.rank_before, c.rank, c.rank_before - c.rank AS change,
    c.score_before, c.score, c.status, c.beyond_noise, c.noise, c.listed_before, c.model_listed, c.of_before, c."of",
    c.earlier_time AS time_before, c.time, c.earlier_id AS snapshot_before, c.later_id AS snapshot_id, c.change_shared,
    c.passed, c.position, c.position_before
FROM compared(pair_at(board, since, until)) AS c;

-- A board at two times, both as complete snapshots show it: each is the last one by then. `change` counts places up,
-- `change_shared` the same among the models on both; `status` is `entered`, `left`, `moved` or `same`; of
-- `beyond_noise` and `noise` see `compared`.
CREATE MACRO board_diff(board, since, until) AS TABLE
SELECT d.* EXCLUDE (position, position_before)
FROM diff_of(board, since, until) AS d
ORDER BY d.rank NULLS LAST, d.position, d.rank_before, d.position_before;

-- Who moved on a board from one time to another: `board_diff` without those who stayed, the widest moves first.
CREATE MACRO movers(board, since, until) AS TABLE
SELECT d.* EXCLUDE (position, position_before)
FROM diff_of(board, since, until) AS d
WHERE d.status <> 'same'
ORDER BY d.status, abs(d.change) DESC NULLS LAST, d.rank NULLS LAST, d.rank_before, d.model, d.variant, d.model_listed,
    d.listed_before, d.score, d.score_before, d.change_shared, d.passed;
