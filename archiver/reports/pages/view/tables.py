"""What changed, what is covered and what is missing, as tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from ... import figures
from ...texts import Texts
from ..content import Change, Report
from .cells import Cell, Column, Table, minute, place, score, who


def changes(report: Report, found: Iterable[Change], say: Texts) -> Table:
    """What happened, the latest first."""
    names = ("date", "board", "model", "organization", "what", "from", "to", "score")
    figured = {"from", "to", "score"}
    columns = [Column(say(f"changes.{name}"), name in figured, name == "date") for name in names]
    newest = sorted(found, key=lambda change: change.time, reverse=True)
    return Table(columns, [_changed(report, each, say) for each in newest])


def by_board(changed: Iterable[Sequence[Cell]]) -> list[tuple[Sequence[Cell], list[Sequence[Cell]]]]:
    """Rows of `changes` in groups: date and board, and what is said of these."""
    groups = groupby(changed, key=lambda row: row[:2])
    return [(head, [row[2:] for row in rows]) for head, rows in groups]


def _changed(report: Report, each: Change, say: Texts) -> list[Cell]:
    model = each.model or ""
    if each.event == "rewritten":
        model = say("changes.was_rewritten", other=each.other, rows=say.count("row", each.changed or 0))
    elif each.variant:
        model = f"{model} ({each.variant})"
    return [
        Cell(figures.day(each.time)),
        Cell(each.board),
        Cell(model, who=who(report, each.watched)),
        Cell(each.organization or ""),
        _what(each, say),
        Cell("" if each.rank_before is None else str(each.rank_before)),
        Cell("" if each.rank is None else place(each.rank, each.of, say)),
        Cell(score(each.score if each.score is not None else each.score_before, say)),
    ]


def _what(each: Change, say: Texts) -> Cell:
    if each.event == "moved":
        up = each.places > 0
        noise = {True: "yes", False: "no", None: "unknown"}[each.beyond_noise]
        said = f"{say('changes.moved_up' if up else 'changes.moved_down')}, {say(f'changes.noise_{noise}')}"
        return Cell(said, "up" if up else "down")
    said, tone = say(f"changes.{each.event}"), _TONES[each.event]
    if each.event == "leader" and each.other:
        before = say.listed(each.other.split(" | "))  # as the macro `rank_events` joins several
        said += f" ({say('changes.was_leader', other=before)})"
    if each.event == "renamed" and each.other:
        said += f" ({say('changes.was_renamed', other=each.other)})"
    return Cell(said, tone)


_TONES = {"leader": "lead", "entered": "new", "left": "gone", "renamed": "note", "rewritten": "note"}


def coverage(report: Report, say: Texts) -> Table:
    """What the archive holds of each board in the time told of."""
    numbers = {"snapshots", "complete"}
    names = ("board", "snapshots", "complete", "first", "last", "seen", "kind", "routes")
    rows = [
        [
            Cell(each.board),
            Cell(say.number(each.snapshots)),
            Cell(say.number(each.complete)),
            Cell(figures.day(each.first)),
            Cell(figures.day(each.last)),
            Cell(figures.day(each.last_seen)),
            Cell(say(f"coverage.{each.rank_kind.replace('-', '_')}")),
            Cell(", ".join(f"{route} {count}" for route, count in sorted(each.routes.items()))),
        ]
        for each in report.coverage
    ]
    dates = {"first", "last", "seen"}
    return Table([Column(say(f"coverage.{name}"), name in numbers, name in dates) for name in names], rows)


def gaps(report: Report, say: Texts) -> Table:
    """What failed, stayed unread or is held."""
    rows = [
        [
            Cell(each.source),
            Cell(each.board or ""),
            Cell(minute(each.since)),
            Cell(minute(each.until) if each.until else say("coverage.lasting")),
            Cell(say(f"coverage.{each.kind.replace(' ', '_')}")),
            Cell(each.detail),
        ]
        for each in report.gaps
    ]
    names = ("source", "board", "since", "until", "what", "detail")
    return Table([Column(say(f"coverage.{name}"), tight=name in {"since", "until"}) for name in names], rows)
