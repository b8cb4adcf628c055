"""`verify` finds and names whatever is not as it was written, and nothing else."""

from __future__ import annotations

import random
import shutil
import tracemalloc
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from archiver.errors import DamagedArchive
from archiver.records import Reply
from archiver.store import Damage, Store, Totals, ledger, objects

Open = Callable[..., Store]
Make = Callable[..., Reply]
Boards = Callable[[int], list[bytes]]
LEDGER = "arena/ledger-one.jsonl"


def digest(body: bytes) -> str:
    return sha256(body).hexdigest()


def name_of(body: bytes) -> str:
    return f"arena/payloads/{digest(body)[:2]}/{digest(body)}.zst"


def damage(store: Store) -> list[Damage]:
    return [found for found in store.verify() if not found.note]


@pytest.fixture
def bodies(opened: Open, reply: Make, boards: Boards) -> list[bytes]:
    """Seven versions of a board in one chain, a failure, and a second source."""
    versions = boards(7)
    store = opened()
    for day, body in enumerate(versions):
        store.keep("arena", "page", reply(body, day))
    store.keep("arena", "page", reply(None, 8, reason="timeout"))
    store.keep("aider", "raw", reply(b"yaml"))
    return versions


def files(archive: Path) -> list[Path]:
    return sorted(path for path in archive.rglob("*") if path.is_file())


def test_a_sound_archive_has_totals_and_no_damage(opened: Open, bodies: list[bytes]) -> None:
    totals, ticks = Totals(), []
    assert list(opened().verify(totals, tick=lambda so_far: ticks.append(so_far.objects))) == []
    assert (totals.sources, totals.ledgers, totals.lines, totals.objects) == (2, 2, 9, 8)
    assert totals.payload_bytes == sum(map(len, bodies)) + 4
    assert ticks == list(range(1, 9))


def test_every_flipped_bit_of_a_small_archive_is_found(opened: Open, reply: Make, archive: Path) -> None:
    """Every bit of a whole object, a delta and a ledger's end, every fifth of the rest of the ledger."""
    body = b"".join(b"%d," % number for number in range(60))
    opened().keep("arena", "page", reply(body))
    opened().keep("arena", "page", reply(body + b"!", 1))
    assert [objects.header(path.read_bytes()).depth for path in sorted(archive.rglob("*.zst"))].count(1) == 1
    for path in files(archive):
        sound = path.read_bytes()
        name = path.relative_to(archive / "snapshots").as_posix()
        bits, step = 8 * len(sound), 5 if path.suffix == ".jsonl" else 1
        for bit in {*range(0, bits, step), *range(bits - 200, bits)}:
            flipped = bytearray(sound)
            flipped[bit // 8] ^= 1 << bit % 8
            path.write_bytes(flipped)
            assert [found.file for found in damage(opened())] == [name], f"bit {bit} of {name}"
        path.write_bytes(sound)
    assert damage(opened()) == []


def test_random_harm_to_objects_is_named(opened: Open, bodies: list[bytes], archive: Path) -> None:
    chance = random.Random(7)  # noqa: S311  # the same harm in every run
    for path in archive.rglob("*.zst"):
        sound = path.read_bytes()
        cut = chance.randrange(len(sound))
        for harm in (b"", sound[:cut], sound + b"\0", sound[:cut] + b"x" + sound[cut:], sound[::-1]):
            path.write_bytes(harm)
            assert path.relative_to(archive / "snapshots").as_posix() in {
                found.file for found in damage(opened())
            }
        path.unlink()
        assert path.relative_to(archive / "snapshots").as_posix() in {
            found.file for found in damage(opened())
        }
        path.write_bytes(sound)
    assert damage(opened()) == []


def test_damage_says_what_depends_on_it(opened: Open, bodies: list[bytes], archive: Path) -> None:
    path = archive / "snapshots" / name_of(bodies[4])
    sound = path.read_bytes()
    for harm in (None, sound[:-1]):
        if harm is None:
            path.unlink()
        else:
            path.write_bytes(harm)
        (found,) = damage(opened())
        assert found.file == name_of(bodies[4])
        assert set(found.depends) == {digest(body) for body in bodies[4:]}
        assert found.captures == 3
        assert "3 payloads of 3 captures cannot be read" in str(found)
        store = opened()
        assert all(store.payload("arena", digest(body)) == body for body in bodies[:4])


def test_two_harms_in_one_chain_are_both_named(opened: Open, bodies: list[bytes], archive: Path) -> None:
    first, second = (archive / "snapshots" / name_of(bodies[index]) for index in (2, 5))
    second.write_bytes(second.read_bytes()[:-1] + b"?")
    first.unlink()
    assert {found.file for found in damage(opened())} == {name_of(bodies[2]), name_of(bodies[5])}


def test_exchanged_objects_are_both_named(opened: Open, bodies: list[bytes], archive: Path) -> None:
    one, two = (archive / "snapshots" / name_of(bodies[index]) for index in (0, 1))
    data = one.read_bytes(), two.read_bytes()
    one.write_bytes(data[1])
    two.write_bytes(data[0])
    assert name_of(bodies[1]) in {found.file for found in damage(opened())}
    assert any(digest(bodies[0]) in found.depends for found in damage(opened()))


def test_harm_to_a_ledger_is_named_by_line(opened: Open, bodies: list[bytes], archive: Path) -> None:
    path = archive / "snapshots" / LEDGER
    lines = path.read_bytes().splitlines(keepends=True)
    forged = lines[3].replace(b'"page"', b'"fake"')
    spare = ledger.decode(lines[3].rstrip())
    del spare["v"], spare["n"], spare["prev"], spare["crc"]
    head = ledger.Head(0, 3, digest(lines[2].rstrip()))
    rewritten = ledger.encode({**spare, "route": "fake"}, head) + b"\n"
    for changed, named in (
        (lines[:3] + lines[4:], 4),
        (lines[1:], 1),
        ([*lines[:2], lines[3], lines[2], *lines[4:]], 3),
        ([*lines[:3], lines[3], *lines[3:]], 5),
        ([*lines[:3], b"{}\n", *lines[3:]], 4),
        ([*lines[:3], b"\n", *lines[3:]], 4),
        ([*lines[:3], forged, *lines[4:]], 4),
        ([*lines[:3], rewritten, *lines[4:]], 5),
    ):
        path.write_bytes(b"".join(changed))
        found = damage(opened())
        assert {item.file for item in found if item.kind == "ledger"} == {LEDGER}
        assert found[0].what.startswith(f"line {named}: ")
        with pytest.raises(DamagedArchive, match=rf"ledger-one\.jsonl: line {named}"):
            list(opened().lines())


def test_one_harm_is_told_once(opened: Open, bodies: list[bytes], archive: Path) -> None:
    path = archive / "snapshots" / LEDGER
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:3], lines[3].replace(b'"page"', b'"fake"'), *lines[4:]]))
    assert [found.what for found in damage(opened())] == ["line 4: its checksum does not fit its bytes"]


def test_the_damage_of_one_source_does_not_hide_the_others(
    opened: Open, bodies: list[bytes], archive: Path
) -> None:
    path = archive / "snapshots/aider/ledger-one.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"raw"', b'"row"'))
    told = []
    lines = list(opened().lines(on_damage=lambda key, error: told.append((key, str(error)))))
    assert len(lines) == 8
    assert [key for key, _ in told] == ["aider/ledger-one.jsonl"]
    assert "line 1" in told[0][1]
    assert "archiver verify" in told[0][1]


def test_a_damaged_ledger_does_not_stop_captures(
    opened: Open, reply: Make, bodies: list[bytes], archive: Path
) -> None:
    path = archive / "snapshots" / LEDGER
    path.write_bytes(path.read_bytes().replace(b'"reason":"timeout"', b'"reason":"timeouT"'))
    kept = opened().keep("arena", "page", reply(b"later", 20))
    assert kept.line == 9
    assert [found.what for found in damage(opened())] == ["line 8: its checksum does not fit its bytes"]
    assert opened().payload("arena", kept.sha256 or "") == b"later"


def test_a_torn_end_is_a_note_and_is_cut_off(
    opened: Open, reply: Make, bodies: list[bytes], archive: Path
) -> None:
    path = archive / "snapshots" / LEDGER
    sound = path.read_bytes()
    last = sound.splitlines()[-1]
    for length in (1, 40, len(last) - 1):
        path.write_bytes(sound + last[:length])
        (note,) = [found for found in opened().verify() if found.kind == "ledger"]
        assert (note.note, note.file) == (True, LEDGER)
        assert "never acknowledged" in note.what
        assert len(list(opened().lines())) == 9
        assert opened().heads()[LEDGER].bytes == len(sound)
        kept = opened().keep("arena", "page", reply(b"next", 20))
        assert kept.line == 9
        assert list(opened().verify()) == []


def test_a_record_that_only_lost_its_newline_is_not_cut_off(
    opened: Open, reply: Make, bodies: list[bytes], archive: Path
) -> None:
    path = archive / "snapshots" / LEDGER
    path.write_bytes(path.read_bytes()[:-1])
    before = [found.note for found in opened().verify()]
    assert before == [True]
    assert opened().keep("arena", "page", reply(b"next", 20)).line == 9
    assert list(opened().verify()) == []
    assert len(list(opened().lines())) == 10


def test_a_record_whose_newline_is_damaged_is_not_cut_off(
    opened: Open, reply: Make, bodies: list[bytes], archive: Path
) -> None:
    path = archive / "snapshots" / LEDGER
    sound = path.read_bytes()
    path.write_bytes(sound[:-1] + b"\x1a")
    assert ["newline" in found.what for found in damage(opened())] == [True]
    opened().keep("arena", "page", reply(b"next", 20))
    assert path.read_bytes().startswith(sound[:-1])
    assert [found.what.split(":")[0] for found in damage(opened())] == ["line 8"]


def test_lines_cut_off_cleanly_show_against_an_earlier_head(
    opened: Open, reply: Make, bodies: list[bytes], archive: Path
) -> None:
    heads = opened().heads()
    opened().keep("arena", "page", reply(b"more", 30))
    assert list(opened().verify(against=heads)) == [], "an older head is a prefix of today's"
    heads = opened().heads()
    path = archive / "snapshots" / LEDGER
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    assert [found.note for found in opened().verify()] == [True], "only a payload that no line speaks for"
    found = [item for item in opened().verify(against=heads) if not item.note]
    assert [item.file for item in found] == [LEDGER]
    assert "9 lines" in found[0].what
    shutil.rmtree(archive / "snapshots/aider")
    found = [item for item in opened().verify(against=heads) if not item.note]
    assert [item.file for item in found] == [LEDGER, "aider/ledger-one.jsonl"]


def test_foreign_and_unfinished_files_are_notes(opened: Open, bodies: list[bytes], archive: Path) -> None:
    payloads = archive / "snapshots/arena/payloads"
    (payloads / ".tmp-two.1.0123456789abcdef").write_bytes(b"half")
    (payloads / "README").write_text("mine")
    (payloads / "zz").mkdir()
    (payloads / "zz" / f"{'0' * 64}.zst").write_bytes(b"")
    (archive / "snapshots/NOTICE").write_text("attribution")
    found = list(opened().verify())
    assert [item.note for item in found] == [True] * 3
    assert sum("unfinished write" in item.what for item in found) == 1


def test_archives_merge_by_putting_files_together(
    opened: Open, reply: Make, boards: Boards, archive: Path, tmp_path: Path
) -> None:
    bodies = boards(6)
    for collector, days in (("one", (0, 1, 2, 3)), ("two", (3, 2, 4, 5))):
        for day in days:
            opened(collector).keep("arena", "page", reply(bodies[day], day))
        archive.rename(tmp_path / collector)
    shutil.copytree(tmp_path / "one", archive)
    shutil.copytree(tmp_path / "two", archive, dirs_exist_ok=True)
    assert list(opened().verify()) == []
    assert len(list(opened().lines())) == 8
    store = opened()
    assert all(store.payload("arena", digest(body)) == body for body in bodies)


def test_a_circle_of_bases_is_named(opened: Open, bodies: list[bytes], archive: Path) -> None:
    """What a merge that takes some objects of each side could make."""
    one, two = bodies[:2]
    for body, base in ((one, two), (two, one)):
        packed = objects.pack(body, objects.Base(digest(base), 0, base))
        (archive / "snapshots" / name_of(body)).write_bytes(packed)
    found = damage(opened())
    assert {item.file for item in found} == {name_of(one), name_of(two)}
    assert all("circle" in item.what and len(item.depends) == 7 for item in found)
    with pytest.raises(DamagedArchive, match="circle"):
        opened().payload("arena", digest(one))


def test_verify_changes_nothing(opened: Open, bodies: list[bytes], archive: Path) -> None:
    (archive / "snapshots" / name_of(bodies[3])).write_bytes(b"x")
    before = [(path, path.read_bytes(), path.stat().st_mtime_ns) for path in files(archive)]
    list(opened().verify())
    assert [(path, path.read_bytes(), path.stat().st_mtime_ns) for path in files(archive)] == before


def test_lines_of_another_release_are_refused(opened: Open, bodies: list[bytes], archive: Path) -> None:
    path = archive / "snapshots" / LEDGER
    head = ledger.head(path)
    line = ledger.encode({"at": "2026-07-20T00:00:00Z", "kind": "wish", "source": "arena"}, head)
    with path.open("ab") as file:
        file.write(line + b"\n")
    with pytest.raises(DamagedArchive, match="kind 'wish', which this release does not know"):
        list(opened().lines())
    assert [found.what for found in damage(opened())] == [
        "line 9: it is of kind 'wish', which this release does not know"
    ]


def test_every_object_is_read_once_and_few_payloads_are_held(
    opened: Open, reply: Make, archive: Path
) -> None:
    """A tree: several that rest on one, and a chain below each. An archive outgrows any memory."""
    root = b"".join(b"line %d\n" % number for number in range(30_000))
    store = opened()
    store.keep("arena", "page", reply(root))
    for branch in range(3):
        for twig in range(8):
            body = root + b"%d" % branch * (twig + 1)
            store.keep("arena", "page", reply(body, 10 * branch + twig, url=f"u{branch}"))
    totals = Totals()
    tracemalloc.start()
    try:
        assert list(opened().verify(totals)) == []
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert totals.objects == 25
    assert peak < 5 * len(root), "of 25 payloads"
