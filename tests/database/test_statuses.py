"""Which snapshots are held, settled by operators, and preferred by answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.records import utc
from tests.database.archive_maker import BAD, DAY, START, Ledger, query, snapshot, source

BOARD = "one/main/overall"


def statuses(index: Path) -> list[tuple[object, ...]]:
    return query(
        index, "SELECT route, complete, status, preferred FROM snapshots ORDER BY time, route, complete"
    )


@pytest.mark.parametrize("decided_first", [True, False])
@pytest.mark.parametrize(
    ("findings", "verdicts", "status"),
    [
        ([BAD], [], "held"),
        ([BAD], ["released"], "released"),
        ([BAD], ["rejected"], "rejected"),
        ([BAD], ["released", "rejected"], "rejected"),
        ([BAD], ["rejected", "released"], "released"),
        ([], [], "accepted"),
        ([], ["released"], "accepted"),
        ([], ["rejected"], "rejected"),
        ([replace(BAD, severity="warning")], [], "accepted"),
    ],
)
def test_errors_hold_and_operators_settle(
    index: Path, ledger: Ledger, findings: list[object], verdicts: list[str], status: str, decided_first: bool
) -> None:
    said = utc("2025-12-24")
    says = [replace(snapshot(BOARD, "a b", published_at=said), findings=findings)]
    for day, payload in enumerate(["first", "later"]):  # the same content in two payloads
        ledger.capture("one", payload, says, START + day * DAY)
    for day, verdict in enumerate(verdicts):
        ledger.decide("one", verdict, BOARD, "later", START + day * DAY, said)
        ledger.decide(
            "one", "rejected", BOARD, "later", START + 9 * DAY, said + DAY
        )  # of another publish date
    if not decided_first:
        ledger.load(index, decisions=[])
    ledger.load(index)
    assert statuses(index) == [("main", True, status, status in ("accepted", "released"))]


def test_a_held_snapshot_is_kept_and_out_of_the_answers(index: Path, ledger: Ledger) -> None:
    ledger.capture("one", "A", [snapshot(BOARD, "a b", findings=[BAD])], START)
    ledger.load(index)
    assert query(index, "SELECT count(*) FROM entries") == [(2,)]
    assert query(index, "SELECT count(*) FROM rankings") == [(0,)]
    assert query(index, "SELECT code, sentence, figures FROM findings") == [
        ("row-count", "Too few rows.", '{"rows":1}')
    ]


# ---- preferences -------------------------------------------------------------------------------------------


def routes(ledger: Ledger, *when: tuple[str, float], published: bool = False) -> None:
    """Captures of routes at days, each showing another state."""
    for number, (route, day) in enumerate(when):
        at = START + timedelta(days=day)
        says = [snapshot(BOARD, f"{route}-{number} b", published_at=at if published else None)]
        ledger.capture("one", f"{route}{number}", says, at, route=route)


def preferred(index: Path) -> list[object]:
    """The first model of each preferred snapshot, in order."""
    found = query(
        index,
        """
        SELECT model_listed FROM snapshots JOIN entries USING (content_id)
        WHERE preferred AND position = 1 ORDER BY time
        """,
    )
    return [model for (model,) in found]


def test_another_route_is_taken_only_for_times_that_the_better_lacks(index: Path, ledger: Ledger) -> None:
    routes(
        ledger, ("page", 0), ("main", 1), ("page", 2), ("page", 8), ("page", 8.1), ("main", 30), ("page", 29)
    )
    ledger.load(index)
    assert preferred(index) == ["page-0", "main-1", "page-4", "page-6", "main-5"]


def test_a_route_covers_for_two_cadences_where_they_are_longer_than_a_week(
    index: Path, ledger: Ledger
) -> None:
    routes(ledger, ("main", 0), ("page", 19.9), ("page", 20.1))
    ledger.sources["one"] = source("one", routes=("main", "page"), days=10)
    ledger.load(index)
    assert preferred(index) == ["main-0", "page-2"]
    ledger.sources["one"] = source("one", routes=("main", "page"), days=1)
    ledger.load(index)
    assert preferred(index) == ["main-0", "page-1", "page-2"]
    ledger.sources["one"] = source("one", routes=("page", "main"), days=1)
    ledger.load(index)
    assert preferred(index) == ["main-0", "page-1", "page-2"]


def test_a_long_sighting_covers_although_a_later_snapshot_was_short(index: Path, ledger: Ledger) -> None:
    for day in (0, 40):
        ledger.capture("one", "A", [snapshot(BOARD, "a", published_at=START)], START + day * DAY)
    ledger.capture("one", "B", [snapshot(BOARD, "b", published_at=START + DAY)], START + DAY)
    routes(ledger, ("page", 30), ("page", 48))
    ledger.load(index)
    assert preferred(index) == ["a", "b", "page-1"]


def test_what_is_held_covers_nothing(index: Path, ledger: Ledger) -> None:
    ledger.capture("one", "A", [snapshot(BOARD, "a", findings=[BAD])], START)
    routes(ledger, ("page", 1))
    ledger.load(index)
    assert preferred(index) == ["page-0"]
    ledger.decide("one", "released", BOARD, "A", START + DAY)
    ledger.load(index)
    assert preferred(index) == ["a"]


def test_a_route_that_the_source_does_not_name_comes_last(index: Path, ledger: Ledger) -> None:
    routes(ledger, ("attic", 1), ("page", 0.5), ("attic", 40))
    ledger.load(index)
    assert preferred(index) == ["page-1", "attic-2"]
