"""No crash, full disk or failing disk loses what was acknowledged, or leaves half of what was not."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from archiver.records import Reply
from archiver.store import Store

Open = Callable[..., Store]
Make = Callable[..., Reply]
ROOT = Path(__file__).resolve().parents[2]

WRITER = """
import json, random, sys
from datetime import UTC, datetime
from pathlib import Path
from archiver.errors import NotKept
from archiver.records import Reply
from archiver.store import Store

root, seed, count, together = Path(sys.argv[1]), *map(int, sys.argv[2:5])
chance = random.Random(seed)
store = Store(root, collector="one", tool="t", now=lambda: datetime.now(UTC))
print("ready", flush=True)
body = chance.randbytes(600)
for number in range(count):
    replies = []
    for _ in range(together):
        place = chance.randrange(600)
        body = body[:place] + chance.randbytes(3) + body[place + 3:]
        replies.append(Reply(url=f"u{number % 3}", captured_at=datetime.now(UTC), body=body))
    try:
        if together == 1:
            kept = [store.keep("arena", "page", replies[0])]
        else:
            kept = store.keep_all("arena", [("page", reply) for reply in replies], "quick")
    except NotKept as error:
        print(json.dumps({"refused": str(error)}), flush=True)
    else:
        for one in kept:
            print(json.dumps({"sha256": one.sha256, "line": one.capture_id}), flush=True)
"""


def command(root: Path, seed: int, count: int, together: int = 1) -> list[str]:
    """Keeps `count` times: one reply, or several that are acknowledged together."""
    return [sys.executable, "-c", WRITER, str(root), str(seed), str(count), str(together)]


def said(output: str) -> tuple[list[dict[str, str]], list[str]]:
    """(acknowledged captures, refusals) as a writer printed them; a last line cut by a kill is no word."""
    lines = [json.loads(line) for line in output.splitlines(keepends=True) if line.endswith("}\n")]
    return [line for line in lines if "sha256" in line], [
        line["refused"] for line in lines if "refused" in line
    ]


def assert_all_there(store: Store, acknowledged: list[dict[str, str]]) -> None:
    assert [found for found in store.verify() if not found.note] == []
    held = {getattr(line, "capture_id", ""): line for line in store.lines()}
    for one in acknowledged:
        assert one["line"] in held
        store.payload("arena", one["sha256"])


def test_kill_9_loses_nothing_that_was_acknowledged(opened: Open, archive: Path) -> None:
    chance = random.Random()  # noqa: S311  # another set of moments in each run
    root, acknowledged = archive / "snapshots", []
    for seed in range(36):
        with subprocess.Popen(
            command(root, seed, 10**6, 1 + 6 * (seed % 2)), stdout=subprocess.PIPE, text=True, cwd=ROOT
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
            # However slow the machine is: after a few words, or before the first.
            words = [writer.stdout.readline() for _ in range(chance.randrange(4))]
            time.sleep(chance.uniform(0, 0.03))
            writer.send_signal(signal.SIGKILL)
            acknowledged += said("".join([*words, writer.stdout.read()]))[0]
        assert_all_there(opened(), acknowledged[-400:])
    assert len(acknowledged) > 9
    assert_all_there(opened(), acknowledged)


def test_debris_of_a_dead_writer_is_collected_and_that_of_others_is_not(
    opened: Open, reply: Make, archive: Path
) -> None:
    opened().keep("arena", "page", reply(b"x"))
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass
    payloads = archive / "snapshots/arena/payloads"
    dead = payloads / f".tmp-one.{gone.pid}.0123456789abcdef"
    alive = payloads / f".tmp-one.{os.getpid()}.0123456789abcdef"
    other = payloads / f".tmp-two.{gone.pid}.0123456789abcdef"
    mine = payloads / ".tmp-notes"
    for path in (dead, alive, other, mine):
        path.write_bytes(b"half")
    opened().keep("arena", "page", reply(b"y", 1))
    assert [path.exists() for path in (dead, alive, other, mine)] == [False, True, True, True]


def test_a_full_disk_refuses_and_keeps_what_was_there(archive: Path, opened: Open, reply: Make) -> None:
    """RLIMIT_FSIZE stops a file at every length: payloads and ledger alike are cut short within a write."""
    first = opened().keep("arena", "page", reply(b"first"))
    ledger = archive / "snapshots/arena/ledger-one.jsonl"
    size = ledger.stat().st_size
    script = "import resource as r, sys; r.setrlimit(r.RLIMIT_FSIZE, (int(sys.argv.pop()),) * 2)\n" + WRITER
    refusals = 0
    for limit in [
        1,
        20,
        size - 1,
        size,
        size + 1,
        size + 200,
        size + 600,
        size + 1100,
        *range(700, 2400, 400),
    ]:
        run = subprocess.run(
            [sys.executable, "-c", script, str(archive / "snapshots"), str(limit), "4", "1", str(limit)],
            capture_output=True, text=True, check=True, cwd=ROOT,
        )  # fmt: skip
        acknowledged, refused = said(run.stdout)
        assert len(acknowledged) + len(refused) == 4
        assert all("File too large" in text and "Kept: all that was" in text for text in refused)
        refusals += len(refused)
        assert_all_there(opened(), acknowledged)
        assert not list(archive.rglob(".tmp-*"))
    assert refusals > 20
    assert next(opened().lines()) == first
    assert opened().keep("arena", "page", reply(b"room again", 1)).outcome == "stored"


@pytest.fixture
def small_disk(tmp_path: Path) -> Path:
    """A script run on a real tmpfs of 300 kB, in a mount namespace of its own."""
    unshare = shutil.which("unshare")
    probe = [
        "--user",
        "--map-root-user",
        "--mount",
        "mount",
        "-t",
        "tmpfs",
        "-o",
        "size=300k",
        "t",
        str(tmp_path),
    ]
    if unshare is None or subprocess.run([unshare, *probe], capture_output=True, check=False).returncode:
        pytest.skip("no tmpfs can be mounted in a namespace here")
    return tmp_path


def test_a_disk_that_fills_up(small_disk: Path) -> None:
    """Whatever happens on the full disk, the process that follows finds a sound archive there."""
    after = (
        "\nfresh = Store(root, collector='two', tool='t', now=lambda: datetime.now(UTC))\n"
        "print(json.dumps({'damage': [str(d) for d in fresh.verify() if not d.note]}))\n"
        "print(json.dumps({'held': [line.capture_id for line in fresh.lines()]}))\n"
    )
    mount = f"mount -t tmpfs -o size=300k t {small_disk}"
    shell = f"{mount} && exec {sys.executable} - {small_disk}/a/snapshots 1 300 1"
    run = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", shell],
        input=WRITER + after, capture_output=True, text=True, check=True, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    lines = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    acknowledged = [line["line"] for line in lines if "line" in line]
    refused = [line["refused"] for line in lines if "refused" in line]
    assert acknowledged
    assert any("No space left" in text for text in refused)
    assert lines[-2]["damage"] == []
    assert set(acknowledged) <= set(lines[-1]["held"])


CALLS = [
    ("fsync", "EIO"),
    ("pwrite64", "ENOSPC"),
    ("rename,renameat,renameat2", "EIO"),
    ("mkdir,mkdirat", "ENOSPC"),
    ("fsync", "KILL"),
    ("pwrite64", "KILL"),
    ("rename,renameat,renameat2", "KILL"),
]


@pytest.mark.parametrize("together", [1, 3])
@pytest.mark.parametrize(("calls", "fault"), CALLS)
def test_each_storage_call_may_fail(
    calls: str, fault: str, together: int, opened: Open, archive: Path
) -> None:
    """strace lets the Nth call of a kind fail; nothing is acknowledged by it, and the next run just works."""
    strace = shutil.which("strace")
    if strace is None or subprocess.run([strace, "true"], capture_output=True, check=False).returncode:
        pytest.skip("strace cannot trace here")
    root, how = archive / "snapshots", "signal=KILL" if fault == "KILL" else f"error={fault}"
    told = 0
    for nth in (1, 2, 3, 5, 8, 9):
        inject = ["-e", f"trace={calls}", "-e", f"inject={calls}:{how}:when={nth}"]
        traced = [strace, "-qq", "-f", "-o", os.devnull, *inject, *command(root, nth, 4, together)]
        run = subprocess.run(traced, capture_output=True, text=True, check=False, cwd=ROOT)
        acknowledged, refused = said(run.stdout)
        told += len(refused) + (run.returncode != 0)
        assert fault == "KILL" or len(acknowledged) / together + len(refused) == 4, run.stderr
        assert_all_there(opened(), acknowledged)
        last = subprocess.run(
            command(root, 100 + nth, 2, 1), capture_output=True, text=True, check=True, cwd=ROOT
        )
        assert len(said(last.stdout)[0]) == 2
        assert_all_there(opened(), acknowledged)
        assert not list(archive.rglob(".tmp-*"))
    assert told, "no fault was met: the test watches the wrong calls"


def test_a_write_that_cannot_be_taken_back_stops_this_process_only(opened: Open, archive: Path) -> None:
    """fsync fails and the cut-back after it too: what the page cache shows may not be what the disk holds."""
    strace = shutil.which("strace")
    if strace is None or subprocess.run([strace, "true"], capture_output=True, check=False).returncode:
        pytest.skip("strace cannot trace here")
    faults = ["-P", str(archive / "snapshots/arena/ledger-one.jsonl"), "-e", "trace=fsync,ftruncate"]
    for call, nth in (("fsync", "2"), ("ftruncate", "1+")):
        faults += ["-e", f"inject={call}:error=EIO:when={nth}"]
    traced = [strace, "-qq", "-f", "-o", os.devnull, *faults, *command(archive / "snapshots", 1, 4)]
    run = subprocess.run(traced, capture_output=True, text=True, check=True, cwd=ROOT)
    acknowledged, refused = said(run.stdout)
    assert len(acknowledged) == 1
    assert ["could not be taken back" in text for text in refused] == [False, True, True]
    assert_all_there(opened(), acknowledged)
    last = subprocess.run(
        command(archive / "snapshots", 2, 2), capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert len(said(last.stdout)[0]) == 2
    assert_all_there(opened(), acknowledged)
