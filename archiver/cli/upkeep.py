"""Commands that keep an archive in shape: repair."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .proofs import head_of

if TYPE_CHECKING:
    from ..archive import Archive

_DIRECTORY = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.option(
    "--from",
    "copies",
    metavar="DIR",
    multiple=True,
    type=_DIRECTORY,
    help="Another archive (a backup, a colleague's) that may hold what is damaged here; may be repeated.",
)
@click.option("--against", metavar="HEAD", help="A head that `archiver seal` wrote, as for `verify`.")
@click.pass_obj
def repair(archive: Archive, copies: tuple[Path, ...], against: str | None) -> None:
    """Put in order what `verify` names; delete nothing, say what is lost.

    What is damaged is set aside in snapshots/SOURCE/quarantine/. A flipped bit is turned back; what a copy
    holds is taken from it. What is lost is recorded in the ledger, and exit code 1 says that something is.
    """
    done = archive.repair(*copies, against=head_of(against) if against is not None else None)
    if not done:
        click.echo("Nothing is damaged.")
    for each in done:
        for sentence in each.did:
            click.echo(f"{each.source}: {sentence}")
    lost, left = sum(each.lost for each in done), sum(each.left for each in done)
    if lost or left:
        click.echo(
            f"{lost} lines and payloads are lost, {left} damages are left. What was damaged is in "
            "quarantine; `archiver repair --from DIR` takes what another archive holds.",
            err=True,
        )
        raise SystemExit(1)
