"""Pipe tables: what is one, where it ends, and what is refused."""

from __future__ import annotations

from contextlib import suppress

import pytest

from archiver.errors import ParseFailed
from archiver.formats import markdown
from tests.ending import ends

TABLE = "|Model|Rate|\n|:---|---:|\n|GigaChat|3.0 %|\n|YandexGPT |4.0 %|\n"


def test_a_table_between_text() -> None:
    [table] = markdown.tables(f"# Head\n\nsome | text\n\n{TABLE}\nMore\n")
    assert table.header == ("Model", "Rate")
    assert table.rows == (("GigaChat", "3.0 %"), ("YandexGPT", "4.0 %"))
    assert table.ended


@pytest.mark.parametrize("cut", [TABLE, TABLE.rstrip("\n"), TABLE.rstrip("|\n")])
def test_a_text_that_stops_with_the_table_may_be_cut(cut: str) -> None:
    [table] = markdown.tables(cut)
    assert not table.ended
    assert table.rows[-1] == ("YandexGPT", "4.0 %")


def test_pipes_at_the_ends_may_be_left_out_and_a_pipe_may_be_escaped() -> None:
    [table] = markdown.tables("Model | Rate\n--- | ---\na\\|b | 1\n  c | 2 |\n\n")
    assert table.rows == (("a|b", "1"), ("c", "2"))


def test_empty_cells_are_cells() -> None:
    [table] = markdown.tables("|a|b|c|\n|-|-|-|\n|1|||\n||2||\n\n")
    assert table.rows == (("1", "", ""), ("", "2", ""))


def test_what_stands_in_a_code_block_is_no_table() -> None:
    assert markdown.tables(f"```\n{TABLE}```\n") == []
    assert markdown.tables(f"~~~~\n{TABLE}~~~\n{TABLE}~~~~\n") == []
    assert len(markdown.tables(f"```sh\nls\n```\n{TABLE}\n")) == 1


def test_a_delimiter_row_has_as_many_cells_as_the_header() -> None:
    assert markdown.tables("|a|b|\n|---|\n|1|2|\n") == []
    assert markdown.tables("|a|b|\n|1|2|\n") == []


def test_two_tables() -> None:
    first, second = markdown.tables(f"{TABLE}\n{TABLE}text")
    assert first == second


@pytest.mark.parametrize(
    ("row", "said"),
    [("|1|", "Row 3 has 1 cells where the header has 2"), ("|1|2|3|", "Row 3 has 3 cells")],
)
def test_ragged_rows_are_refused(row: str, said: str) -> None:
    with pytest.raises(ParseFailed, match=said):
        markdown.tables(f"{TABLE}{row}\n")


def test_a_header_alone_is_refused() -> None:
    with pytest.raises(ParseFailed, match="a header and no rows"):
        markdown.tables("|a|b|\n|---|---|\n\n")


def test_hostile_texts_take_linear_time() -> None:
    for hostile in ("|" * 300_000, "|a\n" * 100_000, "|-\n" * 100_000, "\\|" * 200_000, "`" * 500_000):
        with ends(), suppress(ParseFailed):
            markdown.tables(f"{hostile}\n{hostile}")
