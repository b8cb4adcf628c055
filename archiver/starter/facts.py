"""Facts: states of boards taken from recordings, and how they are written in the archive's ranking format."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from .. import sources
from ..formats.ranking import COLUMNS
from ..records import Entry, Snapshot, moment

TOP = 300
"""Rows of one state that are carried at most: a longer board becomes an excerpt of its head."""


class Fact(NamedTuple):
    """One state of a board, and where it was taken from."""

    snapshot: Snapshot
    captured_at: datetime
    """When the version that says it was recorded."""
    source_url: str

    @property
    def time(self) -> datetime:
        """What answers order by."""
        return self.snapshot.published_at or self.captured_at


def payloads(facts: Iterable[Fact], columns: Sequence[str] = ()) -> Iterator[tuple[str, datetime, bytes]]:
    """Track, time and bytes of each payload: a file for each track and version, oldest first.

    columns: fields of `extra` that are carried as columns of their own.
    """
    files: dict[tuple[datetime, str], list[Fact]] = {}
    for fact in sorted(facts, key=lambda fact: (fact.captured_at, fact.snapshot.board, fact.time)):
        files.setdefault((fact.captured_at, fact.snapshot.board.split("/")[1]), []).append(fact)
    for (time, track), of_file in files.items():
        yield track, time, _csv(of_file, columns)


def thinned(facts: Iterable[Fact], period: Callable[[datetime], object]) -> list[Fact]:
    """Of each board the last state of each period."""
    last: dict[tuple[str, object], Fact] = {}
    for fact in sorted(facts, key=lambda fact: (fact.time, fact.captured_at)):
        last[fact.snapshot.board, period(fact.time)] = fact
    return list(last.values())


def month(time: datetime) -> object:
    return time.year, time.month


def week(time: datetime) -> object:
    return time.isocalendar()[:2]


def preferred(ways: Sequence[Iterable[Fact]], reach: timedelta) -> list[Fact]:
    """One board's states from several ways, the best first: a state of a lesser way counts only where no
    better way has one in the `reach` before it, nor on the same day. Never two ways for one time."""
    chosen: list[Fact] = []
    for way in ways:
        better = [fact.time for fact in chosen]
        chosen += [
            fact
            for fact in way
            if not any(time <= fact.time < time + reach or time.date() == fact.time.date() for time in better)
        ]
    return chosen


def _csv(facts: Iterable[Fact], columns: Sequence[str]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*COLUMNS, *columns))
    for fact in facts:
        snapshot = fact.snapshot
        competitors = sum(entry.competitor for entry in snapshot.entries)
        of = competitors if snapshot.complete else snapshot.declared_total
        for entry in _head(snapshot.entries):
            writer.writerow(
                [*_row(fact, entry, of), *(_text((entry.extra or {}).get(name)) for name in columns)]
            )
    return out.getvalue().encode()


def _head(entries: Sequence[Entry]) -> Sequence[Entry]:
    """The best `TOP` rows of a long board, in the board's own order."""
    if len(entries) <= TOP * 4 // 3:
        return entries
    best = sorted(entries, key=lambda entry: (entry.rank is None, entry.rank or 0, entry.position))[:TOP]
    return sorted(best, key=lambda entry: entry.position)


def _row(fact: Fact, entry: Entry, of: int | None) -> list[str]:
    snapshot = fact.snapshot
    board = sources.load(snapshot.board.partition("/")[0]).SOURCE.board(snapshot.board)
    values = (
        *(snapshot.board, moment(snapshot.published_at), entry.rank, entry.rank_low, entry.rank_high, of),
        *(entry.model, entry.organization, entry.score, entry.score_low, entry.score_high),
        *(entry.votes, entry.license, fact.source_url, entry.variant, snapshot.rank_kind),
        *(None if board and board.metric == snapshot.metric else snapshot.metric,),
        *(None if entry.competitor else "no", snapshot.notes.get("caution")),
    )
    return [_text(value) for value in values]


def _text(value: object) -> str:
    """Figures with two digits after the point, small ones with four: shares are told apart by the third."""
    if value is None:
        return ""
    if not isinstance(value, float):
        return str(value)
    text = f"{value:.{2 if abs(value) >= 10 else 4}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
