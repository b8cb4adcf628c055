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
from itertools import zip_longest
from typing import Literal, NamedTuple, Protocol, cast

from ..errors import ParseFailed, UnknownName
from ..formats import ranking
from ..records import Payload, Snapshot

Media = Literal["parquet", "html", "csv", "json", "yaml", "markdown", "event-stream", "gzip", "zip", "pickle"]
"""What a route serves. `gzip`: a file that is packed by itself, not by the transfer. `zip`: an archive of
text files, or one of them taken out of it. `pickle`: see `PICKLES`."""


@dataclass(frozen=True, slots=True)
class Request:
    """One address to ask. `json` makes it a POST of that value."""

    url: str
    json: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


Discovery = Callable[[], Generator[Request, bytes, Sequence[Request]]]
"""Finds what to capture where no fixed URL tells: yields requests, is sent each body, returns the requests
whose replies are the payloads. Pure: it asks for bytes, it does not get them."""


class Key(NamedTuple):
    """An API key of the user's own. It is sent as a header to the route's own site and recorded nowhere."""

    variable: str
    """The environment variable that holds it."""
    header: str
    prefix: str = ""
    """What stands before it in the header, as `Bearer `."""


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
    key: Key | None = None
    """Needed for a capture; without it the route is skipped, which is said. A route with a key has fixed
    `captures`: a discovery could lead to another site."""

    def owns(self, url: str) -> bool:
        return re.fullmatch(self.pattern, url) is not None


@dataclass(frozen=True, slots=True)
class GitFile:
    """The past of a file in a public git repository: every version on its main line, renames followed."""

    repository: str
    """What `git clone` takes: `https://github.com/Aider-AI/aider`."""
    path: str
    """The file's path today, or a glob (`docs/table_*.csv`): then each file that ever matched it."""
    route: str
    """The route whose parser reads it."""
    url: str = ""
    """What a version is recorded under where its raw URL, pinned to the commit, is none of the route's (an
    older name of the file, a host without raw URLs): the address that the publisher serves the file at.
    `{name}` stands for the file's own name."""
    branch: str = ""
    """The line that the publisher serves from, where that is not the repository's default."""


@dataclass(frozen=True, slots=True)
class WaybackUrl:
    """The past of one address in the Internet Archive's Wayback Machine."""

    url: str
    route: str


@dataclass(frozen=True, slots=True)
class HubFile:
    """The past of a file in a Hugging Face repository: its revisions."""

    repository: str
    """`lmarena-ai/leaderboard-dataset`"""
    kind: Literal["dataset", "space"]
    path: str
    """The file's path, or a glob: then each file that matches it, revision by revision."""
    route: str
    whole: bool = False
    """True for a file that holds its own past: its newest revision alone is taken, whatever time is asked."""
    url: str = ""
    """What a revision is recorded under where its own address is none of the route's."""


History = GitFile | WaybackUrl | HubFile
"""Where older versions of what a route captures are kept by somebody else."""


FACTS = Route(name="facts", media="csv", pattern=ranking.PATTERN)
"""Every source's last route: its boards as facts in the archive's own ranking format, taken from what was
recorded elsewhere. Answers use it only for times that the source's own routes lack."""


PICKLES = Route(name="pickle", media="pickle", pattern=r"[^?#]+\.(?i:pkl|pickle)(?:[?#].*)?")
"""Of every source too: what Python has pickled (Arena's Elo results of 2023 to 2025 are). A pickle is a
program that whoever opens it runs, so its bytes are kept, and nothing here ever does."""
_PICKLED = re.compile(rb"\x80[\x02-\x05].*\.", re.DOTALL)
"""How a pickle begins and ends since protocol 2 (pickletools: PROTO, STOP)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What is known in advance of the boards whose names match a glob."""

    title: str
    metric: str
    higher_is_better: bool = True
    rows: tuple[int, int] = (2, 5000)
    """Fewest and most rows that a sound snapshot has; outside of it the snapshot is held."""
    reported: bool = False
    """True where the press or a paper said it and nobody captured it: answers say so beside it."""


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
    history: Sequence[History] = ()
    """Where `backfill` finds the past. A version there is the same publisher's file at another time, so it
    belongs to the route that captures the file today."""

    def route_of(self, url: str) -> Route | None:
        """The route that a URL (or file name) belongs to, `FACTS` and `PICKLES` among them, or None."""
        return next((route for route in (FACTS, *self.routes, PICKLES) if route.owns(url)), None)

    def board(self, name: str) -> Board | None:
        """The facts of a board, or None for one that the source does not declare."""
        return next((facts for glob, facts in self.boards.items() if fnmatchcase(name, glob)), None)

    def title_of(self, name: str) -> str:
        """What a board is called. Where a glob stands for many, with the parts of its name that tell it from
        the others, `Arena, Text: hard prompts`; its name where the source does not declare it."""
        for glob, facts in self.boards.items():
            if fnmatchcase(name, glob):
                parts = zip_longest(name.split("/"), (part.rstrip("*") for part in glob.split("/")))
                own = [part for part, known in parts if part not in {known, "overall"}]
                told = ", ".join(_HYPHEN.sub(" ", part) for part in own if part)
                between = ", " if ": " in facts.title else ": "
                return f"{facts.title}{between}{told}" if told else facts.title
        return name


_HYPHEN = re.compile("(?<=[a-z])-(?=[a-z])")
"""Between two words, not in a date or a number."""


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


def parse(parser: Parser, payload: Payload) -> Iterator[Snapshot]:
    """The boards of a payload: facts by the reader of the ranking format, all else by the source itself.

    Raises `ParseFailed`, also for facts of a board that the source does not declare, and for a pickle.
    """
    if PICKLES.owns(payload.url) or _PICKLED.fullmatch(payload.body):
        raise ParseFailed("a pickle is a program, not data: it is kept, and never opened")
    if FACTS.owns(payload.url):
        return ranking.read(payload.body, parser.SOURCE.board)
    return parser.parse(payload)


@dataclass(frozen=True, slots=True)
class Catalog:
    """The sources of one archive: those of this folder, and its owner's own definitions."""

    own: Mapping[str, Parser] = field(default_factory=dict)
    """Name → definition; none has the name of a source of this folder."""

    def names(self) -> tuple[str, ...]:
        """All source names, sorted."""
        return tuple(sorted({*names(), *self.own}))

    def load(self, name: str) -> Parser:
        """A source. Raises `UnknownName`."""
        if name in self.own:
            return self.own[name]
        if name not in names():
            raise UnknownName("source", name, self.names())
        return load(name)


BUILT_IN = Catalog()
"""The sources of this folder alone."""
