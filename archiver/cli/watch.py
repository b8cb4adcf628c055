"""`--watch`: an answer on a terminal that is asked again whenever the index is replaced."""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import wraps
from typing import TYPE_CHECKING, Any, TextIO

import click

from ..errors import ArchiverError, UsageError
from ..moments import moment
from ..reports.text import visible
from . import interrupt, output
from .options import Command

if TYPE_CHECKING:
    from pathlib import Path

    from ..archive import Archive

PERIOD = 0.5
"""Seconds between two looks at the index: one `stat`, and the size of the terminal."""
_ENTER, _LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
"""The terminal's other screen, without a cursor, and back."""
_HOME, _REST_OF_LINE, _REST = "\x1b[H", "\x1b[K", "\x1b[J"


def watch_option(command: Command) -> Command:
    """--watch; it stands right above a command that takes the archive first."""

    @wraps(command)
    def watched(archive: Archive, /, *words: Any, watch: bool, **options: Any) -> Any:
        if not watch:
            return command(archive, *words, **options)
        _must_be_a_table(options)
        follow(archive, lambda: command(archive, *words, **options))
        return None

    option = click.option("--watch", is_flag=True, help="Stay, and ask again when the index is replaced.")
    decorated: Command = option(watched)  # type: ignore[assignment]  # as it was, and watched
    return decorated


def _must_be_a_table(options: Mapping[str, Any]) -> None:
    if options.get("sql"):
        raise UsageError("--watch asks again and again, --sql prints one statement.", todo="leave one out")
    if options.get("where"):
        raise UsageError(
            "--watch does not take --where: a condition is computed once, within walls.",
            todo="leave one of them out",
        )
    if options.get("form") not in (None, "table") or not sys.stdout.isatty():
        raise UsageError(
            "--watch redraws a table, and needs a terminal for it: this output goes elsewhere.",
            todo="leave it out; in a script, ask again when archive.duckdb is another file",
        )


class _Frame(io.StringIO):
    """Takes what is drawn, and says of itself what the terminal says."""

    def __init__(self, terminal: TextIO) -> None:
        super().__init__()
        self._terminal = terminal

    @property
    def encoding(self) -> str:  # type: ignore[override]  # a StringIO has none
        return self._terminal.encoding

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._terminal.fileno()


def follow(archive: Archive, draw: Callable[[], object]) -> None:
    """Draws, and draws again when the index is replaced or the terminal is resized, until Ctrl-C.

    draw: prints an answer. What fails at first is raised; what fails later is shown, and followed further.
    """
    terminal = sys.stdout
    seen = _state(archive.index, terminal)
    frame = _drawn(archive, draw, terminal)
    try:
        with _other_screen(terminal) as screen:
            while True:
                _show(terminal, frame, archive, screen=screen)
                while _state(archive.index, terminal) == seen:
                    time.sleep(PERIOD)
                seen = _state(archive.index, terminal)
                try:
                    frame = _drawn(archive, draw, terminal)
                except ArchiverError as error:
                    frame = visible(str(error)) + "\n"
    except KeyboardInterrupt:
        pass  # the way in which this ends
    except ArchiverError:
        if not interrupt.was_asked():
            raise
    terminal.write(frame)


def _state(index: Path, terminal: TextIO) -> tuple[object, ...]:
    """What a new drawing is made for: another file, or another size of the terminal."""
    size = os.get_terminal_size(terminal.fileno())
    try:
        file = index.stat()
    except OSError:
        return (size,)
    return (size, file.st_ino, file.st_mtime_ns, file.st_size)


def _drawn(archive: Archive, draw: Callable[[], object], terminal: TextIO) -> str:
    """The answer, its sentences beside it, from the index that is there now."""
    archive.close()
    frame = _Frame(terminal)
    with redirect_stdout(frame), redirect_stderr(frame):
        draw()
    return frame.getvalue()


@contextmanager
def _other_screen(terminal: TextIO) -> Iterator[bool]:
    """The terminal's other screen where it has one, left again whatever happens."""
    if os.environ.get("TERM", "") in {"", "dumb"}:
        yield False
        return
    terminal.write(_ENTER)
    try:
        yield True
    finally:
        terminal.write(_LEAVE)
        terminal.flush()


def _show(terminal: TextIO, frame: str, archive: Archive, *, screen: bool) -> None:
    """One frame in one piece, as much of it as the terminal is high."""
    now = moment(archive.now().replace(microsecond=0))
    asked = f"Ctrl-C ends. Asked {now}, again when the index is replaced."
    lines = frame.rstrip("\n").split("\n")
    if not screen:
        terminal.write(f"{frame}{asked}\n\n")
        terminal.flush()
        return
    room = max(1, os.get_terminal_size(terminal.fileno()).lines - 1)
    if len(lines) > room:
        left = len(lines) - room + 1
        ellipsis = "..." if output.shows_ascii_only(terminal) else "…"
        lines = [*lines[: room - 1], f"{ellipsis} {left:,} more lines"]
    columns = os.get_terminal_size(terminal.fileno()).columns
    terminal.write(_HOME + "".join(f"{line}{_REST_OF_LINE}\n" for line in lines))
    terminal.write(f"{asked[: columns - 1]}{_REST_OF_LINE}{_REST}")
    terminal.flush()
