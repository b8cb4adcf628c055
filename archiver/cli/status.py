"""`archiver status` and `gaps`: how collection stands, for people, machines and monitors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from . import output
from .options import bounds, format_option, sql_option

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

    from ..answers import Health
    from ..archive import Archive


@click.command()
@click.option("--names", is_flag=True, help="List the names that the registry does not know.")
@click.option("--growth", is_flag=True, help="Forecast bytes on disk a year for each source, with the basis.")
@click.option(
    "--metrics",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the figures in Prometheus' text form, for its textfile collector.",
)
@format_option
@sql_option
@click.pass_obj
def status(
    archive: Archive, names: bool, growth: bool, metrics: Path | None, form: str | None, sql: bool
) -> None:
    """Tell how collection stands: last success, failures, what is unread or held.

    Ours is told apart from the publisher: `overdue` and `failing` are our captures, `stale` is a publisher
    who shows nothing new though our captures succeed. Exit code 1 says that something needs a person.
    """
    from .. import answers
    from ..reports.listing import STATUS
    from .answering import show

    if growth:
        from .growth import show_growth

        if sql:
            raise click.UsageError("--growth measures files, of which no statement tells.")
        show_growth(archive, form)
        return
    if names:
        _names(archive, form, sql)
        return
    if show(archive, lambda _: answers.status(archive.now()), STATUS, form, sql) is None:
        return
    con = archive.connect()
    _lasting(con, form)
    health = answers.health(con, archive.now())
    if metrics:
        from ..reports.metrics import write_metrics

        write_metrics(metrics, health, archive.now())
        output.say(f"{metrics}: the figures of {len(health)} sources.")
    if _told(health):
        raise SystemExit(1)


def _told(health: list[Health]) -> bool:
    """Says what is wrong, and whether it needs a person."""
    for each in health:
        if each.publisher == "stale" and each.last_change:
            since = f"{each.last_change:%Y-%m-%d}"
            output.say(
                f"{each.source}: the publisher is stale: our captures succeed, nothing is new since {since}."
            )
    waiting = [each.source for each in health if each.needs_a_person]
    if waiting:
        output.say(f"Needs a person: {', '.join(waiting)}.")
    return bool(waiting)


def _names(archive: Archive, form: str | None, sql: bool) -> None:
    from .. import answers
    from ..reports.listing import UNMAPPED
    from .answering import show

    found = show(archive, lambda _: answers.unmapped(), UNMAPPED, form, sql)
    if found is None:
        return
    if not found[1]:
        output.say("Every name is known.")
    for known in answers.known_names(archive.connect()):
        output.say(
            f"{known.source}: of {known.entries:,} entries the organisation is known of "
            f"{known.organization:.1%}, the family of {known.family:.1%}"
        )


def _lasting(con: duckdb.DuckDBPyConnection, form: str | None) -> None:
    """What is not over: a table under the first one, else beside the data."""
    from .. import answers
    from ..reports.listing import GAPS, print_listing

    found = con.sql(answers.gaps(answers.Touching(lasting=True)))
    rows = found.fetchall()
    if rows and output.form_of(form) == "table":
        click.echo()
        layout = {name: column for name, column in GAPS.items() if name != "until"}
        print_listing(output.screen(), found.columns, rows, layout)
        return
    for source, board, since, _, kind, detail in rows:
        output.say(f"{source}: {kind} since {since:%Y-%m-%d}{f' on {board}' if board else ''}: {detail}")


@click.command()
@click.argument("wanted", metavar="[SOURCE|BOARD]…", nargs=-1)
@bounds
@click.option("--open", "lasting", is_flag=True, help="Only what is not over.")
@format_option
@sql_option
@click.pass_obj
def gaps(
    archive: Archive,
    wanted: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    lasting: bool,
    form: str | None,
    sql: bool,
) -> None:
    """Explain what is not there: captures that failed, slots missed, payloads unread, snapshots held.

    Boards may be globs. `until` is when somebody made up for it, empty while it lasts.
    """
    from .. import answers
    from ..reports.listing import GAPS
    from .answering import show

    def made(con: duckdb.DuckDBPyConnection) -> str:
        asked = answers.touching(con, wanted)
        return answers.gaps(asked._replace(since=since, until=until, lasting=lasting))

    found = show(archive, made, GAPS, form, sql)
    if found is not None and not found[1]:
        output.say("Nothing is missing there: no failure, no missed slot, nothing unread, nothing held.")
