-- The index: rebuilt from snapshots/ by one command, the same each time.
-- All times are UTC. Uniqueness lives on the small tables; entries are sorted by (board, time, position)
-- and have no key: one would cost more than all their columns. Digests that name entries are UUIDs, because
-- a run of equal ones takes next to no room, and strings do.

CREATE TABLE meta (                  -- one row a fact about this file
    key   VARCHAR NOT NULL,          -- 'schema', 'views', 'registry' (digests of what made it), 'tool',
                                     -- 'inputs' (digest of parsers, checks, names and
                                     -- configuration), 'head:SOURCE/LEDGER' (what has been read of each ledger)
    value VARCHAR NOT NULL
);

CREATE TABLE sources (
    source         VARCHAR NOT NULL, -- 'arena'
    title          VARCHAR NOT NULL,
    homepage       VARCHAR NOT NULL,
    license        VARCHAR NOT NULL, -- of the data
    attribution    VARCHAR NOT NULL,
    cadence_hours  DOUBLE  NOT NULL,
    parser_version INTEGER NOT NULL,
    proven         BOOLEAN NOT NULL, -- false: written without a recording
    quirks         VARCHAR[] NOT NULL,
    routes         VARCHAR[]         -- in order of preference
);

CREATE TABLE boards (
    board            VARCHAR NOT NULL, -- 'arena/text-style-control/russian'
    source           VARCHAR NOT NULL,
    track            VARCHAR NOT NULL,
    category         VARCHAR NOT NULL,
    title            VARCHAR NOT NULL,
    metric           VARCHAR NOT NULL, -- what `score` is
    higher_is_better BOOLEAN NOT NULL,
    board_id         INTEGER NOT NULL  -- a number for it: of text, DuckDB keeps only the bounds of the first eight
                                       -- bytes, by which no part of `entries` could be passed over
);

CREATE TABLE captures (                -- one row an attempt, whatever came of it: the ledgers
    capture_id     VARCHAR NOT NULL,   -- SHA-256 of the ledger line
    ledger         VARCHAR NOT NULL,   -- file name
    line           INTEGER NOT NULL,
    source         VARCHAR NOT NULL,
    route          VARCHAR NOT NULL,
    url            VARCHAR NOT NULL,
    final_url      VARCHAR,
    captured_at    TIMESTAMP NOT NULL,
    loaded_at      TIMESTAMP NOT NULL, -- when this archive took it in
    outcome        VARCHAR NOT NULL,   -- 'stored', 'unchanged', 'failed'
    reason         VARCHAR,            -- of a failure, from a fixed set
    detail         VARCHAR NOT NULL,
    status         INTEGER,            -- HTTP
    payload_sha256 VARCHAR,
    payload_bytes  BIGINT,
    via            VARCHAR NOT NULL,   -- 'http', 'import', …
    origin         VARCHAR,            -- name of an imported file
    tool           VARCHAR NOT NULL
);

CREATE TABLE payloads (                -- one row a reading: a payload that a parser has been given under a URL
    payload_sha256 VARCHAR NOT NULL,
    source         VARCHAR NOT NULL,
    url            VARCHAR NOT NULL,   -- that it was parsed under
    parser_version INTEGER NOT NULL,   -- 0: the process that read it was ended; the next load reads it again
    boards         INTEGER NOT NULL,   -- snapshots read from it
    error          VARCHAR,            -- why it could not be read; a newer parser, or the next load, tries again
    route          VARCHAR,
    reading_id     VARCHAR             -- digest of source, route, url and payload
);

CREATE TABLE contents (                -- what a reading says of a board; equal states share their entries
    content_id     UUID NOT NULL,      -- digest of board, publish date, entries, and what is said of the whole
    payload_sha256 VARCHAR NOT NULL,
    board          VARCHAR NOT NULL,
    route          VARCHAR NOT NULL,
    published_at   TIMESTAMP,
    rows           INTEGER NOT NULL,
    competitors    INTEGER NOT NULL,   -- humans and baselines left out
    declared_total INTEGER,
    complete       BOOLEAN NOT NULL,
    rank_kind      VARCHAR NOT NULL,
    metric         VARCHAR NOT NULL,
    layout         VARCHAR NOT NULL,
    parser_version INTEGER NOT NULL,
    notes          VARCHAR,            -- JSON
    reading_id     VARCHAR,            -- in `payloads`
    leader_listed              VARCHAR, -- of its entries the one with the best place (of several the first)
    leader_organization_listed VARCHAR,
    leader_score               DOUBLE
);

CREATE TABLE snapshots (               -- one row a state of a board, as long as it was seen
    snapshot_id    VARCHAR NOT NULL,   -- digest of board, route, publish date and first payload
    board          VARCHAR NOT NULL,
    route          VARCHAR NOT NULL,
    time           TIMESTAMP NOT NULL, -- that answers order by: published_at, else captured_at
    published_at   TIMESTAMP,
    captured_at    TIMESTAMP NOT NULL, -- = first_seen
    first_seen     TIMESTAMP NOT NULL,
    last_seen      TIMESTAMP NOT NULL,
    sightings      INTEGER NOT NULL,   -- captures that showed it
    content_id     UUID NOT NULL,
    payload_sha256 VARCHAR NOT NULL,   -- of the first sighting
    capture_id     VARCHAR NOT NULL,   -- of the first sighting
    rows           INTEGER NOT NULL,
    "of"           INTEGER,            -- competitors of a complete snapshot; of an excerpt, the declared total
    complete       BOOLEAN NOT NULL,
    rank_kind      VARCHAR NOT NULL,
    metric         VARCHAR NOT NULL,
    layout         VARCHAR NOT NULL,
    parser_version INTEGER NOT NULL,
    leader_listed              VARCHAR, -- as in `contents`
    leader_organization_listed VARCHAR,
    leader_score               DOUBLE,
    status         VARCHAR NOT NULL,   -- 'accepted', 'held', 'released', 'rejected'
    preferred      BOOLEAN NOT NULL,   -- answers use it: accepted or released, and no better route covers its time
    stands_until   TIMESTAMP           -- from `time` to here the board was as it says; null where answers do not use
                                       -- it (see `spans`)
);

CREATE TABLE entries (                 -- one row a line of a board, as listed
    board               VARCHAR NOT NULL,
    content_id          UUID NOT NULL,
    position            INTEGER NOT NULL, -- row order, from 1
    model_listed        VARCHAR NOT NULL,
    organization_listed VARCHAR,
    variant             VARCHAR,
    rank                INTEGER,
    rank_low            INTEGER,          -- best place of the published spread
    rank_high           INTEGER,          -- worst place of the published spread
    score               DOUBLE,
    score_low           DOUBLE,
    score_high          DOUBLE,
    votes               BIGINT,
    license             VARCHAR,
    competitor          BOOLEAN NOT NULL, -- false: a human or random baseline
    extra               VARCHAR,          -- JSON: every other field, under the payload's own names
    board_id            INTEGER NOT NULL  -- in `boards`
);

CREATE TABLE findings (                -- what checks and parsers saw
    content_id UUID NOT NULL,
    board      VARCHAR NOT NULL,
    code       VARCHAR NOT NULL,
    severity   VARCHAR NOT NULL,       -- 'note', 'warning', 'error' (holds the snapshot)
    sentence   VARCHAR NOT NULL,
    figures    VARCHAR,                -- JSON
    reading_id VARCHAR,                -- in `payloads`: the same content may be found in several
    snapshot_id VARCHAR                -- of what a snapshot shows beside what went before; null: of its content
);

CREATE TABLE comparisons (             -- what became of one content's models in a later one of its board
    board      VARCHAR NOT NULL,
    content_id UUID NOT NULL,          -- the later one
    before_id  UUID NOT NULL,          -- the earlier one
    before     INTEGER NOT NULL,       -- models of the earlier one, repeated ones once
    after      INTEGER NOT NULL,
    gone       INTEGER NOT NULL,       -- not listed any more
    tail       INTEGER NOT NULL,       -- of these, how many stood among as many at the end
    new        INTEGER NOT NULL,
    ranks      INTEGER NOT NULL,       -- listed in both, with another rank
    scores     INTEGER NOT NULL,
    votes      INTEGER NOT NULL,
    compared   INTEGER NOT NULL,       -- with votes in both
    fell       INTEGER NOT NULL,       -- of these, with fewer
    ratio      DOUBLE,                 -- votes after by votes before, of the median model
    emptied    STRUCT(field VARCHAR, filled_before INTEGER, rows_before INTEGER, filled INTEGER, rows INTEGER)[],
                                       -- fields that lost their values; of those under `extra`, in 100 rows
    renamed    INTEGER NOT NULL,       -- gone with a score and votes that a new one has, within a publish date
    names_gone VARCHAR[],              -- the first of them, where many are gone
    names_new  VARCHAR[]
);

CREATE TABLE decisions (               -- what operators settled
    decision_id    VARCHAR NOT NULL,
    board          VARCHAR NOT NULL,
    payload_sha256 VARCHAR NOT NULL,
    published_at   TIMESTAMP,
    verdict        VARCHAR NOT NULL,   -- 'released', 'rejected'
    because        VARCHAR NOT NULL,
    loaded_at      TIMESTAMP NOT NULL
);

CREATE TABLE slots (                   -- one row a ledger line on a time at which a source was due
    slot_id    VARCHAR NOT NULL,       -- SHA-256 of the ledger line
    ledger     VARCHAR NOT NULL,       -- file name
    line       INTEGER NOT NULL,
    source     VARCHAR NOT NULL,
    due        TIMESTAMP NOT NULL,     -- by its schedule; of a run of missed slots, the first
    until      TIMESTAMP NOT NULL,     -- of a run, the last; else = due
    slots      INTEGER NOT NULL,       -- how many the row speaks of
    outcome    VARCHAR NOT NULL,       -- 'captured', 'failed', 'missed'
    reason     VARCHAR,                -- of what was not captured, from a fixed set
    detail     VARCHAR NOT NULL,
    captures   INTEGER NOT NULL,       -- attempts that it made, in `captures`
    failed     INTEGER NOT NULL,       -- how many of these failed
    "by"       VARCHAR NOT NULL,       -- who ran it: 'schedule', 'due', 'command'
    started_at TIMESTAMP,
    seconds    DOUBLE,
    loaded_at  TIMESTAMP NOT NULL      -- when the line was written
);

CREATE TABLE organizations (
    organization VARCHAR NOT NULL,     -- canonical name, e.g. 'Sber'
    country      VARCHAR,              -- ISO 3166-1 alpha-2 of its seat
    evidence     VARCHAR
);

CREATE TABLE models (
    model        VARCHAR NOT NULL,     -- canonical name, e.g. 'GigaChat 2 Max'
    family       VARCHAR,              -- 'GigaChat'
    organization VARCHAR               -- that made it ("hosted by" is not "made by")
);

CREATE TABLE aliases (                 -- every name a person may type, folded
    folded   VARCHAR NOT NULL,         -- fold(name)
    name     VARCHAR NOT NULL,
    kind     VARCHAR NOT NULL,         -- 'organization', 'family', 'model', 'country'; of a name that the registry
                                       -- does not know 'organization as listed', 'model as listed'
    target   VARCHAR NOT NULL,         -- the canonical name; of a name as listed itself
    evidence VARCHAR
);

CREATE TABLE names (                   -- every name as listed, resolved by the registry
    source              VARCHAR NOT NULL,
    model_listed        VARCHAR NOT NULL,
    organization_listed VARCHAR,
    model               VARCHAR,       -- null: unmapped, listed by `status --names`
    family              VARCHAR,
    organization        VARCHAR,
    country             VARCHAR,
    evidence            VARCHAR,       -- the rule that mapped it
    folded              VARCHAR NOT NULL -- fold(model_listed)
);

CREATE TABLE listings (                -- which names are listed on which board, and with which licence
    board               VARCHAR NOT NULL,
    source              VARCHAR NOT NULL,
    model_listed        VARCHAR NOT NULL,
    organization_listed VARCHAR,
    license             VARCHAR
);
