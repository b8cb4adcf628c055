"""What keeps an archive believable and in shape over the years, each one call on an `Archive`.

The work is done by modules of the store; this ties it to the index, the lock and the clock of one archive.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .errors import UsageError
from .holding import Holding

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from .answers import Redundant
    from .reports.cite import Citation
    from .store import Damage, Totals
    from .store.compact import Compacted
    from .store.growth import Growth
    from .store.merge import Merged
    from .store.repair import Repaired
    from .store.seal import Seal
    from .watching import Told


class Upkeep(Holding):
    """Verification, seals, citations, repair and growth of an archive."""

    def verify(self, totals: Totals | None = None, against: Seal | None = None) -> Iterator[Damage]:
        """Recomputes every digest and the chain of every ledger: what is not as it was written, each by name.

        Ledgers are also held against what the index has read of them, so that lines cut off whole are missed,
        and against an older published head, which they must still begin with. Changes nothing.
        totals: filled while reading.
        """
        from .database import heads
        from .store import Head

        self._must_exist()
        read = {name: Head.parse(head) for name, head in (heads(self.index) or {}).items()}
        return self.store.verify(totals, against=read, sealed=against.heads if against else {})

    def seal(self) -> Seal:
        """Where every ledger ends, after the chains were proved: the head to publish (see `store.seal`).

        Raises `DamagedArchive` where a ledger is not as it was written, `UsageError` where there is none.
        """
        from .store.seal import Seal

        self._must_exist()
        heads = self.store.heads()
        for _line in self.store.lines():
            pass
        if not heads:
            raise UsageError(
                "There is no ledger to seal yet.", todo="`archiver capture` writes the first line"
            )
        return Seal(self.now(), heads)

    def cite(self, board: str, model: str, as_of: str | date | None = None) -> list[Citation]:
        """The citation of each entry of a model on a board as it stood; `reports.cite` writes them.

        Raises as `answers.explain` does.
        """
        from . import answers
        from .reports.cite import Citation
        from .times import asked_end

        con = self.connect()
        found = answers.explain(con, board, model, asked_end(as_of))
        return [Citation(one, answers.publisher(con, one.board.partition("/")[0])) for one in found]

    def repair(self, *copies: Path, against: Seal | None = None) -> list[Repaired]:
        """Puts in order what `verify` names, sets aside what cannot be, and says what is lost.

        copies: directories of other archives, from which lines and payloads may be taken. against: as for
        `verify`. Deletes nothing; the index is made anew, and the old one set aside where a ledger was in
        disorder, since it may know of lines that are lost. Raises `UsageError`, `ArchiveBusy`, `NotKept`.
        """
        from .database import heads
        from .store import Head
        from .store.repair import repair

        self._must_exist()
        for copy in copies:
            if not (copy / "snapshots").is_dir():
                raise UsageError(f"{copy} is no archive: it has no snapshots/ folder.")
        with self.lock():
            known = {name: [Head.parse(head)] for name, head in (heads(self.index) or {}).items()}
            for name, head in (against.heads if against else {}).items():
                known.setdefault(name, []).append(head)
            damages = [one for one in self.verify(against=against) if not one.note or one.lost]
            if any(one.kind == "ledger" and not one.note for one in damages) and self.index.is_file():
                aside = f"{self.index.name}.before-repair-{self.now():%Y%m%dT%H%M%SZ}"
                self.index.replace(self.index.with_name(aside))
            shelves = [copy / "snapshots" for copy in copies]
            done = list(repair(self.store, damages, known, shelves, self.now()))
            if damages:
                self._bring_up(fresh=True)
        return [each for each in done if each.did]

    def compact(self, tick: Callable[[str], None] = lambda _source: None) -> list[Compacted]:
        """Lays deltas anew and writes the index anew, sorted; loses no byte of a payload.

        tick: called with the source, once a payload. Raises `DamagedArchive`, `ArchiveBusy`.
        """
        from .store.compact import compact

        self._must_exist()
        with self.lock():
            done = list(compact(self.store, tick))
            self._bring_up(fresh=True)
        return done

    def prune(self, *, dry: bool = False) -> list[Redundant]:
        """Gives up payloads that add no snapshot, as far as `[prune]` in archiver.toml allows; each by name.

        dry: only say which. Raises `UsageError` without a policy and for a source in it that is none,
        `ArchiveBusy`, `DamagedArchive`.
        """
        from . import answers
        from .config import FILE
        from .store.prune import prune

        policy = self.config.prune
        if policy is None:
            raise UsageError(
                f"{self.path / FILE} has no policy for pruning: nothing may be given up.",
                kept="everything",
                todo='write [prune] with keep = "365d" (and sources = [...], if not all) there',
            )
        for source in policy.sources:
            self.catalog.load(source)  # a mistyped one would be pruned of nothing, for ever
        before = self.now() - policy.keep
        found = [
            one
            for one in answers.prunable(self.connect(), before, policy.sources)
            if self.store.keeper(one.source).shelf.holds(one.payload_sha256)
        ]
        if dry:
            return found
        because = f"captured before {before:%Y-%m-%d}, and kept ones say the same: [prune] in {FILE}"

        with self.lock():
            for source in dict.fromkeys(one.source for one in found):
                redundant = {one.payload_sha256: one.kept_sha256 for one in found if one.source == source}
                prune(self.store, source, redundant, because)
            self._bring_up()
        return found

    def merge(self, other: Path, tick: Callable[[str], None] = lambda _source: None) -> list[Merged]:
        """Brings in all that another archive holds; merging again, or the other way round, gives the same.

        Raises `UsageError` where there is no archive, ArchiverError where a ledger was written by two
        collectors, `DamagedArchive`, `ArchiveBusy`. tick: called with the source, once a payload.
        """
        from .store import Store
        from .store.merge import merge

        if not (other / "snapshots").is_dir():
            raise UsageError(f"{other} is no archive: it has no snapshots/ folder.")
        theirs = Store(other / "snapshots", collector="merged", tool="", now=self.now)
        with self.lock():
            done = list(merge(self.store, theirs, tick))
            self._bring_up(fresh=any(each.healed for each in done))
        return done

    def growth(self) -> list[Growth]:
        """How fast each source grows on disk, with the basis of the forecast; see `store.growth`."""
        from .store.growth import growth

        self._must_exist()
        return growth(self.store)

    def damage(self) -> list[str]:
        """What is wrong at the ends of the ledgers and with what was appended since the index read them.

        Empty where all is sound. `verify` reads everything.
        """
        from .database import heads
        from .store import Head

        self._must_exist()
        read = {name: Head.parse(head) for name, head in (heads(self.index) or {}).items()}
        found: list[str] = []
        for _line in self.store.lines(read, on_damage=lambda _ledger, error: found.append(error.what)):
            pass
        return found

    def tell(self) -> Told:
        """Tells the targets what is new, then gives the monitor its sign of life; see `watching.tell`.

        Raises `NotKept` where it cannot be kept what was told.
        """
        from . import watching
        from .capture.heartbeat import beat

        damage = self.damage()  # before the index is brought up, which takes note of how the ledgers are now
        told = watching.tell(self.connect(), self.path, self.config, damage, self.now())
        if (url := self.config.notify.heartbeat) and not beat(url):
            told = told._replace(failed=(*told.failed, "heartbeat"))
        return told

    def test_targets(self) -> Told:
        """Sends a line to every target at once, whatever the hour."""
        from . import watching

        return watching.test(self.config, self.now())
