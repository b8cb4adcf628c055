"""Numbers as printed: what is clear is read, what is not is None."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.formats import numbers
from archiver.formats.numbers import Measured, Span

SPACES = (" ", "\u00a0", "\u2009", "\u202f", "\u2007", "\u3000")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("20,227", 20227.0),
        ("1,234,567.5", 1234567.5),
        ("77.47%", 77.47),
        ("77.47 %", 77.47),
        ("\u20111.3", -1.3),  # non-breaking hyphen
        ("\u22121.3", -1.3),  # minus sign
        ("+5", 5.0),
        ("0.10", 0.10),
        (".5", 0.5),
        ("1e-05", 1e-05),
        ("\ufeff42\u200b", 42.0),
        ("1006.125941434818", 1006.125941434818),
        *((f"1{space}376", 1376.0) for space in SPACES),
        *((f"12{space}345{space}678", 12345678.0) for space in SPACES),
    ],
)
def test_a_clear_number_is_read(text: str, value: float) -> None:
    assert numbers.number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "1,5",  # one and a half, or a slip of the thousands
        "0,123",
        "1,23",
        "12,34,567",
        "1.234,5",
        "1,234 567",
        "1 37",
        "1 3765",
        "0 376",
        "12-2023",
        "611 9",
        "1349Preliminary",
        "1◄─►4",
        "4\u200b5",  # two figures, or one
        "١٢",
        "２５",
        "1e999",
        "inf",
        "True",
        "0x10",
        "5.",
        "–5",  # a dash also means "to" and "none"
        "1/2",
        "≈5",
        "5*",
        "--5",
    ],
)
def test_an_unclear_number_is_none(text: str) -> None:
    assert numbers.number(text) is None
    assert not numbers.is_missing(text)


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", "\u2011", "—", "N/A", "n/a", "nan", "NaN", "None", "null", "暂无数据", "\u00a0-\u00a0"],
)
def test_a_missing_figure_is_known_as_missing(text: str) -> None:
    assert numbers.is_missing(text)
    assert numbers.number(text) is None
    assert numbers.span(text) is None


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("±4", Span(-4, 4)),
        ("± 4.5%", Span(-4.5, 4.5)),
        ("+/-4", Span(-4, 4)),
        ("+5/-4", Span(-4, 5)),
        ("+ 5 / \u22124", Span(-4, 5)),
        ("+13/\u201112", Span(-12, 13)),
        ("(-1.1, 1.0)", Span(-1.1, 1.0)),
        ("[-1.1; 1.0]", Span(-1.1, 1.0)),
        ("(0.0, 0.0)", Span(0, 0)),
        ("-4/+5", None),  # an order that no publisher uses: not read until one does
        ("(1.0, 2.0)", None),  # bounds, not offsets
        ("1..4", None),
        ("5/4", None),
        ("±", None),
        ("±1,5", None),
    ],
)
def test_offsets(text: str, span: Span | None) -> None:
    assert numbers.span(text) == span


@pytest.mark.parametrize(
    ("text", "measured"),
    [
        ("74.5±4.7%", Measured(74.5, 69.8, 79.2)),
        ("74.5 ± 4.7 %", Measured(74.5, 69.8, 79.2)),
        ("74.5% ±4.7%", Measured(74.5, 69.8, 79.2)),
        ("1 376 +5/-4", Measured(1376, 1372, 1381)),
        ("90.9 (-1.1, 1.0)", Measured(90.9, 89.8, 91.9)),
        ("77.47%", Measured(77.47, None, None)),
        ("-", None),
        ("74.5±", None),
        ("74.5±4.7±1", None),
        ("±4", None),
    ],
)
def test_a_value_with_its_interval(text: str, measured: Measured | None) -> None:
    assert numbers.measured(text) == measured


def test_whole_numbers() -> None:
    assert numbers.integer("1,500") == 1500
    assert numbers.integer("1253.0") == 1253
    assert numbers.integer("12.5") is None
    assert numbers.integer("12%") is None
    assert numbers.integer("9007199254740993") is None  # more than a float can hold exactly


@given(st.integers(-(10**12), 10**12), st.sampled_from(["", ",", *SPACES]))
def test_any_grouping_of_a_whole_number_is_the_number(value: int, separator: str) -> None:
    assert numbers.integer(f"{value:,}".replace(",", separator)) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_python_prints_is_read_back(value: float) -> None:
    assert numbers.number(repr(value)) == value


@given(st.text(max_size=30))
def test_no_text_makes_a_reader_fail_or_answer_nonsense(text: str) -> None:
    for value in (numbers.number(text), numbers.integer(text)):
        assert value is None or math.isfinite(value)
    span, measured = numbers.span(text), numbers.measured(text)
    assert span is None or span.down <= 0 <= span.up
    if measured and measured.low is not None and measured.high is not None:
        assert measured.low <= measured.value <= measured.high
