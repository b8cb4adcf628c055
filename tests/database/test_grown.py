"""Boards that only grow are checked at their end alone, and come out as if they had been loaded at once."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.checks.change import Change
from archiver.checks.shots import Pair, Shot
from archiver.database.grown import ends
from archiver.database.snapshots import Fresh, Stood
from archiver.records import Snapshot
from tests.database.archive_maker import BAD, DAY, START, Ledger, query, snapshot, source, tables

BOARDS = ("one/main/alpha", "one/main/beta")
LONG = [f"m{number}" for number in range(30)]
RARE = [LONG[:12], LONG[::3], [*LONG[::3], "x"], [*LONG, *(f"n{number}" for number in range(40))]]
"""Cut off, full of holes twice over, grown too fast: what the checks hold."""


def world(seed: int, captures: int = 20) -> Ledger:
    """A source watched day by day: ranks change, dates move on, and now and then something else happens."""
    dice = random.Random(seed)  # noqa: S311  # a repeatable world, no secret
    ledger = Ledger({"one": source("one", routes=("main", "page"))})
    models, dates = dict.fromkeys(BOARDS, LONG), dict.fromkeys(BOARDS, START)
    at = START
    for number in range(captures):
        at += timedelta(hours=dice.choice([-30, 1, 6, 24, 24, 24, 24 * 8, 24 * 20]))
        dated, says = dice.random() < 0.7, []
        for board in dice.sample(BOARDS, dice.choice([1, 2])):
            models[board] = _moved(dice, models[board])
            if dice.random() < 0.85:
                dates[board] = at - timedelta(hours=dice.choice([0, 0, 0, 3, 48]))
            says.append(_says(dice, board, models[board], dates[board] if dated else None))
        route = dice.choice(["main", "main", "main", "main", "page"])
        ledger.capture("one", f"P{number}", says, at, route=route)
        if dice.random() < 0.1:
            ledger.capture("one", f"P{number}", says, at + DAY / 12, route=route, outcome="unchanged")
        if dice.random() < 0.1:
            ledger.decide("one", "released", says[0].board, f"P{number}", at + DAY, says[0].published_at)
    return ledger


def _moved(dice: random.Random, models: Sequence[str]) -> list[str]:
    if dice.random() < 0.15:
        return dice.choice([LONG, LONG, *RARE])
    moved, place = list(models), dice.randrange(len(models) - 1)
    if dice.random() < 0.8:
        moved[place : place + 2] = reversed(moved[place : place + 2])
    return moved


def _says(dice: random.Random, board: str, models: Sequence[str], published_at: object) -> Snapshot:
    assert published_at is None or isinstance(published_at, type(START))
    bad = [BAD] if dice.random() < 0.04 else []
    complete = dice.random() < 0.95
    return snapshot(
        board, " ".join(models), published_at=published_at, complete=complete, total=40, findings=bad
    )


@pytest.mark.parametrize("seed", range(2))
def test_what_is_added_day_by_day_comes_out_as_if_loaded_at_once(tmp_path: Path, seed: int) -> None:
    ledger = world(seed)
    grown, rebuilt = tmp_path / "grown" / "archive.duckdb", tmp_path / "rebuilt.duckdb"
    for number in range(2, len(ledger.captures), 2):
        known = ledger.captures[:number]
        decided = [one for one in ledger.decisions if one.loaded_at <= known[-1].loaded_at]
        ledger.load(grown, captures=known, decisions=decided)
    ledger.load(grown)
    ledger.load(rebuilt)
    assert tables(grown) == tables(rebuilt)


def test_a_capture_of_a_board_that_only_grows_reads_no_earlier_comparison(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, index = Ledger({"one": source("one")}), tmp_path / "archive.duckdb"
    asked: list[Sequence[str]] = []

    def kept(_connection: object, boards: Sequence[str]) -> dict[Pair, Change]:
        asked.append(boards)
        return {}

    monkeypatch.setattr("archiver.database.past._kept", kept)
    for day in range(4):
        models, at = " ".join([*LONG, f"new{day}"]), START + day * DAY
        ledger.capture("one", f"P{day}", [snapshot(board, models, published_at=at) for board in BOARDS], at)
        ledger.load(index)
    assert asked == [list(BOARDS)], "the first load makes everything"
    assert query(index, "SELECT count(*) FROM comparisons") == [(6,)]


def test_since_when_rows_stay_as_they_are_is_told_from_the_whole_series(tmp_path: Path) -> None:
    ledger, index = Ledger({"one": source("one")}), tmp_path / "archive.duckdb"
    for day in (0, 8, 16):
        says = [snapshot(BOARDS[0], "a b c", published_at=START + day * DAY)]
        ledger.capture("one", f"P{day}", says, START + day * DAY)
        ledger.load(index)
    ((sentence,),) = query(index, "SELECT sentence FROM findings WHERE code = 'frozen'")
    assert "as on 2026-01-01: 16 days without a change" in str(sentence)


def fresh(day: int, *, seen: int = 0, content: str = "", status: str = "accepted", digest: int = 0) -> Fresh:
    """A snapshot of a day, first seen on that day or another."""
    at, first = ((START + each * DAY).replace(tzinfo=None) for each in (day, seen or day))
    shot = Shot(f"s{day}", content or f"c{day}", at, at, first, first, False, None)
    return Fresh("b", "main", True, "score", status, "held", digest, shot)


STOOD = Stood(0, "accepted", True, None)


@pytest.mark.parametrize(
    ("shots", "stood", "end"),
    [
        ([fresh(1), fresh(2), fresh(3)], ("s1", "s2"), ["s2", "s3"]),
        ([fresh(1), fresh(2)], ("s1", "s2"), ["s2"]),
        ([fresh(1), fresh(2), fresh(3)], ("s1", "s3"), None),
        ([fresh(1), fresh(3)], ("s1", "s2"), None),
        ([fresh(1), fresh(2)], (), None),
        ([fresh(1), fresh(2, digest=7), fresh(3)], ("s1", "s2"), None),
        ([fresh(1, status="held"), fresh(2), fresh(3)], ("s1", "s2"), None),
        ([fresh(1), fresh(2), fresh(3, content="c1")], ("s1", "s2"), None),
        ([fresh(1, seen=4), fresh(2, seen=4), fresh(3)], ("s1", "s2"), None),
    ],
    ids=[
        "added",
        "nothing new",
        "between",
        "gone",
        "first",
        "another",
        "held now",
        "shown before",
        "seen before",
    ],
)
def test_only_what_comes_after_a_sound_past_that_stands_is_an_end(
    shots: list[Fresh], stood: tuple[str, ...], end: list[str] | None
) -> None:
    found = ends(shots, {"b": dict.fromkeys(stood, STOOD)})
    assert [[shot.snapshot_id for shot in each] for each in found.values()] == ([] if end is None else [end])
