"""The process that parses: it reads requests, and answers each with portions and an end.

    request   {"url", "source" or "parser": bytes of a pickle}, then that pickle and the payload
    answer    {"ready"} once; for each request any number of {"shown"} with columns, then {"end": why or null}

It is started anew (not forked) by the process that loads: it holds no connection, no key and no lock of its
parent, and what is done to it is gone with it.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import cast

from .. import sources
from ..checks import check
from ..errors import ParseFailed
from ..records import Payload
from . import cage, frames, limits
from .portions import Read, portions, written

_LARGE = 256 << 20
"""Bytes of memory with which it ends itself: what one large payload took is not kept for the small ones."""
_LITTER = 4 << 20
"""Bytes of payloads after which circles of garbage are looked for that they left."""
_LONGEST = 2000
"""Characters of a reason."""


def main(given: Sequence[float]) -> None:
    """Serves requests on standard input until it is closed. given: the values of `Limits`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to act on
    bounds = limits.Limits(*map(int, given))
    requests, answers = _pipes()
    _prepare(bounds)
    frames.write(answers, frames.framed({"ready": True}, 0))
    os.dup2(1, 2)  # until here it could say why it cannot start
    unswept = 0
    while (head := frames.read(requests, frames.HEAD.size)) is not None:
        said, rest = (frames.read(requests, size) for size in frames.HEAD.unpack(head))
        if said is None or rest is None:
            return
        limits.allow(bounds)
        why, spent = _answer(answers, frames.heard(said), memoryview(rest), bounds)
        _told(answers, frames.framed({"end": why, "last": spent}, 0))
        if spent:
            return
        unswept += len(rest)
        del said, rest
        if unswept > _LITTER:
            gc.collect(0)  # to look at all that was imported would take longer than to read most payloads
            unswept = 0


def _pipes() -> tuple[int, int]:
    """The pipes, away from where a parser's `print` would go."""
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    return requests, answers


class _Unneeded:
    """A finder that finds nothing: pyarrow looks for these where they are installed, and takes a second."""

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> None:
        if name in ("numpy", "pandas"):
            raise ModuleNotFoundError(name)


def _prepare(bounds: limits.Limits) -> None:
    sys.meta_path.insert(0, _Unneeded())
    import pyarrow as pa
    import pyarrow.compute  # every payload needs it: let it be there before the first comes

    # Each thread sets memory aside for itself, which counts.
    pa.set_cpu_count(2)
    pa.set_io_thread_count(1)
    cage.shut()
    limits.bound(bounds)
    # What is there now stays: no collection need look at it again. (While it came, none did: `child._MAIN`.)
    gc.freeze()


def _answer(
    answers: int, said: dict[str, object], rest: memoryview, bounds: limits.Limits
) -> tuple[str | None, bool]:
    """Says what a payload holds; returns why it could not be read to its end, and whether this process had
    better not go on."""
    spent = False
    why: str | None = None
    try:
        size = int(str(said["parser"]))
        parser = _parser(said["source"], rest[:size])
        for portion in portions(_read(parser, Payload(bytes(rest[size:]), str(said["url"])))):
            shown, body = written(portion)
            _told(answers, frames.framed({"shown": shown}, body.size), memoryview(body))
    except ParseFailed as error:
        why = error.what
    except MemoryError:
        why, spent = f"reading it took more than {bounds.memory >> 20} MB of memory", True
    except BaseException as error:  # noqa: BLE001  # the one place that keeps a parser's slip to its own payload
        why = f"the parser stumbled: {type(error).__name__}: {error}"
    return why and why[:_LONGEST].encode(errors="backslashreplace").decode(), spent or limits.held() > _LARGE


def _told(answers: int, *parts: bytes | memoryview) -> None:
    """Answers, or ends this process at once: after half a frame, whatever else it said would be taken for the
    rest of it, and waited for."""
    try:
        for part in parts:
            frames.write(answers, part)
    except OSError:
        os._exit(limits.UNHEARD)


def _parser(name: object, pickled: memoryview) -> sources.Parser:
    """A source of the package by its name, or one of the archive's owner as the parent has it."""
    return _unpickled(bytes(pickled)) if pickled else sources.load(str(name))


@lru_cache(1)
def _unpickled(pickled: bytes) -> sources.Parser:
    return cast(sources.Parser, pickle.loads(pickled))  # noqa: S301  # of the parent's own making


def _read(parser: sources.Parser, payload: Payload) -> Iterator[Read]:
    """The snapshots of a payload with what the checks found. Raises `ParseFailed`, also for none at all."""
    some = False
    for snapshot in sources.parse(parser, payload):
        some = True
        yield snapshot, check(snapshot, parser.SOURCE.board(snapshot.board))
    if not some:
        raise ParseFailed("no board was found in the payload")
