"""A report's content as words and tables of one language: what every form that people read is made from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from ...records import moment
from .. import figures
from ..texts import Texts
from .content import Change, Cited, Part, Place, Report
from .news import EVERYONE, FAR
from .states import ABSENT, FIGURES, States


class Column(NamedTuple):
    """A column of a table."""

    title: str
    number: bool = False
    tight: bool = False
    """Whether its words stay on one line: dates."""


class Cell(NamedTuple):
    """What stands in a table: a text, and what it means beyond its words."""

    text: str
    tone: str = ""
    """`up`, `down`, `new`, `gone`, `lead`, `note`: how it is marked; the words say the same."""
    who: int = 0
    """Which of those asked for it belongs to, from 1."""
    below: str = ""
    """A second line, set smaller."""
    course: tuple[int | None, ...] = ()
    """Ranks for a small line."""


@dataclass(frozen=True)
class Table:
    """Rows under a heading. Without rows it is not shown."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]] = field(default_factory=list)


def title(report: Report, say: Texts) -> str:
    """The report's name."""
    until = say.date(report.until)
    if report.who:
        who = say.listed([name.removeprefix("country:") for name in report.who])
        return say("page.title_weekly" if report.asked.weekly else "page.title", who=who, until=until)
    since = say.date(report.since or report.newest)
    key = "page.title_everyone_weekly" if report.asked.weekly else "page.title_everyone"
    return say(key, since=since, until=until)


def lede(report: Report, say: Texts) -> str:
    """What it covers, in a line."""
    boards = say.count("board", len(report.coverage))
    return say("page.lede", boards=boards, newest=say.date(report.newest))


def span(report: Report, say: Texts) -> str:
    """The time told of."""
    until = say.date(report.until)
    if report.since is None:
        return say("page.span_open", until=until)
    return say("page.span", since=say.date(report.since), until=until)


def place(rank: int | None, of: int | None, say: Texts) -> str:
    """`12 of 44`."""
    if rank is None:
        return say("standing.unranked")
    return f"{rank} {say('standing.of', of=of)}" if of else str(rank)


def _who(report: Report, name: str | None) -> int:
    return report.who.index(name) + 1 if name in report.who else 0


def standing(report: Report, who: str, say: Texts) -> Table:
    """Where somebody asked for stands, the boards last seen first, what others said of them at the end."""
    since = say("standing.since", since=_day(report.since)) if report.since else ""
    columns = [
        Column(say("standing.board")),
        Column(say("standing.rank"), True),
        Column(f"{say('standing.change')} {since}".strip()),
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
    first, last = _day(each.first_seen), _day(each.last_seen)
    return Cell(first if first == last else f"{first} –", below="" if first == last else last)


def _dated(rank: int | None, day: date | None) -> Cell:
    return Cell("" if rank is None else str(rank), below=_day(day) if rank is not None else "")


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


def changes_intro(report: Report, say: Texts) -> str:
    """Which changes are told, and which are not."""
    noise = say.count("move", report.within_noise)
    if report.since is not None and report.until - report.since <= EVERYONE:
        return say("changes.intro_everyone", noise=noise, far=FAR)
    if report.who:
        return say("changes.intro_watched", who=say.listed(report.who), noise=noise)
    return say("changes.intro_leaders")


def changes(report: Report, found: Iterable[Change], say: Texts, *, board: bool) -> Table:
    """What happened, the latest first. board: with the board's name in each row."""
    names = ["date", *(["board"] if board else []), "what", "model", "organization", "from", "to", "score"]
    figured = {"from", "to", "score"}
    columns = [Column(say(f"changes.{name}"), name in figured, name == "date") for name in names]
    newest = sorted(found, key=lambda change: change.time, reverse=True)
    return Table(columns, [_changed(report, each, say, board=board) for each in newest])


def _changed(report: Report, each: Change, say: Texts, *, board: bool) -> list[Cell]:
    what = _what(each, say)
    model = each.model or ""
    if each.event == "rewritten":
        model = say("changes.was_rewritten", other=each.other, rows=say.count("row", each.changed or 0))
    elif each.variant:
        model = f"{model} ({each.variant})"
    return [
        Cell(_day(each.time)),
        *([Cell(each.board)] if board else []),
        what,
        Cell(model, who=_who(report, each.watched)),
        Cell(each.organization or ""),
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
    if each.event in {"leader", "renamed"} and each.other:
        said += f" ({say(f'changes.was_{each.event}', other=each.other)})"
    return Cell(said, tone)


_TONES = {"leader": "lead", "entered": "new", "left": "gone", "renamed": "note", "rewritten": "note"}


def score(number: float | None, say: Texts) -> str:
    """A score as the tables of boards write it: as many digits as it needs, three at most."""
    return "" if number is None else say.figure(figures.score(number, figures.digits([number])))


NUMBERS = frozenset({"rank", "score", "interval", "spread"})
"""Columns of a board that are figures."""


def columns(states: States) -> list[str]:
    """The columns of a board's table: those of whose figures anything is known."""
    known = states.known
    return [
        *("rank", "change", "model", "organization", "score"),
        *(["interval"] if "above" in known else []),
        *(["spread"] if "best" in known else []),
    ]


def board(part: Part, say: Texts) -> Table:
    """A board as its newest snapshot has it."""
    states, names = part.states, columns(part.states)
    last = len(states.shots) - 1
    rows = [_row(states, model, last, say, names) for model in states.listed(last)]
    return Table([Column(say(f"board.{name}"), name in NUMBERS) for name in names], rows)


def status(part: Part, say: Texts) -> str:
    """Of when a board's table is, and how many it shows."""
    shot = part.states.shots[-1]
    total = len(part.states.listed(len(part.states.shots) - 1))
    key = "board.status" if shot.complete else "board.status_excerpt"
    return say(key, date=_day(shot.time), shown=total, total=total)


def _row(states: States, model: int, shot: int, say: Texts, names: Sequence[str]) -> list[Cell]:
    named = states.models[model]
    rank, score, above, below, best, worst = (states.at(name, model, shot) for name in FIGURES)
    cells = {
        "rank": Cell(str(rank) if rank else "–"),
        "change": _since_before(states, model, shot, say),
        "model": Cell(named.name, who=named.watched),
        "organization": Cell(named.organization),
        "score": Cell(scaled(score, states.digits, say)),
        "interval": Cell(interval(above, below, states.digits, say)),
        "spread": Cell(figures.spread(best, worst)),
    }
    return [cells[name] for name in names]


def _since_before(states: States, model: int, shot: int, say: Texts) -> Cell:
    """Places up or down since the snapshot before."""
    if shot == 0:
        return Cell("")
    rank, before = states.at("rank", model, shot), states.at("rank", model, shot - 1)
    if before in {None, ABSENT}:
        return Cell(say("standing.new"), "new")
    if not rank or not before or rank == before:
        return Cell("")
    return Cell(str(abs(before - rank)), "up" if before > rank else "down")


def scaled(value: int | None, digits: int, say: Texts) -> str:
    """A whole number of a score's last digits, as a score."""
    return "" if value is None else say.figure(f"{value / 10**digits:.{digits}f}")


def interval(above: int | None, below: int | None, digits: int, say: Texts) -> str:
    """`±4`, `+5 −4`."""
    if above is None or below is None:
        return ""
    up, down = scaled(above, digits, say), scaled(below, digits, say)
    return f"±{up}" if up == down else f"+{up} −{down}"


def coverage(report: Report, say: Texts) -> Table:
    """What the archive holds of each board in the time told of."""
    numbers = {"snapshots", "complete"}
    names = ("board", "snapshots", "complete", "first", "last", "seen", "kind", "routes")
    rows = [
        [
            Cell(each.board),
            Cell(say.number(each.snapshots)),
            Cell(say.number(each.complete)),
            Cell(_day(each.first)),
            Cell(_day(each.last)),
            Cell(_day(each.last_seen)),
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
            Cell(_time(each.since)),
            Cell(_time(each.until) if each.until else say("coverage.lasting")),
            Cell(say(f"coverage.{each.kind.replace(' ', '_')}")),
            Cell(each.detail),
        ]
        for each in report.gaps
    ]
    names = ("source", "board", "since", "until", "what", "detail")
    return Table([Column(say(f"coverage.{name}"), tight=name in {"since", "until"}) for name in names], rows)


def methods(say: Texts) -> list[str]:
    """How it was counted, a paragraph each."""
    names = ("rank", "best", "noise", "absence", "time", "routes", "names", "rewritten", "digest")
    return [say(f"methods.{name}", far=FAR) for name in names]


def cited(each: Cited, say: Texts) -> str:
    """The sentence that a place is cited by, without its digests."""
    stood, evidence = each.stood, each.evidence
    if stood.rank is not None and stood.of:
        where = say("citations.place", rank=stood.rank, of=stood.of)
    else:
        where = say("citations.row", position=stood.position) if stood.rank is None else str(stood.rank)
    key = "citations.sentence" if stood.organization else "citations.sentence_alone"
    said = say(
        key,
        model=stood.model_listed or stood.model,
        organization=stood.organization,
        place=where,
        board=stood.board,
        date=say.date(stood.date),
    )
    captured = say("citations.from", captured=_time(evidence.captured_at), url=evidence.url)
    return f"{said[:-1] if said.endswith('.') else said}; {captured}."


def facts(part: Part, say: Texts) -> list[str]:
    """What must be known of a board, a sentence each."""
    covered = part.covered
    said = [
        say(
            "board.facts",
            snapshots=say.count("snapshot", covered.snapshots),
            first=_day(covered.first),
            last=_day(covered.last),
            metric=covered.metric,
        )
    ]
    if covered.complete < covered.snapshots:
        said.append(
            say("board.complete", complete=covered.complete, excerpts=covered.snapshots - covered.complete)
        )
    if covered.rank_kind != "published":
        said.append(say(f"board.{covered.rank_kind.replace('-', '_')}"))
    if part.states.left_out:
        said.append(say("board.thinned", left=say.count("snapshot", part.states.left_out)))
    return said


def _day(time: date | None) -> str:
    return figures.day(time)


def _time(time: datetime | None) -> str:
    return moment(time) or ""


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
