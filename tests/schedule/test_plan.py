"""The planner: from clock, grid and ledger lines to what is run and what was missed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from archiver.records import Slot, SlotOutcome
from archiver.schedule.grid import Every
from archiver.schedule.plan import AHEAD, Breaker, Missed, Plan, State, plan, state

HOUR = timedelta(hours=1)
GRID = Every(6 * HOUR)
NOON = datetime(2026, 7, 20, 12, tzinfo=UTC)
BREAKER = Breaker(open_after=3, at_most=timedelta(days=7))


def line(hours: float, outcome: SlotOutcome = "captured", reason: str | None = None, got: int = 1) -> Slot:
    """A line on the slot so many hours from noon. got: requests that brought something."""
    due = NOON + hours * HOUR
    brought = got if outcome == "captured" else 0
    tried = 0 if outcome == "missed" else max(got, 1)
    return Slot(
        source="s",
        due=due,
        until=due,
        outcome=outcome,
        reason=reason,
        captures=tried,
        failed=tried - brought,
    )


def known(*ledgers: Iterable[Slot], now: datetime = NOON) -> State:
    """From ledgers whose lines stand as they were written: oldest first."""
    return state([list(each)[::-1] for each in ledgers], now, BREAKER.enough)


def planned(found: State, now: datetime = NOON) -> Plan:
    return plan(GRID, found, now, BREAKER, lambda _due, _next: ("off", "It was off."))


def test_the_first_slot_is_the_current_one() -> None:
    assert planned(known(), NOON + HOUR) == Plan((), NOON)


def test_a_slot_is_run_once_and_the_next_when_it_is_due() -> None:
    assert planned(known([line(0)])) == Plan((), None)
    assert planned(known([line(-6)]), NOON - timedelta(seconds=1)) == Plan((), None)
    assert planned(known([line(-6)])) == Plan((), NOON)


def test_what_was_missed_is_one_run_for_each_reason() -> None:
    found = plan(
        GRID,
        known([line(-36)]),
        NOON,
        BREAKER,
        lambda due, _next: ("held", "h") if due == NOON - 18 * HOUR else ("off", "o"),
    )
    assert [(run.slots, run.reason) for run in found.missed] == [(2, "off"), (1, "held"), (2, "off")]
    assert [run.due for run in found.missed] == [NOON + at * HOUR for at in (-30, -18, -12)]
    assert found.missed[-1].until == NOON - 6 * HOUR
    assert found.run == NOON


@pytest.mark.parametrize("reason", ["deadline", "stopped", "held"])
def test_what_was_put_off_is_due_again_until_the_next_slot(reason: str) -> None:
    found = known([line(-6), line(0, "missed", reason)])
    assert planned(found).run == NOON
    assert planned(found, NOON + 6 * HOUR) == Plan((), NOON + 6 * HOUR), "its line has accounted for it"
    assert planned(known([line(0, "missed", "deadline"), line(0)])) == Plan((), None)


def test_a_missed_slot_whose_time_is_over_is_not_run_again() -> None:
    assert planned(known([line(0, "missed", "off")])) == Plan((), None)


def test_the_ledgers_of_several_collectors_count_together() -> None:
    one, two = [line(-12), line(0, "missed", "stopped")], [line(-6), line(0)]
    assert known(one, two).settled == NOON
    assert planned(known(one, two)) == Plan((), None)
    assert planned(known(two, one)) == Plan((), None)


def test_the_circuit_opens_probes_at_growing_intervals_and_closes() -> None:
    lines: list[Slot] = [line(-6)]
    ran, probes = [], []
    for step in range(200):
        now = NOON + step * 6 * HOUR
        found = planned(known(lines, now=now), now)
        if found.run:
            ran.append(step)
            probes.append(found.probe)
            lines.append(line(step * 6, "captured" if step >= 100 else "failed", "hung"))
        else:
            [missed] = found.missed
            assert (missed.reason, missed.due) == ("circuit", now)
            lines.append(line(step * 6, "missed", "circuit"))
    assert ran[:9] == [0, 1, 2, 4, 8, 16, 32, 60, 88], "two cadences later, four, … at most seven days"
    assert ran[9] == 116, "the first probe after the source came back"
    assert ran[10:] == list(range(117, 200)), "the circuit is closed"
    assert probes == [False] * 3 + [True] * 7 + [False] * 83


def test_a_source_of_which_something_comes_keeps_its_circuit_closed() -> None:
    lines = [line(step * 6, "captured", got=1) for step in range(-10, 0)]
    partly = Slot(source="s", due=NOON, until=NOON, outcome="failed", reason="hung", captures=5, failed=2)
    assert known([*lines, partly]).failures == 0


@pytest.mark.parametrize("back", [1, 5, 23])
def test_a_clock_set_back_runs_no_slot_twice(back: int) -> None:
    lines = [line(step) for step in (-36, -30, -24, -18, -12, -6, 0)]
    for minutes in range(0, back * 60 + 1, 30):
        now = NOON - back * HOUR + minutes * timedelta(minutes=1)
        assert planned(known(lines, now=now), now) == Plan((), None)


def test_a_clock_that_was_far_ahead_stops_nothing() -> None:
    """It ran a month ahead for a month; then it is set right. The very next slots are run."""
    month = timedelta(days=30)
    lines = [line(hours) for hours in range(0, 720, 6)]
    now = NOON + HOUR
    ran = []
    for _ in range(12):
        found = planned(known(lines, now=now), now)
        if found.run:
            ran.append(found.run)
            lines.append(line((found.run - NOON) / HOUR))
        assert found.missed == ()
        now += 3 * HOUR
    assert ran == [NOON + step * 6 * HOUR for step in range(6)], (
        "each once, although lines of before name them"
    )
    late = NOON + month - 12 * HOUR
    lines += [line((late - NOON) / HOUR - 6)]
    assert planned(known(lines, now=late), late).run == late, "nor a month later"
    assert month > AHEAD


def test_forty_days_are_one_run() -> None:
    found = planned(known([line(0)], now=NOON + timedelta(days=40)), NOON + timedelta(days=40))
    last = NOON + timedelta(days=40) - 6 * HOUR
    assert found.missed == (Missed(NOON + 6 * HOUR, last, 159, "off", "It was off."),)
