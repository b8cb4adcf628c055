"""An hour of a real daemon against a loopback internet with faults: memory and descriptors over time.

    nice -n 19 python -m tests.bench.bench_daemon [MINUTES] [CADENCE_SECONDS]

Twelve sources: sound ones that change, one that answers 304, and servers that drip, hang, reset, cut bodies,
redirect in circles, answer 500 and 429, and show a challenge. Printed a minute: resident memory, open
descriptors and threads of the daemon's own process, and its children. At the end what the ledger says of the
slots, and the last quarter of the time held against the first.
"""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median

from tests.internet import Internet, Talk, answer, redirect
from tests.schedule.league import archiver, board, environment, found, slots

DEADLINE = 12
SOUND = ("alpha", "beta", "gamma", "delta")
FAULTY = ("same", "drip", "hang", "reset", "cut", "circle", "broken", "challenge")


def prepare(net: Internet) -> None:
    """What the servers answer."""
    days = itertools.count()
    for name in SOUND:
        net.at(f"/{name}.csv", lambda talk: talk.send(answer(board(next(days)))))
    net.at("/same.csv", same)
    net.at("/drip.csv", lambda talk: talk.drip(answer(board(1)), every=0.5))
    net.at("/hang.csv", lambda talk: talk.wait(20))
    net.at("/reset.csv", Talk.reset)
    net.at("/cut.csv", lambda talk: talk.send(answer(board(1), length=9999)))
    net.at("/circle.csv", redirect("/circle.csv"))
    net.at(
        "/broken.csv",
        answer(status=500),
        answer(status=429, headers={"Retry-After": "1"}),
        answer(status=503),
    )
    net.at("/challenge.csv", answer(b"<title>Just a moment...</title>"))


def same(talk: Talk) -> None:
    """A publisher that names its version."""
    known = talk.seen.headers.get("if-none-match") == '"1"'
    talk.send(answer(status=304, length=None) if known else answer(board(1), headers={"ETag": '"1"'}))


def figures(process: int) -> tuple[int, int, int, int]:
    """Resident KiB, descriptors, threads and children of a process."""
    status = Path(f"/proc/{process}/status").read_text("ascii")
    said = dict(line.split(":", 1) for line in status.splitlines())
    threads = Path(f"/proc/{process}/task").iterdir()
    children = [child for each in threads for child in (each / "children").read_text("ascii").split()]
    descriptors = len(os.listdir(f"/proc/{process}/fd"))  # noqa: PTH208  # a count of a process that changes
    return int(said["VmRSS"].split()[0]), descriptors, int(said["Threads"]), len(children)


def main(minutes: float = 60, cadence: float = 20) -> None:
    """Runs, prints, compares."""
    with tempfile.TemporaryDirectory() as folder, Internet() as net:
        home = Path(folder) / "archive"
        prepare(net)
        own = "".join(
            f'[source.{name}]\ncadence = "{cadence:g}s"\ndeadline = "{DEADLINE}s"\n'
            for name in SOUND + FAULTY
        )
        found(home, net, SOUND + FAULTY, f"[schedule]\nchildren = 4\nopen_after = 1000\n{own}")
        log = Path(folder) / "log"
        with log.open("wb") as file:
            daemon = subprocess.Popen(archiver(home, "schedule"), stderr=file, env=environment())
            seen = watch(daemon, minutes)
            daemon.send_signal(signal.SIGTERM)
            began = time.monotonic()
            daemon.wait(30)
        print(f"SIGTERM to exit: {time.monotonic() - began:.1f} s, code {daemon.returncode}")
        counts = Counter((slot.outcome, slot.reason) for slot in slots(home) for _ in range(slot.slots))
        print("slots:", dict(sorted(counts.items(), key=str)))
        print(
            "log:", Counter(line.split()[2] for line in log.read_text("utf-8").splitlines()).most_common(12)
        )
        quarter = len(seen) // 4
        for name, column in (("resident KiB", 0), ("descriptors", 1), ("threads", 2)):
            first = median(each[column] for each in seen[1 : 1 + quarter])
            last = median(each[column] for each in seen[-quarter:])
            told = f"median of the first quarter {first:,.0f}, of the last {last:,.0f}"
            print(f"{name}: {told}, {last / first:.3f} of it")


def watch(daemon: subprocess.Popen[bytes], minutes: float) -> list[tuple[int, int, int, int]]:
    """Figures, a line a minute or a tenth of a shorter run; the least of what children make come and go."""
    seen = []
    step = min(60.0, minutes * 6)
    for number in range(round(minutes * 60 / step)):
        some = []
        for _ in range(12):
            time.sleep(step / 12)
            some.append(figures(daemon.pid))
        resident, descriptors, threads, children = (min(column) for column in zip(*some, strict=True))
        seen.append((max(each[0] for each in some), descriptors, threads, children))
        print(
            f"{(number + 1) * step / 60:6.1f} min  {seen[-1][0]:,} KiB (at least {resident:,})  "
            f"{descriptors} descriptors  {threads} threads  {children} children at least",
            flush=True,
        )
    return seen


if __name__ == "__main__":
    main(*(float(word) for word in sys.argv[1:3]))
