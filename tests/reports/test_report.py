"""A report tells what SQL says of the same file, in each of its forms, the same each time."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import re
import shutil
import string
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from archiver.answers import pictured
from archiver.errors import UnknownName, UsageError
from archiver.records import utc
from archiver.reports import pages, texts
from archiver.reports.pages import view
from archiver.reports.pages.states import ABSENT, of_entries, thinned
from archiver.reports.text import literal_cell, original


@pytest.fixture(scope="module")
def con(drawn_index: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(drawn_index), read_only=True) as connection:
        yield connection


def told(con: duckdb.DuckDBPyConnection, *who: str, **more: Any) -> pages.Report:
    return pages.build(con, pages.Asked(who, **more))


ARENA = ("arena/text/overall",)


# ---- figures ------------------------------------------------------------------------------------------


def test_the_standing_is_what_sql_says(con: duckdb.DuckDBPyConnection) -> None:
    report = told(con, "Sber", "Yandex", until=utc("2025-06-30"))
    for place in report.places:
        expected = con.execute(
            """
            SELECT r.rank, r."of", r.model FROM rankings AS r
            WHERE r.board = ? AND r.organization = ? AND r.snapshot_id = (
                    SELECT s.snapshot_id FROM snapshots AS s
                    WHERE s.board = r.board AND s.preferred AND s.status = 'accepted' AND s.complete
                        AND s.time < '2025-07-01'
                    ORDER BY s.time DESC LIMIT 1
                )
            ORDER BY r.rank LIMIT 1
            """,
            [place.board, place.who],
        ).fetchall()
        assert expected == ([(place.rank, place.of, place.model)] if place.here else [])
        [(best, worst)] = con.execute(
            """
            SELECT min(rank), max(rank) FROM (
                SELECT min(rank) AS rank FROM rankings
                WHERE board = ? AND organization = ? GROUP BY snapshot_id
            )
            """,
            [place.board, place.who],
        ).fetchall()
        assert (place.best_rank, place.worst_rank) == (best, worst)
    assert {place.who for place in report.places} == {"Sber", "Yandex"}


@pytest.mark.parametrize(
    "board", ["ru/plain/overall", "ru/daily/overall", "arena/text/overall", "ru/wide/overall"]
)
def test_the_slider_shows_each_snapshot_as_the_index_has_it(
    con: duckdb.DuckDBPyConnection, board: str
) -> None:
    shots = pictured.shots(con, board)
    states = of_entries(shots, pictured.entries(con, board, [shot.snapshot_id for shot in shots]), {})
    for at, shot in enumerate(shots):
        shown = [
            (
                states.at("rank", model, at),
                states.models[model].organization,
                round((states.at("score", model, at) or 0) / 10**states.digits, 3),
                states.at("best", model, at),
            )
            for model in states.listed(at)
        ]
        expected = con.execute(
            "SELECT rank, coalesce(organization, ''), round(score, 3), rank_low FROM rankings "
            "WHERE board = ? AND snapshot_id = ?",
            [board, shot.snapshot_id],
        ).fetchall()
        assert sorted(shown, key=repr) == sorted(expected, key=repr)


def test_a_model_that_leaves_is_absent_until_it_comes_back(con: duckdb.DuckDBPyConnection) -> None:
    shots = pictured.shots(con, "ru/plain/overall")
    entries = pictured.entries(con, "ru/plain/overall", [shot.snapshot_id for shot in shots])
    states = of_entries(shots, entries, {})
    yandex = next(at for at, model in enumerate(states.models) if model.name == "YandexGPT 4 Pro")
    assert [states.at("rank", yandex, at) for at in range(5)] == [3, ABSENT, 3, ABSENT, ABSENT]


def test_what_changed_is_what_the_index_tells_beyond_noise(con: duckdb.DuckDBPyConnection) -> None:
    report = told(
        con, "Yandex", boards=("ru/plain/overall",), since=utc("2024-07-25"), until=utc("2024-08-20")
    )
    said = [(each.event, each.model, each.rank_before, each.rank, each.watched) for each in report.changes]
    expected = con.execute(
        """
        SELECT event, model, rank_before, rank, CASE organization WHEN 'Yandex' THEN 'Yandex' END
        FROM rank_events(
            ['ru/plain/overall'], since := TIMESTAMP '2024-07-25', until := TIMESTAMP '2024-08-20'
        )
        WHERE event <> 'moved'
        """
    ).fetchall()
    assert sorted(said, key=repr) == sorted(expected, key=repr)
    assert ("left", "YandexGPT 4 Pro", 3, None, "Yandex") in said
    assert ("entered", "НейроСлон-7b", None, 3, None) in said


def test_rows_rewritten_under_one_date_are_told(con: duckdb.DuckDBPyConnection) -> None:
    report = told(con, boards=ARENA, since=utc("2026-07-01"), until=utc("2026-07-10"))
    [rewritten] = [each for each in report.changes if each.event == "rewritten"]
    assert (rewritten.other, rewritten.changed) == ("2026-07-05", 3)
    assert f"{rewritten.time:%Y-%m-%d}" == "2026-07-08"
    table = view.changes(report, report.changes, texts.texts("en"), board=True)
    assert any(
        "rows published for 2026-07-05 were changed afterwards: 3 rows" in row[3].text for row in table.rows
    )


def test_gaps_and_coverage_are_told(con: duckdb.DuckDBPyConnection) -> None:
    report = told(con, boards=("arena/*",), until=utc("2026-08-20"))
    kinds = {(gap.kind, gap.board) for gap in report.gaps}
    assert kinds == {("capture failed", None), ("snapshot held", "arena/text/overall")}
    [covered] = [each for each in report.coverage if each.board == "arena/text/overall"]
    assert (covered.snapshots, covered.complete) == (5, 4)
    assert not told(con, boards=("arena/*",), until=utc("2026-07-10")).gaps


def test_each_place_is_cited_with_its_digests(con: duckdb.DuckDBPyConnection) -> None:
    report = told(con, "Sber", boards=("ru/plain/overall",))
    [cited] = report.citations
    known = con.execute(
        "SELECT payload_sha256, capture_id FROM snapshots WHERE snapshot_id = ?", [cited.stood.snapshot_id]
    ).fetchall()
    assert known == [(cited.evidence.payload_sha256, cited.evidence.capture_id)]
    assert "https://ru.example/main" in view.cited(cited, texts.texts("en"))


# ---- time ---------------------------------------------------------------------------------------------


def test_a_week_ends_with_the_newest_snapshot_or_as_asked(con: duckdb.DuckDBPyConnection) -> None:
    newest = told(con, boards=ARENA, weekly=True)
    assert (newest.since, newest.until) == (utc("2026-07-30"), utc("2026-08-06"))
    asked = told(con, boards=ARENA, weekly=True, until=utc("2026-07-12"))
    assert asked.since == utc("2026-07-05")
    assert "--until 2026-07-12" in asked.command


def test_a_week_tells_of_the_boards_that_it_has_snapshots_of(con: duckdb.DuckDBPyConnection) -> None:
    report = told(con, weekly=True, until=utc("2026-08-10"))
    assert [each.board for each in report.coverage] == ["arena/text/overall", "arena/text/russian"]


@pytest.mark.parametrize(
    ("who", "more", "error"),
    [
        (("Sbre",), {}, UnknownName),
        (("Sber",), {"boards": ("nowhere/*",)}, UnknownName),
        (("Sber",), {"until": utc("2001-01-01")}, UsageError),
        (("Sber",), {"since": utc("2026-01-01"), "until": utc("2025-01-01")}, UsageError),
        ((), {"lang": "de"}, UsageError),
    ],
)
def test_a_wrong_question_is_an_error(
    con: duckdb.DuckDBPyConnection, who: tuple[str, ...], more: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        told(con, *who, **more)


def test_thinning_keeps_both_ends(con: duckdb.DuckDBPyConnection) -> None:
    shots = pictured.shots(con, "ru/daily/overall")
    few = thinned(shots, 7)
    assert (len(few), few[0], few[-1]) == (7, shots[0], shots[-1])
    assert thinned(shots, 400) == shots


# ---- forms --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["en", "ru"])
def report(con: duckdb.DuckDBPyConnection, request: pytest.FixtureRequest) -> pages.Report:
    return told(con, "Сбер", "Yandex", boards=("ru/plain/overall", "ru/daily/overall"), lang=request.param)


ELSEWHERE = """
import sys
import duckdb
from pathlib import Path
from archiver.reports import pages
con = duckdb.connect(sys.argv[1], read_only=True)
asked = pages.Asked(("Sber", "Yandex"), ("ru/plain/overall", "ru/daily/overall"), lang="ru")
report = pages.build(con, asked)
for form in pages.FORMATS:
    pages.save(report, Path(sys.argv[2]) / f"report.{form}")
"""


def test_the_same_bytes_in_every_run_and_place(drawn_index: Path, tmp_path: Path) -> None:
    """Another time zone, locale and hash seed must not change a byte of any form."""
    places = {
        "here": {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"},
        "there": {
            "TZ": "Asia/Vladivostok",
            "LANG": "ru_RU.UTF-8",
            "LC_ALL": "ru_RU.UTF-8",
            "PYTHONHASHSEED": "2",
        },
    }
    for name, environment in places.items():
        (tmp_path / name).mkdir()
        subprocess.run(
            [sys.executable, "-c", ELSEWHERE, str(drawn_index), str(tmp_path / name)],
            env={**os.environ, **environment, "PYTHONPATH": str(Path(__file__).parents[2])},
            check=True,
            timeout=300,
        )
    for form in pages.FORMATS:
        one, other = ((tmp_path / name / f"report.{form}").read_bytes() for name in places)
        assert one == other, form
        assert len(one) > 1000


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


# ---- hostile names --------------------------------------------------------------------------------------

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
                "INSERT INTO names SELECT 'ru', ?, NULL, ?, 'GigaChat', 'Sber', 'RU', ?", [name, name, name]
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


# ---- words ------------------------------------------------------------------------------------------------


def words(lang: str) -> dict[str, Any]:
    return tomllib.loads((Path(texts.__file__).parent / f"{lang}.toml").read_text("utf-8"))


def test_both_languages_say_the_same_things() -> None:
    english, russian = words("en"), words("ru")
    assert english.keys() == russian.keys()
    for section, said in english.items():
        if isinstance(said, dict):
            assert said.keys() == russian[section].keys(), section
            for name, text in said.items():
                if isinstance(text, str):
                    assert fields(text) == fields(russian[section][name]), (section, name)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_is_used() -> None:
    code = "".join(
        path.read_text("utf-8")
        for path in Path(texts.__file__).parents[1].rglob("*")
        if path.suffix in {".py", ".j2"}
    )
    built = {"moved_up", "moved_down", "noise_yes", "noise_no", "noise_unknown", "entered", "left", "leader"}
    built |= {"renamed", "rewritten", "was_leader", "was_renamed", "by_score", "published_ties", "published"}
    built |= {"rose", "fell", "stayed", "several", "several_unsure", "several_more", "several_more_unsure"}
    built |= {"absent_once", "absent_once_several", "absent", "absent_several", "band_rank", "band_score"}
    built |= {f"{value}_{often}" for value in ("rank", "score") for often in ("over", "once")}
    built |= {"capture_failed", "payload_unread", "snapshot_held"}
    for section, said in words("en").items():
        if isinstance(said, dict) and section not in {"columns", "counts", "methods"}:
            for name in said:
                assert f'"{name}"' in code or f"{section}.{name}" in code or name in built, (
                    f"{section}.{name}"
                )


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "1 снимок"), (2, "2 снимка"), (5, "5 снимков"), (11, "11 снимков"), (1021, "1 021 снимок")],
)
def test_russian_counts(number: int, said: str) -> None:
    assert texts.texts("ru").count("snapshot", number).replace("\u00a0", " ") == said
