"""Entries that are columns are the entries that they would be one by one."""

from __future__ import annotations

import pytest

from archiver.formats.listings import Listings, positions, unlike_variance
from archiver.formats.parquet import read
from archiver.parsing.portions import portions
from archiver.records import Entry, Snapshot, column
from tests.formats.test_parquet import written

ROWS = [
    Entry(1, "a", "lab", rank=2, score=7.5, votes=10),
    Entry(2, "б", None, rank=1, score=None, votes=None),
    Entry(1, "", "lab", rank=None, score=-0.25, votes=2**40),
    Entry(1, "a", None, rank=3, score=1e300, votes=0),
    Entry(2, "c", "", rank=4, score=2.0, votes=1),
]


def listings() -> Listings:
    """The rows above: two entries, then one, then two."""
    body = written(
        {
            "model": [row.model or None for row in ROWS],
            "organization": [row.organization for row in ROWS],
            "rank": [row.rank for row in ROWS],
            "score": [row.score for row in ROWS],
            "votes": [row.votes for row in ROWS],
        }
    )
    layout = {
        "model": "text",
        "organization": "text",
        "rank": "integer",
        "score": "number",
        "votes": "integer",
    }
    columns = dict(read(body, {"all": layout}).columns)  # type: ignore[arg-type]  # literals
    return Listings({**columns, "model": columns["model"].filled("")})


def plain(*rows: Entry) -> list[Entry]:
    return [row._replace(organization=row.organization or None) for row in rows]


def test_a_listing_is_the_entries_of_its_rows() -> None:
    whole = listings()
    assert whole.listing(0, 2) == plain(*ROWS[:2])
    assert list(whole.listing(2, 3)) == plain(ROWS[2])
    last = whole.listing(3, 5)
    assert (len(last), last[1], last[-2], last[1:]) == (2, plain(ROWS[4])[0], ROWS[3], plain(ROWS[4]))
    assert last != plain(*ROWS[:2])
    with pytest.raises(IndexError):
        last[2]


def test_a_column_is_the_same_of_both() -> None:
    for start, end in ((0, 2), (2, 3), (3, 5)):
        one = listings().listing(start, end)
        for field in Entry._fields:
            assert list(column(one, field)) == column(list(one), field)


def test_columns_and_entries_are_sent_and_named_alike() -> None:
    whole = listings()
    spans = [(0, 2), (2, 3), (3, 5)]
    boards = [Snapshot(board=f"one/main/{start}", entries=whole.listing(start, end)) for start, end in spans]
    same = [Snapshot(board=one.board, entries=list(one.entries)) for one in boards]
    for order in ([0, 1, 2], [2, 0], [1], [1, 0, 2]):
        mixed = [boards[place] if place else same[place] for place in order]
        found = [
            portion
            for snapshots in ([boards[p] for p in order], [same[p] for p in order], mixed)
            for portion in portions((one, ()) for one in snapshots)
        ]
        assert [each.shown for each in found] == [found[0].shown] * 3
        assert [each.rows.to_pydict() for each in found] == [found[0].rows.to_pydict()] * 3


def test_positions_begin_anew_with_each_listing() -> None:
    import pyarrow as pa

    whole = pa.Array.from_buffers(pa.int32(), 6, [None, pa.py_buffer(positions([2, 0, 3, 1]))])
    assert whole.to_pylist() == [1, 2, 1, 2, 3, 1]
    assert positions([]) == b""


def test_a_variance_that_the_interval_says_is_left_out() -> None:
    said = (4.0 / 3.92) ** 2
    body = written(
        {"low": [1.0, 1.0, None, 1.0], "high": [5.0, 5.0, 5.0, 5.0], "v": [said, 2 * said, 7.0, None]}
    )
    columns = read(body, {"all": {"low": "number", "high": "number", "v": "number"}}).columns
    unsaid = unlike_variance(columns["v"], columns["low"], columns["high"])
    assert unsaid.listed()(0, 4) == [None, 2 * said, 7.0, None]
    assert unsaid.some()
