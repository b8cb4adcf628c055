"""Slots in the ledger: kept as they were told, read newest first, past damage and torn ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archiver.records import Slot
from archiver.store import Store, ledger

NOW = datetime(2026, 7, 20, 12, 0, 5, tzinfo=UTC)
DUE = datetime(2026, 7, 20, 12, tzinfo=UTC)


def opened(folder: Path, collector: str = "one") -> Store:
    return Store(folder / "snapshots", collector=collector, tool="test", now=lambda: NOW)


def slot(number: int, **more: object) -> Slot:
    due = DUE + number * timedelta(hours=6)
    facts = {"source": "aider", "due": due, "until": due, "outcome": "captured"}
    return Slot(**{**facts, **more})  # type: ignore[arg-type]  # facts of a test


def test_a_slot_comes_back_as_it_was_told(tmp_path: Path) -> None:
    store = opened(tmp_path)
    run = slot(
        1, until=DUE + timedelta(days=2), slots=8, outcome="missed", reason="off", detail="asleep", by="due"
    )
    ran = slot(9, captures=3, failed=1, by="schedule", started_at=NOW, seconds=1.25)
    kept = [store.slot(said) for said in (run, ran)]
    assert list(store.lines()) == kept
    bare = [replace(line, slot_id="", ledger="", line=0, loaded_at=None) for line in kept]
    assert bare == [run, ran]
    assert list(store.verify()) == []


def test_the_newest_slots_come_first_and_cost_little(tmp_path: Path) -> None:
    store = opened(tmp_path)
    for number in range(700):
        store.slot(slot(number, detail="x" * 100))
    opened(tmp_path, "two").slot(slot(3))
    [one, two] = store.slots_back("aider")
    assert [next(one).due for _ in range(3)] == [slot(number).due for number in (699, 698, 697)]
    assert len(list(one)) == 697
    assert [line.due for line in two] == [slot(3).due]
    assert list(store.slots_back("nobody")) == []


def test_damage_and_torn_ends_are_passed_over(tmp_path: Path) -> None:
    store = opened(tmp_path)
    for number in range(3):
        store.slot(slot(number))
    path = tmp_path / "snapshots" / "aider" / "ledger-one.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1].replace(b"captured", b"CAPTURED") + lines[2] + b'{"v":1,"n":4')
    [found] = store.slots_back("aider")
    assert [line.due for line in found] == [slot(2).due, slot(0).due]


def test_reading_backwards_gives_what_reading_forwards_gives(tmp_path: Path) -> None:
    store = opened(tmp_path)
    for number in range(400):
        store.slot(slot(number, detail="ы" * (number % 7) * 90))
    path = tmp_path / "snapshots" / "aider" / "ledger-one.jsonl"
    forwards = [line.sha256 for line in ledger.scan(path)]
    assert [digest for _, digest in ledger.backwards(path)] == forwards[::-1]
    assert path.stat().st_size > 2 << 16, "more than one read"
