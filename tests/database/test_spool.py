"""Digests of contents, and the way of entries through the spool."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.database.spool import Spool, contents
from archiver.records import Entry, Snapshot
from tests.database.archive_maker import START, snapshot

WORDS = st.text(st.characters(codec="utf-8"), max_size=12)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
PLACES = st.integers(0, 2**31 - 1)
ENTRIES = st.builds(
    Entry,
    position=PLACES,
    model=WORDS,
    organization=st.none() | WORDS,
    variant=st.none() | WORDS,
    rank=st.none() | PLACES,
    rank_low=st.none() | PLACES,
    rank_high=st.none(),
    score=st.none() | NUMBERS | st.integers(-1000, 1000),
    score_low=st.none(),
    score_high=st.none() | NUMBERS,
    votes=st.none() | st.integers(0, 2**53),
    license=st.none() | WORDS,
    extra=st.none() | st.dictionaries(WORDS, NUMBERS | WORDS, max_size=2),
    competitor=st.booleans(),
)
SNAPSHOTS = st.lists(ENTRIES, max_size=20).map(
    lambda entries: Snapshot(board="one/main/overall", entries=entries)
)


@settings(max_examples=60, deadline=None)
@given(st.lists(SNAPSHOTS, min_size=1, max_size=5))
def test_a_digest_is_the_contents_own_whoever_it_is_read_with(snapshots: list[Snapshot]) -> None:
    alone = [contents([one])[0] for one in snapshots]
    together = contents(snapshots)
    assert together == alone
    assert contents(snapshots[::-1]) == alone[::-1]
    same = {one.content_id for one in alone}
    assert len(same) == len({repr([_as_kept(entry) for entry in one.entries]) for one in snapshots})


def _as_kept(entry: Entry) -> Entry:
    score = None if entry.score is None else float(entry.score)
    extra = dict(sorted(entry.extra.items())) if entry.extra else None
    return entry._replace(score=score, extra=extra)


def test_the_digest_is_of_all_that_is_said_of_the_board_and_not_of_the_notes() -> None:
    said = snapshot("one/main/overall", "a b")
    other = [
        replace(said, published_at=START),
        replace(said, board="one/main/other"),
        replace(said, complete=False),
        replace(said, declared_total=3),
        replace(said, metric="points"),
        replace(said, rank_kind="by-score"),
        replace(said, entries=said.entries[::-1]),
        replace(said, entries=said.entries[:1]),
    ]
    ids = [one.content_id for one in contents([said, *other])]
    assert len({*ids}) == len(ids)
    (same,) = contents([replace(said, notes={"votes": 8}, layout="another", findings=())])
    assert same.content_id == ids[0]


def test_entries_come_back_in_the_order_asked_for_in_batches_of_equal_size(tmp_path: Path) -> None:
    made = contents([snapshot(f"one/main/{name}", name * 5) for name in ("a ", "b ", "c ")])
    spool = Spool(tmp_path)
    for one, board in zip(made, "xyz", strict=True):
        spool.add(one, board)
    order = [made[2].content_id, made[0].content_id, made[1].content_id]
    batches = list(spool.batches(order, 6))
    assert [batch.num_rows for batch in batches] == [6, 6, 3]
    rows = [row for batch in batches for row in batch.to_pylist()]
    assert "".join(row["model_listed"] for row in rows) == "cccccaaaaabbbbb"
    assert [row["position"] for row in rows] == [1, 2, 3, 4, 5] * 3
    assert [row["board"] for row in rows] == ["z"] * 5 + ["x"] * 5 + ["y"] * 5
    assert [row["content_id"] for row in rows[::5]] == order
    spool.empty()
    assert list(spool) == []
    spool.close()
    assert list(tmp_path.iterdir()) == []
