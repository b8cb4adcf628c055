"""Commands that keep an archive in shape: repair, compact, prune, merge."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..reports.figures import counted
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


@click.command()
@click.pass_obj
def compact(archive: Archive) -> None:
    """Lay deltas anew in the order of time, and write the index anew.

    No byte of a payload changes; each new object is proved before it takes the place of the old one.
    """
    with _counting("compacting") as tick:
        done = archive.compact(tick)
    for each in done:
        passed = f", {each.passed_over} passed over (see `archiver verify`)" if each.passed_over else ""
        click.echo(
            f"{each.source}: {each.rewritten:,} of {counted(each.payloads, 'object')} written anew, "
            f"{each.before:,} bytes before, {each.after:,} after{passed}"
        )
    if any(each.passed_over for each in done):
        raise SystemExit(1)


@click.command()
@click.option("--dry-run", "dry", is_flag=True, help="Only say what would go.")
@click.pass_obj
def prune(archive: Archive, dry: bool) -> None:
    """Give up bytes that add no snapshot, if archiver.toml has a policy.

    What goes are payloads that say, entry for entry, what an earlier one of the same address says. Every
    distinct snapshot stays, and the ledger says what went and what stands for it.
    """
    found = archive.prune(dry=dry)
    for one in found:
        click.echo(f"{one.source}: payload {one.payload_sha256} says what {one.kept_sha256} says")
    what = "to prune" if dry else "pruned"
    kept = "Nothing to prune: no payload that old only repeats what another of its address says."
    click.echo(f"{counted(len(found), 'payload')} {what}." if found else kept, err=True)


@click.command()
@click.argument("other", metavar="DIR", type=_DIRECTORY)
@click.pass_obj
def merge(archive: Archive, other: Path) -> None:
    """Bring in all that the archive in DIR holds; DIR is only read.

    Merging again changes nothing, and merging the other way round gives the same. A ledger that two
    collectors wrote under one name is refused, with what to do.
    """
    with _counting("merging") as tick:
        done = archive.merge(other, tick)
    for each in done:
        missing = f", {each.missing} payloads are missing in both" if each.missing else ""
        came = f"{counted(each.lines, 'line')} and {counted(each.payloads, 'payload')} brought"
        click.echo(f"{each.source}: {came}{missing}")
    if not done:
        click.echo("Nothing is new.")
    if any(each.missing for each in done):
        raise SystemExit(1)


@contextmanager
def _counting(what: str) -> Iterator[Callable[[str], None]]:
    """A count of payloads on a terminal."""
    if not sys.stderr.isatty():
        yield lambda _source: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn

    shown = TextColumn("{task.description}: {task.completed:,.0f} payloads")
    with Progress(SpinnerColumn(), shown, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda source: bar.update(task, advance=1, description=f"{what} {source}")
