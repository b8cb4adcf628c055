"""Commands that change an archive or prove it: import, rebuild, held, release, reject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from ..errors import UsageError
from ..records import utc
from . import output
from .options import format_option, sql_option

if TYPE_CHECKING:
    from datetime import datetime

    from ..answers import Unread
    from ..archive import Archive
    from ..ingest import Recording, Taken
    from ..records import Capture


def finish(attempts: Iterable[Capture], unread: Iterable[Unread]) -> None:
    """Tells what is kept but could not be read, and exits 1 where anything failed."""
    failed = any(attempt.outcome == "failed" for attempt in attempts)
    for payload in unread:
        failed = True
        say_unread(payload)
    if failed:
        raise SystemExit(1)


def say_unread(payload: Unread) -> None:
    """Tells that a payload is kept, why it could not be read, and what reads it again."""
    click.echo(f"unread     {payload.source}  {payload.url}  {payload.error}", err=True)
    who = "the next load" if payload.ended else "a newer parser"
    click.echo(f"           Kept: {payload.payload_sha256}; {who} reads it again.", err=True)


@click.command(name="import")
@click.argument(
    "words", metavar="SOURCE FILE… | --manifest INDEX.tsv [SOURCE]… | --warc FILE [SOURCE]…", nargs=-1
)
@click.option(
    "--at",
    metavar="TIME",
    help="When the bytes were got, UTC; else the file's modification time. "
    "Of a manifest: where it does not say when; else such a file is not taken.",
)
@click.option("--url", metavar="URL", help="The address that the bytes answer; else the file's name counts.")
@click.option(
    "--manifest",
    metavar="INDEX.tsv",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A tab-separated table of recordings: source, captured_at, url, file (relative to it).",
)
@click.option(
    "--warc",
    "web_archives",
    metavar="FILE",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A WARC file, of `export --warc` or of another web archive; may be repeated.",
)
@click.pass_obj
def import_(
    archive: Archive,
    words: tuple[str, ...],
    at: str | None,
    url: str | None,
    manifest: Path | None,
    web_archives: tuple[Path, ...],
) -> None:
    """Take recorded payloads, a second way in beside HTTP.

    Each file that is not taken is named with the reason. The same capture is never taken twice.
    """
    from .. import ingest

    if url and (manifest or web_archives):
        raise UsageError("--manifest and --warc say each file's URL: leave out --url.")
    if at and web_archives:
        raise UsageError("--warc says each capture's time: leave out --at.")
    if manifest and web_archives:
        raise UsageError("--manifest and --warc are two ways in: name one of them.")
    if web_archives:
        taken = archive.take_warc(web_archives, *words)
    elif manifest is not None:
        found, refused = ingest.manifest(manifest, words, archive.catalog, _time(at))
        taken = refused + archive.take(found)
    else:
        taken = archive.take(_named(archive, words, at, url))
    for each in taken:
        if each.capture is None:
            click.echo(f"not taken  {each.recording.name}: {each.why_not}", err=True)
        elif each.capture.outcome == "failed":
            click.echo(
                f"failed     {each.recording.name}: {each.capture.reason}: {each.capture.detail}", err=True
            )
    for line in _counts(taken):
        click.echo(line)
    captures = [each.capture for each in taken if each.capture]
    finish(captures, archive.unread_of(captures))


def _named(archive: Archive, words: tuple[str, ...], at: str | None, url: str | None) -> list[Recording]:
    from .. import ingest

    if len(words) < 2:
        raise UsageError("Name a source and its files: archiver import SOURCE FILE…")
    source, *files = words
    return ingest.recordings(source, map(Path, files), _time(at), url, archive.catalog)


def _time(at: str | None) -> datetime | None:
    try:
        return utc(at) if at else None
    except ValueError as error:
        raise UsageError(
            f"--at {at!r} is not a time.", todo="write 2025-04-09 or 2025-04-09T12:00:00Z"
        ) from error


def _counts(taken: Iterable[Taken]) -> Iterator[str]:
    """One line a source: how many recordings became what."""
    counts: dict[str, Counter[str]] = {}
    for each in taken:
        what = each.capture.outcome if each.capture else "held already" if each.held_already else "not taken"
        counts.setdefault(each.recording.source, Counter())[what] += 1
    for source, outcomes in sorted(counts.items()):
        yield f"{source}: " + ", ".join(f"{number} {what}" for what, number in sorted(outcomes.items()))


@click.command()
@click.option("--diff", is_flag=True, help="Publish nothing: say what a rebuild would change (exit code 1).")
@format_option
@click.pass_obj
def rebuild(archive: Archive, diff: bool, form: str | None) -> None:
    """Make the index anew from snapshots/ alone.

    With --diff it is made beside the published one, compared with it and thrown away.
    """
    if diff:
        _difference(archive, form)
        return
    if form:
        raise UsageError("--format is for --diff: a rebuild by itself prints no rows.")
    done = archive.rebuild()
    click.echo(f"{done.rows:,} entries in {done.seconds:.1f} s, {done.bytes / 1e6:.1f} MB: {archive.index}")
    finish((), archive.unread())


def _difference(archive: Archive, form: str | None) -> None:
    from ..database import Difference
    from ..reports.listing import REBUILT, print_listing

    found = archive.rebuild_difference()
    form = output.form_of(form)
    columns = list(Difference._fields)
    joined = [(*each[:3], "; ".join(each.examples)) for each in found]
    if form == "table":
        print_listing(output.screen(), columns, joined, REBUILT)
    else:
        output.write(form, columns, found if form in ("json", "jsonl") else joined)
    if not found:
        output.say("A rebuild would change nothing. Nothing was published.")
        return
    output.say("Nothing was published: `archiver rebuild` does it.")
    raise SystemExit(1)


@click.command()
@format_option
@sql_option
@click.pass_obj
def held(archive: Archive, form: str | None, sql: bool) -> None:
    """List what the checks hold back, with the reason."""
    from ..answers import Held, waiting
    from ..reports.listing import HELD, print_listing

    if sql:
        output.statement(waiting.HELD)
        return
    rows = archive.held()
    form = output.form_of(form)
    if form == "table":
        print_listing(output.screen(), list(Held._fields), rows, HELD)
    else:
        output.write(form, list(Held._fields), rows)
    if not rows:
        output.say("Nothing is held.")
        return
    output.say(f"{len(rows)} held: kept, queryable, out of the answers. Settle one with")
    output.say('`archiver release ID --because "…"` or `archiver reject ID --because "…"`.')


@click.command()
@click.argument("snapshot_id", metavar="ID")
@click.option("--because", required=True, help="The reason, for those who ask later.")
@click.pass_obj
def release(archive: Archive, snapshot_id: str, because: str) -> None:
    """Let a held snapshot into the answers."""
    _decide(archive, snapshot_id, "released", because)


@click.command()
@click.argument("snapshot_id", metavar="ID")
@click.option("--because", required=True, help="The reason, for those who ask later.")
@click.pass_obj
def reject(archive: Archive, snapshot_id: str, because: str) -> None:
    """Keep a snapshot out of the answers for good."""
    _decide(archive, snapshot_id, "rejected", because)


def _decide(
    archive: Archive, snapshot_id: str, verdict: Literal["released", "rejected"], because: str
) -> None:
    decision = archive.decide(snapshot_id, verdict, because)
    click.echo(f"{verdict} {decision.board}: ledger line {decision.decision_id[:16]}")
