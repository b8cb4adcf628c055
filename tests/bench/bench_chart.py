"""A chart as a process, from the command line to the file: seconds, beside the least that drawing takes.

    python tests/bench/bench_chart.py ARCHIVE WHO… [--board GLOB]

The floor is a bare Python process that imports vl-convert and draws an empty picture. Aim: a chart under
1.5 s.
Times are the best of five, processor seconds beside them, since the machine may have other work.
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
    "import vl_convert\n"
    "vl_convert.vegalite_to_svg({'data': {'values': []}, 'mark': 'point'}, vl_version='6.4')\n"
)
PROGRAM = "from archiver.cli.main import run; run()"


def seconds(command: list[str]) -> tuple[float, float]:
    """The best of five: wall clock, and processor time of that run."""
    found = []
    for _ in range(5):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append((wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))
    return min(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path)
    parser.add_argument("who", nargs="+")
    parser.add_argument("--board", default=None)
    asked = parser.parse_args()
    floor, processor = seconds([sys.executable, "-c", FLOOR])
    print(f"floor: {floor:.2f} s (processor {processor:.2f} s)")
    with tempfile.TemporaryDirectory() as folder:
        for form in ("json", "svg", "png", "html"):
            target = Path(folder) / f"chart.{form}"
            words = [*asked.who, *(["--board", asked.board] if asked.board else []), "-o", str(target)]
            command = [sys.executable, "-c", PROGRAM, "--archive", str(asked.archive), "chart", *words]
            wall, processor = seconds(command)
            size = target.stat().st_size
            cost = f"{wall:.2f} s (processor {processor:.2f} s), {wall / floor:.2f} of the floor"
            print(f"{form}: {cost}, {size:,} bytes")


if __name__ == "__main__":
    main()
