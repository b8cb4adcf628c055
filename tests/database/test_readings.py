"""What the tables say of payloads that are read once, again, by another parser, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from archiver.database.load import Loader, Pending
from archiver.errors import ParseFailed
from archiver.parsing import Read
from archiver.parsing.portions import portions
from archiver.records import Entry
from tests.database.archive_maker import BAD, DAY, START, Ledger, Names, query, snapshot, source, states

BOARD = "one/main/overall"


def test_the_same_bytes_under_two_urls_are_two_readings(index: Path, ledger: Ledger) -> None:
    for name in ("plain", "length"):
        url = f"https://one.example/{name}.csv"
        ledger.capture("one", "same", [snapshot(f"one/main/{name}", "a b")], START, url=url)
    ledger.load(index)
    assert query(index, "SELECT board, sightings FROM snapshots ORDER BY 1") == [
        ("one/main/length", 1),
        ("one/main/plain", 1),
    ]


def test_failed_captures_are_kept_and_never_read(index: Path, ledger: Ledger) -> None:
    ledger.capture("one", "challenge", "must not be asked for", START, outcome="failed")
    ledger.load(index)
    assert query(index, "SELECT outcome, reason FROM captures") == [("failed", "timeout")]
    assert query(index, "SELECT count(*) FROM payloads") == [(0,)]


def test_a_payload_that_cannot_be_read_is_tried_again_by_the_next_version_alone(
    index: Path, ledger: Ledger
) -> None:
    ledger.capture("one", "A", "the column rank is gone", START)
    ledger.load(index)
    assert query(index, "SELECT error, boards FROM payloads") == [("the column rank is gone", 0)]
    with Loader(index) as loader:
        assert loader.pending({"one": 1}) == []
        (again,) = loader.pending({"one": 2})
        assert again.url == "https://one.example/main"
        assert loader.pending({"another": 2}) == []


def test_a_newer_parser_replaces_what_an_older_one_read(index: Path, ledger: Ledger) -> None:
    ledger.capture(
        "one", "A", [snapshot(BOARD, "wrong b", findings=[BAD]), snapshot("one/main/gone", "z")], START
    )
    ledger.capture("one", "B", [snapshot(BOARD, "wrong b"), snapshot("one/main/kept", "k")], START + DAY)
    ledger.load(index)
    ledger.sources["one"] = source("one", routes=("main", "page"), version=2)
    for (digest, url), says in list(ledger.payloads.items()):
        boards = [one.board for one in says if not isinstance(one, str)]
        right = [snapshot(BOARD, "right b")] + (
            [snapshot("one/main/kept", "k")] if "one/main/kept" in boards else []
        )
        ledger.payloads[digest, url] = right
    ledger.load(index)
    assert states(index) == [("right", 0, 1, 2), ("k", 1, 1, 1)]
    assert query(index, "SELECT DISTINCT model_listed FROM entries ORDER BY 1") == [
        ("b",),
        ("k",),
        ("right",),
    ]
    assert query(index, "SELECT model_listed FROM names ORDER BY 1") == [("b",), ("k",), ("right",)]
    assert query(index, "SELECT board FROM boards ORDER BY 1") == [("one/main/kept",), (BOARD,)]
    assert query(index, "SELECT count(*) FROM findings") == [(0,)]


def test_a_payload_may_be_read_again_at_any_time(index: Path, ledger: Ledger) -> None:
    a, b = snapshot(BOARD, "a x"), snapshot(BOARD, "b x")
    ledger.capture("one", "A", [a], START)
    ledger.load(index)
    ledger.capture("one", "B", [a], START + DAY)
    with Loader(index) as loader:
        loader.add_lines(ledger.captures, [], {})
        (second,) = loader.pending({"one": 1})
        first = second._replace(payload_sha256=str(ledger.captures[0].sha256))
        loader.add_reading(first, 1, portions([(b, ())]))
        assert loader.pending({"one": 1}) == [second]  # and what was read is written by now
        loader.add_reading(second, 1, portions([(b, ())]))
        loader.add_reading(second, 1, portions([(a, ())]))
        loader.settle(ledger.sources, Names())
        loader.publish()
    assert states(index) == [("b", 0, 0, 1), ("a", 1, 1, 1)]
    assert query(index, "SELECT model_listed FROM entries ORDER BY 1") == [("a",), ("b",), ("x",), ("x",)]
    with Loader(index) as loader:
        loader.add_failure(first, 1, "no longer readable")
        loader.settle(ledger.sources, Names())
        loader.publish()
    assert states(index) == [("a", 1, 1, 1)]


def test_what_a_newer_parser_cannot_read_is_no_longer_data(index: Path, ledger: Ledger) -> None:
    ledger.capture("one", "A", [snapshot(BOARD, "a b")], START)
    ledger.load(index)
    ledger.sources["one"] = source("one", version=2)
    ledger.payloads = dict.fromkeys(ledger.payloads, "refused by version 2")
    ledger.load(index)
    for table in ("snapshots", "entries", "names", "boards"):
        assert query(index, f"FROM {table}") == []
    assert query(index, "SELECT error FROM payloads") == [("refused by version 2",)]


def test_a_parser_that_fails_half_way_costs_that_payload_only(index: Path, ledger: Ledger) -> None:
    shared, lost = snapshot(BOARD, "a b"), snapshot("one/main/lost", "c")

    def broken() -> Iterator[Read]:
        yield shared, ()
        yield lost, ()
        raise ParseFailed("cut off")

    with Loader(index) as loader:
        good = ledger.capture("one", "good", [shared], START)
        bad = ledger.capture("one", "bad", "cut off", START + DAY)
        loader.add_lines(ledger.captures, [], {})
        waiting = {pending.payload_sha256: pending for pending in loader.pending({"one": 1})}
        with pytest.raises(ParseFailed, match="cut off"):
            loader.add_reading(waiting[str(bad.sha256)], 1, portions(broken()))
        loader.add_failure(waiting[str(bad.sha256)], 1, "cut off")
        loader.add_reading(waiting[str(good.sha256)], 1, portions([(shared, ())]))
        loader.settle(ledger.sources, Names())
        loader.publish()
    assert states(index) == [("a", 0, 0, 1)]
    assert query(index, "SELECT count(*) FROM entries") == [(2,)]
    assert query(index, "SELECT error FROM payloads WHERE error IS NOT NULL") == [("cut off",)]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (Entry(1, "a", rank=1.5), "rank|1.5|truncated"),
        (Entry(1, "a", rank=9007199254740991), "9007199254740991"),
        (Entry(1, "a", score="12"), "'12'"),
        (Entry(1, 7), "int"),
        (Entry(1, "half \ud800 a pair"), "surrogates"),
        (Entry(1, "a", extra={"cost": float("nan")}), "not JSON"),
        (Entry(1, "a", extra={"day": datetime(2026, 1, 1)}), "not JSON"),  # noqa: DTZ001  # any object will do
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_is_refused_and_named(
    index: Path, ledger: Ledger, entry: Entry, said: str
) -> None:
    sound, wrong = snapshot("one/main/sound", "a b"), replace(snapshot(BOARD, "a"), entries=[entry])
    with Loader(index) as loader, pytest.raises(ParseFailed, match=said):
        loader.add_reading(Pending("one", "main", "0" * 64, "u"), 1, portions([(sound, ()), (wrong, ())]))


@pytest.mark.parametrize(
    "boards", [["other/main/overall"], ["one/overall"], ["one/main/over/all"], [BOARD, BOARD]], ids=str
)
def test_a_board_that_could_not_be_told_from_others_is_refused(index: Path, boards: list[str]) -> None:
    with Loader(index) as loader, pytest.raises(ParseFailed, match=r"is no board of one|twice"):
        shown = portions((snapshot(board, "a"), ()) for board in boards)
        loader.add_reading(Pending("one", "main", "0" * 64, "u"), 1, shown)


def test_every_field_of_an_entry_comes_back(index: Path, ledger: Ledger) -> None:
    whole = Entry(
        1, "модель «Ω» 🙂", "Сбер", "32k thinking", 2, 1, 4, 1345.678901234, 1340, 1350.5, 2**40, "MIT",
        {"б": [1, None], "a": {"z": 1.5}}, True,
    )  # fmt: skip
    bare = Entry(2, "b")
    ledger.capture("one", "A", [replace(snapshot(BOARD, ""), entries=[whole, bare])], START)
    ledger.load(index)
    assert query(
        index,
        """
        SELECT position, model_listed, organization_listed, variant, rank, rank_low, rank_high, score,
            score_low, score_high, votes, license, extra, competitor
        FROM entries ORDER BY position
        """,
    ) == [
        (*whole[:12], '{"a":{"z":1.5},"б":[1,null]}', True),
        (2, "b", *[None] * 11, True),
    ]
