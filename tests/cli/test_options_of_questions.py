"""Which question takes which option, that each does what it says, and that `--sql` gives the same rows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import duckdb
import pytest
from click.testing import CliRunner

from archiver.cli.main import cli
from archiver.reports.rows import value

README = Path(__file__).parents[2] / "README.md"
RU, ARENA = "ru/plain/overall", "arena/text/overall"
ENDS = ("2024-07-01", "2024-11-01")


def ask(archive: Path, *words: str) -> list[dict[str, Any]]:
    """The rows of a question; one with a condition splits the process, so it runs in one of its own."""
    asked = [*words, "--format", "json", "--archive", str(archive)]
    if "--where" in words:
        program = [sys.executable, "-c", "from archiver.cli.main import run; run()"]
        out = subprocess.run([*program, *asked], capture_output=True, text=True, check=True).stdout
    else:
        done = CliRunner().invoke(cli, asked, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        out = done.stdout
    rows: list[dict[str, Any]] = json.loads(out)
    return rows


def test_the_readme_tells_which_question_takes_which_option() -> None:
    table = README.read_text("utf-8").partition("Which question takes which:\n\n")[2].partition("\n\n")[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    questions = [name.strip("`") for name in cells[0][1:]]
    told = {
        (question, option)
        for line in cells[2:]
        for question, yes in zip(questions, line[1:], strict=True)
        for option in re.findall(r"`(--[a-z-]+)`", line[0])
        if yes
    }
    group = click.Context(cli)
    there = {
        (name, option)
        for name in questions
        for parameter in getattr(cli.get_command(group, name), "params", ())
        if isinstance(parameter, click.Option)
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    assert told == there


CUTS: list[tuple[tuple[str, ...], tuple[str, ...], str]] = [
    (("history", "Sber", "OpenAI"), ("--board", "ru/*"), "board GLOB 'ru/*'"),
    (("history", "Sber", "Yandex"), ("--category", "russian"), "board GLOB '*/russian'"),
    (("history", "Sber"), ("--since", "2024-09-01"), "date >= '2024-09-01'"),
    (("history", "Sber"), ("--until", "2024-10-01"), "date <= '2024-10-01'"),
    (("history", "Sber", "Yandex"), ("--top", "2"), "rank <= 2"),
    (("history", "Sber", "Yandex"), ("--where", "rank = 3"), "rank = 3"),
    (("board", RU), ("--where", "country = 'RU'"), "country = 'RU'"),
    (("board", "aider/polyglot/overall"), ("--variant", "diff"), "contains(variant, 'diff')"),
    (("standing", "Sber", "Yandex"), ("--board", "ru/*"), "board GLOB 'ru/*'"),
    (("standing", "Sber", "Yandex"), ("--category", "russian"), "board GLOB '*/russian'"),
    (("standing", "Sber", "Yandex"), ("--where", "status = 'absent'"), "status = 'absent'"),
    (("standing", "GPT-4o", "--board", "aider/*"), ("--variant", "diff"), "variant = 'diff'"),
    (("streaks", "Sber", "Yandex"), ("--board", "ru/*"), "board GLOB 'ru/*'"),
    (("streaks", "Sber", "Yandex"), ("--category", "russian"), "board GLOB '*/russian'"),
    (("streaks", "Sber", "Yandex"), ("--longest",), "longest"),
    (("streaks", "Sber", "Yandex"), ("--current",), "current"),
    (("streaks", "Sber", "Yandex", "--longest"), ("--current",), "current"),
    (("streaks", "Sber", "Yandex"), ("--where", "since >= '2024-09-01'"), "since >= '2024-09-01'"),
    (("streaks", "Sber", "Yandex", "--longest"), ("--where", "not current"), "NOT current"),
    (("movers", RU, "--since", ENDS[0]), ("--top", "3"), "least(rank, rank_before) <= 3"),
    (("movers", RU, "--since", ENDS[0]), ("--where", "status = 'left'"), "status = 'left'"),
    (("diff", RU, *ENDS), ("--top", "2"), "least(rank, rank_before) <= 2"),
    (("diff", RU, *ENDS), ("--where", "status = 'same'"), "status = 'same'"),
    (("diff", RU, *ENDS), ("--variant", ""), "variant IS NULL"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "option", "condition"), CUTS, ids=lambda each: " ".join(each)[:40])
def test_an_option_keeps_the_rows_that_it_names(
    archive: Path, question: tuple[str, ...], option: tuple[str, ...], condition: str
) -> None:
    every, kept = ask(archive, *question), []
    types = {"rank": "INTEGER", "rank_before": "INTEGER", "longest": "BOOLEAN", "current": "BOOLEAN"}
    typed_as = [f"CAST({name} AS {type}) AS {name}" for name, type in types.items() if name in every[0]]
    columns = ", ".join(f"row->>'{name}' AS \"{name}\"" for name in every[0])
    row_of = f"SELECT {columns} FROM (SELECT CAST(? AS JSON) AS row)"  # noqa: S608  # the test's own text
    typed = f"SELECT * REPLACE ({', '.join(typed_as)}) FROM ({row_of})"  # noqa: S608
    with duckdb.connect() as con:
        for row in every:
            if con.execute(f"SELECT 1 FROM ({typed}) WHERE {condition}", [json.dumps(row)]).fetchall():  # noqa: S608
                kept.append(row)
    assert in_order(ask(archive, *question, *option)) == in_order(kept)
    assert kept or "--variant" in option


def in_order(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(map(json.dumps, rows))


@pytest.mark.parametrize("question", ["standing", "streaks"])
def test_as_of_and_until_are_one_where_a_time_is_summed_up(archive: Path, question: str) -> None:
    until = ask(archive, question, "Sber", "Yandex", "--until", "2024-09-15")
    assert ask(archive, question, "Sber", "Yandex", "--as-of", "2024-09-15") == until
    last = {row.get("date", row.get("until")) for row in until if row["board"] == RU}
    assert last == ({"2024-09-01"} if question == "standing" else {"2024-08-01", "2024-09-15"})


def test_boards_agree_as_of_a_date(archive: Path) -> None:
    [row] = ask(archive, "agreement", RU, "arena/text/russian", "--as-of", "2026-07-01")
    assert (row["time"], row["other_time"]) == ("2024-11-01T09:30:00Z", "2026-06-25")


@pytest.mark.parametrize(
    "question",
    [
        ("standing", "Sber"), ("streaks", "Sber"), ("overtakes", "Sber"), ("movers", RU), ("diff", RU, *ENDS),
        ("agreement", RU, *ENDS), ("history", "Sber"), ("board", RU),
    ],
    ids=lambda words: words[0],
)  # fmt: skip
def test_what_was_known_on_a_day_long_ago_is_nothing(archive: Path, question: tuple[str, ...]) -> None:
    done = CliRunner().invoke(
        cli, [*question, "--as-known-on", "2001-01-01", "--format", "json", "--archive", str(archive)]
    )
    if isinstance(done.exception, Exception) and not isinstance(done.exception, SystemExit):
        assert "no two complete snapshots" in str(done.exception) or "holds no snapshot" in str(
            done.exception
        )
    else:
        assert json.loads(done.stdout) == []


QUESTIONS: list[tuple[str, ...]] = [
    ("history", "Sber", "Yandex", "--every", "month"),
    ("history", "Sber", "--all", "--among", "country:RU", "--top", "2", "--board", "ru/*"),
    ("history", "OpenAI", "--as-of", "2026-07-15", "--as-known-on", "2030-01-01"),
    ("board", RU, "--as-of", "2024-09-15"),
    ("board", ARENA, "--among", "gpt*", "--variant", ""),
    ("standing", "Sber", "Yandex", "--top", "2", "--as-known-on", "2030-01-01"),
    ("streaks", "Sber", "Yandex", "--since", "2024-08-01", "--longest"),
    ("streaks", "OpenAI", "--top", "1", "--current", "--as-known-on", "2030-01-01"),
    ("streaks", "GPT-4o", "--variant", "WHOLE", "--current", "--longest"),
    ("streaks", "Sber", "--among", "country:RU", "--top", "1", "--category", "overall"),
    ("movers", RU, "--since", "2024-07-01", "--top", "3"),
    ("diff", RU, *ENDS, "--variant", ""),
    ("diff", RU, *ENDS, "--among", "country:RU", "--top", "2"),
    ("movers", RU, "--among", "country:RU", "--top", "2", "--since", "2024-07-01"),
    ("standing", "GPT-4o", "--variant", "WHOLE"),
    ("overtakes", "OpenAI", "--all", "--category", "overall"),
    ("agreement", RU, ARENA, "--as-of", "2026-07-15"),
    ("standing", "Sber", "--among", "country:RU", "--top", "2", "--category", "overall"),
    ("standing", "Yandex", "--among", "open", "--board", RU),
    ("overtakes", "Sber", "--among", "country:RU", "--all", "--variant", ""),
    ("agreement", RU, "2024-07-01", "2024-11-01", "--among", "country:RU"),
    ("boards", "arena/*"), ("sources",), ("find", "gpt"), ("gaps", "ru"), ("held",),
    ("status", "--names"),
]  # fmt: skip
CODE = """
import duckdb, json, sys
con = duckdb.connect(sys.argv[1], read_only=True)
con.execute("SET enable_progress_bar = false")  # which an older one writes among the rows
def told(cell):
    return f"{cell:.9g}" if isinstance(cell, float) else repr(cell)
for statement in sys.argv[2:]:
    rows = con.execute(statement).fetchall()
    print([column[0] for column in con.description], [[told(cell) for cell in row] for row in rows])
"""


def printed(archive: Path, question: tuple[str, ...]) -> str:
    done = CliRunner().invoke(cli, [*question, "--sql", "--archive", str(archive)], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


@pytest.mark.parametrize("question", QUESTIONS, ids=" ".join)
def test_a_printed_statement_gives_the_same_rows(archive: Path, question: tuple[str, ...]) -> None:
    rows = ask(archive, *question)
    with duckdb.connect(str(archive / "archive.duckdb"), read_only=True) as con:
        relation = con.sql(printed(archive, question))
        asked = [
            {name: value(cell) for name, cell in zip(relation.columns, row, strict=True)}
            for row in relation.fetchall()
        ]
    kept = list(rows[0]) if rows else []
    assert [{name: row[name] for name in kept} for row in asked] == rows
    # The world that these tests ask was never captured, so that nothing of it was ever known.
    assert rows or "--as-known-on" in question or question[0] == "overtakes"


@pytest.mark.skipif(
    "ARCHIVER_OLDER_DUCKDB" not in os.environ, reason="$ARCHIVER_OLDER_DUCKDB names no older duckdb"
)
def test_an_older_shell_gives_them_too(archive: Path) -> None:
    statements = [printed(archive, question) for question in QUESTIONS]
    told = []
    for more in ({}, {"PYTHONPATH": os.environ["ARCHIVER_OLDER_DUCKDB"]}):
        done = subprocess.run(
            [sys.executable, "-c", CODE, str(archive / "archive.duckdb"), *statements],
            env={**os.environ, **more}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        told.append(done.stdout)
    assert told[0] == told[1]
