"""Questions about boards over time and at a time: history, board."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import click

from .. import answers
from ..answers.board import statement as board_statement
from ..answers.history import statement
from ..answers.narrow import Narrow, computed
from ..reports import notes
from ..reports.figures import counted
from . import output
from .answering import asking, narrowed, say_nothing, say_setting
from .options import (
    as_of_option,
    format_option,
    narrowing,
    of_someone,
    sql_option,
)
from .watch import watch_option

if TYPE_CHECKING:
    import duckdb

    from ..archive import Archive


@click.command()
@of_someone
@as_of_option
@click.option("--every", type=click.Choice(["week", "month"]), help="Only the last snapshot of each.")
@click.option("--all/--best", "each", help="Every model, or (by default) only the best-placed.")
@narrowing
@format_option
@sql_option
@click.pass_obj
@watch_option
def history(
    archive: Archive,
    /,
    who: tuple[str, ...],
    boards: tuple[str, ...],
    category: str | None,
    since: datetime | None,
    until: datetime | None,
    as_of: datetime | None,
    every: Literal["week", "month"] | None,
    each: bool,
    form: str | None,
    sql: bool,
    **cut: Any,
) -> None:
    """Where organisations, families, models or country:RU stood over time.

    One row for each of them, board and time: the best-placed model, or the proof of an absence.
    """
    narrow = narrowed(cut, category)
    with asking(archive, narrow) as con:
        asked = statement(
            con, who, boards, since=since, until=until, every=every, all=each, as_of=as_of, narrow=narrow
        )
        if sql:
            output.statement(asked)
            return
        _, rows = computed(con, asked)
    if not rows:
        say_nothing(archive.connect(), who, boards, category)
        _say_reported(con, who, boards, since, until or as_of)
    shown, until, cut_down = {row[0] for row in rows}, until or as_of, _cuts(narrow)
    found = answers.findings(con, {row[_SNAPSHOT] for row in rows})
    covered = answers.coverage(con, shown, since=since, until=until, known_on=narrow.known_on)
    if output.form_of(form) == "table" and narrow.among is None:
        asked_for = (who, as_of or since, until, narrow)
        _print_history(archive, con, rows, covered, found, asked_for, whole=not (every or as_of or cut_down))
    else:
        _write_history(rows, found, narrow, output.form_of(form))
    say_setting(narrow, {row[_STATUS] for row in rows})
    if not (boards or category or cut_down):  # a board whose rows were all cut away proves no absence
        others = answers.elsewhere(con, shown, since=since, until=until, known_on=narrow.known_on)
        if others:
            output.say(notes.elsewhere(list(dict.fromkeys(who)), others))
    for sentence in notes.fresh(answers.freshness(con, shown)):
        output.say(sentence)


def _say_reported(
    con: duckdb.DuckDBPyConnection,
    who: Sequence[str],
    boards: Sequence[str],
    since: datetime | None,
    until: datetime | None,
) -> None:
    """Where no capture answers: that the press or papers do, whose figures are in boards of their own."""
    known = con.execute("SELECT 1 FROM boards WHERE source = 'reported' LIMIT 1").fetchall()
    if not boards or not known or any(board.startswith("reported/") for board in boards):
        return
    found = con.execute(statement(con, who, ["reported/*"], since=since, until=until)).fetchall()
    if listed := sum(row[_STATUS] == "listed" for row in found):
        days = [f"--{name} {day:%Y-%m-%d}" for name, day in (("since", since), ("until", until)) if day]
        command = " ".join(["archiver history", shlex.join(who), "--board 'reported/*'", *days])
        output.say(f"Not captured, but reported by others {counted(listed, 'time')}: `{command}`")


def _cuts(narrow: Narrow) -> bool:
    """Whether rows of who was asked for are left out, so that what is not shown is not absent."""
    return (narrow.variant, narrow.top, narrow.where) != (None, None, None)


_SNAPSHOT, _POSITION, _STATUS = map(answers.KEYS.index, ("snapshot_id", "position", "status"))


def _print_history(
    archive: Archive,
    con: duckdb.DuckDBPyConnection,
    rows: Sequence[tuple[Any, ...]],
    covered: Mapping[str, answers.Coverage],
    found: Sequence[answers.Seen],
    asked: tuple[Sequence[str], datetime | None, datetime | None, Narrow],
    *,
    whole: bool,
) -> None:
    """The table for people: with the spreads that intervals allow, and with when nothing is known of whom."""
    from ..answers.presence import spreads, unseen
    from ..reports.history import print_history

    who, since, until, narrow = asked
    gaps = []
    if not _cuts(narrow):
        end = min(until, archive.now()) if until else None
        boards = {row[0] for row in rows}
        gaps = unseen(con, who, boards, since=since, until=end, known_on=narrow.known_on)
    placed = {(row[_SNAPSHOT], row[_POSITION]) for row in rows if row[_POSITION] is not None}
    allowed = spreads(con, placed, narrow.known_on)
    print_history(output.screen(), rows, covered, found, spreads=allowed, unseen=gaps, whole=whole)


def _write_history(
    rows: Sequence[tuple[Any, ...]], found: Sequence[answers.Seen], narrow: Narrow, form: str
) -> None:
    """As data; among a set with the place in it, beside the board's own rank."""
    keys: Sequence[str] = answers.KEYS
    if narrow.among is not None:
        keys, rows = (*keys, *_AMONG), [row[: len(keys)] + row[-2:] for row in rows]
    if form == "table":
        from ..reports.listing import AMONG, print_listing

        print_listing(output.screen(), keys, rows, AMONG)
    else:
        output.write(form, keys, (row[: len(keys)] for row in rows))
    _say_findings(found)


_AMONG = ("place_among", "of_among")


def _say_findings(found: Iterable[answers.Seen]) -> None:
    """For data, one line a code: the rows themselves say nothing of what was seen."""
    by_code: defaultdict[tuple[str, str], list[answers.Seen]] = defaultdict(list)
    for each in found:
        by_code[each.severity, each.code].append(each)
    for seen in by_code.values():
        more = f" (and on {len(seen) - 1:,} more)" if len(seen) > 1 else ""
        output.say(f"{seen[0].board}{more}: {notes.finding(seen[0])}")


@click.command()
@click.argument("board_name", metavar="BOARD")
@as_of_option
@narrowing
@format_option
@sql_option
@click.pass_obj
@watch_option
def board(
    archive: Archive, /, board_name: str, as_of: datetime | None, form: str | None, sql: bool, **cut: Any
) -> None:
    """A whole board as it stood at a time, and what moved since the time before."""
    narrow, form = narrowed(cut), output.form_of(form)
    with asking(archive, narrow) as con:
        facts = answers.facts(con, board_name, as_of, narrow.known_on)
        asked = board_statement(con, board_name, as_of, narrow, facts)
        if sql:
            output.statement(asked)
            return
        columns, rows = computed(con, asked)
    found = answers.findings(con, [facts.snapshot_id])
    if form != "table":
        output.write(form, columns, rows)
        _say_findings(found)
    elif rows and narrow.among is None:
        from ..reports.board import print_board

        print_board(output.screen(), rows, facts, found)
    elif rows:
        from ..reports.listing import AMONG, print_listing

        print_listing(output.screen(), columns, rows, {key: AMONG[key] for key in AMONG if key in columns})
    if not rows:
        output.say(notes.nothing_fits(facts, narrow))
    for sentence in notes.fresh(answers.freshness(con, [facts.board])):
        output.say(sentence)
