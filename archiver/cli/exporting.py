"""`archiver export`: rows, rank events and captures in the forms that other programs read."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from ..reports.figures import counted
from . import output
from .options import bounds

if TYPE_CHECKING:
    from ..archive import Archive

_FILE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("names", metavar="[WHO | SOURCE]…", nargs=-1)
@click.option(
    "--parquet", metavar="DIR", type=_FOLDER, help="A data package of Parquet files by source and year."
)
@click.option("--csv", metavar="DIR", type=_FOLDER, help="A data package of one CSV file a source.")
@click.option("--feed", metavar="FILE", type=_FILE, help="An Atom feed of rank events; WHO narrows it.")
@click.option(
    "--warc",
    metavar="FILE",
    type=_FILE,
    help="The captures as WARC, gzipped where the name ends in .gz; SOURCE narrows it.",
)
@click.option("--board", "boards", metavar="GLOB", multiple=True, help="Only these boards; may be repeated.")
@bounds
@click.pass_obj
def export(
    archive: Archive,
    names: tuple[str, ...],
    parquet: Path | None,
    csv: Path | None,
    feed: Path | None,
    warc: Path | None,
    boards: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
) -> None:
    """Hand the archive on: data packages, a feed of rank events, a web archive.

    A data package (Frictionless) carries licence, attribution, checksums and the meaning of each column
    beside the rows. Several forms may be asked for at once.
    """
    if not (parquet or csv or feed or warc):
        raise UsageError("Say as what.", todo="archiver export --parquet boards/")
    if names and (parquet or csv):
        raise UsageError("A data package takes no names.", todo='choose its rows with --board "arena/*"')
    if boards and warc:
        raise UsageError("--warc takes captures, which are of no one board.", todo="name sources instead")
    for folder, form in ((parquet, "parquet"), (csv, "csv")):
        if folder:
            done = archive.export(folder, form, boards=boards, since=since, until=until)  # type: ignore[arg-type]  # one of the two forms
            rows = f"{counted(done.rows, 'row')} in {counted(done.files, 'file')}"
            output.say(f"{folder}: {rows}, {done.bytes / 1e6:,.1f} MB.")
    if feed:
        told = archive.feed(feed, *names, boards=boards, since=since, until=until)
        output.say(f"{feed}: {counted(told, 'rank event')}.")
    if warc:
        written = archive.export_warc(warc, *names, since=since, until=until)
        output.say(
            f"{warc}: {counted(written.captures, 'capture')}: "
            f"{counted(written.responses, 'body', 'bodies')}, {counted(written.revisits, 'revisit')}, "
            f"{counted(written.without_body, 'attempt')} without a body."
        )
