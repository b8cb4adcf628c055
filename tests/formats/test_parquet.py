"""Parquet from strangers: every type a column may come in, groups in order, caps, and damaged files."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.errors import ParseFailed
from archiver.formats import parquet
from archiver.formats.parquet import Kind

JULY = datetime(2026, 7, 20, tzinfo=UTC)


def written(columns: dict[str, Any], **options: Any) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file, **options)
    return file.getvalue()


def column(values: Any, kind: Kind) -> list[Any]:
    """One column as it is read, in row order."""
    rows = pa.array(["x"] * len(values))
    table = parquet.read(written({"key": rows, "it": values}), {"all": {"key": "text", "it": kind}})
    [(_, columns)] = table.groups("key")
    return columns["it"]


@pytest.mark.parametrize(
    "values",
    [
        pa.array([1, None, 3], pa.int64()),
        pa.array([1, None, 3], pa.int8()),
        pa.array([1, None, 3], pa.uint32()),
        pa.array([1.0, None, 3.0], pa.float64()),
        pa.array([1.0, float("nan"), 3.0], pa.float32()),
        pa.array([Decimal("1"), None, Decimal("3")], pa.decimal128(5, 0)),
    ],
    ids=lambda values: str(values.type),
)
def test_whole_numbers_of_any_type(values: pa.Array) -> None:
    assert column(values, "integer") == [1, None, 3]
    assert all(isinstance(value, int | None) for value in column(values, "integer"))
    assert column(values, "number") == [1.0, None, 3.0]


def test_what_is_no_finite_number_is_a_gap() -> None:
    assert column(pa.array([1.5, float("inf"), float("-inf"), float("nan")]), "number") == [
        1.5,
        None,
        None,
        None,
    ]
    assert column(pa.nulls(2), "number") == column(pa.nulls(2), "integer") == [None, None]


@pytest.mark.parametrize(
    "values",
    [
        pa.array(["a", None, "", "Кедр 🏆"]),
        pa.array(["a", None, "", "Кедр 🏆"], pa.large_string()),
        pa.array([b"a", None, b"", "Кедр 🏆".encode()], pa.binary()),
        pa.array(["a", None, "", "Кедр 🏆"]).dictionary_encode(),
        pa.chunked_array([pa.array(["a", None]), pa.array(["", "Кедр 🏆"])]),
    ],
    ids=["string", "large", "binary", "dictionary", "chunked"],
)
def test_text_of_any_type(values: Any) -> None:
    assert column(values, "text") == ["a", None, None, "Кедр 🏆"]


def test_a_column_of_nothing_is_all_gaps() -> None:
    assert column(pa.nulls(3), "text") == [None] * 3
    assert column(pa.nulls(3), "moment") == [None] * 3


@pytest.mark.parametrize(
    "values",
    [
        pa.array(["2026-07-20", None]),
        pa.array(["2026-07-20T03:00:00+03:00", None]),
        pa.array([date(2026, 7, 20), None], pa.date32()),
        pa.array([date(2026, 7, 20), None], pa.date64()),
        *(
            pa.array([JULY.replace(tzinfo=None), None], pa.timestamp(unit))
            for unit in ("s", "ms", "us", "ns")
        ),
        pa.array([JULY, None], pa.timestamp("ns", "UTC")),
        pa.array([JULY, None], pa.timestamp("ms", "America/New_York")),
    ],
    ids=lambda values: str(values.type),
)
def test_days_and_times_of_any_type(values: pa.Array) -> None:
    assert column(values, "moment") == [JULY, None]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (pa.array([1.5]), "integer"),
        (pa.array([True]), "integer"),
        (pa.array(["7"]), "integer"),
        (pa.array([2**64 - 1], pa.uint64()), "integer"),
        (pa.array([1e300]), "integer"),
        (pa.array(["high"]), "number"),
        (pa.array([7]), "text"),
        (pa.array([b"\xff\xfe"], pa.binary()), "text"),
        (pa.array([[1]]), "text"),
        (pa.array(["yesterday"]), "moment"),
        (pa.array([20260720]), "moment"),
        (pa.array([2**60], pa.timestamp("us")), "moment"),
        (pa.array([0.5]), "moment"),
    ],
)
def test_a_value_that_is_not_of_its_kind_is_refused_by_the_columns_name(values: pa.Array, kind: Kind) -> None:
    with pytest.raises(ParseFailed, match=r"the column 'it' .* does not hold"):
        column(values, kind)


ROWS = st.lists(
    st.tuples(st.dates(date(2023, 5, 1), date(2023, 5, 4)), st.sampled_from("abc"), st.integers()), min_size=1
)


@settings(deadline=None)
@given(ROWS)
def test_groups_come_in_the_order_of_the_keys_and_keep_the_order_of_rows(rows: list[Any]) -> None:
    rows = [(day, name, number % 2**40) for day, name, number in rows]
    days, names, numbers = map(list, zip(*rows, strict=True))
    body = written({"day": days, "name": names, "number": numbers}, row_group_size=3)
    table = parquet.read(body, {"all": {"day": "moment", "name": "text", "number": "integer"}})
    found = [(key, columns["number"]) for key, columns in table.groups("day", "name")]
    expected: dict[Any, list[int]] = {}
    for day, name, number in sorted(rows, key=lambda row: row[:2]):
        expected.setdefault((datetime(day.year, day.month, day.day, tzinfo=UTC), name), []).append(number)
    assert found == list(expected.items())


def test_equal_days_written_in_two_ways_are_one_group() -> None:
    body = written({"day": ["2026-07-20", "2026-07-20T00:00:00Z"], "n": [1, 2]})
    table = parquet.read(body, {"all": {"day": "moment", "n": "integer"}})
    assert [columns["n"] for _, columns in table.groups("day")] == [[1, 2]]


def test_a_key_may_have_no_gaps() -> None:
    table = parquet.read(written({"day": ["2026-07-20", None, ""]}), {"all": {"day": "text"}})
    with pytest.raises(ParseFailed, match="'day' is empty in 2 of 3 rows"):
        list(table.groups("day"))


def test_columns_that_nobody_expects_come_as_json_values() -> None:
    body = written(
        {
            "key": ["x", "x"],
            "list": [[1, None], []],
            "record": [{"a": 1.5, "b": None}, {"a": float("nan"), "b": "c"}],
            "day": [date(2026, 7, 20), None],
            "moment": [JULY.replace(hour=14), None],
            "flag": [True, None],
            "raw": [b"ab", None],
            "price": [Decimal("1.25"), None],
            "number": [1.5, float("nan")],
            "name": ["", "n"],
        }
    )
    table = parquet.read(body, {"all": {"key": "text"}})
    assert table.others == ("list", "record", "day", "moment", "flag", "raw", "price", "number", "name")
    [(_, columns)] = table.groups("key")
    assert {name: columns[name] for name in table.others} == {
        "list": [[1, None], []],
        "record": [{"a": 1.5, "b": None}, {"a": None, "b": "c"}],
        "day": ["2026-07-20", None],
        "moment": ["2026-07-20T14:00:00Z", None],
        "flag": [True, None],
        "raw": ["ab", None],
        "price": [1.25, None],
        "number": [1.5, None],
        "name": ["", "n"],
    }


def test_the_first_layout_that_fits_is_taken() -> None:
    layouts = {"one": {"a": "text", "b": "text"}, "two": {"a": "text", "c": "text"}, "three": {"a": "text"}}
    assert parquet.read(written({"a": ["x"], "c": ["y"]}), layouts).layout == "two"
    assert parquet.read(written({"a": ["x"], "z": ["y"]}), layouts).layout == "three"


def test_a_column_that_is_gone_is_named_with_what_stands_there_instead() -> None:
    with pytest.raises(ParseFailed, match="lacks the column 'rating'; unknown columns stand there: 'elo'"):
        parquet.read(written({"model": ["x"], "elo": [1]}), {"all": {"model": "text", "rating": "number"}})


def test_the_same_column_twice_is_refused() -> None:
    file = io.BytesIO()
    twice = pa.table([pa.array([1]), pa.array([2])], names=["rating", "rating"])
    pq.write_table(twice, file)
    with pytest.raises(ParseFailed, match="'rating' more than once"):
        parquet.read(file.getvalue(), {"all": {"rating": "number"}})


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not a whole Parquet file: 0 bytes"),
        (b"version https://git-lfs.github.com/spec/v1\n", "beginning b'version"),
        (b"<html>", "not a whole Parquet file"),
        (b"PAR1PAR1", "damaged"),
        (b"PAR1" + b"\0" * 50 + b"PAR1", "damaged"),
        (written({"a": ["x"]})[:-1], "not a whole Parquet file"),
        (written({"a": pa.array([], pa.string())}), "of 0 rows"),
        (written({f"c{number}": [1] for number in range(201)}), "of 201 columns"),
    ],
)
def test_what_is_no_sound_file_says_why(body: bytes, says: str) -> None:
    with pytest.raises(ParseFailed, match=says):
        parquet.read(body, {"all": {"a": "text"}})


def test_absurd_claims_are_refused_before_anything_is_read() -> None:
    many = written({"a": pa.array(["x"] * 3_000_000).dictionary_encode()}, compression="zstd")
    assert len(many) < 30_000
    with pytest.raises(ParseFailed, match="of 3000000 rows in"):
        parquet.read(many, {"all": {"a": "text"}})
    few = written({"a": ["x", "y", "z"]})
    with pytest.raises(ParseFailed, match="of 3 rows"):
        parquet.read(few, {"all": {"a": "text"}}, max_rows=2)


def _sound(choices: Sequence[str]) -> bytes:
    chance = random.Random(1)  # noqa: S311  the same file on each run
    rows = 400
    return written(
        {
            "model": [f"model-{number}" for number in range(rows)],
            "score": [chance.random() for _ in range(rows)],
            "rank": [float(number) for number in range(rows)],
            "name": [chance.choice(choices) for _ in range(rows)],
            "day": ["2026-07-20"] * rows,
        },
        row_group_size=90,
        write_page_checksum=True,
        compression="zstd",
    )


SOUND = _sound(["overall", "russian", "кедр"])


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SOUND) - 1), st.integers(0, 255)), min_size=1, max_size=5))
def test_a_damaged_file_is_refused_or_read_never_a_traceback(changes: list[tuple[int, int]]) -> None:
    body = bytearray(SOUND)
    for place, value in changes:
        body[place] = value
    layout: dict[str, Kind] = {
        "model": "text",
        "score": "number",
        "rank": "integer",
        "name": "text",
        "day": "moment",
    }
    try:
        table = parquet.read(bytes(body), {"all": layout})
        rows = sum(len(columns["model"]) for _, columns in table.groups("day", "name"))
    except ParseFailed as error:
        assert str(error)
    else:
        assert rows == table.rows


def test_no_flipped_bit_changes_a_figure_unseen() -> None:
    def figures(body: bytes) -> list[Any]:
        table = parquet.read(body, {"all": {"day": "text", "score": "number", "model": "text"}})
        return [(columns["score"], columns["model"]) for _, columns in table.groups("day")]

    sound = figures(SOUND)
    refused = 0
    for place in range(4, len(SOUND) // 2, 17):
        body = bytearray(SOUND)
        body[place] ^= 1
        try:
            assert figures(bytes(body)) == sound
        except ParseFailed:
            refused += 1
    assert refused > 100
