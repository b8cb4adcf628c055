"""Hostile names in what is printed and in files of data: harmless, whole, and the same in the archive."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
from pathlib import Path

import bibtexparser
import openpyxl
import pyarrow.parquet as pq
import pytest
from markdown_it import MarkdownIt

from archiver import Archive
from archiver.reports.text import literal_cell, original, printable
from tests.names.conftest import World
from tests.names.hostile import BOARD, STORED
from tests.names.outputs import CHECKOUT, MADE, PRINTED, WHO
from tests.terminal import seen_on_a_terminal

WHOLE = ("board", "diff", "movers", "parse")
"""Commands whose answer holds every name."""
FORMULA = re.compile(r"['\s]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
COMMANDS = [f"{each.name} as {form}" for each in PRINTED for form in each.formats]


def cells(text: str) -> set[str]:
    """The cells of a CSV, as they were before they were made neutral and visible: the rule of the README."""
    return {original(literal_cell(cell)) for row in csv.reader(io.StringIO(text)) for cell in row}


def harmless(text: str, *besides: str) -> bool:
    return all(printable(each) or each in {"\n", *besides} for each in text)


def test_there_are_a_hundred() -> None:
    assert len(STORED) == len(set(STORED)) >= 100


def test_every_command_answers(world: World) -> None:
    print(f"{len(STORED)} names through {len(world.said)} outputs")
    assert {name: said.err for name, said in world.said.items() if said.code} == {}


def test_the_stored_name_is_unchanged(world: World) -> None:
    archive = Archive(world.archive)
    listed = archive.sql("SELECT DISTINCT model_listed FROM rankings").fetchall()
    assert {name for (name,) in listed} == set(STORED)
    organizations = archive.sql("SELECT DISTINCT organization_listed FROM rankings").fetchall()
    assert {name for (name,) in organizations} == set(STORED)
    archive.close()


@pytest.mark.parametrize("name", COMMANDS)
def test_no_control_character_is_printed(world: World, name: str) -> None:
    said = world.said[name]
    assert harmless(said.out, *"\t" if name.endswith("plain") else "")
    assert harmless(said.err)


@pytest.mark.parametrize("name", WHOLE)
def test_every_name_can_be_had_back(world: World, name: str) -> None:
    wanted = set(STORED)
    assert cells(world.said[f"{name} as csv"].out) >= wanted
    rows = json.loads(world.said[f"{name} as json"].out)
    lines = [json.loads(line) for line in world.said[f"{name} as jsonl"].out.splitlines()]
    assert rows == lines
    assert {value for row in rows for value in row.values() if isinstance(value, str)} >= wanted
    plain = world.said[f"{name} as plain"].out
    assert {original(cell) for line in plain.split("\n") for cell in line.split("\t")} >= wanted
    assert rendered(world.said[f"{name} as markdown"].out) >= wanted


def rendered(text: str) -> set[str]:
    """The text of each piece of a Markdown table; markup that took effect leaves its mark."""
    pieces = (
        token.children or []
        for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    )
    return {
        original(
            "".join(
                part.content if part.type in ("text", "text_special") else f"<{part.type}>" for part in piece
            )
        )
        for piece in pieces
    }


def test_no_cell_of_a_csv_is_a_formula(world: World) -> None:
    files = [
        file
        for folder in (world.made("export csv"), world.made("report csv"))
        for file in folder.rglob("*.csv")
    ]
    texts = [said.out for name, said in world.said.items() if name.endswith("as csv")]
    assert len(files) > 2
    for text in [*texts, *(file.read_text("utf-8") for file in files)]:
        found = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        assert [cell for cell in found if FORMULA.match(cell) and cell[0] != "'" and not number(cell)] == []
        assert harmless(text)


def number(cell: str) -> bool:
    return re.fullmatch(r"-?[0-9][0-9.e+-]*", cell) is not None


def test_exports_hold_every_name(world: World) -> None:
    [ranked] = world.made("export csv").rglob("rankings/*.csv")
    assert cells(ranked.read_text("utf-8")) >= set(STORED)
    found: set[str] = set()
    for file in world.made("export parquet").rglob("*.parquet"):
        table = pq.read_table(file)
        if "model_listed" in table.column_names:
            found |= set(table.column("model_listed").to_pylist())
    assert found == set(STORED), "Parquet needs no escape"


def test_a_workbook_has_no_formula(world: World) -> None:
    book = openpyxl.load_workbook(world.the_file("report xlsx"))
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert len(found) > 200
    assert {cell.data_type for cell in found} <= {"s", "n", "d", "b"}
    assert [
        cell.hyperlink.target for cell in found if cell.hyperlink and "evil" in str(cell.hyperlink.target)
    ] == []


def test_a_citation_is_one_entry(world: World) -> None:
    for name, said in world.said.items():
        if name.endswith("as bibtex"):
            library = bibtexparser.parse_string(said.out)
            assert (len(library.entries), library.failed_blocks) == (1, []), said.out
        if name.endswith("as csl-json"):
            assert len(json.loads(said.out)) == 1


def test_a_pdf_reads_no_file(world: World) -> None:
    file = world.the_file("report pdf")
    assert file.read_bytes().startswith(b"%PDF-")
    assert b"root:" not in file.read_bytes()


def test_nothing_is_written_elsewhere(world: World) -> None:
    """Not where the program ran, not above the archive, and of files only those that were asked for."""
    assert list((world.root / "work").iterdir()) == []
    assert sorted(path.name for path in world.root.iterdir()) == [
        "answers",
        "archive",
        "made",
        "payload.json",
        "work",
    ]
    assert {path.name for path in world.archive.iterdir()} <= {
        *("archive.duckdb", "archiver.toml", "boards", "snapshots", ".archiver.lock", "collector"),
    }
    for each in MADE:
        files = [path for path in world.made(each.name).rglob("*") if path.is_file()]
        assert files, each.name
        if not each.name.startswith("export"):
            assert len(files) == 1


@pytest.mark.parametrize("command", ["board", "history"])
def test_a_real_terminal_gets_colours_and_nothing_else(world: World, command: str) -> None:
    names = (BOARD,) if command == "board" else WHO[::9]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT), "LANG": "C.UTF-8",
           "ARCHIVER_HOME": str(world.archive)}  # fmt: skip
    program = [sys.executable, "-c", "from archiver.cli.main import run; run()"]
    seen = seen_on_a_terminal(
        [*program, command, "--", *names], 120, env=env, cwd=world.root / "work", errors_too=True
    )
    text = re.sub(r"\x1b\[[0-9;]*m", "", seen)
    assert "\x1b[1m" in seen, "it is a terminal"
    assert harmless(text)
    assert max(map(len, text.splitlines())) < 1000


def test_the_paths_of_made_files_are_the_askers(world: World) -> None:
    """An export names its files by source: no name of a stranger stands in a path."""
    for path in (world.root / "made").rglob("*"):
        assert not any(name in path.name for name in STORED if len(name) > 8)
        assert Path(os.path.realpath(path)).is_relative_to(world.root)
