"""What a reading says, in portions of some thousand rows: plain records beside Arrow columns.

It is what crosses from the process that parses to the one that loads, so it is JSON and Arrow, nothing that
could make the reader run anything, and it is checked on the way in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple, get_args

from ..errors import ParseFailed
from ..records import Entry, Finding, RankKind, Severity, Snapshot, utc
from . import columns
from .digests import digests
from .frames import Garbled

if TYPE_CHECKING:
    import pyarrow as pa

_TOGETHER = 10_000
"""Rows of a portion, so many that each one's share of the handling is small, and a file of a million rows is
on its way before it is read to its end."""

_MOST = 1 << 31
"""No board has that many models, and no column of the index room for it."""

Read = tuple[Snapshot, Sequence[Finding]]
"""What a parser read, and what the checks found in it."""


class Seen(NamedTuple):
    """A finding as the index keeps it."""

    code: str
    severity: Severity
    sentence: str
    figures: str | None
    """JSON."""


class Shown(NamedTuple):
    """A snapshot without its entries."""

    board: str
    published_at: datetime | None
    rows: int
    competitors: int
    declared_total: int | None
    complete: bool
    rank_kind: RankKind
    metric: str
    layout: str
    notes: str | None
    """JSON."""
    content_id: str
    """Digest of board, publish date, entries, and what is said of the whole."""
    findings: Sequence[Seen]


class Leader(NamedTuple):
    """The entry of a snapshot that has the best place; of several the first."""

    model_listed: str
    organization_listed: str | None
    score: float | None


class Portion(NamedTuple):
    """Some snapshots of a payload."""

    shown: Sequence[Shown]
    rows: pa.RecordBatch
    """The entries of all of them, one after the other, as `columns.schema` has them."""

    def snapshots(self) -> Iterator[Read]:
        """As a parser and the checks gave them."""
        start = 0
        for one in self.shown:
            entries = columns.entries(self.rows.slice(start, one.rows))
            yield _snapshot(one, entries)
            start += one.rows

    def leaders(self) -> Iterator[Leader | None]:
        """Of each snapshot; None where no entry has a place."""
        ranks: list[int | None] = self.rows.column("rank").to_pylist()
        start = 0
        for one in self.shown:
            end = start + one.rows
            placed = [(rank, row) for row, rank in enumerate(ranks[start:end], start) if rank is not None]
            yield self._leader(min(placed)[1]) if placed else None
            start = end

    def _leader(self, row: int) -> Leader:
        return Leader._make(self.rows.column(name)[row].as_py() for name in Leader._fields)


def portions(read: Iterable[Read]) -> Iterator[Portion]:
    """Makes portions of what a parser reads, as it reads it.

    Raises ParseFailed where a value is not of the kind that its field holds, and what `read` raises.
    """
    for some in _together(read):
        rows = _columns([snapshot for snapshot, _ in some])
        ends = list(accumulate(len(snapshot.entries) for snapshot, _ in some))
        names = digests([snapshot for snapshot, _ in some], rows, ends)
        competitors = _competitors(rows, ends)
        yield Portion(
            [
                _shown(*one, *facts)
                for one, facts in zip(some, zip(competitors, names, strict=True), strict=True)
            ],
            rows,
        )


def _together(read: Iterable[Read]) -> Iterator[list[Read]]:
    some: list[Read] = []
    size = 0
    for one in read:
        some.append(one)
        size += len(one[0].entries)
        if size >= _TOGETHER:
            yield some
            some, size = [], 0
    if some:
        yield some


def _columns(snapshots: Sequence[Snapshot]) -> pa.RecordBatch:
    try:
        return columns.columns(one.entries for one in snapshots)
    except columns.refusals() as error:
        if len(snapshots) > 1:  # which one is it?
            for one in snapshots:
                _columns([one])
        raise ParseFailed(f"{snapshots[0].board}: an entry cannot be kept: {error}") from error


def _competitors(rows: pa.RecordBatch, ends: Sequence[int]) -> list[int]:
    listed = rows.column("competitor")
    starts = [0, *ends[:-1]]
    return [listed.slice(start, end - start).true_count for start, end in zip(starts, ends, strict=True)]


def _shown(snapshot: Snapshot, findings: Sequence[Finding], competitors: int, content_id: str) -> Shown:
    if not 0 <= (snapshot.declared_total or 0) < _MOST:
        raise ParseFailed(f"{snapshot.board}: {snapshot.declared_total} is no number of models")
    return Shown(
        snapshot.board,
        snapshot.published_at,
        len(snapshot.entries),
        competitors,
        snapshot.declared_total,
        snapshot.complete,
        snapshot.rank_kind,
        snapshot.metric,
        snapshot.layout,
        _text(snapshot.notes),
        content_id,
        [Seen(one.code, one.severity, one.sentence, _text(one.figures)) for one in findings],
    )


def _text(values: Mapping[str, object]) -> str | None:
    return columns.json_text(values) if values else None


def _snapshot(shown: Shown, entries: Sequence[Entry]) -> Read:
    findings = [
        Finding(one.code, one.severity, one.sentence, json.loads(one.figures) if one.figures else {})
        for one in shown.findings
    ]
    snapshot = Snapshot(
        board=shown.board,
        entries=entries,
        published_at=shown.published_at,
        rank_kind=shown.rank_kind,
        metric=shown.metric,
        declared_total=shown.declared_total,
        complete=shown.complete,
        layout=shown.layout,
        notes=json.loads(shown.notes) if shown.notes else {},
    )
    return snapshot, findings


# ---- across a pipe -----------------------------------------------------------------------------------------


def written(portion: Portion) -> tuple[list[object], pa.Buffer]:
    """A portion as JSON values and the bytes of its columns."""
    shown: list[object] = [
        [*one._replace(published_at=None), one.published_at and one.published_at.isoformat()]
        for one in portion.shown
    ]
    return shown, portion.rows.serialize()


def understood(shown: object, body: bytearray) -> Portion:
    """A portion from what `written` made of it. Raises `Garbled` where it is not that."""
    import pyarrow as pa

    if not isinstance(shown, list):
        raise Garbled("no list of snapshots")
    known = [_checked(one) for one in shown]
    try:
        rows = pa.ipc.read_record_batch(pa.py_buffer(body), columns.schema())
        rows.validate(full=True)
    except (pa.ArrowException, OSError) as error:
        raise Garbled(f"no columns: {error}") from error
    if sum(one.rows for one in known) != rows.num_rows:
        raise Garbled(f"{rows.num_rows} rows for snapshots of {sum(one.rows for one in known)}")
    return Portion(known, rows)


_NUMBER, _TEXT = (int,), (str,)
_KINDS: Sequence[tuple[type, ...]] = (
    *(_TEXT, (type(None),), _NUMBER, _NUMBER, (int, type(None)), (bool,)),
    *(_TEXT, _TEXT, _TEXT, (str, type(None)), _TEXT, (list,), (str, type(None))),
)
"""Of the values of a snapshot as it is written: the fields of `Shown`, the publish date at the end."""


def _checked(values: object) -> Shown:
    if not isinstance(values, list) or len(values) != len(_KINDS):
        raise Garbled("no snapshot")
    if any(type(value) not in kinds for value, kinds in zip(values, _KINDS, strict=True)):
        raise Garbled("a snapshot with a value of the wrong kind")
    *fields, published_at = values
    shown = Shown(*fields)
    if shown.rank_kind not in get_args(RankKind) or not re.fullmatch("[0-9a-f]{32}", shown.content_id):
        raise Garbled("a snapshot with an impossible rank kind or digest")
    if not 0 <= shown.competitors <= shown.rows < _MOST or not 0 <= (shown.declared_total or 0) < _MOST:
        raise Garbled("a snapshot with an impossible number of rows")
    try:
        time = None if published_at is None else utc(published_at)
    except (ValueError, OverflowError) as error:
        raise Garbled(f"a snapshot of an impossible time: {error}") from error
    return shown._replace(published_at=time, findings=[_seen(finding) for finding in shown.findings])


def _seen(values: object) -> Seen:
    if not isinstance(values, list) or len(values) != len(Seen._fields):
        raise Garbled("no finding")
    seen = Seen(*values)
    *texts, figures = seen
    if not all(isinstance(text, str) for text in texts) or not isinstance(figures, str | None):
        raise Garbled("a finding with a value of the wrong kind")
    if seen.severity not in get_args(Severity):
        raise Garbled(f"a finding of severity {seen.severity!r}")
    return seen
