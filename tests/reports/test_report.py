"""A report tells what SQL says of the same file, in each of its forms, the same each time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from archiver.answers import pictured
from archiver.errors import UnknownName, UsageError
from archiver.records import utc
from archiver.reports import texts
from archiver.reports.pages import view
from archiver.reports.pages.states import ABSENT, of_entries, thinned
from tests.answers.world import World, row
from tests.reports.reported import told

ARENA = ("arena/text/overall",)


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


@pytest.mark.parametrize("weekly", [True, False])
@pytest.mark.parametrize(
    ("moves", "said"), [(0, None), (1, "Left out: 1 move within the noise"), (2, "Left out: 2 moves within")]
)
def test_the_moves_left_out_are_counted_where_there_are_any(
    con: duckdb.DuckDBPyConnection, weekly: bool, moves: int, said: str | None
) -> None:
    report = replace(told(con, "Sber", weekly=weekly, boards=ARENA), within_noise=moves)
    intro = view.changes_intro(report, texts.texts("en"))
    assert (said in intro) if said else ("noise" not in intro.partition(".")[2] and intro.endswith("."))


def test_rows_rewritten_under_one_date_are_told(con: duckdb.DuckDBPyConnection) -> None:
    report = told(con, boards=ARENA, since=utc("2026-07-01"), until=utc("2026-07-10"))
    [rewritten] = [each for each in report.changes if each.event == "rewritten"]
    assert (rewritten.other, rewritten.changed) == ("2026-07-05", 3)
    assert f"{rewritten.time:%Y-%m-%d}" == "2026-07-08"
    table = view.changes(report, report.changes, texts.texts("en"))
    assert any(
        "rows published for 2026-07-05 were changed afterwards: 3 rows" in row[2].text for row in table.rows
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


def test_a_week_ends_with_the_newest_snapshot_or_as_asked(con: duckdb.DuckDBPyConnection) -> None:
    newest = told(con, boards=ARENA, weekly=True)
    assert (newest.since, newest.until) == (utc("2026-07-30"), utc("2026-08-06"))
    asked = told(con, boards=ARENA, weekly=True, until=utc("2026-07-12"))
    assert asked.since == utc("2026-07-05")
    assert "--until 2026-07-12" in asked.command


def test_a_course_begins_where_its_change_is_counted_from(con: duckdb.DuckDBPyConnection) -> None:
    report = told(
        con, "Sber", "Yandex", boards=("ru/daily/overall",), since=utc("2025-03-05"), until=utc("2025-03-12")
    )
    for place in report.places:
        assert place.rank_before is not None
        assert len(place.course) == 8
        assert (place.course[0], place.course[-1]) == (place.rank_before, place.rank)


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


@pytest.mark.parametrize(("lang", "said"), [("en", "entered"), ("ru", "появление")])
def test_who_comes_back_is_not_said_to_be_there_for_the_first_time(
    tmp_path: Path, lang: str, said: str
) -> None:
    board, world = "ru/plain/overall", World(tmp_path / "archive.duckdb")
    with world.con as con:
        world.source("ru", board)
        world.registry()
        stays, goes = row("gpt-4o", 9.0, rank=1), row("gigachat_max", 8.0, rank=2)
        for day, lines in enumerate([[stays, goes], [stays], [stays, goes]], 1):
            world.snapshot(board, f"2026-01-{day:02} 08:00:00", lines)
        [part] = told(con, "Sber", lang=lang).parts
    assert [cells[1].text for cells in view.board(part, texts.texts(lang)).rows] == ["", said]
