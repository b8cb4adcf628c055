"""The views inside the index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.answers.world import World, build, row

RANKINGS = [
    *("board", "published_at", "captured_at", "rank", "rank_low", "rank_high", "of", "model", "organization"),
    *(
        "country",
        "model_listed",
        "organization_listed",
        "variant",
        "score",
        "score_low",
        "score_high",
        "votes",
    ),
    *("license", "metric", "rank_kind", "position", "snapshot_id", "payload_sha256", "route", "extra"),
]


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with build(tmp_path_factory.mktemp("views") / "archive.duckdb") as connection:
        yield connection


def test_rankings_has_the_columns_that_people_rest_on(con: duckdb.DuckDBPyConnection) -> None:
    assert con.sql("FROM rankings").columns == RANKINGS
    assert con.sql("FROM latest").columns == RANKINGS


def test_rankings_leaves_out_what_answers_may_not_use(con: duckdb.DuckDBPyConnection) -> None:
    scores = {
        score
        for (score,) in con.sql("SELECT score FROM rankings WHERE board = 'arena/text/overall'").fetchall()
    }
    assert {1400, 1405} <= scores
    assert not scores & {1, 2, 3}, "a held snapshot"
    assert not scores & {4, 5, 6}, "a rejected snapshot"
    assert not scores & {7, 8, 9}, "a route that a better one covers"


def test_equal_states_share_entries_but_are_rows_of_each_snapshot(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.sql(
        "SELECT count(*), count(DISTINCT snapshot_id) FROM rankings WHERE board = 'ru/plain/overall'"
    ).fetchall()
    assert rows == [(5 + 3 + 5 + 3 + 3, 5)]
    assert con.sql("SELECT count(*) FROM entries WHERE board = 'ru/plain/overall'").fetchall() == [
        (5 + 3 + 3,)
    ]


def test_names_are_resolved_and_stay_as_listed(con: duckdb.DuckDBPyConnection) -> None:
    found = con.sql("""
        SELECT DISTINCT model_listed, model, organization, country FROM rankings
        WHERE board = 'ru/plain/overall' AND position >= 3 AND captured_at < '2024-09-01' ORDER BY ALL
    """).fetchall()
    assert found == [
        ("gigachat_lite", "GigaChat Lite", "Sber", "RU"),
        ("llama-3.3-70b:yandex", "Llama 3.3 70B", "Meta", "US"),
        ("yandex_gpt_pro_v4", "YandexGPT 4 Pro", "Yandex", "RU"),
        ("НейроСлон-7b", "НейроСлон-7b", None, None),
    ]


def test_an_unknown_name_stands_as_listed(tmp_path: Path) -> None:
    world = World(tmp_path / "archive.duckdb")
    with world.con:
        world.source("s", "s/a/b")
        world.snapshot(
            "s/a/b",
            "2024-01-01",
            [row("x-1", 1.0, organization_listed="X"), row("y", 2.0, organization_listed="")],
        )
        found = world.con.sql(
            "SELECT model, organization, country FROM rankings ORDER BY position"
        ).fetchall()
    assert found == [("x-1", "X", None), ("y", None, None)]


def test_latest_is_the_newest_time_and_of_a_rewrite_the_last_captured(con: duckdb.DuckDBPyConnection) -> None:
    assert con.sql(
        "SELECT DISTINCT score FROM latest WHERE board = 'arena/text/overall' AND rank = 1"
    ).fetchall() == [(1405.0,)]
    assert con.sql("SELECT count(DISTINCT snapshot_id), count(DISTINCT board) FROM latest").fetchall() == [
        (4, 4)
    ]


def test_latest_is_an_excerpt_where_that_is_newest(con: duckdb.DuckDBPyConnection) -> None:
    assert con.sql("SELECT route FROM latest WHERE board = 'arena/text/russian'").fetchall() == [("page",)]


def test_gaps_tell_what_failed_and_until_when(con: duckdb.DuckDBPyConnection) -> None:
    found = con.sql("""
        SELECT source, kind, board, strftime(since, '%Y-%m-%d'), strftime(until, '%Y-%m-%d'), detail
        FROM gaps ORDER BY ALL
    """).fetchall()
    assert [each[:5] for each in found] == [
        ("aider", "payload unread", None, "2025-02-01", None),
        ("arena", "capture failed", None, "2026-08-13", None),
        ("arena", "snapshot held", "arena/text/overall", "2026-07-20", None),
        ("ru", "capture failed", None, "2024-08-15", "2024-09-01"),
    ]
    assert "a column was renamed" in found[0][5]
    assert found[1][5].startswith("http-status: 503 (2 in a row")
    assert "Three rows where 300 stood before." in found[2][5]
