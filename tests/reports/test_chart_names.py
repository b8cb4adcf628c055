"""Whom a picture is about, in the words of its language: a country is asked for by its code."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from archiver.reports.charts import KINDS, Chart, Kind, Question, draw, grammar, palette
from archiver.reports.texts import texts
from tests.answers.world import World
from tests.answers.world import row as entry
from tests.reports import countries
from tests.reports.drawn import rows

PLAIN = "ru/plain/overall"
ASKED = Question(("country:RU", "country:US", "country:FR"), (PLAIN,))


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with countries.opened(tmp_path_factory.mktemp("countries")) as connection:
        yield connection


def words(chart: Chart) -> str:
    """All that a drawing says, to eyes and to ears."""
    root = ET.fromstring(chart.svg())  # noqa: S314  # our own
    drawn = [line for line, _ in grammar.lines(chart.spec)]
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
    made = countries.begun(tmp_path, "ru", PLAIN)
    with made.con as con:
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


def test_a_board_says_whose_models_it_colours_and_shows_whom_its_headline_names(tmp_path: Path) -> None:
    """Of more makers than colours a country has one; of what it cannot show, it tells how much there is."""
    made = countries.begun(tmp_path, "ru", PLAIN)
    with made.con as con:
        names = [f"m{at}" for at in range(200)]
        for at, name in enumerate(names):
            maker, country = f"Maker {at % 8}", "RU" if at % 2 else "US"
            if at < 8:
                made.insert("organizations", organization=maker, country=country, evidence="")
            made.insert("models", model=name, family=name, organization=maker)
            told = {"model": name, "family": name, "organization": maker, "country": country}
            made.insert("names", source="ru", model_listed=name, folded=name, evidence="exact", **told)
        lines = [entry(name, 900.0 - at, rank=at + 1) for at, name in enumerate([*names[::-2], *names[::2]])]
        made.snapshot(PLAIN, "2025-01-01 08:00:00", lines)
        asked = Question(("country:US", "country:RU"), (PLAIN,))
        both, one = (
            draw(con, asked, "board"),
            draw(con, asked._replace(who=("country:US",)), "board", lang="ru"),
        )
        nobody = draw(con, Question((), (PLAIN,)), "board")
    assert both.headline == "m199 1st and m0 101st of 200 on 1 January 2025"
    assert one.headline == "Лучшая из американских моделей, m0: 101-е место из 200 на 1 января 2025"
    assert "m0 · Maker 0" in words(both)
    assert "In colour: American models and Russian models." in words(both)
    assert re.search(r"4\d of 200 rows are shown. Not shown: 15\d more models asked for.", words(both))
    assert len({row["c"] for row in rows(both, "point") if row["asked"]}) == 2
    shown = [row["tip"].split()[0] for row in sorted(rows(nobody, "point"), key=lambda row: row["y"])]
    assert shown == [str(place) for place in range(1, 50)], (
        "where nobody was asked for, the head without a gap"
    )
    assert "… 151 more" in words(nobody) and "Not shown" not in words(nobody)
