"""The program itself, as people and scripts call it: its output, its errors, its exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from fcntl import ioctl
from pathlib import Path
from typing import Any

import duckdb
import pytest

from .conftest import PROGRAM, Run, environment

HISTORY = [
    *(
        "board",
        "date",
        "published_at",
        "captured_at",
        "organization",
        "model",
        "variant",
        "rank",
        "of",
        "position",
    ),
    *("rank_kind", "score", "score_low", "score_high", "snapshot_id", "status"),
]

LOADED = "import sys; from archiver.cli.main import main; main({}); print(*sys.modules, file=sys.stderr)"
"""Runs a command line, then tells which modules it took."""


def test_the_keys_of_history(run: Run) -> None:
    done = run("history", "Sber", "--format", "json")
    assert done.returncode == 0
    rows = json.loads(done.stdout)
    assert [list(row) for row in rows] == [HISTORY] * 5
    first = {
        key: rows[0][key] for key in ("board", "date", "published_at", "captured_at", "model", "rank", "of")
    }
    assert first == {
        "board": "ru/plain/overall",
        "date": "2024-07-01",
        "published_at": None,
        "captured_at": "2024-07-01T09:30:00Z",
        "model": "GigaChat Max",
        "rank": 2,
        "of": 5,
    }


def test_all_forms_give_the_same_rows(run: Run) -> None:
    def told(form: str) -> str:
        return run("history", "Sber", "Yandex", "--board", "ru/*", "--format", form).stdout

    rows = json.loads(told("json"))
    assert [json.loads(line) for line in told("jsonl").splitlines()] == rows
    for form, delimiter in (("csv", ","), ("plain", "\t")):
        table = list(csv.DictReader(io.StringIO(told(form)), delimiter=delimiter))
        assert [{key: value or None for key, value in row.items()} for row in table] == [
            {key: None if value is None else str(value) for key, value in row.items()} for row in rows
        ]
    assert told("markdown").count("\n") == len(rows) + 2
    assert [row["status"] for row in rows].count("absent") == 3


def test_spellings_give_the_same_rows(run: Run) -> None:
    assert (
        run("history", "Сбер", "--format", "csv").stdout == run("history", "Sber", "--format", "csv").stdout
    )


def test_a_month_is_all_of_it(run: Run) -> None:
    whole = run("history", "Sber", "--since", "2024-07", "--until", "2024-10", "--format", "csv")
    days = run("history", "Sber", "--since", "2024-07-01", "--until", "2024-10-31", "--format", "csv")
    assert whole.stdout == days.stdout and whole.stdout.count("\n") > 1
    year = run("board", "ru/plain/overall", "--as-of", "2024", "--sql")
    assert "2024-12-31" in year.stdout


def test_absence_is_a_sentence_in_the_table_and_rows_in_data(run: Run) -> None:
    sentence = "Sber: absent from arena/text/overall in 4 complete snapshots, 2026-06-25 … 2026-08-06"
    told = run("history", "Sber", "--board", "arena/text/overall", "--format", "table").stdout
    assert told.splitlines()[0] == sentence
    rows = json.loads(run("history", "Sber", "--board", "arena/text/overall", "--format", "json").stdout)
    assert [(row["status"], row["date"], row["organization"], row["of"]) for row in rows] == [
        ("absent", date, "Sber", 3) for date in ("2026-06-25", "2026-07-05", "2026-07-05", "2026-08-06")
    ]


def test_a_pipe_gets_plain_rows_and_what_is_not_data_goes_elsewhere(run: Run) -> None:
    done = run("history", "Sber")
    header, *lines = done.stdout.splitlines()
    assert header.split("\t") == HISTORY
    assert len(lines) == 5
    assert done.stderr.splitlines() == [
        "ru/plain/overall: warning stale-header in 5 snapshots: The header's date stays behind the table.",
        "Sber: absent from 3 other boards in 6 complete snapshots, 2025-01-01 … 2026-08-06",
        "ru: last captured 2024-11-01T09:30:00Z",
    ]


def test_freshness_is_told(run: Run) -> None:
    told = run("board", "arena/text/overall", "--format", "csv").stderr
    assert told == (
        "arena: last captured 2026-08-09T12:00:00Z; 2 captures failed since 2026-08-13T11:00:00Z; "
        "1 snapshot held for review\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("history", "Sbre"), "No organisation, family, model or country is known by the name 'Sbre'."),
        (("history", "Sber", "--board", "arena/russian"), "arena/text/russian"),
        (("history",), "Missing argument"),
        (("history", "Sber", "--since", "soon"), "'soon' is not a time; write 2026-07-20"),
        (("history", "Sber", "--since", "2025", "--format", "xml"), "Invalid value"),
        (("board", "ru/plain/overall", "--as-of", "2020-01-01"), "the first is of 2024-07-01"),
        (("hystory", "Sber"), "No command is called 'hystory'; near: history"),
        (("sql", "SELECT * FROM rankingz"), 'Did you mean "rankings'),
        (("sql", "COPY (SELECT 1) TO '/tmp/x'"), "Only questions are taken here, and COPY is none."),
        (("explain", "arena/text/overall", "GigaChat"), "complete snapshot of 2026-08-06"),
        (("parse", "nowhere", __file__), "No source is known by the name 'nowhere'"),
    ],
)
def test_what_is_wrong_is_said_and_exits_2(run: Run, arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_no_archive_exits_2(run: Run, tmp_path: Path) -> None:
    done = run("boards", archive_dir=tmp_path)
    assert done.returncode == 2
    assert "is no archive" in done.stderr


def test_the_archive_may_be_named_before_and_after_the_command(
    run: Run, archive: Path, tmp_path: Path
) -> None:
    named = run("--archive", str(archive), "boards", archive_dir=tmp_path)
    assert named.returncode == 0
    for arguments in (("boards", "--archive", str(archive)), ("boards", f"--archive={archive}")):
        assert run(*arguments, archive_dir=tmp_path).stdout == named.stdout


def test_board_equals_the_macro(run: Run, archive: Path) -> None:
    table = list(
        csv.reader(
            io.StringIO(run("board", "arena/text/overall", "--as-of", "2026-07-05", "--format", "csv").stdout)
        )
    )
    with duckdb.connect(str(archive / "archive.duckdb"), read_only=True) as con:
        relation = con.sql("FROM board_as_of('arena/text/overall', '2026-07-05')")
        assert table[0] == relation.columns
        at = relation.columns.index("score")
        assert [float(row[at]) for row in table[1:]] == [row[at] for row in relation.fetchall()]


def test_lists(run: Run) -> None:
    assert [row["board"] for row in json.loads(run("boards", "arena/*", "--format", "json").stdout)] == [
        "arena/text/overall",
        "arena/text/russian",
    ]
    sources = json.loads(run("sources", "--format", "json").stdout)
    assert [(row["source"], row["license"], row["proven"]) for row in sources][2] == (
        "quiet",
        "CC BY 4.0",
        False,
    )
    assert "GigaChat" in run("find", "гигачат").stdout
    nothing = run("find", "no such thing")
    assert nothing.stderr == "Nothing is known by 'no such thing'.\n"
    assert [
        row["model_listed"] for row in json.loads(run("status", "--names", "--format", "json").stdout)
    ] == ["НейроСлон-7b"]


def test_status_tells_what_waits(run: Run) -> None:
    done = run("status", "--format", "json")
    held = {row["source"]: (row["failed"], row["unread"], row["held"]) for row in json.loads(done.stdout)}
    assert held == {"aider": (0, 1, 0), "arena": (2, 0, 1), "quiet": (0, 0, 0), "ru": (1, 0, 0)}
    assert "aider: payload unread since 2025-02-01: a column was renamed" in done.stderr
    assert "arena: snapshot held since 2026-07-20 on arena/text/overall: Three rows" in done.stderr
    table = run("status", "--format", "table")
    assert "Three rows where 300 stood before." in table.stdout


def test_sql_gives_any_form(run: Run) -> None:
    statement = "SELECT board, count(*) AS n FROM rankings GROUP BY ALL ORDER BY ALL LIMIT 1"
    assert (
        run("sql", statement, "--format", "json").stdout
        == '[\n {"board": "aider/polyglot/overall", "n": 3}\n]\n'
    )
    assert run("sql", statement).stdout == "board\tn\naider/polyglot/overall\t3\n"
    assert "aider/polyglot/overall  3" in run("sql", statement, "--format", "table").stdout


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
    # A shell that runs the tests in the background may have told them to ignore the signal.
    heeding = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    with subprocess.Popen(
        [PROGRAM[0], "-c", heeding + PROGRAM[2], "sql", endless],
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
    leader, follower = pty.openpty()
    ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    with subprocess.Popen(
        [*PROGRAM, *arguments], stdout=follower, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
        env=environment(ARCHIVER_HOME=str(archive), **{"TERM": "xterm-256color", **env}),
    ):  # fmt: skip
        os.close(follower)
        seen = b""
        try:
            while piece := os.read(leader, 65536):
                seen += piece
        except OSError:
            pass  # how the end of a terminal looks on Linux
        os.close(leader)
    return seen.decode().replace("\r\n", "\n")


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


def test_gaps_say_what_is_not_there_since_when_and_until_when(run: Run, archive: Path) -> None:
    every = json.loads(run("gaps", "--format", "json").stdout)
    with duckdb.connect(str(archive / "archive.duckdb"), read_only=True) as con:
        assert len(every) == len(con.sql("FROM gaps").fetchall()) > 2
    assert list(every[0]) == ["source", "board", "since", "until", "kind", "detail"]
    lasting = json.loads(run("gaps", "--open", "--format", "json").stdout)
    assert lasting == [row for row in every if row["until"] is None]
    assert json.loads(run("gaps", "ru", "--format", "json").stdout) == [
        row for row in every if row["source"] == "ru"
    ]
    of_board = json.loads(run("gaps", "ru/plain/*", "--format", "json").stdout)
    assert {row["board"] for row in of_board} <= {None, "ru/plain/overall"}
    assert {row["source"] for row in of_board} == {"ru"}
    early = json.loads(run("gaps", "--until", "2024-12-31", "--format", "json").stdout)
    assert early == [row for row in every if row["since"] < "2025"] != every


def test_the_statement_of_gaps_gives_its_rows(run: Run, archive: Path) -> None:
    statement = run("gaps", "ru", "--since", "2024-01-01", "--sql").stdout
    with duckdb.connect(str(archive / "archive.duckdb"), read_only=True) as con:
        rows = con.sql(statement).fetchall()
    said = json.loads(run("gaps", "ru", "--since", "2024-01-01", "--format", "json").stdout)
    assert [(row["source"], row["kind"], row["detail"]) for row in said] == [
        (row[0], row[4], row[5]) for row in rows
    ]
    assert rows


def test_where_nothing_is_missing_that_is_said(run: Run) -> None:
    done = run("gaps", "--until", "2001-01-01")
    assert (done.returncode, "Nothing is missing there" in done.stderr) == (0, True)
    wrong = run("gaps", "nosuch")
    assert (wrong.returncode, wrong.stdout) == (2, "")


def test_sources_may_be_named(run: Run) -> None:
    [row] = json.loads(run("sources", "ru", "--format", "json").stdout)
    assert row["source"] == "ru"
    wrong = run("sources", "arenna")
    assert wrong.returncode == 2
    assert "arena" in wrong.stderr


def test_an_answer_without_rows_says_why(run: Run, tmp_path: Path) -> None:
    (tmp_path / "snapshots").mkdir()
    for words in (("history", "Sber"), ("standing", "Sber"), ("overtakes", "Sber"), ("boards",)):
        done = run(*words, archive_dir=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "holds no snapshot yet" in done.stderr, words
    early = run("history", "Sber", "--until", "2001-01-01")
    assert (early.returncode, "No snapshot says anything of that" in early.stderr) == (0, True), early.stderr
