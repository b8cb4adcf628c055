"""What questions share: the rows of a statement in the form asked for, or the statement itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .. import answers
from ..answers.narrow import NOTHING, Narrow, computed, scope
from ..answers.sql import plan_briefly
from ..reports.notes import held_from, setting
from . import output
from .options import set_of

if TYPE_CHECKING:
    import duckdb

    from ..archive import Archive
    from ..reports.listing import Layout

Rows = tuple[list[str], list[tuple[Any, ...]]]
Made = Callable[["duckdb.DuckDBPyConnection"], str]


def rows_of(archive: Archive, made: Made, sql: bool, narrow: Narrow = NOTHING) -> Rows | None:
    """The columns and rows of a statement; where the statement itself is asked for, that is printed: None."""
    with asking(archive, narrow) as con:
        statement = made(con)
        if not sql:
            return computed(con, statement)
    output.statement(statement)
    return None


def show(
    archive: Archive,
    made: Made,
    layout: Layout,
    form: str | None,
    sql: bool = False,
    narrow: Narrow = NOTHING,
) -> Rows | None:
    """Prints the rows of a statement, or the statement itself; returns the rows, if it was these."""
    found = rows_of(archive, made, sql, narrow)
    if found is not None:
        show_rows(*found, layout, form)
    return found


def answer(
    archive: Archive, made: Made, layout: Layout, form: str | None, sql: bool, narrow: Narrow = NOTHING
) -> bool:
    """The same, and says why there is nothing to print; tells whether it was the rows."""
    found = show(archive, made, layout, form, sql, narrow)
    if found is not None and not found[1]:
        say_nothing(archive.connect())
    return found is not None


def say_nothing(
    con: duckdb.DuckDBPyConnection,
    who: Sequence[str] = (),
    boards: Sequence[str] = (),
    category: str | None = None,
    *,
    nothing: str = "Nothing that is held fits what was asked.",
) -> None:
    """Why an answer has no rows: an archive without snapshots answers nothing, else it is the question.

    who, boards, category: what was asked about; of these boards it is said from when to when they are held.
    nothing: what it means that there are no rows.
    """
    if not con.execute("SELECT 1 FROM snapshots LIMIT 1").fetchall():
        output.say("The archive holds no snapshot yet. `archiver capture` takes today's boards.")
        return
    held = answers.asked_about(con, who, scope(con, boards, Narrow(category=category))) if who else {}
    then = "`archiver boards` lists what is held, and from when."
    if 0 < len(held) <= _FEW:
        then = f"Held are {'; '.join(held_from(held[board]) for board in sorted(held))}."
    output.say(f"{nothing} {then}")


def say_setting(narrow: Narrow, statuses: Collection[object]) -> None:
    """What an absence means, where there is one and it is one of entries in a setting."""
    if narrow.variant is not None and "absent" in statuses:
        output.say(setting(narrow.variant))


_FEW = 5
"""Boards that are named, each with the time from which it is held."""


def narrowed(cut: Mapping[str, Any], category: str | None = None) -> Narrow:
    """What the options of `narrowing` say."""
    return Narrow(category=category, **{**cut, "among": set_of(cut.get("among"))})


@contextmanager
def asking(archive: Archive, narrow: Narrow) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the index; a stranger's condition is computed within walls."""
    if narrow.where is None:
        con = archive.connect()
        plan_briefly(con)
        yield con
        return
    from .warden import confined

    with confined(archive) as con:
        yield con


def show_rows(
    columns: Sequence[str], rows: Sequence[tuple[Any, ...]], layout: Layout, form: str | None
) -> None:
    """Writes rows in the format asked for: as a table the columns of the layout, else all."""
    form = output.form_of(form)
    if form != "table":
        output.write(form, columns, rows)
    elif rows:
        from ..reports.listing import print_listing

        print_listing(output.screen(), columns, rows, layout)
