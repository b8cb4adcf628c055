"""Commands that prove: verify, seal, cite."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .. import outputs
from ..errors import UsageError
from ..reports.figures import counted
from . import output
from .options import as_of_option, sql_option

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
@click.option(
    "--tsa-root",
    "roots",
    metavar="PEM",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Root certificate of the authority that signed HEAD.tsr; may be repeated.",
)
@click.pass_obj
def verify(archive: Archive, against: str | None, roots: tuple[Path, ...]) -> None:
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
            f"unchanged so far: {counted(lines, 'line')} in {counted(len(sealed.heads), 'ledger')}."
        )
        if against is not None and not against.lstrip().startswith("{") and Path(against).is_file():
            _stamps_of(Path(against), roots)


def _told(totals: Totals, damaged: int) -> str:
    gone = f"; {totals.pruned:,} payloads pruned" if totals.pruned else ""
    gone += f"; {totals.lost:,} lines and payloads lost, as repairs recorded" if totals.lost else ""
    return (
        f"{counted(totals.lines, 'ledger line')} and {counted(totals.objects, 'payload')} "
        f"of {counted(totals.sources, 'source')}: "
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
@click.option("--rfc3161", metavar="URL", help="Have it time-stamped there; the answer goes to FILE.tsr.")
@click.option(
    "--opentimestamps", "ots", is_flag=True, help="Have it time-stamped by calendars; the proof: FILE.ots."
)
@click.option(
    "--calendar", "calendars", metavar="URL", multiple=True, help="In place of the public calendars."
)
@click.pass_obj
def seal(
    archive: Archive, target: Path | None, rfc3161: str | None, ots: bool, calendars: tuple[str, ...]
) -> None:
    """Write the head of all ledgers, to be published or time-stamped.

    Whoever holds it can prove later, with `verify --against`, that nothing before it was changed. Time-stamps
    need the extra `seal`; only a digest is sent.
    """
    if target is None and (rfc3161 or ots or calendars):
        raise UsageError("A time-stamp is of a file: name one with -o.", todo="archiver seal -o head.json …")
    made = archive.seal()
    if target is None:
        click.echo(made.text(), nl=False)
    else:
        outputs.put(target, made.text().encode())
        _stamp(target, rfc3161, ots or bool(calendars), calendars)
    lines = sum(head.lines for head in made.heads.values())
    output.say(
        f"{counted(lines, 'line')} of {counted(len(made.heads), 'ledger')}; SHA-256 over all: {made.digest}"
    )


def _stamp(target: Path, rfc3161: str | None, ots: bool, calendars: tuple[str, ...]) -> None:
    from ..capture import stamps

    head = target.read_bytes()
    if rfc3161:
        path = target.with_name(target.name + ".tsr")
        outputs.put(path, stamps.authority(head, rfc3161))
        output.say(f"{path}: time-stamped by {rfc3161}")
    if ots:
        path = target.with_name(target.name + ".ots")
        outputs.put(path, stamps.calendars(head, calendars or stamps.CALENDARS))
        output.say(f"{path}: pending; `ots upgrade` completes it once it is in the chain, in some hours")


def _stamps_of(head: Path, roots: tuple[Path, ...]) -> None:
    """Says what the time-stamps beside a head prove. Raises ArchiverError where one is of other bytes."""
    from ..capture import stamps

    tsr, ots = (head.with_name(head.name + ending) for ending in (".tsr", ".ots"))
    if tsr.is_file():
        found = stamps.token(
            head.read_bytes(), tsr.read_bytes(), str(tsr), [root.read_bytes() for root in roots]
        )
        checked = "signature checked" if found.signed else "signature not checked: give --tsa-root"
        click.echo(f"{tsr}: this head existed on {found.time:%Y-%m-%d %H:%M:%S} UTC ({checked}).")
    if ots.is_file():
        told = stamps.proof(head.read_bytes(), ots.read_bytes(), str(ots))
        where = [f"Bitcoin block {height}" for height in told.blocks] or [
            f"pending at {at}" for at in told.pending
        ]
        click.echo(f"{ots}: {', '.join(where)}; `ots verify` checks it against the chain.")


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
@sql_option
@click.pass_obj
def cite(archive: Archive, board: str, model: str, as_of: datetime | None, form: str, sql: bool) -> None:
    """Cite a rank: board, date, place, address, capture time and digests.

    The statement of --sql gives what the sentence is made of.
    """
    from ..answers.evidence import cited
    from ..reports.cite import FORMS

    if sql:
        output.statement(cited(archive.connect(), board, model, as_of))
        return
    click.echo(FORMS[form](archive.cite(board, model, as_of)), nl=False)
