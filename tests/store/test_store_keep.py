"""What is kept comes back exactly, and each attempt is recorded as what it was."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.errors import DamagedArchive, UsageError
from archiver.records import Capture, Decision, Hop, Reply
from archiver.store import Head, Store, collector_id

Open = Callable[..., Store]
Make = Callable[..., Reply]
WHEN = datetime(2026, 7, 20, tzinfo=UTC)


def digest(body: bytes) -> str:
    return sha256(body).hexdigest()


def test_making_the_object_touches_nothing(opened: Open, archive: Path) -> None:
    store = opened()
    assert (list(store.lines()), store.heads(), store.sources(), list(store.verify())) == ([], {}, [], [])
    assert not archive.exists()


def test_a_capture_comes_back_with_every_field(opened: Open, reply: Make) -> None:
    sent = reply(
        b"board",
        started_at=WHEN,
        seconds=0.25,
        final_url="https://board.example/ü",
        hops=(Hop(301, "https://a.example", "/b"),),
        status=200,
        headers=(("ETag", '"x"'), ("Set-Cookie", "secret=1"), ("Vary", "a"), ("Vary", "b")),
        origin="Таблица.md",
        detail="as served",
    )
    kept = opened().keep("arena", "page", sent)
    assert list(opened("two").lines()) == [kept]
    assert (kept.outcome, kept.sha256, kept.size, kept.line) == ("stored", digest(b"board"), 5, 1)
    assert (kept.captured_at, kept.started_at, kept.seconds) == (sent.captured_at, WHEN, 0.25)
    assert (kept.hops, kept.status, kept.origin, kept.final_url) == (
        sent.hops, 200, "Таблица.md", "https://board.example/ü",
    )  # fmt: skip
    assert kept.headers == (("ETag", '"x"'), ("Vary", "a"), ("Vary", "b"))
    assert (kept.source, kept.route, kept.tool, kept.ledger) == (
        "arena", "page", "archiver test", "ledger-one.jsonl",
    )  # fmt: skip


def test_a_secret_cookie_is_nowhere_on_disk(opened: Open, reply: Make, archive: Path) -> None:
    opened().keep("arena", "page", reply(b"x", headers=(("set-COOKIE", "id=hunter2"),)))
    assert not any(b"hunter2" in path.read_bytes() for path in archive.rglob("*") if path.is_file())


def test_each_line_carries_the_digest_of_the_one_before(opened: Open, reply: Make, archive: Path) -> None:
    store = opened()
    kept = [store.keep("arena", "page", reply(b"%d" % day, day)) for day in range(4)]
    raw = (archive / "snapshots/arena/ledger-one.jsonl").read_bytes().splitlines()
    lines = [json.loads(line) for line in raw]
    assert [line["prev"] for line in lines] == ["0" * 64, *(digest(line) for line in raw[:-1])]
    assert [line["n"] for line in lines] == [1, 2, 3, 4]
    assert [capture.capture_id for capture in kept] == [digest(line) for line in raw]


def test_outcomes(opened: Open, reply: Make, archive: Path) -> None:
    store = opened()
    sequence = [b"A", b"A", b"B", b"A", b"A"]
    outcomes = [store.keep("arena", "page", reply(body, day)).outcome for day, body in enumerate(sequence)]
    assert outcomes == ["stored", "unchanged", "stored", "stored", "unchanged"]
    assert len(list(archive.rglob("*.zst"))) == 2
    other = store.keep("arena", "page", reply(b"A", 9, url="https://board.example/other"))
    assert other.outcome == "stored", "the first of its URL, though its bytes are held"
    assert len(list(archive.rglob("*.zst"))) == 2


def test_an_import_out_of_order_is_judged_by_its_own_time(opened: Open, reply: Make) -> None:
    store = opened()
    for day, body in ((0, b"A"), (10, b"B")):
        store.keep("arena", "page", reply(body, day))
    assert store.keep("arena", "page", reply(b"A", 5)).outcome == "unchanged"
    assert store.keep("arena", "page", reply(b"B", 5)).outcome == "stored"
    assert store.keep("arena", "page", reply(b"A", -5)).outcome == "stored", "nothing stood before it"
    again = opened()
    assert again.keep("arena", "page", reply(b"B", 10)).outcome == "unchanged", (
        "repeated imports stay the same"
    )
    last = again.last("arena", reply(b"").url)
    assert last is not None
    assert (last.sha256, last.captured_at) == (digest(b"B"), reply(b"", 10).captured_at)


def test_not_modified(opened: Open, reply: Make, archive: Path) -> None:
    store = opened()
    first = store.keep("arena", "page", reply(None, 0, not_modified=True, status=304))
    assert (first.outcome, first.reason, first.sha256) == ("failed", "http-status", None)
    assert "no payload of this URL" in first.detail
    body = store.keep("arena", "page", reply(b"board", 1, headers=(("ETag", "v1"),)))
    still = opened().keep("arena", "page", reply(None, 2, not_modified=True, status=304))
    assert (still.outcome, still.sha256, still.size) == ("unchanged", body.sha256, 5)
    assert store.last("arena", still.url) == still
    next(archive.rglob("*.zst")).unlink()
    assert store.last("arena", still.url) is None, "what is gone must be asked for as a whole"
    gone = store.keep("arena", "page", reply(None, 3, not_modified=True, status=304))
    assert gone.outcome == "failed"


def test_failures(opened: Open, reply: Make) -> None:
    store = opened()
    store.keep("arena", "page", reply(b"board"))
    bare = store.keep("arena", "page", reply(None, 1, reason="timeout", detail="after 30 s"))
    assert (bare.outcome, bare.reason, bare.detail, bare.sha256) == ("failed", "timeout", "after 30 s", None)
    evidence = store.keep("arena", "page", reply(b"Just a moment", 2, reason="challenge"))
    assert (evidence.outcome, store.payload("arena", evidence.sha256 or "")) == ("failed", b"Just a moment")
    empty = store.keep("arena", "page", reply(b"", 3))
    assert (empty.outcome, empty.reason, store.payload("arena", digest(b""))) == ("failed", "empty", b"")
    last = store.last("arena", bare.url)
    assert last is not None
    assert last.sha256 == digest(b"board"), "a failure never stands for the board"
    with pytest.raises(ValueError, match="needs a body"):
        store.keep("arena", "page", reply(None))
    assert store.keep("arena", "page", reply(b"board", 4)).outcome == "unchanged"


def test_decisions(opened: Open, reply: Make) -> None:
    store = opened()
    capture = store.keep("arena", "page", reply(b"board"))
    settled = store.decide(
        "arena", "rejected", "arena/text/overall", digest(b"board"), WHEN, "Строки потеряны"
    )
    undated = store.decide("arena", "released", "arena/text/overall", digest(b"board"), None, "seen by eye")
    assert list(opened().lines()) == [capture, settled, undated]
    assert isinstance(settled, Decision)
    assert (settled.because, settled.published_at, undated.published_at) == ("Строки потеряны", WHEN, None)
    assert list(store.verify()) == []


def test_lines_after_heads_are_what_was_appended_since(opened: Open, reply: Make) -> None:
    one, two = opened("one"), opened("two")
    one.keep("arena", "page", reply(b"1"))
    two.keep("aider", "raw", reply(b"2"))
    heads = one.heads()
    assert heads.keys() == {"aider/ledger-two.jsonl", "arena/ledger-one.jsonl"}
    assert list(one.lines(heads)) == []
    late = [one.keep("arena", "page", reply(b"3", 1)), two.keep("arena", "page", reply(b"4", 2))]
    assert list(two.lines(heads)) == late
    after = one.heads()
    assert after["arena/ledger-one.jsonl"] == Head(
        after["arena/ledger-one.jsonl"].bytes, 2, late[0].capture_id
    )
    assert [line.source for line in one.lines()] == ["aider", "arena", "arena", "arena"]


def test_an_index_that_read_another_past_is_refused(opened: Open, reply: Make, archive: Path) -> None:
    store = opened()
    for day in range(3):
        store.keep("arena", "page", reply(b"%d" % day, day))
    heads = store.heads()
    store.keep("arena", "page", reply(b"3", 3))
    key = "arena/ledger-one.jsonl"
    with pytest.raises(DamagedArchive, match=r"ledger-one\.jsonl: line 4"):
        list(store.lines({key: heads[key]._replace(sha256="f" * 64)}))
    with pytest.raises(DamagedArchive, match="shorter"):
        list(store.lines({key: heads[key]._replace(bytes=10**6)}))
    (archive / "snapshots" / key).unlink()
    with pytest.raises(DamagedArchive, match="is missing"):
        list(store.lines(heads))


def test_two_collectors_write_at_once(
    opened: Open, reply: Make, boards: Callable[[int], list[bytes]]
) -> None:
    bodies = boards(12)

    def run(name: str) -> None:
        store = opened(name)
        for day, body in enumerate(bodies):
            store.keep("arena", "page", reply(body, day))

    threads = [threading.Thread(target=run, args=(f"c{number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store = opened()
    assert list(store.verify()) == []
    assert len(list(store.lines())) == 36
    assert all(store.payload("arena", digest(body)) == body for body in bodies)


def test_one_store_is_shared_by_threads(opened: Open, reply: Make) -> None:
    store = opened()

    def run(number: int) -> None:
        for day in range(6):
            store.keep(f"source{number % 2}", "page", reply(b"%d %d" % (number, day), day, url=f"u{number}"))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(store.verify()) == []
    assert len(list(opened().lines())) == 24


def test_names_that_would_leave_the_folder_are_refused(opened: Open, reply: Make, archive: Path) -> None:
    for name in ("../x", "", "a/b", "Arena", ".hidden"):
        with pytest.raises(UsageError):
            opened().keep(name, "page", reply(b"x"))
    with pytest.raises(UsageError):
        opened("../x")
    assert not archive.exists()


def test_collector_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARCHIVER_COLLECTOR", raising=False)
    here, there = collector_id(tmp_path), collector_id(tmp_path / "other")
    assert here == collector_id(tmp_path / "other" / "..")
    assert here != there
    assert len(here) == 8
    monkeypatch.setenv("ARCHIVER_COLLECTOR", "office-1")
    assert collector_id(tmp_path) == "office-1"
    monkeypatch.setenv("ARCHIVER_COLLECTOR", "../x")
    with pytest.raises(UsageError, match="cannot name a collector"):
        collector_id(tmp_path)


edits = st.lists(st.tuples(st.integers(0, 4000), st.binary(max_size=40)), max_size=6)


@settings(max_examples=40, deadline=None)
@given(
    start=st.binary(max_size=4000), steps=st.lists(edits, max_size=8), noise=st.lists(st.binary(max_size=300))
)
def test_any_bytes_come_back(start: bytes, steps: list[list[tuple[int, bytes]]], noise: list[bytes]) -> None:
    bodies = [start]
    for step in steps:
        body = bodies[-1]
        for place, piece in step:
            body = body[:place] + piece + body[place + len(piece) :]
        bodies.append(body)
    with TemporaryDirectory() as folder:
        root = Path(folder) / "snapshots"
        store = Store(root, collector="c", tool="t", now=lambda: WHEN)
        for day, body in enumerate([*bodies, *noise]):
            reply = Reply(url="u", captured_at=WHEN + timedelta(days=day), body=body)
            kept = store.keep("arena", "page", reply)
            assert (kept.sha256, kept.size) == (digest(body), len(body))
        fresh = Store(root, collector="d", tool="t", now=lambda: WHEN)
        for line in fresh.lines():
            assert isinstance(line, Capture)
            assert digest(fresh.payload("arena", line.sha256 or "")) == line.sha256
        assert list(fresh.verify()) == []


@settings(max_examples=100, deadline=None)
@given(text=st.text(alphabet=st.characters(), max_size=60))
def test_any_text_survives_in_a_line(text: str) -> None:
    """Line ends, quotes, controls and lone surrogates (undecodable file names) among it."""
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "snapshots", collector="c", tool="t", now=lambda: WHEN)
        reply = Reply(url=text, captured_at=WHEN, body=b"x", detail=text, origin=text or None)
        kept = store.keep("arena", "page", reply)
        assert (kept.url, kept.detail, kept.origin) == (text, text, text or None)
        assert list(store.lines()) == [kept]
        assert list(store.verify()) == []
