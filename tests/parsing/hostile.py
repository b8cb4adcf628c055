"""A source whose parser does what a payload says: what a stranger's bytes might bring a real one to do."""

from __future__ import annotations

import ctypes
import errno
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archiver.errors import ParseFailed
from archiver.parsing import frames
from archiver.records import Entry, Payload, Snapshot
from archiver.sources import Board, Route, Source

BOARD = "hostile/main/overall"


def snapshot(*models: str, board: str = BOARD) -> Snapshot:
    """A sound one."""
    entries = [Entry(place, model, rank=place) for place, model in enumerate(models, 1)]
    return Snapshot(board=board, entries=entries)


def eat(_: str) -> object:
    return [bytes(10_000_000) for _ in range(100_000)]


def spin(_: str) -> None:
    while True:
        pass


def sleep(_: str) -> None:
    time.sleep(1000)


def crash(_: str) -> None:
    ctypes.string_at(0)


def leave(_: str) -> None:
    sys.exit(3)


def vanish(_: str) -> None:
    os._exit(4)


def recurse(word: str) -> None:
    recurse(word)


def be_killed(_: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def multiply(_: str) -> None:
    """A second process keeps the pipes open after the first is gone."""
    if os.fork():
        os._exit(0)
    time.sleep(1000)


def hang_up(_: str) -> None:
    """Closes its pipes, and stays."""
    os.closerange(0, 20)
    time.sleep(1000)


def babble(_: str) -> None:
    """Writes into every pipe there is."""
    for file in range(3, 20):
        with suppress(OSError):
            os.write(file, b"\xff" * 100)
    time.sleep(1000)


def stutter() -> None:
    """What it reads cannot be said to its end: of a frame, the first half alone is heard."""
    whole = frames.write

    def write(file: int, data: bytes | memoryview) -> None:
        if isinstance(data, memoryview):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        whole(file, data)

    frames.write = write


def half(_: str) -> None:
    raise ParseFailed("half a character: \ud800")


def refuse(_: str) -> None:
    raise ParseFailed("not the board")


def tried(name: str, what: Callable[[], object]) -> str:
    """What came of an attempt to break out."""
    try:
        what()
    except OSError as error:
        return f"{name}:{error.strerror}"
    return f"{name}:done"


def break_out(word: str) -> tuple[str, ...]:
    """word: a folder, and a port on loopback at which somebody listens."""
    folder, port = word.split("|")
    file = Path(folder) / "there"

    def native() -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.socket(2, 1, 0) < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

    return (
        tried("connect", lambda: socket.create_connection(("127.0.0.1", int(port)), 1)),
        tried("native", native),
        tried("run", lambda: subprocess.run(["true"], check=True)),
        tried("write", lambda: file.with_name("new").write_text("x")),
        tried("change", lambda: file.write_text("x")),
        tried("cut", lambda: os.truncate(file, 0)),
        tried("remove", file.unlink),
        tried("rename", lambda: file.rename(file.with_name("other"))),
        tried("folder", lambda: file.with_name("folder").mkdir()),
        tried("read", file.read_text),
    )


DEEDS: dict[str, Callable[[str], object]] = {
    deed.__name__: deed
    for deed in (
        eat,
        spin,
        sleep,
        crash,
        leave,
        vanish,
        recurse,
        be_killed,
        multiply,
        hang_up,
        babble,
        half,
        refuse,
    )
}


class Hostile:
    """A parser; it goes to the other process as the archive's own definitions do."""

    SOURCE = Source(
        title="Hostile",
        homepage="https://hostile.example/",
        license="none",
        attribution="Hostile",
        routes=[Route(name="main", media="csv", pattern=r".*\.csv")],
        boards={"hostile/*": Board(title="Hostile", metric="score", rows=(1, 10_000))},
        cadence=timedelta(days=1),
        version=1,
    )

    def parse(self, payload: Payload) -> Iterator[Snapshot]:
        """The payload is a word, and what the deed needs to know."""
        deed, _, rest = payload.body.decode().partition(" ")
        if deed == "endless":
            for number in range(10**9):
                yield snapshot(*"abcdefgh" * 100, board=f"hostile/main/{number}")
        if deed == "environment":
            yield snapshot(*sorted(f"{name}={value}" for name, value in os.environ.items()))
        elif deed == "where":
            yield snapshot(str(os.getpid()))
        elif deed == "print":
            print("x" * 1_000_000)
            sys.stderr.write("x" * 1_000_000)
            yield snapshot("printed")
        elif deed == "late":
            yield snapshot(*map(str, range(10_000)))
            spin(rest)
        elif deed == "past":
            for day in range(1, 4):
                date = datetime(2026, 1, day, tzinfo=UTC)
                yield replace(snapshot(*map(str, range(10_000))), published_at=date)
            be_killed(rest)
        elif deed == "need":
            if not Path(rest).exists():
                be_killed(rest)
            yield snapshot("read at last")
        elif deed == "stutter":
            stutter()
            yield snapshot("half heard")
        elif deed == "break_out":
            yield snapshot(*break_out(rest))
        elif deed in DEEDS:
            DEEDS[deed](rest)
        else:
            yield snapshot(deed)


class Mark:
    """Opened from a pickle, it leaves a file behind."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return os.mkdir, (str(self.file),)


def pickled(file: Path, protocol: int) -> bytes:
    """A pickle that makes the folder `file` when it is opened."""
    return pickle.dumps(Mark(file), protocol)
