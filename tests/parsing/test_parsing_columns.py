"""What an entry keeps beside its figures is written as JSON, for all rows at once as for one."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archiver.errors import ParseFailed
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
