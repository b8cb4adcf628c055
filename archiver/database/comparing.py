"""What became of the models of one content in a later one of its board, for many pairs at once.

Nothing but the two contents' entries goes in. Names are compared by their hashes: of a million rows that
takes a fifteenth of the time. A model that is repeated within a content counts once. What only some pairs
need is asked for these alone, since on one board it takes longer to plan a statement than to run it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..checks.change import EXTRA, Change, Filled, emptied, many_gone
from ..checks.shots import Pair
from . import rows
from .spool import board_id

if TYPE_CHECKING:
    import duckdb


class Wanted(NamedTuple):
    """Two contents to compare."""

    board: str
    content_id: str
    before_id: str
    one_date: bool
    """Both are of one publish date: then what was renamed is counted."""

    @property
    def pair(self) -> Pair:
        return self.content_id, self.before_id


class _Content(NamedTuple):
    rows: int
    models: int
    filled: dict[str, Filled]


def compare(connection: duckdb.DuckDBPyConnection, wanted: Sequence[Wanted]) -> dict[Pair, Change]:
    """What became of each earlier content. The entries must be in the index."""
    _want(connection, wanted)
    connection.execute(_LISTED)
    contents = _contents(connection)
    if any(each.models != each.rows for each in contents.values()):
        connection.execute(_ONCE)
    changes: dict[Pair, Change] = {}
    for content, before, gone_at, *figures in connection.execute(_COMPARED).fetchall():
        old, new, gone = contents[before], contents[content], len(gone_at or ())
        tail = sum(place > old.models - gone for place in gone_at or ())
        fresh = new.models - (old.models - gone)
        lost = emptied(old.filled, new.filled, new.rows)
        sizes = (old.models, new.models, gone, tail, fresh)
        changes[content, before] = Change(*sizes, *figures)._replace(emptied=lost)
    named = [each for each in wanted if each.one_date or many_gone(changes[each.pair])]
    if named:
        _want(connection, named)
        for content, before, *names in connection.execute(_NAMES).fetchall():
            renamed, names_gone, names_new = names
            changes[content, before] = changes[content, before]._replace(
                renamed=renamed, names_gone=names_gone or (), names_new=names_new or ()
            )
    connection.execute("DROP TABLE listed")
    return changes


def _want(connection: duckdb.DuckDBPyConnection, wanted: Sequence[Wanted]) -> None:
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE wanted"
        "(board VARCHAR, content_id UUID, before_id UUID, one_date BOOLEAN, board_id INTEGER)"
    )
    rows.insert(connection, "wanted", [(*each, board_id(each.board)) for each in wanted])


def _contents(connection: duckdb.DuckDBPyConnection) -> dict[str, _Content]:
    """How many rows and models each content has, and in how many rows each field is filled."""
    found = connection.execute(_CONTENTS)
    fields = [column[0] for column in found.description or ()][3:-1]
    contents: dict[str, _Content] = {}
    some_extra = False
    for content, size, models, *filled, extra in found.fetchall():
        columns = {field: (number, size) for field, number in zip(fields, filled, strict=True)}
        contents[content] = _Content(size, models, columns)
        some_extra |= extra > 0
    if some_extra:
        for content, key, number in connection.execute(_EXTRAS).fetchall():
            contents[content].filled[EXTRA + key] = (number, min(contents[content].rows, SAMPLE))
    return contents


SAMPLE = 100
"""Rows of a content, the first ones, in which fields under `extra` are counted: reading JSON takes time."""

_PICKED = """
FROM entries AS e
WHERE e.board_id IN (SELECT board_id FROM wanted)
    AND e.content_id IN (SELECT content_id FROM wanted UNION SELECT before_id FROM wanted)
"""

_LISTED = f"""
CREATE OR REPLACE TEMP TABLE listed AS
SELECT
    e.content_id, hash(e.model_listed, e.variant) AS name, e.position, e.rank, e.score, e.votes,
    nullif(e.organization_listed, '') IS NOT NULL AS organization, e.variant IS NOT NULL AS variant,
    e.rank_low IS NOT NULL AS rank_low, e.rank_high IS NOT NULL AS rank_high,
    e.score_low IS NOT NULL AS score_low, e.score_high IS NOT NULL AS score_high,
    e.license IS NOT NULL AS license, e.extra IS NOT NULL AS extra
{_PICKED}
"""
"""What is compared, taken out of the index once: of each entry its name's hash, its figures, which fields it
has."""

_CONTENTS = """
SELECT
    l.content_id::VARCHAR, count(*), count(DISTINCT l.name),
    count_if(l.organization) AS organization, count_if(l.variant) AS variant, count(l.rank) AS rank,
    count_if(l.rank_low) AS rank_low, count_if(l.rank_high) AS rank_high, count(l.score) AS score,
    count_if(l.score_low) AS score_low, count_if(l.score_high) AS score_high, count(l.votes) AS votes,
    count_if(l.license) AS license, count_if(l.extra) AS extra
FROM listed AS l
GROUP BY l.content_id
"""

_EXTRAS = f"""
SELECT p.content_id::VARCHAR, x.key, count(*)
FROM (SELECT e.content_id, e.extra {_PICKED} AND e.extra IS NOT NULL AND e.position <= {SAMPLE}) AS p
CROSS JOIN json_each(p.extra) AS x
WHERE x.type <> 'NULL' AND x.value <> '""'
GROUP BY p.content_id, x.key
"""  # noqa: S608  # text of ours

_ONCE = """
CREATE OR REPLACE TEMP TABLE listed AS
FROM listed AS l QUALIFY row_number() OVER (PARTITION BY l.content_id, l.name ORDER BY l.position) = 1
"""

_COMPARED = """
SELECT
    w.content_id::VARCHAR, w.before_id::VARCHAR, list(o.position) FILTER (WHERE n.name IS NULL),
    count(n.name) FILTER (WHERE n.rank IS DISTINCT FROM o.rank),
    count(n.name) FILTER (WHERE n.score IS DISTINCT FROM o.score),
    count(n.name) FILTER (WHERE n.votes IS DISTINCT FROM o.votes),
    count(*) FILTER (WHERE o.votes > 0 AND n.votes IS NOT NULL),
    count(*) FILTER (WHERE n.votes < o.votes),
    round(median(n.votes / o.votes) FILTER (WHERE o.votes > 0), 4)
FROM wanted AS w
JOIN listed AS o ON o.content_id = w.before_id
LEFT JOIN listed AS n ON n.content_id = w.content_id AND n.name = o.name
GROUP BY w.content_id, w.before_id
"""

_NAMES = """
WITH
gone AS (
    SELECT w.content_id, w.before_id, w.one_date, e.model_listed, e.position, e.score, e.votes
    FROM wanted AS w
    JOIN entries AS e ON e.board_id = w.board_id AND e.content_id = w.before_id
    ANTI JOIN listed AS n ON n.content_id = w.content_id AND n.name = hash(e.model_listed, e.variant)
),
new AS (
    SELECT w.content_id, w.before_id, e.model_listed, e.position, e.score, e.votes
    FROM wanted AS w
    JOIN entries AS e ON e.board_id = w.board_id AND e.content_id = w.content_id
    ANTI JOIN listed AS o ON o.content_id = w.before_id AND o.name = hash(e.model_listed, e.variant)
)
SELECT
    w.content_id::VARCHAR, w.before_id::VARCHAR,
    -- Gone with a score and votes that a new one has.
    (SELECT count(DISTINCT g.model_listed) FROM gone AS g JOIN new AS n USING (content_id, before_id, score)
     WHERE g.content_id = w.content_id AND g.before_id = w.before_id AND g.one_date
        AND n.votes IS NOT DISTINCT FROM g.votes),
    (SELECT list(g.model_listed ORDER BY g.position)[:5] FROM gone AS g
     WHERE g.content_id = w.content_id AND g.before_id = w.before_id),
    (SELECT list(n.model_listed ORDER BY n.position)[:5] FROM new AS n
     WHERE n.content_id = w.content_id AND n.before_id = w.before_id)
FROM wanted AS w
"""
