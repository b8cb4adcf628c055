"""Questions about change and standing: diff, movers, standing, overtakes, agreement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from ..answers import changes as asked
from ..answers import standing as stood
from ..records import moment
from . import output
from .options import TIME, Time, board_option, bounds, format_option, sql_option, top_option
from .questions import show
from .watch import watch_option

if TYPE_CHECKING:
    from ..archive import Archive
    from ..reports.listing import Layout


def answer(archive: Archive, statement: str, layout: Layout, form: str | None, sql: bool) -> None:
    """Prints the rows of a statement, or the statement itself."""
    if sql:
        output.statement(statement)
    else:
        show(archive.connect().sql(statement), layout, form)


@click.command()
@click.argument("board", metavar="BOARD")
@click.argument("since", metavar="DATE", type=TIME)
@click.argument("until", metavar="DATE", type=TIME)
@format_option
@sql_option
@click.pass_obj
def diff(archive: Archive, board: str, since: datetime, until: datetime, form: str | None, sql: bool) -> None:
    """Compare a board at two times: who entered, left, moved, stayed."""
    from ..reports.listing import DIFF

    con = archive.connect()
    answer(archive, asked.diff(con, board, since, until), DIFF, form, sql)
    _say_ends(asked.ends(con, board, since, until), sql)


@click.command()
@click.argument("board", metavar="BOARD")
@bounds
@top_option
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
    top: int | None,
    form: str | None,
    sql: bool,
) -> None:
    """List who entered, left or moved on a board, the widest moves first.

    Without --since, what the last complete snapshot changed.
    """
    from ..reports.listing import DIFF

    con = archive.connect()
    answer(archive, asked.movers(con, board, since, until, top=top), DIFF, form, sql)
    _say_ends(asked.ends(con, board, since, until), sql)


def _say_ends(ends: asked.Ends, sql: bool) -> None:
    if not sql:
        earlier, later = moment(ends.earlier_time), moment(ends.later_time)
        output.say(f"{ends.board}: complete snapshots of {earlier} and {later} compared")


@click.command()
@click.argument("who", metavar="WHO…", nargs=-1, required=True)
@board_option
@bounds
@click.option(
    "--top",
    metavar="N",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    help="What counts as the top.",
)
@format_option
@sql_option
@click.pass_obj
@watch_option
def standing(
    archive: Archive,
    /,
    who: Sequence[str],
    boards: Sequence[str],
    since: datetime | None,
    until: datetime | None,
    top: int,
    form: str | None,
    sql: bool,
) -> None:
    """Sum up how someone stands on each board: place, gap, best and worst, days in the top."""
    con = archive.connect()
    statement = stood.standing(con, who, boards, since=since, until=until, top=top)
    if sql or output.form_of(form) != "table":
        answer(archive, statement, {}, form, sql)
        return
    from ..reports.standings import print_standing

    relation = con.sql(statement)
    over_time = stood.places(con, who, boards, since=since, until=until)
    print_standing(output.screen(), relation.columns, relation.fetchall(), over_time)


@click.command()
@click.argument("who", metavar="WHO…", nargs=-1, required=True)
@board_option
@bounds
@click.option("--all", "each", is_flag=True, help="Every model, not only the best-placed.")
@format_option
@sql_option
@click.pass_obj
def overtakes(
    archive: Archive,
    who: Sequence[str],
    boards: Sequence[str],
    since: datetime | None,
    until: datetime | None,
    each: bool,
    form: str | None,
    sql: bool,
) -> None:
    """Tell who overtook whom and when: one name against everyone, several against each other."""
    from ..reports.listing import OVERTAKES

    statement = asked.overtakes(archive.connect(), who, boards, since=since, until=until, all=each)
    answer(archive, statement, OVERTAKES, form, sql)


@click.command()
@click.argument("board", metavar="BOARD")
@click.argument("against", metavar="BOARD|DATE [DATE]", nargs=-1, required=True)
@format_option
@sql_option
@click.pass_obj
def agreement(archive: Archive, board: str, against: tuple[str, ...], form: str | None, sql: bool) -> None:
    """Measure how two boards, or one board at two dates, agree (Spearman, Kendall)."""
    from ..reports.listing import AGREEMENT

    if len(against) == 1:
        statement = stood.agreement(archive.connect(), board, against[0])
    elif len(against) == 2:
        first, second = (Time().convert(word, None, None) for word in against)
        statement = stood.agreement(archive.connect(), board, None, first, second)
    else:
        raise click.UsageError("Name another board, or two dates.")
    answer(archive, statement, AGREEMENT, form, sql)
