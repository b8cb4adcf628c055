"""The same question gives the same bytes, whether one thread works on it or many on small parts of it, and
however DuckDB plans it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from archiver.answers import sandbox
from archiver.answers.sql import _SPARED, call, plan_briefly
from tests.answers.world import SETTLE
from tests.bench.bench_history import make
from tests.bench.bench_questions import BEFORE, BOARD, OTHER, THEN, questions

TIMES, WEEKS = 3, 26
SETS = ["country:RU", "open", "model 1*"]
_TIES = """
UPDATE entries
    SET rank = (rank + 6) // 7, score = round(score / 50) * 50,
        variant = CASE position % 3 WHEN 0 THEN 'x' END;
UPDATE names SET model = 'Model ' || (CAST(split_part(model_listed, '-', 2) AS INTEGER) % 20);
INSERT INTO snapshots
    SELECT s.* REPLACE (s.snapshot_id || '+' AS snapshot_id, s.captured_at + INTERVAL 1 HOUR AS captured_at)
    FROM snapshots AS s;
"""
"""Ranks, scores and models that many entries share, two snapshots for each time: an order left open shows."""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = make(tmp_path_factory.mktemp("ties"), 12 * 60 * WEEKS, boards=12, models=60)
    with duckdb.connect(str(path)) as con:
        con.execute(_TIES)
        con.execute(SETTLE)
    return path


@pytest.fixture
def alone(index: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(index), read_only=True, config={"threads": 1}) as con:
        yield con


def asked(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Name → statement: those of the bench, and what else the index answers in an order."""
    ids = f"(SELECT list(s.snapshot_id) FROM snapshots AS s WHERE s.board = '{BOARD}')"  # noqa: S608
    return {
        **questions(con),
        "events": f"FROM {call('rank_events', boards=[BOARD, OTHER])}",
        "overtakes, one name": f"FROM {call('overtakes', ['Sber'], boards=BOARD, each=True)}",
        "diff among": f"FROM {call('diff_among', BOARD, BEFORE, THEN, SETS)}",
        "standing among": f"FROM {call('standing_among', ['Sber', 'Yandex'], SETS, boards=[BOARD, OTHER])}",
        "streaks among": f"FROM {call('streaks_among', ['Sber', 'Yandex'], SETS, boards=[BOARD, OTHER])}",
        "overtakes among": f"FROM {call('overtakes_among', ['Sber'], SETS, boards=BOARD, each=True)}",
        "agreement among": f"FROM {call('agreement_among', BOARD, OTHER, SETS)}",
        "places among": f"FROM places_among({SETS}, {ids})",
        "spreads": f"FROM spreads({ids})",
        "absence": f"FROM {call('absence', 'Sber', 'arena/text/c*')}",
    }


def test_every_question_gives_the_same_bytes_whoever_works_on_it(
    index: Path, alone: duckdb.DuckDBPyConnection
) -> None:
    statements = asked(alone)
    first = {name: repr(alone.execute(statement).fetchall()) for name, statement in statements.items()}
    assert not [name for name, rows in first.items() if rows == "[]" and name != "absence"]
    alone.close()
    with duckdb.connect(str(index), read_only=True, config={"threads": 8}) as together:
        # (For DuckDB's own tests: every vector of a table is a part that any thread may take.)
        together.execute("PRAGMA verify_parallelism")
        other = [
            name
            for name, statement in statements.items()
            if any(repr(together.execute(statement).fetchall()) != first[name] for _ in range(TIMES))
        ]
    assert not other


def test_every_question_gives_the_same_bytes_planned_briefly(alone: duckdb.DuckDBPyConnection) -> None:
    statements = asked(alone)
    first = {name: alone.execute(statement).fetchall() for name, statement in statements.items()}
    plans = {name: plan(alone, statement) for name, statement in statements.items()}
    plan_briefly(alone)
    # Sorted: DuckDB keeps them by number. Each is one that this version knows, else none would be taken.
    [(spared,)] = alone.execute("SELECT current_setting('disabled_optimizers')").fetchall()
    assert sorted(spared.split(",")) == sorted(_SPARED)
    assert not [name for name in statements if alone.execute(statements[name]).fetchall() != first[name]]
    assert [name for name in statements if plan(alone, statements[name]) != plans[name]]


def plan(con: duckdb.DuckDBPyConnection, statement: str) -> str:
    return str(con.execute(f"EXPLAIN {statement}").fetchall())


def test_where_no_setting_is_taken_a_question_is_planned_as_ever(alone: duckdb.DuckDBPyConnection) -> None:
    sandbox.shut_in(alone)
    plan_briefly(alone)
    assert alone.execute("SELECT current_setting('disabled_optimizers')").fetchall() == [("",)]
    assert alone.execute(f"FROM {call('presence', ['Sber'], boards=BOARD)}").fetchall()
