"""One archive, one directory: the facade that ties the stages together.

    from archiver import Archive
    archive = Archive("path")                       # default: $ARCHIVER_HOME, else the current directory
    archive.history("Sber", "Yandex").df()

With the parts that it is put together from (`holding`, `asking`, `collecting`, `upkeep`) the only place that
knows every stage. Each command of the command line is one call here.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .asking import Questions
from .collecting import Collecting
from .errors import UsageError
from .holding import TOOL
from .times import asked_end, asked_start
from .upkeep import Upkeep

if TYPE_CHECKING:
    from . import ask, exports
    from .answers import Unread
    from .database import Difference
    from .database.load import Published
    from .records import Capture, Decision
    from .warc import Written


class Archive(Collecting, Upkeep, Questions):
    """An archive directory: `snapshots/` (the truth), `archive.duckdb` (an index), `archiver.toml`."""

    def watched(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Names and boards of the section `[watch]`. Raises `UsageError`."""
        return self.config.watch.who, self.config.watch.boards

    def unread_of(self, captures: Iterable[Capture]) -> Sequence[Unread]:
        """Of captures that this object has just taken, the payloads that could not be read."""
        if self._published and not self._published.unread:
            return []  # as they were loaded: to open the index would take longer than all else of this
        return self.unread({capture.sha256 for capture in captures if capture.sha256})

    # ---- handing on -----------------------------------------------------------------------------------

    def export(
        self,
        path: Path,
        form: exports.Form,
        *,
        boards: Sequence[str] = (),
        since: str | date | None = None,
        until: str | date | None = None,
    ) -> exports.Package:
        """Writes `rankings` as a data package; see `exports.package`."""
        from . import exports

        choice = exports.Choice(boards, asked_start(since), asked_end(until))
        return exports.package(self.connect(), path, form, choice, tool=TOOL)

    def feed(
        self,
        path: Path,
        *who: str,
        boards: Sequence[str] = (),
        since: str | date | None = None,
        until: str | date | None = None,
    ) -> int:
        """Writes rank events as an Atom feed and returns how many; see `exports.feed`."""
        from . import exports

        return exports.feed(
            self.connect(), path, who, boards, asked_start(since), asked_end(until), tool=TOOL
        )

    def export_warc(
        self, path: Path, *names: str, since: str | date | None = None, until: str | date | None = None
    ) -> Written:
        """Writes captures as a WARC file; see `webarchives.export`."""
        from . import webarchives

        self._must_exist()
        bounds = asked_start(since), asked_end(until)
        return webarchives.export(self.store, path, names, *bounds, tool=TOOL)

    # ---- upkeep ---------------------------------------------------------------------------------------

    def rebuild(self) -> Published:
        """Makes the index anew from `snapshots/` alone.

        Raises `UsageError` where there is no such folder: of a disk that is not mounted, an empty index would
        be published.
        """
        self._must_exist(whole=True)
        with self.lock():
            return self._bring_up(fresh=True)

    def rebuild_difference(self) -> list[Difference]:
        """What a rebuild would change of the published index; see `database.difference`. Publishes nothing.

        Raises `UsageError` where no index is published.
        """
        from .database import difference

        self._must_exist()
        if not self.index.is_file():
            raise UsageError(f"No index is published at {self.index}.", todo="`archiver rebuild` makes it")
        with tempfile.TemporaryDirectory(prefix="archiver-") as folder:
            rebuilt = Path(folder) / self.index.name
            self._bring_up(rebuilt, fresh=True)
            return difference(self.index, rebuilt)

    def decide(self, snapshot_id: str, verdict: Literal["released", "rejected"], because: str) -> Decision:
        """Settles a snapshot by (the beginning of) its id; a ledger line, so it survives a rebuild.

        Raises `UsageError` where the id names no snapshot, or several.
        """
        from . import answers

        board, payload, published_at = answers.identified(self.connect(), snapshot_id)
        with self.lock():
            source = board.partition("/")[0]
            decision = self.store.decide(source, verdict, board, payload, published_at, because)
            self._bring_up()
        return decision

    def understand(self, question: str) -> ask.Understood:
        """The command that a question in English or Russian asks for; see `ask.understand`.

        Raises `UsageError`, which says what was not understood.
        """
        from . import ask

        return ask.understand(self.connect(), question, self.now().date())

    def guarded_sql(self, statement: str) -> list[dict[str, object]]:
        """A stranger's question, answered in a process of its own; see `answers.guarded.ask`."""
        from .answers import guarded

        return guarded.ask(self.path, statement)
