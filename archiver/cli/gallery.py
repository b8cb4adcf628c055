"""`archiver gallery`: every chart, page and table in one folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..reports.figures import counted
from . import output

if TYPE_CHECKING:
    from ..archive import Archive


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
def gallery(archive: Archive, folder: Path) -> None:
    """Make every chart, report and table from this archive, with an index page to look at.

    Files of the same names in DIR are replaced, others are left alone.
    """
    from ..reports.gallery import build

    shown = build(archive.connect(), folder, lambda what: output.say(f"left out: {what}"))
    files = sum(len(each.files) for each in shown) + 1
    output.say(f"{folder / 'index.html'}: {counted(len(shown), 'exhibit')} in {counted(files, 'file')}")
