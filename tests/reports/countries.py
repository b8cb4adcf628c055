"""An archive that knows more countries than the world that answers are tested on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from tests.answers.world import World, build


def add(con: duckdb.DuckDBPyConnection) -> None:
    """More than the registry of that world has: one of no model, too."""
    for code in ("US", "FR"):
        name = f"country:{code}"
        con.execute("INSERT INTO aliases VALUES (fold(?), ?, 'country', ?, '')", [name, name, code])


@contextmanager
def opened(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Its index, in an empty folder."""
    with build(folder / "archive.duckdb") as con:
        add(con)
        yield con


def begun(folder: Path, source: str, board: str) -> World:
    """One with a board that has no snapshot yet, in an empty folder."""
    made = World(folder / "archive.duckdb")
    made.source(source, board)
    made.registry()
    add(made.con)
    return made
