"""Rows as a Frictionless data package: files, and a descriptor with licences, checksums and meanings.

The descriptor follows Data Package 2.0 (https://datapackage.org): one resource a file. Parquet files are
parted by source and year in the Hive manner (`rankings/source=arena/year=2026/part.parquet`), which DuckDB,
Polars and pandas read as one table. CSV is one file a source. The same archive and arguments give the same
bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from ..answers import names
from ..answers.sql import literal, rows
from ..errors import NotKept, UsageError
from . import columns, files

if TYPE_CHECKING:
    import duckdb

Form = Literal["parquet", "csv"]
FORMS: tuple[Form, ...] = get_args(Form)

DESCRIPTOR = "datapackage.json"
NAME = "llm-leaderboard-archive"
_TIME = "coalesce(published_at, captured_at)"
_YEAR = f"year({_TIME})"
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"


class Package(NamedTuple):
    """What was written."""

    path: Path
    files: int
    rows: int
    bytes: int


class Choice(NamedTuple):
    """Which rows: of some boards (none named: of all), ordered by publication between two times."""

    boards: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None

    def where(self, con: duckdb.DuckDBPyConnection) -> str:
        """As a condition on `rankings`. Raises UnknownName for a glob that matches no board."""
        said = []
        if self.boards:
            said.append(f"board IN (SELECT unnest({literal(names.boards(con, self.boards))}::VARCHAR[]))")
        if self.since:
            said.append(f"{_TIME} >= {literal(self.since)}")
        if self.until:
            said.append(f"{_TIME} <= end_of({literal(self.until)})")
        return " AND ".join(said) or "true"


def package(
    con: duckdb.DuckDBPyConnection, target: Path, form: Form, choice: Choice, *, tool: str
) -> Package:
    """Writes `rankings` and the table of sources to a folder, and the descriptor that makes it a package.

    The folder appears whole or not at all. One that holds an earlier package is replaced; raises UsageError
    where anything else is there or no row is chosen, NotKept where the disk refuses.
    """
    _must_be_ours(target)
    where = choice.where(con)
    parts = rows(
        con,
        f"""
        SELECT split_part(board, '/', 1) AS source, {_YEAR} AS year
        FROM rankings WHERE {where} GROUP BY ALL ORDER BY ALL
        """,  # noqa: S608  # literals are quoted
    )
    if not parts:
        raise UsageError("No row lies within these bounds: nothing was written.")
    beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        beside.mkdir(parents=True)
        written = list(_written(con, beside, form, where, parts))
        done = _describe(con, beside, written, tool)
        if target.exists():
            shutil.rmtree(target)
        beside.rename(target)
    except OSError as error:
        raise NotKept(
            f"{target} cannot be written: {error.strerror}.",
            kept="the archive",
            todo="name another folder, or make room",
        ) from error
    finally:
        with suppress(OSError):
            shutil.rmtree(beside)
    return Package(target, len(written), sum(file.rows for file in written), done)


def _must_be_ours(target: Path) -> None:
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return
    with suppress(OSError, ValueError):
        if json.loads((target / DESCRIPTOR).read_text("utf-8")).get("name") == NAME:
            return
    raise UsageError(
        f"{target} is there already, and is no package that `archiver export` wrote.",
        kept="it is as it was",
        todo="name a folder that does not exist yet",
    )


def _written(
    con: duckdb.DuckDBPyConnection, folder: Path, form: Form, where: str, parts: list[tuple[object, ...]]
) -> Iterator[files.File]:
    listed = rows(con, "SELECT source, title, homepage, license, attribution FROM sources")
    told = {str(row[0]): row[1:] for row in listed}
    if form == "csv":
        for source in sorted({str(source) for source, _ in parts}):
            file = files.File(f"rankings/{source}.csv", source, "rankings", source, told.get(source), 0)
            yield files.csv(con, folder, file, f"{where} AND starts_with(board, {literal(source + '/')})")
    else:
        for source, year in ((str(source), int(str(year))) for source, year in parts):
            path = f"rankings/source={source}/year={year}/part.parquet"
            file = files.File(path, f"{source}-{year}", "rankings", source, told.get(source), 0)
            in_part = f"starts_with(board, {literal(source + '/')}) AND {_YEAR} = {year}"
            yield files.parquet(con, folder, file, f"{where} AND {in_part}")
    named = literal(sorted({str(source) for source, _ in parts}))
    file = files.File("sources.csv", "sources", "sources", "", None, 0)
    yield files.csv(con, folder, file, f"source IN (SELECT unnest({named}::VARCHAR[]))")


def _describe(con: duckdb.DuckDBPyConnection, folder: Path, written: Sequence[files.File], tool: str) -> int:
    """Writes the descriptor; returns the bytes of the whole package."""
    loaded = rows(con, "SELECT strftime(max(loaded_at), '%Y-%m-%dT%H:%M:%SZ') FROM captures")[0][0]
    resources = [_resource(con, folder, file) for file in written]
    descriptor: dict[str, Any] = {
        "$schema": _PROFILE,
        "name": NAME,
        "title": "Ranks of language models on public leaderboards, as captured",
        "description": "One row an entry of an accepted snapshot: what a board listed, where and when. "
        "Boards called reported/… hold what the press or a paper said, not captures. Text cells of CSV files "
        "that a spreadsheet would take for a formula begin with an apostrophe.",
        "created": loaded,
        "version": tool.rpartition("/")[2],
        "contributors": [{"title": tool, "roles": ["wrangler"]}],
        "sources": _sources(written),
        "licenses": _licenses(written),
        "resources": resources,
    }
    text = json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n"
    (folder / DESCRIPTOR).write_text(text, "utf-8")
    return len(text.encode()) + sum(int(resource["bytes"]) for resource in resources)


def _resource(con: duckdb.DuckDBPyConnection, folder: Path, file: files.File) -> dict[str, Any]:
    path = folder / file.path
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    described: dict[str, Any] = {
        "name": file.name,
        "type": "table",
        "path": file.path,
        "format": path.suffix[1:],
        "mediatype": {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}[path.suffix[1:]],
        "bytes": path.stat().st_size,
        "hash": f"sha256:{digest}",
        "schema": {
            "fields": columns.fields(con, file.table, exact=path.suffix == ".csv"),
            "missingValues": [""],
        },
    }
    if path.suffix == ".csv":
        described |= {"encoding": "utf-8", "dialect": {"delimiter": ",", "lineTerminator": "\n"}}
    if file.told:
        title, homepage, license_, attribution = (str(value) for value in file.told)
        described |= {
            "title": title,
            "description": attribution,
            "sources": [{"title": title, "path": homepage}],
            "licenses": [{"name": columns.slug(license_), "title": license_}],
        }
    return described


def _sources(written: Sequence[files.File]) -> list[dict[str, str]]:
    told = {file.source: file.told for file in written if file.told}
    return [{"title": str(each[0]), "path": str(each[1])} for _, each in sorted(told.items())]


def _licenses(written: Sequence[files.File]) -> list[dict[str, str]]:
    """The licences of the publishers' data, each once: which holds for a file is said beside the file."""
    titles = sorted({str(file.told[2]) for file in written if file.told})
    return [{"name": columns.slug(title), "title": title} for title in titles]
