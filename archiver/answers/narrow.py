"""What an answer is cut down to beyond names, boards and times, and how that is written in its statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from . import names
from .sandbox import refusal
from .sql import Literal, call, literal

if TYPE_CHECKING:
    import duckdb

_GLOB = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Narrow:
    """Each may be left out. Of several all hold."""

    category: str | None = None
    """Only boards of a category, a glob: `russian`, `cod*`."""
    variant: str | None = None
    """Only entries in whose setting this text stands; an empty text: only those without one."""
    among: str | Sequence[str] | None = None
    """Placed among a set: `open`, `country:RU`, a glob over models and organisations, or names."""
    top: int | None = None
    """Only the first places: of the set, where there is one."""
    where: str | None = None
    """Only rows for which one SQL expression over the answer's columns is true."""
    known_on: datetime | None = None
    """What the archive knew then; midnight means to the end of that day."""


NOTHING = Narrow()


def scope(
    con: duckdb.DuckDBPyConnection, boards: Sequence[str], narrow: Narrow = NOTHING
) -> list[str] | None:
    """The boards that are asked about, None where none are named.

    Raises UnknownName for a glob that matches none, UsageError for a category that none of them has.
    """
    if not boards and narrow.category is None:
        return None
    chosen = names.boards(con, boards or ["*"])
    if narrow.category is None:
        return chosen
    found = con.execute(
        "SELECT board FROM boards "
        "WHERE list_contains(?::VARCHAR[], board) AND category GLOB lower(?) ORDER BY 1",
        [chosen, narrow.category],
    ).fetchall()
    if not found:
        known = con.execute(
            "SELECT category FROM boards GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 5"
        ).fetchall()
        raise UsageError(
            f"No board that is asked about has the category {narrow.category!r}.",
            todo=f"the most common ones: {', '.join(category for (category,) in known)}",
        )
    return [board for (board,) in found]


def finished(
    con: duckdb.DuckDBPyConnection,
    asked: str,
    narrow: Narrow,
    *,
    order: str,
    place: str = "a.rank",
    everyone: bool = True,
    ordered: bool = True,
    tables: Sequence[str] | None = None,
) -> str:
    """The statement of an answer, cut down.

    asked: a call of a macro, or a query of an `a` in parentheses. order: the columns that its rows are
    ordered by, of `a`. place: what `top` counts. everyone: rows of who is not in the set stay, without a
    place in it. ordered: `asked` gives its rows in that order already. tables: CTEs that it reads in the
    place of tables and views; by default the snapshots as they were known. Raises UsageError for an
    expression that is none, UnknownName for a set that nobody knows.
    """
    rows = f"{asked} AS a"
    parts = list(_known_then(narrow.known_on) if tables is None else tables)
    if narrow.among is not None:
        check_set(con, narrow.among)
        parts.append(f"answer AS MATERIALIZED ({_query(asked)})")
        join = "LEFT JOIN" if everyone else "JOIN"
        rows = f"answer AS a {join} {_places(narrow.among)} AS p USING (snapshot_id, position)"
        place, order = "p.place_among", order if everyone else f"p.place_among NULLS LAST, {order}"
    conditions = [] if narrow.top is None else [f"{place} <= {literal(narrow.top)}"]
    if narrow.where is not None:
        conditions.append(f"({expression(con, narrow.where)})")
    if conditions:
        inner = f"FROM {rows} WHERE {' AND '.join(conditions)} ORDER BY {order}"
    elif narrow.among is not None:
        inner = f"FROM {rows} ORDER BY {order}"
    else:
        inner = _query(asked) if ordered else f"{_query(asked)} ORDER BY {order}"
    return f"WITH {', '.join(parts)} {inner}" if parts else inner


def _query(relation: str) -> str:
    """What a call or a query in parentheses gives, as a statement."""
    return relation[1:-1] if relation.startswith("(") else f"FROM {relation}"


def in_setting(asked: str, variant: str | None, order: str) -> str:
    """The rows of a call whose setting holds a text (an empty one: that have none), as another call.

    order: the columns that the rows are ordered by, of `a`.
    """
    if variant is None:
        return asked
    return f"(FROM {asked} AS a WHERE in_setting(a.variant, {literal(variant)}) ORDER BY {order})"


def _places(among: str | Sequence[str]) -> str:
    """The places of a set in the snapshots of `answer`."""
    words = listed(among)
    macro = "places_among" if any(_is_open(word) for word in words) else "places_among_named"
    return f"{macro}({literal(words)}, (SELECT list(x.snapshot_id) FROM answer AS x))"  # noqa: S608  # literals are quoted


def _is_open(word: str) -> bool:
    return word.strip().lower() == "open"


def listed(among: str | Sequence[str]) -> list[str]:
    """A set as a list of words."""
    return [among] if isinstance(among, str) else list(among)


def known(known_on: datetime) -> str:
    """The snapshots as they were known at a time."""
    return f"FROM {call('snapshots_known_on', known_on)}"


def _known_then(known_on: datetime | None) -> list[str]:
    return [] if known_on is None else [f"snapshots AS MATERIALIZED ({known(known_on)})"]


def with_known(statement: str, known_on: datetime | None, **tables: str) -> str:
    """A statement of this package's own, that reads `snapshots`, as it would have answered then.

    tables: what else it reads in the place of the tables and views of these names.
    """
    if known_on is not None:
        tables = {"snapshots": known(known_on), **tables}
    shadows = ", ".join(f"{name} AS MATERIALIZED ({rows})" for name, rows in tables.items())
    return f"WITH {shadows} {statement}" if shadows else statement


def within_set(
    con: duckdb.DuckDBPyConnection,
    macro: str,
    *positional: Literal,
    among: str | Sequence[str] | None,
    **named: Literal,
) -> str:
    """The call of a table macro; of its form `…_among` where only the members of a set count.

    Raises what `check_set` raises.
    """
    if among is None:
        return call(macro, *positional, **named)
    check_set(con, among)
    return call(f"{macro}_among", *positional, listed(among), **named)


def check_set(con: duckdb.DuckDBPyConnection, among: str | Sequence[str]) -> None:
    """Raises UnknownName for a word of a set that is neither `open`, a glob, nor known."""
    words = listed(among)
    spoken = [word for word in words if not _is_open(word) and not _GLOB & set(word)]
    if spoken:
        names.asked(con, spoken)
    elif not words:
        raise UsageError("The set that is compared among names nobody.")


def computed(con: duckdb.DuckDBPyConnection, statement: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The columns and all rows of an answer. Raises UsageError for a condition over what it does not have."""
    import duckdb

    try:
        # (A relation would be planned once for its columns, and again for its rows.)
        con.execute(statement)
        return [str(name) for name, *_ in con.description or ()], con.fetchall()
    except duckdb.Error as error:
        raise refusal(error) from error


def expression(con: duckdb.DuckDBPyConnection, text: str) -> str:
    """One SQL expression, as DuckDB writes it: nothing after it counts, nothing in it reads another table.

    Raises UsageError for anything else.
    """
    import duckdb

    try:
        parsed = str(duckdb.SQLExpression(text))
        [(tree,)] = con.execute("SELECT json_serialize_sql(?)", [f"SELECT {parsed}"]).fetchall()
    except duckdb.Error as error:
        raise UsageError(
            f"{text!r} is no SQL expression: {str(error).strip().splitlines()[0]}",
            todo="write one condition over the answer's columns: rank <= 3 AND country = 'RU'",
        ) from error
    if '"class":"SUBQUERY"' in tree or '"class":"STAR"' in tree:
        raise UsageError(
            f"{text!r} asks another question inside the condition.",
            todo="write one condition over the answer's own columns, or ask with `archiver sql`",
        )
    return parsed
