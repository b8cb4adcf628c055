"""Where answers go: data to standard output in the form asked for, everything else to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

from ..reports import rows as data
from ..reports.text import ascii_only, visible

if TYPE_CHECKING:
    from ..reports.rows import Row
    from ..reports.screen import Screen

_SIGNS = "▲▼…–−±·─"


def form_of(asked: str | None) -> str:
    """The format: the one asked for, else a table on a terminal and plain rows in a pipe."""
    return asked or ("table" if sys.stdout.isatty() else "plain")


def write(form: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Writes rows as data. A table for people is not made here."""
    data.WRITERS[form](sys.stdout, columns, rows)


def statement(text: str) -> None:
    """A statement as a shell takes it: strangers' names stand in it as they are, in quotes."""
    sys.stdout.write(f"{text.strip()};\n")


def say(sentence: str) -> None:
    """A sentence that is not data, on standard error, after the data that came before it."""
    sys.stdout.flush()
    line = visible(sentence)
    sys.stderr.write((ascii_only(line) if shows_ascii_only(sys.stderr) else line) + "\n")


def screen() -> Screen:
    """Standard output as a screen: its width, its colours, its letters."""
    from ..reports.screen import Screen

    return Screen(sys.stdout, _width(), _colours(), shows_ascii_only(sys.stdout))


def _width() -> int | None:
    """$COLUMNS, else the terminal's; in a pipe or a file nothing is cut."""
    asked = os.environ.get("COLUMNS", "")
    if asked.isdecimal() and int(asked) > 0:
        return int(asked)
    if not sys.stdout.isatty():
        return None
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except OSError:
        return 80


def _colours() -> bool:
    """On a terminal that is not dumb, unless $NO_COLOR says no (https://no-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    return sys.stdout.isatty() and os.environ.get("TERM", "") not in {"", "dumb"}


def shows_ascii_only(stream: TextIO) -> bool:
    """Whether the locale or the stream's encoding asks for ASCII."""
    env = os.environ
    locale = env.get("LC_ALL") or env.get("LC_CTYPE") or env.get("LANG") or ""
    if locale in {"C", "POSIX"}:
        return True
    try:
        _SIGNS.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return True
    return False
