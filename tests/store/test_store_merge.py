"""Two archives united: the same whichever comes first, and nothing happens the second time."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from archiver.errors import ArchiverError, DamagedArchive
from archiver.records import Reply
from archiver.store import Damage, Store
from archiver.store.merge import Merged, merge
from archiver.store.repair import repair

Make = Callable[..., Reply]
Boards = Callable[[int], list[bytes]]


def store(folder: Path, collector: str = "one") -> Store:
    return Store(
        folder / "snapshots", collector=collector, tool="t", now=lambda: datetime(2026, 8, 1, tzinfo=UTC)
    )


def into(target: Path, *others: Path) -> list[Merged]:
    return [done for other in others for done in merge(store(target, "merger"), store(other, "reader"))]


def holds(folder: Path) -> tuple[dict[str, bytes], dict[str, str]]:
    """(ledgers, payloads as they are given back)."""
    found, root = store(folder), folder / "snapshots"
    ledgers = {f"{path.parent.name}/{path.name}": path.read_bytes() for path in root.glob("*/ledger-*.jsonl")}
    objects = [(path.parents[2].name, path.stem) for path in root.glob("*/payloads/*/*.zst")]
    payloads = {
        f"{source}/{name}": sha256(found.payload(source, name)).hexdigest() for source, name in objects
    }
    return ledgers, payloads


def damaged(folder: Path) -> list[Damage]:
    return [found for found in store(folder).verify() if not found.note]


@pytest.fixture
def three(tmp_path: Path, reply: Make, boards: Boards) -> list[Path]:
    """Three archives: common payloads in other chains, sources of their own, one begun as a copy."""
    bodies = boards(9)
    for name, days in (("a", (0, 1, 2, 3, 4)), ("b", (6, 4, 2, 0)), ("c", (5, 7, 8))):
        kept = store(tmp_path / name, f"collector-{name}")
        for day in days:
            kept.keep("arena", "page", reply(bodies[day], day))
        kept.keep(f"only_{name}", "raw", reply(name.encode(), 1))
        kept.keep("arena", "page", reply(None, 20, reason="timeout"))
    shutil.copytree(tmp_path / "a", tmp_path / "c", dirs_exist_ok=True)
    store(tmp_path / "a", "collector-a").keep("arena", "page", reply(b"later in a", 30))
    return [tmp_path / name for name in "abc"]


def test_any_order_gives_the_same(three: list[Path], tmp_path: Path) -> None:
    a, b, c = three
    united = []
    for number, (first, *others) in enumerate(((a, b, c), (c, b, a), (b, a, c), (b, c, a))):
        target = tmp_path / f"united{number}"
        shutil.copytree(first, target)
        into(target, *others)
        assert damaged(target) == []
        united.append(holds(target))
    assert all(each == united[0] for each in united)
    ledgers, payloads = united[0]
    assert len(ledgers) == 6
    assert len([name for name in payloads if name.startswith("arena/")]) == 10
    assert all(name.endswith(digest) for name, digest in payloads.items())


def test_merging_again_changes_nothing(three: list[Path]) -> None:
    a, b, _ = three
    before = holds(b)
    assert sum(done.payloads for done in into(a, b)) == 2
    files = {path: path.stat().st_mtime_ns for path in a.rglob("*") if path.is_file()}
    assert into(a, b) == []
    assert into(a, a) == []
    assert {path: path.stat().st_mtime_ns for path in a.rglob("*") if path.is_file()} == files
    assert holds(b) == before, "the other is only read"


def test_a_longer_copy_extends_a_shorter_one(three: list[Path]) -> None:
    a, _, c = three
    ours = (c / "snapshots/arena/ledger-collector-a.jsonl").read_bytes()
    theirs = (a / "snapshots/arena/ledger-collector-a.jsonl").read_bytes()
    assert theirs.startswith(ours)
    assert [(done.source, done.lines, done.payloads) for done in into(c, a)] == [("arena", 1, 1)]
    assert (c / "snapshots/arena/ledger-collector-a.jsonl").read_bytes() == theirs


def test_a_fork_is_refused_and_can_be_settled(three: list[Path], reply: Make) -> None:
    a, _, c = three
    store(c, "collector-a").keep("arena", "page", reply(b"later in c", 31))
    before = holds(c)
    with pytest.raises(ArchiverError, match="from line 7 on: two collectors wrote under one name") as refused:
        into(c, a)
    assert holds(c) == before
    assert "ledger-NAME.jsonl" in refused.value.todo
    ledger = a / "snapshots/arena/ledger-collector-a.jsonl"
    ledger.rename(ledger.with_name("ledger-office-2.jsonl"))
    into(c, a)
    assert damaged(c) == []
    assert {b"later in a", b"later in c"} <= {
        store(c).payload("arena", path.stem) for path in (c / "snapshots/arena").rglob("*.zst")
    }


def test_what_a_repair_lost_is_taken_from_the_other(three: list[Path], tmp_path: Path) -> None:
    a, _, c = three
    sound = (a / "snapshots/arena/ledger-collector-a.jsonl").read_bytes()
    path = c / "snapshots/arena/ledger-collector-a.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], b"??\n", *lines[3:]]))
    objects = sorted((c / "snapshots/arena/payloads").rglob("*.zst"))
    objects[0].write_bytes(b"")
    at = datetime(2026, 8, 1, tzinfo=UTC)
    named = list(store(c).verify())
    assert sum(each.lost for each in repair(store(c, "mender"), named, {}, [], at)) > 1
    into(c, a)
    assert path.read_bytes() == sound
    into(a, c)
    assert holds(a) == holds(c)


def test_a_damaged_archive_is_not_merged(three: list[Path]) -> None:
    a, b, _ = three
    path = b / "snapshots/arena/ledger-collector-b.jsonl"
    path.write_bytes(path.read_bytes().replace(b"timeout", b"timeouT"))
    before = holds(a)
    with pytest.raises(DamagedArchive, match="line 5"):
        into(a, b)
    assert holds(a) == before


def test_a_payload_that_the_other_lacks_is_counted(three: list[Path]) -> None:
    a, b, _ = three
    [path] = (b / "snapshots/only_b").rglob("*.zst")
    path.unlink()
    assert {done.source: done.missing for done in into(a, b)} == {"arena": 0, "only_b": 1}
