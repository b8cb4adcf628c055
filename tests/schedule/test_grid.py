"""The grid of slots: by cadence in UTC, by local times, and what both changes of the clocks do to it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.schedule.grid import ANCHOR, Daily, Every, between

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@given(
    st.timedeltas(timedelta(seconds=1), timedelta(days=60)),
    st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # the zone is beside them
)
def test_a_cadence_divides_time_evenly(cadence: timedelta, now: datetime) -> None:
    grid = Every(cadence)
    due, following = grid.at_or_before(now), grid.after(now)
    assert due <= now < following == due + cadence
    assert (due - ANCHOR) % cadence == timedelta(0)
    assert grid.after(due - timedelta(microseconds=1)) == due


def test_a_weekly_source_is_due_on_mondays() -> None:
    assert Every(timedelta(days=7)).at_or_before(at("2026-07-24")).strftime("%A %H:%M") == "Monday 00:00"


@pytest.mark.parametrize(
    ("times", "day", "instants"),
    [
        (["02:30"], "2026-03-28", ["01:30"]),
        (["02:30"], "2026-03-29", ["01:00"]),  # does not exist: 03:00, the next instant that does
        (["02:00", "02:30", "03:00"], "2026-03-29", ["01:00"]),  # all three are that instant: one slot
        (["01:59", "03:01"], "2026-03-29", ["00:59", "01:01"]),
        (["02:30"], "2026-10-25", ["00:30"]),  # comes twice: the first time
        (["02:00", "03:00"], "2026-10-25", ["00:00", "02:00"]),
    ],
)
def test_local_times_on_the_days_of_change(times: list[str], day: str, instants: list[str]) -> None:
    grid = Daily(tuple(time.fromisoformat(each) for each in times), BERLIN)
    assert grid.of(date.fromisoformat(day)) == [at(f"{day}T{each}") for each in instants]


@pytest.mark.parametrize(
    ("zone", "first", "days"),
    [
        ("Europe/Berlin", "2026-01-01", 366),
        ("America/St_Johns", "2026-01-01", 366),
        ("Australia/Lord_Howe", "2026-01-01", 366),  # changes by half an hour
        ("Pacific/Apia", "2011-12-01", 60),  # left out the whole 30 December 2011
        ("America/Sao_Paulo", "2017-06-01", 366),  # changes at midnight
        ("Asia/Kathmandu", "2026-01-01", 30),
    ],
)
def test_the_slots_of_a_year_follow_each_other_once(zone: str, first: str, days: int) -> None:
    grid = Daily((time(0, 0), time(2, 30), time(18, 0)), ZoneInfo(zone))
    start = at(first)
    dues = list(between(grid, start, start + timedelta(days=days)))
    assert all(a < b for a, b in pairwise(dues))
    for a, b in pairwise(dues):
        assert grid.after(a) == b
        assert grid.at_or_before(b) == b
        assert grid.at_or_before(b - timedelta(seconds=1)) == a
    lost = (
        2 if zone == "Pacific/Apia" else 0
    )  # three of that day are one instant, the next midnight: one more
    assert abs(len(dues) - 3 * days) <= 2 + lost


def test_a_skipped_day_costs_its_slots_and_no_others() -> None:
    grid = Daily((time(6, 0),), ZoneInfo("Pacific/Apia"))
    dues = list(between(grid, at("2011-12-28"), at("2012-01-02")))
    local = [due.astimezone(grid.zone).strftime("%d %H:%M") for due in dues]
    assert local == ["28 06:00", "29 06:00", "31 00:00", "31 06:00", "01 06:00", "02 06:00"][: len(local)]
