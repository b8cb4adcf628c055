"""Payloads read while more of them are fetched and stored: by the time that the index asks, they are read.

with Ahead() as ahead:
    for …:                                   # a payload that was kept
        ahead.feed(key, ask, size)
    if ahead.has(key):                       # else it was not fed, or had no room: read it as usual
        portions = ahead.portions(key)
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from queue import SimpleQueue
from types import TracebackType
from typing import NamedTuple, Self

from ..errors import ArchiverError, DamagedArchive, ParseFailed
from . import columns
from .portions import Portion
from .reader import Ask, Reader, reading

ROOM = 128 << 20
"""Bytes of payloads and of what was read from them that may wait; what comes beyond is read in its turn."""


class _Fed(NamedTuple):
    key: Hashable
    ask: Ask
    size: int


_Result = list[Portion] | ParseFailed | DamagedArchive

Met = Callable[[str, Portion], object]
"""Is told of each portion, in the thread that reads ahead: its source, and what was read."""


class Ahead:
    """Reads payloads in a thread of its own, which mostly waits for the process that does the work."""

    def __init__(self, met: Met = lambda _source, _portion: None, room: int = ROOM) -> None:
        """Starts nothing before the first payload is fed."""
        self._met, self._left = met, room
        self._queue: SimpleQueue[_Fed | None] = SimpleQueue()
        self._changed = threading.Condition()
        self._coming: set[Hashable] = set()
        self._results: dict[Hashable, _Result] = {}
        self._thread: threading.Thread | None = None
        self._reader: Reader | None = None
        self._broken: ArchiverError | None = None
        self._over = self._dropped = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._dropped = True
        self._end()
        while (running := self._thread) is not None:
            if error is not None and self._reader is not None:
                self._reader.interrupt()  # nobody will ask for what it is busy with
            running.join(0.1)

    def feed(self, key: Hashable, ask: Ask, size: int) -> None:
        """Has a payload of so many bytes read, where there is room for it."""
        with self._changed:
            if self._over or key in self._coming or size > self._left:
                return
            self._left -= size
            self._coming.add(key)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="reading ahead", daemon=True)
            self._thread.start()
        self._queue.put(_Fed(key, ask, size))

    def has(self, key: Hashable) -> bool:
        """Whether a payload is being read, or was, and was not asked for yet."""
        return key in self._coming

    def portions(self, key: Hashable) -> Iterator[Portion]:
        """What a payload says, once it is read, as `Reader.each` gives it. Of a key that `has` knows, once.

        Nothing more can be fed then. Raises ArchiverError where no process could be started.
        """
        self._end()
        with self._changed:
            self._coming.remove(key)
            self._changed.wait_for(lambda: key in self._results or self._thread is None)
            if key not in self._results:
                raise self._broken or RuntimeError("what reads ahead ended before its work")
            return _given(self._results.pop(key))

    def _end(self) -> None:
        if not self._over:
            self._over = True
            self._queue.put(None)

    def _run(self) -> None:
        fed: deque[_Fed] = deque()
        try:
            columns.schema()  # what answers are taken apart with is there when the first of them comes
            with reading() as reader:
                self._reader = reader
                for portions in reader.each(self._asks(fed)):
                    one = fed.popleft()
                    result = self._taken(one.ask.source, portions)
                    size = sum(portion.rows.nbytes for portion in result) if isinstance(result, list) else 0
                    with self._changed:
                        self._left += one.size - size
                        self._results[one.key] = result
                        self._changed.notify_all()
        except ArchiverError as error:  # no process can be started
            self._broken = error
        finally:
            with self._changed:
                self._thread = None
                self._changed.notify_all()

    def _asks(self, fed: deque[_Fed]) -> Iterator[Ask]:
        while not self._dropped and (one := self._queue.get()) is not None:
            fed.append(one)
            yield one.ask

    def _taken(self, source: str, portions: Iterator[Portion]) -> _Result:
        taken: list[Portion] = []
        try:
            for portion in portions:
                taken.append(portion)
                self._met(source, portion)
        except (ParseFailed, DamagedArchive) as error:
            return error
        return taken


def _given(result: _Result) -> Iterator[Portion]:
    if not isinstance(result, list):
        raise result
    yield from result
