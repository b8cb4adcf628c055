"""Whom a report is about, in the words of its language: a country is asked for by its code."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from html import unescape

import duckdb
import openpyxl
import pytest

from archiver.reports import pages, texts
from archiver.reports.pages import paper, view
from tests.reports.countries import opened
from tests.reports.reported import told

ASKED = ("country:US", "country:RU", "country:FR")
"""One whose name has an article, and one of no model."""


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(tmp_path_factory.mktemp("countries")) as connection:
        yield connection


@pytest.fixture(scope="module", params=texts.LANGUAGES)
def report(con: duckdb.DuckDBPyConnection, request: pytest.FixtureRequest) -> pages.Report:
    return told(con, *ASKED, lang=request.param)


def test_only_what_is_to_be_typed_has_the_code_of_a_country(report: pages.Report) -> None:
    say = texts.texts(report.asked.lang)
    page, text = (pages.written(report, form).decode() for form in ("html", "md"))
    on_paper = json.dumps(paper._words(report, say), ensure_ascii=False)
    book = openpyxl.load_workbook(io.BytesIO(pages.written(report, "xlsx")))
    cells = "\n".join(
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
    )
    for form in (unescape(page), text, on_paper, cells):
        assert report.command in form
        assert "country:" not in form.replace(report.command, "")
        for name in ASKED:
            assert say.label(name) in form
    sheet = book[say("columns.standing")]
    head, *rows = list(sheet.iter_rows(values_only=True))
    at = head.index(say("columns.who"))
    assert {row[at] for row in rows} == {say.label(place.who) for place in report.places}


def test_data_keep_the_code(report: pages.Report) -> None:
    read = json.loads(pages.written(report, "json"))
    assert {row["who"] for row in read["standing"]} == {"country:US", "country:RU"}
    assert "country:US" in pages.written(report, "csv").decode()


def test_an_article_begins_the_title_in_a_capital_and_no_heading(con: duckdb.DuckDBPyConnection) -> None:
    report = told(con, "country:US", "country:FR")
    assert pages.title(report) == "The United States and France on LLM leaderboards"
    page = pages.written(report, "html").decode()
    heads = [re.sub("<.*?>", "", head) for head in re.findall(r"<h3>(.*?)</h3>", page)]
    assert heads[0] == "United States"
    assert "France: on none of these boards by" in page


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "the changes of the United States and Russia, who took the lead"),
        ("ru", "изменения у тех, о ком отчёт (США и Россия), смены лидера"),
    ],
)
def test_what_changed_is_introduced_in_the_case_that_names_have(
    con: duckdb.DuckDBPyConnection, lang: str, said: str
) -> None:
    report = told(con, "country:US", "country:RU", lang=lang)
    assert said in view.changes_intro(report, texts.texts(lang))


def test_of_absent_countries_the_sheet_of_history_has_the_name(con: duckdb.DuckDBPyConnection) -> None:
    report = told(con, "country:RU", "country:FR", boards=("ru/plain/overall",))
    assert {row.organization for row in report.history if row.status == "absent"} >= {"country:FR"}
    book = openpyxl.load_workbook(io.BytesIO(pages.written(report, "xlsx")))
    head, *rows = list(book["History"].iter_rows(values_only=True))
    at = head.index("Organisation")
    assert "France" in {row[at] for row in rows}


def test_a_label_is_a_name_without_an_article() -> None:
    assert texts.texts("en").label("country:US") == "United States"
    assert texts.texts("ru").label("country:US") == "США"
    assert texts.texts("en").label("Sber") == "Sber"
