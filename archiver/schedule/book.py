"""What is due, read from the ledgers, and what became of it, written there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from .. import fetching
from ..records import Capture, Slot, SlotOutcome
from .grid import Daily, Every, Grid
from .plan import Breaker, Plan, State, Why, plan, state
from .witness import Witness

if TYPE_CHECKING:
    from ..config import Config
    from ..sources import Catalog
    from ..store import Store


class Told(NamedTuple):
    """What became of a slot that was run."""

    outcome: SlotOutcome
    reason: str | None = None
    detail: str = ""


class Book:
    """The slots of one archive. Whoever writes holds the archive's lock."""

    def __init__(
        self,
        store: Store,
        config: Config,
        catalog: Catalog,
        *,
        now: Callable[[], datetime],
        by: str,
        witness: Witness,
    ) -> None:
        """by: who runs the slots, for their lines. witness: knows why nothing ran at a time.

        Raises `UnknownName` where the configuration speaks of a source that is none.
        """
        for name in config.source:
            catalog.load(name)
        self._store, self._config, self._catalog = store, config, catalog
        self._now, self._by, self._witness = now, by, witness
        rules = config.schedule
        self.breaker = Breaker(open_after=rules.open_after, at_most=rules.probe_at_most)

    def sources(
        self,
        names: Sequence[str] = (),
        on_skip: Callable[[fetching.Skipped], object] = lambda _skipped: None,
    ) -> list[str]:
        """Those of the named (else configured, else all) sources that there is something to ask of, sorted.

        Raises `UnknownName`.
        """
        return sorted({job.source for job in fetching.planned(self._config, self._catalog, names, on_skip)})

    def grid(self, source: str) -> Grid:
        """When a source is due: as configured for it, else for all, else by its own cadence."""
        rules, own = self._config.schedule, self._config.source.get(source)
        times = () if own and own.cadence else (own and own.times) or rules.times
        if times:
            return Daily(times, ZoneInfo(rules.zone))
        return Every((own and own.cadence) or self._catalog.load(source).SOURCE.cadence)

    def state(self, source: str) -> State:
        """What the ledgers say of a source's slots. Raises `DamagedArchive`."""
        return state(self._store.slots_back(source), self._now(), self.breaker.enough)

    def plan(self, source: str) -> Plan:
        """What to record as missed and what to run. Raises `DamagedArchive`."""
        now = self._now()
        return plan(self.grid(source), self.state(source), now, self.breaker, self._why(now))

    def missed(self, source: str, found: Plan) -> list[Slot]:
        """Records what a plan says was missed. Raises `NotKept`."""
        return [
            self._store.slot(
                Slot(
                    source=source,
                    due=run.due,
                    until=run.until,
                    slots=run.slots,
                    outcome="missed",
                    reason=run.reason,
                    detail=run.detail,
                    by=self._by,
                )
            )
            for run in found.missed
        ]

    def ran(self, source: str, due: datetime, attempts: Sequence[Capture], told: Told) -> Slot:
        """Records what became of a slot that was run, to its end or not. Raises `NotKept`."""
        begun = min((each.started_at for each in attempts if each.started_at), default=None)
        ended = max((each.captured_at for each in attempts), default=None)
        took = max(ended - begun, timedelta(0)).total_seconds() if begun and ended else None
        return self._store.slot(
            Slot(
                source=source,
                due=due,
                until=due,
                outcome=told.outcome,
                reason=told.reason,
                detail=told.detail,
                captures=len(attempts),
                failed=sum(each.outcome == "failed" for each in attempts),
                by=self._by,
                started_at=begun,
                seconds=round(took, 3) if took is not None else None,
            )
        )

    def _why(self, now: datetime) -> Why:
        def why(due: datetime, following: datetime) -> tuple[str, str]:
            return self._witness.why(due, following) or (
                "off",
                f"No collector ran from then to {now:%Y-%m-%dT%H:%MZ}.",
            )

        return why


def judged(attempts: Sequence[Capture]) -> Told:
    """What the captures of a slot come to, if it was run to its end."""
    failed = [each for each in attempts if each.outcome == "failed"]
    if not failed and attempts:
        return Told("captured")
    counts = Counter(each.reason or "failed" for each in failed)
    reasons = ", ".join(f"{reason} {count}" for reason, count in counts.most_common())
    detail = f"{len(failed)} of {len(attempts)} requests failed: {reasons}." if attempts else "It made none."
    return (
        Told("captured", None, detail) if len(failed) < len(attempts) else Told("failed", "nothing", detail)
    )
