"""The archive's lock, held as long as any of the daemon's threads needs it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager


class Hold:
    """Taken by the first thread that enters, given back by the last that leaves."""

    def __init__(
        self, lock: Callable[[], AbstractContextManager[None]], on_free: Callable[[], object]
    ) -> None:
        """lock: of the archive; raises `ArchiveBusy`. on_free: called each time before it is given back."""
        self._lock, self._on_free = lock, on_free
        self._mutex = threading.Lock()
        self._stack = ExitStack()
        self._threads = 0

    @property
    def threads(self) -> int:
        """How many hold it now."""
        return self._threads

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Holds the archive. Raises `ArchiveBusy` where another run does."""
        with self._mutex:
            if not self._threads:
                self._stack.enter_context(self._lock())
            self._threads += 1
        try:
            yield
        finally:
            with self._mutex:
                self._threads -= 1
                if not self._threads:
                    self._on_free()
                    self._stack.close()
