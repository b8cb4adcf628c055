"""Commands that prove: verify, seal, cite."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from . import output
from .options import as_of_option

if TYPE_CHECKING:
    from ..archive import Archive
    from ..store import Totals
    from ..store.seal import Seal


@click.command()
@click.option(
    "--against",
    metavar="HEAD",
    help="A head that `archiver seal` wrote (a file, - or the text): the ledgers must still begin with it.",
)
@click.pass_obj
def verify(archive: Archive, against: str | None) -> None:
    """Prove every byte: recompute all digests and ledger chains.

    Names each damaged object, changes nothing, and exits 1 where there is one.
    """
    from ..store import Totals

    sealed = head_of(against) if against is not None else None
    totals = Totals()
    damaged = 0
    for damage in archive.verify(totals, sealed):
        click.echo(str(damage), err=damage.note)
        damaged += not damage.note
    click.echo(_told(totals, damaged), err=bool(damaged))
    if damaged:
        raise SystemExit(1)
    if sealed:
        lines = sum(head.lines for head in sealed.heads.values())
        click.echo(
            f"The head of {sealed.at:%Y-%m-%d %H:%M} UTC ({sealed.digest}) is a prefix of today's ledgers: "
            f"its {lines:,} lines in {len(sealed.heads):,} ledgers stand unchanged."
        )


def _told(totals: Totals, damaged: int) -> str:
    gone = f"; {totals.pruned:,} payloads pruned" if totals.pruned else ""
    gone += f"; {totals.lost:,} lines and payloads lost, as repairs recorded" if totals.lost else ""
    return (
        f"{totals.lines:,} ledger lines and {totals.objects:,} payloads of {totals.sources} sources: "
        f"{totals.payload_bytes / 1e6:,.1f} MB as received, "
        f"{totals.stored_bytes / 1e6:,.1f} MB on disk{gone}: "
        + (f"{damaged} damaged." if damaged else "all sound.")
    )


def head_of(given: str) -> Seal:
    """The sealed head that a file, standard input (`-`) or the text itself gives. Raises `UsageError`."""
    from ..store.seal import parse

    if given == "-":
        return parse(sys.stdin.read(), "standard input")
    if given.lstrip().startswith("{"):
        return parse(given, "the head given")
    try:
        return parse(Path(given).read_text("utf-8"), given)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"The head {given} cannot be read: {error}.", todo="name a file that `archiver seal` wrote"
        ) from error


@click.command()
@click.option(
    "-o",
    "--output",
    "target",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to; default: standard output.",
)
@click.pass_obj
def seal(archive: Archive, target: Path | None) -> None:
    """Write the head of all ledgers, to be published or time-stamped.

    Whoever holds it can prove later, with `verify --against`, that nothing before it was changed.
    """
    made = archive.seal()
    if target is None:
        click.echo(made.text(), nl=False)
    else:
        target.write_text(made.text(), "utf-8")
    lines = sum(head.lines for head in made.heads.values())
    output.say(f"{lines:,} lines of {len(made.heads):,} ledgers; SHA-256 over all: {made.digest}")


@click.command()
@click.argument("board", metavar="BOARD")
@click.argument("model", metavar="MODEL")
@as_of_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "bibtex", "csl-json"]),
    default="text",
    show_default=True,
    help="A sentence, the same in Markdown, or an entry for reference managers.",
)
@click.pass_obj
def cite(archive: Archive, board: str, model: str, as_of: datetime | None, form: str) -> None:
    """Cite a rank: board, date, place, address, capture time and digests."""
    from ..reports.cite import FORMS

    click.echo(FORMS[form](archive.cite(board, model, as_of)), nl=False)
