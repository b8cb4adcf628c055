"""An archive's directory: its parts, its lock, and its index, which is brought up when it is asked."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from . import __version__
from .errors import ArchiveBusy, ArchiverError, UsageError

if TYPE_CHECKING:
    import duckdb

    from . import config, sources
    from .database.load import Published
    from .identity import Registry
    from .indexing import Begun, Progress
    from .store import Store

TOOL = f"archiver/{__version__}"


def _warn(damage: Exception) -> None:
    warnings.warn(str(damage), stacklevel=2)


class Holding:
    """What every call on an archive rests on."""

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        configuration: config.Config | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        progress: Progress | None = None,
        warn: Callable[[Exception], None] = _warn,
    ) -> None:
        """path: the directory; nothing is made or read yet. now: the clock of captures and ledger lines.

        progress: called while the index is brought up. warn: told of damage that an answer survives.
        """
        self.path = Path(path if path is not None else os.environ.get("ARCHIVER_HOME") or ".")
        self.now, self.progress, self.warn = now, progress, warn
        self._configuration = configuration
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._published: Published | None = None
        """What this object loaded last."""
        self._elsewhere: tempfile.TemporaryDirectory[str] | None = None

    @cached_property
    def config(self) -> config.Config:
        """The configuration: the one given, else `archiver.toml`. Raises `UsageError`."""
        from . import config  # here: a question does without

        return self._configuration or config.read(self.path)

    @cached_property
    def store(self) -> Store:
        """The truth. Nothing is written before the first capture."""
        from .store import Store, collector_id

        return Store(self.path / "snapshots", collector=collector_id(self.path), tool=TOOL, now=self.now)

    @cached_property
    def registry(self) -> Registry:
        """The names of models and organisations, the user's own among them."""
        from .identity import Registry

        return Registry.load(self.config.names)

    @cached_property
    def catalog(self) -> sources.Catalog:
        """The sources: the built-in ones, and those defined in `boards/`. Raises `UsageError`."""
        from .definitions import catalog

        return catalog(self.path)

    def parser(self, source: str) -> sources.Parser:
        """The parser of a source; of a built-in one also where `boards/` is in disorder.

        Raises `UnknownName`, `UsageError`.
        """
        from . import sources

        return (sources.BUILT_IN if source in sources.names() else self.catalog).load(source)

    @property
    def index(self) -> Path:
        """The published index."""
        return self.path / "archive.duckdb"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Holds the archive for writing. Raises `ArchiveBusy` at once where another run does."""
        from .parsing import warm

        # Who asks for the archive is about to read payloads: what reads them can start meanwhile.
        warm()
        with self._held():
            yield

    @contextmanager
    def _held(self, name: str = ".archiver.lock", who: str = "Another run") -> Iterator[None]:
        """Holds the archive and does nothing else. name, who: of another lock beside it, and its holder."""
        from filelock import FileLock, Timeout

        self.path.mkdir(parents=True, exist_ok=True)
        # Whichever thread came last gives it back: threads of the daemon hold it together.
        lock = FileLock(self.path / name, timeout=0, thread_local=False)
        try:
            lock.acquire()
        except Timeout as error:
            raise ArchiveBusy(
                f"{who} holds the archive {self.path}.",
                kept="nothing was changed",
                todo="try again later",
            ) from error
        try:
            yield
        finally:
            lock.release()

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A read-only connection to an index that is up with its ledgers.

        A missing or outdated index is brought up first: in place, or in a temporary file where the directory
        cannot be written. While another run holds the archive, the published index answers as it is.
        Raises `UsageError` where there is no archive.
        """
        from .database import connect

        if self._connection is None:
            self._must_exist()
            self._connection = self._up_to_date() or connect(self._current())
        return self._connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection, and removes a temporary index."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._elsewhere is not None:
            self._elsewhere.cleanup()
            self._elsewhere = None

    def _up_to_date(self) -> duckdb.DuckDBPyConnection | None:
        """The published index, open, if it is up with the ledgers, and with what made it.

        To open it twice would double the wait.
        """
        from . import inputs
        from .database import connect, read_of

        try:
            connection = connect(self.index)
        except ArchiveBusy:
            raise
        except ArchiverError:
            return None
        try:
            read = read_of(connection, self.index)
        except ArchiverError:  # to bring it up says what cannot be read
            connection.close()
            return None
        if self._behind(read.heads) or read.inputs not in (None, inputs.digest(self.path)):
            connection.close()
            return None
        return connection

    def _current(self) -> Path:
        """The path of an index that is up, after bringing it up."""
        if not os.access(self.path, os.W_OK):
            return self._beside()
        try:
            with self.lock():
                self._bring_up()
        except ArchiveBusy:
            if self.index.is_file():
                return self.index
            return self._beside()
        return self.index

    def _beside(self) -> Path:
        """An index in a temporary folder, for an archive that cannot be written."""
        self._elsewhere = tempfile.TemporaryDirectory(prefix="archiver-")
        path = Path(self._elsewhere.name) / self.index.name
        self._bring_up(path)
        return path

    def _behind(self, read: Mapping[str, str] | None) -> bool:
        """Whether a ledger has grown since it was read so far (or the index is another version's: None)."""
        if read is None:
            return True
        known = {name: int(head.split()[0]) for name, head in read.items()}
        ledgers = self.path.glob("snapshots/*/ledger-*.jsonl")
        sizes = {f"{file.parent.name}/{file.name}": file.stat().st_size for file in ledgers}
        # The end of an append that was cut short is no line: only where sizes differ are the ends looked at.
        return sizes != known and {name: head.bytes for name, head in self.store.heads().items()} != known

    def _bring_up(
        self, path: Path | None = None, *, fresh: bool = False, begun: Begun | None = None
    ) -> Published:
        from . import inputs
        from .indexing import bring_up

        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._published = bring_up(
            self.store,
            path or self.index,
            self.registry,
            warn=self.warn,
            catalog=self.catalog,
            inputs=inputs.digest(self.path),
            fresh=fresh,
            progress=self.progress,
            begun=begun,
        )
        return self._published

    def _must_exist(self, *, whole: bool = False) -> None:
        """whole: an index alone, which answers questions, is not enough."""
        if not (self.path / "snapshots").is_dir() and (whole or not self.index.is_file()):
            raise UsageError(
                f"{self.path.absolute()} is no archive: it has no snapshots/ folder.",
                kept="nothing was changed",
                todo="name one with --archive DIR or $ARCHIVER_HOME, or make one with `archiver init DIR`",
            )
