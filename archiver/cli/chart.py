"""`archiver chart`: a picture of an answer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

import click

from .. import outputs
from ..errors import UsageError
from ..reports import ahead
from . import output
from .options import as_of_option, bounds, lang_option, set_of

if TYPE_CHECKING:
    from ..archive import Archive
    from ..reports.charts import Kind

_NAMED = 6
"""Boards that are not drawn, of which so many are named."""


@click.command()
@click.argument("who", metavar="WHO…", nargs=-1)
@click.option(
    "-o",
    "--output",
    "target",
    metavar="FILE",
    required=True,
    type=click.Path(dir_okay=False),
    help="Where to; the name's ending says as what: svg, png, html, json (the Vega-Lite spec).",
)
@click.option(
    "--kind",
    type=click.Choice(["rank", "score", "board", "heatmap"]),
    default="rank",
    show_default=True,
    help="Ranks or scores over time; a board on its last day, of a long one its head and who was asked for; "
    "or a table of places in shades, of up to 36 names.",
)
@click.option("--board", "boards", metavar="GLOB", multiple=True, help="Only these boards; may be repeated.")
@bounds
@as_of_option
@click.option("--every", type=click.Choice(["week", "month"]), help="Only the last snapshot of each.")
@click.option(
    "--all",
    "each",
    is_flag=True,
    help="Every model, not only the best-placed: six, in a table 36 of a board.",
)
@click.option(
    "--among",
    metavar="SET",
    help="Places within a set: open, country:RU, a glob, a name, or a file of names.",
)
@lang_option
@click.option(
    "--width", type=click.IntRange(320, 2400), default=960, show_default=True, help="Pixels; a phone has 390."
)
@click.pass_obj
def chart(
    archive: Archive,
    who: tuple[str, ...],
    target: str,
    kind: Kind,
    boards: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    as_of: datetime | None,
    every: Literal["week", "month"] | None,
    each: bool,
    among: str | None,
    lang: Literal["en", "ru"],
    width: int,
) -> None:
    """Draw where organisations, families, models or country:RU stood.

    At most six of them are coloured, over the others in grey. Of several boards each has a panel, of more
    than six those that tell most. With --kind board every model of WHO is meant, as with --all, and a board
    may stand in the place of WHO. With --as-of, the board as it stood then.
    """
    if not who and not (kind == "board" and boards):
        raise UsageError("Nobody was named.", todo="archiver chart Sber Yandex -o chart.svg")
    drawn = not target.lower().endswith(".json")
    with ahead.standing_by(wanted=drawn):  # before all that takes time to be imported
        from ..answers import freshness
        from ..reports import charts, figures, notes

        form = outputs.form_of(target, charts.FORMATS)  # before any work is done
        picture = archive.chart(
            *who,
            kind=kind,
            boards=boards,
            since=since,
            until=until,
            as_of=as_of,
            every=every,
            all=each,
            among=set_of(among),
            lang=lang,
            width=width,
        )
        picture.begin(form)
        told = list(notes.fresh(freshness(archive.connect(), picture.boards)))  # while it is drawn
        saved = picture.save(target)
    output.say(f"{saved}: {picture.headline}")
    if form == "png" and (lacking := picture.lacking()):
        output.say(f"Drawn as ¤, since the typeface lacks them: {' '.join(lacking)}; svg and html keep them.")
    if left_out := picture.left_out:
        more = ", …" if len(left_out) > _NAMED else ""
        output.say(
            f"Not drawn: {figures.counted(len(left_out), 'board')} (--board chooses): "
            f"{', '.join(left_out[:_NAMED])}{more}"
        )
    for sentence in told:
        output.say(sentence)
