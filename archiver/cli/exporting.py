"""`archiver export`: rows, rank events and captures in the forms that other programs read."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from . import output
from .options import bounds

if TYPE_CHECKING:
    from ..archive import Archive

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("sources", metavar="[SOURCE]…", nargs=-1)
@click.option(
    "--warc", metavar="FILE", type=_FILE, help="The captures as WARC; compressed where it ends in .gz."
)
@bounds
@click.pass_obj
def export(
    archive: Archive,
    sources: tuple[str, ...],
    warc: Path | None,
    since: datetime | None,
    until: datetime | None,
) -> None:
    """Hand the archive on: as a data package, a feed of rank events, or a web archive."""
    if warc is None:
        raise UsageError("Say as what.", todo="archiver export --warc captures.warc.gz")
    written = archive.export_warc(warc, *sources, since=since, until=until)
    output.say(
        f"{warc}: {written.captures:,} captures: {written.responses:,} bodies, "
        f"{written.revisits:,} revisits, {written.without_body:,} attempts without a body."
    )
