"""YAML as data: text in, text out, and nothing that a board has no need of."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import ParseFailed
from archiver.formats import yamls
from tests.ending import ends

LEVELS = "bcdefghij"
BOMB = "a: &a [x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{below}'] * 9)}]\n"
    for below, name in zip("abcdefghi", LEVELS, strict=True)
)


def test_scalars_stay_what_was_written() -> None:
    body = b"- commit: 1234567\n  other: 2e10\n  version: 0.10\n  date: 2025-02-25\n  on: no\n"
    assert yamls.records(body) == [
        {
            "commit": "1234567",
            "other": "2e10",
            "version": "0.10",
            "date": "2025-02-25",
            "on": "no",
        }
    ]


def test_a_null_is_none_and_the_word_in_quotes_a_word() -> None:
    body = b"empty:\ntilde: ~\nword: null\nloud: NULL\nquoted: ''\nsaid: 'null'\n"
    nulls = dict.fromkeys(("empty", "tilde", "word", "loud"))
    assert yamls.read(body) == {**nulls, "quoted": "", "said": "null"}


def test_nested_values_and_crlf() -> None:
    assert yamls.read(b"\xef\xbb\xbf- a:\r\n    b: [1, {c: d}]\r\n") == [{"a": {"b": ["1", {"c": "d"}]}}]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (BOMB.encode(), "YAML anchor on line 1"),
        (b"a: 1\nb: *a\n", "YAML alias on line 2"),
        (b"- !!python/object/apply:os.system [id]\n", "YAML tag"),
        (b"- !!str 5\n", "YAML tag"),
        (b"- a: 1\n  b: 2\n  a: 3\n", "key 'a' stands twice in one record, the second time on line 3"),
        (b"- [1]: 2\n", "not text"),
        (b"[" * 100_000, "nested deeper"),
        (b"- " * 50_000, "nested deeper"),
        (b"a: 1\n---\nb: 2\n", "second YAML document"),
        (b"a: [1, 2", "Not YAML"),
        (b"a: \x00", "Not YAML"),
        (b"# nothing\n", "no document"),
        (b"", "empty"),
        (b"a: 1\n" + b"#" * yamls.MAX_BYTES, "more than the"),
    ],
)
def test_what_is_more_than_data_is_refused_at_once(body: bytes, said: str) -> None:
    with ends(), pytest.raises(ParseFailed, match=said):
        yamls.read(body)


@pytest.mark.parametrize("body", [b"a: 1\n", b"just text\n", b"- 1\n- 2\n", b"[]\n"])
def test_a_file_that_is_not_a_list_of_records_is_refused(body: bytes) -> None:
    with pytest.raises(ParseFailed):
        yamls.records(body)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(ParseFailed):
        yamls.read(body)
