from __future__ import annotations

import base64
import io
import json
import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from archiver.errors import UnknownName, UsageError
from archiver.records import utc
from archiver.reports import pages
from archiver.reports.charts import KINDS, Kind, Question, draw, fonts, grammar, palette
from tests.answers.world import World
from tests.answers.world import row as entry
from tests.reports.drawn import SVG, layers, rows

CASES: dict[str, tuple[Question, Kind]] = {
    "five snapshots": (Question(("Sber", "Yandex"), ("ru/plain/overall",)), "rank"),
    "forty days": (Question(("Sber", "Yandex", "OpenAI"), ("ru/daily/overall",)), "rank"),
    "three snapshots": (Question(("Сбер", "Яндекс"), ("ru/score/overall",)), "rank"),
    "scores": (Question(("Sber",), ("ru/score/overall",)), "score"),
    "one snapshot": (Question(("Sber", "Yandex"), ("ru/wide/overall",)), "rank"),
    "absent": (Question(("Sber",), ("arena/text/overall",)), "rank"),
    "every model": (Question(("country:RU",), ("ru/plain/overall",), all=True), "rank"),
    "several boards": (Question(("Sber", "Yandex")), "rank"),
    "a board": (Question(("ru/wide/overall",)), "board"),
    "heat map": (Question(("Sber", "Yandex")), "heatmap"),
    "as of": (Question(("Sber", "Yandex"), ("ru/plain/overall",), as_of=utc("2024-09-15")), "rank"),
    "among": (Question(("Sber", "Yandex"), ("ru/plain/overall",), among="country:RU"), "rank"),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("width", [390, 960, 1600])
def test_every_picture_is_drawn_inside_its_frame(
    con: duckdb.DuckDBPyConnection, case: str, width: int
) -> None:
    asked, kind = CASES[case]
    chart = draw(con, asked, kind, width)
    root = ET.fromstring(chart.svg())  # noqa: S314  # our own
    assert float(root.attrib["width"]) == width
    assert chart.headline
    words = "".join(part for text in root.iter(f"{SVG}text") for part in text.itertext())
    assert chart.headline.replace(" ", "") in words.replace(" ", "")
    assert "Source: " in words
    assert not re.search(r"NaN|undefined|null|Infinity", words)
    for row in rows(chart, "text"):
        if "size" in row:  # words that were placed here, not by an axis or a cell
            lines = [row["text"]] if isinstance(row["text"], str) else row["text"]
            wide = max(fonts.width(line, row["size"], row["weight"]) for line in lines)
            assert row["x"] + wide <= width - 2 * grammar.MARGIN + 1, lines


def test_a_drawing_carries_every_letter_that_it_shows(con: duckdb.DuckDBPyConnection) -> None:
    from fontTools.ttLib import TTFont

    drawn = draw(con, *CASES["one snapshot"]).svg()
    root = ET.fromstring(drawn)  # noqa: S314  # our own
    shown = {letter for text in root.iter(f"{SVG}text") for letter in "".join(text.itertext())}
    faces = re.findall(r"base64,([A-Za-z0-9+/=]+)", drawn)
    assert len(faces) == len(fonts.WEIGHTS)
    for face in faces:
        with TTFont(io.BytesIO(base64.b64decode(face))) as font:
            carried = {chr(point) for point in font.getBestCmap()}
        assert shown - carried == set(fonts.lacking("".join(shown)))


@pytest.mark.parametrize("case", ["five snapshots", "forty days", "every model", "several boards"])
def test_labels_at_line_ends_never_collide(con: duckdb.DuckDBPyConnection, case: str) -> None:
    asked, kind = CASES[case]
    chart = draw(con, asked, kind, 390)
    for panel in chart.spec.get("vconcat", [chart.spec]):
        ends = []
        for layer in panel["layer"]:
            if layer["mark"]["type"] == "text":
                right = [row for row in layer["data"]["values"] if row["x"] > panel["width"]]
                ends += [(row["y"], row["y"] + row["size"]) for row in right]
        ends.sort()
        assert ends
        assert all(upper <= lower for (_, upper), (lower, _) in pairwise(ends))


def test_no_name_covers_a_point(tmp_path: Path) -> None:
    """Where another model takes over a line, its name stands beside it."""
    made = World(tmp_path / "archive.duckdb")
    with made.con as con:
        made.source("ru", "ru/plain/overall")
        made.registry()
        for month, first, then in ((1, "lite", 1), (2, "lite", 9), (3, "max", 9), (4, "max", 9)):
            names = [f"gigachat_{first}", *(f"m{at}" for at in range(30)), "gpt-4o"]
            names.insert(then, "yandex_gpt_pro_v4")
            lines = [entry(name, 90.0 - at, rank=at + 1) for at, name in enumerate(names)]
            made.snapshot("ru/plain/overall", f"2025-0{month}-01 08:00:00", lines)
        chart = draw(con, Question(("Sber", "Yandex", "OpenAI"), ("ru/plain/overall",)))
    names = [row for row in rows(chart, "text") if row["text"] in {"GigaChat Lite", "GigaChat Max"}]
    inside = [row for row in names if 0 < row["x"] < chart.spec["width"]]
    assert {row["text"] for row in inside} == {"GigaChat Max"}, "the first would stand on that of Yandex"
    points = [layer for layer in layers(chart) if layer["mark"]["type"] == "point"][-1]
    [(left, right), (top, bottom)] = [points["encoding"][axis]["scale"]["domain"] for axis in ("x", "y")]
    for point in points["data"]["values"]:
        x = (point["t"] - left) / (right - left) * chart.spec["width"]
        y = (point["v"] - top) / (bottom - top) * chart.spec["height"]
        for name in inside:
            wide = fonts.width(name["text"], name["size"])
            across = name["x"] - 4 < x < name["x"] + wide + 4
            assert not (across and name["y"] - 4 < y < name["y"] + name["size"] + 4), (name, point)


def test_rank_one_is_on_top_and_time_is_real(con: duckdb.DuckDBPyConnection) -> None:
    chart = draw(con, *CASES["five snapshots"])
    lines = [layer for layer in layers(chart) if layer["mark"]["type"] == "line"]
    assert all(layer["encoding"]["y"]["scale"]["reverse"] for layer in lines)
    assert all(layer["encoding"]["x"]["scale"]["type"] == "utc" for layer in lines)
    first = lines[0]["encoding"]["x"]["scale"]["domain"]
    assert first == [1719826200000, 1730453400000]  # 2024-07-01 and 2024-11-01, 09:30 UTC


def test_points_agree_with_sql(con: duckdb.DuckDBPyConnection) -> None:
    chart = draw(con, Question(("Sber", "Yandex"), ("ru/plain/overall",)))
    drawn = {(row["t"], row["v"]) for row in rows(chart, "line") if "c" in row}
    asked = con.execute("""
        SELECT epoch_ms(captured_at), min(rank) FROM rankings
        WHERE board = 'ru/plain/overall' AND organization IN ('Sber', 'Yandex')
        GROUP BY captured_at, organization
    """).fetchall()
    assert drawn == set(asked)


def test_daily_data_stands_in_steps_and_gaps_are_gaps(con: duckdb.DuckDBPyConnection) -> None:
    chart = draw(con, *CASES["forty days"])
    coloured = [layer for layer in layers(chart) if layer["mark"]["type"] == "line"][-1]
    assert coloured["mark"]["interpolate"] == "step-after"
    sber = [row for row in coloured["data"]["values"] if row["s"].startswith("Sber")]
    assert {row["r"] for row in sber} == {0, 1, 2}  # the absence of day 10, and the two dark months
    assert {row["r"] for row in coloured["data"]["values"] if row["s"].startswith("OpenAI")} == {0, 1}
    said = " ".join(line for line, _ in grammar.lines(chart.spec))
    assert "Only a part of the board: 1 snapshot." in said
    assert "Broken line: not listed, or no snapshot for over 45 days." in said


def test_a_time_shows_the_board_that_stood_then(con: duckdb.DuckDBPyConnection) -> None:
    chart = draw(con, *CASES["as of"])
    [(snapshot, date)] = con.execute("""
        SELECT snapshot_id, CAST(time AS DATE) FROM snapshots
        WHERE snapshot_id = snapshot_at('ru/plain/overall', TIMESTAMP '2024-09-15')
    """).fetchall()
    asked = con.execute(
        "SELECT model, rank FROM rankings WHERE snapshot_id = ? ORDER BY rank, position", [snapshot]
    ).fetchall()
    assert sorted((model, int(rank)) for _, _, _, model, rank, *_ in chart.table[1:]) == sorted(asked)
    assert {date for _, date, *_ in chart.table[1:]} == {str(date)}


def test_places_among_a_set_agree_with_sql(con: duckdb.DuckDBPyConnection) -> None:
    chart = draw(con, *CASES["among"])
    drawn = {(row["t"], row["v"]) for row in rows(chart, "line") if "c" in row}
    asked = con.execute("""
        SELECT epoch_ms(r.captured_at), min(p.place_among)
        FROM rankings AS r
        JOIN places_among('country:RU', (
            SELECT list(s.snapshot_id) FROM snapshots AS s WHERE s.board = 'ru/plain/overall' AND s.preferred
        )) AS p ON p.snapshot_id = r.snapshot_id AND p.position = r.position
        WHERE r.organization IN ('Sber', 'Yandex')
        GROUP BY r.captured_at, r.organization
    """).fetchall()
    assert drawn == set(asked)
    assert "Placed among Russian models alone." in chart.json()
    assert chart.headline.startswith("Among Russian models: ")
    with pytest.raises(UnknownName):
        draw(con, Question(("Sber",), among="nobody at all"))


@pytest.mark.parametrize(
    "case", ["five snapshots", "forty days", "scores", "one snapshot", "absent", "heat map"]
)
def test_a_picture_in_russian_has_no_english_words_of_its_own(
    con: duckdb.DuckDBPyConnection, case: str
) -> None:
    """Names of models, boards and metrics stay as they are printed."""
    asked, kind = CASES[case]
    english, russian = (draw(con, asked, kind, lang=lang) for lang in ("en", "ru"))
    words = " ".join(
        "".join(text.itertext())
        for text in ET.fromstring(russian.svg()).iter(f"{SVG}text")  # noqa: S314  # our own
    )
    own = re.compile(
        r"\b(Source|rank in|snapshots?|Shaded|Broken|Bars|rows|of \d|on \d|Mar|Archived|Not listed|below)\b"
    )
    assert own.search(" ".join(re.findall(r">([^<]+)<", english.svg())))
    assert not own.search(words), words
    assert "Источник: " in words
    assert '<html lang="ru">' in russian.html()


def test_at_most_six_lines_are_coloured(con: duckdb.DuckDBPyConnection) -> None:
    chart = draw(
        con, Question(("Sber", "Yandex", "OpenAI", "Llama 3.3 70B"), ("ru/plain/overall",), all=True)
    )
    coloured = {row["s"].split("|")[0] for row in rows(chart, "line") if "c" in row}
    assert 0 < len(coloured) <= palette.MOST
    assert {row["c"] for row in rows(chart, "line") if "c" in row} <= set(palette.COLOURS)


def test_models_of_one_organisation_share_its_colour_and_differ_in_shape(
    con: duckdb.DuckDBPyConnection,
) -> None:
    chart = draw(con, Question(("Sber",), ("ru/plain/overall",), all=True))
    found = {(row["c"], row["m"]) for row in rows(chart, "point") if "c" in row}
    assert len({colour for colour, _ in found}) == 1
    assert len({shape for _, shape in found}) == 2


def test_a_country_that_means_another_maker_on_each_board_has_one_colour(tmp_path: Path) -> None:
    made = World(tmp_path / "archive.duckdb")
    with made.con as con:
        made.source("ru", "ru/one/overall", "ru/other/overall")
        made.registry()
        for board, name in (("ru/one/overall", "gigachat_max"), ("ru/other/overall", "yandex_gpt_pro_v4")):
            for day in ("2025-01-01", "2025-02-01"):
                made.snapshot(board, f"{day} 08:00:00", [entry(name, 9.0, rank=1)])
        chart = draw(con, Question(("country:RU",)))
    assert len(chart.boards) == 2
    assert len({row["c"] for row in rows(chart, "point") if "c" in row}) == 1


def test_of_more_boards_than_fit_those_are_drawn_that_tell_most(tmp_path: Path) -> None:
    """And the picture says how many are not."""
    made = World(tmp_path / "archive.duckdb")
    with made.con as con:
        overall, easy = ([f"ru/track{at}/{category}" for at in range(7)] for category in ("overall", "easy"))
        made.source("ru", *overall, *easy)
        made.registry()
        for board in (*overall, *easy):
            for day in range(1, 4 if board in overall else 5):
                made.snapshot(board, f"2025-01-0{day} 08:00:00", [entry("gigachat_max", 9.0, rank=1)])
        chart = draw(con, Question(("Sber",)))
        made.con.execute("UPDATE entries SET score = NULL WHERE board = ?", [overall[0]])
        scores = draw(con, Question(("Sber",)), "score")
    assert scores.boards == tuple(overall[1:6])
    assert scores.left_out == (overall[0], overall[6], *easy)
    assert chart.boards == tuple(overall[:6])
    assert chart.left_out == (overall[6], *easy)
    assert '"Boards drawn: 6 of 14. Source: ' in chart.json()


def test_one_band_at_most(con: duckdb.DuckDBPyConnection) -> None:
    for asked, kind in CASES.values():
        chart = draw(con, asked, kind)
        for panel in chart.spec.get("vconcat", [chart.spec]):
            assert sum(layer["mark"]["type"] == "area" for layer in panel["layer"]) <= 1
    assert "Shaded: places" in draw(con, *CASES["three snapshots"]).json()


def test_an_absence_is_a_picture_that_proves_it(con: duckdb.DuckDBPyConnection) -> None:
    chart = draw(con, *CASES["absent"])
    assert chart.headline == "Sber is on none of 3 complete snapshots of Arena Text Overall"
    assert rows(chart, "line")
    assert not any("c" in row for row in rows(chart, "line"))


def test_one_day_is_drawn_as_a_board(con: duckdb.DuckDBPyConnection) -> None:
    chart = draw(con, *CASES["one snapshot"])
    assert not rows(chart, "line")
    assert len(rows(chart, "point")) < 60  # of 120, with those asked for among them
    coloured = [row for row in rows(chart, "point") if row["asked"]]
    assert len(coloured) == 3  # GigaChat Max and Lite, YandexGPT


def test_errors_say_what_to_do(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(UnknownName):
        draw(con, Question(("Nobody at all",)))
    with pytest.raises(UsageError, match="6 coloured") as refused:
        draw(con, Question(SEVEN))
    assert "--kind heatmap" in str(refused.value)
    with pytest.raises(UsageError, match="in that time"):
        draw(con, Question(("Sber",), since=utc("2030-01-01")))
    with pytest.raises(UsageError, match="`archiver history 'GigaChat Max' Sber` says"):
        draw(con, Question(("GigaChat Max", "Sber"), since=utc("2030-01-01")))
    with pytest.raises(UsageError, match="by itself"):
        draw(con, Question((), ("ru/*",)), "board")
    with pytest.raises(UsageError, match="320 to 2400"):
        draw(con, Question(("Sber",)), "rank", 100)


SEVEN = ("Sber", "Yandex", "OpenAI", "GPT-4o", "o1", "GigaChat", "YandexGPT")


def test_who_is_no_longer_on_a_board_is_told(con: duckdb.DuckDBPyConnection) -> None:
    """Else it would be headed by its leaders, as where nobody was asked for."""
    day, board = (
        utc("2025-03-11 12:00:00"),
        ("ru/daily/overall",),
    )  # its eleventh day lacks Sber, who was there
    alone = draw(con, Question(("Sber",), board, until=day), "board")
    assert alone.headline == "Sber is not on Ru Daily in the snapshot of 11 March 2025"
    both = draw(con, Question(("Sber", "Yandex"), board, until=day), "board")
    assert both.headline.startswith("YandexGPT 4 Pro 2nd of 2") and "Not listed: Sber." in both.json()
    excerpt = draw(con, Question(("Sber",), board, until=utc("2025-03-21 12:00:00")), "board")
    assert excerpt.headline == "No excerpt of Ru Daily shows Sber"
    assert "Not in that part: Sber." in excerpt.json()


@pytest.mark.parametrize("case", ["five snapshots", "heat map", "a board"])
def test_the_source_has_as_much_air_in_a_large_picture(con: duckdb.DuckDBPyConnection, case: str) -> None:
    """What stands above it are the words of an axis, which are larger there."""
    air = []
    for width in (960, 1600):
        chart = draw(con, *CASES[case], width)
        plot = chart.spec["vconcat"][-1] if "vconcat" in chart.spec else chart.spec
        lowest = max((row for row in rows(chart, "text") if "size" in row), key=lambda row: row["y"])
        air.append((lowest["y"] - plot["height"] - 11) / lowest["size"])
    assert air[1] >= air[0] * 0.97


def test_a_drawing_needs_nothing_beside_it(con: duckdb.DuckDBPyConnection) -> None:
    chart = draw(con, *CASES["one snapshot"])
    for text in (chart.svg(), chart.html()):
        carried = re.sub(r"https?://www\.w3\.org/[^\"]*", "", text)
        assert not re.search(r"""(?:src|href)=["']|url\((?!data:)|@import|<script|<link""", carried)
        assert "@font-face" in text
    assert "<&>" not in chart.html()
    assert "百度" in chart.svg()


def test_a_page_holds_the_data_as_a_table(con: duckdb.DuckDBPyConnection) -> None:
    chart = draw(con, *CASES["five snapshots"])
    page = chart.html()
    assert page.count("<tr>") == len(chart.table)
    assert "<td>GigaChat Max</td>" in page
    assert '<html lang="en">' in page


def test_the_spec_is_whole_by_itself(con: duckdb.DuckDBPyConnection) -> None:
    spec = json.loads(draw(con, *CASES["several boards"]).json())
    assert spec["$schema"].endswith("/v6.json")
    assert "url" not in json.dumps([layer["data"] for panel in spec["vconcat"] for layer in panel["layer"]])


def test_a_notebook_shows_it(con: duckdb.DuckDBPyConnection) -> None:
    chart = draw(con, *CASES["scores"])
    shown = chart._repr_mimebundle_()
    assert shown["image/svg+xml"] == chart._repr_svg_()
    assert shown["text/plain"] == chart.headline == "Sber 61 on 1 June 2025"


def test_a_line_that_leaves_the_picture_ends_at_its_edge(con: duckdb.DuckDBPyConnection) -> None:
    chart = draw(con, Question(("OpenAI",), ("ru/daily/overall",)))
    [panel] = [chart.spec]
    for layer in panel["layer"]:
        if layer["mark"]["type"] in {"line", "point", "area"}:
            low, high = layer["encoding"]["y"]["scale"]["domain"]
            rows_of = layer["data"]["values"]
            stands = [row.get("v", row.get("low")) for row in rows_of]
            assert all(low <= value <= high for value in stands if value is not None)  # None ends a line
            assert all(row.get("high", low) <= high for row in rows_of)


def test_each_place_named_on_the_axis_is_drawn(con: duckdb.DuckDBPyConnection) -> None:
    chart = draw(con, *CASES["every model"])
    axis = chart.spec["layer"][0]["encoding"]["y"]["axis"]
    root = ET.fromstring(chart.svg())  # noqa: S314  # our own
    shown = {"".join(text.itertext()) for text in root.iter(f"{SVG}text")}
    assert {str(place) for place in axis["values"]} <= shown


def test_where_nobody_has_a_place_each_kind_says_so_and_a_report_tells_the_rest(tmp_path: Path) -> None:
    made = World(tmp_path / "archive.duckdb")
    with made.con as con:
        made.source("ru", "ru/plain/overall")
        made.registry()
        for day in ("2025-01-01", "2025-02-01"):
            made.snapshot("ru/plain/overall", day, [entry("gigachat_max", 1.0), entry("gpt-4o", 2.0)])
        made.source("aider", "aider/edit/overall")
        made.snapshot("aider/edit/overall", "2025-01-01 05:00", [{"model_listed": "gpt-4o", "rank": 1}])
        for both in ("rank", "heatmap"):
            chart = draw(con, Question(("OpenAI",)), both)
            assert chart.boards == ("aider/edit/overall",) and chart.left_out == ("ru/plain/overall",)
        for kind in KINDS:
            for who in ((), ("Sber",)) if kind == "board" else (("Sber",),):
                chart = draw(con, Question(who, ("ru/plain/overall",)), kind)
                assert chart.headline == "Listed on Ru Plain Overall, with no rank" and chart.svg()
        made.snapshot("aider/edit/overall", "2025-01-01 23:00", [{"model_listed": "gpt-4o", "rank": 1}])
        with pytest.raises(UsageError, match="aider/edit/overall has no scores"):
            draw(con, Question(("OpenAI",), ("aider/edit/overall",)), "score")
        day = draw(con, Question(("OpenAI",), ("aider/edit/overall",))).svg()
        assert "1 Jan" in day and "2025" in day, "within one day the axis names it"
        report = pages.build(con, pages.Asked(("Sber",)))
        assert report.parts[0].chart is None and "GigaChat Max" in pages.written(report, "html").decode()
