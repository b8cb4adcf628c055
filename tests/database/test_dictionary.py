"""The data dictionary is complete, has nothing too much, and stands in the file itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from archiver.answers import schema
from archiver.cli.main import cli
from archiver.database import build
from archiver.database.dictionary import ANY, meanings

_HELPERS = {
    *("behind", "boards_of", "compared", "compared_lines", "covered_snapshots", "covering", "diff_of"),
    *(
        "entry_sides",
        "good_side",
        "high_end",
        "in_setting",
        "interval_of",
        "is_meant",
        "last_first",
        "line_order",
    ),
    *("listed_words", "longest_step", "low_end", "names_among", "one_on_each", "pair_at", "placed_lines"),
    *("places_allowed", "places_among_named", "ranks_of", "says_open", "settled_status", "snapshot_before"),
    *("snapshots_made", "spans", "surely_ahead", "whole_days"),
}
"""Macros that serve other macros alone."""


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        build.tables(con)
        build.rules(con)
        build.questions(con)
        yield con


def test_every_table_view_and_column_has_a_meaning(con: duckdb.DuckDBPyConnection) -> None:
    assert not [each[:3] for each in schema(con) if not each.meaning]


def test_every_macro_is_told_or_serves_others(con: duckdb.DuckDBPyConnection) -> None:
    told = {each.name.removesuffix("()") for each in schema(con) if each.kind == "macro"}
    there = con.execute(
        "SELECT DISTINCT function_name FROM duckdb_functions() "
        "WHERE NOT internal AND function_type IN ('macro', 'table_macro')"
    ).fetchall()
    assert {name for (name,) in there} == told | _HELPERS


def test_the_dictionary_speaks_of_nothing_that_is_not_there(con: duckdb.DuckDBPyConnection) -> None:
    found = schema(con)
    there = {(each.name, each.column or "") for each in found}
    columns = {each.column for each in found}
    strange = [
        (name, column)
        for name, column in meanings()
        if (column not in columns if name == ANY else (name, column) not in there)
    ]
    assert not strange


def test_the_file_says_it_to_any_client(con: duckdb.DuckDBPyConnection) -> None:
    [(said,)] = con.execute(
        "SELECT comment FROM duckdb_columns() WHERE table_name = 'rankings' AND column_name = 'score'"
    ).fetchall()
    assert said == "What the board ranks by, in the unit of its metric [metric]"
    [(said,)] = con.execute("SELECT comment FROM duckdb_tables() WHERE table_name = 'captures'").fetchall()
    assert said.startswith("The ledgers")


def test_the_command(tmp_path: Path) -> None:
    (tmp_path / "snapshots").mkdir()
    run = CliRunner().invoke(cli, ["--archive", str(tmp_path), "schema", "rankings", "--format", "json"])
    rows = json.loads(run.stdout)
    assert run.exit_code == 0 and len(rows) == 26 and rows[0]["kind"] == "view"
    assert {row["column"] for row in rows} >= {"board", "rank", "payload_sha256"}
    assert next(row for row in rows if row["column"] == "votes")["unit"] == "votes"
