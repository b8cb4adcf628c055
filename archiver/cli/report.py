"""`archiver report`: what changed, who stands where, and what it rests on, in a file to print or to send."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

import click

from .. import outputs
from ..errors import UsageError
from ..reports import ahead
from ..reports.figures import counted
from . import output
from .options import bounds, lang_option

if TYPE_CHECKING:
    from ..archive import Archive


@click.command()
@click.argument("who", metavar="[WHO]…", nargs=-1)
@click.option(
    "-o",
    "--output",
    "target",
    metavar="FILE",
    required=True,
    type=click.Path(dir_okay=False),
    help="Where to; the name's ending says as what: html, md, pdf, csv, xlsx, json.",
)
@click.option("--weekly", is_flag=True, help="The seven days up to --until, or to the newest snapshot.")
@click.option("--board", "boards", metavar="GLOB", multiple=True, help="Only these boards; may be repeated.")
@bounds
@lang_option
@click.pass_obj
def report(
    archive: Archive,
    who: tuple[str, ...],
    target: str,
    weekly: bool,
    boards: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    lang: Literal["en", "ru"],
) -> None:
    """Report where organisations, families, models or country:RU stand, and what changed.

    Without WHO, what changed on all boards; --weekly then tells of those whom archiver.toml watches. The same
    archive and arguments give the same bytes.
    """
    if weekly and since:
        raise UsageError(
            "A weekly report begins a week before it ends.", todo="leave out --since, or --weekly"
        )
    drawn = target.lower().endswith((".html", ".pdf"))
    with ahead.standing_by(wanted=drawn):  # before all that takes time to be imported
        from ..answers import freshness
        from ..reports import notes, pages

        outputs.form_of(target, pages.FORMATS)  # before any work is done
        made = archive.report(*who, boards=boards, since=since, until=until, weekly=weekly, lang=lang)
        saved = pages.save(made, target)
    shown = [each.board for each in made.coverage]
    changes = f"{counted(len(made.changes), 'change')} up to {made.until:%Y-%m-%d}"
    output.say(f"{saved}: {counted(len(shown), 'board')}, {changes}")
    for sentence in notes.fresh(freshness(archive.connect(), shown)):
        output.say(sentence)
