-- Questions as macros: the command line, Python and any DuckDB shell (1.2 to 2.0) get their rows from these.
-- (In a shell that has attached the file to another database, say `USE` first.)
-- All times are UTC. A bare date given as an end means to the end of that day.
-- Columns are always qualified: a macro's parameter hides a column of the same name (and a scalar macro's may not
-- share one at all, and its arguments are read among its own tables, hence their unlikely names).

-- fold(name), how names are compared, is made before these: identity/fold.sql.

-- The last instant that an end means: of a bare date the end of its day.
CREATE MACRO end_of(moment) AS
    CASE WHEN CAST(moment AS TIMESTAMP) = date_trunc('day', CAST(moment AS TIMESTAMP))
         THEN CAST(moment AS TIMESTAMP) + INTERVAL 1 DAY - INTERVAL 1 MICROSECOND
         ELSE CAST(moment AS TIMESTAMP) END;

-- Whom the words mean: one row a name (a string, or a list of them), the first of organisation, family, model,
-- country (`country:RU`), organisation as listed, model as listed that fits. No row: nobody is known by it.
CREATE MACRO asked(who) AS TABLE
WITH
given AS (SELECT coalesce(TRY_CAST(who AS VARCHAR[]), [CAST(who AS VARCHAR)]) AS names),
numbered AS (
    SELECT unnest(g.names) AS name, unnest(range(1, len(g.names) + 1)) AS place FROM given AS g
),
spoken AS MATERIALIZED (
    SELECT n.name, n.place, fold(n.name) AS folded, lower(trim(n.name)) AS lowered FROM numbered AS n
),
known AS (
    SELECT s.place, s.name, a.kind, a.target,
        list_position(['organization', 'family', 'model', 'country'], a.kind) AS preference
    FROM spoken AS s
    JOIN aliases AS a ON a.folded = s.folded
    UNION ALL
    SELECT s.place, s.name, l.kind, l.target, l.preference
    FROM spoken AS s
    JOIN (
        SELECT 'country:' || lower(o.country) AS lowered, 'country' AS kind, o.country AS target, 4 AS preference
        FROM organizations AS o
        UNION ALL
        SELECT lower(n.organization_listed), 'organization as listed', lower(n.organization_listed), 5
        FROM names AS n
        UNION ALL
        SELECT lower(n.model_listed), 'model as listed', n.model_listed, 6 FROM names AS n
    ) AS l ON l.lowered = s.lowered
),
best AS (
    SELECT k.place, k.name, k.kind, k.target
    FROM known AS k
    QUALIFY row_number() OVER (PARTITION BY k.place ORDER BY k.preference, k.target) = 1
)
SELECT
    min(b.place) AS place,                                              -- order in which they were asked
    min_by(b.name, b.place) AS name,                                    -- as typed
    CASE b.kind WHEN 'country' THEN 'country:' || b.target ELSE b.target END AS who,
    b.kind,
    b.target
FROM best AS b
GROUP BY b.kind, b.target
ORDER BY place;

-- Every name as listed that belongs to whom the words mean.
CREATE MACRO listed_as(who) AS TABLE
SELECT a.place, a.who, a.kind, n.source, n.model_listed, n.organization_listed, n.model, n.organization, n.country
FROM asked(who) AS a
JOIN names AS n
    ON CASE a.kind
        WHEN 'organization' THEN n.organization = a.target
        WHEN 'family' THEN n.family = a.target
        WHEN 'model' THEN n.model = a.target
        WHEN 'country' THEN n.country = a.target
        WHEN 'organization as listed' THEN lower(n.organization_listed) = a.target
        ELSE lower(n.model_listed) = lower(a.target) END;

-- Where someone stood: one row a snapshot, of an organisation, family or country its best-placed model
-- (`each := true`: every one). `status` is `listed`, or `absent` where a complete snapshot proves it; an
-- excerpt proves nothing of whom it does not show. Without `boards` (a glob or a list of globs), the boards are
-- those on which anyone asked for was ever listed. Of an absent one, `model` and `organization` say who it is.
CREATE MACRO rank_history(who, boards := NULL, since := NULL, until := NULL, each := false) AS TABLE
WITH
targets AS MATERIALIZED (SELECT a.* FROM asked(who) AS a),
listed AS MATERIALIZED (SELECT l.* FROM listed_as(who) AS l),
usable AS (
    SELECT s.* FROM snapshots AS s WHERE s.preferred AND s.status IN ('accepted', 'released')
),
found AS (
    SELECT
        l.place, l.who, e.board, e.content_id, l.country, e.model_listed, e.variant, e.position,
        coalesce(l.organization, nullif(e.organization_listed, '')) AS organization,
        coalesce(l.model, e.model_listed) AS model,
        e.rank, e.rank_low, e.rank_high, e.score, e.score_low, e.score_high, e.votes
    FROM entries AS e
    JOIN listed AS l
        ON l.model_listed = e.model_listed
        AND l.organization_listed IS NOT DISTINCT FROM e.organization_listed
        AND starts_with(e.board, l.source || '/')
),
-- Where several entries of one snapshot mean one model, their names as listed tell them apart.
told AS (
    SELECT f.* REPLACE (
        CASE WHEN count(*) OVER (PARTITION BY f.place, f.content_id, f.model, f.variant) > 1
             THEN concat_ws(', ', f.model_listed, f.variant) ELSE f.variant END AS variant
    )
    FROM found AS f
),
best AS (
    SELECT f.* FROM told AS f
    QUALIFY each OR row_number() OVER (
        PARTITION BY f.place, f.content_id ORDER BY f.rank NULLS LAST, f.position
    ) = 1
),
hits AS MATERIALIZED (
    SELECT
        b.* EXCLUDE (content_id), s.snapshot_id, s.time, s.published_at, s.captured_at, s.first_seen, s.last_seen,
        s.rank_kind, s."of", s.route
    FROM best AS b
    JOIN usable AS s ON s.board = b.board AND s.content_id = b.content_id
),
scope AS (
    SELECT h.board FROM hits AS h WHERE boards IS NULL
    UNION
    SELECT b.board
    FROM boards AS b
    JOIN (
        SELECT unnest(coalesce(TRY_CAST(boards AS VARCHAR[]), [CAST(boards AS VARCHAR)])) AS glob
    ) AS g ON b.board GLOB g.glob
),
makers AS (
    SELECT t.place, min(m.organization) AS organization
    FROM targets AS t
    JOIN models AS m ON t.target = CASE t.kind WHEN 'family' THEN m.family WHEN 'model' THEN m.model END
    GROUP BY t.place
),
absent AS (
    SELECT
        t.place, t.who, s.snapshot_id, s.board, s.time, s.published_at, s.captured_at, s.first_seen, s.last_seen,
        s.rank_kind, s."of", s.route,
        CASE WHEN t.kind IN ('family', 'model', 'model as listed') THEN m.organization ELSE t.who END AS organization,
        CASE WHEN t.kind IN ('family', 'model', 'model as listed') THEN t.who END AS model
    FROM usable AS s
    JOIN scope AS c ON c.board = s.board
    CROSS JOIN targets AS t
    LEFT JOIN makers AS m ON m.place = t.place
    ANTI JOIN hits AS h ON h.place = t.place AND h.snapshot_id = s.snapshot_id
    WHERE s.complete
),
rows AS (
    SELECT h.*, 'listed' AS status FROM hits AS h SEMI JOIN scope AS c ON c.board = h.board
    UNION ALL BY NAME
    SELECT a.*, 'absent' AS status FROM absent AS a
)
SELECT
    r.board, CAST(r.time AS DATE) AS date, r.published_at, r.captured_at, r.organization, r.model, r.variant,
    r.rank, r."of", r.position, r.rank_kind, r.score, r.score_low, r.score_high, r.snapshot_id, r.status,
    r.who, r.country, r.model_listed, r.rank_low, r.rank_high, r.votes, r.route, r.first_seen, r.last_seen
FROM rows AS r
WHERE (since IS NULL OR r.time >= CAST(since AS TIMESTAMP)) AND (until IS NULL OR r.time <= end_of(until))
ORDER BY r.board, r.time, r.captured_at, r.snapshot_id, r.place, r.rank NULLS LAST, r.position;

-- The complete snapshots of a board that do not show someone: the proof that they were absent.
CREATE MACRO absence(who, board) AS TABLE
SELECT h.who, h.board, h.date, h.published_at, h.captured_at, h."of", h.snapshot_id
FROM rank_history(who, boards := board) AS h
WHERE h.status = 'absent';

-- The snapshot of a board that stood at a time: the last one by then; of several for one time, the one
-- captured last.
CREATE MACRO snapshot_at(on_board, by_time, whole := false) AS (
    SELECT shot.snapshot_id
    FROM snapshots AS shot
    WHERE shot.board = on_board AND shot.preferred AND shot.status IN ('accepted', 'released') AND shot.time <= end_of(by_time)
        AND (shot.complete OR NOT whole)
    ORDER BY shot.time DESC, shot.captured_at DESC, shot.snapshot_id
    LIMIT 1
);

-- The last complete snapshot of a board for an earlier time than a snapshot of it.
CREATE MACRO snapshot_before(on_board, snapshot) AS (
    SELECT shot.snapshot_id
    FROM snapshots AS shot
    WHERE shot.board = on_board AND shot.preferred AND shot.status IN ('accepted', 'released') AND shot.complete
        AND shot.time < (SELECT this.time FROM snapshots AS this WHERE this.snapshot_id = snapshot)
    ORDER BY shot.time DESC, shot.captured_at DESC, shot.snapshot_id
    LIMIT 1
);
