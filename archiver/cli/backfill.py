"""The command that takes a source's past: older versions from those who kept them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from .operations import say_unread

if TYPE_CHECKING:
    from ..archive import Archive
    from ..backfill import Report


@click.command()
@click.argument("source")
@click.option("--since", metavar="TIME", help="Only versions archived at or after this time, UTC.")
@click.option(
    "--until", metavar="TIME", help="Only versions archived up to this time; a date means all of it."
)
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="At most N versions in this run.")
@click.option(
    "--via",
    type=click.Choice(["git", "wayback", "hub"]),
    help="Only from git histories, the Wayback Machine or the Hugging Face hub. Default: all known.",
)
@click.option(
    "--repo", metavar="PATH|URL", help="A git repository in place of the one that the source names."
)
@click.option(
    "--cache",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where clones are kept between runs. Default: the user's cache folder.",
)
@click.pass_obj
def backfill(
    archive: Archive,
    source: str,
    since: str | None,
    until: str | None,
    limit: int | None,
    via: Literal["git", "wayback", "hub"] | None,
    repo: str | None,
    cache: Path | None,
) -> None:
    """Take older versions of SOURCE, each with the time at which it was archived.

    Run it again to go on: what is held is not fetched twice. Versions that cannot be had or read are named
    and skipped, and the exit code is then 1.
    """
    from ..capture.progress import progress

    with progress() as on_event:
        report = archive.backfill(
            source, since=since, until=until, limit=limit, via=via, repo=repo, cache=cache, on_event=on_event
        )
    _tell(archive, source, report)


def _tell(archive: Archive, source: str, report: Report) -> None:
    for capture in report.captures:
        if capture.outcome == "failed":
            click.echo(f"failed     {source}  {capture.url}  {capture.reason}: {capture.detail}", err=True)
    unread = archive.unread_of(report.captures)
    for payload in unread:
        say_unread(payload)
    for note in report.notes:
        click.echo(f"note       {source}  {note}", err=True)
    for problem in report.problems:
        click.echo(f"problem    {source}  {problem}", err=True)
    for (via, route), outcomes in sorted(_counts(report).items()):
        told = ", ".join(f"{number} {outcome}" for outcome, number in sorted(outcomes.items()))
        click.echo(f"{source}: route {route} via {via}: {told}")
    click.echo(
        f"{source}: {report.listed} versions listed, {report.held} held already, "
        f"{len(report.captures)} taken now, {report.left} left."
    )
    if report.left:
        click.echo("Run the same command again to go on.", err=True)
    if unread or report.problems or any(capture.outcome == "failed" for capture in report.captures):
        raise SystemExit(1)


def _counts(report: Report) -> dict[tuple[str, str], Counter[str]]:
    counts: dict[tuple[str, str], Counter[str]] = {}
    for capture in report.captures:
        counts.setdefault((capture.via, capture.route), Counter())[capture.outcome] += 1
    return counts
