"""The macros inside the index: what the command line and Python answer with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.answers.world import World, build, row


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("macros") / "archive.duckdb"
    build(path).close()
    return path


@pytest.fixture
def con(index: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(index), read_only=True) as connection:
        yield connection


def rows(con: duckdb.DuckDBPyConnection, statement: str) -> list[tuple[object, ...]]:
    return con.sql(statement).fetchall()


def places(con: duckdb.DuckDBPyConnection, call: str) -> list[tuple[object, ...]]:
    columns = "board, strftime(date, '%Y-%m-%d'), who, model, rank, of, status"
    return rows(con, f"SELECT {columns} FROM {call}")  # noqa: S608  # the test's own words


def test_a_string_and_a_list_of_names_are_both_understood(con: duckdb.DuckDBPyConnection) -> None:
    assert places(con, "rank_history('Sber')") == places(con, "rank_history(['Sber'])")
    assert rows(con, "SELECT place, who, kind FROM asked(['Яндекс', 'сбер', 'Sber'])") == [
        (1, "Yandex", "organization"),
        (2, "Sber", "organization"),
    ]


@pytest.mark.parametrize(
    ("word", "who", "kind"),
    [
        ("СБЕР", "Sber", "organization"),
        ("ГигаЧат", "GigaChat", "family"),
        ("giga-chat max", "GigaChat Max", "model"),
        ("country:ru", "country:RU", "country"),
        ("Россия", "country:RU", "country"),
        ("НЕЙРОСЛОН-7B", "НейроСлон-7b", "model as listed"),
        ("META", "Meta", "organization as listed"),
    ],
)
def test_a_word_means_the_first_that_fits(
    tmp_path: Path, index: Path, word: str, who: str, kind: str
) -> None:
    copy = tmp_path / "archive.duckdb"
    copy.write_bytes(index.read_bytes())
    with duckdb.connect(str(copy)) as con:
        con.execute("UPDATE names SET organization_listed = 'Meta' WHERE model = 'Llama 3.3 70B'")
        con.execute(
            "INSERT INTO aliases VALUES (fold('Meta'), 'Meta', 'organization as listed', 'Meta', NULL)"
        )
        assert con.execute("SELECT who, kind FROM asked(?)", [word]).fetchall() == [(who, kind)]


def test_nobody_is_known_by_a_wrong_name(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(con, "FROM asked(['', '???', 'country:XX', 'Sbre'])") == []


def test_history_gives_the_best_placed_and_proves_absence(con: duckdb.DuckDBPyConnection) -> None:
    board = "ru/plain/overall"
    assert places(con, "rank_history(['Sber', 'Yandex'], boards := 'ru/*')") == [
        (board, "2024-07-01", "Sber", "GigaChat Max", 2, 5, "listed"),
        (board, "2024-07-01", "Yandex", "YandexGPT 4 Pro", 3, 5, "listed"),
        (board, "2024-08-01", "Sber", "GigaChat Max", 2, 3, "listed"),
        (board, "2024-08-01", "Yandex", None, None, 3, "absent"),
        (board, "2024-09-01", "Sber", "GigaChat Max", 2, 5, "listed"),
        (board, "2024-09-01", "Yandex", "YandexGPT 4 Pro", 3, 5, "listed"),
        (board, "2024-10-01", "Sber", "GigaChat Max", 2, 3, "listed"),
        (board, "2024-10-01", "Yandex", None, None, 3, "absent"),
        (board, "2024-11-01", "Sber", "GigaChat Max", 2, 3, "listed"),
        (board, "2024-11-01", "Yandex", None, None, 3, "absent"),
    ]


def test_history_of_each_gives_every_model(con: duckdb.DuckDBPyConnection) -> None:
    found = places(con, "rank_history('country:RU', boards := 'ru/*', until := '2024-07-01', each := true)")
    assert [(model, rank) for _, _, _, model, rank, _, _ in found] == [
        ("GigaChat Max", 2),
        ("YandexGPT 4 Pro", 3),
        ("GigaChat Lite", 5),
    ]


def test_boards_without_any_of_them_are_left_out_unless_named(con: duckdb.DuckDBPyConnection) -> None:
    assert {board for board, *_ in places(con, "rank_history('Sber')")} == {"ru/plain/overall"}
    named = places(con, "rank_history('Sber', boards := ['arena/text/overall'])")
    assert [(date, status) for _, date, _, _, _, _, status in named] == [
        ("2026-06-25", "absent"),
        ("2026-07-05", "absent"),
        ("2026-07-05", "absent"),
        ("2026-08-06", "absent"),
    ], "the excerpt, the held and the rejected snapshot prove nothing"


def test_an_excerpt_proves_presence_only(con: duckdb.DuckDBPyConnection) -> None:
    both = places(con, "rank_history(['Yandex', 'OpenAI'], boards := '*/russian', since := '2026-08-01')")
    assert [(who, status) for _, _, who, _, _, _, status in both] == [("OpenAI", "listed")]


def test_an_absent_model_family_and_country_say_who_they_are(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        con,
        """
        SELECT DISTINCT who, organization, model FROM rank_history(
            ['Sber', 'GigaChat', 'GigaChat Lite', 'country:RU', 'НейроСлон-7b'],
            boards := 'arena/text/overall')
        """,
    )
    assert sorted(found, key=str) == sorted(
        [
            ("Sber", "Sber", None),
            ("GigaChat", "Sber", "GigaChat"),
            ("GigaChat Lite", "Sber", "GigaChat Lite"),
            ("country:RU", "country:RU", None),
            ("НейроСлон-7b", None, "НейроСлон-7b"),
        ],
        key=str,
    )


def test_bounds_include_their_days(con: duckdb.DuckDBPyConnection) -> None:
    call = "SELECT count(*) FROM rank_history('Sber', since := '2024-08-01', until := DATE '2024-10-01')"
    assert rows(con, call) == [(3,)], "captured at 09:30 of the last day"
    call = "SELECT count(*) FROM rank_history('Sber', until := TIMESTAMP '2024-10-01 09:29:00')"
    assert rows(con, call) == [(3,)]


def test_hosted_by_is_not_made_by(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        con, "SELECT DISTINCT model_listed FROM rank_history('Yandex', each := true) WHERE status = 'listed'"
    )
    assert sorted(found) == [("yandex_gpt_pro_v4",), ("yandexgpt-4-pro",)]


def test_one_model_with_two_settings_is_two_entries(con: duckdb.DuckDBPyConnection) -> None:
    call = "SELECT variant, rank FROM rank_history('GPT-4o', boards := 'aider/*', each := {})"
    assert rows(con, call.format("true")) == [("diff", 1), ("whole", 2)]
    assert rows(con, call.format("false")) == [("diff", 1)]


def test_absence_is_the_proof(con: duckdb.DuckDBPyConnection) -> None:
    assert con.sql("FROM absence('Sber', 'arena/text/overall')").columns == [
        "who", "board", "date", "published_at", "captured_at", "of", "snapshot_id",
    ]  # fmt: skip
    assert rows(con, "SELECT count(*) FROM absence('Sber', 'arena/text/overall')") == [(4,)]
    assert rows(con, "SELECT count(*) FROM absence('OpenAI', 'arena/text/overall')") == [(0,)]


def test_board_as_of_is_the_last_snapshot_by_then(con: duckdb.DuckDBPyConnection) -> None:
    def best(time: str) -> list[tuple[object, ...]]:
        call = f"board_as_of('arena/text/overall', '{time}') LIMIT 1"
        return rows(con, f"SELECT score, of, rank_before FROM {call}")  # noqa: S608  # the test's own words

    assert best("2026-06-24") == []
    assert best("2026-07-04") == [(1400.0, 3, None)]
    assert best("2026-07-05") == [(1402.0, 3, 1)], "of a same-date rewrite the one captured last"
    assert best("2026-07-12") == [(1403.0, 300, 1)], "an excerpt, of the declared total"
    assert best("2026-07-25") == [(1403.0, 300, 1)], "held and rejected ones never stood"


def test_board_as_of_has_the_columns_of_rankings(con: duckdb.DuckDBPyConnection) -> None:
    columns = con.sql("FROM board_as_of('arena/text/overall', '2026-07-05')").columns
    added = [
        "rank_before",
        "score_before",
        "beyond_noise",
        "noise",
        "rank_low_computed",
        "rank_high_computed",
    ]
    assert columns == [*con.sql("FROM rankings").columns, *added]


def test_board_as_of_is_by_rank(con: duckdb.DuckDBPyConnection) -> None:
    call = "SELECT rank, position FROM board_as_of('aider/polyglot/overall', '2026-01-01')"
    assert rows(con, call) == [(1, 3), (2, 1), (None, 2)]


def test_a_renamed_model_is_found_again(tmp_path: Path) -> None:
    world = World(tmp_path / "archive.duckdb")
    with world.con:
        world.source("arena", "arena/text/overall")
        world.registry()
        for day, name in (("2026-07-01", "gpt-4o-2024-08-06"), ("2026-08-01", "chatgpt-4o")):
            listed = [
                row("o1", 2.0, organization_listed="openai", rank=1),
                row(name, 1.0, organization_listed="openai", rank=2),
            ]
            world.snapshot("arena/text/overall", day, listed, published=day)
        found = world.con.sql(
            "SELECT model_listed, rank_before FROM board_as_of('arena/text/overall', '2026-08-01')"
        )
        assert found.fetchall() == [("o1", 1), ("chatgpt-4o", 2)]


def test_movers_tell_entered_left_and_moved(con: duckdb.DuckDBPyConnection) -> None:
    columns = "model, rank_before, rank, change, status"
    call = f"SELECT {columns} FROM movers('ru/plain/overall', '2024-07-15', '2024-11-15')"  # noqa: S608
    assert rows(con, call) == [
        ("Llama 3.3 70B", 3, None, None, "left"),
        ("YandexGPT 4 Pro", 3, None, None, "left"),
        ("GigaChat Lite", 5, 3, 2, "moved"),
    ]
    call = "SELECT model, status FROM movers('ru/plain/overall', '2024-10-01', '2024-11-01')"
    assert rows(con, call) == [("GigaChat Lite", "entered"), ("НейроСлон-7b", "left")]


def test_movers_need_two_complete_snapshots(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(con, "FROM movers('ru/plain/overall', '2020-01-01', '2024-11-01')") == []
    later = "SELECT DISTINCT status FROM board_diff('arena/text/russian', '2026-06-25', '2026-08-09')"
    assert rows(con, later) == [("same",)], "an excerpt makes nobody leave"


def test_the_macros_work_on_an_attached_index(index: Path) -> None:
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{index}' AS archive (READ_ONLY)")
        con.execute("USE archive")
        assert rows(con, "SELECT count(*) FROM rank_history('Sber')") == [(5,)]
        assert len(rows(con, "FROM board_as_of('ru/plain/overall', '2024-11-01')")) == 3
