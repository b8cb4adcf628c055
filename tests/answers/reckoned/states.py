"""The questions once more, reckoned in plain Python from what is said of them: slow, short, and no SQL.

`test_reckoned.py` puts both to the same made-up boards. A rule is written here as a reader of the README and
of the macros' comments understands it; where the two differ, one of them is wrong.

Here: boards with all their states, and who stood where.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from math import inf
from typing import NamedTuple


@dataclass(frozen=True)
class Line:
    """One line of a board, as listed."""

    position: int
    listed: str
    maker: str | None
    variant: str | None
    rank: int | None
    spread: tuple[int | None, int | None]
    score: float | None
    interval: tuple[float | None, float | None]
    competitor: bool

    @property
    def order(self) -> tuple[float, int]:
        return (inf if self.rank is None else self.rank, self.position)


@dataclass(frozen=True)
class Shot:
    """One snapshot."""

    id: str
    board: str
    time: datetime
    captured: datetime
    last_seen: datetime
    complete: bool
    preferred: bool
    held: bool
    of: int | None
    content: int

    @property
    def last_first(self) -> tuple[float, str]:
        return (-self.captured.timestamp(), self.id)


class Known(NamedTuple):
    """What the registry says of a name as listed."""

    model: str | None
    family: str | None
    organization: str | None
    country: str | None


@dataclass
class World:
    """Boards with all their states."""

    higher: dict[str, bool]
    names: dict[tuple[str, str, str | None], Known]
    contents: dict[int, list[Line]] = field(default_factory=dict)
    shots: list[Shot] = field(default_factory=list)

    def known(self, board: str, line: Line) -> Known:
        return self.names[board.split("/")[0], line.listed, line.maker]

    def model(self, board: str, line: Line) -> str:
        return self.known(board, line).model or line.listed

    def of(self, board: str) -> list[Shot]:
        """The snapshots of a board that answers use, in their order."""
        found = [shot for shot in self.shots if shot.board == board and shot.preferred]
        return sorted(found, key=lambda shot: (shot.time, shot.captured, shot.id))

    def one_a_time(self, board: str, until: datetime | None = None, *, whole: bool = False) -> list[Shot]:
        """Of several for one time the complete one, then the one captured last."""
        usable = [
            shot
            for shot in self.of(board)
            if (until is None or shot.time <= until) and (shot.complete or not whole)
        ]
        return [
            min(same, key=lambda shot: (not shot.complete, shot.last_first))
            for _, same in groupby(usable, key=lambda shot: shot.time)
        ]

    def at(self, board: str, time: datetime, *, whole: bool = False) -> Shot | None:
        """The last snapshot by a time; of several for it, the one captured last."""
        then = [shot for shot in self.of(board) if shot.time <= time and (shot.complete or not whole)]
        return min(then, key=lambda shot: (-shot.time.timestamp(), shot.last_first), default=None)


Asked = tuple[str, Callable[[Known], bool]]
"""Whom a word means: how answers call them, and which names are theirs."""


def on_boards(world: World, asked: Sequence[Asked]) -> list[str]:
    """The boards on which anyone asked for was ever listed."""
    return sorted(
        {
            shot.board
            for shot in world.shots
            for line in world.contents[shot.content]
            if any(theirs(world.known(shot.board, line)) for _, theirs in asked)
        }
    )


def history(
    world: World, asked: Sequence[Asked], since: datetime | None, until: datetime | None, *, each: bool
) -> Iterator[tuple[Shot, str, Line | None]]:
    """A line where listed, None where a complete snapshot proves the absence."""
    for board in on_boards(world, asked):
        for shot in world.of(board):
            if (since and shot.time < since) or (until and shot.time > until):
                continue
            for who, theirs in asked:
                lines = [line for line in world.contents[shot.content] if theirs(world.known(board, line))]
                lines.sort(key=lambda line: line.order)
                for line in lines if each else lines[:1]:
                    yield shot, who, line
                if not lines and shot.complete:
                    yield shot, who, None
