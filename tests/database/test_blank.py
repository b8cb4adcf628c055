"""The empty index that is kept for the next archive: taken where it is sound, made anew where it is not."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from archiver.database import build
from archiver.database.load import Loader


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where empty indexes are kept; nothing yet."""
    monkeypatch.setenv("ARCHIVER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "empty"


def said(path: Path, *, remember: bool = True) -> list[list[tuple[object, ...]]]:
    """Publishes an index in which nothing is, and says what is in it all the same."""
    with Loader(path, remember=remember) as loader:
        loader.publish()
    with duckdb.connect(str(path), read_only=True) as con:
        asked = (
            "SELECT table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns()",
            "SELECT table_name, comment FROM duckdb_tables()",
            "SELECT view_name, sql, comment FROM duckdb_views()",
            "SELECT function_name, parameters, macro_definition, comment FROM duckdb_functions()",
        )
        whole = [con.execute(f"{ask} WHERE NOT internal ORDER BY ALL").fetchall() for ask in asked]
        return [*whole, con.execute("FROM meta ORDER BY key").fetchall()]


def made_times(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Gets a word for each time that tables are made."""
    times: list[str] = []
    make = build.tables

    def tables(connection: duckdb.DuckDBPyConnection) -> None:
        times.append("made")
        make(connection)

    monkeypatch.setattr(build, "tables", tables)
    return times


def test_the_second_archive_has_what_the_first_one_made(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = made_times(monkeypatch)
    first = said(tmp_path / "first.duckdb")
    assert [len(part) > 4 for part in first] == [True] * 4 + [False]
    (file,) = kept.iterdir()
    assert said(tmp_path / "second.duckdb") == first
    assert made == ["made"]
    assert list(kept.iterdir()) == [file]


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty"])
def test_a_damaged_one_is_removed_and_made_anew(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    first = said(tmp_path / "first.duckdb")
    (file,) = kept.iterdir()
    whole = file.read_bytes()
    flipped = bytes([whole[100_000] ^ 1])
    file.write_bytes(
        {
            "cut": whole[: len(whole) // 2],
            "flipped": whole[:100_000] + flipped + whole[100_001:],
            "empty": b"",
        }[damage]
    )
    made = made_times(monkeypatch)
    assert said(tmp_path / "second.duckdb") == first
    assert made == ["made"]
    assert file.read_bytes() == whole or file not in kept.iterdir()
    assert said(tmp_path / "third.duckdb") == first
    assert made == ["made"]


def test_one_of_another_version_is_not_taken(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(tmp_path / "first.duckdb")
    made = made_times(monkeypatch)
    monkeypatch.setattr(duckdb, "__version__", "another")
    said(tmp_path / "second.duckdb")
    assert made == ["made"]
    assert len(list(kept.iterdir())) == 2


def test_only_who_is_asked_to_keeps_one(tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = said(tmp_path / "first.duckdb", remember=False)
    assert not kept.exists()
    assert said(tmp_path / "second.duckdb") == first
    made = made_times(monkeypatch)
    assert said(tmp_path / "third.duckdb", remember=False) == first
    assert made == []


def test_where_nothing_can_be_kept_an_archive_begins_all_the_same(tmp_path: Path, kept: Path) -> None:
    kept.parent.write_text("a file where the folder would be")
    assert said(tmp_path / "first.duckdb") == said(tmp_path / "second.duckdb")


def test_a_file_that_was_there_is_never_kept(tmp_path: Path, kept: Path) -> None:
    path = tmp_path / "archive.duckdb"
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{path}' AS mine (STORAGE_VERSION 'v1.2.0'); CREATE TABLE mine.private (a INT)")
    with Loader(path, remember=True) as loader:
        loader.publish()
    with duckdb.connect(str(path), read_only=True) as con:
        assert con.execute("FROM private").fetchall() == []
    assert not kept.exists()
