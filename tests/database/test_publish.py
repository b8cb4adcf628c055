"""Publishing by rename: what readers see, and what a killed, failing or refused load leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from archiver.database import connect, heads
from archiver.database.load import Loader
from archiver.database.publish import _closed
from archiver.errors import ArchiveBusy, ArchiverError, DamagedArchive
from tests.database.archive_maker import DAY, START, Ledger, Names, query, snapshot, source, tables

ROOT = Path(__file__).resolve().parents[2]
COUNT = "SELECT count(*) FROM captures"

READER = """
import sys
from pathlib import Path
from archiver.database import connect
held = connect(Path(sys.argv[1]))
for line in sys.stdin:
    con = held if line.strip() == "held" else connect(Path(sys.argv[1]))
    print(con.execute("SELECT count(*) FROM captures").fetchall()[0][0], flush=True)
    if con is not held:
        con.close()
"""

LOAD = """
import os, signal, sys
from pathlib import Path
from archiver.database import publish
from archiver.database.load import Loader
from archiver.database.publish import _closed
from tests.database.archive_maker import DAY, START, Ledger, snapshot, source

path, stage = Path(sys.argv[1]), sys.argv[2]
ledger = Ledger({"one": source("one")})
for day in range(3):
    ledger.capture("one", f"P{day}", [snapshot("one/main/overall", f"m{day} b")], START + day * DAY)

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def before(module, name):
    real = getattr(module, name)
    def wrapped(*arguments, **named):
        die()
    setattr(module, name, wrapped)

if stage == "open":
    Loader(path)
    die()
elif stage in ("settled", "committed"):
    def at(loader):
        if stage == "committed":
            loader._connection.execute("COMMIT")
        die()
    ledger.load(path, before_publish=at)
elif stage == "synced":
    before(os, "replace")
    Path.replace = die
    ledger.load(path)
elif stage == "replaced":
    real, calls = publish._sync, []
    def sync(path):
        calls.append(path)
        if len(calls) == 2:
            die()
        real(path)
    publish._sync = sync
    ledger.load(path)
"""


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def reader(index: Path) -> Iterator[subprocess.Popen[str]]:
    process = start(READER, str(index))
    try:
        yield process
    finally:
        _, errors = process.communicate(timeout=30)
        assert errors == ""


def ask(process: subprocess.Popen[str], which: str) -> int:
    assert process.stdin and process.stdout
    process.stdin.write(f"{which}\n")
    process.stdin.flush()
    return int(process.stdout.readline())


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "archive.duckdb"


def days(count: int) -> Ledger:
    ledger = Ledger({"one": source("one")})
    for day in range(count):
        ledger.capture("one", f"P{day}", [snapshot("one/main/overall", f"m{day} b")], START + day * DAY)
    return ledger


def beside(index: Path) -> list[str]:
    return sorted(path.name for path in index.parent.iterdir())


# ---- readers -----------------------------------------------------------------------------------------------


def test_a_reader_holds_the_old_file_through_twenty_loads_and_blocks_none(index: Path) -> None:
    days(1).load(index)
    with reader(index) as process:
        assert ask(process, "held") == 1
        for count in range(2, 22):
            days(count).load(index)
            assert ask(process, "held") == 1
            if count % 5 == 0:
                assert ask(process, "anew") == count
    assert beside(index) == [index.name]


def test_a_process_that_holds_a_connection_opens_the_new_file_beside_it(index: Path) -> None:
    days(1).load(index)
    with connect(index) as old:
        days(2).load(index)
        with connect(index) as new:
            assert old.execute(COUNT).fetchall() == [(1,)]
            assert new.execute(COUNT).fetchall() == [(2,)]


def test_readers_cannot_write_and_reach_no_variable_and_no_extension_server(index: Path) -> None:
    days(1).load(index)
    variable = pa.table({"secret": [1]})
    with connect(index) as con:
        for statement, said in {
            "DELETE FROM captures": "read-only",
            "FROM variable": "variable does not exist",
            "SELECT ST_Point(1, 2)": "exists in the spatial extension",
        }.items():
            with pytest.raises(duckdb.Error, match=said):
                con.execute(statement)
    assert variable.num_rows == 1


# ---- killed loads ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["open", "settled", "committed", "synced", "replaced"])
def test_a_killed_load_leaves_an_index_that_works_and_the_next_one_is_complete(
    index: Path, stage: str
) -> None:
    days(1).load(index)
    before = tables(index)
    process = start(LOAD, str(index), stage)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, errors
    if stage == "replaced":
        assert query(index, COUNT) == [(3,)]
    else:
        assert tables(index) == before
        assert len(beside(index)) > 1
    days(3).load(index)
    assert query(index, COUNT) == [(3,)]
    assert beside(index) == [index.name]


def test_only_leftovers_of_the_dead_are_removed(index: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    alive = f"{index.name}.next-{os.getppid()}-1"
    gone = [
        f"{index.name}.next-{dead.pid}-1",
        f"{index.name}.next-{dead.pid}-1.wal",
        f"{index.name}.next-{os.getpid()}-0",
    ]
    kept = [alive, f"{index.name}.next-week", "notes.txt", f"my-{gone[0]}", f"{gone[0]}.bak"]
    for name in gone + kept:
        (index.parent / name).write_text("something")
    (index.parent / f"{gone[0]}.tmp").mkdir()
    days(1).load(index)
    assert beside(index) == sorted([index.name, *kept])


def test_two_copies_in_one_process_do_not_touch_each_other(index: Path) -> None:
    with Loader(index) as first, Loader(index) as second:
        first.add_lines([], [], {"a": "1"})
        second.add_lines([], [], {"b": "2"})
        first.publish()
        assert heads(index) == {"a": "1"}
        second.publish()
    assert heads(index) == {"b": "2"}
    assert beside(index) == [index.name]


def test_a_load_that_is_not_published_leaves_nothing(index: Path) -> None:
    with Loader(index) as loader:
        loader.add_lines(days(1).captures, [], {})
    assert beside(index) == []
    with pytest.raises(KeyboardInterrupt), Loader(index):
        raise KeyboardInterrupt
    assert beside(index) == []


# ---- failing disks -----------------------------------------------------------------------------------------


def test_a_disk_that_is_full_leaves_the_old_index_and_says_so(index: Path) -> None:
    days(1).load(index)
    code = """
import resource, signal, sys
from pathlib import Path
from archiver.errors import ArchiverError
from tests.database.test_publish import days
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    days(3).load(Path(sys.argv[1]))
except ArchiverError as error:
    print(error)
"""
    for limit in (4096, index.stat().st_size, index.stat().st_size + 300_000):
        process = start(code, str(index), str(limit))
        printed, errors = process.communicate(timeout=60)
        assert errors == ""
        assert "could not be" in printed or "cannot be" in printed
        assert "Kept: the index as it was published before" in printed or "Kept: snapshots/" in printed
        assert query(index, COUNT) == [(1,)]
        assert beside(index) == [index.name]


def test_a_disk_that_fills_while_a_payload_is_read_ends_the_load(index: Path) -> None:
    code = """
import resource, signal, sys
from pathlib import Path
from archiver.database.load import Loader, Pending
from archiver.errors import ArchiverError
from archiver.parsing.portions import portions
from archiver.records import Entry, Snapshot
entries = [Entry(number, f"model {number}" * 20) for number in range(1, 30_000)]
with Loader(Path(sys.argv[1])) as loader:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
    big = Pending("one", "main", "0" * 64, "u")
    try:
        snapshot = Snapshot(board="one/main/overall", entries=entries)
        loader.add_reading(big, 1, portions([(snapshot, ())]))
    except ArchiverError as error:
        loader.add_failure(big, 1, str(error))  # as if the payload were at fault
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    try:
        loader.publish()
    except ArchiverError as error:
        print(error)
"""
    process = start(code, str(index))
    printed, errors = process.communicate(timeout=60)
    assert errors == ""
    assert printed.startswith(f"The index {index} could not be written: ")
    assert "File too large" in printed
    assert beside(index) == []


def test_nothing_is_published_after_a_failed_fsync(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    days(1).load(index)

    def fail(handle: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ArchiverError, match=r"could not be published: .*Input/output error"):
        days(2).load(index)
    assert query(index, COUNT) == [(1,)]
    assert beside(index) == [index.name]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ArchiverError, match="could not be written"):
        Loader(tmp_path / "file" / "archive.duckdb")


# ---- odd files ---------------------------------------------------------------------------------------------


def test_a_stray_log_beside_the_index_never_poisons_it(index: Path) -> None:
    days(1).load(index)
    other = index.parent / "other.duckdb"
    with duckdb.connect(str(other)) as con:
        con.execute("CREATE TABLE t AS SELECT 1 AS x")
        con.execute("PRAGMA disable_checkpoint_on_shutdown")
        con.execute("INSERT INTO t VALUES (2)")
    log = other.with_name("other.duckdb.wal").read_bytes()
    index.with_name("archive.duckdb.wal").write_bytes(log)
    days(2).load(index)
    assert query(index, COUNT) == [(2,)]
    assert beside(index) == [index.name, "other.duckdb", "other.duckdb.wal"]


@pytest.mark.parametrize("content", [b"not a database " * 2000, b"", b"DUCK"], ids=["text", "empty", "short"])
def test_an_index_that_cannot_be_read_is_named_and_made_anew_by_the_next_load(
    index: Path, content: bytes
) -> None:
    index.write_bytes(content)
    with pytest.raises(DamagedArchive, match=r"archive\.duckdb cannot be read"):
        connect(index)
    assert heads(index) is None
    days(2).load(index)
    assert query(index, COUNT) == [(2,)]


def test_an_index_that_is_cut_off_is_made_anew(index: Path) -> None:
    days(2).load(index)
    index.write_bytes(index.read_bytes()[: 3 * 4096])
    assert heads(index) is None
    days(2).load(index)
    assert query(index, COUNT) == [(2,)]


def test_a_missing_index_says_what_makes_it(index: Path) -> None:
    with pytest.raises(ArchiverError, match="is missing") as caught:
        connect(index)
    assert "archiver rebuild" in str(caught.value)


def test_an_index_that_another_program_writes_is_busy(index: Path) -> None:
    days(1).load(index)
    code = (
        "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    )
    writer = start(code, str(index))
    try:
        assert writer.stdout
        assert writer.stdout.readline() == "open\n"
        for ask_for in (connect, heads):
            with pytest.raises(ArchiveBusy, match="open for writing in another program"):
                ask_for(index)
        days(2).load(index)  # it writes to a file that is no longer the index
    finally:
        writer.communicate(timeout=30)
    assert query(index, COUNT) == [(2,)]


def test_other_tables_are_made_anew_and_other_views_in_place(index: Path) -> None:
    days(2).load(index)
    for key, kept in (("views", 2), ("schema", 0)):
        with duckdb.connect(str(index)) as con:
            con.execute("UPDATE meta SET value = 'of another version' WHERE key = ?", [key])
            con.execute("CREATE OR REPLACE VIEW rankings AS SELECT 1 AS old")
            con.execute("CREATE OR REPLACE VIEW forgotten AS SELECT 1 AS old")
        assert heads(index) is None
        with Loader(index) as loader:
            assert len(loader.heads()) == (1 if kept else 0)
            loader.publish()
        assert query(index, COUNT) == [(kept,)]
        assert query(index, "SELECT count(*) FROM rankings") == [(2 * kept,)]
        assert query(index, "SELECT count(*) FROM duckdb_views() WHERE view_name = 'forgotten'") == [(0,)]
        days(2).load(index)


def test_a_path_with_quotes_spaces_and_other_letters(tmp_path: Path) -> None:
    index = tmp_path / 'it\'s a "дом" [1]' / "archive.duckdb"
    days(1).load(index)
    days(2).load(index)
    assert query(index, COUNT) == [(2,)]
    assert beside(index) == [index.name]


def test_older_clients_can_open_the_file(index: Path) -> None:
    days(1).load(index)
    with connect(index) as con:
        tags = con.execute("SELECT tags FROM duckdb_databases() WHERE database_name = 'archive'").fetchall()
    assert tags == [({"storage_version": "v1.2.0+"},)]


@pytest.mark.skipif(
    "ARCHIVER_OLDER_DUCKDB" not in os.environ, reason="$ARCHIVER_OLDER_DUCKDB names no older duckdb"
)
def test_views_and_macros_answer_in_an_older_client(index: Path) -> None:
    ledger = Ledger({"one": source("one")})
    ledger.capture("one", "A", [snapshot("one/main/overall", "gpt-1 gigachat-2")], START)
    ledger.load(index, names=Names())
    code = """
import duckdb, sys
con = duckdb.connect(sys.argv[1], read_only=True)
for question in ("rankings", "latest", "gaps", "rank_history('gpt-1')",
                 "board_as_of('one/main/overall', TIMESTAMP '2027-01-01')"):
    print(len(con.execute(f"FROM {question}").fetchall()))
"""
    environment = {**os.environ, "PYTHONPATH": os.environ["ARCHIVER_OLDER_DUCKDB"]}
    answered = subprocess.run(
        [sys.executable, "-c", code, str(index)], env=environment, capture_output=True, text=True, check=False
    )
    assert answered.stdout.split() == ["2", "2", "0", "1", "2"], answered.stderr


def test_an_engine_that_could_not_end_is_said_though_the_index_is_published() -> None:
    closing: Future[None] = Future()
    closing.set_exception(duckdb.IOException("no room"))
    with pytest.raises(ArchiverError, match=r"is published, but DuckDB did not end .* no room"):
        _closed(closing, Path("archive.duckdb"))
