"""Captures that are acknowledged together are what they would have been one by one, or none of them is."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from archiver.errors import NotKept
from archiver.records import Capture, Reply
from archiver.store import Store, objects

Open = Callable[..., Store]
Make = Callable[..., Reply]


@pytest.fixture
def mixed(reply: Make, boards: Callable[[int], list[bytes]]) -> list[Reply]:
    """Versions of two pages with everything that can become of one."""
    one, two, three = boards(3)
    return [
        reply(one, 0),
        reply(two, 1),
        reply(two, 2),
        reply(None, 3, not_modified=True),
        reply(one, 4),
        reply(three, 4, url="https://board.example/other.md"),
        reply(b"wait", 5, reason="challenge", detail="a page in its place"),
        reply(None, 6, reason="timeout", detail="too slow"),
        reply(None, 7, url="https://board.example/new.md", not_modified=True),
        reply(b"", 8),
        reply(three, 9),
    ]


def test_a_group_says_what_its_members_would_say_alone(
    opened: Open, tmp_path: Path, mixed: list[Reply], archive: Path
) -> None:
    alone = opened()
    apart = [alone.keep("arena", "page", one) for one in mixed]
    clock = iter([one.loaded_at for one in apart])
    beside = Store(
        tmp_path / "two" / "snapshots", collector="one", tool="archiver test", now=lambda: next(clock)
    )
    together = beside.keep_all("arena", [("page", one) for one in mixed])
    assert together == apart
    assert [one.outcome for one in apart][:5] == ["stored", "stored", "unchanged", "unchanged", "stored"]
    assert list(beside.lines()) == together
    assert [found for found in beside.verify() if not found.note] == []
    names = {path.name for path in archive.rglob("*.zst")}
    assert {path.name for path in beside.root.rglob("*.zst")} == names
    for one in together:
        if one.sha256:
            assert beside.payload("arena", one.sha256) == alone.payload("arena", one.sha256)


def test_a_group_rests_on_what_was_kept_before_it(
    opened: Open, boards: Callable[[int], list[bytes]], reply: Make
) -> None:
    store, versions = opened(), boards(6)
    store.keep("arena", "page", reply(versions[0], 0))
    store.keep_all("arena", [("page", reply(body, day)) for day, body in enumerate(versions[1:], 1)], "quick")
    paths = sorted(store.root.rglob("*.zst"), key=lambda path: objects.header(path.read_bytes()).depth)
    assert [objects.header(path.read_bytes()).depth for path in paths] == [0, 1, 2, 3, 4, 5]
    assert [opened("two").payload("arena", line.sha256 or "") for line in captures(store)] == versions


def captures(store: Store) -> list[Capture]:
    return [line for line in store.lines() if isinstance(line, Capture)]


def test_an_empty_group_is_nothing(opened: Open, archive: Path) -> None:
    assert opened().keep_all("arena", []) == []
    assert not archive.exists()


def test_a_group_that_fails_is_as_if_it_had_not_been(opened: Open, mixed: list[Reply], archive: Path) -> None:
    """Its ledger cannot be written: nothing is acknowledged, and the same process goes on as before."""
    store = opened()
    first = store.keep("arena", "page", mixed[0])
    ledger = archive / "snapshots/arena/ledger-one.jsonl"
    whole = ledger.read_bytes()
    ledger.unlink()
    ledger.mkdir()
    (ledger / "in the way").touch()
    with pytest.raises(NotKept, match="arena: a ledger line could not be written"):
        store.keep_all("arena", [("page", one) for one in mixed[1:]])
    (ledger / "in the way").unlink()
    ledger.rmdir()
    ledger.write_bytes(whole)
    assert captures(store) == [first]
    assert [one.outcome for one in store.keep_all("arena", [("page", mixed[1]), ("page", mixed[2])])] == [
        "stored", "unchanged",
    ]  # fmt: skip
    assert [found for found in opened().verify() if not found.note] == []


def test_a_payload_of_a_group_that_cannot_be_written_ends_the_group(
    opened: Open, mixed: list[Reply], archive: Path
) -> None:
    store = opened()
    store.keep("arena", "page", mixed[0])
    in_the_way = archive / "snapshots/arena/payloads" / sha256(mixed[5].body or b"").hexdigest()[:2]
    in_the_way.write_bytes(b"")
    with pytest.raises(NotKept, match="arena: a payload could not be written"):
        store.keep_all("arena", [("page", one) for one in mixed[1:6]])
    in_the_way.unlink()
    in_the_way.mkdir()
    assert not list(archive.rglob(".tmp-*"))
    assert len(captures(store)) == 1
    kept = store.keep_all("arena", [("page", one) for one in mixed[1:6]])
    assert [one.outcome for one in kept] == ["stored", "unchanged", "unchanged", "stored", "stored"]
    assert [found for found in opened().verify() if not found.note] == []
