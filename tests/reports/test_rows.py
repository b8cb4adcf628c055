"""Rows as data."""

from __future__ import annotations

import io
import json
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from archiver.reports import rows

COLUMNS = ["board", "date", "published_at", "captured_at", "rank", "score", "quirks"]
ROW = (
    "ru/plain/overall",
    date(2026, 7, 20),
    datetime(2026, 7, 20),  # noqa: DTZ001  # as DuckDB gives it: UTC without zone
    datetime(2026, 7, 20, 11, 4, 33),  # noqa: DTZ001
    None,
    1307.0,
    ["a", "б"],
)


def written(form: str, found: list[tuple[object, ...]]) -> str:
    out = io.StringIO()
    rows.WRITERS[form](out, COLUMNS, found)
    return out.getvalue()


def test_times_are_written_as_everywhere() -> None:
    [row] = json.loads(written("json", [ROW]))
    assert row == {
        "board": "ru/plain/overall",
        "date": "2026-07-20",
        "published_at": "2026-07-20",
        "captured_at": "2026-07-20T11:04:33Z",
        "rank": None,
        "score": 1307.0,
        "quirks": ["a", "б"],
    }


def test_json_lines_are_the_objects_of_json() -> None:
    assert [json.loads(line) for line in written("jsonl", [ROW, ROW]).splitlines()] == json.loads(
        written("json", [ROW, ROW])
    )


def test_csv_and_plain_rows_leave_what_is_missing_empty() -> None:
    line = 'ru/plain/overall,2026-07-20,2026-07-20,2026-07-20T11:04:33Z,,1307.0,"[""a"", ""б""]"'
    assert written("csv", [ROW]) == ",".join(COLUMNS) + "\n" + line + "\n"
    line = 'ru/plain/overall\t2026-07-20\t2026-07-20\t2026-07-20T11:04:33Z\t\t1307.0\t["a", "б"]'
    assert written("plain", [ROW]) == "\t".join(COLUMNS) + "\n" + line + "\n"


@pytest.mark.parametrize(
    ("form", "nothing"),
    [
        ("json", "[]\n"),
        ("jsonl", ""),
        ("csv", ",".join(COLUMNS) + "\n"),
        ("plain", "\t".join(COLUMNS) + "\n"),
    ],
)
def test_no_rows(form: str, nothing: str) -> None:
    assert written(form, []) == nothing


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (float("nan"), None), (float("inf"), None), (Decimal("1.50"), 1.5), (Decimal(7), 7), (b"\xff", "ff"),
        ({"a": date(2024, 1, 1)}, {"a": "2024-01-01"}), (timedelta(hours=1), "1:00:00"), (True, True),
    ],
)  # fmt: skip
def test_every_kind_of_cell_is_json(raw: object, value: object) -> None:
    assert rows.value(raw) == value
