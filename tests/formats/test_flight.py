"""The flight stream: rows however a page breaks them apart, each kind of reference, and what is no stream."""

from __future__ import annotations

import base64
import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.errors import ParseFailed
from archiver.formats import flight, nextjs
from archiver.formats.flight import Flight

TEXTS = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(
    ["🏆", "a\nb", "</script>", "é", "1:T2,"]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | TEXTS.filter(lambda text: not text.startswith("$")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
ROWS = st.lists(
    st.one_of(st.tuples(st.just(""), VALUES), st.tuples(st.just("T"), TEXTS)), min_size=1, max_size=8
)


def wire(rows: list[tuple[str, Any]]) -> str:
    """The rows as React writes them: JSON rows end with a newline, text rows where their length says."""
    lines = []
    for number, (tag, value) in enumerate(rows):
        if tag == "T":
            lines.append(f"{number:x}:T{len(value.encode()):x},{value}")
        else:
            lines.append(f"{number:x}:{json.dumps(value, ensure_ascii=number % 2 == 0)}\n")
    return "".join(lines)


def page(*pushed: object) -> bytes:
    calls = [f"self.__next_f.push({json.dumps(push)})".replace("<", "\\u003c") for push in pushed]
    return (
        "<html><body>" + "".join(f"<script>{call}</script>" for call in calls) + "</body></html>"
    ).encode()


def one(value: Any, **others: Any) -> Flight:
    """A stream whose row 0 is the value; others by id."""
    rows = {"0": value, **others}
    return flight.parse("".join(f"{name}:{json.dumps(row)}\n" for name, row in rows.items()).encode())


@settings(deadline=None)
@given(ROWS, st.lists(st.integers(0, 400), max_size=6))
def test_rows_come_back_wherever_the_pushes_break_them(rows: list[tuple[str, Any]], cuts: list[int]) -> None:
    text = wire(rows)
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [[1, text[start:end]] for start, end in pairwise(edges)]
    read = nextjs.read(page([0], *pieces))
    assert [(row.tag, row.value) for row in read.rows] == rows


@settings(deadline=None)
@given(ROWS, st.lists(st.integers(0, 400), max_size=6))
def test_bytes_are_pushed_where_a_piece_is_no_text_by_itself(rows: list[Any], cuts: list[int]) -> None:
    raw = wire(rows).encode()
    edges = [0, *sorted(min(cut, len(raw)) for cut in cuts), len(raw)]
    pieces = [[3, base64.b64encode(raw[start:end]).decode()] for start, end in pairwise(edges)]
    assert [(row.tag, row.value) for row in nextjs.read(page(*pieces)).rows] == rows


def test_a_character_may_be_split_between_two_pushes_as_two_escaped_halves() -> None:
    first, second = r'self.__next_f.push([1,"0:\"\ud83c"])', r'self.__next_f.push([1,"\udfc6\"\n"])'
    scripts = f"<script>{first}</script><script>{second}</script>"
    assert nextjs.read(scripts.encode()).rows[0].value == "🏆"


def test_several_pushes_in_one_script_and_the_one_that_opens_the_stream() -> None:
    script = (
        "<script>(self.__next_f=self.__next_f||[]).push([0]);self.__next_f.push([2,null])</script>"
        '<script>self.__next_f.push([1,"0:1"]);self.__next_f.push([1,"2\\n"])</script>'
    )
    assert nextjs.read(script.encode()).rows[0].value == 12


def test_a_push_that_is_only_quoted_in_text_is_none() -> None:
    quoted = 'self.__next_f.push([1,"no"])'
    assert nextjs.read(page([1, f"0:{json.dumps(quoted)}\n"])).rows[0].value == quoted


def test_tagged_rows_are_told_apart() -> None:
    stream = b':HL["a.css","style"]\n14:I[1,["2"],"Name"]\n3:E{"digest":"9"}\n'
    read = flight.parse(stream + b"4:T5,a\nb:\n5:o4,\x00\x01\x02\n6:[]\n")
    assert [(row.id, row.tag) for row in read.rows] == [
        ("0", "H"),
        ("14", "I"),
        ("3", "E"),
        ("4", "T"),
        ("5", "o"),
        ("6", ""),
    ]
    assert read.rows[3].value == "a\nb:\n"
    assert read.rows[4].value == b"\x00\x01\x02\n"


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("$L1", {"deep": ["x", "y"], "map": "$Q2"}),
        ("$@1", {"deep": ["x", "y"], "map": "$Q2"}),
        ("$1:deep:1", "y"),
        ("$1:map:b", [2]),
        ("$Q2", {"a": 1, "b": [2]}),
        ("$W3", ["p", "q"]),
        ("$4:props:name", "shown"),
        ("$4:key", "k"),
        ("$L5:deep:0", "x"),
        ("$$5 a month", "$5 a month"),
        ("$", "$"),
        ("$undefined", None),
        ("$NaN", None),
        ("$-0", 0),
        ("$D2026-04-10T12:00:00.000Z", "2026-04-10T12:00:00.000Z"),
        ("$n12345678901234567890", 12345678901234567890),
        ("$Sreact.suspense", "$Sreact.suspense"),
        ("$Lff", "$Lff"),
        ("$1:deep:9", "$1:deep:9"),
        ("$1:absent", "$1:absent"),
        ("plain", "plain"),
        (7, 7),
    ],
)
def test_references(reference: object, value: object) -> None:
    rows = {
        "1": {"deep": ["x", "y"], "map": "$Q2"},
        "2": [["a", 1], ["b", [2]]],
        "3": ["p", "q"],
        "4": ["$", "div", "k", {"name": "shown"}],
        "5": "$L1",
    }
    assert one(reference, **rows).resolve(reference) == value


def test_a_text_row_is_never_read_as_a_reference() -> None:
    read = flight.parse(b'1:T3,$L20:"$L1"\n')
    assert read.resolve("$L1") == "$L2"


def test_plain_follows_everything() -> None:
    read = one({"a": "$L1", "b": ["$1:x", "$undefined"], "c": "$Lff"}, **{"1": {"x": "$2"}, "2": [1]})
    assert read.plain(read.rows[0].value) == {"a": {"x": [1]}, "b": [[1], None], "c": "$Lff"}


@pytest.mark.parametrize(
    "rows",
    [
        {"1": "$L2", "2": "$L1"},
        {"1": {"again": "$1"}},
        {"1": ["$2"] * 9, **{f"{row:x}": [f"${row + 1:x}"] * 9 for row in range(2, 40)}, "28": 0},
    ],
    ids=["circle", "in itself", "nine to the fortieth"],
)
def test_references_without_end_are_refused(rows: dict[str, Any]) -> None:
    read = one(None, **rows)
    with pytest.raises(ParseFailed):
        read.plain("$L1")


def test_objects_are_found_by_shape_in_stream_order() -> None:
    inner = {"slug": "b", "entries": "$1"}
    read = one([{"slug": "a"}, {"x": inner}, {"slug": "c", "entries": [], "y": {"slug": "d", "entries": 0}}])
    assert [found["slug"] for found in read.objects("slug", "entries")] == ["b", "c", "d"]


def test_rows_that_were_cut_out_are_named() -> None:
    read = one(["$L1", "$Lff", "$Q2d", "$2:x", "$Sreact"], **{"1": None, "2": {"x": 0}})
    assert read.missing() == ["2d", "ff"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "carries no flight stream"),
        (b"https://example.com/self.__next_f", "carries no flight stream"),
        (b"<html><title>Just a moment...</title></html>", "carries no flight stream"),
        (b"\xff\xfe<script>", "not UTF-8"),
        (page([0]), "carries no flight stream"),
        (page([1, ""]), "is empty"),
        (page([1, "no row"]), "begins no row"),
        (page([1, "0:{"]), "row 0 of the flight stream is no JSON"),
        (page([1, "0:[NaN]\n"]), "is no JSON"),
        (page([1, "0:" + "[" * 100_000]), "is no JSON"),
        (page([1, '0:"\\ud800"\n']), "is no JSON"),
        (page([1, "0:" + "9" * 5000 + "\n"]), "is no JSON"),
        (page([1, "23:T8b5,too short"]), "2220 bytes are missing"),
        (page([3, base64.b64encode(b"1:T2,\xff\xff").decode()]), "is no text"),
        (page([3, "no base64!"]), "breaks off or is no JSON"),
        (page([9, "?"]), "breaks off or is no JSON"),
        (b'<script>self.__next_f.push([1,"0:1</script>', "breaks off or is no JSON"),
        (b'<script>self.__next_f.push([1,"0:1', "within a script"),
        (
            b'<script>self.__next_f.push([1,"0:1\\n"])</script><script>self.__next_f.push([1',
            "within a script",
        ),
    ],
)
def test_what_is_no_stream_says_why(body: bytes, says: str) -> None:
    with pytest.raises(ParseFailed, match=says):
        nextjs.read(body)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_garbage_is_refused_or_read_never_a_traceback(noise: bytes) -> None:
    for attempt in (nextjs.read, flight.parse):
        try:
            found = attempt(noise)
        except ParseFailed:
            continue
        found.missing()


@settings(deadline=None)
@given(ROWS, st.data())
def test_a_broken_stream_is_refused_or_read_never_a_traceback(rows: list[Any], data: st.DataObject) -> None:
    raw = bytearray(page([0], [1, wire(rows)]))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = nextjs.read(bytes(raw))
        for row in found.rows:
            found.plain(row.value)
    except ParseFailed as error:
        assert str(error)


def test_every_cut_of_a_page_within_its_scripts_is_refused() -> None:
    whole = page([1, '0:{"a":"é"}\n1:T4,🏆2:'], [1, "[1,2]\n"])
    last = whole.rindex(b"]")
    for end in range(whole.index(b"push"), last):
        try:
            read = nextjs.read(whole[:end])
        except ParseFailed:
            continue
        assert end < whole.rindex(b"self"), "a cut push passed"
        assert read.rows[0].value == {"a": "é"}
