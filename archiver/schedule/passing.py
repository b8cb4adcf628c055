"""One pass over sources: those that are due, as cron asks for it, or all, as a person does."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from .. import fetching
from ..records import Capture, Slot
from .book import Book, Told, judged
from .witness import Witness

if TYPE_CHECKING:
    from pathlib import Path

    from ..capture.events import Event
    from ..capture.sweep import Left
    from ..config import Config
    from ..sources import Catalog
    from ..store import Store


class Ground(NamedTuple):
    """What a pass stands on."""

    archive: Path
    store: Store
    config: Config
    catalog: Catalog
    version: str
    now: Callable[[], datetime]


def run(
    ground: Ground,
    names: Sequence[str],
    *,
    due: bool,
    deadline: timedelta | None = None,
    only: Callable[[str], bool] | None = None,
    on_event: Callable[[Event], object] | None = None,
    on_skip: Callable[[fetching.Skipped], object] | None = None,
    on_left: Callable[[Left], object] | None = None,
    on_slot: Callable[[Slot], object] = lambda _slot: None,
) -> list[Capture]:
    """One pass over sources: those named, else the configured ones, else all. The caller holds the lock.

    due: only those whose slot has not been run yet; what was missed before is recorded, and deadline is by
    default the configured one. A pass over all settles the slots of sources that are under a schedule
    already, so that cron does not ask again a minute later. deadline: no request starts after it; a source
    that it leaves out is due again. only: which fixed URLs to ask; such a pass settles nothing. on_slot: told
    of each slot that was recorded.
    Returns every attempt. Raises `UnknownName`, `NotKept`, `DamagedArchive`.
    """
    _, store, config, catalog, version, now = ground
    witness = Witness(ground.archive, now)
    book = Book(store, config, catalog, now=now, by="due" if due else "command", witness=witness)
    slots: dict[str, datetime] = {}
    if only is None:
        slots = _slots(book, book.sources(names, on_skip or (lambda _skipped: None)), on_slot, due=due)
        witness.forget()
    if due and not slots:
        return []
    if due and deadline is None:
        deadline = config.schedule.pass_deadline
    left: dict[str, int] = {}

    def leave(one: Left) -> None:
        left[one.source] = left.get(one.source, 0) + 1
        if on_left:
            on_left(one)

    captures = fetching.sweep(
        store,
        config,
        list(slots) if due else names,
        version=version,
        now=now,
        catalog=catalog,
        only=only,
        ends=None if deadline is None else time.monotonic() + deadline.total_seconds(),
        on_event=on_event,
        on_skip=on_skip if only is not None else None,
        on_left=leave,
    )
    for source, slot in slots.items():
        attempts = [each for each in captures if each.source == source]
        on_slot(book.ran(source, slot, attempts, _told(attempts, left.get(source, 0))))
    return captures


def _slots(
    book: Book, sources: Sequence[str], on_slot: Callable[[Slot], object], *, due: bool
) -> dict[str, datetime]:
    """The slots to run by source, that which has waited longest first; what was missed is recorded."""
    found: list[tuple[datetime | None, str, datetime]] = []
    for source in sources:
        known, plan = book.state(source), book.plan(source)
        if due or known.settled is not None:
            for slot in book.missed(source, plan):
                on_slot(slot)
            if plan.run:
                found.append((known.settled, source, plan.run))
    found.sort(key=lambda one: (one[0] is not None, one[0], one[1]))
    return {source: slot for _, source, slot in found}


def _told(attempts: Sequence[Capture], left: int) -> Told:
    if not left:
        return judged(attempts)
    detail = f"When the pass was over, {left} of {left + len(attempts)} requests were left; it is due again."
    return Told("missed", "deadline", detail)
