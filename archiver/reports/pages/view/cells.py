"""What tables are made of, whatever form they take, and how figures stand in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from ....records import moment
from ... import figures
from ...texts import Texts
from ..content import Report


class Column(NamedTuple):
    """A column of a table."""

    title: str
    number: bool = False
    tight: bool = False
    """Whether its words stay on one line: dates, and how many places up or down."""


class Cell(NamedTuple):
    """What stands in a table: a text, and what it means beyond its words."""

    text: str
    tone: str = ""
    """`up`, `down`, `new`, `gone`, `lead`, `note`: how it is marked. Words say the same; beside a figure of
    `up` or `down` each form has a mark, and `aloud` has the words."""
    who: int = 0
    """Which of those asked for it belongs to, from 1."""
    below: str = ""
    """A second line, set smaller."""
    course: tuple[int | None, ...] = ()
    """Ranks for a small line."""
    aloud: str = ""
    """What is read aloud in the place of the text."""


@dataclass(frozen=True)
class Table:
    """Rows under a heading. Without rows it is not shown."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]] = field(default_factory=list)

    def filled(self) -> Table:
        """Without the columns in which no cell says anything."""
        kept = [at for at in range(len(self.columns)) if any(row[at] != Cell("") for row in self.rows)]
        return Table([self.columns[at] for at in kept], [[row[at] for at in kept] for row in self.rows])


def place(rank: int | None, of: int | None, say: Texts) -> str:
    """`12 of 44`."""
    if rank is None:
        return say("standing.unranked")
    return f"{rank} {say('standing.of', of=of)}" if of else str(rank)


def who(report: Report, name: str | None) -> int:
    """Which of those asked for a name is, from 1; 0 for none."""
    return report.who.index(name) + 1 if name in report.who else 0


def score(number: float | None, say: Texts) -> str:
    """A score as the tables of boards write it: as many digits as it needs, three at most."""
    return "" if number is None else say.figure(figures.score(number, figures.digits([number])))


def minute(time: datetime | None) -> str:
    """A time in UTC; nothing for none."""
    return moment(time) or ""
