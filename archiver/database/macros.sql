-- Questions as macros: the command line, Python and any DuckDB shell get their rows from these
-- (1.2 to 2.0; not 1.4.0 and 1.4.1, which find no WITH in a macro that they read from a file).
-- (In a shell that has attached the file to another database, say `USE` first.)
-- All times are UTC. A bare date given as an end means to the end of that day.
-- Columns are always qualified: a macro's parameter hides a column of the same name (and a scalar macro's may not
-- share one at all, and its arguments are read among its own tables, hence their unlikely names).
-- Tables are qualified too, since a query's own CTE hides a table of the same name also inside a macro. `snapshots`
-- is not: `WITH snapshots AS (FROM snapshots_known_on(TIME)) FROM …` answers from what was known then. Nor is
-- `entries` in `compared`, which compares among a set where those of its members alone stand so (see `diff_among`),
-- nor `board_lines`, which are the entries, wherever places are summed up or held against each other (`standing_among`),
-- nor `line`, which `compared_lines` takes from the statement that asks.
-- Planning a question takes longer than running it, by the number of its operators and of the columns that go through
-- them. That is why what is looked for is narrowed down as numbers alone (see `line_order`), and the rows are joined to
-- what is left; and why the first of each group is found in one order of them all, as whose `rank()` by the group is its
-- `row_number()`: to group a few rows takes longer than to join them, and a window in partitions longer than one over
-- all. `entries` is reached by `board_id`, by which all but the boards' own parts of it are passed over, and by
-- `content_id` in a join of its own: a join by both together reads what lies between the first board and the last.

-- fold(name), how names are compared, and end_of(moment) are made before these: identity/fold.sql, rules.sql.

-- One string, or a list of them, as a list.
CREATE MACRO listed_words(words) AS coalesce(TRY_CAST(words AS VARCHAR[]), [CAST(words AS VARCHAR)]);

-- The order of a board's lines, as one number: by rank, those without one last, then as they stand.
CREATE MACRO line_order(of_rank, of_position) AS
    CAST(coalesce(of_rank, 2147483646) AS BIGINT) * 2147483648 + of_position;

-- Of several snapshots for one time the one captured last comes first, as an order.
CREATE MACRO last_first(of_captured, of_snapshot) AS {captured: -epoch_us(of_captured), snapshot: of_snapshot};

-- Whom the words mean: one row a name (a string, or a list of them), the first of organisation, family, model,
-- country (`country:RU`), organisation as listed, model as listed that fits. No row: nobody is known by it.
CREATE MACRO asked(who) AS TABLE
SELECT
    b.place,                                                            -- order in which they were asked
    b.name,                                                             -- as typed
    CASE b.kind WHEN 'country' THEN 'country:' || b.target ELSE b.target END AS who,
    b.kind, b.target
FROM (
    SELECT w.place, w.name, a.kind, a.target
    FROM (
        SELECT unnest(l.words) AS name, generate_subscripts(l.words, 1) AS place
        FROM (SELECT listed_words(who) AS words) AS l
    ) AS w
    JOIN main.aliases AS a ON a.folded = fold(w.name)
    QUALIFY rank() OVER (ORDER BY w.place) = row_number() OVER (
        ORDER BY
            w.place,
            list_position(
                ['organization', 'family', 'model', 'country', 'organization as listed', 'model as listed'], a.kind
            ),
            lower(a.name) <> lower(w.name), a.target
    )
) AS b
QUALIFY rank() OVER (ORDER BY b.kind, b.target) = row_number() OVER (ORDER BY b.kind, b.target, b.place)
ORDER BY b.place;

-- Whether a row of `names` belongs to one that was asked for.
CREATE MACRO is_meant(
    of_kind, of_target, by_model, by_family, by_organization, by_country, as_model, as_organization
) AS CASE of_kind
    WHEN 'organization' THEN by_organization = of_target
    WHEN 'family' THEN by_family = of_target
    WHEN 'model' THEN by_model = of_target
    WHEN 'country' THEN by_country = of_target
    WHEN 'organization as listed' THEN lower(as_organization) = lower(of_target)
    ELSE lower(as_model) = lower(of_target) END;

-- Whether an entry's setting is one that was asked for: NULL for any, '' for entries that name none, else a part of it.
CREATE MACRO in_setting(as_listed, as_asked) AS (
    as_asked IS NULL OR CASE WHEN as_asked = '' THEN coalesce(as_listed, '') = ''
                             ELSE contains(lower(as_listed), lower(as_asked)) END
);

-- Every name as listed that belongs to whom the words mean.
CREATE MACRO listed_as(who) AS TABLE
SELECT a.place, a.who, a.kind, n.source, n.model_listed, n.organization_listed, n.model, n.organization, n.country
FROM asked(who) AS a
JOIN main.names AS n
    ON is_meant(a.kind, a.target, n.model, n.family, n.organization, n.country, n.model_listed, n.organization_listed);

-- What `rank_history` gives, in no order, with what is ordered and looked up by: `place` among those asked for, `time`,
-- `content_id`; and `stands_until`.
CREATE MACRO ranks_of(
    who, boards := NULL, since := NULL, until := NULL, each := false, variant := NULL
) AS TABLE
WITH
-- Each with who it is where it is absent.
targets AS MATERIALIZED (
    SELECT
        a.place, a.who, a.kind, a.target,
        CASE WHEN a.kind IN ('family', 'model', 'model as listed') THEN a.who END AS model,
        CASE WHEN a.kind IN ('family', 'model', 'model as listed') THEN m.organization ELSE a.who END AS organization
    FROM asked(who) AS a
    LEFT JOIN main.models AS m ON a.target = CASE a.kind WHEN 'family' THEN m.family WHEN 'model' THEN m.model END
    QUALIFY rank() OVER (ORDER BY a.place) = row_number() OVER (ORDER BY a.place, m.organization NULLS LAST)
),
theirs AS MATERIALIZED (
    SELECT
        t.place, n.source, n.model_listed, n.organization_listed, coalesce(n.model, n.model_listed) AS model,
        coalesce(n.organization, nullif(n.organization_listed, '')) AS organization, n.country
    FROM targets AS t
    JOIN main.names AS n
        ON is_meant(
            t.kind, t.target, n.model, n.family, n.organization, n.country, n.model_listed, n.organization_listed
        )
),
scope AS MATERIALIZED (
    SELECT b.board, b.board_id
    FROM main.boards AS b
    SEMI JOIN (
        SELECT l.board
        FROM main.listings AS l
        JOIN theirs AS t
            ON t.source = l.source AND t.model_listed = l.model_listed
            AND t.organization_listed IS NOT DISTINCT FROM l.organization_listed
    ) AS o ON o.board = b.board
    WHERE boards IS NULL
    UNION ALL
    SELECT b.board, b.board_id
    FROM main.boards AS b
    SEMI JOIN (SELECT unnest(listed_words(boards)) AS glob) AS g ON b.board GLOB g.glob
    WHERE boards IS NOT NULL
),
-- In each content the best entry of each, or every one. Where several mean one model, their names as listed tell them
-- apart.
found AS (
    SELECT
        true AS listed, t.place, e.content_id, e.model_listed,
        CASE WHEN count(*) OVER (
            ORDER BY t.place, e.content_id, t.model, e.variant RANGE BETWEEN CURRENT ROW AND CURRENT ROW
        ) > 1 THEN concat_ws(', ', e.model_listed, e.variant) ELSE e.variant END AS variant,
        e.position, e.rank, e.rank_low, e.rank_high, e.score, e.score_low, e.score_high, e.votes, t.model, t.organization,
        t.country
    FROM board_lines AS e
    JOIN scope AS c ON c.board_id = e.board_id
    JOIN theirs AS t
        ON t.model_listed = e.model_listed AND t.organization_listed IS NOT DISTINCT FROM e.organization_listed
        AND starts_with(c.board, t.source || '/')
    WHERE in_setting(e.variant, variant)
    QUALIFY each OR line_order(e.rank, e.position) = min(line_order(e.rank, e.position)) OVER (
        ORDER BY t.place, e.content_id RANGE BETWEEN CURRENT ROW AND CURRENT ROW
    )
)
SELECT
    s.board, s.time, CAST(s.time AS DATE) AS date, s.published_at, s.captured_at,
    CASE WHEN f.listed THEN f.organization ELSE t.organization END AS organization,
    CASE WHEN f.listed THEN f.model ELSE t.model END AS model,
    f.variant, f.rank, s."of", f.position, s.rank_kind, f.score, f.score_low, f.score_high, s.snapshot_id,
    CASE WHEN f.listed THEN 'listed' ELSE 'absent' END AS status, t.who, f.country, f.model_listed, f.rank_low,
    f.rank_high, f.votes, s.route, s.first_seen, s.last_seen, t.place, s.content_id, s.stands_until
FROM snapshots AS s
JOIN scope AS c ON c.board = s.board
CROSS JOIN targets AS t
LEFT JOIN found AS f ON f.place = t.place AND f.content_id = s.content_id
WHERE s.preferred AND (s.complete OR f.listed)
    AND (since IS NULL OR s.time >= CAST(since AS TIMESTAMP)) AND (until IS NULL OR s.time <= end_of(until));

-- Where someone stood: one row a snapshot, of an organisation, family or country its best-placed model
-- (`each := true`: every one). `status` is `listed`, or `absent` where a complete snapshot proves it; an
-- excerpt proves nothing of whom it does not show. Without `boards` (a glob or a list of globs), the boards are
-- those on which anyone asked for was ever listed. Of an absent one, `model` and `organization` say who it is.
-- `variant`: only entries in whose setting this text stands; an empty text: only those without one.
CREATE MACRO rank_history(
    who, boards := NULL, since := NULL, until := NULL, each := false, variant := NULL
) AS TABLE
SELECT r.* EXCLUDE (time, place, content_id, stands_until)
FROM ranks_of(
    who, boards := boards, since := since, until := until, each := each, variant := variant
) AS r
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
    WHERE shot.board = on_board AND shot.preferred
        AND shot.time <= end_of(by_time) AND (shot.complete OR NOT whole)
    ORDER BY shot.time DESC, shot.captured_at DESC, shot.snapshot_id
    LIMIT 1
);

-- The last complete snapshot of a board for an earlier time than a snapshot of it.
CREATE MACRO snapshot_before(on_board, snapshot) AS (
    SELECT shot.snapshot_id
    FROM snapshots AS shot
    WHERE shot.board = on_board AND shot.preferred AND shot.complete
        AND shot.time < (SELECT this.time FROM snapshots AS this WHERE this.snapshot_id = snapshot)
    ORDER BY shot.time DESC, shot.captured_at DESC, shot.snapshot_id
    LIMIT 1
);
