"""What the tables say after loads: snapshots, statuses, preferences, boards and names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archiver.database import connect, heads, heads_in
from archiver.database.load import Loader, Pending
from archiver.errors import ParseFailed
from archiver.parsing import Read, portions
from archiver.records import Entry, utc
from tests.database.archive_maker import BAD, DAY, START, Ledger, Names, query, snapshot, source, tables

BOARD = "one/main/overall"
WEEK = 7 * DAY


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "archive.duckdb"


@pytest.fixture
def ledger() -> Ledger:
    return Ledger({"one": source("one", routes=("main", "page"))})


def states(index: Path) -> list[tuple[object, ...]]:
    """First model, first and last seen as days since the start, sightings: of each snapshot in order."""
    return query(
        index,
        """
        SELECT e.model_listed, date_diff('day', DATE '2026-01-01', first_seen),
            date_diff('day', DATE '2026-01-01', last_seen), sightings
        FROM snapshots AS s JOIN entries AS e USING (content_id) WHERE e.position = 1 ORDER BY first_seen
        """,
    )


def statuses(index: Path) -> list[tuple[object, ...]]:
    return query(
        index, "SELECT route, complete, status, preferred FROM snapshots ORDER BY time, route, complete"
    )


# ---- snapshots ---------------------------------------------------------------------------------------------


def test_a_state_seen_again_is_one_snapshot_and_a_state_that_comes_back_another(
    index: Path, ledger: Ledger
) -> None:
    a, b = [snapshot(BOARD, "a x")], [snapshot(BOARD, "b x")]
    for day, (payload, says) in enumerate([("A", a), ("A", a), ("B", b), ("A", a), ("A", a), ("A", a)]):
        ledger.capture(
            "one", payload, says, START + day * DAY, outcome="stored" if day in (0, 2) else "unchanged"
        )
    ledger.load(index)
    assert states(index) == [("a", 0, 1, 2), ("b", 2, 2, 1), ("a", 3, 5, 3)]
    ids = query(index, "SELECT DISTINCT snapshot_id FROM snapshots")
    assert len(ids) == 3
    assert query(index, "SELECT count(*), count(DISTINCT content_id) FROM entries") == [(4, 2)]


def test_a_backfilled_capture_splits_what_was_one_snapshot(index: Path, ledger: Ledger) -> None:
    ledger.capture("one", "A", [snapshot(BOARD, "a")], START)
    ledger.capture("one", "A", [snapshot(BOARD, "a")], START + 4 * DAY, outcome="unchanged")
    ledger.load(index)
    assert states(index) == [("a", 0, 4, 2)]
    first = query(index, "SELECT snapshot_id FROM snapshots")
    ledger.capture("one", "B", [snapshot(BOARD, "b")], START + 2 * DAY)
    ledger.load(index)
    assert states(index) == [("a", 0, 0, 1), ("b", 2, 2, 1), ("a", 4, 4, 1)]
    assert query(index, "SELECT snapshot_id FROM snapshots ORDER BY first_seen LIMIT 1") == first


def test_time_is_what_the_publisher_says_else_when_it_was_first_seen(index: Path, ledger: Ledger) -> None:
    said = utc("2025-12-24")
    ledger.capture(
        "one", "A", [snapshot(BOARD, "a"), snapshot("one/main/other", "b", published_at=said)], START
    )
    ledger.load(index)
    naive = [(START.replace(tzinfo=None),), (said.replace(tzinfo=None),)]
    assert query(index, "SELECT time FROM snapshots ORDER BY board DESC") == naive


def test_snapshots_of_one_publish_date_are_all_kept(index: Path, ledger: Ledger) -> None:
    said = utc("2025-12-24")
    for day, models in enumerate(["a b", "b a"]):
        ledger.capture("one", models, [snapshot(BOARD, models, published_at=said)], START + day * DAY)
    ledger.load(index)
    assert states(index) == [("a", 0, 0, 1), ("b", 1, 1, 1)]


def test_of_counts_competitors_of_the_whole_board_or_is_what_the_publisher_declares(
    index: Path, ledger: Ledger
) -> None:
    whole = snapshot("one/main/whole", "a b c")
    whole = replace(whole, entries=[*whole.entries, Entry(4, "Human", competitor=False)])
    top = snapshot("one/main/top", "a b", complete=False, total=300)
    unsaid = snapshot("one/main/unsaid", "a b", complete=False)
    ledger.capture("one", "A", [whole, top, unsaid], START)
    ledger.load(index)
    assert query(index, 'SELECT rows, "of" FROM snapshots ORDER BY board') == [(2, 300), (2, None), (4, 3)]


def test_an_excerpt_captured_beside_the_whole_board_does_not_end_it(index: Path, ledger: Ledger) -> None:
    for day in range(3):
        ledger.capture("one", "W", [snapshot(BOARD, "a b c")], START + day * DAY)
        top = [snapshot(BOARD, "a b", complete=False, total=3)]
        ledger.capture("one", "E", top, START + day * DAY + timedelta(hours=1), url="https://one.example/top")
    ledger.load(index)
    assert query(index, "SELECT complete, sightings FROM snapshots ORDER BY 1") == [(False, 3), (True, 3)]
    assert query(index, "SELECT count(*) FROM latest") == [(3,)]


# ---- readings ----------------------------------------------------------------------------------------------


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


# ---- statuses ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("decided_first", [True, False])
@pytest.mark.parametrize(
    ("findings", "verdicts", "status"),
    [
        ([BAD], [], "held"),
        ([BAD], ["released"], "released"),
        ([BAD], ["rejected"], "rejected"),
        ([BAD], ["released", "rejected"], "rejected"),
        ([BAD], ["rejected", "released"], "released"),
        ([], [], "accepted"),
        ([], ["released"], "accepted"),
        ([], ["rejected"], "rejected"),
        ([replace(BAD, severity="warning")], [], "accepted"),
    ],
)
def test_errors_hold_and_operators_settle(
    index: Path, ledger: Ledger, findings: list[object], verdicts: list[str], status: str, decided_first: bool
) -> None:
    said = utc("2025-12-24")
    says = [replace(snapshot(BOARD, "a b", published_at=said), findings=findings)]
    for day, payload in enumerate(["first", "later"]):  # the same content in two payloads
        ledger.capture("one", payload, says, START + day * DAY)
    for day, verdict in enumerate(verdicts):
        ledger.decide("one", verdict, BOARD, "later", START + day * DAY, said)
        ledger.decide(
            "one", "rejected", BOARD, "later", START + 9 * DAY, said + DAY
        )  # of another publish date
    if not decided_first:
        ledger.load(index, decisions=[])
    ledger.load(index)
    assert statuses(index) == [("main", True, status, status in ("accepted", "released"))]


def test_a_held_snapshot_is_kept_and_out_of_the_answers(index: Path, ledger: Ledger) -> None:
    ledger.capture("one", "A", [snapshot(BOARD, "a b", findings=[BAD])], START)
    ledger.load(index)
    assert query(index, "SELECT count(*) FROM entries") == [(2,)]
    assert query(index, "SELECT count(*) FROM rankings") == [(0,)]
    assert query(index, "SELECT code, sentence, figures FROM findings") == [
        ("row-count", "Too few rows.", '{"rows":1}')
    ]


# ---- preferences -------------------------------------------------------------------------------------------


def routes(ledger: Ledger, *when: tuple[str, float], published: bool = False) -> None:
    """Captures of routes at days, each showing another state."""
    for number, (route, day) in enumerate(when):
        at = START + timedelta(days=day)
        says = [snapshot(BOARD, f"{route}-{number} b", published_at=at if published else None)]
        ledger.capture("one", f"{route}{number}", says, at, route=route)


def preferred(index: Path) -> list[object]:
    """The first model of each preferred snapshot, in order."""
    found = query(
        index,
        """
        SELECT model_listed FROM snapshots JOIN entries USING (content_id)
        WHERE preferred AND position = 1 ORDER BY time
        """,
    )
    return [model for (model,) in found]


def test_another_route_is_taken_only_for_times_that_the_better_lacks(index: Path, ledger: Ledger) -> None:
    routes(
        ledger, ("page", 0), ("main", 1), ("page", 2), ("page", 8), ("page", 8.1), ("main", 30), ("page", 29)
    )
    ledger.load(index)
    assert preferred(index) == ["page-0", "main-1", "page-4", "page-6", "main-5"]


def test_a_route_covers_for_two_cadences_where_they_are_longer_than_a_week(
    index: Path, ledger: Ledger
) -> None:
    routes(ledger, ("main", 0), ("page", 19.9), ("page", 20.1))
    ledger.sources["one"] = source("one", routes=("main", "page"), days=10)
    ledger.load(index)
    assert preferred(index) == ["main-0", "page-2"]
    ledger.sources["one"] = source("one", routes=("main", "page"), days=1)
    ledger.load(index)
    assert preferred(index) == ["main-0", "page-1", "page-2"]
    ledger.sources["one"] = source("one", routes=("page", "main"), days=1)
    ledger.load(index)
    assert preferred(index) == ["main-0", "page-1", "page-2"]


def test_a_long_sighting_covers_although_a_later_snapshot_was_short(index: Path, ledger: Ledger) -> None:
    for day in (0, 40):
        ledger.capture("one", "A", [snapshot(BOARD, "a", published_at=START)], START + day * DAY)
    ledger.capture("one", "B", [snapshot(BOARD, "b", published_at=START + DAY)], START + DAY)
    routes(ledger, ("page", 30), ("page", 48))
    ledger.load(index)
    assert preferred(index) == ["a", "b", "page-1"]


def test_what_is_held_covers_nothing(index: Path, ledger: Ledger) -> None:
    ledger.capture("one", "A", [snapshot(BOARD, "a", findings=[BAD])], START)
    routes(ledger, ("page", 1))
    ledger.load(index)
    assert preferred(index) == ["page-0"]
    ledger.decide("one", "released", BOARD, "A", START + DAY)
    ledger.load(index)
    assert preferred(index) == ["a"]


def test_a_route_that_the_source_does_not_name_comes_last(index: Path, ledger: Ledger) -> None:
    routes(ledger, ("attic", 1), ("page", 0.5), ("attic", 40))
    ledger.load(index)
    assert preferred(index) == ["page-1", "attic-2"]


# ---- what follows ------------------------------------------------------------------------------------------


def test_boards_have_the_facts_of_their_source_and_the_metric_of_their_latest_snapshot(
    index: Path, ledger: Ledger
) -> None:
    names = [f"one/main/{number}" for number in range(8)]
    odd = snapshot("one/odd/overall", "a")
    ledger.capture("one", "A", [odd, *(snapshot(board, "a") for board in names)], START)
    ledger.load(index)
    new = [replace(snapshot(board, "b"), metric="Arena score") for board in names]
    ledger.capture("one", "B", new, START + DAY)
    ledger.load(index)
    assert query(index, "SELECT * EXCLUDE (board_id) FROM boards ORDER BY board") == [
        *((board, "one", "main", board[-1], "One, main", "Arena score", True) for board in names),
        ("one/odd/overall", "one", "odd", "overall", "one/odd/overall", "score", True),
    ]
    numbers = "SELECT count(*) FROM entries AS e JOIN boards AS b USING (board) WHERE b.board_id = e.board_id"
    assert query(index, numbers) == query(index, "SELECT count(*) FROM entries")


def test_names_held_already_are_resolved_again_only_where_the_registry_changed(
    index: Path, ledger: Ledger
) -> None:
    ledger.capture("one", "A", [snapshot(BOARD, "gpt-1 alisa-2")], START)
    ledger.load(index)
    ledger.capture("one", "B", [snapshot(BOARD, "gpt-1 gigachat-3")], START + DAY)
    same = Names()
    ledger.load(index, names=same)
    assert same.asked == ["gigachat-3"]
    grown = Names({"gpt": ("OpenAI", "US"), "alisa": ("Yandex", "RU")})
    ledger.load(index, names=grown)
    assert query(index, "SELECT model_listed, organization, country FROM names ORDER BY 1") == [
        ("alisa-2", "Yandex", "RU"),
        ("gigachat-3", None, None),
        ("gpt-1", "OpenAI", "US"),
    ]
    assert query(index, "SELECT organization FROM organizations ORDER BY 1") == [("OpenAI",), ("Yandex",)]
    assert query(index, "SELECT name FROM aliases WHERE kind = 'model' ORDER BY 1") == [
        ("alisa-2",),
        ("gpt-1",),
    ]
    assert query(index, "SELECT model FROM models ORDER BY 1") == [("ALISA-2",), ("GPT-1",)]


def test_entries_stand_sorted_after_a_rebuild_and_in_sorted_blocks_after_increments(
    index: Path, ledger: Ledger
) -> None:
    for day in (3, 1, 2):
        boards = [snapshot(f"one/main/{name}", f"a{day} b c") for name in ("zeta", "alpha")]
        ledger.capture("one", f"P{day}", boards, START + day * DAY)
        ledger.load(index)
    ordered = """
        SELECT string_agg(split_part(board, '/', 3) || first, ' ' ORDER BY row)
        FROM (
            SELECT board, min(rowid) AS row, arg_min(model_listed, rowid) AS first
            FROM entries GROUP BY board, content_id
        )
    """
    assert query(index, ordered) == [("alphaa3 zetaa3 alphaa1 zetaa1 alphaa2 zetaa2",)]
    ledger.load(index, fresh=True)
    assert query(index, ordered) == [("alphaa1 alphaa2 alphaa3 zetaa1 zetaa2 zetaa3",)]
    assert query(index, "SELECT DISTINCT position - (rowid % 3) FROM entries") == [(1,)]


def test_loading_the_same_lines_again_changes_nothing(index: Path, ledger: Ledger) -> None:
    ledger.capture("one", "A", [snapshot(BOARD, "a b", findings=[BAD])], START)
    ledger.decide("one", "released", BOARD, "A", START)
    ledger.load(index)
    before = tables(index)
    ledger.load(index)
    assert tables(index) == before


def test_heads_are_what_was_read_of_each_ledger(index: Path, ledger: Ledger) -> None:
    assert heads(index) is None
    with Loader(index) as loader:
        assert loader.heads() == {}
        loader.add_lines([], [], {"one/ledger-a.jsonl": "10 1 ff", "two/ledger-a.jsonl": "20 2 ee"})
        assert loader.heads() == {"one/ledger-a.jsonl": "10 1 ff", "two/ledger-a.jsonl": "20 2 ee"}
        loader.publish()
    with Loader(index) as loader:
        loader.add_lines([], [], {"two/ledger-a.jsonl": "30 3 dd"})
        loader.publish()
    assert heads(index) == {"two/ledger-a.jsonl": "30 3 dd"}
    with connect(index) as con:
        assert heads_in(con) == heads(index)
