"""What the table `snapshots` says beside a state: until when it stands, and who leads it."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.records import Entry, utc
from tests.database.archive_maker import BAD, DAY, START, Ledger, query, snapshot
from tests.database.test_rebuild import portions, world

BOARD = "one/main/overall"
_STANDS = (
    "SELECT strftime(time, '%m-%d'), strftime(stands_until, '%m-%d') FROM snapshots ORDER BY time, status"
)


def test_a_snapshot_stands_until_the_next_and_before_a_gap_until_it_was_last_seen(
    index: Path, ledger: Ledger
) -> None:
    for day, models in ((0, "a b"), (7, "a b"), (14, "b a"), (21, "a b"), (90, "b a")):
        ledger.capture("one", models, [snapshot(BOARD, models)], START + day * DAY)
    held = [snapshot(BOARD, "b a c", findings=[BAD])]
    ledger.capture("one", "held", held, START + 16 * DAY)
    ledger.load(index)
    assert query(index, _STANDS) == [
        ("01-01", "01-15"), ("01-15", "01-22"), ("01-17", None), ("01-22", "01-22"), ("04-01", "04-01"),
    ]  # fmt: skip
    ledger.capture("one", "a b", [snapshot(BOARD, "a b")], START + 28 * DAY)
    ledger.load(index)
    found = query(index, _STANDS)
    assert ("01-22", "01-29") in found, "seen again, later"
    ledger.decide("one", "released", BOARD, "held", START + 50 * DAY)
    ledger.load(index)
    assert query(index, _STANDS)[1:3] == [("01-15", "01-17"), ("01-17", "01-22")]


def test_of_several_for_one_time_the_last_stands(index: Path, ledger: Ledger) -> None:
    said = utc("2025-12-24")
    for day, models in enumerate(("a b", "b a")):
        ledger.capture("one", models, [snapshot(BOARD, models, published_at=said)], START + day * DAY)
    ledger.load(index)
    assert query(
        index, "SELECT leader_listed, leader_score, stands_until FROM snapshots ORDER BY captured_at"
    ) == [
        ("a", 99.5, None),
        ("b", 99.5, (START + DAY).replace(tzinfo=None)),
    ]


def test_the_leader_is_the_first_of_the_best_place_wherever_it_stands(index: Path, ledger: Ledger) -> None:
    entries = [
        Entry(1, "none", "x"), Entry(2, "third", "x", rank=3), Entry(3, "led", "y", rank=2, score=5.0),
        Entry(4, "beside", "y", rank=2, score=9.0),
    ]  # fmt: skip
    shots = [replace(snapshot(BOARD, "a"), entries=entries), replace(snapshot("one/main/x", "a"), entries=[])]
    shots.append(replace(snapshot("one/main/y", "a"), entries=entries[:1]))
    ledger.capture("one", "P", shots, START)
    ledger.load(index)
    led = "leader_listed, leader_organization_listed, leader_score"
    expected = [("led", "y", 5.0), (None, None, None), (None, None, None)]
    for table in ("contents", "snapshots"):
        assert query(index, f"SELECT {led} FROM {table} ORDER BY board") == expected  # noqa: S608


@pytest.mark.parametrize("seed", [3, 4])
def test_what_grew_says_what_the_rule_says(tmp_path: Path, seed: int) -> None:
    ledger, index = world(seed), tmp_path / "archive.duckdb"
    dice = random.Random(seed)  # noqa: S311
    for portion in portions(dice, ledger.captures):
        ledger.load(index, captures=portion, decisions=ledger.decisions[:2])
        kept = query(index, "SELECT snapshot_id, stands_until FROM snapshots ORDER BY ALL")
        rule = query(
            index,
            "SELECT n.snapshot_id, s.stands_until FROM snapshots AS n "
            "LEFT JOIN spans((SELECT list(b.board) FROM boards AS b)) AS s "
            "ON s.snapshot_id = n.snapshot_id ORDER BY ALL",
        )
        assert kept == rule
    assert {until is None for _, until in kept} == {True, False}


@pytest.mark.parametrize("seed", [3, 4])
def test_what_is_known_now_is_what_the_table_says(tmp_path: Path, seed: int) -> None:
    ledger, index = world(seed), tmp_path / "archive.duckdb"
    ledger.load(index)
    later = START + timedelta(days=9999)
    known = f"FROM snapshots_known_on(TIMESTAMP '{later:%Y-%m-%d}') ORDER BY ALL"
    assert query(index, known) == query(index, "FROM snapshots ORDER BY ALL")
