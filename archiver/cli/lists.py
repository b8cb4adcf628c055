"""What the archive holds: boards, sources, find."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .. import answers
from . import output
from .answering import answer, show
from .options import format_option, sql_option

if TYPE_CHECKING:
    from ..archive import Archive


@click.command()
@click.argument("patterns", metavar="[GLOB]…", nargs=-1)
@format_option
@sql_option
@click.pass_obj
def boards(archive: Archive, patterns: tuple[str, ...], form: str | None, sql: bool) -> None:
    """List the boards, with how many snapshots of when."""
    from ..reports.listing import BOARDS

    answer(archive, lambda con: answers.boards(con, patterns), BOARDS, form, sql)


@click.command()
@click.argument("names", metavar="[SOURCE]…", nargs=-1)
@click.option("--live", is_flag=True, help="Try each for real, keep nothing, say which still parse.")
@format_option
@sql_option
@click.pass_obj
def sources(archive: Archive, names: tuple[str, ...], live: bool, form: str | None, sql: bool) -> None:
    """List the publishers: licence, attribution, reach, last success.

    With --live each (or those named) is asked for its boards now, and the answers are parsed and checked;
    exit code 1 says that one does not parse.
    """
    if live:
        from .live import try_sources

        if sql:
            raise click.UsageError("--live asks the publishers, --sql prints a statement: leave one out.")
        try_sources(archive, names, form)
        return
    from ..reports.listing import SOURCES

    found = show(archive, lambda con: answers.sources(con, names), SOURCES, form, sql)
    if found is None or output.form_of(form) != "table":
        return
    columns, rows = found
    for row in rows:
        for quirk in row[columns.index("quirks")]:
            output.say(f"{row[0]}: {quirk}")


@click.command()
@click.argument("text", metavar="TEXT")
@format_option
@sql_option
@click.pass_obj
def find(archive: Archive, text: str, form: str | None, sql: bool) -> None:
    """Look for a text in organisations, models and boards."""
    from ..reports.listing import FOUND

    found = show(archive, lambda _: answers.find(text), FOUND, form, sql)
    if found is not None and not found[1]:
        output.say(f"Nothing is known by {text!r}.")
