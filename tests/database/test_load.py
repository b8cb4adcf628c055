"""What the tables say after loads: snapshots, boards and names."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from archiver.database import connect, heads, read_of
from archiver.database.load import Loader
from archiver.records import Entry, utc
from tests.database.archive_maker import BAD, DAY, START, Ledger, Names, query, snapshot, states, tables

BOARD = "one/main/overall"


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
        *(
            (board, "one", "main", board[-1], f"One, main: {board[-1]}", "Arena score", True)
            for board in names
        ),
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
        assert read_of(con, index).heads == heads(index)
