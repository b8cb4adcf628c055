"""How fast the index loads and publishes, how large it is, each beside a named alternative.

    python tests/bench/bench_load.py [ROWS]
    python tests/bench/bench_load.py increments FILE ROWS 2      (FILE: an index that `stream` made; grows it)

Each figure is taken in a process of its own. `stream` loads the boards of a `full` file (27 categories, a
publication a week; models come and stay, ratings drift, votes grow) and does not count the time in which the
bench makes them up; parsing is bench_arena_parse.py's. Beside it: INSERT by executemany, as a client without
Arrow does it, on one row in a hundred. `increment` adds captures of 900 rows to that archive, all of a load
from opening to publishing. Beside it: executemany and a checkpoint in place, which locks readers out.
Beside the size of the entries: what the same columns need in Parquet and by xz, which no client can query.
Aims: 3 s of the load's own for 1.1 million rows under 1 GB, 0.25 s an increment, 10 bytes a row.
"""

from __future__ import annotations

import io
import lzma
import math
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Iterator, Sequence
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from archiver.database import build, connect
from archiver.database.load import Loader, Published
from archiver.database.spool import board_id
from archiver.identity import Registry
from archiver.parsing.portions import portions
from archiver.records import Capture, Entry, Finding, Snapshot, utc
from archiver.sources import Board, Route, Source

ROWS = 1_100_000
CATEGORIES, MODELS = 27, 420
START, WEEK = utc("2023-05-01"), timedelta(days=7)
FIRST = ("gpt", "claude", "gemini", "llama", "qwen", "gigachat", "yandexgpt", "mistral", "deepseek", "grok")
SOURCE = Source(
    title="Arena", homepage="", license="", attribution="", cadence=timedelta(days=1), version=1,
    routes=[Route(name="dataset", media="parquet", pattern=".*")],
    boards={"arena/*": Board(title="Arena", metric="score")},
)  # fmt: skip
Read = tuple[Snapshot, Sequence[Finding]]


class Model(NamedTuple):
    name: str
    organization: str | None
    license: str
    rating: float
    since: float


def models() -> list[Model]:
    """Models with the dates of their arrival, as parts of the whole time."""
    dice = random.Random(1)  # noqa: S311  # the same on each run
    found = []
    for number in range(MODELS):
        first = FIRST[number % 10]
        name = f"{first}-{number // 10}.{number % 7}-{dice.choice(['mini', 'max', 'pro', 'chat'])}"
        name += f"-2025{dice.randint(1, 12):02}{dice.randint(1, 28):02}"
        licence = "Proprietary" if dice.random() < 0.6 else dice.choice(["MIT", "Apache 2.0", "Llama 3"])
        listed = first if dice.random() > 0.12 else None
        found.append(Model(name, listed, licence, dice.gauss(1250, 110), number / MODELS))
    return found


def boards(rows: int, digits: int | None) -> Iterator[Read]:
    """Board after board, publication after publication. digits: that scores are rounded to."""
    known = models()
    weeks = -(-rows // (CATEGORIES * MODELS * 11 // 20))
    for category in range(CATEGORIES):
        dice = random.Random(category)  # noqa: S311
        ratings = [model.rating + dice.gauss(0, 15) for model in known]
        votes, pace = [500 * dice.random() for _ in ratings], [20 + 400 * dice.random() for _ in ratings]
        for week in range(weeks):
            standing = []
            for number, model in enumerate(known):
                ratings[number] += dice.gauss(0, 0.6)
                votes[number] += pace[number] * dice.random()
                if model.since <= 0.1 + 0.9 * week / weeks:
                    half = 1200 / math.sqrt(votes[number] + 60)
                    standing.append((ratings[number], half, int(votes[number]), model))
            yield publication(f"arena/text/category-{category:02}", week, standing, digits), ()


def publication(
    board: str, week: int, standing: list[tuple[float, float, int, Model]], digits: int | None
) -> Snapshot:
    """A snapshot, ranked as Arena ranks: one more than those whose interval lies above."""
    standing.sort(key=lambda line: -line[0])

    def figure(value: float) -> float:
        return value if digits is None else round(value, digits)

    entries, first, last = [], 0, 0
    for place, (rating, half, votes, model) in enumerate(standing):
        while standing[first][0] - standing[first][1] > rating + half:
            first += 1
        while last + 1 < len(standing) and standing[last + 1][0] + standing[last + 1][1] > rating - half:
            last += 1
        figures = (figure(rating), figure(rating - half), figure(rating + half), votes)
        spread = (first + 1, first + 1, max(last, place) + 1)
        entries.append(
            Entry(place + 1, model.name, model.organization, None, *spread, *figures, model.license)
        )
    return Snapshot(
        board=board, entries=entries, published_at=START + week * WEEK, rank_kind="published-ties"
    )


def capture(number: int) -> Capture:
    """A ledger line."""
    at, digest = START + number * timedelta(hours=6), sha256(str(number).encode()).hexdigest()
    return Capture(
        capture_id=digest, ledger="ledger.jsonl", line=number + 1, source="arena", route="dataset",
        url="https://arena.example/text.parquet", captured_at=at, loaded_at=at, outcome="stored",
        sha256=digest, size=1000, tool="bench",
    )  # fmt: skip


class Clock:
    """Hands snapshots on, and counts the time that their making took."""

    def __init__(self, snapshots: Iterator[Read]) -> None:
        self.snapshots, self.seconds = snapshots, 0.0

    def __iter__(self) -> Iterator[Read]:
        while True:
            started = time.perf_counter()
            one = next(self.snapshots, None)
            self.seconds += time.perf_counter() - started
            if one is None:
                return
            yield one


def load(path: Path, number: int, snapshots: Iterator[Read], registry: Registry) -> tuple[float, Published]:
    """One load of one capture: its own seconds, and what was published."""
    clock, started = Clock(snapshots), time.perf_counter()
    with Loader(path) as loader:
        loader.add_lines([capture(number)], [], {"arena/ledger.jsonl": str(number)})
        for pending in loader.pending({"arena": 1}):
            loader.add_reading(pending, 1, portions(clock))
        loader.settle({"arena": SOURCE}, registry)
        published = loader.publish()
    return time.perf_counter() - started - clock.seconds, published


def stream(path: Path, rows: int, digits: int | None) -> None:
    registry = Registry.load()
    _ = registry.aliases()
    seconds, published = load(path, 0, boards(rows, digits), registry)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    naive = _one_by_one(path.with_name("naive.duckdb"), [one for one, _ in boards(rows // 100, digits)])
    with connect(path) as con:
        blocks = "SELECT count(DISTINCT block_id) FROM pragma_storage_info('entries') WHERE block_id >= 0"
        [(used,)] = con.execute(blocks).fetchall()
        parquet, xz = limits(con)
    kind = "unrounded doubles" if digits is None else f"scores of {digits} decimals"
    print(f"stream, {kind}: {published.rows:,} rows in {seconds:.2f} s, peak {peak:.0f} MB")
    print(f"  size: {used * 262144 / published.rows:.1f} bytes a row of entries,", end=" ")
    print(f"{published.bytes / published.rows:.1f} of the whole file")
    print(f"  the same columns in Parquet with zstd -19: {parquet:.1f}, each by itself by xz -9e: {xz:.1f}")
    print(
        f"  executemany: {naive * 1e6:.0f} µs a row, {naive / (seconds / published.rows):.0f} times as long"
    )


def limits(con: duckdb.DuckDBPyConnection) -> tuple[float, float]:
    """Bytes a row of some boards in Parquet with zstd at level 19, and of each column by xz -9e alone."""
    table = con.sql(
        "FROM entries WHERE board IN (SELECT board FROM boards ORDER BY board_id LIMIT 3)"
    ).to_arrow_table()
    file = io.BytesIO()
    pq.write_table(table, file, compression="zstd", compression_level=19)
    packed = sum(
        len(lzma.compress(_bytes(column), preset=9 | lzma.PRESET_EXTREME)) for column in table.columns
    )
    return file.tell() / table.num_rows, packed / table.num_rows


def _bytes(column: pa.ChunkedArray) -> bytes:
    """A column's values: whole numbers in four bytes, and scores too where two decimals say all of them."""
    kind = column.type
    if pa.types.is_floating(kind):
        values = array("d", (math.nan if value is None else value for value in column.to_pylist()))
        hundredths = [0 if math.isnan(value) else round(value * 100) for value in values]
        exact = all(
            math.isnan(one) or other / 100 == one for one, other in zip(values, hundredths, strict=True)
        )
        return array("i", hundredths).tobytes() if exact else values.tobytes()
    if pa.types.is_integer(kind):
        return array("i", (value or 0 for value in column.to_pylist())).tobytes()
    return "\n".join(str(value or "") for value in column.to_pylist()).encode()


def _one_by_one(path: Path, snapshots: list[Snapshot]) -> float:
    """Seconds a row of a client that inserts rows, in one transaction."""
    with duckdb.connect(str(path)) as con:
        build.tables(con)
        started = time.perf_counter()
        con.execute("BEGIN")
        _insert(con, snapshots)
        con.execute("COMMIT")
        con.execute("CHECKPOINT")
        return (time.perf_counter() - started) / sum(len(one.entries) for one in snapshots)


def _insert(con: duckdb.DuckDBPyConnection, snapshots: list[Snapshot]) -> None:
    marks = ", ".join("?" * 17)
    rows = [
        (
            one.board,
            sha256(repr(one).encode()).hexdigest()[:32],
            *entry[:12],
            entry.competitor,
            None,
            board_id(one.board),
        )
        for one in snapshots
        for entry in one.entries
    ]
    con.executemany(f"INSERT INTO entries VALUES ({marks})", rows)  # noqa: S608  # question marks


def increments(path: Path, rows: int) -> None:
    registry, known = Registry.load(), models()[:300]
    times, busy, in_place = [], [], []
    with connect(path) as con:
        [(held,)] = con.execute("SELECT count(*) FROM captures").fetchall()
    # In a folder that was measured in before, the next ones: those that are held would cost nothing.
    for number in range(held, held + 11):
        standing = [(1400.0 - i - number / 9, 9.0, 9000 + i + number, m) for i, m in enumerate(known)]
        new = [publication(f"arena/text/category-{k:02}", 900 + number, standing, 2) for k in range(3)]
        worked = time.process_time()
        seconds, published = load(path, number, ((one, ()) for one in new), registry)
        times.append(seconds)
        busy.append(time.process_time() - worked)
        copy = path.with_name("copy.duckdb")
        copy.write_bytes(path.read_bytes())
        started = time.perf_counter()
        with duckdb.connect(str(copy)) as con:
            _insert(con, new)
            con.execute("CHECKPOINT")
        in_place.append(time.perf_counter() - started)
    ours, theirs = statistics.median(times[1:]), statistics.median(in_place[1:])
    print(
        f"increment of 900 rows to {published.rows:,}: {ours:.3f} s, best {min(times):.3f} s, "
        f"{statistics.median(busy[1:]):.3f} s of processor"
    )
    print(f"  executemany in place: {theirs:.3f} s, {theirs / ours:.1f} times as long")
    _history(path, rows)


def _history(path: Path, rows: int) -> None:
    """A model's ranks over time on every board, sorted as the index is and in the order of time."""
    by_time = path.with_name("by_time.duckdb")
    by_time.unlink(missing_ok=True)
    with connect(path) as con:
        con.execute(f"ATTACH '{by_time}' AS other (storage_version 'v1.2.0')")
        con.execute(
            """
            CREATE TABLE other.entries AS
            SELECT e.*
            FROM entries AS e JOIN (SELECT DISTINCT content_id, time FROM snapshots) USING (content_id)
            ORDER BY time, board, position
            """
        )
        con.execute("DETACH other")
    question = """
        SELECT board, content_id, rank, score FROM entries
        WHERE board = 'arena/text/category-03' AND model_listed = ?
    """
    times = []
    for file in (path, by_time):
        with duckdb.connect(str(file), read_only=True) as con:
            [(name,)] = con.execute("SELECT max(model_listed) FROM entries").fetchall()
            runs = []
            for _ in range(20):
                started = time.perf_counter()
                con.execute(question, [name]).fetchall()
                runs.append(time.perf_counter() - started)
            times.append(statistics.median(runs) * 1000)
    print(f"rank history on a board: {times[0]:.1f} ms; sorted by time {times[1]:.1f} ms")


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for digits in ("None", "0", "2"):
            path = Path(folder) / digits / "archive.duckdb"
            path.parent.mkdir()
            _run("stream", path, rows, digits)
        _run("increments", path, rows, "2")


def _run(what: str, path: Path, rows: int, digits: str) -> None:
    subprocess.run([sys.executable, __file__, what, str(path), str(rows), digits], check=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["stream", path, rows, digits]:
            stream(Path(path), int(rows), None if digits == "None" else int(digits))
        case ["increments", path, rows, _]:
            increments(Path(path), int(rows))
        case [*rows]:
            main(int(rows[0]) if rows else ROWS)
