"""Trying sources for real: asked, judged, parsed and checked as in a pass, and nothing is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from . import fetching, sources
from .errors import ParseFailed
from .parsing import Reader, reading, warm
from .records import Capture, Outcome, Payload, Reply, unrecorded

if TYPE_CHECKING:
    from .capture.events import Event
    from .config import Config

Verdict = Literal["parses", "held", "fails", "skipped"]
"""`parses`: read, and no check speaks against it. `held`: read, but a check would hold it. `fails`: not got
or not read. `skipped`: nothing to ask, or a key is missing."""


class Trial(NamedTuple):
    """What came of one address."""

    source: str
    route: str
    verdict: Verdict
    boards: int
    entries: int
    url: str
    why: str
    """What is wrong; empty where it parses."""


def run(
    config: Config,
    catalog: sources.Catalog,
    names: Sequence[str],
    *,
    version: str,
    now: Callable[[], datetime],
    on_event: Callable[[Event], object] | None = None,
) -> list[Trial]:
    """Tries sources: those named, else the configured ones, else all. Sorted by source.

    Raises `UnknownName` before anything is asked.
    """
    from .capture.sweep import sweep

    with reading() as reader:
        work = _Work(catalog, now, reader)
        plans = fetching.planned(config, catalog, names, work.skip)
        warm()
        fetcher = fetching.client(config, version, now)
        sweep(plans, fetcher, work.keep, lambda _source, _url: None, on_event or (lambda _event: None))
    tried = {trial.source for trial in work.trials}
    for name in names or config.sources or catalog.names():
        if name not in tried:
            work.skip(fetching.Skipped(name, "", "it has no address to ask"))
    return sorted(work.trials)


@dataclass
class _Work:
    catalog: sources.Catalog
    now: Callable[[], datetime]
    reader: Reader
    trials: list[Trial] = field(default_factory=list)

    def skip(self, skipped: fetching.Skipped) -> None:
        self.trials.append(Trial(skipped.source, skipped.route, "skipped", 0, 0, "", skipped.why))

    def keep(self, source: str, route: str, reply: Reply) -> Capture:
        """In the place of the store: the reply is tried, and what a ledger line would say is made up."""
        verdict, boards, entries, why = self._tried(source, reply)
        self.trials.append(Trial(source, route, verdict, boards, entries, reply.url, why))
        outcome: Outcome = "failed" if verdict == "fails" else "stored"
        return replace(unrecorded(source, route, reply), loaded_at=self.now(), outcome=outcome, detail=why)

    def _tried(self, source: str, reply: Reply) -> tuple[Verdict, int, int, str]:
        if reply.reason is not None or reply.body is None:
            return "fails", 0, 0, f"{reply.reason}: {reply.detail}"
        boards = entries = 0
        held: dict[str, None] = {}
        payload = Payload(reply.body, reply.url)
        try:
            for portion in self.reader.one(source, self.catalog.load(source), payload):
                for shown in portion.shown:
                    boards, entries = boards + 1, entries + shown.rows
                    wrong = (finding for finding in shown.findings if finding.severity == "error")
                    held |= dict.fromkeys(f"{shown.board}: {finding.sentence}" for finding in wrong)
        except ParseFailed as error:
            return "fails", boards, entries, error.what
        return "held" if held else "parses", boards, entries, " ".join(held)
