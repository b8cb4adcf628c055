"""Questions about change and standing: diff, movers, standing, streaks, overtakes, agreement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from ..answers import changes as asked
from ..answers import standing as stood
from ..answers.narrow import Narrow
from ..moments import moment
from . import output
from .answering import answer, narrowed, rows_of, say_nothing, say_setting, show, show_rows
from .options import (
    END,
    among_option,
    as_of_option,
    bounds,
    format_option,
    known_on_option,
    narrowing,
    of_someone,
    set_of,
    sql_option,
    top_option,
    variant_option,
    where_option,
)
from .watch import watch_option

if TYPE_CHECKING:
    import duckdb

    from ..archive import Archive


_counts = click.option(
    "--top", metavar="N", type=click.IntRange(1), help="What counts as the top. Default: 10."
)


@click.command()
@click.argument("board", metavar="BOARD")
@click.argument("since", metavar="DATE", type=END)
@click.argument("until", metavar="DATE", type=END)
@narrowing
@format_option
@sql_option
@click.pass_obj
def diff(
    archive: Archive, /, board: str, since: datetime, until: datetime, form: str | None, sql: bool, **cut: Any
) -> None:
    """Compare a board at two times: who entered, left, moved, stayed."""
    narrow = narrowed(cut)

    def made(con: duckdb.DuckDBPyConnection, ends: asked.Ends) -> str:
        return asked.diff(con, board, since, until, narrow, ends)

    _between(archive, made, (board, since, until), form, sql, narrow)


@click.command()
@click.argument("board", metavar="BOARD")
@bounds
@narrowing
@format_option
@sql_option
@click.pass_obj
@watch_option
def movers(
    archive: Archive,
    /,
    board: str,
    since: datetime | None,
    until: datetime | None,
    form: str | None,
    sql: bool,
    **cut: Any,
) -> None:
    """List who entered, left or moved on a board, the widest moves first.

    Without --since, what the last complete snapshot changed. --top N: who stood or stands among the first.
    """
    narrow = narrowed(cut)

    def made(con: duckdb.DuckDBPyConnection, ends: asked.Ends) -> str:
        return asked.movers(con, board, since, until, narrow=narrow, found=ends)

    _between(archive, made, (board, since, until), form, sql, narrow)


def _between(
    archive: Archive,
    made: Callable[[duckdb.DuckDBPyConnection, asked.Ends], str],
    wanted: tuple[str, datetime | None, datetime | None],
    form: str | None,
    sql: bool,
    narrow: Narrow,
) -> None:
    """Answers what two snapshots of a board, by two times, say; then tells which they are."""
    from ..reports.listing import DIFF, DIFF_AMONG

    found: list[asked.Ends] = []

    def statement(con: duckdb.DuckDBPyConnection) -> str:
        found.append(asked.ends(con, *wanted, narrow.known_on))
        return made(con, found[0])

    layout = DIFF if narrow.among is None else DIFF_AMONG
    if answer(archive, statement, layout, form, sql, narrow):
        [ends] = found
        earlier, later = moment(ends.earlier_time), moment(ends.later_time)
        output.say(f"{ends.board}: complete snapshots of {earlier} and {later} compared")


@click.command()
@of_someone
@as_of_option
@_counts
@click.option(
    "--show",
    type=click.Choice(list(stood.ABOUT)),
    help="What a table shows first: the place (the default), best and worst place, the time in the top (the "
    "default with --top), the gap to the leader, or when they were seen.",
)
@variant_option
@among_option
@where_option
@known_on_option
@format_option
@sql_option
@click.pass_obj
@watch_option
def standing(
    archive: Archive,
    /,
    who: Sequence[str],
    boards: Sequence[str],
    category: str | None,
    since: datetime | None,
    until: datetime | None,
    as_of: datetime | None,
    top: int | None,
    show: str | None,
    form: str | None,
    sql: bool,
    **cut: Any,
) -> None:
    """Sum up how someone stands on each board: place, gap, best and worst, days in the top.

    --as-of is the same as --until. --among: rank, leader, gap and days are those within the set.
    """
    narrow = narrowed(cut, category)
    until = min(until, as_of) if until and as_of else until or as_of

    def made(con: duckdb.DuckDBPyConnection) -> str:
        return stood.standing(
            con, who, boards, since=since, until=until, top=stood.TOP if top is None else top, narrow=narrow
        )

    found = rows_of(archive, made, sql, narrow)
    if found is None:
        return
    columns, rows = found
    if not rows:
        say_nothing(archive.connect(), who, boards, category)
    say_setting(narrow, {row[columns.index("status")] for row in rows})
    if output.form_of(form) != "table":
        show_rows(columns, rows, {}, form)
        return
    from ..reports.standings import print_standing

    over_time = stood.places(archive.connect(), who, boards, since=since, until=until, narrow=narrow)
    about = show or ("place" if top is None else "top")
    print_standing(output.screen(), columns, rows, over_time, about)


@click.command()
@of_someone
@as_of_option
@_counts
@click.option("--longest", is_flag=True, help="Of each name on each board only the longest.")
@click.option("--current", is_flag=True, help="Only those that their newest snapshot belongs to.")
@variant_option
@among_option
@where_option
@known_on_option
@format_option
@sql_option
@click.pass_obj
@watch_option
def streaks(
    archive: Archive,
    /,
    who: Sequence[str],
    boards: Sequence[str],
    category: str | None,
    since: datetime | None,
    until: datetime | None,
    as_of: datetime | None,
    top: int | None,
    longest: bool,
    current: bool,
    form: str | None,
    sql: bool,
    **cut: Any,
) -> None:
    """Tell how long someone stood in the top of a board without a break: each streak, from when to when.

    A complete snapshot that places them lower, or not at all, ends a streak; a gap in the captures and an
    excerpt that does not show them do not. So its days may be more than those of `standing` in the top, which
    leave gaps out. With --since it begins with the first snapshot from then on. --as-of is the same as
    --until. --among: in the top of the set.
    """
    narrow, counted = narrowed(cut, category), stood.TOP if top is None else top
    until = min(until, as_of) if until and as_of else until or as_of

    def made(con: duckdb.DuckDBPyConnection) -> str:
        only = {"longest": longest, "current": current}
        return stood.streaks(con, who, boards, since=since, until=until, top=counted, **only, narrow=narrow)

    found = rows_of(archive, made, sql, narrow)
    if found is None:
        return
    columns, rows = found
    if output.form_of(form) != "table":
        show_rows(columns, rows, {}, form)
    elif rows:
        from ..reports.streaks import print_streaks

        print_streaks(output.screen(), columns, rows)
    if not rows:
        nothing = f"No snapshot that is held places them in the top {counted}."
        if narrow.where is not None:
            nothing = f"No streak of theirs in the top {counted} is as asked."
        elif current:
            nothing = f"No streak of theirs in the top {counted} lasts to their newest snapshot."
        say_nothing(archive.connect(), who, boards, category, nothing=nothing)


@click.command()
@of_someone
@click.option("--all/--best", "each", help="Every model, or (by default) only the best-placed.")
@variant_option
@among_option
@top_option
@where_option
@known_on_option
@format_option
@sql_option
@click.pass_obj
def overtakes(
    archive: Archive,
    /,
    who: Sequence[str],
    boards: Sequence[str],
    category: str | None,
    since: datetime | None,
    until: datetime | None,
    each: bool,
    form: str | None,
    sql: bool,
    **cut: Any,
) -> None:
    """Tell who overtook whom and when: one name against everyone, several against each other.

    --top N: who came to stand among the first. --variant: theirs in that setting. --among: of members of the
    set by members.
    """
    from ..reports.listing import OVERTAKES

    narrow = narrowed(cut, category)

    def made(con: duckdb.DuckDBPyConnection) -> str:
        return asked.overtakes(con, who, boards, since=since, until=until, all=each, narrow=narrow)

    found = show(archive, made, OVERTAKES, form, sql, narrow)
    if found is not None and not found[1]:
        nothing = "No two snapshots that are held show that an order of theirs turned."
        say_nothing(archive.connect(), who, boards, category, nothing=nothing)


@click.command()
@click.argument("board", metavar="BOARD")
@click.argument("against", metavar="BOARD|DATE [DATE]", nargs=-1, required=True)
@as_of_option
@among_option
@known_on_option
@format_option
@sql_option
@click.pass_obj
def agreement(
    archive: Archive,
    board: str,
    against: tuple[str, ...],
    as_of: datetime | None,
    among: str | None,
    known_on: datetime | None,
    form: str | None,
    sql: bool,
) -> None:
    """Measure how two boards, or one board at two dates, agree (Spearman, Kendall)."""
    from ..reports.listing import AGREEMENT

    members = set_of(among)

    def made(con: duckdb.DuckDBPyConnection) -> str:
        if len(against) == 1:
            return stood.agreement(con, board, against[0], as_of, known_on=known_on, among=members)
        first, second = (END.convert(word, None, None) for word in against)
        return stood.agreement(con, board, None, first, second, known_on, members)

    if len(against) > 2 or (len(against) == 2 and as_of):
        raise click.UsageError("Name another board (and --as-of a date), or two dates.")
    answer(archive, made, AGREEMENT, form, sql)
