"""The data dictionary: what each table, view, column and macro of an index means, and in which unit.

dictionary.tsv is the one place where it is written. From there it goes into the index as comments, which any
client shows, into `archiver schema`, and into exported packages.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import duckdb

FILE = Path(__file__).with_name("dictionary.tsv")
ANY = "*"
"""Stands for every table that has a column of that name and says nothing else of it."""


class Meaning(NamedTuple):
    """What something means, and its unit where it has one."""

    meaning: str
    unit: str

    def __str__(self) -> str:
        return f"{self.meaning} [{self.unit}]" if self.unit else self.meaning


@cache
def meanings() -> Mapping[tuple[str, str], Meaning]:
    """Name and column → meaning. A macro is called `name()`; of a thing as a whole the column is empty."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return {(row["name"], row["column"]): Meaning(row["meaning"], row["unit"]) for row in rows}


def meaning(name: str, column: str = "") -> Meaning | None:
    """Of a table, view or macro, or of a column; None where the dictionary has none."""
    known = meanings()
    return known.get((name, column)) or (known.get((ANY, column)) if column else None)


def comment(connection: duckdb.DuckDBPyConnection, made_by: str) -> None:
    """Writes the meanings into the index that is open, as comments on what was made.

    made_by: the statements that made it. DuckDB would list it among all that is its own, which takes as long
    as to make it.
    """
    connection.execute(";\n".join(_statements(connection, made_by)))


def _statements(connection: duckdb.DuckDBPyConnection, made_by: str) -> Iterator[str]:
    for kind, name, table in _MADE.findall(made_by):
        macro = kind == "MACRO"
        if found := meaning(f"{name}()" if macro else name):
            yield f'COMMENT ON {kind}{table} "{name}" IS {_quoted(found)}'
        if not macro:
            columns = connection.execute(f'FROM "{name}" LIMIT 0').description
            for column, *_ in columns:
                if found := meaning(name, column):
                    yield f'COMMENT ON COLUMN "{name}"."{column}" IS {_quoted(found)}'


_MADE = re.compile(
    r"^CREATE (?:OR REPLACE )?(TABLE|VIEW|MACRO) (\w+)(?:\([^()]*\) AS( TABLE)?\b)?", re.MULTILINE
)
"""What is made and its name, and whether a macro gives a table."""


def _quoted(found: Meaning) -> str:
    return "'" + str(found).replace("'", "''") + "'"
