"""Repair deletes nothing, brings back what can be, says what is lost, and leaves an archive that verifies."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from archiver.records import Reply, Upkeep
from archiver.store import Damage, Store, ledger, objects
from archiver.store.repair import Repaired, repair

from .harms import HARMS, flip

Open = Callable[..., Store]
Make = Callable[..., Reply]
AT = datetime(2026, 8, 1, tzinfo=UTC)


def damaged(store: Store, **more: object) -> list[Damage]:
    return [found for found in store.verify(**more) if not found.note]  # type: ignore[arg-type]


def repaired(store: Store, heads: dict[str, ledger.Head] | None = None, *copies: Path) -> list[Repaired]:
    known = {name: [head] for name, head in (heads or {}).items()}
    named = [found for found in store.verify(against=heads) if not found.note or found.lost]
    return [each for each in repair(store, named, known, copies, AT) if each.did]


def files(archive: Path) -> dict[str, bytes]:
    return {
        path.relative_to(archive).as_posix(): path.read_bytes()
        for path in sorted(archive.rglob("*"))
        if path.is_file()
    }


def all_lines(archive: Path) -> set[bytes]:
    return {line for path in archive.rglob("ledger-*") for line in path.read_bytes().splitlines()}


def test_whatever_the_harm_the_archive_verifies_again(opened: Open, kept: list[Path], archive: Path) -> None:
    """Every kind of harm, twenty times each; what was sound is there byte for byte, what is lost is said."""
    chance = random.Random(20)  # noqa: S311  # the same harm in every run
    sound_files, heads = files(archive), opened().heads()
    backup = archive.with_name("sound")
    shutil.copytree(archive, backup)
    lost = 0
    for number in range(20 * len(HARMS)):
        path = chance.choice(kept)
        other = chance.choice([each for each in kept if each.suffix == path.suffix and each != path])
        sound = path.read_bytes()
        harmed = HARMS[number % len(HARMS)](chance, sound, other.read_bytes())
        path.write_bytes(harmed)
        name = path.relative_to(archive).as_posix()
        found = damaged(opened(), against=heads)
        done = repaired(opened(), heads)
        assert damaged(opened()) == [], f"after {HARMS[number % len(HARMS)].__name__} of {name}"
        assert bool(done) == bool(found)
        now = files(archive)
        if done:
            assert harmed in [data for file, data in now.items() if "/quarantine/" in file], "set aside"
        assert {each.left for each in done} <= {0}
        lost += any(each.lost for each in done)
        gone = {digest for line in opened().lines() if isinstance(line, Upkeep) for digest in line.gone}
        store = opened()
        for file in sound_files:
            if file.endswith(".zst"):
                digest = Path(file).stem
                source = file.split("/")[1]
                held = digest in gone or sha256(store.payload(source, digest)).hexdigest() == digest
                assert held, f"{file} is neither there nor said to be lost"
        assert repaired(opened(), opened().heads()) == [], "a second repair finds nothing"
        shutil.rmtree(archive)
        shutil.copytree(backup, archive)
    print(
        f"{number + 1} of {number + 1} harms: verify is content after it; after {lost} something is said lost"
    )


def test_a_flipped_bit_costs_nothing(opened: Open, kept: list[Path], archive: Path) -> None:
    chance = random.Random(5)  # noqa: S311  # the same bits in every run
    lines, payloads = all_lines(archive), {path: path.read_bytes() for path in kept if path.suffix == ".zst"}
    for path in [*kept, *kept]:
        path.write_bytes(flip(chance, path.read_bytes(), b""))
        done = repaired(opened())
        assert [(each.lost, each.left) for each in done] == [(0, 0)], path
        assert damaged(opened()) == []
    assert lines <= all_lines(archive), "every line is there again, byte for byte"
    assert {path: path.read_bytes() for path in payloads} == payloads
    assert not any(line.gone for line in opened().lines() if isinstance(line, Upkeep))
    print(f"{2 * len(kept)} of {2 * len(kept)} flipped bits turned back")


def test_a_copy_brings_everything_back(opened: Open, kept: list[Path], archive: Path, tmp_path: Path) -> None:
    shutil.copytree(archive, tmp_path / "backup")
    sound, heads = files(archive), opened().heads()
    chance = random.Random(9)  # noqa: S311  # the same harm in every run
    for path in kept:
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 3] + chance.randbytes(30))
    kept[-1].unlink()
    done = repaired(opened(), heads, tmp_path / "backup" / "snapshots")
    assert sum(each.lost + each.left for each in done) == 0
    assert damaged(opened(), against=heads) == [], "the old heads are prefixes again"
    now = files(archive)
    for name, data in sound.items():
        if name.endswith(".jsonl"):
            assert now[name].startswith(data)
    for name in (Path(name) for name in sound if name.endswith(".zst")):
        assert sha256(opened().payload(name.parts[1], name.stem)).hexdigest() == name.stem


def test_what_is_lost_is_said_and_counts_again_when_it_returns(
    opened: Open, reply: Make, kept: list[Path], archive: Path, boards: Callable[[int], list[bytes]]
) -> None:
    bodies = boards(8)
    digests = [sha256(body).hexdigest() for body in bodies]
    path = archive / f"snapshots/arena/payloads/{digests[4][:2]}/{digests[4]}.zst"
    path.write_bytes(path.read_bytes()[:50])
    [done] = repaired(opened())
    assert done.lost == 4, "the object and the three that rest on it"
    [line] = [line for line in opened().lines() if isinstance(line, Upkeep)]
    assert (line.kind, line.source, set(line.gone)) == ("repair", "arena", set(digests[4:]))
    notes = [note.what for note in opened().verify()]
    assert len([what for what in notes if "is lost, as a repair recorded" in what]) == 4
    again = opened().keep("arena", "page", reply(bodies[4], 40))
    assert opened().payload("arena", again.sha256 or "") == bodies[4]
    assert len(list(opened().verify())) == 3
    [done] = repaired(opened())
    assert done.lost == 0
    assert done.did == tuple(
        f"payload {digest} is back from an earlier quarantine"
        for digest in (digests[5], digests[6], digests[7])
    ), "their base is there again"


def test_a_lost_line_keeps_its_place_and_fits_in_again(
    opened: Open, kept: list[Path], archive: Path, tmp_path: Path
) -> None:
    shutil.copytree(archive, tmp_path / "backup")
    path = archive / "snapshots/arena/ledger-one.jsonl"
    before = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*before[:3], b'{"torn to pieces"\n', *before[4:]]))
    [done] = repaired(opened())
    after = path.read_bytes().splitlines(keepends=True)
    assert (done.lost, len(after)) == (1, len(before) + 1)
    assert after[:3] + after[4 : len(before)] == before[:3] + before[4:]
    stands = ledger.decode(after[3].rstrip())
    assert stands["kind"] == "lost"
    assert stands["stands_for"] == sha256(before[3].rstrip()).hexdigest()
    assert len([line for line in opened().lines() if not isinstance(line, Upkeep)]) == 12
    assert repaired(opened()) == [], "without a copy there is nothing more to do"
    [done] = repaired(opened(), None, tmp_path / "backup" / "snapshots")
    assert (done.lost, "1 lines from a copy" in done.did[0]) == (0, True)
    assert before[3] in path.read_bytes().splitlines(keepends=True)
    assert damaged(opened()) == []


def test_a_cut_off_end_is_told_by_the_heads(opened: Open, kept: list[Path], archive: Path) -> None:
    heads = opened().heads()
    path = archive / "snapshots/arena/ledger-one.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-2]))
    [done] = repaired(opened(), heads)
    assert done.lost == 2
    after = path.read_bytes().splitlines(keepends=True)
    assert after[: len(lines) - 2] == lines[:-2]
    assert (
        ledger.decode(after[len(lines) - 1].rstrip())["stands_for"] == heads["arena/ledger-one.jsonl"].sha256
    )
    path.unlink()
    [done] = repaired(opened(), heads)
    assert done.lost == len(lines)
    assert damaged(opened()) == []


@pytest.mark.parametrize("what", ["ledger", "payload"])
def test_what_a_newer_release_wrote_is_left_alone(
    opened: Open, reply: Make, kept: list[Path], archive: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        newer.setattr(ledger if what == "ledger" else objects, "VERSION", 2)
        opened().keep("aider", "raw", reply(b"from tomorrow", 50, url="u"))
    before = files(archive)
    [done] = repaired(opened())
    assert (done.left, "upgrade" in "".join(done.did)) == (1, True)
    after = files(archive)
    assert {name: after[name] for name in before if name.endswith(".zst")} == {
        name: data for name, data in before.items() if name.endswith(".zst")
    }
    assert all(after[name].startswith(data) for name, data in before.items())
