"""OpenRouter: days of a file, the row of all others, and shares that have to make a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.errors import ParseFailed
from archiver.records import Payload, Snapshot, utc
from archiver.sources import openrouter

SAMPLES = Path(__file__).resolve().parents[1] / "samples/openrouter"
EXPORT = "https://openrouter.ai/api/v1/datasets/exports/rankings-daily/2026-10-08.csv"
API = "https://openrouter.ai/api/v1/datasets/rankings-daily"


def export(body: bytes) -> list[Snapshot]:
    return list(openrouter.parse(Payload(body, EXPORT)))


def test_a_file_holds_days() -> None:
    first, second = export((SAMPLES / "2026-10-08.csv").read_bytes())
    assert (first.published_at, second.published_at) == (utc("2026-10-06"), utc("2026-10-07"))
    assert not first.complete
    assert "600000000000" in str(first.notes)
    free, paid = first.entries[2:4]
    assert (free.model, free.variant, free.rank) == ("nvidia/nemotron-4-ultra", "free", 3)
    assert (paid.model, paid.variant, paid.organization) == ("nvidia/nemotron-4-ultra", None, "nvidia")


def test_the_answer_of_the_api_is_ranked_by_tokens() -> None:
    days = list(openrouter.parse(Payload((SAMPLES / "rankings_daily.json").read_bytes(), API)))
    assert [[entry.rank for entry in day.entries] for day in days] == [[1, 2, 2]] * 2
    assert {day.rank_kind for day in days} == {"by-score"}


def test_days_that_lack_rows_are_held() -> None:
    lines = (SAMPLES / "2026-10-08.csv").read_bytes().split(b"\r\n")
    first, second = export(b"\r\n".join([*lines[:4], *lines[5:]]))
    assert [finding.severity for finding in first.findings] == ["error"]
    assert list(second.findings) == []


@pytest.mark.parametrize("day", ["2026-13-01", "yesterday", "2026-02-29", ""])
def test_what_is_no_day_is_refused(day: str) -> None:
    body = (SAMPLES / "2026-10-08.csv").read_bytes().replace(b"2026-10-06", day.encode())
    with pytest.raises(ParseFailed, match="no day"):
        export(body)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"error": {"code": 401, "message": "No key"}}', "'data'"),
        (b'{"data": []}', "'data'"),
        (b'{"data": [3]}', "1 rows"),
        (b'{"data": [{"date": "2025-01-01", "model_permaslug": "other", "total_tokens": "3"}]}', "no model"),
    ],
)
def test_answers_without_rows_are_refused(body: bytes, told: str) -> None:
    with pytest.raises(ParseFailed, match=told):
        list(openrouter.parse(Payload(body, API)))


@pytest.mark.parametrize(
    "body",
    [b"[]", b'{"files": {"csv": {}}}', b'{"files": {"csv": {"url": "https://elsewhere.example/a.csv"}}}'],
)
def test_a_manifest_without_a_dated_file_is_refused(body: bytes) -> None:
    search = openrouter._discover()
    next(search)
    with pytest.raises(ParseFailed):
        search.send(body)
