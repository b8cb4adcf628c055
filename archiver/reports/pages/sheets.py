"""A report as a workbook: a sheet for each table, text never taken for a formula or a link."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from .. import rows
from ..texts import Texts, texts
from . import data
from .content import Report

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_WHO = frozenset({"who", "watched", "organization"})
"""Columns in which somebody asked for may stand, whose name a reader reads; CSV and JSON keep the code of a
country."""
_WIDEST, _LONGEST = 60, 32_000
"""Characters: of a column, and of a cell (the format itself holds 32,767)."""


def workbook(report: Report) -> bytes:
    """The file; the same bytes for the same report."""
    import xlsxwriter

    say = texts(report.asked.lang)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True},
    )
    book.set_properties(
        {
            "title": rows.text(str(data.tables(report)["about"].rows[0][1])),
            "author": report.tool,
            "created": report.until.astimezone(UTC).replace(tzinfo=None),
        }
    )
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    forms: dict[type, Format] = {
        date: book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"}),
    }
    for name, table in data.tables(report).items():
        sheet = book.add_worksheet(say(f"columns.{name}"))
        _fill(sheet, _called(table, say), head, forms, lambda column: say(f"columns.{column}"))
    book.close()
    return out.getvalue()


def _called(table: data.Table, say: Texts) -> data.Table:
    """A table in which those asked for bear the names that the language gives them."""
    asked = [column in _WHO for column in table.columns]
    if not any(asked):
        return table
    lines = [
        [
            say.label(raw) if here and isinstance(raw, str) else raw
            for raw, here in zip(line, asked, strict=True)
        ]
        for line in table.rows
    ]
    return table._replace(rows=lines)


def _fill(
    sheet: Worksheet,
    table: data.Table,
    head: Format,
    forms: dict[type, Format],
    titled: Callable[[str], str],
) -> None:
    widths = [len(titled(column)) for column in table.columns]
    for across, column in enumerate(table.columns):
        sheet.write_string(0, across, titled(column), head)
    for down, row in enumerate(table.rows, 1):
        for across, raw in enumerate(row):
            written = _write(sheet, down, across, raw, forms)
            widths[across] = max(widths[across], min(written, _WIDEST))
    for across, wide in enumerate(widths):
        sheet.set_column(across, across, wide + 2)
    sheet.freeze_panes(1, 0)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)


def _write(sheet: Worksheet, down: int, across: int, raw: Any, forms: dict[type, Format]) -> int:
    """Writes a cell; returns how many characters it takes."""
    if raw is None:
        return 0
    if isinstance(raw, bool):
        sheet.write_boolean(down, across, raw)
        return 6
    if isinstance(raw, int | float) and rows.value(raw) is not None:
        sheet.write_number(down, across, raw)
        return 10
    if isinstance(raw, datetime):
        sheet.write_datetime(down, across, raw.replace(tzinfo=None), forms[datetime])
        return 19
    if isinstance(raw, date):
        sheet.write_datetime(down, across, datetime(raw.year, raw.month, raw.day), forms[date])  # noqa: DTZ001  # a date has no zone
        return 10
    text = rows.text(raw)
    sheet.write_string(down, across, text[:_LONGEST])
    return len(text)
