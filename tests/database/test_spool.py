"""Digests of contents, and the way of entries through the spool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.database.spool import Spool
from archiver.parsing.portions import portions
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


def _ids(snapshots: Sequence[Snapshot]) -> list[str]:
    return [
        shown.content_id for portion in portions((one, ()) for one in snapshots) for shown in portion.shown
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(SNAPSHOTS, min_size=1, max_size=5))
def test_a_digest_is_the_contents_own_whoever_it_is_read_with(snapshots: list[Snapshot]) -> None:
    alone = [content_id for one in snapshots for content_id in _ids([one])]
    assert _ids(snapshots) == alone
    assert _ids(snapshots[::-1]) == alone[::-1]
    assert len({*alone}) == len({repr([_as_kept(entry) for entry in one.entries]) for one in snapshots})


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
    ids = _ids([said, *other])
    assert len({*ids}) == len(ids)
    assert _ids([replace(said, notes={"votes": 8}, layout="another", findings=())]) == ids[:1]


def test_entries_come_back_in_the_order_asked_for_in_batches_of_equal_size(tmp_path: Path) -> None:
    (portion,) = portions((snapshot(f"one/main/{name}", f"{name} " * 5), ()) for name in "abcd")
    names = [shown.content_id for shown in portion.shown]
    spool = Spool(tmp_path)
    spool.add(portion, {names[0], names[2]})
    spool.add(portion, {names[1]})
    order = [names[2], names[0], names[1]]
    assert {*spool} == {*order}
    batches = list(spool.batches(order, 6))
    assert [batch.num_rows for batch in batches] == [6, 6, 3]
    rows = [row for batch in batches for row in batch.to_pylist()]
    assert "".join(row["model_listed"] for row in rows) == "cccccaaaaabbbbb"
    assert [row["position"] for row in rows] == [1, 2, 3, 4, 5] * 3
    assert "".join(row["board"][-1] for row in rows) == "cccccaaaaabbbbb"
    assert [row["content_id"] for row in rows[::5]] == order
    spool.empty()
    assert list(spool) == []
    assert list(spool.batches([], 6)) == []
    spool.close()
    assert list(tmp_path.iterdir()) == []
