"""A year of simulated time: every slot of every source is captured, failed or missed, none unaccounted."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from archiver.records import Slot
from archiver.schedule.grid import Daily, Every, Grid, between
from tests.schedule.simulated import DAY, HOUR, START, World, settled, world

YEAR = 365 * DAY
SIX_HOURLY = '[schedule]\nspread = "10m"\n'
NAMES = [f"league_{number:02}" for number in range(6)]


def chance(*words: object) -> float:
    """From 0 to 1, the same in each run."""
    return int.from_bytes(sha256(repr(words).encode()).digest()[:4]) / 2**32


def six_hourly(names: list[str]) -> str:
    return SIX_HOURLY + "".join(f'[source.{name}]\ncadence = "6h"\n' for name in names)


def year(grid: Grid, start: datetime = START, span: timedelta = YEAR) -> dict[datetime, int]:
    dues = between(grid, start - timedelta(seconds=1), start + span)
    return {due: number for number, due in enumerate(dues)}


def outcomes(lines: list[Slot], dues: dict[datetime, int]) -> Counter[tuple[str, str | None]]:
    found = settled(lines, dues)
    assert len(found) == len(dues), "no slot is unaccounted for"
    return Counter((line.outcome, line.reason) for line in found.values())


def sound(_source: str, _now: datetime) -> str:
    return "ok"


def test_six_sources_six_hourly_over_a_year(tmp_path: Path) -> None:
    """Some fail now and then, one fails for a month, one hangs and one crashes for a week each."""

    def answers(source: str, now: datetime) -> str:
        day = (now - START).days
        if source == "league_03" and 100 <= day < 130:
            return "fails"
        if source == "league_04" and 200 <= day < 207:
            return "hangs"
        if source == "league_05" and 300 <= day < 307:
            return "crashes"
        return "fails" if chance(source, now.date(), now.hour // 6) < 0.05 else "ok"

    dues = year(Every(6 * HOUR))
    assert len(dues) == 1460
    with world(tmp_path, NAMES, six_hourly(NAMES), answers) as here:
        here.start()
        here.run(YEAR - timedelta(seconds=1))
        counts = {name: outcomes(here.ledger.slots[name], dues) for name in NAMES}
        on_time(here, dues)
    for name, count in counts.items():
        assert count.total() == 1460
        assert count["missed", "off"] == 0
        assert 20 <= count["failed", "nothing"] <= 140
        others = set(count) - {("captured", None), ("failed", "nothing")}
        odd = {
            "league_03": ("missed", "circuit"),
            "league_04": ("failed", "hung"),
            "league_05": ("failed", "crashed"),
        }
        assert others <= {odd.get(name), ("missed", "circuit")} if name in odd else not others
    month = [line for line in here.ledger.slots["league_03"] if 100 <= (line.due - START).days < 130]
    asked = [line for line in month if line.outcome == "failed"]
    assert len(month) == 120
    assert 8 <= len(asked) <= 12, "most slots of the bad month were spared: four or five probes"


def on_time(here: World, dues: dict[datetime, int]) -> None:
    """Every capture lies within the spread and its jitter."""
    for lines in here.ledger.slots.values():
        assert all(line.slots == 1 for line in lines)
        late = [(line.loaded_at or START) - line.due for line in lines]
        assert timedelta(0) <= min(late) <= max(late) <= timedelta(minutes=11)
        assert len(lines) == len(dues), "one line a slot"


def test_pauses_of_a_minute_five_hours_and_forty_days(tmp_path: Path) -> None:
    dues = year(Every(6 * HOUR))
    names = NAMES[:2]
    with world(tmp_path, names, six_hourly(names), sound) as here:
        here.start()
        pauses = [
            (30 * DAY - 30 * timedelta(seconds=1), timedelta(minutes=1)),
            (30 * DAY + 4 * HOUR, 5 * HOUR),
        ]
        pauses.append((60 * DAY + HOUR, 40 * DAY))
        for after, pause in pauses:
            here.run(after)
            here.stop()
            here.run(pause)
            here.start()
        here.run(START + YEAR - here.now - timedelta(seconds=1))
        for name in names:
            count = outcomes(here.ledger.slots[name], dues)
            assert count == {("captured", None): 1460 - 159, ("missed", "off"): 159}
            [run] = [line for line in here.ledger.slots[name] if line.outcome == "missed"]
            assert run.slots == 159, "forty days are one line"
            assert "No collector ran" in run.detail


@pytest.mark.parametrize("by", [HOUR, -HOUR])
def test_the_clock_is_set_by_an_hour(tmp_path: Path, by: timedelta) -> None:
    """Each month, at another hour of the day."""
    dues = year(Every(6 * HOUR))
    names = NAMES[:2]
    with world(tmp_path, names, six_hourly(names), sound) as here:
        here.start()
        for month in range(11):
            here.run(30 * DAY + month * 17 * timedelta(minutes=13))
            here.step(by)
        here.run(START + YEAR - here.now - timedelta(seconds=1))
        for name in names:
            assert outcomes(here.ledger.slots[name], dues) == {("captured", None): 1460}
            assert len(here.ledger.slots[name]) == 1460, "none twice, although the clock passed it twice"


@pytest.mark.parametrize("fires_first", [False, True])
def test_the_clock_is_set_forward_over_slots_and_back(tmp_path: Path, fires_first: bool) -> None:
    """A month ahead by mistake, then right again: what was passed over is explained, what follows is run."""
    names = NAMES[:2]
    with world(tmp_path, names, six_hourly(names), sound) as here:
        here.start()
        here.run(10 * DAY + HOUR)
        here.step(30 * DAY, fires_first)
        here.run(2 * DAY)
        here.step(-30 * DAY, fires_first)
        here.run(5 * DAY)
        for name in names:
            lines = here.ledger.slots[name]
            [passed] = [line for line in lines if line.outcome == "missed"]
            assert (passed.slots, passed.reason) == (119, "clock")
            assert "was set from 2026-01-11T01:00:00Z to 2026-02-10T01:00:00Z" in passed.detail
            after = [
                line.due for line in lines if line.due < passed.due + 7 * DAY and line.outcome == "captured"
            ]
            assert after[-20:] == sorted(after)[-20:] and after[-1] == START + 17 * DAY


def test_the_machine_sleeps_and_the_archive_is_held(tmp_path: Path) -> None:
    dues = year(Every(6 * HOUR), span=30 * DAY)
    names = NAMES[:2]
    with world(tmp_path, names, six_hourly(names), sound) as here:
        here.start()
        here.run(5 * DAY + 4 * HOUR)
        here.sleep(3 * DAY)
        here.run(4 * DAY)
        here.busy = True
        here.run(20 * HOUR)
        here.busy = False
        here.run(START + 30 * DAY - here.now - timedelta(seconds=1))
        for name in names:
            count = outcomes(here.ledger.slots[name], dues)
            assert count == {("captured", None): 120 - 11 - 3, ("missed", "off"): 11, ("missed", "held"): 3}
            told = {line.reason: line.detail for line in here.ledger.slots[name] if line.reason}
            assert "The machine slept from" in told["off"]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe"])
def test_local_times_over_both_changes_of_the_clocks(tmp_path: Path, zone: str) -> None:
    times = ("02:30", "08:30", "14:30", "20:30")
    rules = f'[schedule]\nzone = "{zone}"\ntimes = {list(times)}\n'.replace("'", '"')
    grid = Daily(tuple(time.fromisoformat(each) for each in times), ZoneInfo(zone))
    start = datetime(2026, 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    dues = year(grid, start)
    assert len(dues) == 1460, "two days have an hour more or less, and four slots each all the same"
    with world(tmp_path, NAMES[:1], rules, sound, start - timedelta(minutes=1)) as here:
        here.start()
        here.run(YEAR)
        for name in NAMES[:1]:
            first, *lines = here.ledger.slots[name]
            assert first.due < start, "the slot that was current at the start"
            assert outcomes(lines, dues) == {("captured", None): 1460}
            assert len(lines) == 1460
            local = Counter(line.due.astimezone(grid.zone).strftime("%H:%M") for line in lines)
            assert {each: local[each] for each in times[1:]} == dict.fromkeys(times[1:], 365)
            assert 364 <= local["02:30"] <= 365, (
                "once, where it does not exist, at the next instant that does"
            )
