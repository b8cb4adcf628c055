"""The archive's own ranking format: rankings as facts, in CSV, several boards and dates in one file.

    board,published_at,rank,rank_low,rank_high,of,model,organization,score,…,license,source_url
    ru_llm_arena/plain/overall,2024-07-26,15,,,40,yandex_gpt_pro,,45.1,…

Needed are `board` and `model`; every other column may be missing, every cell but these two empty. Rows of one
board and `published_at` are one snapshot, in the file's order. `of` counts the board's competitors: as many
as are listed, and the snapshot is complete; more, or none given, and it is an excerpt, which never proves an
absence. Where a row has a rank, ranks are as published; where none has, those of a complete snapshot are
counted from the scores, and an excerpt has none.
`rank_kind`, `metric`, `variant` and `competitor` (`no` for a human or a random baseline) carry over what the
source's own parser says of a board, and `caution` is a sentence on the whole snapshot that answers print
beside it. Any other column is kept in `extra`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from math import isfinite
from typing import Protocol, TypeVar, cast, get_args

from ..errors import ParseFailed
from ..records import Entry, Finding, RankKind, Snapshot, utc
from . import csvs, ranks, text
from .fields import Audit

COLUMNS = (
    *("board", "published_at", "rank", "rank_low", "rank_high", "of", "model", "organization"),
    *("score", "score_low", "score_high", "votes", "license", "source_url"),
    *("variant", "rank_kind", "metric", "competitor", "caution"),
)
"""Every column with a meaning, in the order in which the archive writes them."""

PATTERN = r"(?:[^?#]*/)?[^/?#]+\.ranking\.csv"
"""Names and addresses of files in this format."""

LAYOUT = "ranking"
_NEEDED = ("board", "model")
_TELLING = ("rank", "rank_low", "rank_high", "score")
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_FIGURE = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")

_T = TypeVar("_T")
Row = Mapping[str, str]


class Facts(Protocol):
    """What a source declares of a board; `sources.Board` is one."""

    @property
    def metric(self) -> str: ...
    @property
    def higher_is_better(self) -> bool: ...


def read(
    body: bytes,
    known: Callable[[str], Facts | None],
    *,
    needed: Sequence[str] = (),
    extras: Collection[str] = (),
) -> Iterator[Snapshot]:
    """The snapshots of a file in this format, in the order of their first rows.

    known: what is declared of a board; None where it is not the source's. needed: columns that must be there
    beside those of every ranking. extras: further columns that are no news.
    Raises ParseFailed for another format, a foreign board, and a figure that is none, naming the row.
    """
    table = csvs.read(body)
    table.require(*_NEEDED, *needed)
    if not any(column in table.header for column in _TELLING):
        table.require("rank", "score")
    audit = Audit(extras={*extras, "source_url"})
    groups: dict[tuple[str, str], list[tuple[int, Row]]] = {}
    for number, row in enumerate(table.records(), start=1):
        groups.setdefault((row["board"], row.get("published_at", "")), []).append((number, row))
    more = [column for column in table.header if column not in COLUMNS]
    found = [_snapshot(board, rows, known, audit, more) for (board, _), rows in groups.items()]
    findings = [*audit.findings(), *csvs.unfinished(table)]
    for snapshot in found:
        yield replace(snapshot, findings=[*snapshot.findings, *findings])


def _snapshot(
    board: str,
    rows: Sequence[tuple[int, Row]],
    known: Callable[[str], Facts | None],
    audit: Audit,
    more: Sequence[str],
) -> Snapshot:
    first, row = rows[0]
    facts = known(board)
    if facts is None:
        raise ParseFailed(f"Row {first}: {text.short(board)} is no board of this source.")
    addresses = {each.get("source_url", "") for _, each in rows} - {""}
    kept = [*more, "source_url"] if len(addresses) > 1 else more
    entries = [_entry(place, number, each, audit, kept) for place, (number, each) in enumerate(rows, start=1)]
    listed = sum(entry.competitor for entry in entries)
    of, caution = _same(rows, "of", _whole), _same(rows, "caution", _text)
    # Fewer said than listed is a contradiction: a complete board whose total is wrong, which is held.
    complete = of is not None and of <= listed
    unranked = all(entry.rank is None for entry in entries)
    kind = _kind(rows, "by-score" if unranked and complete else "published")
    if unranked and complete:
        entries = _placed(entries, facts)
    return Snapshot(
        board=board,
        entries=entries,
        published_at=_moment(first, row.get("published_at", "")),
        rank_kind=kind,
        metric=_same(rows, "metric", _text) or facts.metric,
        declared_total=None if of == listed else of,
        complete=complete,
        layout=LAYOUT,
        notes={"source_url": next(iter(addresses))} if len(addresses) == 1 else {},
        findings=[] if caution is None else [Finding("caution", "warning", caution)],
    )


def _entry(place: int, number: int, row: Row, audit: Audit, more: Sequence[str]) -> Entry:
    if not row["model"]:
        raise ParseFailed(f"Row {number} has no 'model'.")
    if (competitor := row.get("competitor", "")) not in ("", "yes", "no"):
        raise ParseFailed(
            f"Row {number}: competitor = {text.short(competitor)}; only yes or no can stand there."
        )
    left = {name: row[name] for name in more}
    extra = {name: value for name, value in audit.record(left).rest().items() if value != ""} if left else {}
    return Entry(
        position=place,
        model=row["model"],
        organization=row.get("organization") or None,
        variant=row.get("variant") or None,
        rank=_whole(number, row, "rank"),
        rank_low=_whole(number, row, "rank_low"),
        rank_high=_whole(number, row, "rank_high"),
        score=_figure(number, row, "score"),
        score_low=_figure(number, row, "score_low"),
        score_high=_figure(number, row, "score_high"),
        votes=_whole(number, row, "votes"),
        license=row.get("license") or None,
        extra=extra or None,
        competitor=competitor != "no",
    )


def _kind(rows: Sequence[tuple[int, Row]], otherwise: RankKind) -> RankKind:
    said = _same(rows, "rank_kind", _text)
    if said is None:
        return otherwise
    if said not in get_args(RankKind):
        allowed = ", ".join(get_args(RankKind))
        raise ParseFailed(f"Row {rows[0][0]}: rank_kind = {text.short(said)} is none of {allowed}.")
    return cast(RankKind, said)


def _placed(entries: Sequence[Entry], facts: Facts) -> list[Entry]:
    """Ranks by score among the competitors."""
    scores = [entry.score if entry.competitor else None for entry in entries]
    places = ranks.competition(scores, higher_is_better=facts.higher_is_better)
    return [entry._replace(rank=place) for entry, place in zip(entries, places, strict=True)]


def _same(
    rows: Sequence[tuple[int, Row]], column: str, reader: Callable[[int, Row, str], _T | None]
) -> _T | None:
    """What a column says of the whole snapshot. Raises ParseFailed where its rows contradict each other."""
    values = {row.get(column, ""): number for number, row in rows}
    if len(values) > 1:
        raise ParseFailed(
            f"Rows {rows[0][0]} to {rows[-1][0]} are one snapshot, yet their {column!r} differs: "
            f"{text.listed(sorted(values))}."
        )
    return reader(rows[0][0], rows[0][1], column)


def _text(_number: int, row: Row, column: str) -> str | None:
    return row.get(column) or None


def _whole(number: int, row: Row, column: str) -> int | None:
    cell = row.get(column, "")
    if not cell:
        return None
    if not _WHOLE.fullmatch(cell):
        raise ParseFailed(f"Row {number}: {column} = {text.short(cell)} is no whole number.")
    return int(cell)


def _figure(number: int, row: Row, column: str) -> float | None:
    cell = row.get(column, "")
    if not cell:
        return None
    if not _FIGURE.fullmatch(cell) or not isfinite(value := float(cell)):
        raise ParseFailed(f"Row {number}: {column} = {text.short(cell)} is no figure.")
    return value


def _moment(number: int, cell: str) -> datetime | None:
    if not cell:
        return None
    try:
        return utc(cell)
    except ValueError as error:
        raise ParseFailed(f"Row {number}: published_at = {text.short(cell)} is no time.") from error
