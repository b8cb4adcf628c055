"""Questions about the evidence and the collection: explain, sql, status, parse."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import ArchiverError, ParseFailed, UsageError
from . import output
from .options import as_of_option, format_option, sql_option

if TYPE_CHECKING:
    from ..answers import Evidence
    from ..archive import Archive
    from ..parsing import Read
    from ..records import Finding, Snapshot
    from ..sources import Parser


@click.command()
@click.argument("board", metavar="BOARD")
@click.argument("model", metavar="MODEL")
@as_of_option
@format_option
@sql_option
@click.pass_obj
def explain(
    archive: Archive, board: str, model: str, as_of: datetime | None, form: str | None, sql: bool
) -> None:
    """Print the evidence behind a rank: ledger line, URL, times, digest, excerpt.

    The statement of --sql gives all but the excerpt, which is read from the payload.
    """
    from .. import answers
    from ..answers.evidence import statement

    if sql:
        output.statement(statement(archive.connect(), board, model, as_of))
        return

    form = output.form_of(form)
    found = [
        (evidence, _excerpt(archive, evidence))
        for evidence in answers.explain(archive.connect(), board, model, as_of)
    ]
    if form == "table":
        from ..reports.evidence import print_evidence

        for number, (evidence, excerpt) in enumerate(found):
            if number:
                click.echo()
            print_evidence(output.screen(), evidence, excerpt)
        return
    rows = [{**evidence._asdict(), "excerpt": excerpt} for evidence, excerpt in found]
    output.write(form, list(rows[0]), (list(row.values()) for row in rows))


def _excerpt(archive: Archive, evidence: Evidence) -> str:
    """The piece of the payload; where the bytes cannot be had, that is said and the rest stands."""
    from ..reports.excerpt import Sought, excerpt

    source, _, category = evidence.board.partition("/")
    routes = {route.name: route for route in archive.parser(source).SOURCE.routes}
    try:
        body = archive.store.payload(source, evidence.payload_sha256)
    except ArchiverError as error:
        output.say(f"{error}\nWhat follows is what the index knows; the bytes are not there to prove it.")
        return ""
    words = [word for word in (evidence.variant, category.rpartition("/")[2]) if word]
    if evidence.published_at:
        words.append(f"{evidence.published_at:%Y-%m-%d}")
    media = routes[evidence.route].media if evidence.route in routes else "csv"
    return excerpt(
        body, media, Sought(evidence.model_listed, evidence.rank, evidence.score, evidence.votes, words)
    )


@click.command()
@click.argument("statement", metavar="STATEMENT")
@click.option("--trusted", is_flag=True, help="Your own statement: files, settings, any time and memory.")
@format_option
@click.pass_obj
def sql(archive: Archive, statement: str, trusted: bool, form: str | None) -> None:
    """Ask the index in SQL: reading only, no files, no network.

    Views: rankings, latest, gaps. Macros: rank_history, board_as_of, movers, absence. A STATEMENT of - is
    read from standard input. A question has 7 seconds and 2 GB of memory. With --trusted a statement has no
    bounds and may read and write files, but never the index.
    """
    from .. import answers
    from .warden import confined

    form = output.form_of(form)
    if statement == "-":
        statement = sys.stdin.read()
    if trusted:
        columns, rows = answers.trusted(archive.connect(), statement)
    else:
        with confined(archive) as con:
            columns, rows = answers.sql(con, statement)
    if form != "table":
        output.write(form, columns, rows)
        return
    from ..reports.listing import print_any

    if left_out := print_any(output.screen(), columns, list(rows)):
        output.say(f"No room for: {', '.join(left_out)}. --format csv has every column.")


@click.command()
@click.argument("source", metavar="SOURCE")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", metavar="URL", help="The address that the bytes answer; else the file's name counts.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "json", "csv", "markdown", "table", "plain"]),
    default="jsonl",
    show_default=True,
    help="How entries are written.",
)
@click.option(
    "--against",
    metavar="OLD.jsonl",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What another version of the parser wrote: only what differs is shown, and exit code 1 says so.",
)
@click.pass_obj
def parse(
    archive: Archive, source: str, file: Path, url: str | None, form: str, against: Path | None
) -> None:
    """Read a payload without keeping anything: its entries as JSON lines.

    What was seen on the way is told on standard error. Needs no archive.
    """
    from ..reports.entries import entry_rows
    from ..reports.entry_changes import Difference, differences, read

    old = None if against is None else read(against)
    found = list(_read(archive.parser(source), source, file, url or file.name))
    rows = [row for snapshot, _ in found for row in entry_rows(snapshot)]
    if old is not None:
        changed = [list(each) for each in differences(old, rows)]
        _write(form, list(Difference._fields), changed)
        output.say(f"{len(changed):,} differences among {len(old):,} entries before and {len(rows):,} now.")
        if changed:
            raise SystemExit(1)
        return
    _write(form, list(rows[0]) if rows else [], [list(row.values()) for row in rows])
    for snapshot, findings in found:
        for finding in findings:
            output.say(_told(snapshot, finding))
        excerpt = "" if snapshot.complete else ", an excerpt"
        layout = f", layout {snapshot.layout}" if snapshot.layout else ""
        output.say(f"{snapshot.board}: {len(snapshot.entries):,} entries{excerpt}{layout}")


def _write(form: str, columns: list[str], cells: list[list[object]]) -> None:
    from ..reports.listing import print_any

    if form == "table":
        print_any(output.screen(), columns, cells)
    else:
        output.write(form, columns, cells)


def _read(parser: Parser, source: str, file: Path, url: str) -> Iterator[Read]:
    """The snapshots of a file. Raises ParseFailed where it is not the board, or not all of it."""
    from ..formats.sniff import inspect
    from ..parsing import reading
    from ..records import Payload

    route = parser.SOURCE.route_of(url)
    if route is None:
        known = "\n".join(f"  {each.name}: {each.pattern}" for each in parser.SOURCE.routes)
        raise UsageError(
            f"No route of {parser.SOURCE.title} serves {url!r}. Its routes match:\n{known}",
            todo="give the address that the bytes answer with --url",
        )
    body = file.read_bytes()
    if wrong := inspect(body, route.media):
        raise ParseFailed(f"{file}: {wrong[0]}: {wrong[1]}")
    with reading() as reader:
        for portion in reader.one(source, parser, Payload(body, url)):
            yield from portion.snapshots()


def _told(snapshot: Snapshot, finding: Finding) -> str:
    return f"{snapshot.board}: {finding.severity} {finding.code}: {finding.sentence}"
