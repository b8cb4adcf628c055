"""The boards that a report tells at length: each is read once, for its pictures and for its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from ... import answers
from ...answers import pictured
from ...answers.pictured import Entry, Shot
from .. import charts
from ..charts import gather, panels
from ..charts.panels import Read, Row
from ..charts.series import Panel
from ..standing import Stood
from .content import Change, Part
from .states import States, of_entries, thinned

if TYPE_CHECKING:
    import duckdb

    from ..charts import Chart

_MOST_STATES = 400
"""Snapshots of a board that a page carries along: more than a year of days."""
_MOST_CARRIED = 160_000
"""Lines of boards that a page carries along, all boards together; beyond, fewer snapshots of each."""
_MOST_ROOM = 1_200_000
"""Bytes that these lines take at most, all boards together: a page of two megabytes opens in a second."""


class About(NamedTuple):
    """What is told of each board."""

    who: tuple[str, ...]
    """Whom its pictures show, by their canonical names."""
    since: datetime | None
    until: datetime
    lang: str
    whose: Mapping[tuple[str, str | None], int]
    """Model and maker → which of those asked for, from 1."""
    colours: Mapping[str, str]


def told(
    con: duckdb.DuckDBPyConnection,
    boards: Sequence[str],
    about: About,
    rows: Sequence[Stood],
    changes: Sequence[Change],
) -> list[Part]:
    """The boards among these that have snapshots in the time, in their order. rows: of all of them."""
    covered = answers.coverage(con, boards, since=about.since, until=about.until)
    found = []
    for board in (board for board in boards if board in covered):
        shots = pictured.shots(con, board, since=about.since, until=about.until)
        size = max((shot.of or 0 for shot in shots), default=0) or 100
        most = min(_MOST_STATES, max(2, _MOST_CARRIED // len(boards) // size))
        whole = gather.few(shots)
        had = shots if whole else thinned(shots, most)
        entries = pictured.entries(con, board, [shot.snapshot_id for shot in had])
        publication = pictured.publication(con, board)
        mine = [row for row in rows if row.board == board]
        wide, small = _charts(con, Read(publication, shots, entries if whole else [], whole), about, mine)
        found.append(
            Part(
                publication,
                covered[board],
                wide,
                small,
                _states(had, entries, most, about.whose, _MOST_ROOM // len(boards), len(shots)),
                [change for change in changes if change.board == board],
                [seen for seen in answers.findings(con, [shots[-1].snapshot_id]) if seen.board == board],
            )
        )
    return found


def _states(
    had: Sequence[Shot],
    entries: Sequence[Entry],
    most: int,
    whose: Mapping[tuple[str, str | None], int],
    room: int,
    total: int,
) -> States:
    """A board at no more snapshots than `most`, and at fewer where these take more bytes than there is room
    for. had: the snapshots whose entries are given, of a total."""
    while True:
        kept = thinned(had, most)
        states = of_entries(kept, entries, whose, left_out=total - len(kept))
        over = states.weight / room
        if over <= 1 or len(kept) <= 2:
            return states
        most = max(2, int(len(kept) / over * 0.95))


def _charts(
    con: duckdb.DuckDBPyConnection, read: Read, about: About, rows: Sequence[Stood]
) -> tuple[Chart | None, Chart | None]:
    """The picture of a board for a screen and for a phone; none where its snapshots say nothing of anyone."""
    ids = {shot.snapshot_id for shot in read.shots}
    rows = [row for row in rows if row.snapshot_id in ids and row.who in about.who]
    if not rows:
        return None, None
    if len(ids) == 1:
        board = read.publication.board
        shown, kind = charts.found(con, charts.Question(about.who, (board,), about.since, about.until))
    else:
        shown, kind = [_panel(con, read, about, rows)], "rank"
    if not any(panel.lines or panel.context for panel in shown):
        return None, None
    for panel in shown:
        for line in panel.lines:
            line.colour = about.colours.get(line.name, line.colour)
    wide = charts.picture(shown, kind, lang=about.lang)
    wide.begin("html")  # the next board is asked for meanwhile
    return wide, wide.small


def _panel(con: duckdb.DuckDBPyConnection, read: Read, about: About, rows: Sequence[Stood]) -> Panel:
    listed = [
        Row(row.who, row.snapshot_id, row.position, row.rank) for row in rows if row.position is not None
    ]
    entries = read.entries or gather.near(con, read.publication.board, read.shots, listed)
    panel = panels.made(read._replace(entries=entries), about.who, listed)
    panels.coloured([panel], each=False)
    gather.weigh(con, panel)
    return panel
