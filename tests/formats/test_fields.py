"""Destructive reading: what is not mapped is kept, and said when it is new."""

from __future__ import annotations

import pytest

from archiver.errors import ParseFailed
from archiver.formats.fields import Audit
from archiver.formats.numbers import Span


def test_what_is_left_is_kept_and_what_is_new_is_said() -> None:
    audit = Audit(extras={"date"}, ignored={"copied_from": "a copyist added it"})
    fields = audit.record({"model": " a ", "date": "2025", "colour": "red", "copied_from": "x"})
    assert fields.name("model") == "a"
    assert fields.rest() == {"date": "2025", "colour": "red"}
    audit.record({"colour": "blue", "size": "7"}).rest()
    first, second = audit.findings()
    assert (first.code, first.severity) == ("new-field", "warning")
    assert "'colour'" in first.sentence
    assert first.figures == {"field": "colour", "values": 2, "rows": 2}
    assert second.figures == {"field": "size", "values": 1, "rows": 2}


def test_nothing_new_nothing_said() -> None:
    audit = Audit(extras={"date"})
    audit.record({"date": "2025"}).rest()
    assert list(audit.findings()) == []


def test_an_unclear_number_is_left_empty_and_said_a_missing_one_is_not() -> None:
    audit = Audit()
    for cell in ("1,5", "-", None, "1349Preliminary", "20,227", True, [1], float("inf")):
        value = audit.record({"votes": cell}).number("votes")
        assert value == (20227 if cell == "20,227" else None)
    [finding] = audit.findings()
    assert finding.code == "unread-number"
    assert finding.figures["examples"] == ["1,5", "1349Preliminary", "True", "[1]", "inf"]
    assert finding.figures["values"] == 5


def test_values_of_json_and_of_text() -> None:
    audit = Audit()
    fields = audit.record({"a": 5, "b": "5", "c": 5.5, "d": "±4", "e": "N/A", "f": "100.0", "g": ""})
    assert "a" in fields
    assert fields.integer("a") == 5
    assert "a" not in fields
    assert fields.figure("b") == 5
    assert isinstance(fields.figure("f"), float)
    assert fields.integer("c") is None
    assert fields.span("d") == Span(-4, 4)
    assert fields.span("e") is None
    assert fields.text("g") is None
    assert fields.text("not there") is None
    assert fields.rest() == {}
    assert [finding.figures["field"] for finding in audit.findings()] == ["c"]


def test_a_name_must_be_there_and_be_text() -> None:
    audit = Audit()
    audit.record({"model": "a"})
    with pytest.raises(ParseFailed, match="Row 2 has no 'model'"):
        audit.record({"model": " "}).name("model")
    with pytest.raises(ParseFailed, match="'model' of row 3 is not text but list"):
        audit.record({"model": ["a"]}).name("model")
