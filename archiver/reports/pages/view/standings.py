"""Where somebody asked for stands, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ... import figures
from ...texts import Texts
from ..content import Place, Report
from .cells import Cell, Column, Table, score


def standing(report: Report, who: str, say: Texts) -> Table:
    """Where somebody asked for stands, the boards last seen first, what others said of them at the end."""
    since = say("standing.since", since=figures.day(report.since)) if report.since else ""
    columns = [
        Column(say("standing.board")),
        Column(say("standing.rank"), True),
        Column(f"{say('standing.change')} {since}".strip(), tight=True),
        Column(say("standing.course")),
        Column(say("standing.model")),
        Column(say("standing.best"), True),
        Column(say("standing.worst"), True),
        Column(say("standing.top", top=report.places[0].top if report.places else 10), True),
        Column(say("standing.seen"), tight=True),
    ]
    mine = [place for place in report.places if place.who == who]
    mine.sort(key=lambda place: (_reported(place.board), -_ordinal(place.last_seen), place.board))
    return Table(columns, [_standing(report, each, say) for each in mine])


def _reported(board: str) -> bool:
    return board.startswith("reported/")


def _ordinal(day: date | None) -> int:
    return day.toordinal() if day else 0


def _standing(report: Report, each: Place, say: Texts) -> list[Cell]:
    of = say("standing.of", of=each.of) if each.of and each.rank is not None else ""
    stands = say("standing.unranked") if each.rank is None else str(each.rank)
    behind = ""
    if each.gap and each.leader:
        behind = say("standing.behind", gap=score(round(each.gap, 3), say), leader=each.leader)
    days = say.count("day", each.days_in_top) if each.days_in_top else ""
    return [
        Cell(report.titles.get(each.board, each.board), below=_named(each.board, say)),
        Cell(stands if each.here else "", below=of if each.here else ""),
        _change(each, say),
        Cell("", course=each.course),
        Cell(each.model or "" if each.here else "", below=behind if each.here else ""),
        _dated(each.best_rank, each.best_date),
        _dated(each.worst_rank, each.worst_date),
        Cell(days),
        _seen(each),
    ]


def _named(board: str, say: Texts) -> str:
    return f"{board} ({say('page.reported')})" if _reported(board) else board


def _seen(each: Place) -> Cell:
    first, last = figures.day(each.first_seen), figures.day(each.last_seen)
    return Cell(first if first == last else f"{first} –", below="" if first == last else last)


def _dated(rank: int | None, day: date | None) -> Cell:
    return Cell("" if rank is None else str(rank), below=figures.day(day) if rank is not None else "")


def _change(each: Place, say: Texts) -> Cell:
    if not each.here:
        return Cell(say("standing.gone"), "gone")
    if each.change is None:
        return Cell(say("standing.new"), "new") if not each.listed_before else Cell("")
    return moved(each.change, say)


def moved(change: int, say: Texts) -> Cell:
    """Places up or down, in words and marked so."""
    if change == 0:
        return Cell(say("standing.same"))
    key = "standing.up" if change > 0 else "standing.down"
    return Cell(say(key, places=abs(change)), "up" if change > 0 else "down")


def curves(course: Sequence[int | None]) -> list[list[tuple[float, float]]]:
    """Ranks as lines in a box of one by one, the best on top; a new line after each gap. None of fewer than
    two ranks."""
    known = [rank for rank in course if rank is not None]
    if len(known) < 2:
        return []
    top, reach = min(known), max(1, max(known) - min(known))
    lines: list[list[tuple[float, float]]] = [[]]
    for at, rank in enumerate(course):
        if rank is None:
            lines.append([])
        else:
            lines[-1].append((round(at / (len(course) - 1), 4), round((rank - top) / reach, 4)))
    return [line for line in lines if line]
