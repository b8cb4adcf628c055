"""What a report says on paper, and as text that is read like paper: each table alone, nothing to click."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import duckdb
import pytest

from archiver.records import utc
from archiver.reports import pages, texts
from archiver.reports.pages import paper
from archiver.reports.pages.view import Cell, Column, Table
from tests.answers.world import World
from tests.answers.world import row as entry
from tests.reports.reported import told

Printed = Callable[[pages.Report], str]


@pytest.fixture
def printed(tmp_path: Path) -> Printed:
    """The words of a report on paper, laid out as they stand there; a form feed ends a page."""
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext (Debian: poppler-utils)")

    def words(report: pages.Report) -> str:
        path = tmp_path / "report.pdf"
        path.write_bytes(pages.written(report, "pdf"))
        made = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True)
        return made.stdout

    return words


def test_each_ledger_has_a_line_of_its_own(con: duckdb.DuckDBPyConnection, printed: Printed) -> None:
    text = printed(replace(told(con, "Sber"), heads=[("arena/one.jsonl", "7 a1"), ("ru/two.jsonl", "9 b2")]))
    listed = text.partition("State of the ledgers")[2].split("\n")
    assert [line.strip() for line in listed if line.strip()][:2] == [
        "arena/one.jsonl 7 a1",
        "ru/two.jsonl 9 b2",
    ]


def test_changes_stand_under_their_board_and_day(con: duckdb.DuckDBPyConnection, printed: Printed) -> None:
    report = told(
        con, "Yandex", boards=("ru/plain/overall",), since=utc("2024-07-25"), until=utc("2024-08-20")
    )
    text = printed(report).partition("What changed")[2].partition("The whole board")[0]
    days = {f"{change.time:%Y-%m-%d}" for change in report.changes}
    assert days and len(report.changes) > len(days)
    for day in days:
        assert len(re.findall(rf"^ *ru/plain/overall +{day}$", text, re.M)) == 1
    for change in report.changes:
        name = re.escape(change.model or "")
        assert re.search(rf"^[ \u2060]*{name}  +{change.organization or ''}", text, re.M), change


def test_paper_says_how_many_of_a_long_board_it_shows(
    con: duckdb.DuckDBPyConnection, printed: Printed
) -> None:
    report = told(con, "Sber", boards=("ru/wide/overall",))
    assert "50 of 120 models shown." in printed(report)
    assert "100 of 120 models shown." in pages.written(report, "md").decode()
    assert "120 of 120 models shown." in pages.written(report, "html").decode()


def test_only_the_page_speaks_of_snapshots_that_it_carries(
    con: duckdb.DuckDBPyConnection, printed: Printed
) -> None:
    report = told(con, "Sber", boards=("ru/plain/overall",))
    [part] = report.parts
    report = replace(report, parts=[replace(part, states=replace(part.states, left_out=3))])
    all_of = len(part.states.shots) + 3
    said = f"the table below carries {len(part.states.shots)} of {all_of}; a change is since the one before"
    assert said in pages.written(report, "html").decode()
    assert "table below" not in pages.written(report, "md").decode() + printed(report)


def test_what_cannot_be_stepped_through_says_since_when_a_change_is(
    con: duckdb.DuckDBPyConnection, printed: Printed
) -> None:
    report = told(con, "Sber", boards=("ru/plain/overall",))
    [part] = report.parts
    said = f"models shown. Change since {part.states.shots[-2].time:%Y-%m-%d}."
    assert said in pages.written(report, "md").decode().replace("\\", "")
    assert said in printed(report)
    once = told(
        con, "Sber", boards=("ru/plain/overall",), until=part.states.shots[0].time.replace(tzinfo=UTC)
    )
    assert "Change since" not in pages.written(once, "md").decode()


def test_a_column_of_older_snapshots_alone_is_not_printed(tmp_path: Path, printed: Printed) -> None:
    """The page has it: its slider goes back to them."""
    made = World(tmp_path / "archive.duckdb")
    with made.con as con:
        made.source("ru", "ru/plain/overall")
        made.registry()
        lines = [entry("gigachat_max", 9.0, rank=1, rank_low=1, rank_high=2)]
        made.snapshot("ru/plain/overall", "2025-01-01 08:00:00", lines)
        made.snapshot("ru/plain/overall", "2025-02-01 08:00:00", [entry("gigachat_max", 9.5, rank=1)])
        report = told(con, "Sber")
    board = printed(report).partition("The whole board")[2]
    assert "Model" in board.partition("Coverage")[0] and "Places" not in board.partition("Coverage")[0]
    assert re.search(
        r"^\| *Rank *\| *Model *\| *Organisation *\| *Score *\|$", pages.written(report, "md").decode(), re.M
    )
    assert ">Places</th>" in pages.written(report, "html").decode()


def test_a_very_long_word_is_broken_before_the_next_column(tmp_path: Path, printed: Printed) -> None:
    made = World(tmp_path / "archive.duckdb")
    with made.con as con:
        made.source("ru", "ru/plain/overall")
        made.registry()
        lines = [entry("gigachat_max", 9.0, rank=1), entry("W" * 70, 8.0, rank=2)]
        made.snapshot("ru/plain/overall", "2025-01-01 08:00:00", lines)
        text = printed(told(con, "Sber")).partition("The whole board")[2]
    row = next(line for line in text.split("\n") if "WWW" in line)
    assert len(re.findall("W", row)) < 70 and re.search(r"W\W+8$", row), row


def test_a_table_without_its_empty_columns() -> None:
    columns = [Column("A"), Column("B"), Column("C")]
    table = Table(columns, [[Cell("1"), Cell(""), Cell("", course=(1, 2))], [Cell("2"), Cell(""), Cell("")]])
    assert [column.title for column in table.filled().columns] == ["A", "C"]
    assert [len(row) for row in table.filled().rows] == [2, 2]


@pytest.mark.parametrize("form", ["html", "md"])
def test_where_nothing_is_cited_nothing_is_announced(con: duckdb.DuckDBPyConnection, form: str) -> None:
    cited, plain = (pages.written(told(con, *who, weekly=True), form).decode() for who in (("OpenAI",), ()))
    for text, there in ((cited, True), (plain, False)):
        heads = re.findall(r"<h[23]>([^<]*)</h[23]>" if form == "html" else r"^#+ (.*)$", text, re.M)
        assert ("Citations" in heads) is there
        assert "Sources and licences" in heads


def test_a_licence_that_is_not_stated_is_said_in_the_language(
    con: duckdb.DuckDBPyConnection, printed: Printed
) -> None:
    report = told(con, "Sber", boards=("ru/plain/overall",), lang="ru")
    report = replace(report, publishers=[each._replace(license="not stated") for each in report.publishers])
    for text in (printed(report), *(pages.written(report, form).decode() for form in ("html", "md"))):
        assert "Лицензия: не указана." in text
        assert "not stated" not in text


@pytest.mark.parametrize("lang", texts.LANGUAGES)
def test_a_change_stays_on_one_line_beside_the_course(con: duckdb.DuckDBPyConnection, lang: str) -> None:
    """Words that found no room in its column stood over the next one."""
    say = texts.texts(lang)
    report = told(con, "Sber", lang=lang)
    report = replace(report, places=[each._replace(rank_before=each.rank) for each in report.places])
    standing = next(part for part in paper._sections(report, say) if part["table"])["table"]
    change = standing["columns"].index(say("standing.change"))
    assert {row[change]["text"] for group in standing["groups"] for row in group["rows"]} & {
        say("standing.same")
    }
    assert standing["widths"][change] == 0


def test_a_row_stands_on_one_page(con: duckdb.DuckDBPyConnection, printed: Printed) -> None:
    report = told(con, "Sber", boards=("ru/plain/overall",))
    [place] = report.places
    titles = {f"a/b{at}/c": f"begins{at}s {'long words ' * 9} ends{at}s" for at in range(60)}
    places = [place._replace(board=board) for board in titles]
    pages_said = printed(replace(report, places=places, titles=titles)).split("\f")
    for at in range(60):
        [begins], [ends] = (
            [number for number, said in enumerate(pages_said) if f"{word}{at}s" in said]
            for word in ("begins", "ends")
        )
        assert begins == ends


def test_a_name_that_takes_more_than_a_page_is_broken(
    con: duckdb.DuckDBPyConnection, printed: Printed
) -> None:
    report = told(con, "Sber", boards=("ru/plain/overall",))
    [place] = report.places
    titles = {place.board: "many words " * 1500 + "ends"}
    assert "ends" in printed(replace(report, titles=titles))
