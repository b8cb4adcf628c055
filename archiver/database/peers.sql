-- Places within a set, and where someone was not to be seen. Made after changes.sql and standing.sql.

-- Whether a printed licence leaves the weights open; null where none is printed. Every licence that a board prints
-- counts as open, restricted ones too, but the words by which boards say that there is none.
CREATE MACRO is_open(printed_license) AS CASE
    WHEN lower(trim(coalesce(printed_license, ''))) IN ('', '-', 'n/a', 'unknown') THEN NULL
    ELSE lower(trim(printed_license)) NOT IN (
        'proprietary', 'propretary', 'closed', 'closed source', 'closed-source', 'commercial', 'api',
        '闭源', '专有服务', 'проприетарная', 'закрытая'
    ) END;

-- Whether `open` is among the words that name a set.
CREATE MACRO says_open(words) AS
    regexp_matches(array_to_string(listed_words(words), chr(10)), '(?i)(^|\n) *open *(\n|$)');

-- The names as listed that belong to a set by name: that fit a glob of it, or are of whom `asked` knows.
CREATE MACRO names_among(among) AS TABLE
SELECT n.source, n.model_listed, n.organization_listed
FROM main.names AS n
SEMI JOIN (
    SELECT a.kind, a.target
    FROM asked((
        SELECT list(w.word)
        FROM (SELECT unnest(listed_words(among)) AS word) AS w
        WHERE NOT (lower(trim(w.word)) = 'open' OR regexp_matches(w.word, '[*?\[]'))
    )) AS a
    UNION ALL
    SELECT 'glob', lower(w.word)
    FROM (SELECT unnest(listed_words(among)) AS word) AS w
    WHERE regexp_matches(w.word, '[*?\[]')
) AS w
    ON CASE w.kind
    WHEN 'glob' THEN lower(coalesce(n.model, n.model_listed)) GLOB w.target OR lower(n.model_listed) GLOB w.target
        OR lower(coalesce(n.organization, n.organization_listed, '')) GLOB w.target
    ELSE is_meant(w.kind, w.target, n.model, n.family, n.organization, n.country, n.model_listed, n.organization_listed)
    END;

-- The `board_lines` of some snapshots (a list of ids), placed among themselves: see `places_among`.
CREATE MACRO placed_lines(ids) AS TABLE
WITH
shot AS MATERIALIZED (
    SELECT s.snapshot_id, s.content_id, s.complete, b.board_id
    FROM snapshots AS s
    SEMI JOIN (SELECT unnest(CAST(ids AS VARCHAR[])) AS id) AS i ON i.id = s.snapshot_id
    JOIN main.boards AS b ON b.board = s.board
),
-- One order of all contents: a place in it, from where that of the content begins, is the place among its own.
placed AS (
    SELECT
        e.content_id, e.position,
        CASE WHEN e.rank IS NOT NULL THEN CAST(
            rank() OVER (ORDER BY e.content_id, e.rank NULLS LAST) - rank() OVER (ORDER BY e.content_id) + 1 AS INTEGER
        ) END AS place_among,
        CAST(count(*) FILTER (WHERE e.competitor) OVER (
            ORDER BY e.content_id RANGE BETWEEN CURRENT ROW AND CURRENT ROW
        ) AS INTEGER) AS members
    FROM board_lines AS e
    SEMI JOIN shot AS b ON b.board_id = e.board_id
    SEMI JOIN shot AS c ON c.content_id = e.content_id
)
SELECT
    s.snapshot_id, p.position, p.place_among, CASE WHEN s.complete THEN p.members END AS of_among
FROM shot AS s
JOIN placed AS p ON p.content_id = s.content_id
ORDER BY s.snapshot_id, p.place_among NULLS LAST, p.position;

-- The entries of some snapshots (a list of ids) that belong to a set, placed among themselves. The set: `open`, a
-- glob over models and organisations (`qwen*`), or whatever `asked` knows (`country:RU`, an organisation, …); of a
-- list, whoever fits any of it. `open` is decided by the entry's own licence (see `is_open`), else by those that boards
-- print for the same model, if none of them is closed. `place_among`: one more than the members with a better rank
-- (who shares a rank shares the place); `of_among`: the members in a complete snapshot, baselines left out.
CREATE MACRO places_among(among, ids) AS TABLE
WITH
-- Only where `open` is asked for.
opened AS (
    SELECT n.model
    FROM main.listings AS l
    JOIN main.names AS n
        ON n.source = l.source AND n.model_listed = l.model_listed
        AND n.organization_listed IS NOT DISTINCT FROM l.organization_listed
    WHERE n.model IS NOT NULL AND says_open(among)
    GROUP BY n.model
    HAVING bool_and(is_open(l.license))
),
board_lines AS (
    SELECT e.content_id, e.position, e.rank, e.competitor, e.board_id
    FROM main.entries AS e
    LEFT JOIN names_among(among) AS m
        ON m.model_listed = e.model_listed AND m.organization_listed IS NOT DISTINCT FROM e.organization_listed
        AND starts_with(e.board, m.source || '/')
    LEFT JOIN (
        SELECT n.source, n.model_listed, n.organization_listed
        FROM main.names AS n
        JOIN opened AS o ON o.model = coalesce(n.model, n.model_listed)
    ) AS o
        ON o.model_listed = e.model_listed AND o.organization_listed IS NOT DISTINCT FROM e.organization_listed
        AND starts_with(e.board, o.source || '/')
    WHERE m.source IS NOT NULL OR (says_open(among) AND coalesce(is_open(e.license), o.source IS NOT NULL))
)
FROM placed_lines(ids);

-- `places_among` of a set that does not name `open`: planned in three quarters of the time, since no licence is looked up.
CREATE MACRO places_among_named(among, ids) AS TABLE
WITH
board_lines AS (
    SELECT e.content_id, e.position, e.rank, e.competitor, e.board_id
    FROM main.entries AS e
    JOIN names_among(among) AS m
        ON m.model_listed = e.model_listed AND m.organization_listed IS NOT DISTINCT FROM e.organization_listed
        AND starts_with(e.board, m.source || '/')
)
FROM placed_lines(ids);

-- A board at two times among a set (see `places_among`): the columns of `board_diff`, of its members alone. Only they
-- count for status, change_shared, passed, beyond_noise and noise, so that a move past somebody else is none; rank,
-- rank_before, change, of and of_before stay the board's. Then place_among_before, place_among, change_among (places up)
-- and of_among_before, of_among.
CREATE MACRO diff_among(board, since, until, among) AS TABLE
WITH
ends AS MATERIALIZED (SELECT unnest(pair_at(board, since, until)) AS pair),
line AS MATERIALIZED (
    SELECT
        p.snapshot_id, p.of_among, e.rank AS board_rank,
        -- As an entry of a board of its own.
        e.* REPLACE (p.place_among AS rank)
    FROM places_among(among, (SELECT [n.pair.earlier, n.pair.later] FROM ends AS n)) AS p
    JOIN snapshots AS s ON s.snapshot_id = p.snapshot_id
    JOIN main.boards AS b ON b.board = s.board
    JOIN main.entries AS e ON e.board_id = b.board_id AND e.content_id = s.content_id AND e.position = p.position
),
entries AS MATERIALIZED (SELECT DISTINCT l.* EXCLUDE (snapshot_id, of_among, board_rank) FROM line AS l)
SELECT
    c.board, c.model, c.organization, c.country, c.variant, o.board_rank AS rank_before, n.board_rank AS rank,
    o.board_rank - n.board_rank AS change, c.score_before, c.score, c.status, c.beyond_noise, c.noise, c.listed_before,
    c.model_listed, c.of_before, c."of", c.earlier_time AS time_before, c.time, c.earlier_id AS snapshot_before,
    c.later_id AS snapshot_id, c.change_shared, c.passed, c.rank_before AS place_among_before, c.rank AS place_among,
    c.rank_before - c.rank AS change_among, coalesce(max(o.of_among) OVER (), 0) AS of_among_before,
    coalesce(max(n.of_among) OVER (), 0) AS of_among
FROM compared((SELECT list(x.pair) FROM ends AS x)) AS c
LEFT JOIN line AS n ON n.snapshot_id = c.later_id AND n.position = c.position
LEFT JOIN line AS o ON o.snapshot_id = c.earlier_id AND o.position = c.position_before
ORDER BY c.rank NULLS LAST, c.position, c.rank_before, c.position_before;

-- The entries of boards (a list) that belong to a set (see `places_among`), ranked among themselves: as `board_lines`
-- of a statement they make the boards those of the set.
CREATE MACRO lines_among(among, on_boards) AS TABLE
WITH
shot AS MATERIALIZED (
    SELECT min(s.snapshot_id) AS snapshot_id, s.content_id, b.board_id
    FROM snapshots AS s
    JOIN main.boards AS b ON b.board = s.board
    WHERE s.preferred AND list_contains(on_boards, s.board)
    GROUP BY s.content_id, b.board_id
)
SELECT e.* REPLACE (p.place_among AS rank)
FROM places_among(among, (SELECT list(s.snapshot_id) FROM shot AS s)) AS p
JOIN shot AS s ON s.snapshot_id = p.snapshot_id
JOIN main.entries AS e ON e.board_id = s.board_id AND e.content_id = s.content_id AND e.position = p.position;

-- The boards that a question is about: those that fit globs, without any those on which anyone of theirs was listed.
CREATE MACRO boards_of(who, globs) AS (
    SELECT list(b.board)
    FROM main.boards AS b
    WHERE CASE WHEN globs IS NULL
               THEN b.board IN (
                   SELECT l.board
                   FROM main.listings AS l
                   JOIN listed_as(who) AS t
                       ON t.source = l.source AND t.model_listed = l.model_listed
                       AND t.organization_listed IS NOT DISTINCT FROM l.organization_listed
               )
               ELSE EXISTS (SELECT 1 FROM (SELECT unnest(listed_words(globs)) AS glob) AS g WHERE b.board GLOB g.glob) END
);

-- `standing` among a set (see `places_among`), as if its members alone were on the boards: rank, of, percentile, gap and
-- leader, best and worst place, days in the top are those of the set. Who has no entry of the set in a
-- complete snapshot is `absent` there. Without `boards`, those on which anyone asked for was ever one of the set.
CREATE MACRO standing_among(
    who, among, boards := NULL, since := NULL, until := NULL, top := 10, variant := NULL
) AS TABLE
WITH
board_lines AS MATERIALIZED (FROM lines_among(among, boards_of(who, boards))),
stood AS MATERIALIZED (
    SELECT r.*, s.content_id, s.complete, b.higher_is_better
    FROM standing(who, boards := boards, since := since, until := until, top := top, variant := variant) AS r
    JOIN snapshots AS s ON s.snapshot_id = r.snapshot_id
    JOIN main.boards AS b ON b.board = r.board
),
shown AS (
    SELECT
        e.content_id, CAST(count(*) FILTER (WHERE e.competitor) AS INTEGER) AS members,
        min_by({score: e.score, model: coalesce(n.model, e.model_listed)}, line_order(e.rank, e.position))
            FILTER (WHERE e.rank IS NOT NULL) AS first
    FROM board_lines AS e
    SEMI JOIN stood AS r ON r.content_id = e.content_id
    LEFT JOIN main.names AS n
        ON n.source = split_part(e.board, '/', 1)
        AND n.model_listed = e.model_listed
        AND n.organization_listed IS NOT DISTINCT FROM e.organization_listed
    GROUP BY e.content_id
),
within AS (
    SELECT
        r.*, CASE WHEN r.complete THEN coalesce(s.members, 0) END AS members,
        behind(r.score, s.first.score, r.higher_is_better) AS gap_within, s.first.model AS leader_within
    FROM stood AS r
    LEFT JOIN shown AS s ON s.content_id = r.content_id
)
SELECT
    r.* EXCLUDE (content_id, complete, higher_is_better, members, gap_within, leader_within) REPLACE (
        r.members AS "of", r.gap_within AS gap, r.leader_within AS leader,
        CASE WHEN r.members > 1 THEN round(100.0 * (r.members - r.rank) / (r.members - 1), 1) END AS percentile
    )
FROM within AS r
JOIN asked(who) AS a ON a.who = r.who
WHERE boards IS NOT NULL OR r.board IN (
    SELECT e.board
    FROM board_lines AS e
    JOIN listed_as(who) AS t
        ON t.model_listed = e.model_listed AND t.organization_listed IS NOT DISTINCT FROM e.organization_listed
        AND starts_with(e.board, t.source || '/')
)
ORDER BY r.board, a.place;

-- `streaks` among a set (see `places_among`): of places in the set, on boards as of `standing_among`.
CREATE MACRO streaks_among(
    who, among, boards := NULL, since := NULL, until := NULL, top := 10, variant := NULL
) AS TABLE
WITH
board_lines AS MATERIALIZED (FROM lines_among(among, boards_of(who, boards)))
SELECT r.*
FROM streaks(who, boards := boards, since := since, until := until, top := top, variant := variant) AS r;

-- `overtakes` among a set (see `places_among`): of members by members. Ranks are places in the set, `of` counts it.
CREATE MACRO overtakes_among(
    who, among, boards := NULL, since := NULL, until := NULL, each := false, variant := NULL
) AS TABLE
WITH
board_lines AS MATERIALIZED (FROM lines_among(among, boards_of(who, boards))),
members AS (
    SELECT e.content_id, CAST(count(*) FILTER (WHERE e.competitor) AS INTEGER) AS members
    FROM board_lines AS e
    GROUP BY e.content_id
)
SELECT o.* REPLACE (CASE WHEN s.complete THEN m.members END AS "of")
FROM overtakes(who, boards := boards, since := since, until := until, each := each, variant := variant) AS o
JOIN snapshots AS s ON s.snapshot_id = o.snapshot_id
JOIN members AS m ON m.content_id = s.content_id
ORDER BY o.board, o.time, o.rank, o.other_rank, o.model, o.other, o.variant, o.other_variant, o.rank_before,
    o.other_rank_before, o.time_before;

-- `agreement` on the order of a set's members alone (see `places_among`).
CREATE MACRO agreement_among(board, other_board, among, time := NULL, other_time := NULL) AS TABLE
WITH
board_lines AS MATERIALIZED (FROM lines_among(among, [board, other_board]))
FROM agreement(board, other_board, time := time, other_time := other_time);

-- Where someone was to be seen and where not, one row a stretch of time: `listed`; `not listed` (complete snapshots
-- prove it); `outside the rows shown` (excerpts that do not show them, which proves nothing); `board not captured`
-- (from the last sight of one snapshot to the next, where a gap lies between: see `longest_step`; also before the first
-- and after the last one, inside the bounds asked for); `held` (a snapshot that waits for an operator). The boards are
-- those of `rank_history`. `snapshots`: how many say so, none in a gap.
CREATE MACRO presence(who, boards := NULL, since := NULL, until := NULL) AS TABLE
WITH
targets AS MATERIALIZED (SELECT a.place, a.who, a.kind, a.target FROM asked(who) AS a),
theirs AS MATERIALIZED (
    SELECT t.place, n.source, n.model_listed, n.organization_listed
    FROM targets AS t
    JOIN main.names AS n
        ON is_meant(
            t.kind, t.target, n.model, n.family, n.organization, n.country, n.model_listed, n.organization_listed
        )
),
board AS MATERIALIZED (
    SELECT b.board, b.board_id
    FROM main.boards AS b
    WHERE b.board IN (
        SELECT l.board
        FROM main.listings AS l
        JOIN theirs AS t
            ON t.source = l.source AND t.model_listed = l.model_listed
            AND t.organization_listed IS NOT DISTINCT FROM l.organization_listed
        WHERE boards IS NULL
        UNION ALL
        SELECT w.board
        FROM main.boards AS w
        JOIN (SELECT unnest(listed_words(boards)) AS glob) AS g ON w.board GLOB g.glob
        WHERE boards IS NOT NULL
    )
),
listed AS (
    SELECT DISTINCT t.place, e.content_id
    FROM main.entries AS e
    JOIN board AS c ON c.board_id = e.board_id
    JOIN theirs AS t
        ON t.model_listed = e.model_listed AND t.organization_listed IS NOT DISTINCT FROM e.organization_listed
        AND starts_with(c.board, t.source || '/')
),
span AS MATERIALIZED (SELECT s.* FROM spans((SELECT list(b.board) FROM board AS b)) AS s),
bounds AS (
    SELECT
        b.board, min(s.time) AS first, max(s.stands_until) AS last, any_value(s.longest) AS longest,
        CAST(since AS TIMESTAMP) AS since, end_of(until) AS until
    FROM board AS b
    LEFT JOIN span AS s ON s.board = b.board
    GROUP BY b.board
),
-- Of each board, whoever was asked for.
stretches AS (
    SELECT
        s.board, s.time AS since, s.stands_until AS until, 1 AS snapshots, s.content_id,
        CASE WHEN s.complete THEN 'not listed' ELSE 'outside the rows shown' END AS status
    FROM span AS s
    UNION ALL
    SELECT s.board, s.stands_until, s.next_time, 0, NULL, 'board not captured'
    FROM span AS s
    WHERE s.gap_follows
    UNION ALL
    SELECT h.board, h.time, greatest(h.last_seen, h.time), 1, NULL, 'held'
    FROM board AS b
    JOIN snapshots AS h ON h.board = b.board AND h.status = 'held'
    UNION ALL
    SELECT b.board, b.since, coalesce(b.first, b.until), 0, NULL, 'board not captured'
    FROM bounds AS b
    WHERE b.since < b.first OR (b.first IS NULL AND b.since IS NOT NULL)
    UNION ALL
    SELECT b.board, b.last, b.until, 0, NULL, 'board not captured'
    FROM bounds AS b
    WHERE b.until > b.last + b.longest
),
within AS (
    SELECT
        s.board, t.place, t.who, s.since, s.until, s.snapshots,
        CASE WHEN l.content_id IS NOT NULL THEN 'listed' ELSE s.status END AS status
    FROM stretches AS s
    CROSS JOIN targets AS t
    LEFT JOIN listed AS l ON l.content_id = s.content_id AND l.place = t.place
    WHERE (since IS NULL OR s.until >= CAST(since AS TIMESTAMP)) AND (until IS NULL OR s.since <= end_of(until))
),
marked AS (
    SELECT
        w.*, w.status IS DISTINCT FROM lag(w.status) OVER series OR w.place IS DISTINCT FROM lag(w.place) OVER series
            OR w.board IS DISTINCT FROM lag(w.board) OVER series AS starts
    FROM within AS w
    WINDOW series AS (ORDER BY w.board, w.place, w.status = 'held', w.since, w.until, w.status)
),
runs AS (
    SELECT m.*, count(*) FILTER (WHERE m.starts) OVER (
        ORDER BY m.board, m.place, m.status = 'held', m.since, m.until, m.status ROWS UNBOUNDED PRECEDING
    ) AS run
    FROM marked AS m
)
SELECT
    r.board, r.who, r.status, min(r.since) AS since, max(r.until) AS until, CAST(sum(r.snapshots) AS INTEGER) AS snapshots
FROM runs AS r
GROUP BY r.board, r.place, r.who, r.status, r.run
ORDER BY r.board, r.place, min(r.since), max(r.until), r.status;
