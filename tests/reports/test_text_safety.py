"""Strangers' names on their way out: nothing acts on a terminal or a spreadsheet, and nothing is lost."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.reports import rows
from archiver.reports.text import ascii_only, literal_cell, neutral, original, visible

HOSTILE = [
    "\x1b]0;owned\x07", "\x1b[31mred", "\x9b31m", "a\x00b", "line\nbreak", "tab\tstop", "\r", "\x7f",
    "\u202egpt\u202c", "\u2066x\u2069", "a\u200bb", "\ufeffbom", "\u2028", "\U000e0041",
    "=HYPERLINK(\"x\")",
    "+1", "-1", "@SUM(A1)",
    "'=1", "''=1", "\t=1", "\\x41", "\\\\u202e", "C:\\x\\u", "<script>alert(1)</script>",
    "[red]x[/red]", "|a|b|", "`code`", "a,b\"c", "Сбер 🦙", "\u00a0", "\\", "＝1",
]  # fmt: skip
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(HOSTILE)


def harmless(text: str) -> bool:
    return all(each.isprintable() or each == "\u00a0" for each in text)


@given(NAMES)
def test_what_is_made_visible_can_be_taken_back(name: str) -> None:
    assert original(visible(name)) == name
    assert literal_cell(neutral(name)) == name


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_visible_acts_on_a_terminal(name: str) -> None:
    assert harmless(visible(name))


@given(NAMES)
def test_ascii_is_ascii(name: str) -> None:
    assert ascii_only(visible(name)).isascii()


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("form", sorted(rows.WRITERS))
def test_no_form_lets_a_control_byte_through(form: str, name: str) -> None:
    out = io.StringIO()
    rows.WRITERS[form](out, ["name", "n"], [(name, 1), (None, -2)])
    lines = out.getvalue().split("\n")
    assert all(harmless(part) for line in lines for part in (line.split("\t") if form == "plain" else [line]))
    heads = {"csv": 1, "json": 2, "jsonl": 0, "markdown": 2, "plain": 1}
    assert len(lines) == heads[form] + 2 + 1, "a name breaks no line"


@pytest.mark.parametrize("name", HOSTILE)
def test_json_gives_the_name_as_it_is(name: str) -> None:
    out = io.StringIO()
    rows.write_json(out, ["name"], [(name,)])
    assert json.loads(out.getvalue()) == [{"name": name}]


@pytest.mark.parametrize("name", HOSTILE)
def test_csv_cells_are_neutral_and_reversible(name: str) -> None:
    out = io.StringIO()
    rows.write_csv(out, ["name", "score"], [(name, -1.5)])
    _, (cell, score) = csv.reader(io.StringIO(out.getvalue()))
    assert not cell.startswith(tuple("=+-@\t\r＝＋－＠"))
    assert original(literal_cell(cell)) == name
    assert score == "-1.5", "a figure is no formula"


def test_markdown_escapes_what_is_markup() -> None:
    out = io.StringIO()
    rows.write_markdown(out, ["name"], [("a|b <i>*x*</i>",)])
    assert out.getvalue() == "| name |\n| --- |\n| a\\|b \\<i\\>\\*x\\*\\</i\\> |\n"
