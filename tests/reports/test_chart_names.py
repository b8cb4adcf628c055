"""Whom a picture is about, in the words of its language: a country is asked for by its code."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from archiver.reports.charts import KINDS, Chart, Kind, Question, draw, palette
from archiver.reports.texts import texts
from tests.answers.world import World, build
from tests.answers.world import row as entry
from tests.reports.drawn import SVG, rows

PLAIN = "ru/plain/overall"
ASKED = Question(("country:RU", "country:US", "country:FR"), (PLAIN,))


def countries(con: duckdb.DuckDBPyConnection) -> None:
    """More countries than the registry of the world has: one of no model, too."""
    for code in ("US", "FR"):
        name = f"country:{code}"
        con.execute("INSERT INTO aliases VALUES (fold(?), ?, 'country', ?, '')", [name, name, code])


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    path = tmp_path_factory.mktemp("countries") / "archive.duckdb"
    build(path).close()
    with duckdb.connect(str(path)) as connection:
        countries(connection)
        yield connection


def words(chart: Chart) -> str:
    """All that a drawing says, to eyes and to ears."""
    root = ET.fromstring(chart.svg())  # noqa: S314  # our own
    drawn = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
    return " ".join([*drawn, *(each.get("aria-label", "") for each in root.iter())])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("among", [None, "country:RU", "open,country:US"])
@pytest.mark.parametrize(("lang", "name"), [("en", "Russia"), ("ru", "Росси")])
def test_no_picture_shows_the_code_of_a_country(
    con: duckdb.DuckDBPyConnection, kind: Kind, among: str | None, lang: str, name: str
) -> None:
    asked = ASKED._replace(among=tuple(among.split(",")) if among else None)
    for chart in (draw(con, asked, kind, lang=lang), draw(con, asked._replace(all=True), kind, lang=lang)):
        assert "country:" not in chart.svg() + chart.html() + chart.json()
    if kind != "board":
        assert name in words(draw(con, asked, kind, lang=lang))


def test_an_article_begins_a_sentence_in_a_capital_and_no_label(con: duckdb.DuckDBPyConnection) -> None:
    ranks = draw(con, ASKED._replace(who=("country:US",)))
    assert re.match("The United States (was|stood|rose|fell)", ranks.headline)
    labels = [row["text"] for row in rows(ranks, "text") if row["x"] > ranks.spec["width"]]
    assert any(re.fullmatch(r"\d+ United States", str(label)) for label in labels), labels
    heat = draw(con, ASKED, "heatmap")
    assert {"Russia", "United States"} < {str(row.get("text")) for row in rows(heat, "text")}
    assert "the United States" not in {who for _, _, who, *_ in heat.table}


def test_several_countries_that_rise_do_so_in_the_plural_in_russian(tmp_path: Path) -> None:
    made = World(tmp_path / "archive.duckdb")
    with made.con as con:
        made.source("ru", PLAIN)
        made.registry()
        countries(con)
        for day, order in (
            ("2025-01-01", ("gigachat_max", "gpt-4o")),
            ("2025-02-01", ("gpt-4o", "gigachat_max")),
        ):
            lines = [entry(name, 9.0 - at, rank=at + 1) for at, name in enumerate(order)]
            made.snapshot(PLAIN, f"{day} 08:00:00", lines)
        said = draw(con, Question(("country:US", "country:RU"), (PLAIN,)), lang="ru").headline
    assert said == "США поднимаются с 2-го на 1-е место; Россия опускается с 1-го на 2-е место"


@pytest.mark.parametrize("typed", ["country:RU", "country:ru", "Russia", "Россия"])
def test_a_set_is_named_in_the_picture_s_language_however_it_was_typed(
    con: duckdb.DuckDBPyConnection, typed: str
) -> None:
    asked = Question(("Sber",), (PLAIN,), among=typed)
    assert draw(con, asked).headline.startswith("Among Russian models: ")
    assert "Места только среди российских моделей." in draw(con, asked, lang="ru").json()


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_country_has_a_name_and_its_models_too(con: duckdb.DuckDBPyConnection, lang: str) -> None:
    say = texts(lang)
    for (country,) in con.execute(
        "SELECT DISTINCT country FROM organizations WHERE country <> ''"
    ).fetchall():
        assert country in say.words["countries"] and country in say.words["country_models"]
    assert say.words["countries"].keys() == say.words["country_models"].keys()
    assert texts("en").begun("the United States fell") == "The United States fell"
    assert texts("en").begun("the-model fell") == "the-model fell"


def test_a_colour_is_that_of_the_country_in_every_language(con: duckdb.DuckDBPyConnection) -> None:
    seen = [
        {row["c"] for row in rows(draw(con, ASKED, lang=lang), "point") if "c" in row}
        for lang in ("en", "ru")
    ]
    assert seen[0] == seen[1] <= set(palette.COLOURS)


def test_models_of_a_country_are_called_so_and_those_left_out_counted(tmp_path: Path) -> None:
    """Their lines and rows bear names that say nothing of a country."""
    made = World(tmp_path / "archive.duckdb")
    with made.con as con:
        made.source("ru", PLAIN)
        made.registry()
        names = [f"m{at}" for at in range(40)]
        for name in names:
            made.insert("models", model=name, family=name, organization="Sber")
            told = {"model_listed": name, "model": name, "organization": "Sber", "country": "RU"}
            made.insert("names", source="ru", folded=name, evidence="exact", **told)
        for day, last in (("2025-01-01", 40), ("2025-02-01", 38)):
            lines = [entry(name, 90.0 - at, rank=at + 1) for at, name in enumerate(names[:last])]
            made.snapshot(PLAIN, f"{day} 08:00:00", lines)
        asked = Question(("country:RU",), (PLAIN,), all=True)
        lines, cells = (draw(con, asked, kind) for kind in ("rank", "heatmap"))
        russian = draw(con, asked, "heatmap", lang="ru")
        best = draw(con, asked._replace(all=False))
    said = "m0 1st, m1 2nd and m2 3rd of 38, 35 more behind them, on 1 February 2025"
    assert lines.headline == cells.headline == said
    assert "In colour: Russian models. Not in colour: 34 more models asked for." in words(lines)
    assert "Rows: Russian models. Not shown: 4 more models asked for." in words(cells)
    assert "В строках — места российских моделей. Не показано: ещё 4 модели из тех, о ком спрошено." in words(
        russian
    )
    assert "In colour" not in best.json()
