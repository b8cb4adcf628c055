-- What happened on boards over time. Made after macros.sql and changes.sql.

-- The complete snapshots of boards (a glob, a list of globs, null for all) that answers use, one a time (see `spans`),
-- each with the one before it.
CREATE MACRO steps(boards := NULL, since := NULL, until := NULL) AS TABLE
WITH
globs AS (SELECT unnest(listed_words(boards)) AS glob),
whole AS (
    SELECT s.board, s.time, {snapshot_id: s.snapshot_id, content_id: s.content_id} AS shot
    FROM snapshots AS s
    WHERE s.stands_until IS NOT NULL AND s.complete
        AND (boards IS NULL OR EXISTS (SELECT 1 FROM globs AS g WHERE s.board GLOB g.glob))
        AND (until IS NULL OR s.time <= end_of(until))
),
followed AS (
    SELECT w.board, w.time, w.shot, lag(w.shot) OVER (PARTITION BY w.board ORDER BY w.time) AS earlier
    FROM whole AS w
)
SELECT
    f.board, f.time, f.shot.snapshot_id AS snapshot_id, f.shot.content_id AS content_id,
    f.earlier.snapshot_id AS earlier_id, f.earlier.content_id AS earlier_content
FROM followed AS f
WHERE since IS NULL OR f.time >= CAST(since AS TIMESTAMP);

-- What happened on boards, one row an event of a complete snapshot beside the one before it. `event`: `entered`,
-- `left`, `moved` (another rank), `leader` (has rank 1 and had not, whoever shares it; `other`: who had it), `renamed`
-- (listed by another name; `other`: the old one). The first snapshot of a board is no event; baselines make none.
-- `beyond_noise` and `noise`: of a move see `compared`; of a leader whether it is surely ahead of all who led before
-- (see `surely_ahead`), null where one of them is gone. `called`: the model; as listed where of several entries of one
-- model the same is told.
CREATE MACRO rank_events(boards := NULL, since := NULL, until := NULL) AS TABLE
WITH
changed AS MATERIALIZED (
    SELECT c.*
    FROM compared((
        SELECT coalesce(list({earlier: s.earlier_id, later: s.snapshot_id}), [])
        FROM steps(boards := boards, since := since, until := until) AS s
        WHERE s.earlier_content <> s.content_id
    )) AS c
    WHERE c.competitor
),
led AS (
    SELECT
        c.later_id, string_agg(concat_ws(', ', c.model, c.variant), ' | ' ORDER BY c.position_before) AS models,
        {                                                               -- the best that any of them may be
            scored: {high: CASE WHEN count(c.sides.scored.high) = count(*) THEN max(c.sides.scored.high) END},
            printed: {high: CASE WHEN count(c.sides.printed.high) = count(*) THEN max(c.sides.printed.high) END}
        } AS sides,
        bool_and(c.position IS NOT NULL) AS still_there
    FROM changed AS c
    WHERE c.rank_before = 1
    GROUP BY c.later_id
),
told AS (
    SELECT
        c.*, l.models, CASE WHEN l.still_there THEN surely_ahead(c.sides, l.sides) END AS leading,
        unnest([
            CASE WHEN c.rank = 1 AND c.rank_before IS DISTINCT FROM 1 THEN 'leader' END,
            CASE WHEN c.status <> 'same' THEN c.status END,
            CASE WHEN c.listed_before <> c.model_listed THEN 'renamed' END
        ]) AS event
    FROM changed AS c
    LEFT JOIN led AS l ON l.later_id = c.later_id
)
SELECT
    t.board, t.time, t.published_at, t.captured_at, t.later_id AS snapshot_id, t.event, t.model, t.organization,
    t.country, t.variant, t.rank_before, t.rank, t."of", t.score_before, t.score,
    CASE t.event WHEN 'moved' THEN t.beyond_noise WHEN 'leader' THEN t.leading.beyond_noise END AS beyond_noise,
    CASE t.event WHEN 'leader' THEN t.models WHEN 'renamed' THEN t.listed_before END AS other,
    CASE t.event WHEN 'moved' THEN t.noise WHEN 'leader' THEN t.leading.noise END AS noise,
    t.earlier_id AS snapshot_before, t.earlier_time AS time_before,
    CASE t.event WHEN 'moved' THEN t.change_shared END AS change_shared,
    CASE t.event WHEN 'moved' THEN t.passed END AS passed,
    CASE WHEN count(*) OVER (PARTITION BY t.later_id, t.event, t.model, t.variant) > 1
         THEN coalesce(t.model_listed, t.listed_before) ELSE t.model END AS called
FROM told AS t
WHERE t.event IS NOT NULL
ORDER BY t.board, t.time, list_position(['leader', 'entered', 'left', 'moved', 'renamed'], t.event), t.rank NULLS LAST,
    t.rank_before, t.model, t.variant, t.position, t.position_before;

-- Who overtook whom: one row for each pair and snapshot at which their order turned, `model` the one that is ahead now,
-- `other` the one behind. Their order before is that of the last snapshot that ranked both, not at one place. With one
-- name: theirs and every other model; with several: among those asked for. Theirs is the best-placed model
-- (`each := true`: every one; `variant`: of their entries those that `rank_history` takes). `beyond_noise`: the one is
-- surely ahead of the other in that snapshot (see `surely_ahead`); `noise` names the rule, as in `compared`.
CREATE MACRO overtakes(
    who, boards := NULL, since := NULL, until := NULL, each := false, variant := NULL
) AS TABLE
WITH
theirs AS MATERIALIZED (SELECT l.place, l.source, l.model_listed, l.organization_listed FROM listed_as(who) AS l),
-- With whether one name alone is meant.
scope AS MATERIALIZED (
    SELECT b.board, b.board_id, b.higher_is_better, (SELECT min(t.place) = max(t.place) FROM theirs AS t) AS alone
    FROM main.boards AS b
    SEMI JOIN (SELECT coalesce(g.glob, '*') AS glob FROM (SELECT unnest(listed_words(boards)) AS glob) AS g) AS g
        ON b.board GLOB g.glob
    WHERE b.board IN (
        SELECT l.board
        FROM main.listings AS l
        JOIN theirs AS t
            ON t.source = l.source AND t.model_listed = l.model_listed
            AND t.organization_listed IS NOT DISTINCT FROM l.organization_listed
    )
),
shot AS MATERIALIZED (
    SELECT
        s.board, s.time, s.snapshot_id, s.content_id, s.published_at, s.captured_at, s."of", c.board_id,
        c.higher_is_better
    FROM snapshots AS s
    JOIN scope AS c ON c.board = s.board
    WHERE s.stands_until IS NOT NULL AND (until IS NULL OR s.time <= end_of(until))
),
-- Theirs, each by its best entry (of those of whom the best model is meant, of all); beside one name, everyone.
line AS MATERIALIZED (
    SELECT
        e.content_id, t.place,
        CASE WHEN each OR t.place IS NULL THEN concat_ws(chr(0), coalesce(n.model, e.model_listed), e.variant) ELSE '' END
            AS unit,
        min(e.rank) AS rank, min(line_order(e.rank, e.position)) AS nth
    FROM board_lines AS e
    JOIN scope AS c ON c.board_id = e.board_id
    LEFT JOIN theirs AS t
        ON t.model_listed = e.model_listed AND t.organization_listed IS NOT DISTINCT FROM e.organization_listed
        AND starts_with(e.board, t.source || '/')
    LEFT JOIN main.names AS n
        ON n.model_listed = e.model_listed AND n.organization_listed IS NOT DISTINCT FROM e.organization_listed
        AND starts_with(e.board, n.source || '/')
    WHERE e.rank IS NOT NULL AND CASE WHEN t.place IS NULL THEN c.alone ELSE in_setting(e.variant, variant) END
    GROUP BY ALL
),
met AS (
    SELECT
        s.board, s.time, m.place, m.unit, o.place AS other_place, o.unit AS other_unit, m.rank < o.rank AS ahead,
        m.rank, m.nth, o.rank AS other_rank, o.nth AS other_nth
    FROM shot AS s
    JOIN line AS m ON m.content_id = s.content_id AND m.place IS NOT NULL
    JOIN line AS o ON o.content_id = m.content_id AND o.rank <> m.rank AND (o.place IS NULL OR o.place > m.place)
),
turns AS (
    SELECT x.*
    FROM (
        SELECT m.*, lag({ahead: m.ahead, time: m.time, rank: m.rank, other_rank: m.other_rank}) OVER pair AS before
        FROM met AS m
        WINDOW pair AS (PARTITION BY m.board, m.place, m.unit, m.other_place, m.other_unit ORDER BY m.time)
    ) AS x
    WHERE x.ahead <> x.before.ahead AND (since IS NULL OR x.time >= CAST(since AS TIMESTAMP))
),
turned AS MATERIALIZED (
    SELECT
        s.*, t.before.time AS time_before, CASE WHEN t.ahead THEN t.nth ELSE t.other_nth END AS winner,
        CASE WHEN t.ahead THEN t.other_nth ELSE t.nth END AS loser,
        CASE WHEN t.ahead THEN t.before.rank ELSE t.before.other_rank END AS rank_before,
        CASE WHEN t.ahead THEN t.before.other_rank ELSE t.before.rank END AS other_rank_before
    FROM turns AS t
    JOIN shot AS s ON s.board = t.board AND s.time = t.time
),
known AS MATERIALIZED (
    SELECT
        e.content_id, line_order(e.rank, e.position) AS nth, coalesce(n.model, e.model_listed) AS model,
        coalesce(n.organization, nullif(e.organization_listed, '')) AS organization, n.country,
        nullif(e.variant, '') AS variant, e.rank, e.score,
        entry_sides(e.score_low, e.score_high, e.rank_low, e.rank_high, c.higher_is_better) AS sides
    FROM board_lines AS e
    JOIN scope AS c ON c.board_id = e.board_id
    SEMI JOIN turned AS t ON t.content_id = e.content_id
    LEFT JOIN main.names AS n
        ON n.model_listed = e.model_listed AND n.organization_listed IS NOT DISTINCT FROM e.organization_listed
        AND starts_with(e.board, n.source || '/')
    WHERE e.rank IS NOT NULL
)
SELECT
    t.board, t.time, t.published_at, t.captured_at, t.snapshot_id, 'overtook' AS event, w.model, w.organization, w.country,
    w.variant, t.rank_before, w.rank, t."of", CAST(NULL AS DOUBLE) AS score_before, w.score,
    surely_ahead(w.sides, l.sides).beyond_noise AS beyond_noise, l.model AS other,
    surely_ahead(w.sides, l.sides).noise AS noise, l.variant AS other_variant,
    l.organization AS other_organization, t.other_rank_before, l.rank AS other_rank, l.score AS other_score,
    t.time_before
FROM turned AS t
JOIN known AS w ON w.content_id = t.content_id AND w.nth = t.winner
JOIN known AS l ON l.content_id = t.content_id AND l.nth = t.loser
ORDER BY t.board, t.time, w.rank, l.rank, w.model, l.model, w.variant, l.variant, t.rank_before, t.other_rank_before,
    t.time_before;
