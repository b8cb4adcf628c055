"""Payloads given to the process that parses, one after the other, and their portions as they come back."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from ..errors import DamagedArchive, ParseFailed
from ..records import Payload
from . import at_hand
from .child import Child, Gone
from .frames import Garbled
from .limits import Limits
from .portions import Portion, understood

if TYPE_CHECKING:
    from ..sources import Parser


class Ask(NamedTuple):
    """A payload to be read."""

    source: str
    parser: Parser
    payload: Callable[[], Payload]
    """Gets the bytes when their turn comes. A `DamagedArchive` that it raises comes with the portions."""


class _Request(NamedTuple):
    source: str
    pickled: bytes
    """The parser, empty where it is a module of the package."""
    payload: Payload | DamagedArchive


@contextmanager
def reading(limits: Limits | None = None) -> Iterator[Reader]:
    """A reader of payloads. Its process is started when the first is read, unless one is at hand (`warm`),
    and kept for the next reader; limits (default: `at_hand.LIMITS`) are of each payload."""
    reader = Reader(limits or at_hand.LIMITS)
    try:
        yield reader
    finally:
        reader.close()


AHEAD = 1 << 20
"""Bytes of payloads that are asked for at once: as many as a pipe takes."""


class Reader:
    """Reads payloads in another process; made by `reading`. One thread at a time."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._child: Child | None = None
        self._asked: list[_Request] = []
        """What the process has been asked and not yet answered to its end."""
        self._parser: Parser | None = None
        self._pickled = b""

    def each(self, asks: Iterable[Ask]) -> Iterator[Iterator[Portion]]:
        """The portions of each payload, as they are read, in the order of the asks.

        An iterator of portions raises ParseFailed where the payload cannot be read, whatever became of the
        process, or DamagedArchive where its bytes cannot be had. What of it is not taken is passed over.
        Raises ArchiverError where no process can be started.
        """
        for request in self._ahead(iter(asks)):
            portions = self._portions(request)
            yield portions
            with suppress(ParseFailed, DamagedArchive):
                for _ in portions:
                    pass

    def one(self, source: str, parser: Parser, payload: Payload) -> Iterator[Portion]:
        """The portions of one payload. Raises as those of `each`."""
        for portions in self.each([Ask(source, parser, lambda: payload)]):
            yield from portions

    def interrupt(self) -> None:
        """From another thread: ends the process, so that the payload at hand fails at once."""
        if (child := self._child) is not None:
            child.interrupt()

    def close(self) -> None:
        """Gives the process back; one that is still busy is ended."""
        if self._child is not None:
            at_hand.give_back(self._child, fit=not self._asked)
        self._child, self._asked = None, []

    def _ahead(self, asks: Iterator[Ask]) -> Iterator[_Request]:
        """Each payload in its turn, once those after it are asked for too: the next one, whatever its size,
        and more while they are small, so that the process has work while its answers are taken."""
        coming: deque[_Request] = deque()
        while request := self._next(asks):
            coming.append(request)
            if len(coming) > 1 and sum(map(_size, coming)) > AHEAD:
                yield coming.popleft()
        yield from coming

    def _next(self, asks: Iterator[Ask]) -> _Request | None:
        """Gets the next payload and asks for it."""
        ask = next(asks, None)
        if ask is None:
            return None
        pickled = self._parcel(ask.parser)
        try:
            request = _Request(ask.source, pickled, ask.payload())
        except DamagedArchive as error:
            return _Request(ask.source, pickled, error)
        self._asked.append(request)
        if self._child is not None:
            _ask(self._child, request)
        return request

    def _parcel(self, parser: Parser) -> bytes:
        """A parser for its way to the process; most payloads have that of the one before."""
        if parser is not self._parser:
            self._parser = parser
            self._pickled = b"" if isinstance(parser, ModuleType) else pickle.dumps(parser)
        return self._pickled

    def _portions(self, request: _Request) -> Iterator[Portion]:
        if isinstance(request.payload, DamagedArchive):
            raise request.payload
        if self._child is None:
            self._start()
        size = 0
        said, body = self._answer(first=True)
        while "end" not in said:
            size += len(body)
            yield self._understood(said, body, size)
            said, body = self._answer()
        self._asked.remove(request)
        if said.get("last"):
            self._end()
        if why := said["end"]:
            raise ParseFailed(str(why))

    def _answer(self, *, first: bool = False) -> tuple[dict[str, object], bytearray]:
        if self._child is None:
            raise ParseFailed("the process that read it is gone")
        if first:
            self._child.begin()
        try:
            return self._child.answer()
        except Gone as gone:
            raise self._lost(str(gone), ended=gone.ended) from gone

    def _understood(self, said: dict[str, object], body: bytearray, size: int) -> Portion:
        if size > self._limits.answer:
            raise self._lost(f"more was read from it than {self._limits.answer >> 20} MB")
        try:
            return understood(said.get("shown"), body)
        except Garbled as error:
            raise self._lost(f"the process that read it spoke out of turn ({error})") from error

    def _lost(self, why: str, *, ended: bool = False) -> ParseFailed:
        """Ends the process that failed the payload at hand; what was asked after that is asked again."""
        del self._asked[0]
        self._end()
        return ParseFailed(why, ended=ended)

    def _start(self) -> None:
        self._child = at_hand.lease(self._limits)
        for request in self._asked:
            _ask(self._child, request)

    def _end(self) -> None:
        if self._child is not None:
            self._child.close()
            self._child = None


def _size(request: _Request) -> int:
    return len(request.payload.body) if isinstance(request.payload, Payload) else 0


def _ask(child: Child, request: _Request) -> None:
    if isinstance(request.payload, Payload):
        child.ask(request.source, request.pickled, request.payload.url, request.payload.body)
