"""MERA: the Russian benchmark of the AI Alliance. No page of it was ever recorded: this reader is unproven.

What is known comes from those who cite it: the boards' addresses, a total score from 0 to 1, the names of the
tasks of the text board, and a row for humans. Everything else that a page shows is refused, not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from ..errors import ParseFailed
from ..formats import htmls, numbers, ranks, text
from ..formats.fields import Audit
from ..formats.tables import Table
from ..records import Entry, Payload, Snapshot
from . import Board, Route, Source, WaybackUrl

_SITE = "https://mera.a-ai.ru"
_TRACKS = ("text", "code", "industrial", "multi")
_ADDRESS = re.compile(
    r"https://mera\.a-ai\.ru/(?:ru|en)/(?:(text|code|industrial|multi)/leaderboard|leaderboard-(old))/?"
)

_NAMES: Mapping[str, frozenset[str]] = {
    "model": frozenset({"model", "модель", "model name", "название модели"}),
    "score": frozenset({"total score", "total", "score", "общий балл", "итоговый балл", "общий результат"}),
    "rank": frozenset({"#", "№", "rank", "place", "position", "место", "позиция", "ранг"}),
    "team": frozenset({"team", "команда"}),
}
"""What a column may be called, in either language of the site. Model and score are required."""
# fmt: off
_TASKS = (
    "BPS", "CheGeKa", "LCS", "MaMuRaMu", "MathLogicQA", "MultiQ", "PARus", "RCB", "ruCodeEval",
    "ruDetox", "ruEthics", "ruHateSpeech", "ruHHH", "ruHumanEval", "ruMMLU", "ruModAr", "ruMultiAr",
    "ruOpenBookQA", "ruTiE", "ruWorldTree", "RWSD", "SimpleAr", "USE",
)
# fmt: on
"""Tasks of the text board, 15 that make the score and 8 diagnostic ones."""
_HUMANS = frozenset({"human benchmark", "human", "люди", "человек"})

SOURCE = Source(
    title="MERA",
    homepage=_SITE,
    license="not stated",
    attribution="MERA, AI Alliance Russia, mera.a-ai.ru",
    routes=(
        Route(
            name="page",
            media="html",
            pattern=_ADDRESS.pattern + r"|(?!https?:)[^?#]*\.html?",
            captures=tuple(f"{_SITE}/ru/{track}/leaderboard" for track in _TRACKS),
            robots=True,
        ),
    ),
    boards={
        "mera/*/overall": Board(title="MERA", metric="total score (0 to 1)", rows=(5, 2000)),
    },
    cadence=timedelta(days=1),
    version=1,
    proven=False,
    history=tuple(WaybackUrl(f"{_SITE}/ru/{track}/leaderboard", "page") for track in _TRACKS),
    quirks=(
        "No page was ever recorded: this reader is unproven, and refuses a table that it does not know.",
        "The Human Benchmark is a row of the table and no competitor.",
        "Entries are submissions, shown after moderation; the team that sent one need not be the maker.",
        "The board of the first version is frozen at /ru/leaderboard-old; it is the track `old` here.",
        "If the site draws its table in the browser, the page has none: that is a failure here.",
    ),
)


class _Columns(NamedTuple):
    """The columns of a table, by what they hold."""

    model: str
    score: str
    rank: str | None
    team: str | None


def parse(payload: Payload) -> Iterator[Snapshot]:
    """The one board of a page.

    Raises ParseFailed where the address tells no track, no or more than one table has a model and a score,
    a score is outside of 0 to 1, or the table is cut off.
    """
    board = f"mera/{_track(payload.url)}/overall"
    table, columns = _only(htmls.tables(text.decode(payload.body)))
    audit = Audit(extras=_TASKS)
    rows = [_entry(audit, record, columns, row) for row, record in enumerate(table.records(), start=1)]
    yield Snapshot(
        board=board,
        entries=rows if columns.rank else _ranked(rows),
        rank_kind="published" if columns.rank else "by-score",
        metric=SOURCE.boards["mera/*/overall"].metric,
        layout="table",
        findings=list(audit.findings()),
    )


def _track(url: str) -> str:
    found = _ADDRESS.fullmatch(url)
    if found is None:
        raise ParseFailed(
            f"mera: {text.short(url)} does not tell which board this is.",
            todo=f"give its address, e.g. --url {SOURCE.routes[0].captures[0]}",
        )
    return found[1] or found[2]


def _only(found: Sequence[Table]) -> tuple[Table, _Columns]:
    """The one table that has a model and a score. Raises ParseFailed, saying what stands there instead."""
    if not found:
        raise ParseFailed("mera: the page has no table: drawn by a script in the browser, or rebuilt.")
    boards = [(table, columns) for table in found if (columns := _columns(table.header))]
    if len(boards) != 1:
        headers = "; ".join(text.listed(table.header) for table in found[:3])
        raise ParseFailed(
            f"mera: {len(boards)} of {len(found)} tables have one column for the model and one for the total "
            f"score, where one table is expected. Their columns: {headers}."
        )
    if not boards[0][0].ended:
        raise ParseFailed("mera: the table has no end: it is cut off.")
    return boards[0]


def _columns(header: Sequence[str]) -> _Columns | None:
    """What each column holds; None where model or score has none, or anything has two."""
    held = {what: [name for name in header if name.casefold() in names] for what, names in _NAMES.items()}
    if not (held["model"] and held["score"]) or any(len(names) > 1 for names in held.values()):
        return None
    rank, team = held["rank"], held["team"]
    return _Columns(held["model"][0], held["score"][0], rank[0] if rank else None, team[0] if team else None)


def _entry(audit: Audit, record: Mapping[str, str], columns: _Columns, row: int) -> Entry:
    fields = audit.record(record)
    printed = record[columns.score]
    model, score = fields.name(columns.model), fields.number(columns.score)
    if score is None and not numbers.is_missing(printed):
        raise ParseFailed(
            f"mera: the total score of {text.short(model)} is {text.short(printed)}: no number."
        )
    if score is not None and not 0 <= score <= 1:
        raise ParseFailed(f"mera: the total score of {text.short(model)} is {printed}, not from 0 to 1.")
    team = {columns.team: fields.text(columns.team)} if columns.team else {}
    return Entry(
        position=row,
        model=model,
        rank=fields.integer(columns.rank) if columns.rank else None,
        score=score,
        extra=team | fields.rest(),
        competitor=model.casefold() not in _HUMANS,
    )


def _ranked(entries: Sequence[Entry]) -> list[Entry]:
    """Places among the competitors."""
    places = ranks.competition([entry.score if entry.competitor else None for entry in entries])
    return [entry._replace(rank=place) for entry, place in zip(entries, places, strict=True)]
