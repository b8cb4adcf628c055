"""What a publisher says of a publish date, beside what it said of that date before.

The rows of today's date may change under it; and each new file that holds the past, and each date that is
published again, is held against what was captured of it before: what changed, and since when.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import accumulate, groupby
from operator import attrgetter

from ..records import Finding, moment
from .change import Change
from .shots import Comparisons, Said, Shot


def rewriting(shots: Sequence[Shot], comparisons: Comparisons) -> list[Said]:
    """What changed under publish dates: of each snapshot beside the capture before of its date, sound or not.

    shots: of one board and route, in the order that answers use.
    """
    known = _Known(shots)
    said: list[Said] = []
    old: list[Shot] = []
    for place in range(1, len(shots)):
        shot, before = shots[place], shots[place - 1]
        if shot.published_at is None or shot.published_at != before.published_at:
            continue
        change = comparisons.of(shots, place, place - 1)
        if change is None or shot.content_id == before.content_id:
            continue
        if known.newest(shot.first_seen) == shot.published_at:
            said.append((shot.snapshot_id, _republished(shot, before, change)))
        else:
            said.append((shot.snapshot_id, _rewritten(shot, before, change)))
            old += [] if change.same else [shot]
    return [*said, *_summaries(shots, old)]


class _Known:
    """The newest publish date that was known by a time."""

    def __init__(self, shots: Sequence[Shot]) -> None:
        dates = sorted((shot.first_seen, shot.published_at) for shot in shots if shot.published_at)
        self._seen = [first_seen for first_seen, _ in dates]
        self._newest = list(accumulate((published for _, published in dates), max))

    def newest(self, by: datetime) -> datetime | None:
        place = bisect_right(self._seen, by)
        return self._newest[place - 1] if place else None


def _republished(shot: Shot, before: Shot, change: Change) -> Finding:
    return Finding(
        "republished",
        "note" if change.same else "warning",
        f"The rows dated {moment(shot.published_at)} are others than those captured by "
        f"{moment(before.last_seen)}: {_changed(change)}.",
        _figures(shot, before, change),
    )


def _rewritten(shot: Shot, before: Shot, change: Change) -> Finding:
    return Finding(
        "rewritten",
        "note" if change.same else "warning",
        f"The publisher rewrote {moment(shot.published_at)} afterwards, between {moment(before.last_seen)} "
        f"and {moment(shot.first_seen)}: {_changed(change)}.",
        _figures(shot, before, change),
    )


def _figures(shot: Shot, before: Shot, change: Change) -> dict[str, object]:
    figures: dict[str, object] = {
        "published_at": moment(shot.published_at),
        "until": moment(before.last_seen),
        "since": moment(shot.first_seen),
        "before": change.before,
        "rows": change.after,
        "gone": change.gone,
        "new": change.new,
        "renamed": change.renamed,
        "ranks": change.ranks,
        "scores": change.scores,
        "votes": change.votes,
    }
    names = {"names_gone": list(change.names_gone), "names_new": list(change.names_new)}
    return figures | {key: value for key, value in names.items() if value}


def _changed(change: Change) -> str:
    return ", ".join(_parts(change)) or "no rank, score or vote count"


def _parts(change: Change) -> Iterator[str]:
    kept = change.before - change.gone
    if change.renamed:
        yield f"{change.renamed} of {change.before} models renamed"
    if gone := change.gone - change.renamed:
        yield f"{gone} of {change.before} models gone"
    if new := change.new - change.renamed:
        yield f"{new} new"
    for number, what in ((change.ranks, "ranks"), (change.scores, "scores"), (change.votes, "vote counts")):
        if number:
            yield f"{number} of {kept} {what} changed"


def _summaries(shots: Sequence[Shot], rewritten: Sequence[Shot]) -> Iterator[Said]:
    """For each capture that rewrote the past, how much of it: said of the newest snapshot that it showed."""
    by_capture = attrgetter("first_seen")
    for seen, group in groupby(sorted(rewritten, key=by_capture), by_capture):
        dates = sorted(shot.published_at for shot in group if shot.published_at)
        shown = [shot for shot in shots if shot.first_seen <= seen <= shot.last_seen]
        if len(dates) > 1:
            figures = {"dates": len(dates), "first": moment(dates[0]), "last": moment(dates[-1])}
            yield (
                max(shown, key=attrgetter("time")).snapshot_id,
                Finding(
                    "past-rewritten",
                    "warning",
                    f"What was captured on {moment(seen)} rewrote {len(dates)} earlier publish dates, from "
                    f"{moment(dates[0])} to {moment(dates[-1])}.",
                    {**figures, "since": moment(seen)},
                ),
            )
