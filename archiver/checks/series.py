"""The snapshots of a board that came one way, in the order that answers use: each beside the last sound one.

A snapshot that is held is not what the next is measured against, so that a board that was cut off for a week
is held for a week. A lasting change must not hold a board for ever: what an operator released is believed,
and so is what was seen again at least `AGREE_AFTER` later, as the same rows or as others that would not be
held beside these; all of them are then accepted, the first ones too. A board that lost its end is believed
only when an operator released it: the truncating scraper showed 20 rows for five days running.

Nothing but the snapshots of the board and what was decided of them goes in, so that the order in which they
were loaded leaves no trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from ..records import Finding, moment
from .change import HOLDS_FOR_GOOD, Beside, Change, judge
from .shots import Comparisons, Said, Shot

AGREE_AFTER = timedelta(hours=12)
"""Of two looks at a board: half a day outlasts a bad cache, and is less than the shortest cadence, a day."""
AGREE_AMONG = 3
"""How many of the snapshots that wait may agree with a new one: the last ones."""
FROZEN = timedelta(days=14)
"""New publish dates over rows that do not change. A daily board changes within days; the Markdown mirror
stamped one table with new times from August to October 2025."""
COUNTS = frozenset({"cut-off", "shrunk", "grown"})
"""Codes of findings that rest on the number of rows."""
_AHEAD = 8
"""Comparisons that are asked for at once where snapshots in a row turn out unsound."""


def walk(shots: Sequence[Shot], comparisons: Comparisons, *, copied: bool = False) -> list[Said]:
    """What is to be said of the snapshots of a series, each beside what went before.

    shots: complete snapshots of one board and route, in the order that answers use. copied: they are facts
    from several copies of the board, which name models differently and carry different fields: only their
    number of rows is compared, and nothing is held.
    What is returned counts only where no comparison is missing.
    """
    return _Walk(shots, comparisons, copied).run()


class _Walk:
    def __init__(self, shots: Sequence[Shot], comparisons: Comparisons, copied: bool) -> None:
        self._shots, self._comparisons, self._copied = shots, comparisons, copied
        self._said: dict[int, list[Finding]] = {}
        """By place in the series."""
        self._base: int | None = None
        """The last sound snapshot."""
        self._aside: int | None = None
        """The first one after it: until then, nobody saw the board changed."""
        self._waiting: list[int] = []
        """Those after it that are held until they are seen again."""
        self._same_since = 0
        """The first snapshot with the rows that the base has."""

    def run(self) -> list[Said]:
        for place, shot in enumerate(self._shots):
            if not shot.sound:
                self._aside = place if self._aside is None else self._aside
            elif self._base is None:
                self._believe(place, same_since=place)
            else:
                self._compare(place, self._base)
            if self._comparisons.missing:
                break
        return [
            (self._shots[place].snapshot_id, finding) for place in self._said for finding in self._said[place]
        ]

    def _compare(self, place: int, base: int) -> None:
        change = self._comparisons.of(self._shots, place, base, ahead=_AHEAD)
        if change is None:
            return
        first = place if self._aside is None else self._aside
        found = judge(change, self._beside(first, base))
        if self._copied:
            found = [_told(finding) for finding in found if finding.code in COUNTS]
        self._said[place] = found
        if not _holds(found) or self._shots[place].verdict == "released":
            self._frozen(place, base, change)
            self._believe(place, same_since=self._same_since if change.same else place)
            return
        self._aside = first
        if HOLDS_FOR_GOOD.isdisjoint(finding.code for finding in found):
            self._wait(place)

    def _wait(self, place: int) -> None:
        """Believes a snapshot that was seen again, and with it those that waited and agree; else it waits."""
        shot = self._shots[place]
        agreeing = [earlier for earlier in self._waiting[-AGREE_AMONG:] if self._agree(place, earlier)]
        if not agreeing and shot.last_seen - shot.first_seen < AGREE_AFTER:
            self._waiting.append(place)
            return
        for each in (*agreeing, place):
            self._said[each] = [_confirmed(finding) for finding in self._said[each]]
        self._believe(place, same_since=place)

    def _agree(self, place: int, earlier: int) -> bool:
        shot, before = self._shots[place], self._shots[earlier]
        if max(shot.time - before.time, shot.first_seen - before.first_seen) < AGREE_AFTER:
            return False
        change = self._comparisons.of(self._shots, place, earlier)
        return change is not None and not _holds(judge(change, Beside(before.time, timedelta())))

    def _believe(self, place: int, *, same_since: int) -> None:
        self._base, self._same_since = place, same_since
        self._aside, self._waiting = None, []

    def _beside(self, first: int, base: int) -> Beside:
        """first: the place at which the board was first seen changed after the base."""
        shot, before = self._shots[first], self._shots[base]
        gap = shot.time - before.time
        if shot.first_seen > before.last_seen:
            gap = min(gap, shot.first_seen - before.last_seen)
        return Beside(before.time, gap)

    def _frozen(self, place: int, base: int, change: Change) -> None:
        """A publish date that goes on while the rows do not."""
        shot, since = self._shots[place], self._shots[self._same_since]
        anew = shot.published_at is not None and shot.published_at != self._shots[base].published_at
        if change.same and anew and shot.time - since.time >= FROZEN:
            days = (shot.time - since.time).days
            sentence = (
                f"Published anew as of {moment(shot.published_at)}, but every row is as on "
                f"{moment(since.time)}: {days} days without a change."
            )
            figures = {"since": moment(since.time), "days": days}
            self._said[place].append(Finding("frozen", "warning", sentence, figures))


def _holds(found: Iterable[Finding]) -> bool:
    return any(finding.severity == "error" for finding in found)


def _told(finding: Finding) -> Finding:
    return replace(finding, severity="warning") if finding.severity == "error" else finding


def _confirmed(finding: Finding) -> Finding:
    """A finding that held a snapshot until it was seen again."""
    if finding.severity != "error":
        return finding
    return replace(_told(finding), sentence=f"{finding.sentence} It was seen again, so it stands.")
