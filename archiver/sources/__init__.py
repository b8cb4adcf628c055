"""Publishers, one module each, found by file name: a few facts and one pure function.

A module holds `SOURCE = Source(…)` and `parse(payload) -> Iterator[Snapshot]`. It imports records and
formats only; it knows no network, disk, database or clock. `parse` raises `ParseFailed` where the bytes are
not the whole board: zero rows are a lie until proven.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from fnmatch import fnmatchcase
from functools import cache
from typing import Literal, Protocol, cast

from ..errors import UnknownName
from ..records import Payload, Snapshot

Media = Literal["parquet", "html", "csv", "json", "yaml", "markdown", "event-stream", "gzip"]
"""What a route serves. `gzip`: a file that is packed by itself, not by the transfer."""


@dataclass(frozen=True, slots=True)
class Request:
    """One address to ask. `json` makes it a POST of that value."""

    url: str
    json: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


Discovery = Callable[[], Generator[Request, bytes, Sequence[Request]]]
"""Finds what to capture where no fixed URL tells: yields requests, is sent each body, returns the requests
whose replies are the payloads. Pure: it asks for bytes, it does not get them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way to a source's boards."""

    name: str
    media: Media
    pattern: str
    """Regular expression that a URL (or a file's name, where no URL is known) of this route fully matches."""
    captures: Sequence[str] = ()
    """The URLs of one pass."""
    discover: Discovery | None = None
    robots: bool = False
    """True for pages made for people: robots.txt is obeyed. Files and APIs made for programs need none."""

    def owns(self, url: str) -> bool:
        return re.fullmatch(self.pattern, url) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What is known in advance of the boards whose names match a glob."""

    title: str
    metric: str
    higher_is_better: bool = True
    rows: tuple[int, int] = (2, 5000)
    """Fewest and most rows that a sound snapshot has; outside of it the snapshot is held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The facts of one publisher."""

    title: str
    homepage: str
    license: str
    """Licence of the data, as the publisher states it."""
    attribution: str
    """The line that a reuse of the data prints."""
    routes: Sequence[Route]
    """In order of preference: answers take a later one only for times that the earlier ones lack."""
    boards: Mapping[str, Board]
    """Board name or glob → facts; the first match counts."""
    cadence: timedelta
    """How often a capture is worth it."""
    version: int
    """Of the parser. Raise it when `parse` reads the same bytes differently: payloads are then read again."""
    proven: bool = True
    """False where no recording exists, so that the parser is written from descriptions."""
    quirks: Sequence[str] = ()
    """What a reader of this board must know, one sentence each."""

    def route_of(self, url: str) -> Route | None:
        """The route that a URL (or file name) belongs to, or None."""
        return next((route for route in self.routes if route.owns(url)), None)

    def board(self, name: str) -> Board | None:
        """The facts of a board, or None for one that the source does not declare."""
        return next((facts for glob, facts in self.boards.items() if fnmatchcase(name, glob)), None)


class Parser(Protocol):
    """What a source module offers."""

    SOURCE: Source

    def parse(self, payload: Payload) -> Iterator[Snapshot]:
        """The boards that a payload shows. Raises `ParseFailed`."""
        ...


@cache
def names() -> tuple[str, ...]:
    """All source names, sorted: the files of this folder."""
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in found if not name.startswith("_")))


def load(name: str) -> Parser:
    """The module of a source. Raises `UnknownName`."""
    if name not in names():
        raise UnknownName("source", name, names())
    return cast(Parser, importlib.import_module(f"{__name__}.{name}"))
