"""`archiver status`: how collection stands, for people, machines and monitors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from . import output
from .options import format_option

if TYPE_CHECKING:
    import duckdb

    from ..answers import Health
    from ..archive import Archive
    from ..reports.listing import Layout


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
@click.pass_obj
def status(archive: Archive, names: bool, growth: bool, metrics: Path | None, form: str | None) -> None:
    """Tell how collection stands: last success, failures, what is unread or held.

    Ours is told apart from the publisher: `overdue` and `failing` are our captures, `stale` is a publisher
    who shows nothing new though our captures succeed. Exit code 1 says that something needs a person.
    """
    from .. import answers
    from ..reports.listing import GAPS, STATUS
    from .questions import show

    if growth:
        from .growth import show_growth

        show_growth(archive, form)
        return
    con = archive.connect()
    if names:
        _names(con, form)
        return
    show(answers.status(con, archive.now()), STATUS, form)
    _gaps(con, form, GAPS)
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


def _names(con: duckdb.DuckDBPyConnection, form: str | None) -> None:
    from .. import answers
    from ..reports.listing import UNMAPPED
    from .questions import show

    if not show(answers.unmapped(con), UNMAPPED, form):
        output.say("Every name is known.")
    for known in answers.known_names(con):
        output.say(
            f"{known.source}: of {known.entries:,} entries the organisation is known of "
            f"{known.organization:.1%}, the family of {known.family:.1%}"
        )


def _gaps(con: duckdb.DuckDBPyConnection, form: str | None, layout: Layout) -> None:
    from .. import answers
    from .questions import show

    gaps = answers.gaps(con)
    if output.form_of(form) == "table":
        if gaps.fetchall():
            click.echo()
            show(answers.gaps(con), layout, form)
        return
    for source, board, since, _, kind, detail in gaps.fetchall():
        output.say(f"{source}: {kind} since {since:%Y-%m-%d}{f' on {board}' if board else ''}: {detail}")
