"""The program itself on a terminal and in a pipe: help, colours, locales, signals, a slip of its own."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.terminal import seen_on_a_terminal

from .conftest import PROGRAM, Run, environment

LOADED = "import sys; from archiver.cli.main import main; main({}); print(*sys.modules, file=sys.stderr)"
"""Runs a command line, then tells which modules it took."""


def test_a_table_says_which_columns_had_no_room(run: Run) -> None:
    done = run("sql", "FROM rankings LIMIT 1", "--format", "table", env={"COLUMNS": "60"})
    assert "No room for: " in done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 60


def test_help_lists_every_command_without_the_database(run: Run) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(["--help"])],
        capture_output=True, text=True, env=environment(), check=True,
    )  # fmt: skip
    for command in (
        "history",
        "board",
        "explain",
        "sql",
        "status",
        "parse",
        "capture",
        "import",
        "verify",
        "demo",
    ):
        assert re.search(rf"^  {command}  +\S.+\.$", re.sub(r"\n {6,}", " ", done.stdout), re.MULTILINE), (
            command
        )
    loaded = set(done.stderr.split())
    assert not loaded & {"duckdb", "rich", "pyarrow", "requests", "bs4", "yaml", "zstandard"}


def test_each_command_has_a_help_of_its_own(run: Run) -> None:
    from archiver.cli.main import SECTIONS, cli

    ctx: Any = None
    for name in (name for names in SECTIONS.values() for name in names):
        command = cli.get_command(ctx, name)
        assert command is not None
        assert command.name == name
        assert command.get_short_help_str(100).endswith("."), "one line says it all"


def test_a_question_in_a_pipe_needs_no_rich(archive: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(["history", "Sber"])],
        capture_output=True, text=True, check=True, env=environment(ARCHIVER_HOME=str(archive)),
    )  # fmt: skip
    spared = {"rich", "pyarrow", "requests", "bs4", "yaml", "zstandard", "difflib"}
    assert not set(done.stderr.split()) & spared


def test_the_version(run: Run) -> None:
    assert re.fullmatch(r"archiver \d+\.\d+\.\d+\n", run("--version").stdout)


def test_ascii_locales_raise_nothing(run: Run) -> None:
    for env in ({"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}, {"PYTHONUTF8": "0", "LC_ALL": "POSIX"}):
        for form in ("table", "json", "csv", "plain"):
            done = run("history", "НейроСлон-7b", "Sber", "--format", form, env=env)
            assert done.returncode == 0, done.stderr
            assert done.stderr.isascii()
        assert run(
            "board", "ru/plain/overall", "--as-of", "2024-10-01", "--format", "table", env=env
        ).stdout.isascii()
    rows = run("history", "НейроСлон-7b", "--format", "json", env={"PYTHONIOENCODING": "ascii"}).stdout
    assert json.loads(rows)[0]["model"] == "НейроСлон-7b"


def test_a_reader_that_goes_away_is_no_error(archive: Path) -> None:
    command = f"'{PROGRAM[0]}' -c '{PROGRAM[2]}' sql 'FROM range(1000000)' | head -2; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=True,
        env=environment(ARCHIVER_HOME=str(archive)),
    )  # fmt: skip
    assert done.stdout == "range\n0\n0\n"
    assert done.stderr == ""


def test_an_interrupt_is_said_in_a_line(archive: Path) -> None:
    endless = "SELECT count(*) FROM range(100000000000) AS a(i) WHERE hash(i) = 7"
    env = environment(ARCHIVER_HOME=str(archive))
    with subprocess.Popen(
        [*PROGRAM, "sql", endless],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env,
    ) as process:  # fmt: skip
        try:
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(timeout=2.5)
            process.send_signal(signal.SIGINT)
            printed, said = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 130
    assert (printed, said) == ("", "Stopped. What was acknowledged is kept.\n"), "and DuckDB draws no bar"


def test_a_slip_of_the_program_is_one_line(archive: Path) -> None:
    code = (
        "import archiver.answers\n"
        "def slip(*_): raise ZeroDivisionError('a slip')\n"
        "archiver.answers.boards = slip\n"
        "from archiver.cli.main import main\n"
        "raise SystemExit(main(['boards']))"
    )
    env = environment(ARCHIVER_HOME=str(archive))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(
        "This should not happen: ZeroDivisionError: a slip\nTo do: report this line"
    )
    debug = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**env, "ARCHIVER_DEBUG": "1"},
        check=False,
    )
    assert "Traceback" in debug.stderr


def on_a_terminal(arguments: tuple[str, ...], archive: Path, columns: int, **env: str) -> str:
    """What a person at a terminal of that width sees on standard output."""
    return seen_on_a_terminal(
        [*PROGRAM, *arguments], columns, env=environment(ARCHIVER_HOME=str(archive), **env)
    )


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_a_terminal_gets_a_table_that_fits(archive: Path, columns: int) -> None:
    seen = on_a_terminal(("board", "arena/text/overall"), archive, columns)
    assert "\x1b[1m" in seen
    plain = re.sub(r"\x1b\[[0-9;]*m", "", seen)
    assert max(map(len, plain.splitlines())) <= columns
    assert "1405" in plain
    assert ("License" in plain) == (columns == 200)


def test_no_color(archive: Path) -> None:
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        seen = on_a_terminal(("board", "arena/text/overall"), archive, 100, **env)
        assert "\x1b" not in seen
        assert "▲" in seen or "=" in seen
