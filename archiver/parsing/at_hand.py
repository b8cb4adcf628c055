"""Processes that parse, at hand: started before the first payload is there, and kept for the next.

Imports little, so that whoever is about to read payloads can start one before all else.
"""

from __future__ import annotations

import atexit
import threading
from contextlib import suppress

from ..errors import ArchiverError
from .child import Child
from .limits import Limits

LIMITS = Limits()
"""Of a payload, wherever nothing else is said."""

_lock = threading.Lock()
_idle: list[Child] = []


def warm() -> None:
    """Starts a process in advance where none is at hand, and does not wait for it: it is ready by the time
    that the bytes are."""
    with _lock:
        if any(child.alive() and child.limits == LIMITS for child in _idle):
            return
    with suppress(OSError):  # told where a payload needs it
        give_back(Child(LIMITS), fit=True)


def lease(limits: Limits) -> Child:
    """A process with these limits, at hand or new. Raises ArchiverError where none can be started."""
    with _lock:
        for child in [*_idle]:
            if not child.alive():
                _idle.remove(child)
                child.close()
            elif child.limits == limits:
                _idle.remove(child)
                return child
    try:
        return Child(limits)
    except OSError as error:
        raise ArchiverError(
            f"No process can be started to parse payloads: {error}.",
            kept="every payload; the index as it was published before",
            todo="make room for one (memory, processes), then run the same again",
        ) from error


def give_back(child: Child, *, fit: bool) -> None:
    """Keeps a fit process for the next reader, and ends any other."""
    ended = [child]
    with _lock:
        if fit and child.alive():
            atexit.unregister(close_all)
            atexit.register(close_all)
            ended, _idle[:] = [*_idle], [child]
    for one in ended:
        one.close()


def close_all() -> None:
    """Ends those that are at hand."""
    with _lock:
        while _idle:
            _idle.pop().close()
