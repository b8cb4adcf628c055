"""`fold` in Python and in SQL: one text for every way of writing a name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver.identity import SQL, fold
from archiver.identity.folding import macro
from tests.identity import listed


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute(SQL.read_text("utf-8"))
        yield con


def in_sql(con: duckdb.DuckDBPyConnection, names: list[str]) -> list[str]:
    return [
        row[0] for row in con.execute("SELECT fold(name) FROM (SELECT unnest(?) AS name)", [names]).fetchall()
    ]


def test_the_macro_is_written_from_the_python() -> None:
    assert SQL.read_text("utf-8").endswith(macro())


@pytest.mark.parametrize(
    "names",
    [
        ["GigaChat 2 Max", "gigachat-2-max", "GIGACHAT_2_MAX", " GigaChat 2 Max ", "Giga Chat 2 Max"],
        ["Алиса", "алиса", "АЛИСА"],
        ["Ёлка", "елка", unicodedata.normalize("NFD", "Ёлка")],
        ["Мой", unicodedata.normalize("NFD", "Мой")],
        ["Т-Банк", "Т Банк", "т‑банк", "ТБанк"],
        ["claude-3-5-sonnet", "Claude 3.5 Sonnet", "claude3.5sonnet"],
        ["ＧＰＴ－４", "GPT-4", "gpt 4", "(GPT 4)"],
        ["Meta*", "Meta", "meta\u200b"],
    ],
)
def test_one_text_for_every_way_of_writing(con: duckdb.DuckDBPyConnection, names: list[str]) -> None:
    assert len({fold(name) for name in names}) == 1
    assert in_sql(con, names) == [fold(name) for name in names]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Gemma 1.1 2B", "Gemma 11-2B"),
        ("GPT-4.1", "GPT-41"),
        ("Command R", "Command R+"),
        ("Qwen2.5-14B", "Qwen 25 14B"),
        ("Сбер", "Sber"),
    ],
)
def test_what_is_not_the_same_stays_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(st.lists(st.text(), min_size=1, max_size=20))
def test_sql_folds_any_text_as_python_does(con: duckdb.DuckDBPyConnection, names: list[str]) -> None:
    assert in_sql(con, names) == [fold(name) for name in names]


def test_sql_folds_every_character_as_python_does(con: duckdb.DuckDBPyConnection) -> None:
    characters = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    names = ["a".join(characters[start : start + 256]) for start in range(0, len(characters), 256)]
    assert in_sql(con, names) == [fold(name) for name in names]


@given(st.text())
def test_folding_twice_is_folding_once(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(st.text(alphabet=st.characters(max_codepoint=0x45F)), st.sampled_from(" -_./\u00a0\u2011"))
def test_what_parts_the_words_does_not_count(name: str, mark: str) -> None:
    assert fold(name.replace(" ", mark)) == fold(name)


@pytest.mark.shared
def test_sql_folds_every_recorded_name_as_python_does(con: duckdb.DuckDBPyConnection) -> None:
    names = sorted(
        {text for place in listed.recorded() for name in listed.counted(place) for text in name if text}
    )
    assert len(names) > 5000
    assert in_sql(con, names) == [fold(name) for name in names]
