"""The records that travel between the stages: plain, immutable, and of the standard library alone.

    source → capture → store → parse → check → load → publish

Times are aware datetimes in UTC. Three clocks are kept apart: `published_at` (what the publisher says),
`captured_at` (when the bytes were got, or when that version was archived), `loaded_at` (when this archive
took them in).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, Literal, NamedTuple, overload

# Also here, where all who make records look for it.
from .moments import moment as moment
from .moments import utc as utc

RankKind = Literal["published", "published-ties", "by-score"]
"""`published`: as printed. `published-ties`: an upper-bound rank in which many may share a place.
`by-score`: the board prints none; ranked here by its declared metric, competition style (1, 2, 2, 4)."""

Severity = Literal["note", "warning", "error"]
"""`error` holds the snapshot: kept, queryable, out of every answer until an operator decides."""

Outcome = Literal["stored", "unchanged", "failed"]
SlotOutcome = Literal["captured", "failed", "missed"]

REASONS: Mapping[str, str] = {
    "timeout": "the deadline for the whole exchange passed",
    "network": "the name did not resolve, or the connection failed or broke",
    "tls": "the server's certificate was not accepted",
    "refused-address": "the address is one that this source may not be sent to",
    "redirect": "too many redirects, a loop, or a redirect that may not be followed",
    "robots": "robots.txt asks not to fetch this page",
    "rate-limited": "the server asked to slow down, for longer than the pass may wait",
    "http-status": "the server answered with an error status",
    "too-large": "more bytes than the cap, received or decoded",
    "truncated": "the body ended before its end",
    "encoding": "the body could not be decoded as the server declared",
    "stale": "a cache answered with an older version than was captured before",
    "empty": "the body has no content",
    "challenge": "a bot challenge stood in place of the board",
    "lfs-pointer": "a Git LFS pointer stood in place of the file",
    "wrong-type": "the body is not of the kind that this route serves",
}
"""Why an attempt failed: the whole set. A ledger line carries one of these and a sentence of detail."""


SLOT_REASONS: Mapping[str, str] = {
    "off": "no collector was running: the machine was off or asleep, or nothing had been started",
    "clock": "the machine's clock was set forward over it",
    "held": "another run held the archive",
    "circuit": "its source had failed so often that it is asked by probes only",
    "overrun": "the collector was still at work on what had been due before",
    "deadline": "the pass was over before its turn came",
    "stopped": "the collector was stopped before it was done",
    "nothing": "every request of it failed",
    "hung": "its process was not done at its deadline, and was ended",
    "crashed": "its process ended by itself before it was done",
}
"""Why a slot was missed or failed: the whole set. The last three are failures: the source was asked."""


class Entry(NamedTuple):
    """One line of a snapshot: a model as it is listed there. Names are exactly as printed, markup removed.

    A NamedTuple, because a publisher's `full` file holds a million of them.
    """

    position: int
    """Row order in the payload, from 1."""
    model: str
    organization: str | None = None
    """As listed; None where the board prints none or an empty one."""
    variant: str | None = None
    """The setting that tells two entries of one model apart, as listed (`diff`, `FC`, `32k thinking`)."""
    rank: int | None = None
    rank_low: int | None = None
    """Best place of the published spread (the smaller number)."""
    rank_high: int | None = None
    """Worst place of the published spread (the larger number)."""
    score: float | None = None
    score_low: float | None = None
    score_high: float | None = None
    votes: int | None = None
    license: str | None = None
    extra: Mapping[str, object] | None = None
    """Every other field of the payload that is kept, under the payload's own names; JSON values."""
    competitor: bool = True
    """False for a human or random baseline: listed, never counted in `of`."""


class Columnar(Sequence[Entry]):
    """Entries that are held as columns: an `Entry` is made where one is asked for. A reader of a million rows
    hands on such ones."""

    @abstractmethod
    def column(self, field: str) -> Sequence[Any]:
        """What `column` gives."""

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Entry]: ...
    def __getitem__(self, index: int | slice) -> Entry | Sequence[Entry]:
        """An entry, or some as a list."""
        places = range(len(self))[index]
        if isinstance(places, range):
            return [self[place] for place in places]
        return Entry(*(self.column(field)[places] for field in Entry._fields))

    def __iter__(self) -> Any:
        return map(Entry._make, zip(*map(self.column, Entry._fields), strict=True))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as a list


def column(entries: Sequence[Entry], field: str) -> Sequence[Any]:
    """The values of one field of all entries, in their order: the quick way to look at many.

    >>> column([Entry(1, "a", score=2.5), Entry(2, "b")], "score")
    [2.5, None]
    """
    if isinstance(entries, Columnar):
        return entries.column(field)
    return list(map(attrgetter(field), entries))


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check or a parser saw. The sentence is complete by itself; the figures are for machines."""

    code: str
    severity: Severity
    sentence: str
    figures: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The state of one board that a payload shows."""

    board: str
    """`source/track/category`, lower case, hyphens: `arena/text-style-control/russian`."""
    entries: Sequence[Entry]
    published_at: datetime | None = None
    """Midnight UTC where the publisher says only a date; None where it says nothing that can be believed."""
    rank_kind: RankKind = "published"
    metric: str = "score"
    """What `score` is, in the board's own words: `Arena score`, `pass_rate_2 (%)`."""
    declared_total: int | None = None
    """How many models the publisher says the board has."""
    complete: bool = True
    """False for an excerpt (top 10 of 339): proves presence, never absence."""
    layout: str = ""
    """Which of the publisher's layouts this is, named by the parser."""
    notes: Mapping[str, object] = field(default_factory=dict)
    """Facts about the whole board (total votes, the vote cutoff), JSON values."""
    findings: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class Payload:
    """What a parser gets: the bytes, and the address they answer (or a file's name where none is known)."""

    body: bytes
    url: str = ""


class Hop(NamedTuple):
    """One redirect that was followed."""

    status: int
    url: str
    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What one attempt brought back, before it is stored: bytes or a reason, never both missing.

    `body` may stand beside a reason (a challenge page is kept as evidence).
    """

    url: str
    captured_at: datetime
    body: bytes | None = None
    not_modified: bool = False
    """The server answered 304: the payload held for this URL still stands."""
    reason: str | None = None
    detail: str = ""
    started_at: datetime | None = None
    seconds: float | None = None
    final_url: str | None = None
    hops: tuple[Hop, ...] = ()
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    """Response headers in their order, as received; repeated ones stay repeated."""
    via: Literal["http", "import", "git", "wayback", "hub"] = "http"
    origin: str | None = None
    """Where an imported file came from: its name, never a path of the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One ledger line of kind `capture`: a `Reply` as recorded, with what became of its bytes."""

    capture_id: str
    """SHA-256 of the ledger line: the evidence is cited by it."""
    ledger: str
    """File name of the ledger, e.g. `ledger-1f3a9c20.jsonl`."""
    line: int
    """Line number in it, from 1."""
    source: str
    route: str
    url: str
    captured_at: datetime
    loaded_at: datetime
    outcome: Outcome
    reason: str | None = None
    detail: str = ""
    sha256: str | None = None
    """Of the payload: new, or the one that still stands; also of a failed reply's body that was kept."""
    size: int | None = None
    started_at: datetime | None = None
    seconds: float | None = None
    final_url: str | None = None
    hops: tuple[Hop, ...] = ()
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    via: str = "http"
    origin: str | None = None
    tool: str = ""


def unrecorded(source: str, route: str, reply: Reply) -> Capture:
    """A reply as its ledger line would say it, where none is written, or not here: its id is empty."""
    return Capture(
        capture_id="",
        ledger="",
        line=0,
        source=source,
        route=route,
        url=reply.url,
        captured_at=reply.captured_at,
        loaded_at=reply.captured_at,
        outcome="failed" if reply.reason else "stored",
        reason=reply.reason,
        detail=reply.detail,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One ledger line of kind `decision`: an operator settled a held snapshot.

    It names the snapshot by what does not change on a rebuild: payload, board and publish date.
    """

    decision_id: str
    source: str
    verdict: Literal["released", "rejected"]
    board: str
    payload_sha256: str
    published_at: datetime | None
    because: str
    loaded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One ledger line of kind `slot`: what became of a time at which a source was due.

    A slot may have several lines: of a missed one that was made up for later, `captured` is what counts, then
    `failed`. A line that speaks of many missed slots at once is a run of them.
    """

    source: str
    due: datetime
    """The time by its schedule, or the first of a run."""
    until: datetime
    """The last of a run; else the same as `due`."""
    slots: int = 1
    """How many slots the line speaks of."""
    outcome: SlotOutcome
    """`captured`: at least one request brought something. `failed`: it was asked, and nothing came, or its
    process did not end well. `missed`: it was not asked, or not to the end."""
    reason: str | None = None
    """One of `SLOT_REASONS`; None where captured."""
    detail: str = ""
    captures: int = 0
    """Ledger lines of kind `capture` that it made."""
    failed: int = 0
    """How many of these failed."""
    by: str = ""
    """Who ran it: `schedule`, `due` or `command`."""
    started_at: datetime | None = None
    seconds: float | None = None
    slot_id: str = ""
    """SHA-256 of the ledger line; empty until it is in the ledger, as the next three."""
    ledger: str = ""
    line: int = 0
    loaded_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """One ledger line of kind `repair` or `prune`: payloads that are gone from here on, and why.

    Of kind `lost`: it stands where a repair found a line that could not be read.
    """

    upkeep_id: str
    source: str
    kind: Literal["repair", "prune", "lost"]
    gone: Mapping[str, str | None]
    """SHA-256 of a payload → that of the one that says the same and is kept; None where it was lost."""
    because: str
    loaded_at: datetime
