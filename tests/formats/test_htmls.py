"""Tables of HTML: spans, headers, nesting, what is cut off, and what strangers write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import ParseFailed
from archiver.formats import htmls


def only(content: str) -> htmls.Table:
    [table] = htmls.tables(content)
    return table


def test_spans_stand_in_each_row_and_column() -> None:
    table = only(
        "<table><thead><tr><th rowspan=2>Model</th><th colspan='2'>Text</th></tr>"
        "<tr><th>Acc</th><th>F1</th></tr></thead><tbody>"
        "<tr><td rowspan=2>a</td><td>1</td><td rowspan=0>x</td></tr><tr><td>2</td></tr>"
        "<tr><td>b</td><td>3</td></tr></tbody><tfoot><tr><td colspan=3>Mean</td></tr></tfoot></table>"
    )
    assert table.header == ("Model", "Text Acc", "Text F1")
    assert table.rows == (("a", "1", "x"), ("a", "2", "x"), ("b", "3", "x"))


def test_a_span_does_not_reach_out_of_the_head() -> None:
    table = only("<table><thead><tr><th rowspan=9>A</th></tr></thead><tr><td>1</td></tr></table>")
    assert (table.header, table.rows) == (("A",), (("1",),))


@pytest.mark.parametrize(
    ("content", "header", "rows"),
    [
        ("<tr><td>A<td>B<tr><td>1<td>2", ("A", "B"), (("1", "2"),)),
        ("<tr><th>A<th>B<tr><th>1<td>2", ("A", "B"), (("1", "2"),)),
        ("<tr><th>A<tr><th>1<tr><th>2", ("A",), (("1",), ("2",))),
        ("<tr><th>A<th><th><tr><td>1<td>2<td>3", ("A", "column 2", "column 3"), (("1", "2", "3"),)),
        ("<tr><th><th>A<tr></tr><tr><td>1<td>2", ("", "A"), (("1", "2"),)),
    ],
    ids=["open cells", "heads of rows", "all heads", "no names", "an empty row"],
)
def test_headers_and_tags_that_may_be_left_out(content: str, header: object, rows: object) -> None:
    table = only(f"<table>{content}</table>")
    assert (table.header, table.rows) == (header, rows)


def test_text_is_what_a_reader_sees() -> None:
    cells = (
        "<b>Giga<i>Chat</i></b>&nbsp;MAX<br>26<p>B</p><!-- x --><script>y()</script><style>z</style>",
        "R&amp;D &lt;8B>",
        "a<table><tr><td>inner</td></tr><tr><td>2</td></tr></table>",
    )
    outer, inner = htmls.tables(
        f"<table><tr><td>A<td>B<td>C</tr><tr><td>{'<td>'.join(cells)}</table><p>text</p>"
    )
    assert outer.rows == (("GigaChat MAX 26 B", "R&D <8B>", "a"),)
    assert (inner.header, inner.rows) == (("inner",), (("2",),))


def test_only_the_tables_of_one_element() -> None:
    table = "<section id={}><table><tr><th>{}</th></tr><tr><td>1</td></tr></table></section>"
    content = table.format("first", "A") + table.format('"second"', "B") + "<table><tr><td>no rows</table>"
    assert [found.header for found in htmls.tables(content, inside="second")] == [("B",)]
    with pytest.raises(ParseFailed, match="'third'"):
        htmls.tables(content, inside="third")
    with pytest.raises(ParseFailed, match="no rows"):
        htmls.tables(content)


def test_an_end_that_is_missing_is_told_of_the_right_table() -> None:
    row = "<tr><th>A</th></tr><tr><td>1</td></tr>"
    content = f"<TABLE>{row}</TABLE><!-- </table> --><table>{row}<tr><td>2"
    assert [table.ended for table in htmls.tables(content)] == [True, False]
    assert htmls.tables("no table, only <b>text") == []
    with pytest.raises(ParseFailed, match="'scores'"):
        htmls.tables("", inside="scores")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("<tr><th>A<th>B<tr><td>1", "Row 1 has 1 cells"),
        ("<tr><th>A<th>A<tr><td>1<td>2", "more than once"),
        ("<tr><th>A<th>B<tr><td colspan=2>Open models<tr><td>1<td>2", "'Open models'"),
        ("<tr><th colspan=2>A<th>B<tr><th>C", "columns, not as many"),
        ("<tr><th>A" + "<tr>" + "<td colspan=1000>" * 1001, "more than 1,000,000 cells"),
    ],
)
def test_what_is_no_list_is_refused(rows: str, said: str) -> None:
    with pytest.raises(ParseFailed, match=said):
        htmls.tables(f"<table>{rows}<tr><td>x</table>")


MARKS = [
    "<table>",
    "</table>",
    "<tr>",
    "</tr>",
    "<td rowspan=3>",
    "<th colspan=2>",
    "<![",
    "<?xml?>",
    "<!--",
    "a",
]


@given(st.lists(st.one_of(st.sampled_from(MARKS), st.text(max_size=5)), max_size=30).map("".join))
def test_anything_is_a_table_or_refused(content: str) -> None:
    try:
        for table in htmls.tables(content):
            assert all(len(row) == len(table.header) for row in table.rows)
    except ParseFailed as failed:
        assert str(failed)
