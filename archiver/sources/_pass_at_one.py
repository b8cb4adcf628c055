"""What EvalPlus and BigCodeBench share: JSON keyed by display name, and a board for each pass@1 in it.

The sites of both show a board without the models that have no figure on it, sorted by the figure; equal
figures share a place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..errors import ParseFailed
from ..formats import keyed, numbers, ranks, tables
from ..formats.fields import Audit
from ..records import Entry, Finding, Snapshot

EXTRAS = (
    *("link", "open-data", "prompted", "size", "act_param", "moe", "direct_complete", "lazy"),
    *("elo_mle", "date", "prefill"),
)
"""Fields beside the figures that both sites have had, kept as they are."""

METRIC = "pass@1 (%)"


class Layout(NamedTuple):
    """How one era of a publisher's file calls the figures of its boards."""

    name: str
    boards: Mapping[str, str]
    """Board → the field that holds its figure."""
    also: Collection[str] = ()
    """Other figures of the era, kept in extra."""


def layout(found: list[keyed.Record], layouts: Sequence[Layout]) -> Layout:
    """The first layout of which any field is there, and then each has to be.

    Raises ParseFailed that names a field which no record has.
    """
    present = keyed.names(found)
    fits = next((each for each in layouts if any(field in present for field in each.boards.values())), None)
    fits = fits or layouts[0]
    tables.require(fits.boards.values(), present)
    return fits


def snapshots(
    found: list[keyed.Record], chosen: Layout, findings: Sequence[Finding] = ()
) -> Iterator[Snapshot]:
    """A snapshot for each board of the layout. Raises ParseFailed where one would have no model."""
    for board, field in chosen.boards.items():
        others = {other: "it is on its own board" for other in chosen.boards.values() if other != field}
        audit = Audit(extras=(*EXTRAS, *chosen.also), ignored=others)
        listed: list[Entry] = []
        missing: list[str] = []
        for record in found:
            if _is_missing(record.fields.get(field)):
                missing.append(record.name)
                continue
            fields = audit.record(record.fields)
            score = fields.number(field)
            listed.append(
                Entry(position=len(listed) + 1, model=record.name, score=score, extra=fields.rest())
            )
        if not listed:
            raise ParseFailed(f"None of {len(found)} models has {field!r}: the board {board} would be empty.")
        yield Snapshot(
            board=board,
            entries=ranks.placed(listed),
            rank_kind="by-score",
            metric=METRIC,
            layout=chosen.name,
            findings=[*findings, *audit.findings(), *_unlisted(field, missing, len(found))],
        )


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, str) and numbers.is_missing(value))


def _unlisted(field: str, missing: Sequence[str], total: int) -> Iterator[Finding]:
    if missing:
        what = f"{len(missing)} of {total} models of the file have no {field}, so they are not on this board."
        yield Finding("not-evaluated", "note", what, {"missing": len(missing), "models": list(missing)})
