"""A large payload's entries go into the index while it is still read; what the tables say is the same."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from archiver.database import pouring
from archiver.database.load import Loader, Pending
from archiver.errors import ArchiverError, ParseFailed
from archiver.parsing import Portion, Read, reading
from archiver.parsing.portions import portions
from archiver.records import Payload, Snapshot
from tests.database.archive_maker import DAY, START, Ledger, Names, query, snapshot, source, tables
from tests.parsing.hostile import Hostile

PLACES = """
SELECT split_part(board, '/', 3) || min(time)::DATE, min(e.rowid)
FROM entries AS e JOIN snapshots USING (board, content_id)
GROUP BY board, content_id ORDER BY 2
"""
"""Each content's board and day, as they lie in the file."""


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Portions of four rows, and a batch of ten: what else takes ten thousand and sixty."""
    monkeypatch.setattr(sys.modules[Portion.__module__], "_TOGETHER", 4)
    monkeypatch.setattr(pouring, "ROW_GROUP", 10)


@pytest.fixture
def poured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The contents that went straight into an index in this test."""
    found: list[str] = []
    write = pouring.Pour.write

    def noted(self: pouring.Pour, connection: object) -> None:
        write(self, connection)  # type: ignore[arg-type]  # handed through
        found.extend(self.written)

    monkeypatch.setattr(pouring.Pour, "write", noted)
    return found


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "archive.duckdb"


@pytest.fixture
def ledger() -> Ledger:
    return Ledger({"one": source("one")})


def past(days: Sequence[int] = range(6), boards: Sequence[str] = ("alpha", "beta")) -> list[Snapshot]:
    """Boards with three models each, by board and publish date."""
    return [
        snapshot(f"one/main/{board}", f"{board}{day} gigachat-1 gpt-1", published_at=START + day * DAY)
        for board in boards
        for day in days
    ]


def rebuilt(ledger: Ledger, index: Path) -> dict[str, list[tuple[object, ...]]]:
    """The tables of an index that is made anew with another payload beside, so that nothing is poured."""
    other = index.with_name("other.duckdb")
    ledger.load(other, fresh=True)
    return tables(other)


def test_a_large_payload_is_poured_and_stands_in_order(
    index: Path, ledger: Ledger, poured: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.capture("one", "P", past(), START + 9 * DAY)
    ledger.load(index)
    assert len(poured) == len(set(poured)) == 12
    places = [str(name) for name, _ in query(index, PLACES)]
    assert places == sorted(places)
    assert query(index, "SELECT DISTINCT position - (rowid % 3) FROM entries") == [(1,)]
    with_pour = tables(index)
    monkeypatch.setattr("archiver.database.readings.Readings.expect", lambda _self, _payloads: None)
    poured.clear()
    assert rebuilt(ledger, index) == with_pour
    assert poured == []


def test_a_payload_of_one_portion_is_not(index: Path, ledger: Ledger, poured: list[str]) -> None:
    ledger.capture("one", "P", past([1], ["alpha"]), START + 9 * DAY)
    ledger.load(index)
    assert poured == []
    assert query(index, "SELECT count(*) FROM entries") == [(3,)]


def test_what_the_index_holds_is_not_written_twice(index: Path, ledger: Ledger, poured: list[str]) -> None:
    """Part of it is there from another payload; then the same payload is read anew by a newer parser."""
    ledger.capture("one", "A", past([1, 2], ["alpha"]), START + 9 * DAY)
    ledger.load(index)
    poured.clear()
    ledger.capture("one", "B", past([0, 1, 2, 3]), START + 10 * DAY)
    ledger.load(index)
    assert len(poured) == 6
    assert query(index, "SELECT count(*), count(DISTINCT content_id) FROM entries") == [(24, 8)]
    ledger.sources["one"] = source("one", version=2)
    new = ledger.captures[-1]
    ledger.payloads[str(new.sha256), new.url] = past([2, 3, 4])
    ledger.payloads[str(ledger.captures[0].sha256), new.url] = "no board any more"
    ledger.load(index)
    assert query(index, "SELECT count(*), count(DISTINCT content_id) FROM entries") == [(18, 6)]
    assert tables(index) == rebuilt(ledger, index)


def test_what_comes_out_of_order_waits_for_its_place(
    index: Path, ledger: Ledger, poured: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every second day of both boards, then the others."""
    said = past()
    ledger.capture("one", "P", said[::2] + said[1::2], START + 9 * DAY)
    ledger.load(index)
    whole = tables(index)
    assert len(whole["entries"]) == 36
    assert len(poured) == 6
    monkeypatch.setattr("archiver.database.readings.Readings.expect", lambda _self, _payloads: None)
    assert rebuilt(ledger, index) == whole


def test_undated_boards_wait(index: Path, ledger: Ledger, poured: list[str]) -> None:
    boards = [snapshot(f"one/main/{name}", "a b c") for name in ("alpha", "beta", "gamma")]
    ledger.capture("one", "P", boards, START)
    ledger.load(index)
    assert poured == []
    assert query(index, "SELECT count(*) FROM entries") == [(9,)]


def broken(error: Exception) -> Iterator[Read]:
    for one in past():
        yield one, ()
    raise error


def test_a_payload_that_breaks_off_leaves_nothing(index: Path, ledger: Ledger) -> None:
    """Whatever was poured is taken out, what was there stays; a newer parser reads all of it."""
    ledger.capture("one", "A", past([1, 2], ["alpha"]), START + 8 * DAY)
    ledger.load(index)
    before = query(index, "FROM entries ORDER BY ALL")
    bad = ledger.capture("one", "P", "cut off", START + 9 * DAY)
    with Loader(index) as loader:
        loader.add_lines(ledger.captures, [], ledger.heads(len(ledger.captures), 0))
        (waiting,) = loader.pending({"one": 1})
        with pytest.raises(ParseFailed, match="cut off"):
            loader.add_reading(waiting, 1, portions(broken(ParseFailed("cut off"))))
        loader.add_failure(waiting, 1, "cut off")
        loader.settle(ledger.sources, Names())
        assert loader.publish().rows == len(before)
    assert query(index, "FROM entries ORDER BY ALL") == before
    ledger.sources["one"] = source("one", version=2)
    ledger.payloads[str(bad.sha256), bad.url] = past()
    ledger.load(index)
    assert query(index, "SELECT count(*) FROM entries") == [(36,)]
    assert tables(index) == rebuilt(ledger, index)


def test_a_process_that_is_killed_in_the_middle_leaves_nothing(index: Path, ledger: Ledger) -> None:
    """Some ten thousand rows a portion, from the process that parses."""
    ledger.sources["hostile"] = Hostile.SOURCE
    ledger.capture("hostile", "killed", "gone", START)
    said = []
    with Loader(index) as loader, reading() as reader:
        loader.add_lines(ledger.captures, [], {})
        (waiting,) = loader.pending({"hostile": 1})
        with pytest.raises(ParseFailed, match="SIGKILL"):
            loader.add_reading(
                waiting, 1, heard(reader.one("hostile", Hostile(), Payload(b"past", "x.csv")), said)
            )
        loader.add_failure(waiting, 1, "killed")
        loader.settle(ledger.sources, Names())
        loader.publish()
    assert said == [10_000, 10_000, 10_000]
    assert query(index, "SELECT count(*) FROM entries") == [(0,)]
    assert query(index, "SELECT count(*) FROM contents") == [(0,)]


def heard(found: Iterator[Portion], said: list[int]) -> Iterator[Portion]:
    for portion in found:
        said.append(portion.rows.num_rows)
        yield portion


def test_a_disk_that_fails_ends_the_load(
    index: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the disk refuses is not the payload's fault, and the index stays as it was."""
    ledger.capture("one", "A", past([1], ["alpha"]), START)
    ledger.load(index)
    before = index.read_bytes()
    ledger.capture("one", "B", past(), START + DAY)

    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("archiver.database.rows.insert_arrow", full)
    with Loader(index) as loader:
        pending = Pending("one", "main", str(ledger.captures[1].sha256), ledger.captures[1].url)
        loader._readings.expect(1)
        with pytest.raises(ArchiverError, match="No space left"):
            loader.add_reading(pending, 1, portions((one, ()) for one in past()))
        with pytest.raises(ArchiverError, match="No space left"):
            loader.publish()
    assert index.read_bytes() == before
