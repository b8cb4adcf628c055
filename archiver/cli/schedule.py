"""`archiver schedule`: the daemon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .options import log_options

if TYPE_CHECKING:
    from ..archive import Archive


@click.command()
@log_options(default="info")
@click.pass_obj
def schedule(archive: Archive) -> None:
    """Capture for ever: each source when it is due, in a process of its own.

    What ran, was missed or failed is in the ledger; `archiver status` tells. SIGTERM and Ctrl-C end it within
    ten seconds, SIGHUP reads archiver.toml again. Exit code 75 says that a scheduler runs on this archive.
    """
    archive.schedule()
