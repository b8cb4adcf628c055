"""`board` for people: one state of a board, and what moved since the one before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from . import notes
from .figures import count, counted, day, digits, interval, place, row_order, score, spread, when
from .screen import Cell, Column, Screen

if TYPE_CHECKING:
    from ..answers import Facts, Seen

_COLUMNS = (
    Column("Rank", right=True),
    Column("Spread", worth=2, right=True),
    Column("Δ", worth=1, right=True),
    Column("Model", flexible=True),
    Column("Setting", worth=2, flexible=True),
    Column("Organisation", worth=2, flexible=True),
    Column("Country", worth=6),
    Column("Score", right=True),
    Column("±", worth=3, right=True),
    Column("Votes", worth=4, right=True),
    Column("License", worth=7, flexible=True),
    Column("As listed", worth=8, flexible=True),
)
_UP, _DOWN, _NEW = "blue", "dark_orange", "green"


class Placed(NamedTuple):
    """One row of `answers.board`, in its column order."""

    board: str
    published_at: datetime | None
    captured_at: datetime
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    of: int | None
    model: str
    organization: str | None
    country: str | None
    model_listed: str
    organization_listed: str | None
    variant: str | None
    score: float | None
    score_low: float | None
    score_high: float | None
    votes: int | None
    license: str | None
    metric: str
    rank_kind: str
    position: int
    snapshot_id: str
    payload_sha256: str
    route: str
    extra: str | None
    rank_before: int | None
    score_before: float | None
    beyond_noise: bool | None
    noise: str | None
    rank_low_computed: int | None
    rank_high_computed: int | None


def print_board(screen: Screen, rows: Iterable[Sequence[object]], facts: Facts, seen: Iterable[Seen]) -> None:
    """Prints the rows of `answers.board` with what is known of that snapshot.

    Where several entries mean one model, each goes by its name as listed.
    """
    placed = [Placed(*row) for row in rows]  # type: ignore[arg-type]  # a relation's rows carry no types
    screen.title(facts.board, f" · {facts.title} · {facts.metric}")
    screen.line(" · ".join(_facts(facts)), "dim")
    screen.line()
    decimals = digits(row.score for row in placed)
    meant = Counter((row.model, row.variant) for row in placed)
    grid = [
        _cells(row, decimals, alone=meant[row.model, row.variant] == 1, compared=facts.before is not None)
        for row in placed
    ]
    kept = [at for at in range(len(_COLUMNS)) if any(_told(row[at]) for row in grid)]
    left_out = screen.table([_COLUMNS[at] for at in kept], [[row[at] for at in kept] for row in grid])
    screen.line()
    for sentence in _legend(placed, facts, left_out):
        screen.line(sentence, "dim")
    for each in seen:
        screen.line(notes.finding(each), "yellow" if each.severity == "warning" else "red")


def _facts(facts: Facts) -> Iterable[str]:
    if facts.published_at:
        yield f"published {day(facts.published_at)}"
    seen = when(facts.first_seen)
    if facts.sightings > 1:
        seen += f" … {when(facts.last_seen)} ({facts.sightings:,} times)"
    yield f"captured {seen} by {facts.route}"
    if facts.complete:
        yield counted(facts.of or facts.rows, "model")
    else:
        yield f"an excerpt: {counted(facts.rows, 'row')} of {facts.of or 'an unknown number'}"


def _cells(row: Placed, decimals: int, *, alone: bool, compared: bool) -> list[Cell | str]:
    return [
        place(row.rank, row_order(row.board, row.position), None),
        _spread(row),
        _change(row.rank, row.rank_before, row.beyond_noise) if compared else "",
        Cell(row.model if alone else row.model_listed, "bold"),
        row.variant or "",
        row.organization or "",
        row.country or "",
        score(row.score, decimals),
        Cell(interval(row.score, row.score_low, row.score_high, decimals), "dim"),
        count(row.votes),
        row.license or "",
        row.model_listed if alone and row.model_listed != row.model else "",
    ]


def _spread(row: Placed) -> str:
    if row.rank_low_computed is not None:
        return f"~{spread(row.rank_low_computed, row.rank_high_computed)}"
    return spread(row.rank_low, row.rank_high)


def _change(rank: int | None, before: int | None, beyond_noise: bool | None) -> Cell:
    if rank is None:
        return Cell("")
    if before is None:
        return Cell("new", _NEW)
    if rank == before:
        return Cell("=", "dim")
    sign = "*" if beyond_noise else ""
    return Cell(f"{sign}▲{before - rank}", _UP) if rank < before else Cell(f"{sign}▼{rank - before}", _DOWN)


def _told(cell: Cell | str) -> str:
    return cell.text if isinstance(cell, Cell) else cell


def _legend(placed: Sequence[Placed], facts: Facts, left_out: Sequence[str]) -> Iterable[str]:
    """Of the columns that stand."""
    if facts.before and "Δ" not in left_out:
        yield f"Δ: places since {day(facts.before)}{_noise(placed)}"
    spreads = "Spread" not in left_out
    if spreads and any(row.rank_low for row in placed):
        yield "Spread: best–worst place as published"
    if spreads and any(row.rank_low_computed for row in placed):
        yield notes.COMPUTED
    if any(row.rank is None for row in placed):
        yield "#: the row order, where no rank is printed"
    if facts.rank_kind in notes.KINDS:
        yield notes.KINDS[facts.rank_kind]


def _noise(placed: Sequence[Placed]) -> str:
    """By which rule a move is told from noise, where somebody moved."""
    rules = {row.noise for row in placed if row.noise and row.rank != row.rank_before}
    if not rules:
        return ""
    if rules == {"no interval"}:
        return "; no interval is printed that would tell a move from noise"
    starred = "*: beyond noise" if any(row.beyond_noise for row in placed) else "none beyond noise"
    return f"; {starred}, by {' and '.join(sorted(rules))} among the models on both"
