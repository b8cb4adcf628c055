"""A weekly report and a chart as processes, from the command line to the file: seconds, beside the least that
each must do.

    python tests/bench/bench_report.py ARCHIVE [--until DATE] [--board GLOB] WHO…

The floor is a bare Python process that imports duckdb and vl-convert, opens the same index and draws an empty
picture. Aims on a million entries: a weekly HTML report under 3 s, a chart under 1.5 s. Each is the best of
three; processor seconds stand beside the wall clock, since the machine may have other work.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FLOOR = (
    "import sys, duckdb, vl_convert\n"
    "duckdb.connect(sys.argv[1], read_only=True).execute('SELECT count(*) FROM snapshots').fetchall()\n"
    "vl_convert.vegalite_to_svg({'data': {'values': []}, 'mark': 'point'}, vl_version='6.4')\n"
)
PROGRAM = "from archiver.cli.main import run; run()"


def seconds(command: list[str]) -> tuple[float, float]:
    """The best of three: wall clock, and processor time of that run."""
    found = []
    for _ in range(3):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append((wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))
    return min(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path)
    parser.add_argument("who", nargs="+")
    parser.add_argument("--until")
    parser.add_argument("--board")
    asked = parser.parse_args()
    floor, processor = seconds([sys.executable, "-c", FLOOR, str(asked.archive / "archive.duckdb")])
    print(f"floor: {floor:.2f} s (processor {processor:.2f} s)")
    until = ["--until", asked.until] if asked.until else []
    boards = ["--board", asked.board] if asked.board else []
    with tempfile.TemporaryDirectory() as folder:
        for name, words in (
            ("weekly.html", ["report", "--weekly", *asked.who, *until, *boards]),
            ("weekly-everyone.html", ["report", "--weekly", *until]),
            ("weekly.pdf", ["report", "--weekly", *asked.who, *until, *boards]),
            ("chart.svg", ["chart", *asked.who, *until, *boards]),
        ):
            target = Path(folder) / name
            program = [sys.executable, "-c", PROGRAM, "--archive", str(asked.archive)]
            wall, processor = seconds([*program, *words, "-o", str(target)])
            cost = f"{wall:.2f} s (processor {processor:.2f} s), {wall / floor:.1f} of the floor"
            print(f"{name}: {cost}, {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
