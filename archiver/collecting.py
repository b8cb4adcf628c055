"""How bytes come into an archive, each way one call on an `Archive`: capture, schedule, import, backfill.

The work is done by modules of the stages; this ties it to the lock, the store and the index of one archive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from . import __version__
from .errors import ArchiveBusy
from .holding import TOOL, Holding
from .times import asked_end, asked_start

if TYPE_CHECKING:
    from datetime import date, timedelta
    from pathlib import Path

    from . import backfill, fetching, ingest, trial
    from .capture.backfill import Via
    from .capture.events import Event
    from .capture.sweep import Left
    from .records import Capture, Slot
    from .schedule.setup import File


class Collecting(Holding):
    """Collection into an archive."""

    def capture(
        self,
        *names: str,
        due: bool = False,
        deadline: timedelta | None = None,
        only: Callable[[str], bool] | None = None,
        on_event: Callable[[Event], None] | None = None,
        on_skip: Callable[[fetching.Skipped], object] | None = None,
        on_left: Callable[[Left], object] | None = None,
        on_slot: Callable[[Slot], object] = lambda _slot: None,
    ) -> list[Capture]:
        """One pass over sources (default: all that are configured), then the index is brought up.

        due: only what is due by each source's schedule. deadline: no request starts later; on_left is told of
        each that is left out. on_slot: told of each slot that is recorded; see `schedule.passing.run`.
        only: which of the sources' fixed URLs to ask (default: all); such a pass settles no slot.
        on_skip: told of each route that is left out, since the environment does not hold its key.
        Returns every attempt, failed ones among them. Raises `UnknownName`, `ArchiveBusy`.
        """
        from .schedule import passing, witness

        try:
            with self.lock():
                attempts = passing.run(
                    passing.Ground(self.path, self.store, self.config, self.catalog, __version__, self.now),
                    names,
                    due=due,
                    deadline=deadline,
                    only=only,
                    on_event=on_event,
                    on_skip=on_skip,
                    on_left=on_left,
                    on_slot=on_slot,
                )
                if attempts or not due:
                    self._bring_up()
        except ArchiveBusy:
            if due:
                witness.Witness(self.path, self.now).turned_away()
            raise
        return attempts

    def schedule(self, worker: Sequence[str] = ()) -> None:
        """Captures each source when it is due, until SIGTERM or SIGINT; see `schedule.daemon`.

        worker: another command that captures one source, in place of `schedule.worker`.
        Call it in the main thread. Raises `UsageError`, `ArchiveBusy` where a scheduler runs already.
        """
        from .schedule.daemon import Daemon
        from .schedule.runner import WORKER, Base, Settings
        from .store import Store, collector_id

        collector = collector_id(self.path)

        def read() -> Settings:
            from . import config
            from .definitions import catalog

            text = config.text(self.path)
            return Settings(text, config.parse(text, self.path / config.FILE), catalog(self.path))

        base = Base(
            archive=self.path.absolute(),
            lock=self._held,
            store=lambda: Store(self.path / "snapshots", collector=collector, tool=TOOL, now=self.now),
            read=read,
            collector=collector,
            now=self.now,
            worker=worker or WORKER,
        )
        with self._held(".archiver.schedule.lock", "Another scheduler"):
            Daemon(base).run()

    def setup(self, kind: str, package: str | None = None) -> list[File]:
        """Files that set up collection on this archive; see `schedule.setup`. kind: one of its `KINDS`.

        package: what pip installs elsewhere. Raises `UsageError`.
        """
        from .schedule import book, facts, setup, witness
        from .store import collector_id

        seen = witness.Witness(self.path, self.now)
        slots = book.Book(self.store, self.config, self.catalog, now=self.now, by="", witness=seen)
        collector = collector_id(self.path)
        found = facts.facts(self.path.resolve(), slots, self.config, collector, __version__, package)
        return setup.files(kind, found)

    def try_sources(self, *names: str, on_event: Callable[[Event], None] | None = None) -> list[trial.Trial]:
        """Asks sources for real, parses and checks what they answer, keeps nothing; see `trial.Trial`.

        Needs no archive. Raises `UnknownName`.
        """
        from . import trial

        return trial.run(
            self.config, self.catalog, names, version=__version__, now=self.now, on_event=on_event
        )

    def take(self, recordings: Iterable[ingest.Recording]) -> list[ingest.Taken]:
        """Imports recordings (see `ingest.recordings`, `ingest.manifest`), then brings up the index."""
        from . import ingest

        with self.lock():
            taken = list(ingest.take(self.store, recordings, self.catalog))
            self._bring_up()
        return taken

    def take_warc(self, files: Iterable[Path], *names: str) -> list[ingest.Taken]:
        """Imports the captures in WARC files, of all sources or those named; see `webarchives.take`."""
        from . import webarchives

        with self.lock():
            try:
                return list(webarchives.take(self.store, files, names, self.catalog))
            finally:
                self._bring_up()

    def backfill(
        self,
        source: str,
        *,
        since: str | date | None = None,
        until: str | date | None = None,
        limit: int | None = None,
        via: Via | None = None,
        repo: str | None = None,
        cache: Path | None = None,
        on_event: Callable[[Event], None] | None = None,
    ) -> backfill.Report:
        """Takes older versions of a source's files from those who kept them; see `backfill.Wanted`.

        Then the index is brought up. Raises `UnknownName`, `UsageError`, `ArchiveBusy`.
        """
        start, end = asked_start(since), asked_end(until)
        with self.lock():
            # While what reads payloads starts.
            from . import backfill
            from .indexing import beginning

            wanted = backfill.Wanted(since=start, until=end, limit=limit, via=via, repo=repo, cache=cache)
            with beginning(self.index, lambda: self.registry, self.catalog) as begun:
                report = backfill.run(
                    self.store,
                    self.config,
                    source,
                    wanted,
                    version=__version__,
                    now=self.now,
                    on_event=on_event,
                    on_got=begun.feed,
                    catalog=self.catalog,
                )
                self._bring_up(begun=begun)
        return report
