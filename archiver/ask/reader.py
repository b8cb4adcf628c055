"""From a question to the command that answers it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ..answers.names import nearest, resembled
from ..errors import UsageError
from . import vocabulary as words
from .asked import ABILITIES, Asked, taken_apart
from .bounds import as_of, between
from .commands import about, command, unheeded
from .text import Text

if TYPE_CHECKING:
    import duckdb


_WEIGHTY = {
    "time": "times are written “since March 2024”, “in summer 2025”, “two weeks ago”, “before 2025”",
    "measure": "what no command answers `archiver sql` does; `archiver schema` tells the columns",
}
"""The hint where a word is left that changes the question."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What was read in a question."""

    arguments: tuple[str, ...]
    """Of the command line: `("history", "Sber", "Yandex")`."""
    saw: tuple[str, ...]
    """What each part was taken for, in sentences for people."""
    unread: tuple[str, ...] = ()
    """Words that no rule read, or that the command does not answer; the answer leaves them out."""
    picture: bool = False
    """A picture was asked for: `archiver chart` takes the same arguments."""
    about: str = ""
    """What is asked of the command: of `standing` one of `commands.STANDING`; of `history` and `overtakes`
    `order`, where it is who of two stood above the other; of `sql` `leaders` in turn, `reigns` in days of
    all, or the longest `unbroken` one."""
    board: str = ""
    """The board of `leaders`, `reigns` and `unbroken`."""
    since: date | None = None
    """From when on leaders are asked for."""
    top: int | None = None
    """The first places that are asked of a board."""
    lang: str = "en"
    """In which language: `en` or `ru`."""

    @property
    def command(self) -> str:
        """The command as a shell takes it."""
        return shlex.join(("archiver", *self.arguments))


def understand(con: duckdb.DuckDBPyConnection, question: str, today: date) -> Understood:
    """The command that a question asks for, and what was read in it.

    con: the index, whose names and boards count. today: what `last month` is measured from.
    Raises UsageError, which says what was not understood and the nearest that can be asked.
    """
    text = Text(question)
    if not text.words:
        raise UsageError("Nothing was asked.", todo="; ".join(ABILITIES))
    asked = taken_apart(con, text, today)
    unread = _unread(con, asked)
    arguments = command(asked)
    left = (*unread, *unheeded(asked, arguments))
    lang = "ru" if words.RUSSIAN.search(text.norm) else "en"
    of = about(asked, arguments[0])
    saw = tuple(_saw(asked, arguments))
    board = asked.board() if of in {"leaders", "reigns", "unbroken"} else ""
    since = asked.when.one.start if asked.when.one and asked.when.role != "until" else None
    picture = "picture" in asked.said and arguments[0] == "history"
    return Understood(tuple(arguments), saw, left, picture, of, board, since, asked.top, lang)


def _saw(asked: Asked, arguments: list[str]) -> Iterator[str]:
    for name in asked.who:
        kind = "as listed" if name.kind == "listed" else name.kind
        yield f"{name.said} is {name.who} ({kind})" if name.said != name.who else f"{name.who} ({kind})"
    for place in asked.places:
        yield f"{place.said} is the board {place.glob}"
    if asked.when.said:
        yield f"{asked.when.said} is {' '.join(between(asked.when) or as_of(asked.when)).replace('--', '')}"
    if asked.place:
        rank, of = asked.place
        yield f"place {rank} of {of}" if of else f"place {rank}"
    elif "--where" in arguments:
        yield f"the first {asked.top} of the board"
    elif "--top" in arguments:
        count = arguments[arguments.index("--top") + 1]
        yield "the first place" if count == "1" else f"the first {count}"
    if asked.among:
        yield f"among models that are {asked.among}"


def _unread(con: duckdb.DuckDBPyConnection, asked: Asked) -> tuple[str, ...]:
    """The words that no rule took. Raises UsageError where one may be a name or a date, or they are many."""
    text = asked.text
    left = [word.raw for word in text.free() if not words.is_plain(word.raw)]
    risky = [
        word
        for number, word in enumerate(left)
        if _is_name(word, first=word == text.words[0].raw and not number)
        or words.weight(word)
        or words.is_category(word)
        or resembled(con, word)
    ]
    if risky or len(left) > max(2, len(text.words) // 3):
        shown = risky or left
        near = tuple(dict.fromkeys(each for word in shown if word.isalpha() for each in nearest(con, word)))
        hint = f"the nearest known names: {', '.join(near[:5])}" if near else ""
        if any(words.is_category(word) for word in shown):
            hint = "a category is one of a board: “math on LiveBench”; `archiver boards` lists them"
        hint = next((_WEIGHTY[weight] for word in shown if (weight := words.weight(word))), hint)
        raise asked.refused(f"Not understood: {', '.join(shown)}.", hint)
    return tuple(left)


def _is_name(word: str, *, first: bool) -> bool:
    return any(character.isdigit() for character in word) or (word[:1].isupper() and not first)
