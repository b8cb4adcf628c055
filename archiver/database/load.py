"""Ledger lines and readings go in, a new index comes out: by increments or from nothing, the same tables.

    with Loader(path) as loader:
        loader.add_lines(captures, decisions, heads)
        for pending in loader.pending(versions):
            loader.add_reading(pending, version, portions)
        loader.settle(sources, registry)
        loader.publish()

Tables of what happened (`captures`, `decisions`) and of what was read (`payloads`, `contents`, `findings`,
`entries`) grow by what is added. All others follow from these, and `settle` makes them so for what changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from .. import __version__
from ..errors import ArchiveBusy, ArchiverError, DamagedArchive
from ..parsing import Portion
from ..records import Capture, Decision, Slot
from . import build, facts, past, rows, snapshots
from .connect import meta, translated
from .publish import Published, WorkingCopy, expect_much
from .questions import Questions
from .readings import Readings
from .rows import Pending

if TYPE_CHECKING:
    from ..sources import Source

__all__ = ["Loader", "Pending", "Published"]


class Loader:
    """A private copy of the index at `path`; nothing is visible until `publish`.

    One load at a time: the caller holds the archive's lock. An index that is missing, cannot be read, or was
    made by other tables than this version's is begun anew: `heads` is then empty, and everything is pending.
    Every method raises ArchiverError where the disk or DuckDB fails; the published index stays as it was.
    """

    def __init__(self, path: Path, *, fresh: bool = False) -> None:
        """path: of the published index. fresh: start from nothing, as `rebuild` does."""
        self._path = path
        self._copy, found = _open(path, fresh)
        self._connection = self._copy.connection
        self._notes = facts.Notes(self._connection, found)
        self._questions: Questions | None = None
        """Views and macros that are made beside this load, where there are none yet."""
        try:
            with self._writing():
                self._prepare(found)
                self._readings = Readings(self._connection, path, some_stored=bool(found))
        except BaseException:
            self._copy.discard()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._readings.close()
        if self._questions:
            self._questions.drop()
        self._copy.discard()

    def heads(self) -> dict[str, str]:
        """What has been read of each ledger."""
        return self._notes.heads()

    def add_lines(
        self,
        captures: Iterable[Capture],
        decisions: Iterable[Decision],
        heads: Mapping[str, str],
        slots: Iterable[Slot] = (),
    ) -> None:
        """Takes ledger lines; those held already are passed over. heads: of all ledgers, after them."""
        with self._writing():
            lines = {one.capture_id: one for one in captures}
            fresh = self._append("captures", "capture_id", [rows.capture(one) for one in lines.values()])
            again = {reading_id for row in fresh if (reading_id := _reading(lines[str(row[0])]))}
            self._connection.execute(_SHOWN_AGAIN, [sorted(again)])
            settled = self._append("decisions", "decision_id", [rows.decision(one) for one in decisions])
            rows.insert(self._connection, "touched", [(row[1],) for row in settled])
            self._append("slots", "slot_id", [rows.slot(one) for one in slots])
            self._notes.note_heads(heads)

    def pending(self, versions: Mapping[str, int]) -> list[Pending]:
        """What waits for a parser, oldest capture first: payloads of captures that did not fail, unread or
        read by another version of their source's parser than `versions` says. Other sources' are left out.
        """
        with self._writing():
            self._readings.flush()
            found = self._connection.execute(_PENDING, [list(versions), list(versions.values())]).fetchall()
            # Put in order and told apart here: DuckDB takes longer to plan that than to read one capture.
            waiting = dict.fromkeys(
                Pending(source, route, payload, url) for _, source, route, url, payload in sorted(found)
            )
            self._readings.expect(len(waiting))
            if self._questions:  # while others read, or this load has all that it needs
                self._questions.start()
            return list(waiting)

    def add_reading(self, pending: Pending, version: int, portions: Iterable[Portion]) -> None:
        """Takes what a parser reads from a payload, portion by portion, in place of an earlier reading.

        Raises ParseFailed where the reading cannot be kept, and what `portions` raises; nothing of this
        payload is then taken. After an ArchiverError of the disk, `settle` and `publish` raise it again.
        """
        self._readings.add(pending, version, portions)

    def add_failure(self, pending: Pending, version: int, error: str, *, ended: bool = False) -> None:
        """Takes that a parser could not read a payload, in place of an earlier reading of it.

        ended: the process that read it was ended from outside; then it stays pending.
        """
        self._readings.fail(pending, 0 if ended else version, error)

    def settle(self, sources: Mapping[str, Source], registry: facts.Registry, inputs: str = "") -> None:
        """Makes every table that follows from others: sources, snapshots, entries in order, boards, names.

        sources: all that this version knows. inputs: digest of what made the index beside its ledgers; where
        it changed, the checks of every board are made anew. Else only what was touched is.
        """
        with self._writing():
            self._readings.flush()
            anew = bool(inputs) and self._notes.note("inputs", inputs)
            if anew:
                expect_much(self._connection)
            anew |= facts.settle_sources(self._connection, sources)
            if anew:
                self._connection.execute("INSERT INTO touched SELECT DISTINCT board FROM contents")
            fresh, stood = snapshots.make(self._connection), snapshots.stood(self._connection)
            changed = self._notes.note("registry", registry.digest)
            with facts.recalled(registry, whole=changed):
                dropped = self._readings.write_entries(fresh)
                held = past.settle(self._connection, fresh, stood, anew=anew)
            snapshots.settle(self._connection, fresh, stood, held)
            facts.settle_boards(self._connection, sources, fresh)
            facts.settle_names(self._connection, registry, changed=changed, dropped=dropped)
            self._connection.execute("DELETE FROM touched")

    def publish(self) -> Published:
        """Puts the result in the place of the published index; durable when this returns."""
        with self._writing():
            self._readings.flush()
            self._notes.write()
            self._connection.execute("COMMIT")
            questions, self._questions = self._questions, None
            if questions:
                questions.finish()
        return self._copy.publish()

    def _prepare(self, found: Mapping[str, str]) -> None:
        made = build.digests()
        # One transaction for all: nothing is kept of a load that fails, and a commit each would cost more.
        self._connection.execute("BEGIN TRANSACTION")
        self._connection.execute("CREATE TEMP TABLE touched (board VARCHAR)")
        if not found:
            build.tables(self._connection)
        if found.get("views") != made["views"]:
            if found:
                build.drop_questions(self._connection)
            build.rules(self._connection)
            # Other connections see what is committed; nobody else sees this copy.
            self._connection.execute("COMMIT; BEGIN TRANSACTION")
            self._questions = Questions(self._connection)
        for key, value in {**made, "tool": f"archiver/{__version__}"}.items():
            self._notes.note(key, value)

    def _append(self, table: str, key: str, new: Sequence[rows.Row]) -> list[rows.Row]:
        """Adds those of the ledger lines that are not held, and says which.

        A line that two ledgers hold (a fork that was given a name of its own) counts once, in the first.
        """
        if not new:
            return []
        new = list({row[0]: row for row in reversed(new)}.values())[::-1]
        held = self._connection.execute(
            f"SELECT {key} FROM {table} SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS {key}) USING ({key})",  # noqa: S608  # names of ours
            [[row[0] for row in new]],
        )
        known = {name for (name,) in held.fetchall()}
        fresh = [row for row in new if row[0] not in known]
        rows.insert(self._connection, table, fresh)
        return fresh

    def _writing(self) -> AbstractContextManager[None]:
        return translated(self._path, "written")


def _reading(line: Capture) -> str | None:
    """The reading of what a capture showed."""
    return line.sha256 and Pending(line.source, line.route, line.sha256, line.url).reading_id


_SHOWN_AGAIN = """
INSERT INTO touched
SELECT DISTINCT board FROM contents SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS reading_id) USING (reading_id)
"""
"""The boards that were read from what was captured again."""

_PENDING = """
SELECT c.captured_at, c.source, c.route, c.url, c.payload_sha256
FROM captures AS c
JOIN (SELECT unnest(?::VARCHAR[]) AS source, unnest(?::INTEGER[]) AS version) AS v ON v.source = c.source
LEFT JOIN payloads AS p
    ON p.payload_sha256 = c.payload_sha256 AND p.source = c.source AND p.route = c.route AND p.url = c.url
WHERE c.outcome <> 'failed' AND c.payload_sha256 IS NOT NULL AND p.parser_version IS DISTINCT FROM v.version
"""


def _open(path: Path, fresh: bool) -> tuple[WorkingCopy, Mapping[str, str]]:
    """A copy of the published index and what it says of itself; an empty one where that cannot serve."""
    if fresh:
        return WorkingCopy(path, fresh=True), {}
    try:
        copy = WorkingCopy(path, fresh=False)
    except ArchiveBusy:
        raise
    except ArchiverError:
        return WorkingCopy(path, fresh=True), {}
    try:
        with translated(path, "opened"):
            found = meta(copy.connection)
    except DamagedArchive:
        found = {"schema": "damaged"}
    if found.get("schema") in (None, build.digests()["schema"]):
        return copy, found
    copy.discard()
    return WorkingCopy(path, fresh=True), {}
