"""What an entry keeps beside its figures is written as JSON, for all rows at once as for one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archiver.errors import ParseFailed
from archiver.formats import pooled
from archiver.formats.pooled import MOST, Pool, Pooled, pool
from archiver.parsing import columns
from archiver.records import Entry

WORDS = st.text(max_size=6) | st.sampled_from(["\0", ',"\\u0000",', '"', "\\", "é", "\ud800"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
EXTRAS = st.lists(st.none() | st.dictionaries(WORDS, VALUES, max_size=3), max_size=5)


@given(EXTRAS)
@example([{"a": ["x", "\0", "y"]}, {"b": 1}])
@example([{"a": ["\0"]}, None, {}, {"b": "\0"}])
def test_texts_made_together_are_those_made_one_by_one(extras: list[dict[str, object] | None]) -> None:
    expected = [columns.json_text(extra) if extra else None for extra in extras]
    assert columns._json_texts(extras) == expected


def test_no_entries_are_no_rows() -> None:
    for boards in ([], [[]], [[], []]):
        made = columns.columns(boards)
        assert (made.num_rows, made.schema) == (0, columns.schema())


@pytest.mark.parametrize("wrong", [float("nan"), b"bytes", {1, 2}])
def test_what_is_not_json_is_told(wrong: object) -> None:
    entries = [Entry(1, "a", extra={"fine": 1}), Entry(2, "b", extra={"wrong": wrong})]
    with pytest.raises(ParseFailed, match=r"'wrong'.* is not JSON"):
        columns.columns([entries])


FIGURES = st.none() | st.floats(-1e9, 1e9)
ROWS = st.lists(
    st.tuples(WORDS, FIGURES, st.none() | st.dictionaries(WORDS, VALUES, max_size=2)), min_size=1, max_size=4
)


def outcome(board: Sequence[Entry]) -> object:
    try:
        return columns.columns([board]).to_pylist()
    except columns.refusals() as error:
        return type(error)
    except ParseFailed as error:
        return error.what


@given(st.lists(ROWS, min_size=1, max_size=3), st.data())
def test_rows_of_a_pool_are_the_columns_that_entries_are(
    added: list[list[tuple[object, ...]]], data: st.DataObject
) -> None:
    """Of a pool that grows from board to board."""
    rows, fields = Pool(), ("model", "score", "extra")
    for some in added:
        rows.add(some, dict(zip(fields, zip(*some, strict=True), strict=True)))
        places = data.draw(st.lists(st.integers(0, len(rows) - 1)))
        board = Pooled(rows, places).having({"rank": [None, *range(2, len(places) + 1)][: len(places)]})
        assert outcome(board) == outcome([*board])


def test_a_row_that_cannot_be_kept_costs_the_boards_that_have_it() -> None:
    rows = Pool()
    sound, large = 0, 2
    rows.add(["a", "b", "c"], {"model": ["a", "b", "c"], "votes": [1, 2, 2**70]})
    for board in (Pooled(rows, [sound]), Pooled(rows, [1, sound])):
        assert columns.columns([board]).column("votes").to_pylist() == list(board.column("votes"))
    with pytest.raises(columns.refusals()):
        columns.columns([Pooled(rows, [sound, large])])


def test_pools_are_begun_anew_where_they_hold_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pooled, "_pools", {})
    first = pool("of a test")
    first.add(["a"] * MOST, {"model": ["a"] * MOST})
    assert pool("of a test") is first
    first.add(["a"], {"model": ["a"]})
    assert len(pool("of a test")) == 0
