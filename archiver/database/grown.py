"""Boards to which a load did nothing but add: the checks go on from where they stood.

A board may have been seen a thousand times. What the checks say of its past is the same after a capture that
shows what is newer than all of it, so that only its end is looked at.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from ..checks.shots import Shot
from .snapshots import Fresh, Stood

Series = tuple[str, str]
"""A board, and the route that its snapshots came by."""


def series(fresh: Iterable[Fresh]) -> Iterator[tuple[Series, list[Shot]]]:
    """The complete snapshots of boards, in order: an excerpt proves nothing of what it does not show.

    fresh: as `snapshots.make` gives them.
    """
    complete = [one for one in fresh if one.complete]
    for key, group in groupby(complete, lambda one: (one.board, one.route)):
        yield key, [one.shot for one in group]


def ends(fresh: Sequence[Fresh], stood: Mapping[str, Mapping[str, Stood]]) -> dict[Series, list[Shot]]:
    """Of boards that only grew, the last snapshot of each series that was known, and what is new after it.

    That last one is sound, and what comes after it is measured against it, whatever was before. `walk` needs
    the rest only to tell since when rows have stayed the same. No publish date is newer than the last one's,
    so that `rewriting` finds what it would find in the whole.
    fresh: the snapshots of the touched boards. stood: what they were in the index.
    """
    found: dict[Series, list[Shot]] = {}
    for board, group in groupby(fresh, lambda one: one.board):
        several = list(group)
        old = stood.get(board, {})
        if _stands(several, old) and not _returns(several, old):
            new_ends = {key: _end(shots, old) for key, shots in series(several)}
            if all(new_ends.values()):
                found |= new_ends
    return found


def _stands(several: Iterable[Fresh], old: Mapping[str, Stood]) -> bool:
    """Whether every snapshot of a board that stood before stands as it did, with nothing against it."""
    same = {
        one.shot.snapshot_id: one.digest == before.digest and one.alone == before.status == "accepted"
        for one in several
        if (before := old.get(one.shot.snapshot_id))
    }
    return same.keys() == old.keys() and all(same.values())


def _returns(several: Iterable[Fresh], old: Container[str]) -> bool:
    """Whether a new snapshot shows what an earlier one showed: it may have been compared before."""
    parts: tuple[set[str], set[str]] = (set(), set())
    for one in several:
        parts[one.shot.snapshot_id in old].add(one.shot.content_id)
    return not parts[False].isdisjoint(parts[True])


def _end(shots: Sequence[Shot], old: Mapping[str, Stood]) -> list[Shot]:
    """Empty where what is new does not simply come after what was known."""
    known = [shot for shot in shots if shot.snapshot_id in old]
    new = shots[len(known) :]
    if not known or any(shot.snapshot_id in old for shot in new):
        return []
    seen = max(shot.first_seen for shot in known)
    return [] if any(shot.first_seen <= seen for shot in new) else [known[-1], *new]
