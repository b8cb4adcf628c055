"""Opening an index, and saying in this package's words why it could not be opened."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..errors import ArchiveBusy, ArchiverError, DamagedArchive
from . import build

if TYPE_CHECKING:
    import duckdb

NAME = "archive"
"""What an opened index is called inside DuckDB, whatever its file is called."""


def connect(path: Path, *, read_only: bool = True) -> duckdb.DuckDBPyConnection:
    """Opens the index at `path`, as it is published now; every call is a database of its own.

    (DuckDB hands a second `duckdb.connect(path)` of a process the instance that is open already, and with it
    the old file after a newer one was published. A file attached to an empty database is opened anew.)
    No extension is fetched or loaded: a missing one is an error that says so.
    Raises ArchiverError where the file is missing or of a newer format, ArchiveBusy where another program
    writes it, DamagedArchive where it cannot be read.
    """
    if not path.is_file():
        raise ArchiverError(
            f"The index {path} is missing.", todo="`archiver rebuild` makes it from snapshots/"
        )
    return attach(path, {"read_only": read_only})


def heads(path: Path) -> dict[str, str] | None:
    """What the published index has read of each ledger: `SOURCE/LEDGER` → head.

    None where it must be brought up whatever the ledgers say: it is missing, cannot be read, or was made by
    other tables, views or macros than this version's. Raises ArchiveBusy where another program writes it.
    """
    try:
        with connect(path) as connection:
            return read_of(connection, path).heads
    except ArchiveBusy:
        raise
    except ArchiverError:
        return None


class Read(NamedTuple):
    """What an index says of what it was made from."""

    heads: dict[str, str] | None
    """See `heads`."""
    inputs: str | None
    """The digest of what made it beside its ledgers; None where it does not say."""


def read_of(connection: duckdb.DuckDBPyConnection, path: Path) -> Read:
    """What an index that is open already was made from: opening one takes as long as a question.

    Raises ArchiverError where it cannot be read.
    """
    with translated(path, "read"):
        facts = meta(connection)
    same = all(facts.get(key) == digest for key, digest in build.digests().items())
    return Read(only_heads(facts) if same else None, facts.get("inputs"))


def meta(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The rows of the table `meta`; none where there is no such table."""
    import duckdb

    try:
        return dict(connection.execute("SELECT key, value FROM meta").fetchall())
    except duckdb.CatalogException:
        return {}


def only_heads(facts: Mapping[str, str]) -> dict[str, str]:
    """The heads among the rows of `meta`, under the names that the store gives its ledgers."""
    return {key.removeprefix("head:"): value for key, value in facts.items() if key.startswith("head:")}


def head_keys(heads: Mapping[str, str]) -> dict[str, str]:
    """The rows of `meta` that say them: `only_heads` the other way round."""
    return {f"head:{name}": head for name, head in heads.items()}


def attach(
    path: Path, options: Mapping[str, object], settings: Mapping[str, str] | None = None
) -> duckdb.DuckDBPyConnection:
    """A connection to an empty database in memory, to which `path` is attached and which speaks of it.

    options: of ATTACH. settings: of the connection. Errors as those of `connect`.
    """
    with translated(path, "opened"):
        connection = engine(settings)
        try:
            attach_to(connection, path, options)
        except BaseException:
            connection.close()
            raise
    return connection


def engine(settings: Mapping[str, str] | None = None) -> duckdb.DuckDBPyConnection:
    """A connection to an empty database in memory; to start one takes longer than to attach an index."""
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        # Else a name that no table has is looked for among the variables of the caller.
        "python_enable_replacements": False,
        # Else a large sort of an in-memory database spills into the folder that the user stands in.
        "temp_directory": os.fspath(Path(tempfile.gettempdir()) / f"archiver-{os.getpid()}.tmp"),
        **(settings or {}),
    }
    return duckdb.connect(config=config)


def attach_to(connection: duckdb.DuckDBPyConnection, path: Path, options: Mapping[str, object]) -> None:
    """Attaches an index to what `engine` gave, which speaks of it from then on."""
    words = ", ".join(f"{name} {_literal(value)}" for name, value in options.items())
    # A bar would be drawn into the data of a long question.
    connection.execute("SET enable_progress_bar = false")
    # ATTACH takes no parameters: the path is a literal with its quotes doubled.
    connection.execute(f"ATTACH {_literal(path)} AS {NAME} ({words})")
    connection.execute(f"USE {NAME}")


@contextmanager
def translated(path: Path, done: str) -> Iterator[None]:
    """Errors of DuckDB and of the system while the index at `path` is opened, read or written (`done`)."""
    import duckdb

    try:
        yield
    except (duckdb.Error, OSError) as error:
        raise _meaning(path, done, error) from error


def _meaning(path: Path, done: str, error: Exception) -> ArchiverError:
    said = str(error).strip().splitlines()[0]
    if "could not set lock" in said.lower():
        return ArchiveBusy(
            f"The index {path} is open for writing in another program: {said}",
            kept="everything; nothing was changed",
            todo="close it there, or open it there read-only",
        )
    if "can only read versions" in said:
        return ArchiverError(
            f"The index {path} was written by a newer DuckDB: {said}",
            kept="snapshots/, from which it is made",
            todo="upgrade the package duckdb, or `archiver rebuild`",
        )
    if done == "opened":
        return DamagedArchive(
            f"The index {path} cannot be read: {said}",
            kept="snapshots/, from which it is made",
            todo="`archiver rebuild` makes it anew",
        )
    return ArchiverError(
        f"The index {path} could not be {done}: {said}",
        kept="the index as it was published before, and snapshots/",
        todo="see to what it says (room on the disk, rights), then run the same again; if it is the index "
        "that is damaged, `archiver rebuild` makes it anew",
    )


def _literal(value: object) -> str:
    if isinstance(value, bool | int):
        return str(value).lower()
    return "'" + str(value).replace("'", "''") + "'"
