"""A report tells what SQL says of the same file, in each of its forms, the same each time."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import shutil
from hashlib import sha256
from html import unescape
from pathlib import Path

import duckdb
import openpyxl
import pytest

from archiver.reports import pages, texts
from archiver.reports.text import literal_cell, original
from tests.reports.reported import told


@pytest.fixture(scope="module", params=["en", "ru"])
def report(con: duckdb.DuckDBPyConnection, request: pytest.FixtureRequest) -> pages.Report:
    return told(con, "Сбер", "Yandex", boards=("ru/plain/overall", "ru/daily/overall"), lang=request.param)


def test_the_page_is_shut_in_by_its_policy(report: pages.Report) -> None:
    page = pages.written(report, "html").decode()
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    *_, script = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    for text, kind in ((style, "style-src"), (script, "script-src")):
        digest = base64.b64encode(sha256(text.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in unescape(policy)
    assert "default-src 'none'" in policy
    assert not re.search(
        r"\s(style|on\w+)=", re.sub(r"<script.*?</script>|<style>.*?</style>", "", page, flags=re.S)
    )
    assert f'<html lang="{report.asked.lang}">' in page


def test_json_holds_what_the_report_says(report: pages.Report) -> None:
    read = json.loads(pages.written(report, "json"))
    assert [(each["who"], each["board"], each["rank"]) for each in read["standing"]] == [
        (place.who, place.board, place.rank) for place in report.places
    ]
    assert len(read["changes"]) == len(report.changes)
    assert read["about"]["command"] == report.command
    assert read["about"]["ledgers"] == [f"{name} {head}" for name, head in report.heads]


def test_csv_tells_its_sections_apart(report: pages.Report) -> None:
    lines = list(csv.DictReader(io.StringIO(pages.written(report, "csv").decode())))
    counted = {
        name: sum(line["section"] == name for line in lines) for name in ("standing", "changes", "history")
    }
    assert counted == {
        "standing": len(report.places),
        "changes": len(report.changes),
        "history": len(report.history),
    }
    ranks = [int(line["rank"]) for line in lines if line["section"] == "standing" and line["rank"]]
    assert ranks == [place.rank for place in report.places if place.rank]


def test_a_workbook_opens_with_the_same_figures(report: pages.Report) -> None:
    book = openpyxl.load_workbook(io.BytesIO(pages.written(report, "xlsx")))
    say = texts.texts(report.asked.lang)
    sheet = book[say("columns.standing")]
    head, *rows = list(sheet.iter_rows(values_only=True))
    at = {name: head.index(say(f"columns.{name}")) for name in ("who", "board", "rank", "first_seen")}
    assert [(row[at["who"]], row[at["board"]], row[at["rank"]]) for row in rows] == [
        (place.who, place.board, place.rank) for place in report.places
    ]
    assert [row[at["first_seen"]].date() for row in rows] == [place.first_seen for place in report.places]
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_a_pdf_says_its_language_and_name(report: pages.Report) -> None:
    made = pages.written(report, "pdf")
    assert made.startswith(b"%PDF-")
    assert re.search(rf"/Lang ?\({report.asked.lang}\)".encode(), made)
    assert b"/StructTreeRoot" in made
    assert b"FiraSans" in made


def test_markdown_holds_each_place(report: pages.Report) -> None:
    text = pages.written(report, "md").decode()
    say = texts.texts(report.asked.lang)
    assert text.startswith("# Sber")
    for place in report.places:
        of = say("standing.of", of=place.of)
        assert (f"| {place.rank} {of} |" in text) == place.here


def test_markdown_says_which_way_a_model_went_on_its_board(report: pages.Report) -> None:
    """The page and the paper have an arrow beside the figure."""
    text, moves = pages.written(report, "md").decode(), 0
    for part in report.parts:
        states, last = part.states, len(part.states.shots) - 1
        table = text.partition(f"({part.board})")[2].partition("\n## ")[0]
        for model in states.listed(last) if last else ():
            now, before = states.at("rank", model, last), states.at("rank", model, last - 1)
            if now and before and before > 0 and now != before:
                arrow = "▲" if now < before else "▼"
                moves += f"| {now} | {arrow} {abs(now - before)} | {states.models[model].name} |" in table
                assert f"| {now} | {abs(now - before)} |" not in table
    assert moves


HOSTILE = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    '=HYPERLINK("http://x.example","y")',
    '#eval("1") $x$ @label *b*',
    "\u202egnp.exe\x1b[31m",
    "<!--<script>",
    "{{ 7*7 }}{% raw %}",
    "]]></style><style>",
)


@pytest.fixture(scope="module")
def hostile(drawn_index: Path, tmp_path_factory: pytest.TempPathFactory) -> pages.Report:
    """A report of a board that lists nobody else."""
    path = shutil.copy(drawn_index, tmp_path_factory.mktemp("hostile") / "archive.duckdb")
    with duckdb.connect(str(path)) as con:
        models = [f"gigachat_max{name}" for name in HOSTILE]
        for at, name in enumerate(models):
            con.execute(
                "UPDATE entries SET model_listed = ? WHERE board = 'ru/wide/overall' AND position = ?",
                [name, at + 5],
            )
            con.execute(
                "INSERT INTO names SELECT 'ru', ?1, NULL, ?1, 'GigaChat', 'Sber', 'RU', ?1, fold(?1)", [name]
            )
        return told(con, "Sber", boards=("ru/wide/overall",))


@pytest.mark.parametrize("form", pages.FORMATS)
def test_no_name_is_taken_for_more_than_a_name(hostile: pages.Report, form: str) -> None:
    made = pages.written(hostile, form)
    if form in {"pdf", "xlsx"}:
        assert made.startswith((b"%PDF-", b"PK"))
        return
    text = made.decode()
    assert "\x1b" not in text
    assert "\u202e" not in text
    if form == "html":
        assert text.count("<script") == 2
        assert "<img" not in text
        assert "49" not in re.findall(r"gigachat_max([^<]*)raw", text)
        assert text.count("<style") == 1


def test_a_hostile_cell_is_neutral_and_reversible(hostile: pages.Report) -> None:
    lines = list(csv.DictReader(io.StringIO(pages.written(hostile, "csv").decode())))
    assert all(not value.startswith(("=", "+", "@")) for line in lines for value in line.values())
    listed = {original(literal_cell(line["model"])) for line in lines}
    assert any(name.startswith("gigachat_max") for name in listed)
    book = openpyxl.load_workbook(io.BytesIO(pages.written(hostile, "xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "b"}
    assert not [cell for cell in cells if cell.hyperlink]
