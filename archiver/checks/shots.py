"""Snapshots as the checks of the past see them, and the comparisons between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from ..records import Finding
from .change import Change

Pair = tuple[str, str]
"""A content, and an earlier one that it is compared with."""

Said = tuple[str, Finding]
"""A finding, and the snapshot that it is of."""

SAME = Change(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, None)
"""Of a content beside itself."""


class Shot(NamedTuple):
    """A snapshot as it stands among those of its board that came one way."""

    snapshot_id: str
    content_id: str
    time: datetime
    """That answers order by."""
    published_at: datetime | None
    first_seen: datetime
    last_seen: datetime
    doubted: bool
    """A check of the snapshot by itself found an error."""
    verdict: str | None
    """The operator's: `released`, `rejected`."""

    @property
    def sound(self) -> bool:
        """Whether nothing is held against it but what went before."""
        return self.verdict == "released" or not (self.doubted or self.verdict)


@dataclass
class Comparisons:
    """What became of contents in later ones, as far as it was looked up."""

    known: Mapping[Pair, Change]
    used: set[Pair] = field(default_factory=set)
    missing: set[Pair] = field(default_factory=set)
    """Asked for, and to be looked up before anything that was found counts."""

    def of(self, shots: Sequence[Shot], place: int, before: int, *, ahead: int = 1) -> Change | None:
        """What became of an earlier snapshot of a series; None where that must be looked up.

        ahead: for how many snapshots from `place` on it is then asked at once.
        """
        earlier = shots[before].content_id
        if shots[place].content_id == earlier:
            return SAME
        pair = (shots[place].content_id, earlier)
        self.used.add(pair)
        if pair not in self.known:
            pairs = {(shot.content_id, earlier) for shot in shots[place : place + ahead]}
            self.missing |= {each for each in pairs - self.known.keys() if each != (earlier, earlier)}
        return self.known.get(pair)
