"""Data packages and feeds, read by the programs that they are for."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from archiver import Archive
from archiver.errors import UnknownName, UsageError
from archiver.reports.text import literal_cell, original

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("ru_llm_arena", "llmarena_ru", "aider", "reported")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The starter history of four sources."""
    home = tmp_path_factory.mktemp("exports")
    for source in SOURCES:
        shutil.copytree(ROOT / "snapshots" / source, home / "snapshots" / source)
    with Archive(home) as opened:
        yield opened


@pytest.fixture(scope="module")
def parquet(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archive.export(tmp_path_factory.mktemp("parquet") / "package", "parquet").path


@pytest.fixture(scope="module")
def sheets(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archive.export(tmp_path_factory.mktemp("csv") / "package", "csv").path


def answer(archive: Archive) -> list[tuple[object, ...]]:
    """Rows, and the best rank, by source: what every reader must find."""
    return archive.sql(
        "SELECT split_part(board, '/', 1) AS source, count(*), min(rank) "
        "FROM rankings GROUP BY ALL ORDER BY ALL"
    ).fetchall()


def python(code: str, *words: object) -> str:
    """What a program prints, in a process of its own: readers warn about each other's versions."""
    run = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.parametrize("form", ["parquet", "sheets"])
def test_the_standards_own_tool_finds_it_valid(form: str, request: pytest.FixtureRequest) -> None:
    package: Path = request.getfixturevalue(form)
    # Of a Parquet file it does not count bytes, and calls that an error; the checksums are proved below.
    skipped = ["byte-count", "hash-count"] if form == "parquet" else []
    code = (
        "import frictionless, sys\n"
        "checks = frictionless.Checklist(skip_errors=sys.argv[2:])\n"
        "report = frictionless.validate(sys.argv[1], checklist=checks)\n"
        "print(report.valid, [e.note for t in report.tasks for e in t.errors], report.errors)"
    )
    assert python(code, package / "datapackage.json", *skipped).startswith("True [] []")


def test_duckdb_reads_both(archive: Archive, parquet: Path, sheets: Path) -> None:
    import duckdb

    with duckdb.connect() as con:
        parted = f"read_parquet('{parquet}/rankings/**/*.parquet', hive_partitioning = true)"
        con.execute(f"CREATE VIEW parted AS FROM {parted}")
        told = con.execute("SELECT source, count(*), min(rank) FROM parted GROUP BY ALL ORDER BY ALL")
        assert told.fetchall() == answer(archive)
        years = con.execute("SELECT bool_and(year = year(coalesce(published_at, captured_at))) FROM parted")
        assert years.fetchall() == [(True,)]
        for source, count, best in answer(archive):
            con.read_csv(f"{sheets}/rankings/{source}.csv").create_view("sheet")
            assert con.execute("SELECT count(*), min(rank) FROM sheet").fetchall() == [(count, best)]


def test_polars_and_pandas_read_it(archive: Archive, parquet: Path, sheets: Path) -> None:
    expected = json.dumps(answer(archive))
    polars = (
        "import json, polars as pl, sys\n"
        "rows = pl.scan_parquet(sys.argv[1] + '/rankings/**/*.parquet', hive_partitioning=True)"
        ".group_by('source').agg(pl.len(), pl.col('rank').min().alias('best')).sort('source')"
        ".collect().rows()\n"
        "print(json.dumps(rows))"
    )
    assert json.loads(python(polars, parquet)) == json.loads(expected)
    pandas = (
        "import json, pandas as pd, sys\n"
        "def rows(frame):\n"
        "    parts = frame.groupby(frame.board.str.split('/').str[0])\n"
        "    return [[str(name), len(part), int(part['rank'].min())] for name, part in parts]\n"
        "one = rows(pd.read_parquet(sys.argv[1] + '/rankings'))\n"
        "two = rows(pd.concat(pd.read_csv(f'{sys.argv[2]}/rankings/{name}.csv') for name in sys.argv[3:]))\n"
        "print(json.dumps([one, two]))"
    )
    found = json.loads(python(pandas, parquet, sheets, *sorted(str(row[0]) for row in answer(archive))))
    assert found == [json.loads(expected)] * 2


@pytest.mark.skipif(
    shutil.which("Rscript") is None, reason="needs R: Debian's r-base-core and r-cran-jsonlite"
)
def test_r_reads_it(archive: Archive, sheets: Path) -> None:
    code = (
        "package <- jsonlite::fromJSON(file.path(commandArgs(TRUE)[1], 'datapackage.json'))\n"
        "paths <- package$resources$path; paths <- paths[paths != 'sources.csv']\n"
        "for (path in sort(paths)) {\n"
        "  rows <- read.csv(file.path(commandArgs(TRUE)[1], path), encoding = 'UTF-8')\n"
        "  name <- sub('.csv', '', basename(path), fixed = TRUE)\n"
        "  cat(name, nrow(rows), min(rows$rank, na.rm = TRUE), '\\n')\n"
        "}"
    )
    run = subprocess.run(["Rscript", "-e", code, sheets], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    found = [line.split() for line in run.stdout.splitlines()]
    assert found == [[str(value) for value in row] for row in answer(archive)]


def test_cells_are_the_names_as_listed(archive: Archive, sheets: Path) -> None:
    for source, *_ in answer(archive):
        with (sheets / f"rankings/{source}.csv").open(encoding="utf-8", newline="") as file:
            found = sorted(original(literal_cell(row["model_listed"])) for row in csv.DictReader(file))
        of_source = archive.sql("SELECT board, model_listed FROM rankings").filter(f"board LIKE '{source}/%'")
        listed = of_source.select("model_listed").fetchall()
        assert found == sorted(str(name) for (name,) in listed)


def test_the_descriptor_says_whose_data_it_is_and_proves_each_file(archive: Archive, parquet: Path) -> None:
    described = json.loads((parquet / "datapackage.json").read_text("utf-8"))
    licences = dict(archive.sql("SELECT source, license FROM sources").fetchall())
    assert {each["title"] for each in described["licenses"]} == {licences[source] for source in SOURCES}
    for resource in described["resources"]:
        body = (parquet / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(body).hexdigest()}" and resource["bytes"] == len(
            body
        )
        if resource["name"] != "sources":
            assert resource["licenses"][0]["title"] in licences.values() and resource["description"]
    assert {str(path.relative_to(parquet)) for path in parquet.rglob("*.*")} == {
        "datapackage.json",
        *(resource["path"] for resource in described["resources"]),
    }


def test_parquet_carries_licence_and_exact_types(archive: Archive, parquet: Path) -> None:
    from pyarrow.parquet import read_schema

    schema = read_schema(next(parquet.rglob("*.parquet")))
    assert schema.names == [row[0] for row in archive.sql("DESCRIBE rankings").fetchall()]
    assert schema.metadata[b"license"] and schema.metadata[b"attribution"]
    assert str(schema.field("rank").type) == "int32" and str(schema.field("published_at").type).startswith(
        "timestamp"
    )


def test_the_same_archive_gives_the_same_bytes(archive: Archive, parquet: Path, tmp_path: Path) -> None:
    again = archive.export(tmp_path / "again", "parquet").path
    assert (again / "datapackage.json").read_bytes() == (parquet / "datapackage.json").read_bytes()


def test_a_choice_of_rows(archive: Archive, tmp_path: Path) -> None:
    done = archive.export(
        tmp_path / "some", "csv", boards=["ru_llm_arena/*"], since="2024-11-01", until="2024-12-31"
    )
    [(count,)] = archive.sql(
        "SELECT count(*) FROM rankings WHERE board GLOB 'ru_llm_arena/*' "
        "AND coalesce(published_at, captured_at) >= TIMESTAMP '2024-11-01' "
        "AND coalesce(published_at, captured_at) < TIMESTAMP '2025-01-01'"
    ).fetchall()
    [(sources,)] = archive.sql("SELECT count(*) FROM sources WHERE source = 'ru_llm_arena'").fetchall()
    assert done.rows == count + sources and count > 0
    with pytest.raises(UsageError, match="nothing was written"):
        archive.export(tmp_path / "none", "csv", until="2020-01-01")
    with pytest.raises(UnknownName):
        archive.export(tmp_path / "none", "csv", boards=["nowhere/*"])
    assert {path.name for path in tmp_path.iterdir()} == {"some"}


def test_it_replaces_its_own_package_and_nothing_else(archive: Archive, tmp_path: Path) -> None:
    target = tmp_path / "package"
    archive.export(target, "parquet")
    archive.export(target, "csv", boards=["aider/*"])
    files = sorted(path.name for path in target.rglob("*.*"))
    assert files == ["aider.csv", "datapackage.json", "sources.csv"]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep me")
    with pytest.raises(UsageError, match="is no package"):
        archive.export(tmp_path / "mine", "csv")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_the_feed_tells_what_the_macro_tells(archive: Archive, tmp_path: Path) -> None:
    import feedparser

    target = tmp_path / "events.xml"
    count = archive.feed(target, "Sber", boards=["ru_llm_arena/*"])
    read = feedparser.parse(target.read_bytes())
    assert not read.bozo and read.version == "atom10" and len(read.entries) == count
    expected = archive.sql(
        "SELECT e.event FROM rank_events(boards := 'ru_llm_arena/*') AS e "
        "WHERE e.organization = 'Sber' AND (e.event <> 'moved' OR e.beyond_noise)"
    ).fetchall()
    assert sorted(entry.tags[0].term for entry in read.entries) == sorted(str(event) for (event,) in expected)
    assert len({entry.id for entry in read.entries}) == count > 0
    assert all(entry.updated.endswith("Z") and "SHA-256" in entry.summary for entry in read.entries)
    before = target.read_bytes()
    archive.feed(target, "Сбер", boards=["ru_llm_arena/*"])
    assert feedparser.parse(target.read_bytes()).entries[0].id == feedparser.parse(before).entries[0].id


def test_a_feed_of_nothing_is_refused(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing was written"):
        archive.feed(tmp_path / "x.xml", until="2020-01-01")
    with pytest.raises(UnknownName):
        archive.feed(tmp_path / "x.xml", "nobody at all")
    assert not list(tmp_path.iterdir())
