"""`archiver notify` and `archiver doctor`: who is told what, and whether all is in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from ..reports.text import visible
from . import output
from .options import log_options

if TYPE_CHECKING:
    from ..archive import Archive
    from ..watching import Told

_SIGNS = {"ok": "ok   ", "note": "note ", "wrong": "WRONG"}


@click.command()
@click.option("--test", is_flag=True, help="Send a line to every target now, to see that it arrives.")
@click.option("--quiet", is_flag=True, help="Say nothing where all is well: for cron and the daemon.")
@log_options(default="warning")
@click.pass_obj
def notify(archive: Archive, test: bool, quiet: bool) -> None:
    """Tell the targets of archiver.toml what is new: rank news, and trouble of the collection.

    Captures do this by themselves; each event is told once. What a target does not take is sent again. The
    first round only takes note of what is. Exit code 1 says that a target failed.
    """
    settings = archive.config.notify
    if not (settings.targets or settings.heartbeat):
        raise UsageError(
            "archiver.toml names nobody to tell.", todo="write [notify.targets], [notify] and [watch] there"
        )
    told = archive.test_targets() if test else archive.tell()
    if not quiet:
        _summarise(told)
    if told.failed:
        output.say(f"Did not take their letter, and are asked again: {', '.join(told.failed)}.")
        raise SystemExit(1)


def _summarise(told: Told) -> None:
    output.say(
        f"{told.news} rank events, {told.troubles} new troubles, {told.over} over; "
        f"{told.sent} letters sent, {told.waiting} wait."
    )
    if told.unconfirmed:
        output.say(f"{told.unconfirmed} models are gone from a board; a second capture has to confirm it.")


@click.command()
@click.option("--offline", is_flag=True, help="Leave out what asks the network.")
@click.pass_obj
def doctor(archive: Archive, offline: bool) -> None:
    """Look at configuration, rights, disk, ledgers, index, clock and network; say what to do.

    Exit code 1 says that something is wrong.
    """
    from ..doctor import examine

    wrong = False
    for check in examine(archive, network=not offline):
        wrong = wrong or check.state == "wrong"
        click.echo(f"{_SIGNS[check.state]}  {check.name:<14} {visible(check.said)}")
        if check.todo:
            click.echo(f"       {'':<14} To do: {visible(check.todo)}")
    if wrong:
        raise SystemExit(1)
