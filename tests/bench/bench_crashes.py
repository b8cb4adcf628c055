"""What the archive withstands, in full: each part prints its figures in one line.

    python tests/bench/bench_crashes.py [kills|faults|disk|power|harms]… [--kills N] [--cuts N]

Without a name, all of them; `power` needs root. Exit code 1 where anything was lost. Nothing is left behind.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.crash import harness


def kills(scratch: Path, asked: argparse.Namespace) -> list[str]:
    """`kill -9` at random moments of capture, load and publish."""
    with harness.publisher() as port, harness.Worker() as worker:
        done = harness.kill_many(worker, scratch, port, asked.kills, seed=asked.seed, full_every=10)
    print(
        f"kills: {done.kills} kill -9, {done.acknowledged} of them between acknowledgement and publishing, "
        f"{done.in_time} too late to hit: {len(done.problems)} problems"
    )
    return done.problems


PARTS: dict[str, Callable[[Path, argparse.Namespace], list[str]]] = {"kills": kills}


def main() -> int:
    """Runs what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=4)
    asked = parser.parse_args()
    problems = []
    for name in asked.parts or PARTS:
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="archiver-crash-") as scratch:
            problems += PARTS[name](Path(scratch), asked)
        print(f"  {name}: {time.monotonic() - started:.0f} s", flush=True)
    for problem in problems:
        print(f"PROBLEM {problem}")
    return bool(problems)


if __name__ == "__main__":
    raise SystemExit(main())
