"""What only the press, a vendor or a paper said of a board that nobody captured, in boards of their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ..formats import ranking
from ..records import Payload, Snapshot
from . import Board, Route, Source

EXTRAS = ("source", "certainty", "said", "said_on", "board_as_named")
"""Columns of a report: who said it, how sure that is, the place in its own words where it is no plain number,
the date as printed where it is no day, and what the report calls the board."""


def _board(title: str, metric: str = "score as reported") -> Board:
    return Board(title=f"Reported: {title}", metric=metric, rows=(1, 500), reported=True)


SOURCE = Source(
    title="Reported by the press or a paper, not captured",
    homepage="",
    license="not stated",
    attribution="each row names who said it",
    routes=(Route(name="reports", media="csv", pattern=r"(?:[^?#]*/)?[^/?#]+\.reports\.csv"),),
    boards={
        "reported/llmarena-ru/*": _board("LLM Arena (llmarena.ru)"),
        "reported/arena/*": _board("Arena (lmarena.ai, arena.ai)"),
        "reported/mera/*": _board("MERA", "total score"),
        "reported/slava/*": _board("SLAVA"),
        "reported/ru-llm-arena/*": _board("ru_llm_arena", "win rate against gpt-3.5-turbo-0125 (%)"),
        "reported/simple-evals-ru/*": _board("simple-evals-ru", "average (%)"),
        "reported/*/*": _board("other boards"),
    },
    cadence=timedelta(days=3650),
    version=1,
    quirks=(
        "Reported by the press, a vendor or a paper, not captured: nobody kept the board itself.",
        "A report proves at most that somebody was listed, never that somebody was absent.",
        "Each row carries who said it and how certain that is in extra, as source and certainty.",
        "Which board a report means is often an inference; its certainty says so.",
        "A joint place is its number in rank and its own words in said; without a number the rank is empty.",
    ),
)


def parse(payload: Payload) -> Iterator[Snapshot]:
    """Reports in the archive's ranking format. Raises `ParseFailed`."""
    return ranking.read(payload.body, SOURCE.board, needed=("source", "certainty"), extras=EXTRAS)
