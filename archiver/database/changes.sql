-- Boards at a time, and what changed from snapshot to snapshot. Made after macros.sql, whose rules hold here too.

-- The places that intervals allow, computed, never published. `lines`: a list of {content_id, position, low, high}, all
-- ranked lines of a content, the interval turned so that high is good. Best: one more than the lines whose interval
-- lies wholly above its own; worst: all but those whose interval lies wholly below. Only of a content in which every
-- ranked line has an interval, and some interval is wider than a point.
CREATE MACRO places_allowed(lines) AS TABLE
WITH
sides AS (SELECT unnest(lines, recursive := true)),
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

-- The ends of an interval, turned so that high is good.
CREATE MACRO low_end(lower_end, upper_end, more_is_better) AS
    CASE WHEN more_is_better THEN lower_end ELSE -upper_end END;
CREATE MACRO high_end(lower_end, upper_end, more_is_better) AS
    CASE WHEN more_is_better THEN upper_end ELSE -lower_end END;

-- An interval with its good end up.
CREATE MACRO good_side(lower_end, upper_end, more_is_better) AS {
    low: low_end(lower_end, upper_end, more_is_better), high: high_end(lower_end, upper_end, more_is_better)
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
-- wholly above; where one has none, its printed spread of places does. With the rule, as `compared_lines` names it.
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

-- The lines that `compared_lines` sets side by side are the `line` of the statement that asks for it, which hides this
-- one: DuckDB wants what a macro reads to be there while it is made. `nr` tells pairs of snapshots apart, `later` the
-- two sides of a pair; `model` and `organization` are as listed where the registry does not know them; `low` and `high`
-- are the score interval, turned so that high is good.
CREATE TEMP VIEW line AS
SELECT
    1 AS nr, true AS later, e.*, n.folded, n.model, n.organization, n.country, e.score_low AS low,
    e.score_high AS high
FROM entries AS e
CROSS JOIN names AS n;

-- Snapshots side by side, from their lines (see `line`). One row a line of either, found again by its name as listed;
-- else, where one line alone is left on each side, by its name in another spelling (`fold`), and then by the model that
-- it means.
--
-- The rule of noise, here and nowhere else. Only the models that both snapshots rank count (`change_shared`: places up
-- among them): nobody moves because others entered or left. Of two of these one is surely ahead where its score interval
-- lies wholly above the other's; where not all of them have one, where its printed spread of places does (of spreads
-- that share no place, the intervals behind them share no value). `passed`: of a rise, among them too, how many were
-- surely ahead and are surely behind now; of a fall, how many were surely behind and are surely ahead. `beyond_noise`:
-- somebody. `noise` names the rule: `score intervals`, `printed spreads`, or `no interval`, where nothing says it.
CREATE MACRO compared_lines() AS TABLE
WITH
-- Until all are found again they are positions alone: every step costs by the width of what it carries. A name that
-- stands several times in one content is counted from the top. What a step has paired goes through the next ones alone.
by_name AS (
    SELECT
        g.nr, g.variant, g.folded, unnest(list_sort(g.later), recursive := true),
        unnest(list_sort(g.earlier), recursive := true)
    FROM (
        SELECT
            l.nr, coalesce(l.variant, '') AS variant, l.folded,
            list({new: l.position, new_model: l.model}) FILTER (WHERE l.later) AS later,
            list({old: l.position, old_model: l.model}) FILTER (WHERE NOT l.later) AS earlier
        FROM line AS l
        GROUP BY l.nr, l.model_listed, coalesce(l.variant, ''), l.folded
    ) AS g
),
by_spelling AS (
    SELECT
        b.nr, b.variant, unnest(one_on_each(b.new, b.old, coalesce(b.new_model, b.old_model)), recursive := true)
    FROM by_name AS b
    GROUP BY b.nr, b.variant, b.folded, CASE WHEN b.old IS NOT NULL THEN b.new END
),
matched AS (
    SELECT s.nr, unnest(one_on_each(s.new, s.old, NULL), recursive := true)
    FROM by_spelling AS s
    GROUP BY s.nr, s.variant, s.model, CASE WHEN s.old IS NOT NULL THEN s.new END
),
-- Both sides of what was found again, plain columns all: to take a struct apart costs more than to carry its parts.
-- A spread of places is turned too, by its sign, so that high is good.
beside AS MATERIALIZED (
    SELECT
        m.nr, m.new AS position, m.old AS position_before, coalesce(n.model, o.model) AS model,
        coalesce(n.organization, o.organization) AS organization, coalesce(n.country, o.country) AS country,
        coalesce(n.variant, o.variant) AS variant, n.model_listed, o.model_listed AS listed_before, n.rank,
        o.rank AS rank_before, n.score, o.score AS score_before, coalesce(n.competitor, o.competitor) AS competitor,
        n.low, n.high, -n.rank_high AS low_place, -n.rank_low AS high_place, o.low AS low_before,
        o.high AS high_before, -o.rank_high AS low_place_before, -o.rank_low AS high_place_before
    FROM matched AS m
    LEFT JOIN line AS n ON n.nr = m.nr AND n.later AND n.position = m.new
    LEFT JOIN line AS o ON o.nr = m.nr AND NOT o.later AND o.position = m.old
),
-- What both snapshots rank, and how many places up among these. (In one order of all pairs: what stands before a pair
-- adds the same to both ranks.)
shared AS (
    SELECT
        b.nr, b.position, b.rank_before - b.rank AS change, b.low, b.high, b.low_before, b.high_before, b.low_place,
        b.high_place, b.low_place_before, b.high_place_before,
        CAST(
            rank() OVER (ORDER BY b.nr, b.rank_before) - rank() OVER (ORDER BY b.nr, b.rank) AS INTEGER
        ) AS change_shared
    FROM beside AS b
    WHERE b.rank IS NOT NULL AND b.rank_before IS NOT NULL
),
-- By which rule noise is told, one row a pair, and the intervals of all by that rule: of `no interval` none counts.
ruled AS (
    SELECT g.nr, g.noise, CASE g.noise WHEN 'score intervals' THEN g.scored ELSE g.printed END AS others
    FROM (
        SELECT
            s.nr,
            CASE WHEN bool_and(coalesce(s.low <= s.high AND s.low_before <= s.high_before, false))
                    AND bool_or(s.low < s.high) AND bool_or(s.low_before < s.high_before)
                 THEN 'score intervals'
                 WHEN bool_and(coalesce(
                     s.low_place <= s.high_place AND s.low_place_before <= s.high_place_before, false
                 ))
                 THEN 'printed spreads'
                 ELSE 'no interval' END AS noise,
            list({
                position: s.position, change: s.change, change_shared: s.change_shared, low: s.low, high: s.high,
                low_before: s.low_before, high_before: s.high_before
            }) AS scored,
            list({
                position: s.position, change: s.change, change_shared: s.change_shared, low: s.low_place,
                high: s.high_place, low_before: s.low_place_before, high_before: s.high_place_before
            }) AS printed
        FROM shared AS s
        GROUP BY s.nr
    ) AS g
),
-- (Who moved beside the list of all: a join of each with each takes ten times as long.)
told AS (
    SELECT
        m.nr, m.position, m.change_shared, m.noise,
        CASE WHEN m.noise = 'no interval' THEN NULL
             WHEN m.change > 0 AND m.change_shared > 0
             THEN list_aggregate([o.low_before > m.high_before AND o.high < m.low FOR o IN m.others], 'count_if')
             WHEN m.change < 0 AND m.change_shared < 0
             THEN list_aggregate([o.high_before < m.low_before AND o.low > m.high FOR o IN m.others], 'count_if')
             ELSE 0 END AS passed
    FROM (SELECT r.nr, r.noise, r.others, unnest(r.others, recursive := true) FROM ruled AS r) AS m
)
SELECT b.*, t.change_shared, t.noise, CAST(t.passed AS INTEGER) AS passed, t.passed > 0 AS beyond_noise
FROM beside AS b
LEFT JOIN told AS t ON t.nr = b.nr AND t.position = b.position;

DROP VIEW line;

-- Snapshots side by side, as `compared_lines` gives it: `pairs` is a list of {earlier, later} (snapshot ids).
CREATE MACRO compared(pairs) AS TABLE
WITH
shot AS MATERIALIZED (
    SELECT
        p.nr, p.later, s.content_id, b.board_id, b.source, b.higher_is_better, s.board, s.snapshot_id, s.time,
        s.published_at, s.captured_at, s."of"
    FROM (
        SELECT
            row_number() OVER () AS nr, unnest([l.earlier, l.later]) AS snapshot_id, unnest([false, true]) AS later
        FROM (SELECT unnest(pairs, recursive := true)) AS l
    ) AS p
    JOIN snapshots AS s ON s.snapshot_id = p.snapshot_id
    JOIN main.boards AS b ON b.board = s.board
),
line AS MATERIALIZED (
    SELECT
        s.nr, s.later, e.position, e.model_listed, e.variant, n.folded, coalesce(n.model, e.model_listed) AS model,
        coalesce(n.organization, nullif(e.organization_listed, '')) AS organization, n.country, e.rank, e.rank_low,
        e.rank_high, e.score, e.competitor, low_end(e.score_low, e.score_high, s.higher_is_better) AS low,
        high_end(e.score_low, e.score_high, s.higher_is_better) AS high
    FROM entries AS e
    SEMI JOIN shot AS b ON b.board_id = e.board_id
    JOIN shot AS s ON s.content_id = e.content_id
    LEFT JOIN main.names AS n
        ON n.source = s.source
        AND n.model_listed = e.model_listed
        AND n.organization_listed IS NOT DISTINCT FROM e.organization_listed
)
SELECT
    t.board, f.snapshot_id AS earlier_id, t.snapshot_id AS later_id, f.time AS earlier_time, t.time, t.published_at,
    t.captured_at, t."of", f."of" AS of_before, r.model, r.organization, r.country, nullif(r.variant, '') AS variant,
    r.model_listed, r.listed_before, r.position, r.position_before, r.rank_before, r.rank, r.score_before, r.score,
    r.beyond_noise, r.noise,
    CASE WHEN r.position_before IS NULL THEN 'entered' WHEN r.position IS NULL THEN 'left'
         WHEN r.rank IS DISTINCT FROM r.rank_before THEN 'moved' ELSE 'same' END AS status,
    r.competitor, r.change_shared, r.passed,
    {scored: {low: r.low, high: r.high}, printed: {low: r.low_place, high: r.high_place}} AS sides
FROM compared_lines() AS r
JOIN shot AS t ON t.nr = r.nr AND t.later
JOIN shot AS f ON f.nr = r.nr AND NOT f.later;

-- A board as it stood at a time: the columns of `rankings`, then what the complete snapshot before it says of each
-- entry, and the spread of places that the score intervals allow where the publisher prints none.
CREATE MACRO board_as_of(board, time) AS TABLE
WITH
shown AS MATERIALIZED (
    SELECT
        s.board, s.time, s.published_at, s.captured_at, s."of", s.metric, s.rank_kind, s.snapshot_id, s.content_id,
        s.payload_sha256, s.route, b.board_id, b.source, b.higher_is_better
    FROM snapshots AS s
    JOIN main.boards AS b ON b.board = s.board
    WHERE s.board = board AND s.preferred AND s.time <= end_of(time)
    ORDER BY s.time DESC, s.captured_at DESC, s.snapshot_id
    LIMIT 1
),
earlier AS (
    SELECT o.content_id
    FROM snapshots AS o
    JOIN shown AS s ON o.time < s.time
    WHERE o.board = board AND o.preferred AND o.complete
    ORDER BY o.time DESC, o.captured_at DESC, o.snapshot_id
    LIMIT 1
),
-- The lines of both, read once: `compared_lines` asks for them, and what is shown is the later ones.
line AS MATERIALIZED (
    SELECT
        1 AS nr, s.later, e.*, n.folded, coalesce(n.model, e.model_listed) AS model,
        coalesce(n.organization, nullif(e.organization_listed, '')) AS organization, n.country,
        low_end(e.score_low, e.score_high, s.higher_is_better) AS low,
        high_end(e.score_low, e.score_high, s.higher_is_better) AS high
    FROM (
        SELECT
            l.board_id, l.source, l.higher_is_better, unnest([true, false]) AS later,
            unnest([l.content_id, o.content_id]) AS content_id
        FROM shown AS l
        LEFT JOIN earlier AS o ON true
    ) AS s
    JOIN main.entries AS e ON e.board_id = s.board_id AND e.content_id = s.content_id
    LEFT JOIN main.names AS n
        ON n.source = s.source
        AND n.model_listed = e.model_listed
        AND n.organization_listed IS NOT DISTINCT FROM e.organization_listed
),
allowed AS (
    SELECT a.* FROM places_allowed((
        SELECT list({content_id: l.content_id, position: l.position, low: l.low, high: l.high})
        FROM line AS l
        WHERE l.later AND l.rank IS NOT NULL
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
JOIN line AS l ON l.later
LEFT JOIN compared_lines() AS b ON b.position = l.position
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
-- `beyond_noise` and `noise` see `compared_lines`.
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
    d.listed_before, d.score, d.score_before, d.passed;
