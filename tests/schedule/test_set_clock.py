"""A daemon while its clock is set and its machine sleeps: the real processes, told another time by a library
that stands before C's own."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archiver.records import Slot
from tests.internet import Internet, answer
from tests.schedule import league
from tests.schedule.test_daemon import is_event, running

COMPILER = shutil.which("cc")
HOUR = timedelta(hours=1)
HOURLY = '[schedule]\nspread = "0s"\n[source.hourly]\ncadence = "1h"\n'

pytestmark = pytest.mark.skipif(COMPILER is None, reason="no C compiler on this machine (Debian: gcc)")


class Clock:
    """What the processes in its environment take for the time, also while they run."""

    def __init__(self, place: Path) -> None:
        self._file, library = place / "ahead", place / "clock.so"
        code = Path(__file__).with_name("clock.c")
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, code], check=True)
        self.environment = {"LD_PRELOAD": str(library), "CLOCK_AHEAD": str(self._file)}
        self._set = self._slept = timedelta()
        now = datetime.now(UTC)
        self.put(now.replace(minute=30, second=0) - now)  # no test lasts until the next hour

    def put(self, by: timedelta = timedelta(), slept: timedelta = timedelta()) -> None:
        """Sets the clock, or lets the machine have slept. Both add to what was before."""
        self._set, self._slept = self._set + by, self._slept + slept
        whole = self._file.with_suffix(".new")
        whole.write_text(f"{self._set.total_seconds():.0f} {self._slept.total_seconds():.0f}\n", "ascii")
        whole.replace(self._file)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path)


@pytest.fixture
def archive(net: Internet, tmp_path: Path) -> Path:
    """One source that is due each hour."""
    league.found(tmp_path / "a", net, ["hourly"], HOURLY)
    net.at("/hourly.csv", answer(league.board(1)))
    return tmp_path / "a"


def accounted(archive: Path) -> list[tuple[str, str | None, int]]:
    """Outcome, reason and number of slots of each line, in order; no slot is in two lines or in none."""
    lines: list[Slot] = sorted(league.slots(archive), key=lambda slot: slot.due)
    dues = Counter(due for slot in lines for due in league.dues(slot, HOUR))
    assert set(dues.values()) == {1}
    assert len(dues) == (max(dues) - min(dues)) // HOUR + 1
    return [(slot.outcome, slot.reason, slot.slots) for slot in lines]


captured: Callable[[Mapping[str, Any]], bool] = is_event("slot.captured", source="hourly")


def test_a_clock_set_either_way_runs_each_slot_once(archive: Path, tmp_path: Path, clock: Clock) -> None:
    with running(archive, tmp_path, NO_LOAD="1", **clock.environment) as daemon:
        daemon.wait_for(captured, 1)
        for number, hours in enumerate((1, -1, 1), start=1):
            clock.put(hours * HOUR)
            daemon.wait_for(is_event("clock.set"), number)
            daemon.wait_for(captured, 2)
        clock.put(5 * HOUR)
        daemon.wait_for(is_event("clock.set"), 4)
        daemon.wait_for(captured, 3)
        assert daemon.end() < 10
        steps = [event["seconds"] for event in daemon.events() if event["event"] == "clock.set"]
    assert [round(step / 3600) for step in steps] == [1, -1, 1, 5]
    assert accounted(archive) == [
        ("captured", None, 1),
        ("captured", None, 1),
        ("missed", "clock", 4),
        ("captured", None, 1),
    ]


def test_a_sleep_is_one_gap_and_the_slot_after_it_is_run(archive: Path, tmp_path: Path, clock: Clock) -> None:
    with running(archive, tmp_path, NO_LOAD="1", **clock.environment) as daemon:
        daemon.wait_for(captured, 1)
        clock.put(slept=7 * HOUR)
        daemon.wait_for(is_event("clock.slept"), 1)
        daemon.wait_for(captured, 2)
        assert daemon.end() < 10
        assert not list(filter(is_event("clock.set"), daemon.events()))
    assert accounted(archive) == [("captured", None, 1), ("missed", "off", 6), ("captured", None, 1)]
