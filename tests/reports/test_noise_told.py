"""A board that fills up moves everyone on it, and nobody beyond noise: headline and report agree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from archiver.records import utc
from archiver.reports import charts, pages
from tests.answers.world import World, build, row

BOARD = "ru/filling/overall"
OLD = ("gpt-4o", "gigachat_max", "gigachat_lite")
NEW = tuple(f"newcomer-{at}" for at in range(6))


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    build(tmp_path / "archive.duckdb").close()
    with duckdb.connect(str(tmp_path / "archive.duckdb")) as connection:
        yield connection


def filled(con: duckdb.DuckDBPyConnection, *, half: float | None, order: tuple[str, ...] = OLD) -> None:
    """A board of three, and a month later six better ones on top of it, the three in an order.

    half: of the intervals; None: the board has none.
    """
    made = World.of(con, {"ru": 5000})
    told = {"source": "ru", "track": "filling", "category": "overall", "title": "Ru Filling"}
    made.insert("boards", board=BOARD, metric="score", higher_is_better=True, **told)
    for day, names in (("2025-01-01", OLD), ("2025-02-01", (*NEW, *order))):
        scores = [(name, 100.0 - 10 * OLD.index(name) if day < "2025-02" else 200.0 - 10 * at)
                  for at, name in enumerate(names)]  # fmt: skip
        entries = [
            row(
                name,
                score,
                rank=at,
                **({} if half is None else {"score_low": score - half, "score_high": score + half}),
            )
            for at, (name, score) in enumerate(scores, 1)
        ]
        made.snapshot(BOARD, f"{day} 08:00:00", entries)
    made.settle()


def headline(con: duckdb.DuckDBPyConnection) -> str:
    return charts.draw(con, charts.Question(("GigaChat Max",), (BOARD,))).headline


def moves(con: duckdb.DuckDBPyConnection) -> list[str | None]:
    asked = pages.Asked(boards=(BOARD,), since=utc("2025-01-15"), until=utc("2025-02-10"))
    report = pages.build(con, asked)
    assert [each.event for each in report.changes].count("entered") == len(NEW)
    return [each.model for each in report.changes if each.event == "moved"]


def test_who_is_pushed_down_by_newcomers_has_not_moved_beyond_noise(con: duckdb.DuckDBPyConnection) -> None:
    filled(con, half=1.0)  # spreads of places that are far apart: from 2nd to 8th
    assert headline(con) == "GigaChat Max fell from 2nd to 8th, within noise"
    assert moves(con) == []


def test_where_no_interval_says_it_places_among_those_on_both_do(con: duckdb.DuckDBPyConnection) -> None:
    filled(con, half=None)
    assert headline(con) == "GigaChat Max fell from 2nd to 8th of 9"
    assert moves(con) == []  # six places down each, none among themselves


def test_who_surely_changed_places_is_told(con: duckdb.DuckDBPyConnection) -> None:
    filled(con, half=4.0, order=("gpt-4o", "gigachat_lite", "gigachat_max"))
    assert headline(con) == "GigaChat Max fell from 2nd to 9th of 9"
    assert "GigaChat Max" in moves(con)
