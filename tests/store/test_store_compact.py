"""Compaction changes where deltas rest, never what they give; pruning gives up only what it was told."""

from __future__ import annotations

import random
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from archiver.errors import DamagedArchive
from archiver.records import Reply, Upkeep
from archiver.store import Store, objects
from archiver.store.compact import compact
from archiver.store.growth import growth
from archiver.store.prune import prune

Open = Callable[..., Store]
Make = Callable[..., Reply]
Boards = Callable[[int], list[bytes]]


def objects_of(archive: Path) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in archive.rglob("*.zst")}


def digest(body: bytes) -> str:
    return sha256(body).hexdigest()


@pytest.fixture
def shuffled(opened: Open, reply: Make, boards: Boards) -> list[bytes]:
    """Twenty versions of two pages that arrived in no order of time, each by a process of its own."""
    bodies = boards(20)
    days = list(range(20))
    random.Random(3).shuffle(days)  # noqa: S311  # the same order in every run
    for day in days:
        opened().keep("arena", "page", reply(bodies[day], day, url=f"u{day % 2}"))
    opened().keep("arena", "page", reply(b"<challenge>", 30, reason="challenge"))
    return bodies


def test_no_byte_is_lost_and_it_is_smaller(opened: Open, shuffled: list[bytes], archive: Path) -> None:
    before = objects_of(archive)
    [done] = compact(opened())
    after = objects_of(archive)
    assert (done.payloads, done.passed_over) == (21, 0)
    assert done.before == sum(map(len, before.values()))
    assert done.after == sum(map(len, after.values())) < done.before
    assert list(opened().verify()) == []
    assert {digest(body): opened().payload("arena", digest(body)) for body in shuffled} == {
        digest(body): body for body in shuffled
    }
    assert not list(archive.rglob(".tmp-*"))


def test_the_second_time_nothing_is_left_to_do(opened: Open, shuffled: list[bytes], archive: Path) -> None:
    list(compact(opened()))
    before = objects_of(archive)
    [done] = compact(opened())
    assert (done.rewritten, done.before) == (0, done.after)
    assert objects_of(archive) == before


def test_the_order_of_arrival_leaves_no_trace(
    opened: Open, shuffled: list[bytes], reply: Make, archive: Path, tmp_path: Path
) -> None:
    list(compact(opened()))
    shuffled_objects = objects_of(archive)
    archive.rename(tmp_path / "elsewhere")
    for day, body in enumerate(shuffled):
        opened().keep("arena", "page", reply(body, day, url=f"u{day % 2}"))
    list(compact(opened()))
    ordered = objects_of(archive)
    assert ordered == {name: shuffled_objects[name] for name in ordered}


def test_damage_is_passed_over(opened: Open, shuffled: list[bytes], archive: Path) -> None:
    list(compact(opened()))
    last = max(objects_of(archive).items(), key=lambda item: objects.header(item[1]).depth)[0]
    next(archive.rglob(f"{last}.zst")).write_bytes(b"cut")
    [done] = compact(opened())
    assert done.passed_over == 1
    assert [item.file.endswith(f"{last}.zst") for item in opened().verify()] == [True]


def test_pruning_moves_what_rests_on_it_and_verify_knows(
    opened: Open, reply: Make, boards: Boards, archive: Path
) -> None:
    bodies = boards(8)
    for day, body in enumerate(bodies):
        opened().keep("arena", "page", reply(body, day))
    names = [digest(body) for body in bodies]
    done = prune(opened(), "arena", {names[index]: names[0] for index in (1, 2, 5)}, "so says the policy")
    assert done is not None
    assert (done.payloads, set(objects_of(archive))) == (3, {names[index] for index in (0, 3, 4, 6, 7)})
    from archiver.store import Totals

    totals = Totals()
    assert list(opened().verify(totals)) == []
    assert (totals.pruned, totals.lost) == (3, 0)
    [line] = [line for line in opened().lines() if isinstance(line, Upkeep)]
    assert (line.kind, line.because) == ("prune", "so says the policy")
    assert line.gone == {names[index]: names[0] for index in (1, 2, 5)}
    store = opened()
    assert all(store.payload("arena", names[index]) == bodies[index] for index in (0, 3, 4, 6, 7))
    assert store.stand_in("arena", names[1]) == names[0]
    assert store.stand_in("arena", names[3]) == names[3]
    again = opened().keep("arena", "page", reply(bodies[1], 40))
    assert (again.outcome, opened().payload("arena", names[1])) == ("stored", bodies[1])
    assert opened().stand_in("arena", names[1]) == names[1]
    assert list(opened().verify()) == []
    next(archive.rglob(f"{names[0]}.zst")).unlink()
    assert [item.note for item in opened().verify()] == [False]


def test_nothing_is_pruned_for_what_cannot_be_read(
    opened: Open, reply: Make, boards: Boards, archive: Path
) -> None:
    bodies = boards(4)
    for day, body in enumerate(bodies):
        opened().keep("arena", "page", reply(body, day))
    names = [digest(body) for body in bodies]
    assert prune(opened(), "arena", {names[1]: "0" * 64}, "x") is None
    assert prune(opened(), "arena", {names[1]: names[2], names[2]: names[1]}, "x") is None
    next(archive.rglob(f"{names[3]}.zst")).write_bytes(b"cut")
    with pytest.raises(DamagedArchive, match="nothing was pruned"):
        prune(opened(), "arena", {names[1]: names[0]}, "x")
    assert not any(isinstance(line, Upkeep) for line in opened().lines())


def test_growth_tells_its_basis(opened: Open, reply: Make, boards: Boards, archive: Path) -> None:
    bodies = boards(11)
    for day, body in enumerate(bodies):
        opened().keep("arena", "page", reply(body, day))
        opened().keep("arena", "old", reply(body[:-1], -400 - day, url="u", via="git"))
    opened().keep("aider", "raw", reply(b"one", 3, via="import"))
    opened().keep("aider", "raw", reply(b"two", 7, via="import"))
    opened().keep("vectara", "raw", reply(b"only"))
    rows = {row.source: row for row in growth(opened())}
    arena = rows["arena"]
    assert (arena.basis, arena.captures, arena.payloads) == ("http", 11, 10)
    sizes = {path.stem: path.stat().st_size for path in archive.rglob("*.zst")}
    ledger = (archive / "snapshots/arena/ledger-one.jsonl").stat().st_size
    new = sum(sizes[digest(body)] for body in bodies[1:])
    assert arena.bytes_a_day == pytest.approx((new + ledger * 10 / 22) / 10)
    assert arena.bytes_a_year == pytest.approx(365.25 * (arena.bytes_a_day or 0))
    assert arena.on_disk == sum(
        path.stat().st_size for path in (archive / "snapshots/arena").rglob("*") if path.is_file()
    )
    assert (rows["aider"].basis, rows["aider"].payloads) == ("recorded", 1)
    assert (rows["vectara"].basis, rows["vectara"].bytes_a_year) == ("too short", None)
