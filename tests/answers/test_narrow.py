"""Answers cut down: sets, places, settings, conditions, and what the archive knew."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from archiver import Archive, answers
from archiver.answers import changes
from archiver.answers.board import statement as board_statement
from archiver.answers.history import statement
from archiver.answers.narrow import Narrow
from archiver.answers.standing import places, standing
from archiver.errors import UnknownName, UsageError
from archiver.records import utc
from tests.answers.test_answers import column

Con = duckdb.DuckDBPyConnection


def test_among_keeps_the_boards_own_rank_beside_the_place(con: Con) -> None:
    relation = answers.history(con, ["Sber"], ["ru/*"], narrow=Narrow(among="country:RU"))
    assert relation.columns[-2:] == ["place_among", "of_among"]
    told = [(row[7], row[8], row[-2], row[-1]) for row in relation.fetchall()]
    assert told == [(2, 5, 1, 3), (2, 3, 1, 1), (2, 5, 1, 3), (2, 3, 1, 1), (2, 3, 1, 2)]


def test_a_board_among_a_set_shows_the_set_alone(con: Con) -> None:
    narrow = Narrow(among=["Sber", "Yandex"], top=2)
    relation = answers.board(con, "ru/plain/overall", utc("2024-07-01"), narrow)
    assert column(relation, "model") == ["GigaChat Max", "YandexGPT 4 Pro"]
    assert column(relation, "rank") == [2, 3]


@pytest.mark.parametrize("known_on", [None, utc("2030-01-01")])
def test_a_standing_among_a_set_is_drawn_from_places_in_it(
    starter_home: Path, known_on: datetime | None
) -> None:
    board, narrow = "ru_llm_arena/plain/overall", Narrow(among="country:RU", known_on=known_on)
    with Archive(starter_home) as archive:
        con = archive.connect()
        asked = con.sql(standing(con, ["Yandex"], [board], narrow=narrow))
        [row] = asked.select('date, rank, "of", best_rank, worst_rank').fetchall()
        over_time = places(con, ["Yandex"], [board], narrow=narrow)[board, "Yandex"]
    ranks = [rank for _, rank in over_time if rank is not None]
    assert row == (over_time[-1][0], ranks[-1], 18, min(ranks), max(ranks))
    assert ranks == [2, 4, 7, 9]


def test_changes_among_a_set_are_of_its_members_alone(con: Con) -> None:
    ends = utc("2024-07-01"), utc("2024-11-01")
    asked = con.sql(changes.diff(con, "ru/plain/overall", *ends, Narrow(among="country:RU")))
    shown = "model, status, rank_before, rank, place_among_before, place_among, change_among, change_shared"
    assert asked.select(f"{shown}, of_among_before, of_among").fetchall() == [
        ("GigaChat Max", "same", 2, 2, 1, 1, 0, 0, 3, 2),
        ("GigaChat Lite", "moved", 5, 3, 3, 2, 1, 0, 3, 2),
        ("YandexGPT 4 Pro", "left", 3, None, 2, None, None, None, 3, 2),
    ]
    moved = changes.movers(con, "ru/plain/overall", *ends, narrow=Narrow(among=["Sber", "Yandex"], top=2))
    assert column(con.sql(moved), "model") == ["YandexGPT 4 Pro", "GigaChat Lite"]
    with pytest.raises(UnknownName):
        changes.diff(con, "ru/plain/overall", *ends, Narrow(among="nobody"))


def test_a_standing_in_a_setting(con: Con) -> None:
    asked = standing(con, ["GPT-4o"], ["aider/*"], narrow=Narrow(variant="whole"))
    assert con.sql(asked).select("rank, variant, best_rank").fetchall() == [(2, "whole", 2)]


def test_top_where_variant_and_category(con: Con) -> None:
    assert column(answers.history(con, ["Yandex"], ["ru/*"], narrow=Narrow(top=2)), "status") == []
    narrow = Narrow(where="score > 61 AND status = 'listed'")
    assert len(answers.history(con, ["Sber"], narrow=narrow).fetchall()) == 3
    settings = answers.history(con, ["GPT-4o"], ["aider/*"], narrow=Narrow(variant="WHOLE"))
    assert column(settings, "rank") == [2]
    assert column(answers.history(con, ["Yandex"], narrow=Narrow(category="rus*")), "rank") == [3]
    with pytest.raises(UsageError, match="has the category 'maths'"):
        answers.history(con, ["Yandex"], narrow=Narrow(category="maths"))


def test_as_of_is_the_one_snapshot_that_stood_then(con: Con) -> None:
    asked = answers.history(con, ["Sber", "Yandex"], ["ru/*"], as_of=utc("2024-09-15"))
    assert [(str(row[1]), row[16], row[7]) for row in asked.fetchall()] == [
        ("2024-09-01", "Sber", 2),
        ("2024-09-01", "Yandex", 3),
    ]


DAYS = ("2024-03-01", "2024-09-15", "2025-03-01", "2026-07-05", "2026-07-12", "2026-08-09", "2026-11-01")


@pytest.mark.parametrize("who", [["Sber", "Yandex"], ["OpenAI"], ["OpenAI", "GPT-4o"]])
@pytest.mark.parametrize("known_on", [None, utc("2026-07-15")])
def test_as_of_is_the_last_of_the_history_until_then(
    con: Con, starter_home: Path, who: list[str], known_on: datetime | None
) -> None:
    with Archive(starter_home) as archive:
        for held, narrow in ((con, Narrow(known_on=known_on)), (archive.connect(), Narrow())):
            for day in map(utc, DAYS):
                asked = statement(held, who, as_of=day, narrow=narrow)
                found = held.execute(asked).fetchall()
                assert found == last_of(
                    held.execute(statement(held, who, until=day, narrow=narrow)).fetchall()
                )
        # Of boards in print there are excerpts alone.
        assert archive.history("Sber", boards=["reported/*"], as_of=DAYS[-1]).fetchall()


def last_of(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Of a history the rows of each board's last snapshot; of several for one time, the one captured last."""
    last: dict[str, tuple[Any, str]] = {}
    for row in rows:
        board, published, captured, snapshot = row[0], row[2], row[3], row[14]
        time = (published or captured, captured)
        if board not in last or time > last[board][0]:
            last[board] = time, snapshot
    return [row for row in rows if last[row[0]][1] == row[14]]


@pytest.mark.parametrize(
    "condition",
    [
        "1; DROP TABLE entries",
        "rank < 3) OR (1 = 1",
        "EXISTS (FROM entries)",
        "*",
        "",
        "rank, score",
    ],
)
def test_a_condition_is_one_expression_over_the_answer(con: Con, condition: str) -> None:
    with pytest.raises(UsageError):
        answers.history(con, ["Sber"], narrow=Narrow(where=condition)).fetchall()


@pytest.mark.parametrize("word", ["x') FROM entries --", "'; DROP TABLE entries; --", "\\' OR 1=1"])
def test_no_word_leaves_its_quotes(con: Con, word: str) -> None:
    with pytest.raises(UnknownName):
        statement(con, ["Sber"], narrow=Narrow(among=word))
    with pytest.raises(UnknownName):
        statement(con, ["Sber"], [word])
    found = answers.history(con, ["Sber"], ["ru/*"], narrow=Narrow(variant=word)).fetchall()
    assert {row[15] for row in found} == {"absent"}
    assert con.execute("SELECT count(*) > 0 FROM entries").fetchall() == [(True,)]


QUESTIONS = (
    Narrow(),
    Narrow(among="country:RU", top=3),
    Narrow(among="giga*", where="rank <= 3"),
    Narrow(known_on=utc("2030-01-01")),
)


@pytest.mark.skipif(
    "ARCHIVER_OLDER_DUCKDB" not in os.environ, reason="$ARCHIVER_OLDER_DUCKDB names no older duckdb"
)
def test_printed_statements_give_the_same_rows_in_an_older_client(con: Con, index: Path) -> None:
    asked = [statement(con, ["Sber", "Yandex"], ["ru/*"], narrow=each) for each in QUESTIONS]
    asked += [board_statement(con, "ru/plain/overall", narrow=each) for each in QUESTIONS[:3]]
    asked += [
        "FROM rank_events()", "FROM overtakes('Sber')", "FROM standing('Sber')", "FROM presence('Sber')",
        "FROM streaks('Yandex')", "FROM streaks_among('Yandex', 'country:RU', top := 2)",
        "FROM agreement('ru/plain/overall', 'arena/text/overall')",
        "FROM board_diff('ru/plain/overall', '2024-07-01', '2024-11-01')",
        "FROM diff_among('ru/plain/overall', '2024-07-01', '2024-11-01', 'country:RU')",
    ]  # fmt: skip
    code = (
        "import duckdb, sys\ncon = duckdb.connect(sys.argv[1], read_only=True)\n"
        "for each in sys.argv[2:]: print(con.execute(each).fetchall())"
    )
    environment = {**os.environ, "PYTHONPATH": os.environ["ARCHIVER_OLDER_DUCKDB"]}
    done = subprocess.run(
        [sys.executable, "-c", code, str(index), *asked],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [str(con.execute(each).fetchall()) for each in asked]


def test_an_answer_in_python_is_its_relation_and_draws_itself(index: Path) -> None:
    home = index.parent
    (home / "snapshots").mkdir(exist_ok=True)
    archive = Archive(home)
    try:
        answer = archive.history("Sber", boards=["ru/plain/overall"])
        assert answer.columns[:2] == ["board", "date"]
        assert answer.sql == "FROM rank_history(['Sber'], boards := ['ru/plain/overall'])"
        assert "<table" in answer._repr_mimebundle_()["text/html"]
        assert answer.chart().boards == ("ru/plain/overall",)
        assert archive.standing("Sber").fetchall()
        assert archive.streaks("Yandex", boards=["ru/*"], current=True).fetchall() == []
        [longest] = archive.streaks("Yandex", boards=["ru/*"], longest=True).fetchall()
        assert longest in archive.streaks("Yandex", boards=["ru/*"]).fetchall()
        assert archive.streaks("Yandex", boards=["ru/*"], narrow=Narrow(top=2)).fetchall() == []
        assert (
            archive.movers("ru/plain/overall").columns
            == archive.diff("ru/plain/overall", "2024-07-01", "2024-11-01").columns
        )
        assert archive.overtakes("Sber", "Yandex").fetchall() == []
        assert archive.agreement("ru/plain/overall", "arena/text/overall").fetchall()
        with pytest.raises(AttributeError, match="No picture"):
            archive.standing("Sber").chart()
    finally:
        archive.close()
