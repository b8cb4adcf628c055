"""`archiver init`: an archive of one's own, with what is known already or with nothing."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--empty", is_flag=True, help="Without the starter history.")
def init(directory: Path, empty: bool) -> None:
    """Start an archive in DIR, with the history of the boards since 2023.

    The starter history is what is known of the boards as facts, each with its source; snapshots/NOTICE.md
    says whose data it is. An example of archiver.toml is written where there is none.
    """
    from .. import config, starter

    fresh = starter.begin(directory, empty=empty)
    click.echo(f"{directory} is an archive, {'empty' if empty else 'with the starter history'}.", err=True)
    if fresh:
        click.echo(f"{directory / config.FILE} shows what can be set; nothing need be.", err=True)
    click.echo(
        f"Next: archiver --archive {directory} {'capture' if empty else 'history Sber Yandex'}", err=True
    )
