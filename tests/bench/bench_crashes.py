"""What the archive withstands, in full: each part prints its figures in one line.

    python tests/bench/bench_crashes.py [kills|faults|disk|power]… [--kills N] [--cuts N] [--every N]

Without a name, all of them; `disk` and `power` need root, `faults` needs strace. Exit code 1 where anything
was lost. Nothing is left behind.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.crash import disks, faults, harness


def kills(scratch: Path, asked: argparse.Namespace) -> list[str]:
    """`kill -9` at random moments of capture, load and publish."""
    with harness.publisher() as port, harness.Worker() as worker:
        done = harness.kill_many(worker, scratch, port, asked.kills, seed=asked.seed, full_every=10)
    print(
        f"kills: {done.kills} kill -9, {done.acknowledged} of them between acknowledgement and publishing "
        f"({done.in_time} more came too late): {len(done.problems)} problems"
    )
    return done.problems


def faulty(scratch: Path, asked: argparse.Namespace) -> list[str]:
    """EIO, ENOSPC and SIGKILL at each call of a capture that writes, EIO at each that reads."""
    if why := faults.able():
        print(f"faults: left out, {why}")
        return []
    met = list(faults.each_fault(scratch, every=asked.every))
    problems = [problem for each in met for problem in each.problems]
    calls = {each.fault.call for each in met}
    writing = sum(call.writes for call in calls)
    injected = sum(each.injected for each in met)
    print(
        f"faults: {len(met)} captures, {'/'.join(faults.FAULTS)} at each of {writing} calls that write and "
        f"{'/'.join(faults.READ_FAULTS)} at each of {len(calls) - writing} that read, {injected} struck: "
        f"{len(problems)} problems"
    )
    return problems


def full(scratch: Path, _asked: argparse.Namespace) -> list[str]:
    """A disk with so many bytes left."""
    if why := disks.able("mount", "umount"):
        print(f"disk: left out, {why}")
        return []
    met = list(disks.full_disk(scratch))
    problems = [problem for each in met for problem in each.problems]
    refused = sum(each.refused for each in met)
    print(f"disk: {len(met)} fill levels, {refused} captures refused: {len(problems)} problems")
    return problems


def power(scratch: Path, asked: argparse.Namespace) -> list[str]:
    """Power cuts on a loop-mounted ext4, half of them with the loss of the device's write cache."""
    if why := disks.able_to_cut(scratch):
        print(f"power: left out, {why}")
        return []
    done = disks.cut_power(scratch, asked.cuts, asked.seed)
    print(
        f"power: {done.cuts} power cuts, {done.during} of them during a pass, {done.acknowledged} captures "
        f"acknowledged before one: {len(done.problems)} problems"
    )
    return done.problems


PARTS: dict[str, Callable[[Path, argparse.Namespace], list[str]]] = {
    "kills": kills,
    "faults": faulty,
    "disk": full,
    "power": power,
}


def main() -> int:
    """Runs what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--every", type=int, default=1, help="of the faults, every so many-th")
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
