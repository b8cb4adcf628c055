# ruff: noqa: S608
"""What changed, who overtook whom, how someone stands, who was not to be seen: figures counted by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pytest

from archiver.identity import fold
from tests.answers.world import World, row

BOARD = "ru/days/overall"
OTHER = "ru/days/other"


def snapshot(
    world: World, day: str, *placed: tuple[str, int, float], board: str = BOARD, **rest: object
) -> str:
    """name, rank, score; each with an interval of one and a half to both sides."""
    entries = [
        row(name, score, rank=rank, score_low=score - 1.5, score_high=score + 1.5, license=LICENSES.get(name))
        for name, rank, score in placed
    ]
    return world.snapshot(board, f"{day} 12:00:00", entries, **rest)  # type: ignore[arg-type]  # as given


LICENSES = {"gpt-4o": "Proprietary", "llama-3.3-70b:yandex": "Llama 3.3"}
GPT, MAX, LITE, YANDEX, LLAMA = (
    "gpt-4o", "gigachat_max", "gigachat_lite", "yandex_gpt_pro_v4", "llama-3.3-70b:yandex",
)  # fmt: skip


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    world = World(tmp_path_factory.mktemp("changes") / "archive.duckdb")
    with world.con:
        world.source("ru", BOARD, OTHER)
        world.registry()
        snapshot(world, "2024-01-01", (GPT, 1, 80), (MAX, 2, 70), (YANDEX, 3, 69), (LITE, 4, 50))
        snapshot(world, "2024-01-08", (GPT, 1, 80), (MAX, 2, 70), (YANDEX, 2, 70), (LITE, 4, 50))
        snapshot(world, "2024-01-15", (MAX, 1, 85), (GPT, 2, 80), (YANDEX, 3, 72), (LLAMA, 4, 60))
        snapshot(world, "2024-01-22", (MAX, 1, 85), complete=False, declared=4)
        snapshot(world, "2024-01-29", (YANDEX, 1, 86), (MAX, 2, 85), (GPT, 3, 80), (LLAMA, 4, 60))
        snapshot(world, "2024-02-02", (GPT, 1, 1), status="held", preferred=False)
        snapshot(world, "2024-06-01", (YANDEX, 1, 86), (GPT, 2, 80), (LLAMA, 3, 60))
        snapshot(world, "2024-06-01", (GPT, 1, 9), (YANDEX, 2, 8), (LLAMA, 3, 7), (MAX, 4, 6), board=OTHER)
        yield world.con


def rows(con: duckdb.DuckDBPyConnection, statement: str) -> list[tuple[object, ...]]:
    return con.sql(statement).fetchall()


def test_every_kind_of_event_is_told_once(con: duckdb.DuckDBPyConnection) -> None:
    told = rows(
        con,
        f"""
        SELECT strftime(time, '%m-%d'), event, model, rank_before, rank, beyond_noise, other
        FROM rank_events(boards := '{BOARD}')
    """,
    )
    assert told == [
        ("01-08", "moved", "YandexGPT 4 Pro", 3, 2, False, None),
        ("01-15", "leader", "GigaChat Max", 2, 1, True, "GPT-4o"),
        ("01-15", "entered", "Llama 3.3 70B", None, 4, None, None),
        ("01-15", "left", "GigaChat Lite", 4, None, None, None),
        ("01-15", "moved", "GigaChat Max", 2, 1, True, None),
        ("01-15", "moved", "GPT-4o", 1, 2, True, None),
        ("01-15", "moved", "YandexGPT 4 Pro", 2, 3, False, None),
        ("01-29", "leader", "YandexGPT 4 Pro", 3, 1, False, "GigaChat Max"),
        ("01-29", "moved", "YandexGPT 4 Pro", 3, 1, True, None),
        ("01-29", "moved", "GigaChat Max", 1, 2, False, None),
        ("01-29", "moved", "GPT-4o", 2, 3, True, None),
        ("06-01", "left", "GigaChat Max", 2, None, None, None),
        ("06-01", "moved", "GPT-4o", 3, 2, False, None),
        ("06-01", "moved", "Llama 3.3 70B", 4, 3, False, None),
    ], "on 06-01 two places are won because somebody left: no move beyond noise"


def test_bounds_keep_the_snapshot_before_them_as_the_measure(con: duckdb.DuckDBPyConnection) -> None:
    asked = f"rank_events(boards := ['{BOARD}'], since := '2024-01-29', until := '2024-01-29')"
    assert rows(con, f"SELECT count(*), min(time_before) FROM {asked}") == [
        (4, con.sql("SELECT TIMESTAMP '2024-01-15 12:00:00'").fetchall()[0][0])
    ]


def test_who_overtook_whom_is_the_first_snapshot_at_which_the_order_turned(
    con: duckdb.DuckDBPyConnection,
) -> None:
    columns = "strftime(time, '%m-%d'), model, other, rank_before, rank, other_rank_before, other_rank"
    columns += ", beyond_noise"
    assert rows(con, f"SELECT {columns} FROM overtakes(['Sber', 'Yandex'])") == [
        ("01-29", "YandexGPT 4 Pro", "GigaChat Max", 3, 1, 1, 2, False),
    ], "a shared place turns nothing"
    assert rows(con, f"SELECT {columns} FROM overtakes('Sber')") == [
        ("01-15", "GigaChat Max", "GPT-4o", 2, 1, 1, 2, True),
        ("01-29", "YandexGPT 4 Pro", "GigaChat Max", 3, 1, 1, 2, False),
    ]


def test_how_someone_stands(con: duckdb.DuckDBPyConnection) -> None:
    relation = con.sql(f"FROM standing('Sber', boards := '{BOARD}', top := 1)")
    [told] = [dict(zip(relation.columns, each, strict=True)) for each in relation.fetchall()]
    assert (told["status"], told["rank"], told["of"]) == ("absent", None, 3)
    assert (told["best_rank"], str(told["best_date"]), told["worst_rank"]) == (1, "2024-01-15", 2)
    assert (str(told["first_seen"]), str(told["last_seen"])) == ("2024-01-01", "2024-01-29")
    assert (told["snapshots"], told["absent"]) == (5, 1)
    assert told["days_in_top"] == 14, "from the 15th to the 29th: the excerpt shows him first too"
    assert told["days_first"] == 14


def test_a_streak_runs_over_an_excerpt_and_ends_where_a_complete_snapshot_says_so(
    con: duckdb.DuckDBPyConnection,
) -> None:
    columns = "who, strftime(since, '%m-%d'), strftime(until, '%m-%d'), days, snapshots, last_model, current"
    asked = f"streaks(['Sber', 'Yandex'], boards := '{BOARD}', top := 1)"
    assert rows(con, f"SELECT {columns} FROM {asked}") == [
        ("Sber", "01-15", "01-29", 14, 2, "GigaChat Max", False),
        ("Yandex", "01-29", "06-01", 124, 2, "YandexGPT 4 Pro", True),
    ], "a gap of four months ends no streak"


def test_the_gap_and_the_percentile(con: duckdb.DuckDBPyConnection) -> None:
    asked = f"standing('OpenAI', boards := '{BOARD}', until := '2024-01-29')"
    assert rows(con, f"SELECT rank, of, percentile, gap, leader FROM {asked}") == [
        (3, 4, 33.3, 6.0, "YandexGPT 4 Pro")
    ]


def test_a_gap_has_no_dust_of_doubles(tmp_path: Path) -> None:
    world = World(tmp_path / "archive.duckdb")
    with world.con:
        world.source("ru", BOARD)
        world.registry()
        snapshot(world, "2024-01-01", (GPT, 1, 0.3), (MAX, 2, 0.1))
        assert rows(world.con, "SELECT gap FROM standing('Sber')") == [(0.2,)]
    assert 0.3 - 0.1 != 0.2


def test_every_way_of_not_being_seen_is_told_apart(con: duckdb.DuckDBPyConnection) -> None:
    asked = f"presence('GigaChat Lite', boards := '{BOARD}', since := '2023-12-25', until := '2024-12-31')"
    told = rows(
        con, f"SELECT status, strftime(since, '%m-%d'), strftime(until, '%m-%d'), snapshots FROM {asked}"
    )
    assert told == [
        ("board not captured", "12-25", "01-01", 0),
        ("listed", "01-01", "01-15", 2),
        ("not listed", "01-15", "01-22", 1),
        ("outside the rows shown", "01-22", "01-29", 1),
        ("not listed", "01-29", "01-29", 1),
        ("board not captured", "01-29", "06-01", 0),
        ("held", "02-02", "02-02", 1),
        ("not listed", "06-01", "06-01", 1),
        ("board not captured", "06-01", "12-31", 0),
    ]


def test_places_within_a_set(con: duckdb.DuckDBPyConnection) -> None:
    ids = f"(SELECT list(snapshot_id) FROM snapshots WHERE board = '{BOARD}' AND time < '2024-01-16')"

    def placed(among: str) -> Sequence[object]:
        return rows(
            con,
            f"""
            SELECT strftime(s.time, '%m-%d'), e.model_listed, p.place_among, p.of_among
            FROM places_among({among}, {ids}) AS p
            JOIN snapshots AS s USING (snapshot_id)
            JOIN entries AS e ON e.content_id = s.content_id AND e.position = p.position
            ORDER BY s.time DESC, p.place_among, p.position LIMIT 4
        """,
        )

    assert placed("'country:RU'")[:2] == [("01-15", MAX, 1, 2), ("01-15", YANDEX, 2, 2)]
    assert placed("'giga*'")[1:3] == [("01-08", MAX, 1, 2), ("01-08", LITE, 2, 2)]
    assert placed("'open'") == [("01-15", LLAMA, 1, 1)]
    assert placed("['Sber', 'Yandex']")[2:4] == [("01-08", MAX, 1, 3), ("01-08", YANDEX, 1, 3)]


def test_spreads_are_computed_only_where_none_is_printed(con: duckdb.DuckDBPyConnection) -> None:
    asked = f"board_as_of('{BOARD}', '2024-01-15')"
    assert rows(con, f"SELECT rank, rank_low, rank_low_computed, rank_high_computed FROM {asked}") == [
        (1, None, 1, 1), (2, None, 2, 2), (3, None, 3, 3), (4, None, 4, 4),
    ]  # fmt: skip


def test_agreement_of_two_boards_by_hand(con: duckdb.DuckDBPyConnection) -> None:
    [(n, spearman, kendall)] = rows(
        con,
        f"SELECT n, spearman, kendall FROM agreement('{BOARD}', '{OTHER}')",
    )
    assert (n, spearman) == (3, pytest.approx(0.5)), (
        "Yandex and OpenAI change places, Llama stays: 1 - 6*2/24"
    )
    assert kendall == pytest.approx(1 / 3), "two pairs agree, one does not"


def test_what_the_archive_knew_is_the_table_that_it_replaces(con: duckdb.DuckDBPyConnection) -> None:
    asked = "WITH snapshots AS (FROM snapshots WHERE time < '2024-01-09') "
    for question, found in (
        ("SELECT count(*) FROM rank_history('Sber')", 2),
        (f"SELECT count(*) FROM board_as_of('{BOARD}', '2030-01-01') WHERE rank = 2", 2),
        ("SELECT count(*) FROM rank_events()", 1),
        ("SELECT count(*) FROM overtakes('Sber')", 0),
    ):
        statement = asked.replace("FROM snapshots", "FROM main.snapshots") + question
        assert rows(con, statement) == [(found,)], question


def test_a_table_of_the_asker_hides_no_other(con: duckdb.DuckDBPyConnection) -> None:
    shadows = ", ".join(f"{name} AS (SELECT 1 AS x)" for name in ("entries", "names", "boards", "aliases"))
    assert rows(con, f"WITH {shadows} SELECT count(*) FROM rank_history('Sber')") == rows(
        con, "SELECT count(*) FROM rank_history('Sber')"
    )


def test_a_name_in_another_spelling_neither_left_nor_entered(tmp_path: Path) -> None:
    """Two of one model on each side: the model alone does not tell them apart, the names do."""
    world = World(tmp_path / "archive.duckdb")
    may, august, mini = "GPT-4o-2024-05-13", "GPT-4o-2024-08-06", "GPT-4o-mini"
    with world.con:
        world.source("ru", BOARD)
        for name in (may, august, may.lower(), august.lower(), mini, "o1"):
            world.insert("names", source="ru", model_listed=name, model="GPT-4o", folded=fold(name))
        snapshot(world, "2024-01-01", (may, 1, 80), (august, 2, 70), (mini, 3, 60))
        snapshot(world, "2024-01-08", (august.lower(), 1, 81), (may.lower(), 2, 75), ("o1", 3, 50))
        told = rows(world.con, "SELECT event, rank_before, rank, other, called FROM rank_events()")
    assert told == [
        ("leader", 2, 1, "GPT-4o", "GPT-4o"),
        ("moved", 2, 1, None, august.lower()),
        ("moved", 1, 2, None, may.lower()),
        ("renamed", 2, 1, august, august.lower()),
        ("renamed", 1, 2, may, may.lower()),
        ("renamed", 3, 3, mini, "o1"),
    ]
