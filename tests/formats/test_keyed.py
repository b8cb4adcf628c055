"""JSON keyed by name: flat fields, strict names."""

from __future__ import annotations

import pytest

from archiver.errors import ParseFailed
from archiver.formats import keyed
from archiver.formats.keyed import Record


def test_nested_fields_get_dots_and_empty_ones_stay() -> None:
    body = b'{" a ": {"x": {"y": {"z": 1}}, "e": {}, "l": [{"k": 2}]}, "b": {"x": null}}'
    assert keyed.records(body) == [
        Record("a", {"x.y.z": 1, "e": {}, "l": [{"k": 2}]}),
        Record("b", {"x": None}),
    ]
    assert keyed.names(keyed.records(body)) == ["x.y.z", "e", "l", "x"]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"[]", "Not an object of records, but list"),
        (b"{}", "Not an object of records, but dict"),
        (b'{" ": {"a": 1}}', "has no name"),
        (b'{"a": 3}', "has int instead of fields"),
        (b'{"a": {"x.y": 1, "x": {"y": 2}}}', "has a field twice"),
        (b'{"a": {}, "a": {}}', "has the key 'a' twice"),
        (b'{"a": {"x": NaN}}', "NaN is not JSON"),
        (b"\xff", "does not belong"),
    ],
)
def test_what_is_no_object_of_records_fails(body: bytes, what: str) -> None:
    with pytest.raises(ParseFailed, match=what):
        keyed.records(body)


def test_deep_nesting_fails_and_does_not_crash() -> None:
    for depth in (20, 400, 100_000):
        with pytest.raises(ParseFailed, match="deep"):
            keyed.records(b'{"a":' * depth + b"1" + b"}" * depth)
