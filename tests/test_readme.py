"""The README is true: its commands run, its columns and macros are the index's, no command is left out."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from archiver import Archive
from archiver.cli.main import SECTIONS
from archiver.reports.rows import value
from tests.once import Played

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
TUTORIAL = _BLOCK.findall(README.partition("## The same question three ways")[2].partition("\n## ")[0])
BLOCKS = [block for block in _BLOCK.findall(README) if block not in TUTORIAL]


def commands(first_line: str) -> list[str]:
    """The `archiver …` lines of the shell block that begins so."""
    [block] = [body for kind, body in BLOCKS if kind == "sh" and body.startswith(first_line)]
    return [line for line in block.splitlines() if line.startswith("archiver ")]


def run(home: Path, line: str) -> subprocess.CompletedProcess[str]:
    words = shlex.split(line, comments=True)[1:]
    env = {**os.environ, "ARCHIVER_HOME": str(home), "LC_ALL": "C.UTF-8", "no_proxy": "127.0.0.1"}
    return subprocess.run(
        [sys.executable, "-m", "archiver.cli", *words],
        capture_output=True,
        text=True,
        check=False,
        env=env,
        cwd=home.parent,
    )


@pytest.fixture(scope="module")
def played(demo: Played, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's archive, in a folder of this process's own."""
    home = tmp_path_factory.mktemp("readme") / "archiver-demo"
    shutil.copytree(demo.archive, home)
    return home


@pytest.fixture(scope="module")
def checkout(starter_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter history, in a folder of this process's own."""
    home = tmp_path_factory.mktemp("checkout")
    shutil.copytree(starter_home, home, dirs_exist_ok=True)
    return home


def given(home: Path, line: str, done: subprocess.CompletedProcess[str]) -> int:
    """How much a line of the README put out: into the file that it names, or on standard output."""
    written = re.search(r" -o (\S+)", line)
    return (home.parent / written[1]).stat().st_size if written else len(done.stdout)


DEMO, CHECKOUT = "export ARCHIVER_HOME=archiver-demo\n", "archiver history Sber Yandex\n"


@pytest.mark.parametrize("line", commands(DEMO))
def test_the_first_ten_minutes_run_on_the_demo(played: Path, line: str) -> None:
    done = run(played, line)
    calls_a_person = line.startswith("archiver status")  # the demo's last capture is long ago
    assert done.returncode == calls_a_person, done.stderr
    assert given(played, line, done)


@pytest.mark.parametrize("line", commands(CHECKOUT))
def test_a_fresh_checkout_answers_offline(checkout: Path, line: str) -> None:
    done = run(checkout, line)
    assert done.returncode == 0, done.stderr
    assert given(checkout, line, done)


def test_the_news_line_can_be_checked(checkout: Path) -> None:
    told = run(checkout, 'archiver history Sber Yandex --board "reported/llmarena-ru/*" --format csv').stdout
    places = re.findall(r",(\d+),44,", told)
    assert places == ["12", "17"]


def test_a_picture_calls_a_row_order_no_place(checkout: Path) -> None:
    done = run(checkout, "archiver chart Sber --board reported/mera/text -o unranked.json")
    assert done.returncode == 0, done.stderr
    assert "with no rank" in done.stderr
    assert "1st" not in done.stderr


def test_the_sql_and_the_columns_are_those_of_the_index(played: Path) -> None:
    archive = Archive(played)
    archive.connect()
    archive.close()
    [columns] = re.findall(r"Columns of `rankings`: `([^`]+)`", README)
    [statements] = [body for kind, body in BLOCKS if kind == "sql"]
    with duckdb.connect(str(archive.index), read_only=True) as shell:
        shown = [name for name, *_ in shell.execute("DESCRIBE rankings").fetchall()]
        assert [name.strip() for name in columns.split(",")] == shown
        for statement in statements.split(";"):
            if statement.strip():
                assert shell.execute(statement).fetchall()
        tables = {name for (name,) in shell.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    [told] = re.findall(r"The tables below the views are (.+?);", README, re.DOTALL)
    assert set(re.findall(r"`(\w+)`", told)) == tables


NOTEBOOK = """
import contextlib, io, json, sys
from IPython.core.interactiveshell import InteractiveShell
from archiver.reports.rows import value

shell = InteractiveShell.instance()
for cell in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()):
        done = shell.run_cell(cell)
    done.raise_error()
    shown, _ = shell.display_formatter.format(done.result)
    told = {"data": {kind: str(each) for kind, each in shown.items()}}
    if hasattr(done.result, "fetchall"):
        told["columns"] = done.result.columns
        told["rows"] = [[value(each) for each in row] for row in done.result.fetchall()]
    print(json.dumps(told))
"""
"""Runs cells in IPython's own shell, and tells what its display formatter, which is that of a notebook's
kernel, makes of the last value of each."""


@pytest.fixture(scope="module")
def notebook(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What the Python blocks of the tutorial show in a notebook, and the rows that they give."""
    pytest.importorskip("IPython", reason="IPython is not installed")
    cells = json.dumps([body for kind, body in TUTORIAL if kind == "python"])
    env = {**os.environ, "IPYTHONDIR": str(tmp_path_factory.mktemp("ipython")), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", NOTEBOOK], input=cells, capture_output=True, text=True, check=False, env=env,
        cwd=checkout,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("number", range(3))
def test_three_ways_give_the_same_rows(checkout: Path, notebook: list[dict[str, Any]], number: int) -> None:
    command, statement = (
        [body for kind, body in TUTORIAL if kind == wanted][number].strip() for wanted in ("sh", "sql")
    )
    told: list[dict[str, Any]] = json.loads(run(checkout, f"{command} --format json").stdout)
    assert told
    with duckdb.connect(str(checkout / "archive.duckdb"), read_only=True) as shell:
        relation = shell.sql(statement)
        asked = relation.columns, [[value(each) for each in row] for row in relation.fetchall()]
    for columns, rows in (asked, (notebook[number]["columns"], notebook[number]["rows"])):
        kept = [dict(zip(columns, row, strict=True)) for row in rows]
        assert [{name: row[name] for name in told[0]} for row in kept] == told


def test_a_notebook_shows_tables_and_a_picture(notebook: list[dict[str, Any]]) -> None:
    *tables, picture = (cell["data"] for cell in notebook)
    for shown in tables:
        assert shown["text/html"].startswith("<table") and "<td>" in shown["text/html"]
    assert any(kind.startswith(("image/", "application/vnd.vegalite")) for kind in picture)


def test_no_command_is_left_out() -> None:
    for name in (name for names in SECTIONS.values() for name in names):
        assert re.search(rf"`{name}`|archiver {name}\b|`{name} ", README), (
            f"README.md does not tell of {name}"
        )


def listed(folder: str) -> Iterator[str]:
    done = subprocess.run(["git", "ls-files", folder], capture_output=True, text=True, check=True, cwd=ROOT)
    yield from done.stdout.splitlines()


def test_the_top_level_is_as_agreed() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("no checkout of git")
    top = {name.split("/")[0] for name in listed(".")}
    allowed = {"pyproject.toml", "archiver", "snapshots", "tests", "README.md", "LICENSE", "CHANGELOG.md"}
    assert {name for name in top if not name.startswith(".")} <= allowed
