"""Strangers' SQL under its bounds: each bomb, how it ended, after how long, at what peak of memory.

    python tests/bench/bench_sandbox.py [INDEX]

Then how long a plain question takes beside a bare process that asks DuckDB the same.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from answers.world import build  # noqa: E402
from sandbox.bombs import BOMBS, CRASHERS  # noqa: E402

PLAIN = "SELECT model, rank FROM rankings LIMIT 2"
BARE = (
    "import duckdb; con = duckdb.connect(); con.execute(\"ATTACH '{index}' AS a (READ_ONLY)\"); "
    "con.execute('USE a'); print(con.execute('{sql}').fetchall())"
)


class Ended(NamedTuple):
    code: int
    seconds: float
    cpu: float
    peak: int
    said: str


def run(arguments: list[str], home: Path, question: str = "") -> Ended:
    """A process to its end, with the peak of resident memory over it and its child."""
    env = {**os.environ, "ARCHIVER_HOME": str(home), "PYTHONPATH": str(ROOT)}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env=env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    peak = 0

    def watch() -> None:
        nonlocal peak
        while process.poll() is None:
            peak = max(peak, *(resident(pid) for pid in (process.pid, *children(process.pid))))
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    said = process.communicate(question)[1]
    watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Ended(process.returncode, time.perf_counter() - began, cpu, peak >> 20, said)


def children(process: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def resident(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "snapshots").mkdir()
        if len(sys.argv) > 1:
            (home / "archive.duckdb").symlink_to(Path(sys.argv[1]).resolve())
        else:
            build(home / "archive.duckdb").close()
        ask = ["-m", "archiver.cli", "sql", "-"]
        print(f"{'bomb':28} {'s':>5} {'MB':>5}  ends with")
        worst = Ended(0, 0.0, 0.0, 0, "")
        for name, question in {**BOMBS, **CRASHERS}.items():
            ended = run(ask, home, question)
            said = ended.said.partition("\n")[0][:80]
            print(f"{name:28} {ended.seconds:5.1f} {ended.peak:5}  {ended.code}: {said}", flush=True)
            worst = worst._replace(
                seconds=max(worst.seconds, ended.seconds), peak=max(worst.peak, ended.peak)
            )
            assert run(ask, home, PLAIN).code == 0, "the next question works"
        print(f"{len(BOMBS) + len(CRASHERS)} bombs: at most {worst.seconds:.1f} s and {worst.peak:,} MB\n")
        compare(home)


def compare(home: Path) -> None:
    bare = ["-c", BARE.format(index=home / "archive.duckdb", sql=PLAIN)]
    ways = {
        "bare DuckDB": bare,
        "sql": ["-m", "archiver.cli", "sql", PLAIN],
        "sql --trusted": ["-m", "archiver.cli", "sql", "--trusted", PLAIN],
    }
    times = {name: [run(way, home) for _ in range(9)] for name, way in ways.items()}
    floor = median(each.cpu for each in times["bare DuckDB"])
    for name, ended in times.items():
        cpu, wall = median(each.cpu for each in ended), median(each.seconds for each in ended)
        print(f"{name:15} {cpu * 1e3:5.0f} ms CPU ({cpu / floor:.2f} of bare), {wall * 1e3:5.0f} ms wall")


if __name__ == "__main__":
    main()
