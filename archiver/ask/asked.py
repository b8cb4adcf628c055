"""A question taken apart: whom, on which boards, when, and what is asked of them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from ..errors import UsageError
from . import vocabulary as words
from .dates import When, when
from .naming import Name, countries, names
from .places import Held, Place, newest, places
from .text import Text

if TYPE_CHECKING:
    import duckdb

ALONE = ("boards", "sources", "held", "status")
"""Phrases that are a command by themselves."""
ABILITIES = (
    "archiver history WHO… (where someone stood)",
    "archiver board BOARD (who was on a board)",
    "archiver standing WHO… (best and worst, days in the top)",
    "archiver movers BOARD (what changed)",
    "archiver find TEXT (names and boards)",
)
"""What can be asked, for those whose question was not understood."""
_STRICT = {"first", "best", "lasted", "ahead"}
"""Phrases that count only where no other rule reads their words: not in `first quarter`, `last 30 days`."""
_BOARDS = """
    SELECT b.board, min(s.time), max(s.time)
    FROM boards AS b LEFT JOIN snapshots AS s ON s.board = b.board AND s.preferred
    GROUP BY b.board
"""


@dataclass(slots=True)
class Asked:
    """What the rules found in a question."""

    text: Text
    when: When
    who: list[Name]
    places: list[Place]
    boards: Mapping[str, Held]
    among: str = ""
    top: int | None = None
    place: tuple[int, int | None] | None = None
    """One place, and of how many."""
    said: set[str] = field(default_factory=set)
    """Names of the phrases that stand in the question."""
    taken: dict[str, list[str]] = field(default_factory=dict)
    """Phrase → its words, as far as no other rule read them."""

    def board(self, at: int = 0) -> str:
        """The one board that is meant. Raises UsageError where none is named or none matches."""
        if len(self.places) <= at:
            raise self.refused(
                "On which board?", "name one, as in “on the arena”; `archiver boards` lists them"
            )
        last = self.when.two or self.when.one
        by = last.end if last and self.when.role != "since" else None
        found = newest(self.places[at].glob, self.boards, by)
        if found is None:
            what = f"The archive holds no board {self.places[at].glob} ({self.places[at].said!r})."
            raise UsageError(what, todo="`archiver boards` lists those that it holds")
        return found

    def refused(self, what: str, hint: str = "") -> UsageError:
        """What was not understood, and the nearest things that can be asked with what was."""
        near = []
        if self.who:
            on = f" --board {shlex.quote(self.places[0].glob)}" if self.places else ""
            near.append(f"archiver history {shlex.join(name.who for name in self.who)}{on}")
        if self.places and "*" not in self.places[0].glob:
            near.append(f"archiver board {self.places[0].glob}")
        can = "; ".join(near or ABILITIES)
        return UsageError(what, todo=f"{hint}; or: {can}" if hint else can)


def taken_apart(con: duckdb.DuckDBPyConnection, text: Text, today: date) -> Asked:
    """Each rule takes its words, the narrow ones before the wide.

    con: the index, whose names and boards count. Raises UsageError for what is no date or place.
    """
    boards = {board: Held(first, last) for board, first, last in con.execute(_BOARDS).fetchall()}
    whole = Text(text.norm)  # phrases share words with names and boards
    said = {name for name, form in words.PHRASES.items() if name not in _STRICT and whole.look(form)}
    for name in ALONE:
        text.take(words.PHRASES[name])
    time = when(text, today)
    top = text.take(words.TOP)
    place = text.take(words.PLACE)
    found = places(text, boards)
    cannot = [name for name, (form, _) in words.CANNOT.items() if text.take(form)]
    who = names(con, text)
    who += [each for each in countries(text) if each.who not in {name.who for name in who}]
    asked = Asked(text, time, who, found, boards, said=said, top=words.number(top) if top else None)
    asked.place = words.place(place) if place else None
    if cannot:
        raise asked.refused(words.CANNOT[cannot[0]][1])
    if text.take(words.OPEN):
        asked.among = "open"
    for name, form in words.PHRASES.items():
        while match := text.take(form):
            asked.said.add(name)
            asked.taken.setdefault(name, []).append(match[0])
    return asked
