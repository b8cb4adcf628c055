"""What a capture shows beside what was captured before it, whatever the order that answers use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from ..records import Finding, moment


class Backwards(NamedTuple):
    """A capture whose newest publish date is older than one captured before."""

    snapshot_id: str
    """The newest that it shows."""
    published_at: datetime
    captured_at: datetime
    newest: datetime
    """The newest publish date known by then."""


class Dropped(NamedTuple):
    """A file that holds its own past, and lacks publish dates that an earlier capture of it had."""

    snapshot_id: str
    """The newest that it shows."""
    captured_at: datetime
    before: datetime
    """When the earlier one was captured."""
    dates: Sequence[datetime]
    """What it lacks, oldest first."""


def backwards(seen: Backwards) -> Finding:
    """A publish date that goes backwards: a stale copy was served, or the publisher took a version back."""
    published, newest = moment(seen.published_at), moment(seen.newest)
    return Finding(
        "date-backwards",
        "warning",
        f"Dated {published} when it was captured on {moment(seen.captured_at)}, though {newest} had been "
        "published before.",
        {"published_at": published, "newest": newest, "captured_at": moment(seen.captured_at)},
    )


def dropped(seen: Dropped) -> Finding:
    """Publish dates that the publisher took out of its past."""
    first, last = moment(seen.dates[0]), moment(seen.dates[-1])
    which = f"{first}" if len(seen.dates) == 1 else f"{len(seen.dates)} publish dates, from {first} to {last}"
    return Finding(
        "past-dropped",
        "warning",
        f"The file captured on {moment(seen.captured_at)} lacks {which}, which the one of "
        f"{moment(seen.before)} had.",
        {"dates": len(seen.dates), "first": first, "last": last, "before": moment(seen.before)},
    )
