"""The tables come out the same however the archive grew: by increments in any order, or from nothing."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.records import Capture, Finding, Outcome, Snapshot
from tests.database.archive_maker import BAD, DAY, START, Ledger, Names, snapshot, source, tables

WARNING = Finding("order", "warning", "Not in order.")
LONG = [f"m{number}" for number in range(30)]
STATES = ["a b c", "b a c", "a b c d", "gpt-1 gigachat-2", "c"] + [
    " ".join(words) for words in (LONG, LONG[:12], LONG[::3], [*LONG[::3], "x"], [*LONG[1:], *LONG[:1]])
]
"""Few, and many: whole, cut off, full of holes twice over, and in another order."""


def world(seed: int) -> Ledger:
    """Two sources on three routes each, states that return, excerpts, publish dates that return, one payload
    under two URLs, failures, captures at one time, findings and decisions."""
    dice = random.Random(seed)  # noqa: S311  # a repeatable world, no secret
    ledger = Ledger(
        {"one": source("one", routes=("main", "page")), "two": source("two", routes=("main", "page"))}
    )
    payloads: dict[tuple[str, str, str], list[Snapshot] | str] = {}
    for number in range(60):
        name, route = dice.choice(["one", "two"]), dice.choice(["main", "main", "page", "attic"])
        payload, url = f"P{dice.randrange(7)}", f"https://{name}.example/{dice.choice('xy')}"
        says = payloads.setdefault((name, payload, url), _says(dice, name))
        outcome: Outcome = dice.choice(["stored", "unchanged", "unchanged", "failed"])
        hours = dice.choice([0, 24, dice.randrange(24 * 40)])
        ledger.capture(
            name, payload, says, START + timedelta(hours=hours), route=route, url=url, outcome=outcome
        )
        if isinstance(says, list) and number % 6 == 0:
            one = dice.choice(says)
            verdict = dice.choice(["released", "rejected"])
            ledger.decide(name, verdict, one.board, payload, START + number * DAY, one.published_at)
    return ledger


def _says(dice: random.Random, name: str) -> list[Snapshot] | str:
    if dice.random() < 0.15:
        return "the table is gone"
    boards = dice.sample(["alpha", "beta", "gamma"], dice.randrange(1, 4))
    return [
        snapshot(
            f"{name}/main/{board}",
            dice.choice(STATES),
            published_at=dice.choice([None, START - 3 * DAY, START - 2 * DAY]),
            complete=dice.random() < 0.8,
            total=dice.choice([None, 9]),
            findings=dice.choice([[], [], [BAD], [WARNING], [WARNING, BAD]]),
        )
        for board in boards
    ]


def portions(dice: random.Random, captures: list[Capture]) -> list[list[Capture]]:
    shuffled = dice.sample(captures, len(captures))
    cuts = sorted(dice.sample(range(1, len(shuffled)), 4))
    return [shuffled[start:end] for start, end in zip([0, *cuts], [*cuts, len(shuffled)], strict=True)]


@pytest.mark.parametrize("seed", range(3))
def test_increments_in_any_order_and_a_rebuild_give_the_same_tables(tmp_path: Path, seed: int) -> None:
    ledger, dice = world(seed), random.Random(seed)  # noqa: S311
    rebuilt, grown = tmp_path / "rebuilt.duckdb", tmp_path / "grown" / "archive.duckdb"
    ledger.load(rebuilt)
    decided = dice.randrange(len(ledger.decisions) + 1)
    for portion in portions(dice, ledger.captures):
        ledger.load(grown, captures=portion, decisions=ledger.decisions[:decided])
    ledger.load(grown)
    expected = tables(rebuilt)
    assert len(expected["snapshots"]) > 20
    assert {row[-3] for row in expected["snapshots"]} >= {"accepted", "held"}
    assert expected["comparisons"]
    assert any(row[-1] for row in expected["findings"]), "nothing was found against what went before"
    assert tables(grown) == expected
    ledger.load(grown, fresh=True)
    assert tables(grown) == expected


@pytest.mark.parametrize("seed", range(8, 10))
def test_new_parsers_routes_and_names_leave_no_trace_of_the_old(tmp_path: Path, seed: int) -> None:
    ledger, index = world(seed), tmp_path / "archive.duckdb"
    ledger.load(index, captures=ledger.captures[:40], decisions=ledger.decisions[:2])
    dice = random.Random(seed)  # noqa: S311
    ledger.sources = {
        name: source(name, routes=("page", "main"), version=2, days=9) for name in ("one", "two")
    }
    ledger.payloads = {
        key: _says(dice, key[1].removeprefix("https://").partition(".")[0]) for key in ledger.payloads
    }
    names = Names({"gpt": ("OpenAI", "US"), "a": ("Alpha", "DE")})
    ledger.load(index, names=names)
    grown = tables(index)
    ledger.load(index, names=names, fresh=True)
    assert grown == tables(index)
