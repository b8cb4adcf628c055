"""A thousand flips, cuts, swaps, deletions and insertions over ledgers and payloads: each found and named.

The chain cannot notice that whole lines were cut off a ledger's end; the heads that the index and a published
seal remember do, so the archive is held against its own head of before the harm, as `archiver verify` does.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from archiver.records import Reply
from archiver.store import Store
from archiver.store.seal import Seal, parse

from .harms import HARMS

Open = Callable[..., Store]
Make = Callable[..., Reply]
Boards = Callable[[int], list[bytes]]
ROUNDS = 1000


def test_a_thousand_harms_are_found_and_named(opened: Open, kept: list[Path], archive: Path) -> None:
    sealed = parse(Seal(opened()._now(), opened().heads()).text(), "the seal").heads
    chance = random.Random(4)  # noqa: S311  # the same thousand in every run
    ledgers = [path for path in kept if path.suffix == ".jsonl"]
    done = dict.fromkeys((harm.__name__ for harm in HARMS), 0)
    for number in range(ROUNDS):
        harm = HARMS[number % len(HARMS)]
        path = chance.choice(ledgers if chance.random() < 0.5 else kept)
        other = chance.choice([each for each in kept if each.suffix == path.suffix and each != path])
        sound = path.read_bytes()
        while (harmed := harm(chance, sound, other.read_bytes())) == sound:
            pass
        path.write_bytes(harmed)
        told = list(opened().verify(sealed=sealed))
        path.write_bytes(sound)
        # Bytes after a ledger's last newline are what an interrupted append leaves: named, but no damage.
        torn = path.suffix == ".jsonl" and harmed.startswith(sound) and not harmed.endswith(b"\n")
        found = {item.file for item in told if torn or not item.note}
        name = path.relative_to(archive / "snapshots").as_posix()
        assert name in found, f"{harm.__name__} of {name}, round {number}"
        assert {file for file in found if file.endswith(".jsonl")} <= {name}, (
            "no ledger is blamed for another"
        )
        done[harm.__name__] += 1
        if number % 50 == 0:
            assert list(opened().verify(sealed=sealed)) == [], "a false alarm"
    assert sum(done.values()) == ROUNDS
    kinds = ", ".join(f"{count} × {kind}" for kind, count in done.items())
    print(f"{ROUNDS} of {ROUNDS} harms found and named ({kinds}); {ROUNDS // 50} sound looks without alarm")
    assert list(opened().verify(sealed=sealed)) == []


def test_an_older_head_is_a_prefix_for_ever(
    opened: Open, kept: list[Path], reply: Make, boards: Boards
) -> None:
    seals = [Seal(opened()._now(), opened().heads())]
    for day, body in enumerate(boards(12)[8:], 20):
        opened().keep("arena", "page", reply(body, day))
        seals.append(Seal(opened()._now(), opened().heads()))
    assert len({seal.digest for seal in seals}) == len(seals)
    for seal in seals:
        assert list(opened().verify(sealed=seal.heads)) == []
    [ledger] = [path for path in kept if path.parent.name == "arena" and path.suffix == ".jsonl"]
    ledger.write_bytes(b"".join(ledger.read_bytes().splitlines(keepends=True)[:-1]))
    told = [[item.what for item in opened().verify(sealed=seal.heads) if not item.note] for seal in seals]
    assert [bool(what) for what in told] == [False] * 4 + [True]
    assert "that the published head names" in told[-1][0]
