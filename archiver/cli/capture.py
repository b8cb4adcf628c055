"""`archiver capture`: one pass, by hand or by cron."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from ..errors import ArchiverError
from .operations import finish
from .options import SPAN, log_options
from .output import say

if TYPE_CHECKING:
    from ..archive import Archive
    from ..capture.sweep import Left
    from ..fetching import Skipped
    from ..records import Capture, Slot


@click.command()
@click.argument("sources", metavar="[SOURCE]…", nargs=-1)
@click.option(
    "--due",
    is_flag=True,
    help="Only what is due by each source's schedule, and silent when all is well: for cron.",
)
@click.option(
    "--deadline",
    type=SPAN,
    metavar="SPAN",
    help="No request starts after this time (90s, 15m); what is left out is named. "
    "Default: none; with --due, pass_deadline of archiver.toml.",
)
@log_options(default="warning")
@click.pass_obj
def capture(archive: Archive, sources: tuple[str, ...], due: bool, deadline: timedelta | None) -> None:
    """Capture once, load, publish: what cron calls.

    Takes every source, or those named. Each attempt is in the ledger, failed ones too; exit code 1 says that
    one failed or was left out, 75 that another run holds the archive.
    """
    from ..capture.progress import progress

    skipped: list[Skipped] = []
    left: list[Left] = []
    with progress() as on_event:
        attempts = archive.capture(
            *sources,
            due=due,
            deadline=deadline,
            on_event=on_event,
            on_skip=skipped.append,
            on_left=left.append,
            on_slot=_log,
        )
    if not due:
        for each in skipped:
            say(f"skipped    {each.source}  its route {each.route} {each.why}")
    _report([attempt for attempt in attempts if attempt.outcome == "failed" or not due], left, quiet=due)
    if archive.config.notify.targets or archive.config.notify.heartbeat:
        _tell(archive)
    if attempts or not due:
        finish(attempts, archive.unread_of(attempts))
    if left:
        raise SystemExit(1)


def _report(attempts: Sequence[Capture], left: Sequence[Left], *, quiet: bool) -> None:
    """The attempts, on standard error where the pass is silent when all is well; and what was left out."""
    for attempt in attempts:
        if quiet:
            say(_attempt(attempt))
        else:
            click.echo(_attempt(attempt))
    for one in left:
        say(f"left out   {one.source}  {one.url or one.route}  its turn came too late; it is due again")


def _attempt(attempt: Capture) -> str:
    what = f"{attempt.reason}: {attempt.detail}" if attempt.reason else f"{attempt.size or 0:,} bytes"
    return f"{attempt.outcome:<9}  {attempt.source}  {attempt.url}  {what}"


def _tell(archive: Archive) -> None:
    """After the pass, and never in its way: what fails to be told is told by the next."""
    try:
        failed = archive.tell().failed
    except ArchiverError as error:
        say(str(error))
    else:
        if failed:
            say(f"not told   {', '.join(failed)}: tried again after the next pass")


def _log(slot: Slot) -> None:
    from ..schedule.telling import tell

    tell(slot)
