"""The deadline of one exchange, whatever the other side does.

A socket timeout bounds each read, not their sum: a server that drips a byte a second is never late. So each
connection is known to a guard by a second handle (`dup`) of its socket, and a timer shuts the connection
itself down when the time is up. A shutdown wakes a blocked read at once, under TLS and behind a proxy too,
and the second handle cannot have been closed and given to another file meanwhile. What had arrived by then
can still be read, so each read also asks the guard first (`transport`).
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import suppress
from types import TracebackType

from .failure import Failure

_RESET = struct.pack("ii", 1, 0)


class Guard:
    """Ends every connection of one exchange once its time is up. A context manager, used once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []
        self._ends: float | None = None
        self._timer: threading.Timer | None = None
        self.seconds = 0.0
        """The whole time given, once started."""
        self.expired = False
        """The time is up (or the exchange was called off): what was read since is not to be believed."""

    def start(self, seconds: float) -> None:
        """Begins the count; later calls change nothing, so that redirects share one deadline."""
        if self._ends is None:
            self.seconds, self._ends = seconds, time.monotonic() + seconds
            self._timer = threading.Timer(max(seconds, 0.0), self.cut)
            self._timer.daemon = True
            self._timer.start()

    def remaining(self) -> float:
        """Seconds left, never negative. Before the start: 0."""
        return 0.0 if self._ends is None or self.expired else max(0.0, self._ends - time.monotonic())

    def watch(self, connection: socket.socket) -> None:
        """Takes a connection under guard."""
        with self._lock:
            self._watched.append(connection.dup())
        if self.expired:
            self.cut()

    def cut(self) -> None:
        """Shuts every watched connection down, now. Safe from any thread, and more than once."""
        with self._lock:
            self.expired = True
            for handle in self._watched:
                with suppress(OSError):  # it is closed at the other end already
                    # Once closed, it is reset: else a server that pours would wait for a reader for minutes.
                    handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                    handle.shutdown(socket.SHUT_RDWR)

    def late(self, host: str) -> Failure:
        """The failure that an expired guard stands for."""
        return Failure(
            "timeout", f"The exchange with {host} was not done after {self.seconds:g} s.", transient=True
        )

    def __enter__(self) -> Guard:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer.join()
        with self._lock:
            for handle in self._watched:
                handle.close()
            self._watched.clear()
