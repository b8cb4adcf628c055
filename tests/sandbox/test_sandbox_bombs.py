"""Bombs end within their bounds, and the next question works. Shorter bounds here than in the program, whose
own `tests/bench/bench_sandbox.py` measures; what ends a question is the same."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archiver import Archive
from archiver.errors import ArchiverError, UsageError
from tests.answers.world import build
from tests.sandbox.bombs import BOMBS, CRASHERS

SECONDS = 0.4
PROGRAM = (
    "import sys, resource\n"
    "from archiver.cli import warden\n"
    f"warden.SECONDS = {SECONDS}\n"
    "from archiver.cli.main import main\n"
    "code = main(sys.argv[1:])\n"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)\n"
    "raise SystemExit(code)"
)
"""The program with less time, telling the child's peak of memory in the end."""
CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("bombs")
    (directory / "snapshots").mkdir()
    build(directory / "archive.duckdb").close()
    return directory


def ask(home: Path, question: str, *more: str, code: str = PROGRAM) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT), "ARCHIVER_HOME": str(home), "LANG": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, "-c", code, "sql", "-", *more],
        input=question, capture_output=True, text=True, env=env, timeout=60, check=False,
    )  # fmt: skip


def megabytes(done: subprocess.CompletedProcess[str]) -> int:
    return int(done.stderr.splitlines()[-1]) // 1024


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_stopped(home: Path, name: str) -> None:
    began = time.monotonic()
    done = ask(home, BOMBS[name])
    assert time.monotonic() - began < 10
    assert done.returncode in (1, 2), done.stderr
    assert "Traceback" not in done.stderr and "should not happen" not in done.stderr
    assert done.stdout == "", "half an answer is none"
    assert megabytes(done) < 2048


def test_there_are_enough() -> None:
    assert len(BOMBS) >= 15


@pytest.mark.parametrize("name", CRASHERS)
def test_what_is_hard_to_read_ends_too(home: Path, name: str) -> None:
    done = ask(home, CRASHERS[name])
    assert done.returncode in (0, 1, 2), done.stderr
    assert "Traceback" not in done.stderr and "should not happen" not in done.stderr


def test_the_next_question_works(home: Path) -> None:
    before = (home / "archive.duckdb").read_bytes()
    assert ask(home, BOMBS["a sleep"]).stderr.startswith(
        "The question was stopped after 0.4 seconds.\nTo do: narrow"
    )
    done = ask(home, "SELECT count(*) AS n FROM rankings")
    assert (done.returncode, done.stdout) == (0, "n\n40\n")
    assert (home / "archive.duckdb").read_bytes() == before
    assert sorted(path.name for path in home.iterdir()) == ["archive.duckdb", "snapshots"]


def test_a_child_that_dies_is_told(home: Path) -> None:
    """A break inside DuckDB would look like this; no version at hand has one to show."""
    for signal, said in ((11, "DuckDB broke on this question (SIGSEGV)"), (6, "more than 2 GB of memory")):
        dying = PROGRAM.replace(
            "code = main",
            "from archiver.answers import sandbox\nimport os\n"
            f"sandbox.shut_in = lambda con: os.kill(os.getpid(), {signal})\n"
            "code = main",
        )
        done = ask(home, "SELECT 1", code=dying)
        assert done.returncode == 1 and said in done.stderr


def test_a_slow_reader_is_no_bomb(home: Path) -> None:
    """The clock stops once the answer is there: whoever pages through it has all the time."""
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT), "ARCHIVER_HOME": str(home)}
    question = "SELECT repeat('x', 1000) AS x FROM range(2000)"
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "sql", question],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=env,
    ) as process:
        assert process.stdout
        first = process.stdout.readline()
        time.sleep(3 * SECONDS)
        rest = process.stdout.read()
    assert (process.returncode, first, rest.count(b"\n")) == (0, b"x\n", 2000)


def test_the_watch_leaves_nothing_behind(home: Path, tmp_path: Path) -> None:
    code = f"import tempfile\ntempfile.tempdir = {str(tmp_path)!r}\n" + PROGRAM
    assert ask(home, BOMBS["a sleep"], code=code).returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_trusted_is_the_owners(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    done = ask(home, f"SET threads = 1; COPY (SELECT 1 AS a) TO '{target}'", "--trusted")
    assert done.returncode == 0, done.stderr
    assert target.read_text() == "a\n1\n"
    done = ask(home, "DELETE FROM entries", "--trusted")
    assert done.returncode == 2 and "read-only" in done.stderr


def test_questions_from_python(home: Path) -> None:
    archive = Archive(home)
    rows = archive.guarded_sql("SELECT board, captured_at FROM rankings ORDER BY ALL LIMIT 1")
    assert rows == [{"board": "aider/polyglot/overall", "captured_at": rows[0]["captured_at"]}]
    with pytest.raises(UsageError, match="rankingz") as wrong:
        archive.guarded_sql("FROM rankingz")
    assert wrong.value.exit_code == 2
    with pytest.raises(UsageError, match="Only questions") as refused:
        archive.guarded_sql("COPY (SELECT 1) TO 'x'")
    assert "--trusted" in refused.value.todo
    with pytest.raises(ArchiverError, match="more memory"):
        archive.guarded_sql(BOMBS["a bitstring"])


def test_the_peak_that_is_told_is_the_childs() -> None:
    """The tests above rest on it."""
    run = subprocess.run(
        [sys.executable, "-c",
         "import os, resource\nif not os.fork():\n x = bytearray(200 << 20)\n os._exit(0)\n"
         "os.wait()\nprint(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert 200 <= int(run.stdout) < 400
    assert resource.RUSAGE_CHILDREN != resource.RUSAGE_SELF
