-- Boards at a time, and what changed from snapshot to snapshot. Made after macros.sql, whose rules hold here too.

-- The lines of some contents (a list of {board_id, content_id}), every name resolved.
CREATE MACRO lines_of(contents) AS TABLE
WITH
wanted AS MATERIALIZED (
    SELECT c.content.board_id AS board_id, c.content.content_id AS content_id
    FROM (SELECT unnest(contents) AS content) AS c
)
SELECT
    e.content_id, coalesce(n.model, e.model_listed) AS model,
    coalesce(n.organization, nullif(e.organization_listed, '')) AS organization, n.country, e.model_listed,
    e.organization_listed, e.variant, e.position, e.rank, e.rank_low, e.rank_high, e.score, e.score_low, e.score_high,
    e.votes, e.license, e.competitor, e.extra, n.family
FROM main.entries AS e
JOIN (SELECT DISTINCT w.board_id FROM wanted AS w) AS b ON b.board_id = e.board_id
JOIN (SELECT DISTINCT w.content_id FROM wanted AS w) AS c ON c.content_id = e.content_id
LEFT JOIN main.names AS n
    ON n.source = split_part(e.board, '/', 1)
    AND n.model_listed = e.model_listed
    AND n.organization_listed IS NOT DISTINCT FROM e.organization_listed;

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
        s.content_id, s.position, unnest([s.low, s.high]) AS value, unnest([0, 1]) AS upper,
        bool_and(coalesce(s.low <= s.high, false)) OVER whole AND bool_or(s.low < s.high) OVER whole AS sound,
        count(*) OVER whole AS lines
    FROM sides AS s
    WINDOW whole AS (PARTITION BY s.content_id)
),
passed AS (
    SELECT
        e.content_id, e.position, e.upper, e.lines,
        sum(e.upper) OVER upwards AS tops, sum(1 - e.upper) OVER upwards AS bottoms
    FROM ends AS e
    WHERE e.sound
    WINDOW upwards AS (PARTITION BY e.content_id ORDER BY e.value, e.upper ROWS UNBOUNDED PRECEDING)
)
SELECT
    p.content_id, p.position,
    CAST(max(CASE WHEN p.upper = 1 THEN 1 + p.lines - p.bottoms END) AS INTEGER) AS rank_low_computed,
    CAST(max(CASE WHEN p.upper = 0 THEN p.lines - p.tops END) AS INTEGER) AS rank_high_computed
FROM passed AS p
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

-- Snapshots side by side: `pairs` is a list of {earlier, later} (snapshot ids). One row an entry of either, found again
-- by its name as listed, else by the model that it means where one entry alone on each side is left that means it.
--
-- The rule of noise, here and nowhere else. Only the models that both snapshots rank count (`change_shared`: places up
-- among them): nobody moves because others entered or left. Of two of these one is surely ahead where its score interval
-- lies wholly above the other's; where not all of them have one, where its printed spread of places does (of spreads
-- that share no place, the intervals behind them share no value). `passed`: of a rise, among them too, how many were
-- surely ahead and are surely behind now; of a fall, how many were surely behind and are surely ahead. `beyond_noise`:
-- somebody. `noise` names the rule: `score intervals`, `printed spreads`, or `no interval`, where nothing says it.
CREATE MACRO compared(pairs) AS TABLE
WITH
pair AS MATERIALIZED (
    SELECT
        row_number() OVER () AS nr, o.content_id AS earlier_content, n.content_id AS later_content, b.board_id,
        b.higher_is_better,
        {
            board: n.board, earlier_id: o.snapshot_id, later_id: n.snapshot_id, earlier_time: o.time, time: n.time,
            published_at: n.published_at, captured_at: n.captured_at, of: n."of", of_before: o."of"
        } AS shown
    FROM (SELECT unnest(pairs) AS pair) AS p
    JOIN snapshots AS o ON o.snapshot_id = p.pair.earlier
    JOIN snapshots AS n ON n.snapshot_id = p.pair.later
    JOIN main.boards AS b ON b.board = n.board
),
wanted AS MATERIALIZED (
    SELECT p.board_id, p.higher_is_better, p.earlier_content AS content_id FROM pair AS p
    UNION
    SELECT p.board_id, p.higher_is_better, p.later_content FROM pair AS p
),
line AS MATERIALIZED (
    SELECT
        l.content_id, l.position, l.model_listed, coalesce(l.variant, '') AS variant, l.model, l.organization,
        l.country, l.competitor, l.rank, l.score,
        entry_sides(l.score_low, l.score_high, l.rank_low, l.rank_high, w.higher_is_better) AS sides
    FROM lines_of((SELECT list({board_id: w.board_id, content_id: w.content_id}) FROM wanted AS w)) AS l
    JOIN wanted AS w ON w.content_id = l.content_id
),
-- A name that stands several times in one content is counted from the top.
again AS (
    SELECT r.content_id, r.position, row_number() OVER (
        PARTITION BY r.content_id, r.model_listed, r.variant ORDER BY r.position
    ) AS nth
    FROM line AS r
    JOIN (
        SELECT l.content_id, l.model_listed, l.variant
        FROM line AS l
        GROUP BY l.content_id, l.model_listed, l.variant
        HAVING count(*) > 1
    ) AS d ON d.content_id = r.content_id AND d.model_listed = r.model_listed AND d.variant = r.variant
),
known AS MATERIALIZED (
    SELECT l.*, coalesce(a.nth, 1) AS nth
    FROM line AS l
    LEFT JOIN again AS a ON a.content_id = l.content_id AND a.position = l.position
),
old AS (
    SELECT p.nr, k.position, k.model_listed, k.variant, k.nth, k.model
    FROM pair AS p
    JOIN known AS k ON k.content_id = p.earlier_content
),
new AS (
    SELECT p.nr, k.position, k.model_listed, k.variant, k.nth, k.model
    FROM pair AS p
    JOIN known AS k ON k.content_id = p.later_content
),
by_name AS MATERIALIZED (
    SELECT
        coalesce(n.nr, o.nr) AS nr, n.position AS new, o.position AS old,
        CASE WHEN o.nr IS NULL THEN n.model WHEN n.nr IS NULL THEN o.model END AS model,
        coalesce(n.variant, o.variant) AS variant
    FROM new AS n
    FULL JOIN old AS o
        ON o.nr = n.nr AND o.model_listed = n.model_listed AND o.variant = n.variant AND o.nth = n.nth
),
by_model AS MATERIALIZED (
    SELECT b.nr, b.model, b.variant, max(b.new) AS new, max(b.old) AS old
    FROM by_name AS b
    WHERE b.model IS NOT NULL
    GROUP BY b.nr, b.model, b.variant
    HAVING count(b.new) = 1 AND count(b.old) = 1
),
matched AS MATERIALIZED (
    SELECT b.nr, b.new, b.old
    FROM by_name AS b
    ANTI JOIN by_model AS m ON m.nr = b.nr AND m.model = b.model AND m.variant = b.variant
    UNION ALL
    SELECT m.nr, m.new, m.old FROM by_model AS m
),
shared AS MATERIALIZED (
    SELECT m.nr, m.new, n.rank, o.rank AS rank_before, n.sides, o.sides AS sides_before
    FROM matched AS m
    JOIN pair AS p ON p.nr = m.nr
    JOIN known AS n ON n.content_id = p.later_content AND n.position = m.new
    JOIN known AS o ON o.content_id = p.earlier_content AND o.position = m.old
    WHERE n.rank IS NOT NULL AND o.rank IS NOT NULL
),
ruled AS (
    SELECT
        s.nr,
        CASE WHEN bool_and(coalesce(s.sides.scored.low <= s.sides.scored.high, false))
                AND bool_and(coalesce(s.sides_before.scored.low <= s.sides_before.scored.high, false))
                AND bool_or(s.sides.scored.low < s.sides.scored.high)
                AND bool_or(s.sides_before.scored.low < s.sides_before.scored.high)
             THEN 'score intervals'
             WHEN bool_and(coalesce(s.sides.printed.low <= s.sides.printed.high, false))
                AND bool_and(coalesce(s.sides_before.printed.low <= s.sides_before.printed.high, false))
             THEN 'printed spreads'
             ELSE 'no interval' END AS noise
    FROM shared AS s
    GROUP BY s.nr
),
stood AS MATERIALIZED (
    SELECT
        s.nr, s.new, r.noise, s.rank_before - s.rank AS change,
        rank() OVER (PARTITION BY s.nr ORDER BY s.rank_before)
            - rank() OVER (PARTITION BY s.nr ORDER BY s.rank) AS change_shared,
        CASE WHEN r.noise = 'score intervals' THEN s.sides.scored ELSE s.sides.printed END AS now,
        CASE WHEN r.noise = 'score intervals' THEN s.sides_before.scored ELSE s.sides_before.printed END AS before
    FROM shared AS s
    JOIN ruled AS r ON r.nr = s.nr
),
passed AS (
    SELECT m.nr, m.new, count(*) AS passed
    FROM stood AS m
    JOIN stood AS o ON o.nr = m.nr
    WHERE m.noise <> 'no interval' AND CASE
        WHEN m.change > 0 AND m.change_shared > 0 THEN m.before.high < o.before.low AND m.now.low > o.now.high
        WHEN m.change < 0 AND m.change_shared < 0 THEN m.before.low > o.before.high AND m.now.high < o.now.low
        ELSE false END
    GROUP BY m.nr, m.new
)
SELECT
    p.shown.board AS board, p.shown.earlier_id AS earlier_id, p.shown.later_id AS later_id,
    p.shown.earlier_time AS earlier_time, p.shown.time AS time, p.shown.published_at AS published_at,
    p.shown.captured_at AS captured_at, p.shown.of AS "of", p.shown.of_before AS of_before,
    coalesce(n.model, o.model) AS model, coalesce(n.organization, o.organization) AS organization,
    coalesce(n.country, o.country) AS country, nullif(coalesce(n.variant, o.variant), '') AS variant, n.model_listed,
    o.model_listed AS listed_before, m.new AS position, m.old AS position_before, o.rank AS rank_before, n.rank,
    o.score AS score_before, n.score,
    CASE WHEN a.noise <> 'no interval' THEN w.passed IS NOT NULL END AS beyond_noise, a.noise,
    CASE WHEN m.old IS NULL THEN 'entered' WHEN m.new IS NULL THEN 'left'
         WHEN n.rank IS DISTINCT FROM o.rank THEN 'moved' ELSE 'same' END AS status,
    coalesce(n.competitor, o.competitor) AS competitor, CAST(a.change_shared AS INTEGER) AS change_shared,
    CASE WHEN a.noise <> 'no interval' THEN CAST(coalesce(w.passed, 0) AS INTEGER) END AS passed, n.sides
FROM matched AS m
JOIN pair AS p ON p.nr = m.nr
LEFT JOIN known AS n ON n.content_id = p.later_content AND n.position = m.new
LEFT JOIN known AS o ON o.content_id = p.earlier_content AND o.position = m.old
LEFT JOIN stood AS a ON a.nr = m.nr AND a.new = m.new
LEFT JOIN passed AS w ON w.nr = m.nr AND w.new = m.new;

-- A board as it stood at a time: the columns of `rankings`, then what the complete snapshot before it says of each
-- entry, and the spread of places that the score intervals allow where the publisher prints none.
CREATE MACRO board_as_of(board, time) AS TABLE
WITH
shown AS MATERIALIZED (
    SELECT s.*, b.board_id, b.higher_is_better, snapshot_before(s.board, s.snapshot_id) AS earlier
    FROM snapshots AS s
    JOIN main.boards AS b ON b.board = s.board
    WHERE s.snapshot_id = snapshot_at(board, time)
),
line AS MATERIALIZED (
    SELECT l.*
    FROM lines_of((SELECT list({board_id: s.board_id, content_id: s.content_id}) FROM shown AS s)) AS l
),
before AS (
    SELECT c.*
    FROM compared((SELECT list({earlier: s.earlier, later: s.snapshot_id}) FROM shown AS s)) AS c
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

-- A board at two times, both as complete snapshots show it: each is the last one by then. `change` counts places up,
-- `change_shared` the same among the models on both; `status` is `entered`, `left`, `moved` or `same`; of
-- `beyond_noise` and `noise` see `compared`.
CREATE MACRO board_diff(board, since, until) AS TABLE
SELECT
    c.board, c.model, c.organization, c.country, c.variant, c.rank_before, c.rank, c.rank_before - c.rank AS change,
    c.score_before, c.score, c.status, c.beyond_noise, c.noise, c.listed_before, c.model_listed, c.of_before, c."of",
    c.earlier_time AS time_before, c.time, c.earlier_id AS snapshot_before, c.later_id AS snapshot_id, c.change_shared,
    c.passed
FROM compared([{
    earlier: snapshot_at(board, since, whole := true), later: snapshot_at(board, until, whole := true)
}]) AS c
ORDER BY c.rank NULLS LAST, c.position, c.rank_before, c.position_before;

-- Who moved on a board from one time to another: `board_diff` without those who stayed, the widest moves first.
CREATE MACRO movers(board, since, until) AS TABLE
SELECT d.*
FROM board_diff(board, since, until) AS d
WHERE d.status <> 'same'
ORDER BY d.status, abs(d.change) DESC NULLS LAST, d.rank NULLS LAST, d.rank_before, d.model, d.variant;
