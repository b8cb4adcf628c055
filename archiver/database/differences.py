"""One index beside another: what a rebuild would change of the published one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .connect import attach, translated

if TYPE_CHECKING:
    import duckdb

SHOWN = 5
"""Examples of each kind of change at most."""


class Difference(NamedTuple):
    """One kind of change."""

    what: str
    """`boards`, `payloads`, `snapshots`, `statuses`, `entries`, `findings`."""
    change: str
    """`added`, `gone`, `changed`; of a status both, as `accepted → held`; of entries also which fields."""
    number: int
    """How many changed so."""
    examples: Sequence[str]
    """The first of them."""


def difference(published: Path, rebuilt: Path) -> list[Difference]:
    """Every kind of change from one index to the other, none where both say the same.

    Snapshots are known again by their ids, which rest on board, route, publish date and payload; entries by
    snapshot, name and setting. Raises ArchiverError where an index cannot be read.
    """
    with attach(rebuilt, {"read_only": True}) as connection, translated(published, "read"):
        quoted = str(published).replace("'", "''")
        connection.execute(f"ATTACH '{quoted}' AS published (READ_ONLY)")
        return [
            *_sets(connection, "boards", _BOARDS),
            *_sets(connection, "payloads", _UNREAD),
            *_sets(connection, "snapshots", _SNAPSHOTS),
            *_sets(connection, "findings", _findings(connection)),
            *_grouped(connection, "snapshots", _CHANGED),
            *_grouped(connection, "statuses", _STATUSES),
            *_grouped(connection, "entries", _entries(connection)),
        ]


def _sets(connection: duckdb.DuckDBPyConnection, what: str, names: str) -> Iterator[Difference]:
    """What only one of them has: `names` gives a name for each, of the index that {0} stands for."""
    old, new = names.format("published"), names.format("archive")
    for change, left, right in (("gone", old, new), ("added", new, old)):
        ((count, examples),) = connection.execute(
            f"SELECT count(*), list(name ORDER BY name)[:{SHOWN}] FROM ({left} EXCEPT {right})"  # noqa: S608  # text of ours
        ).fetchall()
        if count:
            yield Difference(what, change, count, examples)


def _grouped(connection: duckdb.DuckDBPyConnection, what: str, changes: str) -> Iterator[Difference]:
    """Of what both have, or one: `changes` gives change and name."""
    found = connection.execute(
        f"SELECT change, count(*), list(name ORDER BY name)[:{SHOWN}] FROM ({changes}) GROUP BY 1 ORDER BY 1"  # noqa: S608  # text of ours
    )
    for change, count, examples in found.fetchall():
        yield Difference(what, change, count, examples)


def _findings(connection: duckdb.DuckDBPyConnection) -> str:
    """Findings by what they say. An index of an older release did not tell those of a snapshot apart."""
    columns = {
        name
        for (name,) in connection.execute(
            "SELECT column_name FROM duckdb_columns() "
            "WHERE database_name = 'published' AND table_name = 'findings'"
        ).fetchall()
    }
    of_it = "coalesce(f.snapshot_id, s.snapshot_id) = s.snapshot_id" if "snapshot_id" in columns else "true"
    return f"""
        SELECT DISTINCT concat_ws(' ', s.board, s.snapshot_id, f.severity, f.code || ':', f.sentence) AS name
        FROM {{0}}.snapshots AS s
        JOIN {{0}}.findings AS f ON f.board = s.board AND f.content_id = s.content_id AND {of_it}
    """  # noqa: S608  # text of ours


_BOARDS = "SELECT board || ' (' || metric || ')' AS name FROM {0}.boards"

_UNREAD = "SELECT source || ' ' || url || ': ' || error AS name FROM {0}.payloads WHERE error IS NOT NULL"

_NAME = "concat_ws(' ', n.board, strftime(n.time, '%Y-%m-%d'), n.snapshot_id)"

_SNAPSHOTS = f"SELECT {_NAME} AS name FROM {{0}}.snapshots AS n"  # noqa: S608  # text of ours

_BOTH = "FROM published.snapshots AS o JOIN archive.snapshots AS n ON n.snapshot_id = o.snapshot_id"

_STATUSES = f"""
SELECT o.status || ' → ' || n.status AS change, {_NAME} AS name {_BOTH} WHERE n.status <> o.status
"""  # text of ours

_SAID = ("time", "rows", '"of"', "complete", "rank_kind", "metric", "layout", "parser_version", "preferred")


def _fields(names: Sequence[str]) -> str:
    """Which of the fields differ between `o` and `n`, as `changed: rank, score`; null where none does."""
    differ = [
        f"CASE WHEN n.{name} IS DISTINCT FROM o.{name} THEN '{name.strip(chr(34))}' END" for name in names
    ]
    return f"'changed: ' || nullif(concat_ws(', ', {', '.join(differ)}), '')"


_CHANGED = f"""
SELECT change, name FROM (SELECT {_fields(_SAID)} AS change, {_NAME} AS name {_BOTH}) WHERE change IS NOT NULL
"""  # noqa: S608  # text of ours

_FIELDS = (
    *("position", "organization_listed", "rank", "rank_low", "rank_high", "score", "score_low", "score_high"),
    *("votes", "license", "competitor", "extra"),
)


def _entries(connection: duckdb.DuckDBPyConnection) -> str:
    """Entries of the snapshots that both have, where their contents differ."""
    listed = ", ".join(f"e.{name}" for name in _FIELDS)
    for index in ("published", "archive"):
        connection.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE entries_{index} AS
            SELECT s.snapshot_id, s.board, e.model_listed, e.variant, {listed},
                row_number() OVER (
                    PARTITION BY s.snapshot_id, e.model_listed, e.variant ORDER BY e.position
                ) AS time
            FROM {index}.snapshots AS s
            JOIN published.snapshots AS o ON o.snapshot_id = s.snapshot_id
            JOIN archive.snapshots AS n ON n.snapshot_id = s.snapshot_id AND n.content_id <> o.content_id
            JOIN {index}.entries AS e ON e.board = s.board AND e.content_id = s.content_id
            """  # noqa: S608  # text of ours
        )
    return f"""
        SELECT change, name FROM (
            SELECT
                CASE WHEN o.snapshot_id IS NULL THEN 'added' WHEN n.snapshot_id IS NULL THEN 'gone'
                    ELSE {_fields(_FIELDS)} END AS change,
                concat_ws(' ', coalesce(n.board, o.board), coalesce(n.snapshot_id, o.snapshot_id),
                    coalesce(n.model_listed, o.model_listed)) AS name
            FROM entries_published AS o
            FULL JOIN entries_archive AS n
                ON n.snapshot_id = o.snapshot_id AND n.model_listed = o.model_listed
                AND n.variant IS NOT DISTINCT FROM o.variant AND n.time = o.time
        ) WHERE change IS NOT NULL
    """  # noqa: S608  # text of ours
