"""`archiver demo`: the whole way in a few seconds, on this machine alone."""

from __future__ import annotations

import shlex
import shutil
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from ..records import REASONS
from . import output

if TYPE_CHECKING:
    from ..demo.play import Pass
    from ..records import Capture
    from ..reports.screen import Screen

WHO = ("Sber", "Yandex")
NEXT = (
    ("history Сбер --all", "each of its models; any spelling will do"),
    ("board aider/polyglot/overall --as-of 2025-03-01", "a whole board as it stood on a day"),
    ("explain ru_llm_arena/plain/overall YandexGPT", "the evidence behind a rank"),
    ("history country:RU --format csv", "rows for a spreadsheet"),
    ("gaps", "what is missing, and why"),
)
"""Commands to try on the archive that is left, and what each shows."""
WIDE = 78
"""Columns that the lines of the passes take where they stand under each other."""
_INDENT = " " * 12
"""Under the source of a pass."""
_STYLES = {"stored": "green", "unchanged": "dim", "failed": "yellow"}


@click.command()
@click.argument("directory", metavar="[DIR]", default="archiver-demo", type=click.Path(path_type=Path))
def demo(directory: Path) -> None:
    """Make a small archive to try everything on, without a network.

    A server on this machine plays four publishers from July 2024 to August 2026, with figures that they
    really showed, and a real capture pass takes each day. The archive is left in DIR (./archiver-demo).
    """
    screen = output.screen()
    screen.line("Four publishers, played by a server on this machine: no network is needed.")
    screen.line()
    _collect(screen, directory)
    _answer(screen, directory)
    screen.line()
    screen.line("What to try next", "bold")
    for command, shows in NEXT:
        screen.line(f"# {shows}", "dim")
        click.echo(f"{_program()} {command} --archive {shlex.quote(str(directory))}")


def _collect(screen: Screen, directory: Path) -> None:
    """A line a pass as it ends, and what they came to."""
    from ..demo.play import play

    began, narrow = time.monotonic(), screen.width is not None and screen.width < WIDE
    captures: list[Capture] = []
    for done in play(directory):
        failed = [capture for capture in done.captures if capture.outcome == "failed"]
        screen.line(_line(done, narrow), _STYLES["failed"] if failed else "")
        for capture in failed:
            host, meant = urlsplit(capture.url).hostname, REASONS[capture.reason or ""]
            screen.line(f"{'' if narrow else _INDENT}{host}: {meant}", _STYLES["failed"])
        captures += done.captures
        screen.out.flush()
    counts = Counter[str](capture.outcome for capture in captures)
    came = ", ".join(f"{counts[outcome]} {outcome}" for outcome in _STYLES)
    screen.line()
    screen.line(f"{len(captures)} captures in {time.monotonic() - began:.1f} s: {came}. Kept in {directory}.")
    screen.line()


def _answer(screen: Screen, directory: Path) -> None:
    """What `archiver history Sber Yandex` prints on the archive that is left."""
    from ..archive import Archive
    from .questions import history

    screen.line(f"Where {' and '.join(WHO)} stood", "bold")
    screen.line()
    archive = Archive(directory)
    try:
        history.main([*WHO, "--format", "table"], prog_name="archiver", standalone_mode=False, obj=archive)
    finally:
        archive.close()


def _line(done: Pass, narrow: bool) -> str:
    """One pass: day, source, what came of it, bytes of its payloads."""
    size = sum(capture.size or 0 for capture in done.captures if capture.outcome != "failed")
    source, came, room = done.source, _outcomes(done.captures), (0, 0, 0) if narrow else (12, 38, 7)
    return f"{done.day}  {source:<{room[0]}}  {came:<{room[1]}}  {size:>{room[2]},} bytes"


def _outcomes(captures: Sequence[Capture]) -> str:
    """`1 stored, 2 unchanged (304, same bytes)`: how many of each, and why where it is not plain."""
    parts = []
    for outcome in _STYLES:
        of_it = [capture for capture in captures if capture.outcome == outcome]
        if of_it:
            why = ", ".join(dict.fromkeys(filter(None, map(_why, of_it))))
            number = f"{len(of_it)} " if len(captures) > 1 else ""
            parts.append(number + outcome + (f" ({why})" if why else ""))
    return ", ".join(parts)


def _why(capture: Capture) -> str:
    if capture.outcome == "unchanged":
        return "304" if capture.status == 304 else "same bytes"
    return capture.reason or ""


def _program() -> str:
    """How this program is called here: its bare name where the shell finds it, else as it was typed."""
    typed = Path(sys.argv[0])
    if typed.name != "archiver" or shutil.which("archiver") is not None:
        return "archiver"
    return shlex.quote(sys.argv[0])
