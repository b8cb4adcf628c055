"""Payloads at rest: small, bounded chains, readable by stock tools, no loss that spreads."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from archiver.errors import DamagedArchive
from archiver.records import Reply
from archiver.store import Store, objects
from tests.ending import ends

Open = Callable[..., Store]
Make = Callable[..., Reply]
Boards = Callable[[int], list[bytes]]


def digest(body: bytes) -> str:
    return sha256(body).hexdigest()


def base_of(body: bytes, depth: int = 0) -> objects.Base:
    return objects.Base(digest(body), depth, body)


def path_of(archive: Path, body: bytes) -> Path:
    return archive / "snapshots/arena/payloads" / digest(body)[:2] / f"{digest(body)}.zst"


def depths(archive: Path) -> list[int]:
    return sorted(objects.header(path.read_bytes()).depth for path in archive.rglob("*.zst"))


def test_versions_of_a_page_are_deltas_in_bounded_chains(
    opened: Open, reply: Make, boards: Boards, archive: Path
) -> None:
    bodies, store = boards(2 * objects.MAX_DEPTH + 10), opened()
    for day, body in enumerate(bodies):
        store.keep("arena", "page", reply(body, day))
    found = depths(archive)
    assert max(found) == objects.MAX_DEPTH
    assert found.count(0) == 3, "a whole payload begins each chain"
    stored = sum(path.stat().st_size for path in archive.rglob("*.zst"))
    assert stored < 0.15 * sum(map(len, bodies))
    fresh = opened()
    assert all(fresh.payload("arena", digest(body)) == body for body in reversed(bodies))


def test_large_payloads_get_short_chains() -> None:
    body = os.urandom(1 << 20) * 20
    assert objects.header(objects.pack(body[1:], base_of(body, 2))).depth == 3
    assert objects.header(objects.pack(body[1:], base_of(body, 4))).depth == 0


def test_a_delta_that_does_not_pay_is_not_made() -> None:
    chance = random.Random(1)  # noqa: S311  # the same bytes in every run
    one, other = chance.randbytes(5000), chance.randbytes(5000)
    packed = objects.pack(other, base_of(one))
    assert objects.header(packed) == objects.Header(0, None)
    assert len(packed) < len(other) + 50, "what is compressed already is hardly expanded"


def test_dated_addresses_of_one_route_share_a_chain(
    opened: Open, reply: Make, boards: Boards, archive: Path
) -> None:
    store = opened()
    for day, body in enumerate(boards(4)):
        store.keep("arena", "csv", reply(body, day, url=f"https://board.example/{day}.csv"))
    assert depths(archive) == [0, 1, 2, 3]


def test_what_comes_instead_of_a_board_is_stored_against_its_own_kind(
    opened: Open, reply: Make, boards: Boards, archive: Path
) -> None:
    store = opened()
    challenge = b"".join(b"<p>%d</p>" % number for number in range(999))
    store.keep("arena", "page", reply(boards(1)[0]))
    store.keep("arena", "page", reply(challenge, 1, reason="challenge"))
    store.keep("arena", "page", reply(challenge + b"ray 2", 2, reason="challenge"))
    data = path_of(archive, challenge + b"ray 2").read_bytes()
    assert objects.header(data).base == digest(challenge)


def test_stock_zstd_reads_whole_and_delta_objects(
    opened: Open, reply: Make, boards: Boards, archive: Path, tmp_path: Path
) -> None:
    zstd = shutil.which("zstd")
    if zstd is None:
        pytest.skip("the zstd command is not installed")
    one, two = boards(2)
    store = opened()
    store.keep("arena", "page", reply(one))
    store.keep("arena", "page", reply(two, 1))
    whole, delta = path_of(archive, one), path_of(archive, two)
    assert objects.header(delta.read_bytes()).base == digest(one)
    plain = subprocess.run([zstd, "-d", "-c", whole], capture_output=True, check=True).stdout
    assert plain == one
    base = tmp_path / "base"
    base.write_bytes(plain)
    command = [zstd, "-d", "-c", f"--patch-from={base}", delta]
    assert subprocess.run(command, capture_output=True, check=True).stdout == two


def test_a_lost_object_is_named_and_put_back_by_the_next_capture(
    opened: Open, reply: Make, boards: Boards, archive: Path
) -> None:
    one, two, three = boards(3)
    store = opened()
    for day, body in enumerate((one, two, three)):
        store.keep("arena", "page", reply(body, day))
    path_of(archive, two).unlink()
    broken = opened()
    with pytest.raises(DamagedArchive, match=f"{digest(two)}.zst is missing"):
        broken.payload("arena", digest(three))
    assert broken.payload("arena", digest(one)) == one
    broken.keep("arena", "page", reply(two, 4))
    assert objects.header(path_of(archive, two).read_bytes()).depth == 0, "never on what may rest on it"
    assert opened().payload("arena", digest(three)) == three
    assert list(opened().verify()) == []


@pytest.mark.parametrize("rotten", ["itself", "base"])
def test_a_payload_that_cannot_be_read_is_put_back_by_a_capture_of_the_same_bytes(
    rotten: str, opened: Open, reply: Make, boards: Boards, archive: Path
) -> None:
    base, body = boards(2)
    opened().keep("arena", "page", reply(base))
    url = opened().keep("arena", "page", reply(body, 1)).url
    path_of(archive, body if rotten == "itself" else base).write_bytes(b"rotten")
    store = opened()
    assert store.last("arena", url) is None, "no 304 may speak for bytes that cannot be read"
    assert store.keep("arena", "page", reply(None, 2, not_modified=True)).outcome == "failed"
    assert store.keep("arena", "page", reply(body, 3)).outcome == "unchanged"
    assert opened().payload("arena", digest(body)) == body
    assert objects.header(path_of(archive, body).read_bytes()).depth == 0
    assert len(list(opened().verify())) == (rotten == "base"), "what was not captured again stays damaged"


def test_a_new_payload_does_not_rest_on_a_damaged_one(
    opened: Open, reply: Make, boards: Boards, archive: Path
) -> None:
    one, two = boards(2)
    opened().keep("arena", "page", reply(one))
    path_of(archive, one).write_bytes(b"rotten")
    kept = opened().keep("arena", "page", reply(two, 1))
    assert opened().payload("arena", kept.sha256 or "") == two


def test_an_object_without_a_ledger_line_is_taken_over_or_written_anew(
    opened: Open, reply: Make, boards: Boards, archive: Path
) -> None:
    one, two = boards(2)
    for damaged in (False, True):
        opened().keep("arena", "page", reply(one))
        opened().keep("arena", "page", reply(two, 1))
        ledger = archive / "snapshots/arena/ledger-one.jsonl"
        ledger.write_bytes(ledger.read_bytes().splitlines(keepends=True)[0])
        if damaged:
            path_of(archive, two).write_bytes(path_of(archive, two).read_bytes()[:-1])
        assert opened().keep("arena", "page", reply(two, 1)).outcome == "stored"
        assert list(opened().verify()) == []
        assert opened().payload("arena", digest(two)) == two
        shutil.rmtree(archive)


def test_a_payload_of_two_megabytes_is_kept_soon(opened: Open, reply: Make) -> None:

    chance = random.Random(2)  # noqa: S311  # the same bytes in every run
    rows = [b'{"model":"model-%d","score":%.9f}' % (n, chance.gauss(1200, 90)) for n in range(55_000)]
    one = b",\n".join(rows)
    two = b",\n".join(chance.sample(rows, len(rows)))
    store = opened()
    store.keep("arena", "page", reply(one))
    assert len(two) > 2_000_000
    with ends():
        store.keep("arena", "page", reply(two, 1))


@pytest.mark.parametrize("cut", [0, 1, 13, 14, 40, 46, -1])
def test_a_cut_object_says_so(cut: int) -> None:
    body = b"".join(b"%d " % number for number in range(99))
    packed = objects.pack(body + b"!", base_of(body))
    assert objects.header(packed).base
    with pytest.raises(objects.BadObject):
        objects.unpack(packed[:cut], body)
    assert objects.unpack(packed, body) == body + b"!"


def test_a_format_of_the_future_is_said_to_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as newer:
        newer.setattr(objects, "VERSION", 2)
        packed = objects.pack(b"x", None)
    with pytest.raises(objects.BadObject, match="format version 2; this release reads 1: upgrade"):
        objects.check(packed)
    assert objects.newer(packed)
    assert not objects.newer(packed[:-1] + b"?")
