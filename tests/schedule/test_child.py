"""One worker under a deadline: real processes that answer, crash, hang and leave children behind."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.records import Hop, Reply
from archiver.schedule import child
from archiver.schedule.frames import Frame, Unpacker, packed
from archiver.schedule.worker import ORPHANED, Task

NOW = datetime(2026, 7, 20, 12, 0, 1, 250, tzinfo=UTC)
REPLY = Reply(
    url="https://a.test/é",
    captured_at=NOW,
    started_at=NOW,
    body=bytes(range(256)),
    seconds=1.5,
    final_url="https://b.test/",
    hops=(Hop(302, "https://a.test/é", "https://b.test/"),),
    status=200,
    headers=(("ETag", '"1"'), ("X", "1"), ("X", "2")),
)


@pytest.mark.parametrize(
    "reply",
    [
        REPLY,
        Reply(url="u", captured_at=NOW, reason="timeout", detail="late"),
        Reply(url="u", captured_at=NOW, body=b""),
    ],
)
def test_a_frame_comes_back_as_it_went(reply: Reply) -> None:
    frame = Frame("s", "r", reply)
    assert list(Unpacker().take(packed(frame))) == [frame]


@given(st.lists(st.integers(0, 3000), max_size=4), st.integers(1, 700))
def test_frames_come_whole_however_they_are_cut(sizes: list[int], step: int) -> None:
    frames = [Frame("s", str(size), Reply(url="u", captured_at=NOW, body=b"x" * size)) for size in sizes]
    data = b"".join(map(packed, frames))
    unpacker = Unpacker()
    cut = [data[at : at + step] for at in range(0, len(data), step)]
    assert [frame for part in cut for frame in unpacker.take(part)] == frames


def test_bytes_that_are_no_frame_are_refused() -> None:
    with pytest.raises(ValueError, match="not a frame"):
        list(Unpacker().take(b"Traceback (most recent call last)"))


def gone(pid: int) -> bool:
    """Whether a process has ended; one that was killed this very moment is given a little time to be so."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False


@contextmanager
def gauged() -> Iterator[list[float]]:
    """Measures how much later than asked this machine wakes a thread, at worst."""
    found, stop = [0.0], threading.Event()

    def gauge() -> None:
        while not stop.is_set():
            began = time.monotonic()
            time.sleep(0.05)
            found[0] = max(found[0], time.monotonic() - began - 0.05)

    thread = threading.Thread(target=gauge)
    thread.start()
    try:
        yield found
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def lateness() -> Iterator[list[float]]:
    """What a busy machine adds to a time."""
    with gauged() as found:
        yield found


def run(
    code: str, seconds: float = 30, stop: threading.Event | None = None
) -> tuple[child.Ended, list[Frame]]:
    frames: list[Frame] = []
    command = [sys.executable, "-c", code]
    ended = child.run(
        command, b"{}\n", seconds=seconds, stop=stop or threading.Event(), on_frame=frames.append
    )
    return ended, frames


HANG = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(99)"
other = subprocess.Popen([sys.executable, "-c", deaf])
open(PIDS, "w").write(f"{os.getpid()} {other.pid}")
time.sleep(99)
"""


@pytest.mark.parametrize("how", ["hung", "stopped"])
def test_a_worker_that_does_not_listen_is_gone_in_time(
    tmp_path: Path, how: str, lateness: list[float]
) -> None:
    """Within its deadline (or the stop) plus two seconds, and all that it had started with it."""
    stop = threading.Event()
    pids = tmp_path / "pids"
    timer = threading.Timer(1.5, stop.set)
    if how == "stopped":
        timer.start()
    began = time.monotonic()
    ended, _ = run(f"PIDS = {str(pids)!r}\n{HANG}", 1.5 if how == "hung" else 60, stop)
    took = time.monotonic() - began
    timer.cancel()
    assert ended.how == how
    assert took < 1.5 + 2 + 4 * lateness[0]
    if pids.exists():  # on a slow machine it may have been ended before it wrote
        for pid in map(int, pids.read_text().split()):
            assert gone(pid)


@pytest.mark.parametrize(
    ("code", "how", "told"),
    [
        ("pass", "done", ""),
        ("raise SystemExit(7)", "crashed", "exit code 7"),
        ("raise ValueError('no such board')", "crashed", "ValueError: no such board"),
        ("import os; os.abort()", "crashed", "SIGABRT"),
        ("import os; os.kill(os.getpid(), 9)", "crashed", "SIGKILL"),
        ("import os, time; os.close(1); os.close(2); time.sleep(60)", "hung", "after 1.5 s"),
    ],
)
def test_how_a_worker_ends_is_told(code: str, how: str, told: str) -> None:
    ended, _ = run(code, 1.5 if how == "hung" else 60)
    assert ended.how == how
    assert told in ended.detail


def test_what_it_handed_over_before_it_crashed_is_kept() -> None:
    data = packed(Frame("s", "r", REPLY))
    code = f"import os, sys; sys.stdout.buffer.write({data!r}); sys.stdout.flush(); os.abort()"
    ended, frames = run(code)
    assert ended.how == "crashed"
    assert frames == [Frame("s", "r", REPLY)]


def test_what_is_raised_while_keeping_ends_the_worker() -> None:
    data = packed(Frame("s", "r", REPLY))
    code = f"import sys, time; sys.stdout.buffer.write({data!r}); sys.stdout.flush(); time.sleep(60)"

    def refuse(_frame: Frame) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        child.run([sys.executable, "-c", code], b"", seconds=30, stop=threading.Event(), on_frame=refuse)


def test_a_worker_ends_with_its_daemon(tmp_path: Path) -> None:
    """Its standard input ends when the process is gone that held the other end."""
    import subprocess

    task = Task(kind="capture", archive=str(tmp_path), configuration="", collector="x", source="none_such")
    code = (
        "import io, os, sys, time\nfrom archiver.schedule import worker\n"
        "worker._capture = lambda *_: time.sleep(60)\n"
        "raise SystemExit(worker.main(sys.stdin.buffer, sys.stdout.buffer))"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as process:
        assert process.stdin
        process.stdin.write(task.line())
        process.stdin.flush()
        time.sleep(0.5)
        assert process.poll() is None
        process.stdin.close()
        assert process.wait(30) == ORPHANED
    assert json.loads(task.line())["kind"] == "capture"
