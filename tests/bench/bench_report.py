"""A weekly report and a chart on a million entries, and how soon a browser has the report open.

    pip install -e '.[bench]'
    python tests/bench/bench_report.py [--archive DIR] [--runs 3] [WHO…] [--board GLOB]

Whole processes, from the command line to the file, best of the runs: seconds by the clock, processor seconds
beside them, and the ratio to the least that each must do.

  chart   in each format, beside a bare Python process that imports duckdb and vl-convert, opens the same
          index and draws an empty picture; and beside matplotlib, which asks the index for the same ranks and
          draws as many lines, labels at their ends. Aim: 1.5 s
  report  --weekly as HTML, and as PDF, beside the same floor. Aim: HTML 3 s
  open    a year of the checkout's own history of Arena as one page in Chromium: bytes, and milliseconds until
          it is laid out and its script has run. Aims: 2 MB, 1 s

Without --archive an index of a million entries is made, in which every model moves every few weeks.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.bench_history import make

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (sys.executable, "-c", "from archiver.cli.main import run; run()")
FLOOR = (
    "import sys, duckdb, vl_convert\n"
    "duckdb.connect(sys.argv[1], read_only=True).execute('SELECT count(*) FROM snapshots').fetchall()\n"
    "vl_convert.vegalite_to_svg({'data': {'values': []}, 'mark': 'point'}, vl_version='6.4')\n"
)
MATPLOTLIB = """
import sys, duckdb
import matplotlib
matplotlib.use("agg")
from matplotlib import pyplot
path, board, target, *who = sys.argv[1:]
con = duckdb.connect(path, read_only=True)
ranks = con.execute(
    "SELECT model, coalesce(published_at, captured_at) AS time, min(rank) FROM rankings"
    " WHERE board = ? AND rank <= 60 GROUP BY ALL ORDER BY model, time", [board]).fetchall()
lines = {}
for model, time, rank in ranks:
    lines.setdefault(model, []).append((time, rank))
best = con.execute(
    "SELECT who, coalesce(published_at, captured_at) AS time, rank FROM rank_history(?, boards := ?)"
    " WHERE status = 'listed' ORDER BY ALL", [who, board]).fetchall()
figure, axes = pyplot.subplots(figsize=(9.6, 6.9), dpi=200)
for line in sorted(lines.values(), key=len, reverse=True)[:90]:
    axes.plot(*zip(*line), color="#b9bec5", linewidth=0.9)
for name in who:
    mine = [(time, rank) for each, time, rank in best if each == name]
    axes.plot(*zip(*mine), linewidth=3)
    axes.annotate(f"{mine[-1][1]} {name}", mine[-1], xytext=(8, 0), textcoords="offset points")
axes.invert_yaxis()
axes.set_title(" and ".join(who))
figure.savefig(target)
"""


def seconds(command: list[str], runs: int) -> tuple[float, float]:
    """The best of the runs by the clock, and processor time of that one."""
    found = []
    for _ in range(runs):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append((wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))
    return min(found)


def told(name: str, cost: tuple[float, float], floor: float, size: int = 0, aim: float = 0) -> None:
    """Prints a row."""
    wall, processor = cost
    met = f"   {'met' if wall <= aim else 'missed'} ({aim} s)" if aim else ""
    print(f"{name:26}{wall:8.2f}{processor:8.2f}{wall / floor:8.2f}{size:12,}{met}")


def opened(page: Path) -> list[float]:
    """Milliseconds from the navigation until the page is loaded, of five times."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        times = []
        for _ in range(5):
            tab = browser.new_page()
            tab.goto(page.as_uri())
            times.append(tab.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
            tab.close()
        browser.close()
    return times


def processes(home: Path, who: list[str], board: str, runs: int, folder: Path) -> None:
    """Prints the charts and the reports."""
    index = str(home / "archive.duckdb")
    ours = [*PROGRAM, "--archive", str(home)]
    subprocess.run([*ours, "boards", "--format", "json"], check=True, capture_output=True)  # brings it up
    floor = seconds([sys.executable, "-c", FLOOR, index], runs)
    print(f"{'':26}{'s':>8}{'cpu s':>8}{'floors':>8}{'bytes':>12}")
    told("floor", floor, floor[0])
    for form in ("svg", "png", "html", "json"):
        target = folder / f"chart.{form}"
        cost = seconds([*ours, "chart", *who, "--board", board, "-o", str(target)], runs)
        told(f"chart.{form}", cost, floor[0], target.stat().st_size, 1.5)
        if form not in {"svg", "png"}:
            continue
        other = folder / f"matplotlib.{form}"
        theirs = seconds([sys.executable, "-c", MATPLOTLIB, index, board, str(other), *who], runs)
        told(f"matplotlib, {form}", theirs, floor[0], other.stat().st_size)
        print(f"{'':26}matplotlib takes {theirs[0] / cost[0]:.2f} times as long")
    for name, words, aim in (
        ("weekly.html", ["report", "--weekly", *who], 3.0),
        ("weekly.pdf", ["report", "--weekly", *who], 0.0),
    ):
        target = folder / name
        cost = seconds([*ours, *words, "-o", str(target)], runs)
        told(name, cost, floor[0], target.stat().st_size, aim)


def a_year_of_arena(folder: Path) -> None:
    """Prints how large the page of a year is, and how soon it is open."""
    home, page = folder / "starter", folder / "year.html"
    shutil.copytree(ROOT / "snapshots", home / "snapshots")
    asked = ("OpenAI", "Google", "Anthropic", "DeepSeek", "--since", "2025-08-06", "--until", "2026-08-06")
    board = ("--board", "arena/text-style-control/overall")
    subprocess.run(
        [*PROGRAM, "--archive", str(home), "report", *asked, *board, "-o", str(page)],
        check=True,
        capture_output=True,
    )
    times = sorted(opened(page))
    print(
        f"\na year of Arena: {page.stat().st_size:,} bytes; open in Chromium after {times[0]:.0f} ms", end=""
    )
    print(f" (median {times[2]:.0f} ms)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archive", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--board", default="arena/text/c010")
    parser.add_argument("who", nargs="*", default=["Sber", "Yandex"])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = asked.archive
        if home is None:
            home = folder / "million"
            home.mkdir()
            make(home, 1_000_000)
        processes(home, asked.who or ["Sber", "Yandex"], asked.board, asked.runs, folder)
        a_year_of_arena(folder)


if __name__ == "__main__":
    main()
