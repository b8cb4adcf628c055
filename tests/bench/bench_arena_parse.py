"""How fast and in how much memory a `full` file of Arena with 1.1 million rows is parsed, and taken in whole.

    python tests/bench/bench_arena_parse.py [ROWS]

Makes a file as large as the text subset's history: 27 categories, a publication every few days, figures that
do not repeat. Each measurement has a process of its own. Parsing aims at 2 s; an index made from the stored
file (`rebuild`: read, parse, check, load, publish) at 5 s under 1 GB. Beside it, what DuckDB alone takes to
copy the bare rows of the file into a table.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ADDRESS = "https://huggingface.co/datasets/lmarena-ai/leaderboard-dataset/resolve/main/text/full-00000-of-00001.parquet"


def generate(path: Path, rows: int) -> None:
    """Writes snapshot after snapshot, as the publisher appends them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    chance = random.Random(5)  # noqa: S311  the same file on each run
    models = 300
    names = [f"model-{number:03d}-of-lab-{number % 40}" for number in range(models)]
    labs = {name: f"lab-{number % 40}" if number % 8 else "" for number, name in enumerate(names)}
    days = -(-rows // (27 * models))
    columns: dict[str, list[object]] = {}
    for day in range(days):
        for category in range(27):
            scores = sorted((chance.gauss(1300, 90) for _ in range(models)), reverse=True)
            half = [chance.uniform(2, 15) for _ in range(models)]
            listed = chance.sample(names, models)
            block = {
                "model_name": listed,
                "organization": [labs[name] for name in listed],
                "license": ["Proprietary" if number % 2 else "Apache 2.0" for number in range(models)],
                "rating": scores,
                "rating_lower": [score - width for score, width in zip(scores, half, strict=True)],
                "rating_upper": [score + width for score, width in zip(scores, half, strict=True)],
                "variance": [(width / 1.96) ** 2 for width in half],
                "vote_count": [float(chance.randrange(100, 90_000)) for _ in range(models)],
                "rank": [float(place) for place in range(1, models + 1)],
                "category": [f"category_{category:02d}"] * models,
                "leaderboard_publish_date": [str(date(2023, 5, 3) + timedelta(days=day * 8))] * models,
            }
            for name, values in block.items():
                columns.setdefault(name, []).extend(values)
    pq.write_table(pa.table(columns).slice(0, rows), path, row_group_size=100_000)


def measure(path: Path) -> None:
    """Parses the file in this process and prints what it took."""
    from archiver.records import Payload
    from archiver.sources import arena

    body = path.read_bytes()
    started = time.perf_counter()
    snapshots = rows = 0
    for snapshot in arena.parse(Payload(body, ADDRESS)):
        snapshots += 1
        rows += len(snapshot.entries)
    seconds = time.perf_counter() - started
    print(f"{rows} rows, {snapshots} snapshots, {len(body) / 1e6:.0f} MB: {seconds:.2f} s, peak {peak()} MiB")


def whole(path: Path) -> None:
    """Imports the file into an archive, makes the index anew from it, and prints what each took."""
    import duckdb

    from archiver import Archive, ingest

    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        duckdb.connect(str(Path(folder) / "bare.duckdb")).execute(
            "CREATE TABLE bare AS FROM read_parquet(?)", [str(path)]
        )
        bare = time.perf_counter() - started
        archive = Archive(Path(folder) / "archive")
        started = time.perf_counter()
        archive.take(ingest.recordings("arena", [path], datetime(2026, 11, 1, tzinfo=UTC), ADDRESS))
        imported = time.perf_counter() - started
        started = time.perf_counter()
        done = archive.rebuild()
        seconds = time.perf_counter() - started
        archive.close()
    print(
        f"import {imported:.2f} s; rebuild {done.rows} rows in {seconds:.2f} s, peak {peak()} MiB: "
        f"{seconds / bare:.1f} times a bare CREATE TABLE AS of DuckDB ({bare:.2f} s)"
    )


def peak() -> int:
    """MiB. Not ru_maxrss, which a process inherits from the larger one that started it."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def main() -> None:
    if sys.argv[1:2] in (["--measure"], ["--whole"]):
        (measure if sys.argv[1] == "--measure" else whole)(Path(sys.argv[2]))
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_100_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "full.parquet"
        generate(path, rows)
        for _ in range(3):
            subprocess.run([sys.executable, __file__, "--measure", str(path)], check=True)
        for _ in range(2):
            subprocess.run([sys.executable, __file__, "--whole", str(path)], check=True)


if __name__ == "__main__":
    main()
