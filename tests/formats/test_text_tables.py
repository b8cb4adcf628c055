"""Text, CSV, JSON and drawn tables: read strictly or refused with the place."""

from __future__ import annotations

import pytest

from archiver.errors import ParseFailed
from archiver.formats import boxes, csvs, jsons, markup, tables, text


@pytest.mark.parametrize(
    ("body", "content"),
    [
        ("модель".encode(), "модель"),
        ("\ufeffмодель".encode(), "модель"),
        ("модель".encode("utf-16"), "модель"),
        (b"\xfe\xff" + "модель".encode("utf-16-be"), "модель"),
    ],
)
def test_a_byte_order_mark_decides(body: bytes, content: str) -> None:
    assert text.decode(body) == content


def test_what_is_not_the_charset_is_refused() -> None:
    with pytest.raises(ParseFailed, match="byte 3 of 6 does not belong"):
        text.decode(b"abc\xffde")
    assert text.decode("модель".encode("cp1251"), "cp1251") == "модель"


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_csv_with_any_line_end(ends: str) -> None:
    body = ends.join(["model, score ", '"a, ""b""",1', "", "c , 2", ""]).encode("utf-8-sig")
    table = csvs.read(body)
    assert table.header == ("model", "score")
    assert table.rows == (('a, "b"', "1"), ("c", "2"))
    assert table.ended
    assert list(table.records())[1] == {"model": "c", "score": "2"}


def test_ragged_rows_are_put_aside_where_they_are_asked_for() -> None:
    body = b"model,score\na,1\nb\nc,2\nd,3,4\n"
    with pytest.raises(ParseFailed, match="Row 2 has 1 cells where the header has 2"):
        csvs.read(body)
    table = csvs.read(body, keep_ragged=True)
    assert table.rows == (("a", "1"), ("c", "2"))
    assert table.ragged == ((2, ("b",)), (4, ("d", "3", "4")))
    with pytest.raises(ParseFailed, match="no rows"):
        csvs.read(b"model,score\na\n", keep_ragged=True)


def test_csv_that_stops_in_a_line_says_so() -> None:
    assert not csvs.read(b"model,score\na,1").ended


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"model,score\na,1\nb\n", "Row 2 has 1 cells where the header has 2"),
        (b"model,score\na,1,2\n", "Row 1 has 3 cells"),
        (b"model,score,model\na,1,2\n", "Column 'model' stands more than once"),
        (b"model,score\n", "no rows"),
        (b'model,score\n"a,1\n', "Not CSV: line 2"),
        (b"\n\n", "empty"),
        (b"model,score\na," + b"9" * 200_000 + b"\n", "field larger than field limit"),
    ],
)
def test_csv_that_is_no_table_is_refused(body: bytes, said: str) -> None:
    with pytest.raises(ParseFailed, match=said):
        csvs.read(body)


def test_a_missing_column_is_named_beside_those_that_are_there() -> None:
    table = tables.build(["model", "rating"], [["a", "1"]])
    table.require("model")
    with pytest.raises(ParseFailed, match=r"Column 'score', 'votes' is not in the table.*'model', 'rating'"):
        table.require("score", "model", "votes")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"a": NaN}', "NaN is not JSON"),
        ('{"a": -Infinity}', "-Infinity is not JSON"),
        ('{"a": 1, "b": 2, "a": 3}', "key 'a' twice"),
        ("[" * 100_000, "nested too deep"),
        ('{"a": 1', "Not JSON"),
        ("1" * 5000, "Not JSON"),
        (b"\xff\xfe\xfd", "Not JSON"),
    ],
)
def test_json_that_has_no_one_meaning_is_refused(content: str | bytes, said: str) -> None:
    with pytest.raises(ParseFailed, match=said):
        jsons.loads(content)


BOX = """
    ┏━━━━━━━┳━━━━━━━┓
    ┃ Model ┃ Score ┃
    ┡━━━━━━━╇━━━━━━━┩
    │ a     │   1.0 │
    │ b…    │   2.0 │{break}└───────┴───────┘
after
"""


@pytest.mark.parametrize("line_break", ["\n    ", "", " "])
def test_a_box_with_its_border_on_a_line_of_its_own_or_not(line_break: str) -> None:
    [table] = boxes.tables(BOX.replace("{break}", line_break))
    assert table.header == ("Model", "Score")
    assert table.rows == (("a", "1.0"), ("b…", "2.0"))
    assert table.ended


def test_a_box_without_a_lower_border_has_not_ended() -> None:
    cut, _, rest = BOX.partition("{break}")
    assert not boxes.tables(cut)[0].ended
    assert not boxes.tables(cut + "\n" + rest.splitlines()[1])[0].ended


def test_other_styles_of_box_and_two_in_a_text() -> None:
    light = "┌───┬───┐\n│ A │ B │\n├───┼───┤\n│ 1 │ 2 │\n└───┴───┘\n"
    double = "╔═══╦═══╗\n║ A ║ B ║\n╠═══╬═══╣\n║ 1 ║ 2 ║\n╚═══╩═══╝\n"
    found = boxes.tables(light + "text\n" + double)
    assert [table.rows for table in found] == [(("1", "2"),)] * 2
    assert all(table.ended for table in found)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("┌───┬───┐\n│ A │ B │\n├───┼───┤\n│ 1 │\n└───┴───┘", "Row 1 has 1 cells"),
        ("┌───┬───┐\n│ A │ B │\n│ 1 │ 2 │\n└───┴───┘", "2 header lines"),
        ("┌───┬───┐\n│ A │ B │\n├───┼───┤\n└───┴───┘", "no rows"),
    ],
)
def test_a_box_that_is_no_table_is_refused(content: str, said: str) -> None:
    with pytest.raises(ParseFailed, match=said):
        boxes.tables(content)


@pytest.mark.parametrize("block", ["", "a | score 1", "a", "a | score: 1 | score: 2", "prose\na | score: 1"])
def test_lines_that_are_not_labelled_are_refused(block: str) -> None:
    with pytest.raises(ParseFailed):
        boxes.labelled(block, "Model")


def test_markup_comes_off_and_names_that_look_like_it_stay() -> None:
    assert markup.plain('<a href="x"><b>R&amp;D</b>\u00a070B</a>') == "R&D 70B"
    for name in ("a < b", "AT&T", "<8B>", "x > y", "https://example.org"):
        assert markup.plain(name) == name
    assert markup.link('<a href="https://example.org/?a=1&amp;b=2">x</a>') == "https://example.org/?a=1&b=2"
    assert markup.link("<b>x</b>") is None
