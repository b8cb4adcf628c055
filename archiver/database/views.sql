-- Views for people. All times are UTC.
-- A name that the registry does not know stands in `model` and `organization` as it was listed.

-- One row an entry of each snapshot that answers use: what is held, rejected, or covered by a better route is
-- left out (it is in `snapshots` and `entries`).
CREATE VIEW rankings AS
SELECT
    s.board,
    s.published_at,                                                     -- what the publisher says, or null
    s.captured_at,                                                      -- when these bytes were first got
    e.rank,
    e.rank_low,                                                         -- best place of the published spread
    e.rank_high,                                                        -- worst place of it
    s."of",                                                             -- competitors
    coalesce(n.model, e.model_listed)                                   AS model,
    coalesce(n.organization, nullif(e.organization_listed, ''))         AS organization,
    n.country,
    e.model_listed,
    e.organization_listed,
    e.variant,
    e.score,
    e.score_low,
    e.score_high,
    e.votes,
    e.license,
    s.metric,                                                           -- what `score` is
    s.rank_kind,
    e.position,                                                         -- row order, from 1
    s.snapshot_id,
    s.payload_sha256,
    s.route,
    e.extra                                                             -- JSON
FROM snapshots AS s
JOIN boards AS b ON b.board = s.board
JOIN entries AS e ON e.board_id = b.board_id AND e.content_id = s.content_id
LEFT JOIN names AS n
    ON n.source = b.source
    AND n.model_listed = e.model_listed
    AND n.organization_listed IS NOT DISTINCT FROM e.organization_listed
WHERE s.preferred;

-- The entries as the questions about places read them: a statement that has a `board_lines` of its own asks about
-- these alone, as `standing_among` does.
CREATE VIEW board_lines AS FROM entries;

-- `rankings` of the newest snapshot of each board; of several at one time, the one captured last.
CREATE VIEW latest AS
SELECT r.*
FROM rankings AS r
WHERE r.snapshot_id IN (
    SELECT s.snapshot_id
    FROM snapshots AS s
    WHERE s.preferred
    QUALIFY row_number() OVER (
        PARTITION BY s.board ORDER BY s.time DESC, s.captured_at DESC, s.snapshot_id
    ) = 1
);

-- What checks and parsers saw of each snapshot: in its content, and beside what went before.
CREATE VIEW concerns AS
SELECT DISTINCT
    s.board, s.time, s.snapshot_id, s.status,
    f.severity,                                                         -- 'note', 'warning', 'error' (holds it)
    f.code, f.sentence,
    f.figures                                                           -- JSON
FROM snapshots AS s
JOIN findings AS f
    ON f.board = s.board AND f.content_id = s.content_id
    AND coalesce(f.snapshot_id, s.snapshot_id) = s.snapshot_id;

-- What an operator must know: captures that failed, payloads that no parser could read, snapshots that are held,
-- and slots that were missed or failed, as long as nobody made up for them. `until` is null while it lasts.
CREATE VIEW gaps AS
WITH
attempts AS (
    SELECT
        c.*,
        {captured_at: c.captured_at, ledger: c.ledger, line: c.line} AS nth,
        count(*) FILTER (WHERE c.outcome <> 'failed') OVER (
            PARTITION BY c.source, c.url ORDER BY c.captured_at, c.ledger, c.line
        ) AS successes,
        min(c.captured_at) FILTER (WHERE c.outcome <> 'failed') OVER (
            PARTITION BY c.source, c.url ORDER BY c.captured_at, c.ledger, c.line
            ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
        ) AS settled_at
    FROM captures AS c
),
failed AS (
    SELECT
        a.source,
        min(a.captured_at) AS since,
        any_value(a.settled_at) AS until,
        format('{}: {} ({} in a row; {})', max_by(a.reason, a.nth), max_by(a.detail, a.nth), count(*), a.url) AS detail
    FROM attempts AS a
    WHERE a.outcome = 'failed'
    GROUP BY a.source, a.url, a.successes
),
reasons AS (
    SELECT c.snapshot_id, string_agg(c.sentence, ' ' ORDER BY c.code, c.sentence) AS sentences
    FROM concerns AS c
    WHERE c.severity = 'error'
    GROUP BY c.snapshot_id
),
standing AS (                                                           -- of a slot's lines, the one that counts
    SELECT s.*
    FROM slots AS s
    QUALIFY row_number() OVER (
        PARTITION BY s.source, s.due, s.until
        ORDER BY list_position(['captured', 'failed', 'missed'], s.outcome), s.loaded_at DESC, s.ledger, s.line DESC
    ) = 1
),
made_up AS (                                                            -- of a run, what another collector captured
    SELECT s.slot_id, count(DISTINCT c.due) AS slots
    FROM standing AS s
    JOIN standing AS c ON c.source = s.source AND c.due BETWEEN s.due AND s.until AND c.outcome = 'captured'
    WHERE s.slots > 1
    GROUP BY s.slot_id
),
lacking AS (
    SELECT
        s.* REPLACE (s.slots - coalesce(m.slots, 0) AS slots),
        min(s.due) FILTER (WHERE s.outcome = 'captured') OVER (
            PARTITION BY s.source ORDER BY s.due, s.until, s.slot_id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
        ) AS settled_at
    FROM standing AS s
    LEFT JOIN made_up AS m ON m.slot_id = s.slot_id
),
slot_gaps AS (
    SELECT
        l.source, min(l.due) AS since, any_value(l.settled_at) AS until, l.outcome, l.reason,
        sum(l.slots) AS slots, max(l.until) AS last,
        max_by(l.detail, {until: l.until, due: l.due, slot: l.slot_id}) AS detail
    FROM lacking AS l
    WHERE l.outcome <> 'captured' AND l.slots > 0
    GROUP BY l.source, l.outcome, l.reason, l.settled_at
)
SELECT f.source, NULL::VARCHAR AS board, f.since, f.until, 'capture failed' AS kind, f.detail
FROM failed AS f
UNION ALL
SELECT p.source, NULL, first_got.at_first, NULL, 'payload unread',
    format('{} ({}, payload {})', p.error, p.url, p.payload_sha256[:12])
FROM payloads AS p
LEFT JOIN (
    SELECT c.payload_sha256, c.source, min(c.captured_at) AS at_first
    FROM captures AS c GROUP BY c.payload_sha256, c.source
) AS first_got
    ON first_got.payload_sha256 = p.payload_sha256 AND first_got.source = p.source
WHERE p.error IS NOT NULL
UNION ALL
SELECT b.source, s.board, s.first_seen, NULL, 'snapshot held',
    format('{} (snapshot {})', coalesce(r.sentences, 'no reason is recorded'), s.snapshot_id[:12])
FROM snapshots AS s
JOIN boards AS b ON b.board = s.board
LEFT JOIN reasons AS r ON r.snapshot_id = s.snapshot_id
WHERE s.status = 'held'
UNION ALL
SELECT g.source, NULL, g.since, g.until, 'slot ' || g.outcome,
    format('{}: {} ({} in all, the last due {})', g.reason, g.detail, g.slots, strftime(g.last, '%Y-%m-%dT%H:%MZ'))
FROM slot_gaps AS g;
