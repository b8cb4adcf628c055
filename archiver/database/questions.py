"""The views and macros of an index, made beside the load that fills it.

No load asks them (what it asks itself are the rules: see `build`), and to make them takes about as long as to
settle a hundred small payloads, which another core does meanwhile.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from . import build
from .connect import NAME

if TYPE_CHECKING:
    import duckdb


class Questions:
    """Makes them once, in a thread and by a connection of its own."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """connection: to an index whose tables and rules are committed."""
        self._connection = connection.cursor()
        self._thread = ThreadPoolExecutor(1, "making the questions")
        self._making: Future[None] | None = None

    def start(self) -> None:
        """Begins, unless it was begun before."""
        if self._making is None:
            self._making = self._thread.submit(self._make)

    def finish(self) -> None:
        """They are there when this returns. Raises what DuckDB raises."""
        self.start()
        self._end()

    def drop(self) -> None:
        """Nobody needs them any more."""
        import duckdb

        self._connection.interrupt()
        with suppress(duckdb.Error):  # what broke off is thrown away
            self._end()

    def _end(self) -> None:
        self._thread.shutdown()
        self._connection.close()
        if self._making is not None:
            self._making.result()

    def _make(self) -> None:
        self._connection.execute(f"SET enable_progress_bar = false; USE {NAME}; BEGIN TRANSACTION")
        build.questions(self._connection)
        self._connection.execute("COMMIT")
