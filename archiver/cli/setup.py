"""`archiver setup`: files for whatever is to start the captures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .output import say

if TYPE_CHECKING:
    from ..archive import Archive


@click.command()
@click.argument(
    "kind", type=click.Choice(("cron", "systemd", "github-actions", "docker", "kubernetes")), metavar="KIND"
)
@click.option(
    "-o",
    "--output",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the files into this folder instead of printing them.",
)
@click.option(
    "--package",
    metavar="REQUIREMENT",
    help="What pip installs on the other machine. Default: this version; in a checkout, the checkout.",
)
@click.pass_obj
def setup(archive: Archive, kind: str, folder: Path | None, package: str | None) -> None:
    """Print ready files for this archive: cron, systemd, github-actions, docker or kubernetes.

    They capture what is due by each source's schedule. Nothing is installed.
    """
    from ..schedule.setup import NEXT

    files = archive.setup(kind, package)
    if folder is None:
        for file in files:
            if len(files) > 1:
                click.echo(f"# ==== {file.name} ====")
            click.echo(file.text, nl=False)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            (folder / file.name).write_text(file.text, "utf-8")
            say(f"{folder / file.name} is written.")
    say(NEXT[kind])
