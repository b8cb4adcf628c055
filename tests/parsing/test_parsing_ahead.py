"""Payloads read ahead say what they say in their turn, failures too; what was not fed is read as usual."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from archiver import Archive, ingest
from archiver.config import Config
from archiver.errors import ArchiverError, ParseFailed
from archiver.indexing import beginning
from archiver.parsing import Ahead, Ask, Portion, at_hand
from archiver.records import Payload, Reply, utc
from tests.parsing.hostile import Hostile

SAMPLE = Path(__file__).parents[1] / "samples" / "aider" / "polyglot_leaderboard.yml"
URL = "https://raw.githubusercontent.com/Aider-AI/aider/main/aider/website/_data/polyglot_leaderboard.yml"


def ask(word: str) -> Ask:
    return Ask("hostile", Hostile(), lambda: Payload(word.encode(), "x.csv"))


def models(portions: list[Portion]) -> list[str]:
    return [
        entry.model
        for portion in portions
        for snapshot, _ in portion.snapshots()
        for entry in snapshot.entries
    ]


def test_what_is_fed_is_read_in_any_order_and_given_once() -> None:
    with Ahead() as ahead:
        for word in ("one", "refuse", "crash", "two"):
            ahead.feed(word, ask(word), 10)
        ahead.feed("one", ask("something else"), 10)
        assert [ahead.has(word) for word in ("one", "two", "three")] == [True, True, False]
        assert models(list(ahead.portions("two"))) == ["two"]
        with pytest.raises(ParseFailed, match="not the board"):
            list(ahead.portions("refuse"))
        with pytest.raises(ParseFailed, match="SIGSEGV"):
            list(ahead.portions("crash"))
        assert models(list(ahead.portions("one"))) == ["one"]
        assert not ahead.has("one")
        ahead.feed("late", ask("late"), 10)
        assert not ahead.has("late")


def test_what_has_no_room_is_left_to_its_turn() -> None:
    with Ahead(room=25) as ahead:
        for word, size in (("a", 10), ("b", 20), ("c", 10)):
            ahead.feed(word, ask(word), size)
        assert [ahead.has(word) for word in "abc"] == [True, False, True]
        assert models(list(ahead.portions("c"))) == ["c"]


def test_nothing_is_started_for_nothing() -> None:
    with Ahead() as ahead:
        assert not ahead.has("x")
        assert ahead._thread is None


def test_what_nobody_asks_for_does_not_keep_anybody_waiting() -> None:
    with Ahead() as ahead:
        ahead.feed("one", ask("one"), 10)
    with pytest.raises(KeyboardInterrupt), Ahead() as ahead:
        ahead.feed("sleep", ask("sleep"), 10)
        ahead.feed("more", ask("more"), 10)
        started = time.monotonic()
        raise KeyboardInterrupt
    assert time.monotonic() - started < 20, "a payload that sleeps for a minute was waited for"


def test_where_no_process_can_be_started_whoever_asks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    at_hand.close_all()

    def refused(*_words: object, **_more: object) -> None:
        raise OSError("Resource temporarily unavailable")

    with Ahead() as ahead:
        monkeypatch.setattr(subprocess, "Popen", refused)
        ahead.feed("one", ask("one"), 10)
        with pytest.raises(ArchiverError, match="No process can be started"):
            ahead.portions("one")


def test_an_index_is_the_same_with_and_without(tmp_path: Path) -> None:
    """Two payloads out of four are read ahead; one of each kind cannot be read."""
    archive = Archive(tmp_path, configuration=Config())
    bodies = [SAMPLE.read_bytes(), b"- no: board\n", SAMPLE.read_bytes() + b"# later\n", b"- nor: this\n"]
    with beginning(archive.index, lambda: archive.registry, archive.catalog) as begun:
        for day, body in enumerate(bodies, start=1):
            file = tmp_path / f"{day}.yml"
            file.write_bytes(body)
            recording = ingest.Recording("aider", file, file.name, URL, utc(f"2025-01-0{day}"))
            [taken] = ingest.take(archive.store, [recording], archive.catalog)
            assert taken.capture is not None
            if day < 3:
                begun.feed(
                    "aider",
                    taken.capture.route,
                    Reply(url=URL, captured_at=taken.capture.captured_at, body=body),
                )
        archive._bring_up(begun=begun)
    found = [archive.sql(f"FROM {table} ORDER BY ALL").fetchall() for table in ("rankings", "payloads")]
    archive.rebuild()
    assert [
        archive.sql(f"FROM {table} ORDER BY ALL").fetchall() for table in ("rankings", "payloads")
    ] == found
    assert len(found[1]) == 4
    assert sum(row[5] is not None for row in found[1]) == 2
    archive.close()
