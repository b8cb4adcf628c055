"""What a stranger's SQL might try to get out, tried on the DuckDB at hand; judged by what it does.

`PROVEN` versions were tried with all of this and more by tests/sandbox. On another version each question
tries the probes first, on a scratch database, and is refused where one passes.
"""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..errors import ArchiverError
from .sandbox import shut_in

if TYPE_CHECKING:
    import duckdb

PROVEN = frozenset({"2.0.0"})
"""Versions of DuckDB on which no probe passes, and no bomb lasts."""


class Probe(NamedTuple):
    """Statements that belong together. `writes`: it may leave a trace and pass though an error ends it, or
    be let through without a trace; any other passes if no error stops it."""

    statements: tuple[str, ...]
    writes: bool


_READ = """
SELECT content FROM read_text('{secret}')
SELECT content FROM read_blob('{secret}')
FROM read_csv('{secret}', header = false)
FROM read_csv_auto('{secret}', header = false)
FROM read_json('{yard}/secret.json')
FROM read_json_objects('{yard}/secret.json')
FROM read_ndjson_objects('{yard}/secret.json')
SELECT content FROM read_text(['{secret}', '{secret}'])
SELECT content FROM read_text('{yard}/secret.cs*')
SELECT content FROM read_text('file://{secret}')
SELECT content FROM read_text('file:{secret}')
SELECT content FROM read_text('gzip://{secret}')
SELECT content FROM read_text('/proc/self/cwd{secret}')
SELECT content FROM read_text('{yard}/out/../secret.csv')
SELECT content FROM read_text('{index}/../secret.csv')
FROM read_single_csv_file('{secret}')
FROM sniff_csv('{secret}')
FROM '{secret}'
FROM "{secret}"
FROM glob('{yard}/*')
FROM glob('{yard}/**')
FROM read_parquet('{yard}/secret.parquet')
FROM parquet_metadata('{yard}/secret.parquet')
FROM parquet_schema('{yard}/secret.parquet')
FROM parquet_kv_metadata('{yard}/secret.parquet')
FROM parquet_full_metadata('{yard}/secret.parquet')
FROM read_duckdb('{yard}/secret.duckdb', table_name = 'secret')
FROM query('SELECT content FROM read_text(''{secret}'')')
FROM json_execute_serialized_sql(json_serialize_sql('SELECT content FROM read_text(''{secret}'')'))
WITH x AS MATERIALIZED (SELECT content FROM read_text('{secret}')) FROM x
SELECT (SELECT content FROM read_text('{secret}'))
DESCRIBE (FROM read_csv('{secret}'))
SUMMARIZE FROM read_csv('{secret}', header = false)
EXPLAIN ANALYZE FROM read_text('{secret}')
PIVOT (SELECT content FROM read_text('{secret}')) ON content
SELECT getenv('ARCHIVER_PROBE')
USE memory; IMPORT DATABASE '{yard}/secret-export'
CREATE TEMP TABLE taken AS SELECT content FROM read_text('{secret}')
"""
_WRITE = """
COPY (SELECT 1) TO '{yard}/out/a.csv'
COPY (SELECT 1) TO '{yard}/out/a.parquet' (FORMAT parquet)
COPY (SELECT 1) TO '{yard}/out/a.json' (FORMAT json)
COPY (SELECT 1 AS a, 2 AS b) TO '{yard}/out/a' (PARTITION_BY a)
COPY (SELECT 1) TO '{yard}/out/b' (PER_THREAD_OUTPUT)
COPY (SELECT 1) TO '{index}'
COPY (SELECT 1) TO '{index}' (USE_TMP_FILE false)
COPY (SELECT 1) TO '{index}.wal' (USE_TMP_FILE false)
COPY (SELECT 1) TO '{index}.wal.checkpoint' (USE_TMP_FILE false)
COPY (SELECT 1) TO '{index}.wal.recovery' (USE_TMP_FILE false)
COPY (SELECT 1) TO '{temporary}/a.csv' (USE_TMP_FILE false)
EXPLAIN ANALYZE COPY (SELECT 1) TO '{index}.wal' (USE_TMP_FILE false)
PREPARE written AS COPY (SELECT 1) TO '{index}.wal' (USE_TMP_FILE false); EXECUTE written
EXPORT DATABASE '{yard}/out/exported'
CREATE TABLE kept.made(a INTEGER)
INSERT INTO kept.kept VALUES (2)
DELETE FROM kept.kept
WITH gone AS (DELETE FROM kept.kept RETURNING *) FROM gone
CREATE OR REPLACE TABLE kept.kept AS SELECT 2
PRAGMA enable_profiling = 'json'; PRAGMA profiling_output = '{yard}/out/profile.json'; SELECT 1
CALL enable_logging(storage = 'file', storage_config = {{'path': '{yard}/out'}}); SELECT write_log('x')
CALL enable_logging(storage = 'file', storage_path = '{yard}/out'); SELECT write_log('x')
SET log_query_path = '{yard}/out/queries'; SELECT 1
CREATE PERSISTENT SECRET kept (TYPE http, BEARER_TOKEN 'x')
USE memory; DETACH kept; ATTACH '{index}' AS again (READ_WRITE); CREATE TABLE again.made(a INTEGER)
"""
_REACH = """
ATTACH '{yard}/out/new.duckdb'
ATTACH '{yard}/secret.duckdb' AS other
ATTACH '{yard}/secret.duckdb' AS other (READ_ONLY)
ATTACH 'http://127.0.0.1:{port}/other.duckdb'
ATTACH 'host=127.0.0.1 port={port}' AS pg (TYPE postgres)
FROM read_text('http://127.0.0.1:{port}/x')
FROM read_csv('http://127.0.0.1:{port}/x.csv')
FROM 'https://127.0.0.1:{port}/x.parquet'
FROM read_parquet('s3://127.0.0.1:{port}/x.parquet')
FROM read_text('hf://datasets/x/y/z')
COPY (SELECT 1) TO 'http://127.0.0.1:{port}/x'
INSTALL httpfs
INSTALL httpfs FROM 'http://127.0.0.1:{port}'
INSTALL '{yard}/x.duckdb_extension'
FORCE INSTALL spatial FROM community
UPDATE EXTENSIONS
LOAD httpfs
LOAD '{yard}/x.duckdb_extension'
SET enable_external_access = true
SET lock_configuration = false
RESET lock_configuration
SET disabled_filesystems = ''
RESET disabled_filesystems
SET allowed_directories = ['{yard}']
SET allowed_paths = ['{secret}']
SET memory_limit = '1 TB'
RESET memory_limit
PRAGMA memory_limit = '1 TB'
SET temp_directory = '{yard}/out'
SET threads = 64
SET autoload_known_extensions = true
SET custom_extension_repository = 'http://127.0.0.1:{port}'
SET allow_unsigned_extensions = true
SET secret_directory = '{yard}'
SET home_directory = '{yard}'
SET python_enable_replacements = true
SET enable_logging = true
CALL enable_logging()
PRAGMA enable_profiling
"""


def probes() -> list[Probe]:
    """All of them, with places left for `Yard.written`."""
    return [
        Probe(tuple(line.split("; ")), text is _WRITE)
        for text in (_READ, _REACH, _WRITE)
        for line in text.strip().splitlines()
    ]


@dataclass(frozen=True)
class Yard:
    """A place where a probe that gets out leaves a trace: files to read, folders to fill, a port to call."""

    folder: Path
    listener: socket.socket

    def written(self, statement: str) -> str:
        """A statement with its places filled in."""
        return statement.format(
            yard=self.folder,
            secret=self.folder / "secret.csv",
            index=self.folder / "kept.duckdb",
            temporary=self.folder / "temporary",
            port=self.listener.getsockname()[1],
        )

    def files(self) -> dict[str, tuple[int, int]]:
        """What lies here: size and time of change."""
        found = ((path, path.stat()) for path in self.folder.rglob("*"))
        return {str(path): (stat.st_size, stat.st_mtime_ns) for path, stat in found if not path.is_dir()}

    def called(self) -> bool:
        """Whether somebody has connected since this was last asked."""
        try:
            self.listener.accept()[0].close()
        except BlockingIOError:
            return False
        return True

    def open(self, *, read_only: bool = True) -> duckdb.DuckDBPyConnection:
        """A connection like that of a question: a file attached to read, not yet shut in."""
        import duckdb

        con = duckdb.connect(
            config={
                "temp_directory": str(self.folder / "temporary"),
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
        )
        con.execute(f"SET home_directory = '{self.folder}'")
        con.execute(f"ATTACH '{self.folder / 'kept.duckdb'}' AS kept (READ_ONLY {read_only})")
        con.execute("USE kept")
        return con


def yard(folder: Path) -> Iterator[Yard]:
    """Lays one out in an empty folder; closed with the generator."""
    import duckdb

    (folder / "secret.csv").write_text("secret\n", "utf-8")
    (folder / "secret.json").write_text('{"secret": 1}\n', "utf-8")
    for name in ("out", "temporary"):
        (folder / name).mkdir()
    with duckdb.connect() as con:
        for name in ("secret", "kept"):
            con.execute(f"ATTACH '{folder / name}.duckdb' AS {name}")
            con.execute(f"CREATE TABLE {name}.{name} AS SELECT 1 AS a")
        con.execute(f"COPY secret.secret TO '{folder / 'secret.parquet'}'")
        con.execute("USE secret")
        con.execute(f"EXPORT DATABASE '{folder / 'secret-export'}'")
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        listener.setblocking(False)
        yield Yard(folder, listener)


def passes(con: duckdb.DuckDBPyConnection, probe: Probe, place: Yard) -> bool:
    """Whether a probe gets out on a connection: leaves or changes a file, calls the port, or is answered."""
    import duckdb

    before, stopped = place.files() if probe.writes else {}, False
    try:
        for statement in probe.statements:
            con.execute(place.written(statement)).fetchall()
    except duckdb.Error:
        stopped = True
    return place.files() != before if probe.writes else not stopped or place.called()


@cache
def escapes() -> tuple[str, ...]:
    """The probes that pass on the DuckDB that is installed, with DuckDB's own wall alone."""
    with tempfile.TemporaryDirectory(prefix="archiver-") as folder:
        for place in yard(Path(folder)):
            con = place.open()
            with con:
                shut_in(con)
                return tuple("; ".join(each.statements) for each in probes() if passes(con, each, place))
    return ()


def refuse_unproven() -> None:
    """Raises ArchiverError where DuckDB is of a version that is not proven, and lets a probe through."""
    import duckdb

    if duckdb.__version__ in PROVEN:
        return
    if out := escapes():
        raise ArchiverError(
            f"DuckDB {duckdb.__version__} does not keep a stranger's SQL in: {len(out)} of {len(probes())} "
            f"ways out are open, the first: {out[0]}",
            todo=f"install a version that is proven ({', '.join(sorted(PROVEN))}); "
            "`archiver sql --trusted` runs statements of your own",
        )
