"""`archiver capture --due`, as cron runs it: real processes against servers on loopback."""

from __future__ import annotations

import json
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archiver import Archive
from archiver.records import Slot
from archiver.schedule.grid import Every
from archiver.schedule.passing import Ground, run
from tests.internet import Internet, Talk, answer
from tests.schedule import league

DAY = timedelta(days=1)


def last(archive: Path, source: str, ago: timedelta) -> datetime:
    """Writes that a source was captured some time ago, on the daily grid; returns that slot."""
    due = Every(DAY).at_or_before(datetime.now(UTC) - ago)
    league.store(archive).slot(
        Slot(source=source, due=due, until=due, outcome="captured", captures=1, by="due")
    )
    return due


def gaps(
    archive: Path, what: str = "source, kind, until IS NULL AS lasts, detail"
) -> list[dict[str, object]]:
    with closing(Archive(archive)) as home:
        found = home.sql(f"SELECT {what} FROM gaps ORDER BY ALL")  # noqa: S608  # ours
        return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def test_a_pass_is_silent_when_all_is_well_and_asks_once(net: Internet, tmp_path: Path) -> None:
    archive = tmp_path / "a"
    league.found(archive, net, ["one", "two"])
    net.at("/one.csv", answer(league.board(1)))
    net.at("/two.csv", answer(league.board(2)))
    for _ in range(2):
        done = league.run(archive, "capture", "--due")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(net.seen) == 2, "what is not due is not asked"
    slots = list(league.slots(archive))
    assert [(slot.source, slot.outcome, slot.captures, slot.by) for slot in slots] == [
        ("one", "captured", 1, "due"),
        ("two", "captured", 1, "due"),
    ]
    assert {slot.due for slot in slots} == {Every(DAY).at_or_before(datetime.now(UTC))}
    assert gaps(archive) == []


def test_what_fails_is_told_once_and_comes_again_at_its_next_slot(net: Internet, tmp_path: Path) -> None:
    archive = tmp_path / "a"
    league.found(archive, net, ["good", "gone"])
    net.at("/good.csv", answer(league.board(1)))
    done = league.run(archive, "capture", "--due", "--log-format", "json")
    assert (done.returncode, done.stdout) == (1, "")
    told, *rest = done.stderr.splitlines()
    assert json.loads(told)["event"] == "slot.failed"
    assert json.loads(told)["level"] == "warning"
    assert [line.split()[:2] for line in rest] == [["failed", "gone"]]
    again = league.run(archive, "capture", "--due")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert {row["kind"] for row in gaps(archive)} == {"capture failed", "slot failed"}


def test_a_pass_that_is_too_slow_ends_and_leaves_the_rest_due(net: Internet, tmp_path: Path) -> None:
    """Two at a time to the one host; after a second no more begin, and none is cut off."""
    archive = tmp_path / "a"
    names = [f"slow_{number}" for number in range(6)]

    def slow(talk: Talk) -> None:
        talk.wait(1.5)
        talk.send(answer(league.board(1)))

    for name in names:
        net.at(f"/{name}.csv", slow)
    league.found(archive, net, names)
    done = league.run(archive, "capture", "--due", "--deadline", "1s")
    assert (done.returncode, done.stdout) == (1, "")
    first = {slot.source: (slot.outcome, slot.reason) for slot in league.slots(archive)}
    assert first["slow_0"] == first["slow_1"] == ("captured", None)
    assert [first[name] for name in names[2:]] == [("missed", "deadline")] * 4
    assert [line.split()[:3] for line in done.stderr.splitlines() if line.startswith("left")] == [
        ["left", "out", name] for name in names[2:]
    ]
    assert len(net.seen) == 2
    for name in names:
        net.at(f"/{name}.csv", answer(league.board(1)))
    assert {row["kind"] for row in gaps(archive)} == {"slot missed"}
    with closing(Archive(archive)) as home:
        assert len(home.capture(due=True)) == 4
    assert len(net.seen) == 6, "what was left out was due again, and nothing else"
    assert gaps(archive) == []


def test_a_held_archive_turns_a_pass_away_and_is_remembered(net: Internet, tmp_path: Path) -> None:
    archive = tmp_path / "a"
    league.found(archive, net, ["one"], '[source.one]\ncadence = "2s"\n')
    net.at("/one.csv", answer(league.board(1)))
    with closing(Archive(archive)) as home:
        home.capture(due=True)
    with Archive(archive).lock():
        time.sleep(2)
        done = league.run(archive, "capture", "--due")
        assert done.returncode == 75
        assert "Another run holds the archive" in done.stderr
        time.sleep(2)
    with closing(Archive(archive)) as home:
        home.capture(due=True)
    missed = [slot for slot in league.slots(archive) if slot.outcome == "missed"]
    assert "held" in {slot.reason for slot in missed}
    assert not (archive / ".archiver.turned-away").exists(), "it is in the ledger now"
    [row] = [row for row in gaps(archive) if str(row["detail"]).startswith("held")]
    assert row["lasts"] is False
    assert "Another run held the archive when it was due" in str(row["detail"])


def test_forty_days_off_are_one_gap_with_its_reason(net: Internet, tmp_path: Path) -> None:
    archive = tmp_path / "a"
    league.found(archive, net, ["one"])
    net.at("/one.csv", answer(league.board(1)))
    before = last(archive, "one", 40 * DAY)
    done = league.run(archive, "capture", "--due")
    assert done.returncode == 0
    assert done.stderr.count("\n") == 1, "what was missed is one line"
    assert "39 slots" in done.stderr
    [row] = gaps(archive, "since, until, detail")
    assert str(row["since"]).startswith((before + DAY).date().isoformat())
    assert str(row["until"]).startswith(datetime.now(UTC).date().isoformat())
    assert "No collector ran from then to" in str(row["detail"])
    assert "39 in all" in str(row["detail"])


def test_a_pass_by_hand_settles_the_slots_of_a_schedule(net: Internet, tmp_path: Path) -> None:
    archive = tmp_path / "a"
    league.found(archive, net, ["new", "old"])
    net.at("/new.csv", answer(league.board(1)))
    net.at("/old.csv", answer(league.board(1)))
    last(archive, "old", DAY)
    with closing(Archive(archive)) as home:
        for _ in range(2):
            assert len(home.capture()) == 2
        by_hand = [slot for slot in league.slots(archive) if slot.by == "command"]
        assert [slot.source for slot in by_hand] == ["old"], "once, and only what has a schedule"
        assert [attempt.source for attempt in home.capture(due=True)] == ["new"]
    assert [seen.target for seen in net.seen].count("/old.csv") == 2
    assert [seen.target for seen in net.seen].count("/new.csv") == 3


def test_a_source_of_which_nothing_comes_is_asked_by_probes(net: Internet, tmp_path: Path) -> None:
    """By the clock of the caller: twenty days of passes, a server that is down from the third day on."""
    archive = tmp_path / "a"
    league.found(archive, net, ["one"], "[schedule]\nopen_after = 3\n")
    net.at("/one.csv", answer(league.board(1)), answer(league.board(2)), answer(status=404))
    home = Archive(archive)
    start = datetime(2026, 3, 1, 1, tzinfo=UTC)
    outcomes = []
    for day in range(20):
        now = start + day * DAY
        ground = Ground(
            archive, league.store(archive, now), home.config, home.catalog, "test", lambda now=now: now
        )  # type: ignore[misc]
        told: list[Slot] = []
        run(ground, [], due=True, on_slot=told.append)
        outcomes += [slot.reason or slot.outcome for slot in told]
    assert len(net.seen) == 2 + 3 + 3
    assert outcomes == [
        *["captured"] * 2,
        *["nothing"] * 3,
        *[
            "circuit",
            "nothing",
            *["circuit"] * 3,
            "nothing",
            *["circuit"] * 6,
            "nothing",
            "circuit",
            "circuit",
        ],
    ]
    home.close()


def test_a_wrong_deadline_is_refused(tmp_path: Path) -> None:
    for wrong in ("soon", "0s", "5"):
        done = league.run(tmp_path, "capture", "--due", "--deadline", wrong)
        assert done.returncode == 2
        assert "write 90s, 15m, 6h or 1d" in done.stderr
