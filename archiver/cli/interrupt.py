"""Ctrl-C while DuckDB computes.

Python runs its handlers between its own steps, and DuckDB comes back to them between chunks: a long query
can keep both waiting for minutes. A question only reads, and a killed load leaves the index as it was, so a
process that does not stop by itself within `PATIENCE` is ended.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

PATIENCE = 1.0
"""Seconds that the ordinary way, KeyboardInterrupt, is given."""
EXIT_CODE = 130
SAID = "Stopped. What was acknowledged is kept."

_asked = threading.Event()


def stop_at_once() -> None:
    """From now on an interrupt ends this process, whatever its main thread is busy with."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(reader,), daemon=True).start()


def was_asked() -> bool:
    """Whether an interrupt came: what fails then, fails because of it."""
    return _asked.is_set()


def _watch(reader: int) -> None:
    """The C part of Python's handler writes the signal's number to the pipe, also while Python cannot run."""
    while os.read(reader, 1) != bytes([signal.SIGINT]):
        pass
    _asked.set()
    threading.Event().wait(PATIENCE)
    sys.stderr.write(SAID + "\n")
    sys.stderr.flush()
    os._exit(EXIT_CODE)
