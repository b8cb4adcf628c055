-- What changed from snapshot to snapshot. Made after macros.sql, whose rules on parameters hold here too.

-- The places that score intervals allow, of every ranked entry of some contents (a list of content ids): computed,
-- never published. Best: one more than the entries whose interval lies wholly on the better side of its own; worst:
-- all but those whose interval lies wholly on the worse side. Only of a content in which every ranked entry has an
-- interval, and some interval is wider than a point.
CREATE MACRO computed_spreads(contents) AS TABLE
WITH
sides AS MATERIALIZED (
    SELECT
        e.content_id, e.position,
        CASE WHEN b.higher_is_better THEN e.score_low ELSE -e.score_high END AS low,
        CASE WHEN b.higher_is_better THEN e.score_high ELSE -e.score_low END AS high
    FROM (SELECT unnest(contents) AS content_id) AS c
    JOIN entries AS e ON e.content_id = c.content_id
    JOIN boards AS b ON b.board = e.board
    WHERE e.rank IS NOT NULL
    WINDOW whole AS (PARTITION BY e.content_id)
    QUALIFY count(*) FILTER (WHERE e.score_low <= e.score_high) OVER whole = count(*) OVER whole
        AND bool_or(e.score_low < e.score_high) OVER whole
)
SELECT
    s.content_id, s.position,
    CAST(1 + count(*) FILTER (WHERE o.low > s.high) AS INTEGER) AS rank_low_computed,
    CAST(count(*) FILTER (WHERE o.high >= s.low) AS INTEGER) AS rank_high_computed
FROM sides AS s
JOIN sides AS o ON o.content_id = s.content_id
GROUP BY s.content_id, s.position;

-- Snapshots side by side: `pairs` is a list of {earlier, later} (snapshot ids). One row an entry of either, found again
-- by its name as listed, else by the model that it means where one entry alone on each side is left that means it.
-- `beyond_noise`: the two spreads of places share no place (null where either is unknown); `noise` says whether the
-- publisher prints those spreads, or they are computed from the score intervals (`computed_spreads`).
CREATE MACRO compared(pairs) AS TABLE
WITH
pair AS MATERIALIZED (
    SELECT
        p.pair.earlier AS earlier_id, n.snapshot_id AS later_id, n.board, b.source, o.content_id AS earlier_content,
        n.content_id AS later_content, o.time AS earlier_time, n.time, n.published_at, n.captured_at, n."of",
        o."of" AS of_before
    FROM (SELECT unnest(pairs) AS pair) AS p
    JOIN snapshots AS o ON o.snapshot_id = p.pair.earlier
    JOIN snapshots AS n ON n.snapshot_id = p.pair.later
    JOIN boards AS b ON b.board = n.board
),
wanted AS MATERIALIZED (
    SELECT p.board, p.source, p.earlier_content AS content_id FROM pair AS p
    UNION
    SELECT p.board, p.source, p.later_content FROM pair AS p
),
lines AS MATERIALIZED (
    SELECT
        e.content_id, e.position, e.model_listed, coalesce(e.variant, '') AS variant,
        row_number() OVER (PARTITION BY e.content_id, e.model_listed, e.variant ORDER BY e.position) AS nth,
        coalesce(n.model, e.model_listed) AS model,
        coalesce(n.organization, nullif(e.organization_listed, '')) AS organization, n.country, e.rank, e.rank_low,
        e.rank_high, e.score
    FROM wanted AS w
    JOIN entries AS e ON e.board = w.board AND e.content_id = w.content_id
    LEFT JOIN names AS n
        ON n.source = w.source
        AND n.model_listed = e.model_listed
        AND n.organization_listed IS NOT DISTINCT FROM e.organization_listed
),
computed AS (
    SELECT c.*
    FROM computed_spreads((
        SELECT list(DISTINCT l.content_id) FROM lines AS l
        WHERE l.rank IS NOT NULL AND (l.rank_low IS NULL OR l.rank_high IS NULL)
    )) AS c
),
spread AS MATERIALIZED (
    SELECT
        l.* EXCLUDE (rank_low, rank_high),
        CASE WHEN l.rank_low IS NULL OR l.rank_high IS NULL THEN c.rank_low_computed ELSE l.rank_low END AS low,
        CASE WHEN l.rank_low IS NULL OR l.rank_high IS NULL THEN c.rank_high_computed ELSE l.rank_high END AS high,
        l.rank_low IS NULL OR l.rank_high IS NULL AS computed
    FROM lines AS l
    LEFT JOIN computed AS c ON c.content_id = l.content_id AND c.position = l.position
),
old AS (
    SELECT p.earlier_id, p.later_id, s.* FROM pair AS p JOIN spread AS s ON s.content_id = p.earlier_content
),
new AS (
    SELECT p.earlier_id, p.later_id, s.* FROM pair AS p JOIN spread AS s ON s.content_id = p.later_content
),
by_name AS MATERIALIZED (
    SELECT
        coalesce(n.earlier_id, o.earlier_id) AS earlier_id, coalesce(n.later_id, o.later_id) AS later_id,
        n.position, o.position AS position_before, coalesce(n.model, o.model) AS model,
        coalesce(n.variant, o.variant) AS variant
    FROM new AS n
    FULL JOIN old AS o
        ON o.earlier_id = n.earlier_id AND o.later_id = n.later_id AND o.model_listed = n.model_listed
        AND o.variant = n.variant AND o.nth = n.nth
),
alone AS MATERIALIZED (
    SELECT
        b.earlier_id, b.later_id, b.model, b.variant, max(b.position) AS position,
        max(b.position_before) AS position_before
    FROM by_name AS b
    WHERE b.position IS NULL OR b.position_before IS NULL
    GROUP BY b.earlier_id, b.later_id, b.model, b.variant
    HAVING count(b.position) = 1 AND count(b.position_before) = 1
),
matched AS (
    SELECT b.earlier_id, b.later_id, b.position, b.position_before
    FROM by_name AS b
    ANTI JOIN alone AS a
        ON a.earlier_id = b.earlier_id AND a.later_id = b.later_id
        AND (a.position = b.position OR b.position IS NULL)
        AND (a.position_before = b.position_before OR b.position_before IS NULL)
    UNION ALL
    SELECT a.earlier_id, a.later_id, a.position, a.position_before FROM alone AS a
)
SELECT
    p.board, p.earlier_id, p.later_id, p.earlier_time, p.time, p.published_at, p.captured_at, p."of", p.of_before,
    coalesce(n.model, o.model) AS model, coalesce(n.organization, o.organization) AS organization,
    coalesce(n.country, o.country) AS country, nullif(coalesce(n.variant, o.variant), '') AS variant,
    n.model_listed, o.model_listed AS listed_before, m.position, m.position_before, o.rank AS rank_before, n.rank,
    o.score AS score_before, n.score, o.low AS low_before, o.high AS high_before, n.low, n.high,
    n.low > o.high OR n.high < o.low AS beyond_noise,
    CASE WHEN (n.low > o.high OR n.high < o.low) IS NOT NULL
         THEN CASE WHEN n.computed OR o.computed THEN 'computed' ELSE 'published' END END AS noise,
    CASE WHEN m.position_before IS NULL THEN 'entered' WHEN m.position IS NULL THEN 'left'
         WHEN n.rank IS DISTINCT FROM o.rank THEN 'moved' ELSE 'same' END AS status
FROM matched AS m
JOIN pair AS p ON p.earlier_id = m.earlier_id AND p.later_id = m.later_id
LEFT JOIN spread AS n ON n.content_id = p.later_content AND n.position = m.position
LEFT JOIN spread AS o ON o.content_id = p.earlier_content AND o.position = m.position_before;

-- A board as it stood at a time: the columns of `rankings`, then what the complete snapshot before it says of each
-- entry, and the spread of places that the score intervals allow where the publisher prints none.
CREATE MACRO board_as_of(board, time) AS TABLE
WITH
shown AS MATERIALIZED (SELECT snapshot_at(board, time) AS snapshot_id),
before AS MATERIALIZED (
    SELECT c.*
    FROM compared([{
        earlier: snapshot_before(board, (SELECT x.snapshot_id FROM shown AS x)),
        later: (SELECT x.snapshot_id FROM shown AS x)
    }]) AS c
    WHERE c.position IS NOT NULL
)
SELECT
    r.*, b.rank_before, b.score_before, b.beyond_noise, b.noise, s.rank_low_computed, s.rank_high_computed
FROM rankings AS r
LEFT JOIN before AS b ON b.position = r.position
LEFT JOIN computed_spreads((
    SELECT list(n.content_id) FROM snapshots AS n WHERE n.snapshot_id = (SELECT x.snapshot_id FROM shown AS x)
)) AS s
    ON s.position = r.position AND (r.rank_low IS NULL OR r.rank_high IS NULL)
WHERE r.board = board AND r.snapshot_id = (SELECT x.snapshot_id FROM shown AS x)
ORDER BY r.rank NULLS LAST, r.position;

-- A board at two times, both as complete snapshots show it: each is the last one by then. `change` counts places up;
-- `status` is `entered`, `left`, `moved` or `same`; of `beyond_noise` and `noise` see `compared`.
CREATE MACRO board_diff(board, since, until) AS TABLE
SELECT
    c.board, c.model, c.organization, c.country, c.variant, c.rank_before, c.rank, c.rank_before - c.rank AS change,
    c.score_before, c.score, c.status, c.beyond_noise, c.noise, c.listed_before, c.model_listed, c.of_before, c."of",
    c.earlier_time AS time_before, c.time, c.earlier_id AS snapshot_before, c.later_id AS snapshot_id
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

-- The complete snapshots of boards (a glob, a list of globs, null for all) that answers use, by time; of several for
-- one time the one captured last. Each with the one before it.
CREATE MACRO steps(boards := NULL, since := NULL, until := NULL) AS TABLE
WITH
globs AS (SELECT unnest(coalesce(TRY_CAST(boards AS VARCHAR[]), [CAST(boards AS VARCHAR)])) AS glob),
whole AS (
    SELECT s.board, s.snapshot_id, s.content_id, s.time
    FROM snapshots AS s
    WHERE s.preferred AND s.status IN ('accepted', 'released') AND s.complete
        AND (boards IS NULL OR EXISTS (SELECT 1 FROM globs AS g WHERE s.board GLOB g.glob))
        AND (until IS NULL OR s.time <= end_of(until))
    QUALIFY row_number() OVER (PARTITION BY s.board, s.time ORDER BY s.captured_at DESC, s.snapshot_id) = 1
),
followed AS (
    SELECT
        w.*, lag(w.snapshot_id) OVER series AS earlier_id, lag(w.content_id) OVER series AS earlier_content
    FROM whole AS w
    WINDOW series AS (PARTITION BY w.board ORDER BY w.time)
)
SELECT f.* FROM followed AS f WHERE since IS NULL OR f.time >= CAST(since AS TIMESTAMP);

-- What happened on boards, one row an event of a complete snapshot beside the one before it. `event`: `entered`,
-- `left`, `moved` (another rank), `leader` (has rank 1 and had not, whoever shares it; `other`: who had it), `renamed`
-- (listed by another name; `other`: the old one). The first snapshot of a board is no event.
CREATE MACRO rank_events(boards := NULL, since := NULL, until := NULL) AS TABLE
WITH
changed AS MATERIALIZED (
    SELECT c.*
    FROM compared((
        SELECT coalesce(list({earlier: s.earlier_id, later: s.snapshot_id}), [])
        FROM steps(boards := boards, since := since, until := until) AS s
        WHERE s.earlier_content <> s.content_id
    )) AS c
),
led AS (
    SELECT
        c.later_id, string_agg(concat_ws(', ', c.model, c.variant), ' | ' ORDER BY c.position_before) AS models,
        min(c.low) AS low, max(c.high) AS high, bool_and(c.low IS NOT NULL) AS known
    FROM changed AS c
    WHERE c.rank_before = 1
    GROUP BY c.later_id
),
events AS (
    SELECT c.*, c.status AS event, NULL AS other, c.beyond_noise AS beyond FROM changed AS c WHERE c.status <> 'same'
    UNION ALL
    SELECT c.*, 'renamed', c.listed_before, NULL
    FROM changed AS c
    WHERE c.listed_before <> c.model_listed
    UNION ALL
    SELECT c.*, 'leader', l.models, CASE WHEN l.known THEN c.low > l.high OR c.high < l.low END
    FROM changed AS c
    LEFT JOIN led AS l ON l.later_id = c.later_id
    WHERE c.rank = 1 AND c.rank_before IS DISTINCT FROM 1
)
SELECT
    e.board, e.time, e.published_at, e.captured_at, e.later_id AS snapshot_id, e.event, e.model, e.organization,
    e.country, e.variant, e.rank_before, e.rank, e."of", e.score_before, e.score, e.beyond AS beyond_noise, e.other,
    e.noise, e.earlier_id AS snapshot_before, e.earlier_time AS time_before
FROM events AS e
ORDER BY e.board, e.time, list_position(['leader', 'entered', 'left', 'moved', 'renamed'], e.event), e.rank NULLS LAST,
    e.rank_before, e.model, e.variant;

-- Who overtook whom: one row for each pair and snapshot at which their order turned, `model` the one that is ahead now,
-- `other` the one behind. Their order before is that of the last snapshot that ranked both, not at one place. With one
-- name: theirs and every other model; with several: among those asked for. Theirs is the best-placed model
-- (`each := true`: every one). `beyond_noise`: their spreads of places share no place in that snapshot.
CREATE MACRO overtakes(who, boards := NULL, since := NULL, until := NULL, each := false) AS TABLE
WITH
listed AS MATERIALIZED (
    SELECT DISTINCT l.place, l.who, l.source, l.model_listed, l.organization_listed FROM listed_as(who) AS l
),
asked_for AS (SELECT count(DISTINCT l.place) AS names FROM listed AS l),
globs AS (SELECT unnest(coalesce(TRY_CAST(boards AS VARCHAR[]), [CAST(boards AS VARCHAR)])) AS glob),
shots AS MATERIALIZED (
    SELECT s.board, b.source, s.snapshot_id, s.content_id, s.time, s.published_at, s.captured_at, s."of"
    FROM snapshots AS s
    JOIN boards AS b ON b.board = s.board
    WHERE s.preferred AND s.status IN ('accepted', 'released') AND (until IS NULL OR s.time <= end_of(until))
        AND (boards IS NULL OR EXISTS (SELECT 1 FROM globs AS g WHERE s.board GLOB g.glob))
    QUALIFY row_number() OVER (
        PARTITION BY s.board, s.time ORDER BY s.complete DESC, s.captured_at DESC, s.snapshot_id
    ) = 1
),
hits AS MATERIALIZED (
    SELECT l.place, l.who, e.board, e.content_id, e.position, e.rank
    FROM entries AS e
    JOIN listed AS l
        ON l.model_listed = e.model_listed
        AND l.organization_listed IS NOT DISTINCT FROM e.organization_listed
        AND starts_with(e.board, l.source || '/')
    WHERE e.rank IS NOT NULL
),
theirs AS MATERIALIZED (
    SELECT h.* FROM hits AS h
    QUALIFY each OR row_number() OVER (PARTITION BY h.place, h.content_id ORDER BY h.rank, h.position) = 1
),
met AS (
    SELECT DISTINCT h.board, h.content_id FROM theirs AS h
),
field AS MATERIALIZED (
    SELECT
        e.content_id, e.position, e.rank, e.rank_low, e.rank_high, e.score, coalesce(e.variant, '') AS variant,
        coalesce(n.model, e.model_listed) AS model, n.country,
        coalesce(n.organization, nullif(e.organization_listed, '')) AS organization
    FROM met AS m
    JOIN entries AS e ON e.board = m.board AND e.content_id = m.content_id
    LEFT JOIN names AS n
        ON n.source = split_part(e.board, '/', 1)
        AND n.model_listed = e.model_listed
        AND n.organization_listed IS NOT DISTINCT FROM e.organization_listed
    WHERE e.rank IS NOT NULL
        AND ((SELECT a.names FROM asked_for AS a) = 1
            OR EXISTS (SELECT 1 FROM theirs AS t WHERE t.content_id = e.content_id AND t.position = e.position))
    QUALIFY row_number() OVER (
        PARTITION BY e.content_id, coalesce(n.model, e.model_listed), e.variant ORDER BY e.rank, e.position
    ) = 1
),
-- Whom an entry stands for: of those asked for themselves, or the one who asked for their best; else its model.
told AS MATERIALIZED (
    SELECT
        f.*, t.place,
        CASE WHEN t.place IS NOT NULL AND NOT each THEN '' ELSE f.model || chr(0) || f.variant END AS unit,
        EXISTS (SELECT 1 FROM hits AS h WHERE h.content_id = f.content_id AND h.position = f.position) AS asked
    FROM field AS f
    LEFT JOIN theirs AS t ON t.content_id = f.content_id AND t.position = f.position
),
turns AS (
    SELECT
        s.board, s.snapshot_id, s.time, s.published_at, s.captured_at, s."of", a.content_id,
        a.rank < b.rank AS ahead, lag(a.rank < b.rank) OVER pair AS was_ahead,
        a.position AS mine, b.position AS other, lag(a.rank) OVER pair AS rank_a, lag(b.rank) OVER pair AS rank_b,
        lag(a.score) OVER pair AS score_a, lag(b.score) OVER pair AS score_b
    FROM shots AS s
    JOIN told AS a ON a.content_id = s.content_id AND a.place IS NOT NULL
    JOIN told AS b ON b.content_id = s.content_id AND b.rank <> a.rank
        AND CASE WHEN b.place IS NULL THEN NOT b.asked ELSE b.place > a.place END
    WINDOW pair AS (PARTITION BY s.board, a.place, a.unit, b.place, b.unit ORDER BY s.time)
),
turned AS MATERIALIZED (
    SELECT
        t.* EXCLUDE (mine, other, rank_a, rank_b, score_a, score_b, ahead, was_ahead),
        CASE WHEN t.ahead THEN t.mine ELSE t.other END AS winner,
        CASE WHEN t.ahead THEN t.other ELSE t.mine END AS loser,
        CASE WHEN t.ahead THEN t.rank_a ELSE t.rank_b END AS rank_before,
        CASE WHEN t.ahead THEN t.rank_b ELSE t.rank_a END AS other_rank_before,
        CASE WHEN t.ahead THEN t.score_a ELSE t.score_b END AS score_before
    FROM turns AS t
    WHERE t.ahead <> t.was_ahead AND (since IS NULL OR t.time >= CAST(since AS TIMESTAMP))
),
computed AS (
    SELECT c.*
    FROM computed_spreads((
        SELECT list(DISTINCT t.content_id)
        FROM turned AS t
        JOIN told AS l ON l.content_id = t.content_id AND l.position IN (t.winner, t.loser)
        WHERE l.rank_low IS NULL OR l.rank_high IS NULL
    )) AS c
),
spread AS (
    SELECT
        l.*, CASE WHEN l.rank_low IS NULL OR l.rank_high IS NULL THEN c.rank_low_computed ELSE l.rank_low END AS low,
        CASE WHEN l.rank_low IS NULL OR l.rank_high IS NULL THEN c.rank_high_computed ELSE l.rank_high END AS high,
        l.rank_low IS NULL OR l.rank_high IS NULL AS computed
    FROM told AS l
    LEFT JOIN computed AS c ON c.content_id = l.content_id AND c.position = l.position
)
SELECT
    t.board, t.time, t.published_at, t.captured_at, t.snapshot_id, 'overtook' AS event, w.model, w.organization,
    w.country, nullif(w.variant, '') AS variant, t.rank_before, w.rank, t."of", t.score_before, w.score,
    w.low > l.high OR w.high < l.low AS beyond_noise, l.model AS other,
    CASE WHEN (w.low > l.high OR w.high < l.low) IS NOT NULL
         THEN CASE WHEN w.computed OR l.computed THEN 'computed' ELSE 'published' END END AS noise,
    nullif(l.variant, '') AS other_variant, l.organization AS other_organization,
    t.other_rank_before, l.rank AS other_rank, l.score AS other_score
FROM turned AS t
JOIN spread AS w ON w.content_id = t.content_id AND w.position = t.winner
JOIN spread AS l ON l.content_id = t.content_id AND l.position = t.loser
ORDER BY t.board, t.time, w.rank, l.rank, w.model, l.model, w.variant, l.variant;
