"""Vectara's hallucination leaderboard: how often a model's summary says what its source does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from ..errors import ParseFailed
from ..formats import markdown, markup, ranks, text
from ..formats.fields import Audit, Fields
from ..formats.tables import Table
from ..records import Entry, Finding, Payload, Severity, Snapshot, utc
from . import Board, GitFile, Route, Source

_README = "https://raw.githubusercontent.com/vectara/hallucination-leaderboard/main/README.md"
_RATE = "Hallucination Rate"
_COMPLEMENT = ("Factual Consistency Rate", "Accuracy")
"""What the rate is 100 minus of, by its name since 2024 and before."""
_FIGURES = ("Answer Rate", "Average Summary Length (Words)")
_METRIC = "hallucination rate (%), lower is better"

_RESET = utc("2025-11-18")
"""From here on the publisher's README ranks by new documents (its first picture of the new board is of this
day), and links to the old board, frozen in the tree `…-old-dataset`."""
_FROZEN = re.compile(r"/tree/[\w.-]*old-dataset")
_UPDATED = re.compile(r"^Last updated on ([A-Z][a-z]+) (\d{1,2})(?:st|nd|rd|th)?, (\d{4})\s*$", re.MULTILINE)
_JUDGE = re.compile(r"(?:uses|using(?: the)?) (HHEM-\d+(?:\.\d+)*)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_START, _END = "<!-- LEADERBOARD_START -->", "<!-- LEADERBOARD_END -->"
_DUST = 0.06
"""Both rates have one decimal, so they add up to 100.0 or miss it by a tenth at least."""
_UNEVEN_SHARE = 0.10
"""More rows than this whose two rates do not add up to 100: the columns are not what they are called."""

SOURCE = Source(
    title="Vectara hallucination leaderboard",
    homepage="https://github.com/vectara/hallucination-leaderboard",
    license="Apache-2.0",
    attribution="Vectara Hallucination Leaderboard (Simon Hughes, Minseok Bae, Miaoran Li), Apache-2.0",
    routes=(
        Route(
            name="readme",
            media="markdown",
            pattern=r"https://raw\.githubusercontent\.com/vectara/hallucination-leaderboard/[^?#]+/README\.md"
            r"|(?!https?:)[^?#]*\.md",
            captures=(_README,),
        ),
    ),
    boards={
        "vectara/2023/overall": Board(
            title="Vectara hallucination leaderboard, until November 2025",
            metric=_METRIC,
            higher_is_better=False,
            rows=(8, 400),
        ),
        "vectara/2025/overall": Board(
            title="Vectara hallucination leaderboard, since November 2025",
            metric=_METRIC,
            higher_is_better=False,
            rows=(15, 500),
        ),
    },
    cadence=timedelta(days=1),
    version=1,
    history=(
        GitFile("https://github.com/vectara/hallucination-leaderboard", "README.md", "readme", url=_README),
    ),
    quirks=(
        "Lower is better: the score is the hallucination rate.",
        "The set of documents was replaced in November 2025: before and after are two boards.",
        "The judging model changed too: HHEM-1.0 until July 2024, then HHEM-2.1, since the reset HHEM-2.3; "
        "what the README says of it is in the notes.",
        "The board prints no rank: ranks are counted from the rate, whose one decimal many models share.",
        "The date at its head can stay behind the table: rows were added under 'November 1st, 2023' and "
        "'April 29th, 2025'.",
        "Single rows contradict themselves (a rate of 6.6 % beside a consistency of 93.7 %): both are kept.",
    ),
)


def parse(payload: Payload) -> Iterator[Snapshot]:
    """The one board of a README.

    Raises ParseFailed where the table, a column or what tells the board is missing, or the table is cut off.
    """
    content = text.decode(payload.body).replace("\r\n", "\n")
    table = _table(content)
    complement = next((name for name in _COMPLEMENT if name in table.header), " or ".join(_COMPLEMENT))
    table.require("Model", _RATE, complement)
    updated = _updated(content)
    audit = Audit()
    entries = [
        _entry(audit.record(record), row, complement) for row, record in enumerate(table.records(), start=1)
    ]
    places = ranks.competition([entry.score for entry in entries], higher_is_better=False)
    judge = _JUDGE.search(content)
    yield Snapshot(
        board=f"vectara/{_era(content, updated)}/overall",
        entries=[entry._replace(rank=place) for entry, place in zip(entries, places, strict=True)],
        published_at=updated,
        rank_kind="by-score",
        metric=_METRIC,
        layout="marked" if _START in content else "plain",
        notes={"judge": judge[1]} if judge else {},
        findings=[*audit.findings(), *_uneven(entries, complement)],
    )


def _table(content: str) -> Table:
    """The ranking: the one table that has a model or its rate."""
    if _START in content and _END not in content:
        raise ParseFailed(f"vectara: the mark {_END} is missing: the file is cut off.")
    found = [table for table in markdown.tables(content) if {"Model", _RATE} & set(table.header)]
    if len(found) != 1:
        raise ParseFailed(
            f"vectara: {len(found)} tables have a column 'Model' or '{_RATE}', where one ranking is "
            "expected: cut off, renamed or rebuilt."
        )
    if not found[0].ended:
        raise ParseFailed("vectara: the file stops with the table: it is cut off.")
    return found[0]


def _updated(content: str) -> datetime | None:
    """The date that the README gives itself; None where there is none."""
    found = _UPDATED.search(content)
    if found is None or found[1][:3].lower() not in _MONTHS:
        return None
    try:
        return datetime(int(found[3]), _MONTHS.index(found[1][:3].lower()) + 1, int(found[2]), tzinfo=UTC)
    except ValueError:
        return None


def _era(content: str, updated: datetime | None) -> str:
    """The year in which the board began: 2023, or 2025 after the reset."""
    if _FROZEN.search(content) or (updated and updated >= _RESET):
        return "2025"
    if updated is None:
        raise ParseFailed("vectara: no 'Last updated on …', so not known whether before the reset or after.")
    return "2023"


def _entry(fields: Fields, row: int, complement: str) -> Entry:
    name, rate = fields.name("Model"), fields.number(_RATE)
    figures = {column: fields.number(column) for column in (complement, *_FIGURES) if column in fields}
    return Entry(position=row, model=markup.plain(name), score=rate, extra=figures | fields.rest())


def _uneven(entries: Sequence[Entry], complement: str) -> Iterator[Finding]:
    """Rows whose two rates do not add up to 100."""
    uneven = []
    for entry in entries:
        other = (entry.extra or {}).get(complement)
        if entry.score is not None and isinstance(other, float) and abs(entry.score + other - 100) > _DUST:
            uneven.append(entry.model)
    if uneven:
        severity: Severity = "error" if len(uneven) > _UNEVEN_SHARE * len(entries) else "note"
        what = f"In {len(uneven)} of {len(entries)} rows {_RATE} and {complement} do not add up to 100"
        yield Finding("uneven-rates", severity, f"{what} ({text.listed(uneven)}).", {"models": uneven})
