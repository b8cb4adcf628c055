"""The private copy of the index that a load works on, and how it takes the place of the published one."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from itertools import count
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

from ..errors import ArchiverError
from .connect import NAME, attach_to, engine, translated

if TYPE_CHECKING:
    import duckdb

STORAGE = "v1.2.0"
"""Storage version of the file: DuckDB 1.2 and newer open it, and so does DuckDB in a browser."""
ROW_GROUP = 61_440
"""Rows that are compressed together. Half of DuckDB's own number takes a fifth off the file (columns of a
group share blocks of 256 KiB with less waste) and fills it in two thirds of the time (both cores work)."""
OPTIONS = {"storage_version": STORAGE, "row_group_size": ROW_GROUP, "recovery_mode": "no_wal_writes"}
"""The copy is thrown away if anything fails, so that a log of its writes would be so much waste."""
MEMORY = "1GB"
"""What DuckDB may hold while it loads; beyond it, it spills beside the index."""

ALWAYS = {"disabled_compression_methods": "fsst"}
"""To look for symbols in texts (FSST) takes longer than to write them, and what a table of ours lists many
times a dictionary holds as well: indexes of 1.0 and 1.1 million rows are 1 % larger without."""
LITTLE = {"threads": "1"}
"""While an index is made, and while little is added to one: to hand the parts of a small statement around
takes longer than to run it."""

_COPY = re.compile(r"(\.next-(\d+)-\d+)(\.wal|\.tmp)?")
_numbers = count(1)
_mine: set[Path] = set()


class Published(NamedTuple):
    """What was published."""

    rows: int
    """Entries in the index."""
    seconds: float
    """That the publishing took: commit, checkpoint, fsync, rename."""
    bytes: int
    """Size of the file."""
    unread: int
    """Payloads that no parser could read."""


class WorkingCopy:
    """A copy of the index beside it, `NAME.next-PID-N`, that nobody else sees until it is published.

    One load at a time is the caller's to ensure (it holds the archive's lock). What a killed load left behind
    is removed by the next: no living process but this one can own it under that lock, and a copy that is
    removed all the same costs its owner that load, never the published file.
    """

    def __init__(self, target: Path, *, fresh: bool) -> None:
        """fresh: an empty file, else a copy of the published one if there is one. Errors as of `connect`."""
        self.target = target
        self.path = target.with_name(f"{target.name}.next-{os.getpid()}-{next(_numbers)}")
        _mine.add(self.path)
        with ExitStack() as undo:
            undo.callback(self._forget)
            # To copy the file and to start DuckDB take about as long as each other.
            with ThreadPoolExecutor(1, "starting DuckDB") as beside:
                settings = {"memory_limit": MEMORY, "temp_directory": str(_spill(self.path))}
                starting = beside.submit(engine, settings)
                with translated(target, "written"):
                    self._prepare(fresh)
            with translated(target, "opened"):
                self.connection = starting.result()
                undo.callback(self.connection.close)
                attach_to(self.connection, self.path, OPTIONS)
                _expect_little(self.connection)
            undo.pop_all()

    def publish(self) -> Published:
        """Puts the copy in the place of the published file; durable when this returns.

        Open readers keep what they have; whoever opens the index from now on has the new one.
        """
        started = time.perf_counter()
        with translated(self.target, "published"):
            rows, unread = self.connection.execute(
                "SELECT (SELECT count(*) FROM entries), (SELECT count(error) FROM payloads)"
            ).fetchall()[0]
            self.connection.execute(f"CHECKPOINT {NAME}; USE memory; DETACH {NAME}")
            log = _log(self.path)
            if log.exists():
                raise ArchiverError(
                    f"{log} is left after a checkpoint: the copy {self.path} is not complete.",
                    kept="the index as it was published before",
                    todo="run the same again",
                )
            with ThreadPoolExecutor(1, "closing the index") as beside:
                closing = beside.submit(self.connection.close)
                _sync(self.path)
                # A log beside the file belongs to a file of another time: it would be replayed into ours.
                _log(self.target).unlink(missing_ok=True)
                _replace(self.path, self.target)
                _sync(self.target.parent)
            _mine.discard(self.path)
            _closed(closing, self.target)
            return Published(rows, time.perf_counter() - started, self.target.stat().st_size, unread)

    def discard(self) -> None:
        """Closes and removes the copy, unless it was published."""
        self.connection.close()
        if self.path in _mine:
            self._forget()

    def _prepare(self, fresh: bool) -> None:
        """Makes room and the copy, where there is anything to copy."""
        self.target.parent.mkdir(parents=True, exist_ok=True)
        for leftover in _leftovers(self.target):
            _remove(leftover)
        if not fresh:
            with suppress(FileNotFoundError):
                shutil.copyfile(self.target, self.path)
                _write_early(self.path)

    def _forget(self) -> None:
        _mine.discard(self.path)
        with suppress(OSError):  # the next load removes what this one cannot
            for path in (self.path, _log(self.path), _spill(self.path)):
                _remove(path)


def _expect_little(connection: duckdb.DuckDBPyConnection) -> None:
    """Until more is known. (Not all of these take effect where DuckDB is given them when it is started.)"""
    settings = ALWAYS | LITTLE
    connection.execute(";".join(f"SET {setting} = '{value}'" for setting, value in settings.items()))


def expect_much(connection: duckdb.DuckDBPyConnection) -> None:
    """For a load that turns out to be large: all cores."""
    connection.execute(";".join(f"RESET {setting}" for setting in LITTLE))


def _leftovers(target: Path) -> Iterator[Path]:
    for path in list(target.parent.iterdir()):
        match = _COPY.fullmatch(path.name.removeprefix(target.name))
        if match is None or target.with_name(target.name + match[1]) in _mine:
            continue
        if int(match[2]) == os.getpid() or not _lives(int(match[2])):
            yield path


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")


def _spill(path: Path) -> Path:
    return path.with_name(f"{path.name}.tmp")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _write_early(path: Path) -> None:
    """Has the system begin to write a file out: what was copied is on the disk when the little that is added
    must be. (Linux writes pages that are said not to be needed, and keeps them until they are written.)
    """
    if hasattr(os, "posix_fadvise"):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(handle)


def _replace(path: Path, target: Path) -> None:
    """Puts a file in the place of another, whose room on the disk is given back beside what comes next: for
    an index of 20 MB that takes 10 ms, which a rename would wait for.
    """
    try:
        old = os.open(target, os.O_RDONLY)
    except FileNotFoundError:
        path.replace(target)
        return
    try:
        path.replace(target)
    finally:
        Thread(target=os.close, args=[old], name="giving back the old index").start()


def _closed(closing: Future[None], target: Path) -> None:
    """Raises what became of an engine that could not end, though what it wrote is published."""
    import duckdb

    try:
        closing.result()
    except duckdb.Error as error:
        raise ArchiverError(
            f"The index {target} is published, but DuckDB did not end as it should: {error}",
            kept="the index as it is published now",
            todo="`archiver status` says what it holds; nothing need be run again",
        ) from error


def _sync(path: Path) -> None:
    """Flushes a file or a folder to the disk; nothing is published after a failed fsync."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
