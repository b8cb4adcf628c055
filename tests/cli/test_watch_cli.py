"""`--watch` in a real pseudo-terminal: a process is started, its index replaced, its terminal interrupted."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import ioctl
from pathlib import Path

import duckdb
import pytest

from .conftest import PROGRAM, Run, environment

PATIENCE = 10.0
"""Seconds of silence after which something that takes one second never comes."""


class Terminal:
    """A terminal of some size with a process in it, and what stood on it so far."""

    def __init__(self, arguments: tuple[str, ...], archive: Path, columns: int, **env: str) -> None:
        self._leader, follower = pty.openpty()
        self.resize(columns, 24)
        self.process = subprocess.Popen(
            [*PROGRAM, *arguments], stdin=follower, stdout=follower, stderr=follower, start_new_session=True,
            env=environment(ARCHIVER_HOME=str(archive), **{"TERM": "xterm-256color", **env}),
        )  # fmt: skip
        os.close(follower)
        self.seen = ""

    def resize(self, columns: int, lines: int) -> None:
        ioctl(self._leader, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def until(self, text: str, times: int = 1) -> None:
        """Reads until a text stood there so many times."""
        while self.seen.count(text) < times:
            assert self._read(), f"{text!r} never came: {self.seen[-2000:]}"

    def _read(self) -> bool:
        if not select.select([self._leader], [], [], PATIENCE)[0]:
            return False
        try:
            piece = os.read(self._leader, 65536)
        except OSError:  # how the end of a terminal looks on Linux
            return False
        self.seen += piece.decode()
        return bool(piece)

    def end(self) -> int:
        """Interrupts it as Ctrl-C does, and gives its exit code."""
        self.process.send_signal(signal.SIGINT)
        while self._read():
            pass
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._leader)


@contextmanager
def terminal(arguments: tuple[str, ...], archive: Path, columns: int = 100, **env: str) -> Iterator[Terminal]:
    opened = Terminal(arguments, archive, columns, **env)
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture
def own(archive: Path, tmp_path: Path) -> Path:
    """An archive whose index may be replaced."""
    shutil.copytree(archive, tmp_path / "own")
    return tmp_path / "own"


def replace(archive: Path, statement: str) -> None:
    """Publishes another index, as a load does: a file beside it, changed, and renamed over it."""
    beside = archive / "beside.duckdb"
    shutil.copy(archive / "archive.duckdb", beside)
    with duckdb.connect(str(beside)) as con:
        con.execute(statement)
    beside.replace(archive / "archive.duckdb")


def plain(seen: str) -> str:
    return re.sub(r"\x1b\[[?0-9;]*[a-zA-Z]", "", seen)


@pytest.mark.parametrize("columns", [60, 200])
def test_it_redraws_when_the_index_is_replaced_and_ends_with_ctrl_c(own: Path, columns: int) -> None:
    with terminal(("board", "ru/plain/overall", "--watch"), own, columns) as shown:
        shown.until("Ctrl-C ends.")
        assert "81.0" in shown.seen and "99.5" not in shown.seen
        replace(own, "UPDATE entries SET score = 99.5 WHERE score = 81")
        shown.until("99.5")
        shown.until("Ctrl-C ends.", 2)
        frames = shown.seen.split("\x1b[H")
        assert len(frames) == 3, "one frame an index, nothing drawn in between"
        for frame in frames[1:]:
            assert max(len(plain(line)) for line in frame.split("\r\n")) <= columns
        assert shown.end() == 0
        last = shown.seen.rpartition("\x1b[?1049l")[2]
        assert "\x1b[?25h" in shown.seen and "99.5" in last, "the cursor is back, and the last answer stays"
        assert "Traceback" not in shown.seen and "Stopped" not in shown.seen


def test_it_waits_without_working(own: Path) -> None:
    with terminal(("history", "Sber", "--board", "ru/*", "--watch"), own) as shown:
        shown.until("Ctrl-C ends.")
        stat = Path(f"/proc/{shown.process.pid}/stat")
        before = sum(map(int, stat.read_text().rpartition(")")[2].split()[11:13]))
        time.sleep(1.5)
        after = sum(map(int, stat.read_text().rpartition(")")[2].split()[11:13]))
        ticks = os.sysconf("SC_CLK_TCK")
        assert (after - before) / ticks < 0.5, "of 1.5 seconds; a busy loop takes all that it is given"
        assert shown.end() == 0


@pytest.mark.parametrize("question", ["standing", "streaks"])
def test_it_follows_the_size_of_the_terminal_and_says_what_has_no_room(own: Path, question: str) -> None:
    with terminal((question, "Sber", "Yandex", "--watch"), own, 200) as shown:
        shown.until("Ctrl-C ends.")
        shown.resize(70, 4)
        shown.until("Ctrl-C ends.", 2)
        frame = plain(shown.seen.split("\x1b[H")[-1]).split("\r\n")
        assert len(frame) == 4 and re.fullmatch(r"… \d+ more lines", frame[2])
        assert shown.end() == 0


def test_on_a_dumb_terminal_it_prints_one_answer_after_the_other(own: Path) -> None:
    with terminal(("movers", "ru/plain/overall", "--watch"), own, TERM="dumb", LC_ALL="C") as shown:
        shown.until("Ctrl-C ends.")
        assert "\x1b" not in shown.seen and shown.seen.isascii()
        assert shown.end() == 0


def test_what_fails_later_is_shown_and_followed_further(own: Path) -> None:
    with terminal(("board", "ru/plain/overall", "--watch"), own) as shown:
        shown.until("Ctrl-C ends.")
        replace(own, "UPDATE boards SET board = 'ru/plain/gone' WHERE board = 'ru/plain/overall'")
        shown.until("No board is known by the name 'ru/plain/overall'")
        replace(own, "UPDATE boards SET board = 'ru/plain/overall' WHERE board = 'ru/plain/gone'")
        shown.until("Ctrl-C ends.", 3)
        assert shown.end() == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("board", "ru/plain/overall"), "needs a terminal"),
        (("history", "Sber", "--format", "json"), "needs a terminal"),
        (("standing", "Sber", "--sql"), "--sql prints one statement"),
        (("board", "ru/plain/overall", "--where", "rank < 3"), "does not take --where"),
        (("history", "Sbre"), "needs a terminal"),
    ],
)
def test_it_is_refused_where_nothing_can_be_redrawn(run: Run, arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments, "--watch")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr and "To do: leave" in done.stderr


def test_what_is_wrong_at_first_ends_it(archive: Path) -> None:
    with terminal(("history", "Sbre", "--watch"), archive) as shown:
        shown.until("Sbre")
        assert shown.process.wait(PATIENCE) == 2
