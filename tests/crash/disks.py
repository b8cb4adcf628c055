"""Disks of our own: one that is full, and one whose power is cut. Both need root, and leave nothing mounted.

A power cut stops an ext4 at once with `EXT4_IOC_SHUTDOWN` (no flush of its journal). Two kinds are had:

`stop`   the file system dies and its device keeps every write that reached it, flushed or not;
`cache`  the device forgets what it was not told to flush, as a disk does with its write cache. The device is
         a loop over a file of a second ext4, and it is that one which is stopped: writes to the device that
         no flush followed are lost, but for what the kernel had written back by then.

What is not had: a disk that lies about a flush, and sectors torn in the middle.
"""

from __future__ import annotations

import errno
import fcntl
import os
import random
import shutil
import struct
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal, NamedTuple

from .harness import Pass, Worker, archive, publisher

EXT4_IOC_SHUTDOWN, NOLOGFLUSH = 0x8004587D, 2
OUTER_MB, INNER_MB = 160, 96
TMPFS_BYTES = 24 << 20
LEVELS = (
    0, 1 << 10, 2 << 10, 4 << 10, 8 << 10, 12 << 10, 16 << 10, 24 << 10, 32 << 10, 64 << 10, 128 << 10,
    256 << 10, 512 << 10, 1 << 20, 2 << 20, 3 << 20, 4 << 20, 5 << 20, 7 << 20, 9 << 20,
)  # fmt: skip
"""Bytes that are left on the disk when a capture begins."""
Cut = Literal["stop", "cache"]


def run(*words: str | Path) -> None:
    subprocess.run([str(word) for word in words], check=True, capture_output=True)


def able(*programs: str) -> str:
    """Why no disk can be had here; empty where one can."""
    if os.geteuid() != 0:
        return "mounting needs root"
    for program in programs:
        if shutil.which(program) is None:
            return f"{program} is not installed (Debian packages mount, e2fsprogs)"
    return ""


@contextmanager
def mounted(target: Path, *words: str | Path) -> Iterator[Path]:
    """A mount, and its end, also when somebody still holds a file there."""
    target.mkdir(exist_ok=True)
    run("mount", *words, target)
    try:
        yield target
    finally:
        unmount(target)


def unmount(target: Path) -> None:
    for _ in range(200):
        done = subprocess.run(["umount", str(target)], capture_output=True, check=False)
        if done.returncode == 0:
            return
        time.sleep(0.05)
    run("umount", "-l", target)


# -- a full disk ---------------------------------------------------------------------------------------


class Full(NamedTuple):
    """A capture on a disk with so many bytes left."""

    free: int
    refused: bool
    problems: list[str]


def full_disk(scratch: Path, levels: tuple[int, ...] = LEVELS) -> Iterator[Full]:
    """A capture at each fill level, and another once there is room again."""
    tmpfs = ("-t", "tmpfs", "-o", f"size={TMPFS_BYTES}", "tmpfs")
    with publisher() as port, Worker() as worker, mounted(scratch / "disk", *tmpfs) as disk:
        folder = archive(disk / "archive", port)
        worker.capture(folder)
        for free in levels:
            yield _fill(worker, disk, folder, free)


def _fill(worker: Worker, disk: Path, folder: Path, free: int) -> Full:
    filler = disk / "filler"
    with filler.open("wb") as file:
        room = os.statvfs(disk)
        os.posix_fallocate(file.fileno(), 0, max(1, room.f_bavail * room.f_frsize - free))
    said = worker.capture(folder)
    problems = []
    last = said.error.strip().splitlines()[-1] if said.error else ""
    if said.error and not last.startswith("archiver.errors.") and "Kept:" not in said.error:
        problems.append(f"with {free} bytes left: {last}")
    problems += worker.check(folder, said.acknowledged, published=True, full=False)
    filler.unlink()
    problems += worker.check(folder, said.acknowledged, published=True, full=True)
    return Full(free, bool(said.error), problems)


# -- power cuts ----------------------------------------------------------------------------------------


class Cuts(NamedTuple):
    """What many power cuts came to."""

    cuts: int
    during: int
    """Cuts that struck while a pass was under way."""
    acknowledged: int
    """Captures that were acknowledged before a cut."""
    problems: list[str]


def able_to_cut(scratch: Path) -> str:
    """Why the power cannot be cut here; empty where it can."""
    if why := able("mount", "umount", "mkfs.ext4"):
        return why
    image = scratch / "probe"
    try:
        make(image, 8)
        with mounted(scratch / "probed", "-o", "loop", image) as disk:
            shutdown(disk)
    except (OSError, subprocess.CalledProcessError) as error:
        return f"no loop-mounted ext4 can be shut down here: {error}"
    return ""


def make(image: Path, megabytes: int) -> None:
    """An ext4 in a file whose every block is there, so that later writes only change bytes."""
    with image.open("wb") as file:
        for _ in range(megabytes):
            file.write(bytes(1 << 20))
        os.fsync(file.fileno())
    run("mkfs.ext4", "-q", "-F", image)


def shutdown(disk: Path) -> None:
    """The file system stops at this moment; nothing more reaches its device."""
    folder = os.open(disk, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.ioctl(folder, EXT4_IOC_SHUTDOWN, struct.pack("I", NOLOGFLUSH))
    finally:
        os.close(folder)


class Machine:
    """Two file systems, one in a file of the other."""

    def __init__(self, scratch: Path) -> None:
        self.image, self.outer, self.inner = scratch / "image", scratch / "outer", scratch / "inner"
        for folder in (self.outer, self.inner):
            folder.mkdir()
        make(self.image, OUTER_MB)
        run("mount", "-o", "loop", self.image, self.outer)
        make(self.outer / "disk", INNER_MB)
        os.sync()
        run("mount", "-o", "loop", self.outer / "disk", self.inner)

    def cut(self, kind: Cut) -> None:
        """The power goes, and it comes back: both file systems recover by their journals."""
        shutdown(self.outer if kind == "cache" else self.inner)

    def restart(self) -> None:
        with suppress(OSError):
            shutdown(self.inner)
        unmount(self.inner)
        unmount(self.outer)
        run("mount", "-o", "loop", self.image, self.outer)
        run("mount", "-o", "loop", self.outer / "disk", self.inner)

    def off(self) -> None:
        unmount(self.inner)
        unmount(self.outer)


def cut_power(scratch: Path, cuts: int, seed: int, full_every: int = 10, sources: int = 3) -> Cuts:
    """So many cuts, by turns of both kinds, at random moments of a pass over three sources."""
    chance = random.Random(seed)  # noqa: S311  # the same moments, as far as the machine allows
    machine, problems = Machine(scratch), list[str]()
    during = lines = 0
    try:
        with publisher() as port, Worker() as worker:
            folder = archive(machine.inner / "archive", port, sources)
            whole = max(worker.capture(folder).seconds for _ in range(2))
            os.sync()
            heads: dict[str, str] = {}
            for number in range(1, cuts + 1):
                kind: Cut = "cache" if number % 2 else "stop"
                said, left = _capture_and_cut(machine, worker, folder, kind, chance.uniform(0.05, whole))
                machine.restart()
                during += left
                lines += _lines(said.acknowledged) - _lines(heads) if said.acknowledged else 0
                heads |= said.acknowledged
                found = worker.check(folder, heads, published=True, full=number % full_every == 0)
                problems += [f"cut {number} ({kind}): {problem}" for problem in found]
                os.sync()
    finally:
        machine.off()
    return Cuts(cuts, during, lines, problems)


def _lines(heads: Mapping[str, str]) -> int:
    return sum(int(head.split()[1]) for head in heads.values())


def _capture_and_cut(
    machine: Machine, worker: Worker, folder: Path, kind: Cut, after: float
) -> tuple[Pass, bool]:
    """(what the pass said, also after the cut; whether it was under way then)."""
    said: list[Pass] = []
    thread = threading.Thread(target=lambda: said.append(worker.capture(folder, after + 1.5)))
    thread.start()
    time.sleep(after)
    under_way = thread.is_alive()
    try:
        machine.cut(kind)
    except OSError as error:
        if error.errno != errno.EIO:
            raise
    thread.join()
    return said[0], under_way
