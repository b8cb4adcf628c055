"""Columns read at once say what rows read one by one say: the same values, findings and errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import ParseFailed
from archiver.formats import numbers
from archiver.formats.fields import Audit, Fields
from archiver.formats.remembered import Remembered
from archiver.formats.sheets import Sheet, recalled
from archiver.records import Entry

FIELDS = ["model", "score", "votes", "link"]
PRINTED = st.sampled_from(["31.4", " 20,227 ", "74.5±4.7%", "1040 +5/-4", "n/a", "", " ", "1,5", "x", "12.5"])
NUMBERS = st.one_of(
    st.floats(),
    st.integers(),
    st.sampled_from([2**53 - 1, 2**53, -(2**53), 10**400, -0.0, 1e22, 5e-324, float("nan"), float("-inf")]),
)
CELLS = st.one_of(NUMBERS, PRINTED, st.booleans(), st.none(), st.lists(st.integers(), max_size=1))
ONE_KIND = st.one_of(
    *(
        st.lists(st.fixed_dictionaries(dict.fromkeys(FIELDS, kind)), min_size=1, max_size=5)
        for kind in (st.floats(), st.floats(allow_nan=False, allow_infinity=False), st.integers(), PRINTED)
    )
)
"""Tables whose cells are all of a kind, which have ways of their own."""
RECORDS = st.one_of(
    ONE_KIND, st.lists(st.dictionaries(st.sampled_from(FIELDS), CELLS), min_size=1, max_size=6)
)
Made = tuple[object, object]


def by_row(records: Sequence[Mapping[str, object]], read: Callable[[Fields], object]) -> Made:
    audit = Audit(extras=["link"], ignored={"votes": "not wanted here"})
    try:
        cells: list[object] = []
        rest = []
        for record in records:
            fields = audit.record(record)
            cells.append(read(fields))
            rest.append(fields.rest())
    except ParseFailed as error:
        return "failed", error.what
    return repr((cells, rest)), list(audit.findings())


def by_column(records: Sequence[Mapping[str, object]], read: Callable[[Sheet], Sequence[object]]) -> Made:
    audit = Audit(extras=["link"], ignored={"votes": "not wanted here"})
    sheet = Sheet(audit, records)
    try:
        cells = list(read(sheet))
        rest = sheet.rest()
    except ParseFailed as error:
        return "failed", error.what
    return repr((cells, rest)), list(audit.findings())


@given(RECORDS, st.sampled_from(FIELDS))
def test_columns_say_what_rows_say(records: list[dict[str, object]], field: str) -> None:
    def bounds(fields: Fields) -> tuple[float | None, ...]:
        return tuple(fields.measured(field) or (None, None, None))

    assert by_column(records, lambda all_: all_.texts(field)) == by_row(records, lambda row: row.text(field))
    for columns, cell in ((Sheet.numbers, Fields.number), (Sheet.integers, Fields.integer)):
        read_all: Callable[[Sheet], Sequence[object]] = partial(columns, field=field)
        assert by_column(records, read_all) == by_row(records, partial(cell, field=field))
    assert by_column(records, lambda sheet: list(zip(*sheet.measured(field), strict=True))) == by_row(
        records, bounds
    )


@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), PRINTED), min_size=1, max_size=6))
def test_a_name_has_to_be_in_each_row(records: list[dict[str, object]]) -> None:
    assert by_column(records, lambda sheet: sheet.names("model")) == by_row(
        records, lambda row: row.name("model")
    )


@given(NUMBERS)
def test_a_number_is_what_its_digits_say(value: float) -> None:
    """A number of JSON is taken as it is, without printing and reading it: to the same end."""
    assert repr(Audit().number("score", value)) == repr(numbers.number(repr(value)))


def test_a_column_is_taken_once() -> None:
    sheet = Sheet(Audit(), [{"model": "a", "score": 1.5}, {"model": "b", "score": 2.5}])
    assert sheet.names("model") == ["a", "b"]
    assert sheet.texts("model") == [None, None]
    assert sheet.texts("not there") == [None, None]
    assert sheet.rest() == [{"score": 1.5}, {"score": 2.5}]


def test_a_table_without_a_name_says_in_which_row() -> None:
    with pytest.raises(ParseFailed, match="Row 2 has no 'model'"):
        Sheet(Audit(), [{"model": "a"}, {"model": " "}]).names("model")


@given(RECORDS, st.integers(0, 6))
def test_what_is_recalled_is_what_would_be_read(records: list[dict[str, object]], known: int) -> None:
    """Some of the records are read before, for this key and for another."""

    def read(sheet: Sheet) -> Mapping[str, Sequence[object]]:
        score, low, high = sheet.measured("score")
        texts = {"model": sheet.names("model"), "votes": sheet.integers("votes")}
        return {**texts, "score": score, "score_low": low, "score_high": high, "extra": sheet.rest()}

    def outcome(some: Sequence[Mapping[str, object]], key: str) -> Made:
        try:
            entries, findings = recalled(some, key, lambda: Audit(extras=["link"]), read)
        except ParseFailed as error:
            return "failed", error.what
        entries = entries.having({"rank": list(range(len(some)))})
        return repr({name: list(entries.column(name)) for name in Entry._fields}), list(findings)

    remembered = [Remembered(record) for record in records]
    outcome(remembered[:known], "this")
    outcome(remembered, "another")
    assert outcome(remembered, "this") == outcome(records, "this")
    assert outcome(remembered, "this") == outcome(records, "this")
