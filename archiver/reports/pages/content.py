"""What a report says, before it has a language or a form. Times are UTC without zone, as in the index."""

from __future__ import annotations

import datetime as times
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from ...answers.briefing import Evidence, Gap, Publisher
from ...answers.notes import Coverage, Seen
from ...answers.pictured import Publication
from ..standing import Stood
from .states import States

if TYPE_CHECKING:
    from ..charts import Chart

EVENTS = ("leader", "entered", "left", "moved", "renamed", "rewritten")
"""Kinds of change, in the order in which a report tells them."""


class Asked(NamedTuple):
    """What a report is asked to tell. Times are aware, in UTC."""

    who: tuple[str, ...] = ()
    boards: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    weekly: bool = False
    lang: str = "en"


class Change(NamedTuple):
    """Something that happened on a board."""

    board: str
    time: datetime
    event: str
    """One of `EVENTS`."""
    model: str | None
    organization: str | None
    variant: str | None
    rank_before: int | None
    rank: int | None
    of: int | None
    score_before: float | None
    score: float | None
    beyond_noise: bool | None
    """Of a move: whether it surely passed a model that is on both boards, or such a one surely passed it (see
    the macro `compared`); None where no interval says that."""
    other: str | None
    """The name before, of one renamed; who led before, of a new leader; of rows rewritten, their date."""
    snapshot_id: str
    watched: str | None = None
    """Whose model it is, of those asked for."""
    changed: int | None = None
    """Of rows rewritten, how many."""

    @property
    def places(self) -> int:
        """Places up (positive) or down."""
        return 0 if self.rank is None or self.rank_before is None else self.rank_before - self.rank


class Place(NamedTuple):
    """Where somebody stands on a board at the end of a report's time; the first fields are those of the macro
    `standing`, which says what each means."""

    board: str
    who: str
    date: times.date
    status: str
    model: str | None
    variant: str | None
    rank: int | None
    of: int | None
    percentile: float | None
    score: float | None
    gap: float | None
    leader: str | None
    best_rank: int | None
    best_date: times.date | None
    worst_rank: int | None
    worst_date: times.date | None
    first_seen: times.date | None
    last_seen: times.date | None
    snapshots: int
    absent: int
    top: int
    days_in_top: int | None
    snapshot_id: str
    rank_before: int | None = None
    """At the beginning of the report's time; None where they were absent then, or it has no beginning."""
    listed_before: bool = False
    course: tuple[int | None, ...] = ()
    """Their ranks from the beginning of the report's time on, at most `COURSE` of them; None where absent."""

    @property
    def here(self) -> bool:
        """Whether the newest snapshot that could show them does."""
        return self.status == "listed"

    @property
    def change(self) -> int | None:
        """Places up (positive) or down since the beginning of the report's time."""
        if not self.here or self.rank is None or self.rank_before is None:
            return None
        return self.rank_before - self.rank


FIELDS = Place._fields[: Place._fields.index("rank_before")]
"""Of the macro `standing`."""
COURSE = 60
"""Ranks that a small line of them holds."""


class Cited(NamedTuple):
    """A place, and the evidence for it."""

    stood: Stood
    evidence: Evidence


@dataclass(frozen=True)
class Part:
    """One board of a report, told at length."""

    publication: Publication
    covered: Coverage
    chart: Chart | None
    """None where nothing can be drawn, or nobody was asked for."""
    small: Chart | None
    """The same for a phone."""
    states: States
    changes: Sequence[Change]
    findings: Sequence[Seen]

    @property
    def board(self) -> str:
        return self.publication.board


@dataclass(frozen=True)
class Report:
    """All that a report tells."""

    asked: Asked
    who: tuple[str, ...]
    """Canonical names of those asked for."""
    since: datetime | None
    """The beginning of the time told of; None: all of it."""
    until: datetime
    """Its end, from the archive's data or as asked."""
    newest: datetime
    """Of the newest snapshot told of."""
    parts: Sequence[Part]
    places: Sequence[Place]
    changes: Sequence[Change]
    """On all boards, those told at length or not: the time's news."""
    within_noise: int
    """Moves that are left out of `changes`, since their intervals overlap."""
    history: Sequence[Stood]
    """Each place of those asked for in the time told of."""
    coverage: Sequence[Coverage]
    gaps: Sequence[Gap]
    publishers: Sequence[Publisher]
    citations: Sequence[Cited]
    heads: Sequence[tuple[str, str]]
    """The state of each ledger behind it."""
    tool: str
    command: str
    """What makes this report again."""
    colours: dict[str, str] = field(default_factory=dict)
    """Whom was asked for → their colour in every picture."""
    titles: dict[str, str] = field(default_factory=dict)
    """Board → title."""
