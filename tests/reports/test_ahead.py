from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from archiver.errors import ArchiverError
from archiver.reports import ahead, renderer
from archiver.reports.ahead import standing_by
from archiver.reports.charts import Chart, Question, draw, drawing


def charted(con: duckdb.DuckDBPyConnection) -> Chart:
    return draw(con, Question(("Sber",), ("ru/score/overall",)))


def drawn_here(con: duckdb.DuckDBPyConnection) -> tuple[str, bytes]:
    chart = charted(con)
    return chart.svg(), chart.png()


def process(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[str]]:
    """The processes that are started from now on."""
    started: list[subprocess.Popen[str]] = []
    popen = subprocess.Popen

    def noted(*given: object, **named: object) -> subprocess.Popen[str]:
        started.append(popen(*given, **named))  # type: ignore[call-overload]  # as they were given
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", noted)
    return started


def test_a_picture_drawn_ahead_is_the_same_to_the_byte(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, started = drawn_here(con), process(monkeypatch)
    with standing_by():
        # What is drawn here from now on would fail.
        with monkeypatch.context() as closed:
            closed.delattr(renderer, "svg")
            closed.delattr(renderer, "png")
            chart = charted(con)
            chart.begin()
            assert (chart.svg(), chart.png()) == here
        with pytest.raises(ArchiverError, match="could not be drawn") as ahead_of_it:
            drawing.svg({"mark": 1})
        [renderer_process] = started
        assert renderer_process.poll() is None
    assert renderer_process.poll() is not None
    with pytest.raises(ArchiverError) as here_too:
        drawing.svg({"mark": 1})
    assert str(ahead_of_it.value) == str(here_too.value)


def test_a_renderer_that_dies_costs_time_alone(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, started = drawn_here(con), process(monkeypatch)
    with standing_by():
        chart = charted(con)
        chart.begin()
        started[0].kill()
        assert chart.svg() == here[0]
        assert chart.png() == here[1]


def test_one_that_hangs_is_not_waited_for_for_ever(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, started = drawn_here(con), process(monkeypatch)
    monkeypatch.setattr(ahead, "PATIENCE", 0.2)
    with standing_by():
        os.kill(started[0].pid, signal.SIGSTOP)
        assert charted(con).svg() == here[0]


MUTE = """
import subprocess, sys
other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])  # with the same pipes
print(other.pid, file=open({note!r}, "w"))
other.wait()
"""


def test_nothing_is_waited_for_where_another_process_holds_the_pipes(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here, note = drawn_here(con), tmp_path / "other"
    (tmp_path / "mute.py").write_text(MUTE.format(note=str(note)), "utf-8")
    with monkeypatch.context() as other:
        other.setattr(renderer, "__file__", str(tmp_path / "mute.py"))
        block = standing_by()
        block.__enter__()
    try:
        until = time.monotonic() + 60
        while not note.exists() or not note.read_text("utf-8"):
            assert time.monotonic() < until
            time.sleep(0.02)
        coming = ahead.ask({"png": "x" * 1_000_000, "scale": 1})  # more than a pipe holds
        began = time.monotonic()
        block.__exit__(None, None, None)
        assert time.monotonic() - began < ahead.PATIENCE / 2
        assert ahead.had(coming) is None
        assert charted(con).svg() == here[0]
    finally:
        os.kill(int(note.read_text("utf-8")), signal.SIGKILL)


def test_one_that_hangs_is_waited_for_once(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = process(monkeypatch)
    monkeypatch.setattr(ahead, "PATIENCE", 0.5)
    with standing_by():
        os.kill(started[0].pid, signal.SIGSTOP)
        assert ahead.had(ahead.ask({"spec": {}})) is None
        time.sleep(0.3)  # until the one who waits for it has seen it too
        began = time.monotonic()
        assert [ahead.had(ahead.ask({"spec": {}})) for _ in range(20)] == [None] * 20
        assert time.monotonic() - began < 20 * ahead.PATIENCE / 2


def test_what_was_begun_and_never_taken_ends_with_the_block(con: duckdb.DuckDBPyConnection) -> None:
    with standing_by():
        chart, other = charted(con), charted(con)
        chart.begin()
        other.begin()
    assert chart.svg() == other.svg() == drawn_here(con)[0]


def test_without_a_process_pictures_are_drawn_here(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = drawn_here(con)
    with monkeypatch.context() as none:
        none.setattr(sys, "executable", "/nonexistent/python")
        with standing_by():
            assert ahead.ask({}) is None
            assert charted(con).svg() == here[0]
    with standing_by(wanted=False):
        assert ahead.ask({}) is None


HEAVY = (
    "duckdb",
    "fontTools",
    "vl_convert",
    "concurrent.futures",
    "archiver.answers",
    "archiver.reports.charts",
)


@pytest.mark.parametrize("command", ["chart", "report"])
def test_what_starts_the_process_imports_little(command: str) -> None:
    """It takes longer than all else until it can draw, so nothing that takes time comes before it."""
    asked = f"import sys, archiver.cli.{command}; print(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


KILLED = """
import os, signal, subprocess
from archiver.reports.ahead import _STANDING_BY, standing_by
with standing_by():
    print(_STANDING_BY.get()._process.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_renderer_ends_with_a_parent_that_was_killed() -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == -signal.SIGKILL
    pid = int(done.stdout)
    until = time.monotonic() + 60
    while not ended(pid):
        assert time.monotonic() < until, "it outlived its parent"
        time.sleep(0.05)


def ended(pid: int) -> bool:
    """Whether a process has ended, be it that nobody has taken note yet."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "Z"
    except (ProcessLookupError, FileNotFoundError):
        return True
