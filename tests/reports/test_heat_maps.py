"""Places in shades: which rows there are, and what a cell, a dash and no cell say."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from archiver.errors import UsageError
from archiver.reports.charts import Question, draw, grammar
from tests.answers.world import World
from tests.answers.world import row as entry
from tests.reports.drawn import layers, rows


def test_a_heat_map_needs_no_colour_for_a_name(tmp_path: Path) -> None:
    """It has as many as its rows can be read of; a board that has no room is left out whole, and counted."""
    made = World(tmp_path / "archive.duckdb")
    with made.con as con:
        boards = [f"ru/track{at}/overall" for at in range(3)]
        made.source("ru", *boards)
        made.registry()
        names = [f"m{at}" for at in range(40)]
        for board in boards:
            for day in (1, 2):
                lines = [entry(name, 90.0 - at, rank=at + 1) for at, name in enumerate(names[:30])]
                made.snapshot(board, f"2025-01-0{day} 08:00:00", lines)
        for name in names:
            made.insert("names", source="ru", model_listed=name, folded=name)
        with pytest.raises(UsageError, match="36 names at most; 37 were"):
            draw(con, Question(tuple(names[:37])), "heatmap")
        seven = draw(con, Question(tuple(names[:7])), "heatmap")
        many = draw(con, Question(tuple(names[:36])), "heatmap")
    assert seven.headline == "m0 1st, m1 2nd and m2 3rd of 30, 4 more behind them, on 2 January 2025 on " + (
        "Ru Track0 Overall"
    )
    assert seven.boards == tuple(boards)
    assert len({(row["y"]) for row in rows(seven, "rect") if "y" in row}) == 3 * 7
    assert many.boards == (boards[0],) and many.left_out == tuple(boards[1:])
    assert "Boards drawn: 1 of 3." in many.json()
    assert len({(row["y"]) for row in rows(many, "rect") if "y" in row}) == 36
    for row in rows(many, "text"):
        assert row.get("size", 11) >= 11, "no smaller than in any other picture"


def test_what_a_heat_map_knows_of_many_snapshots_looks_like_no_gap_and_no_line(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """A white edge would leave nothing of a narrow cell; dashes in a row would run into one black line."""
    chart = draw(con, Question(("Sber", "Yandex"), ("ru/daily/overall",)), "heatmap", 390)
    [map_of] = [layer for layer in layers(chart) if "strokeWidth" in layer["encoding"]]
    first, last = map_of["encoding"]["x"]["scale"]["domain"]
    cells = map_of["data"]["values"]
    wide = {id(cell): (cell["u"] - cell["t"]) / (last - first) * chart.spec["width"] for cell in cells}
    assert any(width < 5 for width in wide.values()) and any(width > 5 for width in wide.values())
    assert all(bool(cell["edge"]) == (wide[id(cell)] >= 5) for cell in cells)
    absent = [cell for cell in cells if "not listed" in cell["tip"]]
    dashes = [row for row in rows(chart, "rule") if "from" in row]
    assert len(absent) == len(dashes) > 0
    for cell, dash in zip(absent, dashes, strict=True):
        assert cell["t"] < dash["from"] < dash["to"] < cell["u"] and cell["y"] == dash["y"]


def test_rows_of_a_heat_map_stand_in_one_order_under_the_names_of_boards(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """Who is missing from a board keeps the place; the board has the name that the headline calls it by."""
    chart = draw(con, Question(("Sber", "OpenAI", "Yandex")), "heatmap")
    first = min(row["x"] for row in rows(chart, "text") if "weight" in row)
    column = [row for row in rows(chart, "text") if row.get("x") == first and isinstance(row["text"], str)]
    asked = {"Sber", "OpenAI", "Yandex"}
    names = [row["text"] for row in sorted(column, key=lambda row: row["y"]) if row["text"] in asked]
    assert len(names) > 6 and names == ["Sber", "OpenAI", "Yandex"] * (len(names) // 3)
    assert "Arena Text Overall (arena/text/overall)" in {row["text"] for row in column}
    assert -first < 100, "a heading stands over the cells, too"


def test_a_heat_map_tells_nothing_where_an_excerpt_proves_nothing(con: duckdb.DuckDBPyConnection) -> None:
    """No cell stands for it, which does not say that there is no snapshot."""
    one = draw(con, Question(("Sber", "Yandex"), ("ru/daily/overall",)), "heatmap")
    several = draw(con, Question(("Sber", "Yandex")), "heatmap")
    for chart, partial in ((one, 1), (several, 2)):
        said = " ".join(line for line, _ in grammar.lines(chart.spec))
        assert re.search(rf"Only a part of the board: {partial} snapshots?\.", said), said
        assert "no cell: not known." in said
    dates = [row["tip"] for row in rows(one, "rect") if "Sber" in row.get("tip", "")]
    assert len(dates) == 39 and not any("2025-03-21" in tip for tip in dates), "of day 20 nothing is known"
