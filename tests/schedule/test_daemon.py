"""The daemon as an operator meets it: real processes, real signals, servers on loopback."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from archiver.schedule.grid import Every
from tests.internet import Internet, Talk, answer
from tests.schedule import league
from tests.schedule.test_child import gauged, gone

ROUGH = [sys.executable, "-W", "error", "-m", "tests.schedule.rough"]


@pytest.fixture
def lateness() -> Iterator[list[float]]:
    """How much later than asked this machine wakes a thread, at worst."""
    with gauged() as found:
        yield found


class Running:
    """A daemon and its log."""

    def __init__(self, archive: Path, log: Path, command: list[str] | None = None, **env: str) -> None:
        self._log = log
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                command or [*ROUGH, str(archive)], stderr=file, env=league.environment(**env)
            )

    def events(self) -> list[Mapping[str, Any]]:
        lines = self._log.read_text("utf-8").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def wait_for(self, what: Callable[[Mapping[str, Any]], bool], count: int = 1, within: float = 60) -> None:
        ends = time.monotonic() + within
        while sum(map(what, self.events())) < count:
            assert time.monotonic() < ends, self.events()[-8:]
            assert self.process.poll() is None, self.events()[-8:]
            time.sleep(0.1)

    def end(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Sends a signal; returns the seconds until the daemon is gone."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(30)
        return time.monotonic() - began


@contextmanager
def running(archive: Path, tmp_path: Path, **env: str) -> Iterator[Running]:
    daemon = Running(archive, tmp_path / "log", **env)
    try:
        yield daemon
    finally:
        if daemon.process.poll() is None:
            daemon.process.kill()
            daemon.process.wait()


def is_event(name: str, **fields: object) -> Callable[[Mapping[str, Any]], bool]:
    return lambda event: event["event"] == name and all(event.get(key) == fields[key] for key in fields)


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text("ascii").split()]


def test_one_hangs_and_one_crashes_among_twenty(net: Internet, tmp_path: Path, lateness: list[float]) -> None:
    """The rest have every slot; the hung child is gone in time, each time."""
    archive = tmp_path / "a"
    sound = [f"quick_{number}" for number in range(18)]
    names = [*sound, "hang_one", "crash_one"]
    rules = '[schedule]\nspread = "2s"\nchildren = 4\nopen_after = 100\n'
    rules += "".join(f'[source.{name}]\ncadence = "12s"\ndeadline = "4s"\n' for name in names)
    league.found(archive, net, names, rules)
    with running(archive, tmp_path, NO_LOAD="1") as daemon:
        daemon.wait_for(is_event("slot.failed", reason="hung"), 2)
        daemon.wait_for(is_event("slot.captured", source=sound[-1]), 2)
        assert daemon.end() < 10
        assert daemon.process.returncode == 0
    slots = list(league.slots(archive))
    for name in sound:
        mine = Counter(slot.outcome for slot in slots if slot.source == name)
        assert mine["captured"] >= 2
        assert not mine["failed"]
    hung = [slot for slot in slots if slot.source == "hang_one" and slot.outcome == "failed"]
    crashed = [slot for slot in slots if slot.source == "crash_one" and slot.outcome == "failed"]
    assert {slot.reason for slot in hung} == {"hung"}
    beside = Counter(slot.due for slot in slots if slot.source in sound and slot.outcome == "captured")
    assert max(beside[slot.due] for slot in hung) == 18, "all had their slot while one hung"
    assert {(slot.reason, slot.captures, slot.failed) for slot in crashed} == {("crashed", 1, 0)}
    assert "SIGABRT" in crashed[0].detail
    begun = [
        (event["due"], event["at"])
        for event in daemon.events()
        if is_event("slot.begins", source="hang_one")(event)
    ]
    assert len(begun) >= len(hung) >= 2
    for due, at in begun[: len(hung)]:
        [ended] = [
            event["at"]
            for event in daemon.events()
            if is_event("slot.failed", source="hang_one", due=due)(event)
        ]
        took = seconds(ended) - seconds(at)
        assert 4 <= took < 4 + 2 + 4 * lateness[0], "it has its time, and is gone two seconds later"
        print(f"hung child gone after {took:.2f} s of 4")


def seconds(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp()


def test_sigterm_ends_what_hangs_and_puts_it_off(net: Internet, tmp_path: Path) -> None:
    archive = tmp_path / "a"
    league.found(archive, net, ["hang_one", "slow"], '[schedule]\nspread = "0s"\n')
    net.at("/slow.csv", lambda talk: talk.wait(15))
    with running(archive, tmp_path) as daemon:
        daemon.wait_for(is_event("slot.begins"), 2)
        time.sleep(0.5)
        below = children(daemon.process.pid)
        assert len(below) == 2
        took = daemon.end()
        assert took < 10
        assert daemon.process.returncode == 0
        assert all(map(gone, below))
    assert {(slot.source, slot.outcome, slot.reason) for slot in league.slots(archive)} == {
        ("hang_one", "missed", "stopped"),
        ("slow", "missed", "stopped"),
    }
    net.at("/slow.csv", answer(league.board(1)))
    assert league.run(archive, "capture", "--due", "slow").returncode == 0
    outcomes = [slot.outcome for slot in league.slots(archive) if slot.source == "slow"]
    assert outcomes == ["missed", "captured"], "it was due again"


def test_kill_9_leaves_no_lock_and_no_children(net: Internet, tmp_path: Path) -> None:
    archive = tmp_path / "a"
    league.found(archive, net, ["slow"], '[schedule]\nspread = "0s"\n')
    net.at("/slow.csv", lambda talk: talk.wait(15), answer(league.board(1)))
    with running(archive, tmp_path) as daemon:
        daemon.wait_for(is_event("slot.begins"))
        ends = time.monotonic() + 30
        while not net.asked("/slow.csv") and time.monotonic() < ends:
            time.sleep(0.05)
        below = children(daemon.process.pid)
        assert len(below) == 1
        held = league.run(archive, "capture", "--due")
        assert held.returncode == 75
        assert "Another run holds the archive" in held.stderr
        second = league.run(archive, "schedule")
        assert second.returncode == 75
        assert "Another scheduler" in second.stderr
        daemon.end(signal.SIGKILL)
        assert gone(below[0]), "a worker ends with its daemon"
    again = league.run(archive, "capture", "--due")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert [slot.outcome for slot in league.slots(archive)] == ["captured"]


def test_reload_keeps_a_sound_configuration(net: Internet, tmp_path: Path) -> None:
    archive = tmp_path / "a"
    rules = '[schedule]\nspread = "0s"\n[source.{}]\ncadence = "2s"\n'
    league.found(archive, net, ["quick_one", "quick_two"], "")
    league.configure(archive, net, ["quick_one"], rules.format("quick_one"))
    with running(archive, tmp_path, NO_LOAD="1") as daemon:
        daemon.wait_for(is_event("slot.captured", source="quick_one"))
        (archive / "archiver.toml").write_text("[schedule]\nspred = 1\n")
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_for(is_event("reload.refused"))
        [refused] = filter(is_event("reload.refused"), daemon.events())
        assert refused["level"] == "error"
        assert "schedule.spred" in refused["message"]
        assert "stays as it was" in refused["message"]
        before = sum(map(is_event("slot.captured", source="quick_one"), daemon.events()))
        daemon.wait_for(is_event("slot.captured", source="quick_one"), before + 1)
        league.configure(archive, net, ["quick_two"], rules.format("quick_two"))
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_for(is_event("slot.captured", source="quick_two"))
        assert sum(map(is_event("reload.done"), daemon.events())) == 1
        assert daemon.end(signal.SIGINT) < 10
        assert daemon.process.returncode == 0


def test_a_wrong_configuration_is_refused_at_the_start(net: Internet, tmp_path: Path) -> None:
    archive = tmp_path / "a"
    league.found(archive, net, ["one"], "")
    for text, told in (
        ("[schedule]\nspred = 1\n", "schedule.spred"),
        ('[source.none_such]\ncadence = "6h"\n', "none_such"),
    ):
        (archive / "archiver.toml").write_text(text)
        for command in (["schedule"], ["capture", "--due"]):
            done = league.run(archive, *command)
            assert done.returncode == 2
            assert told in done.stderr


def test_the_index_is_brought_up_and_systemd_is_told(net: Internet, tmp_path: Path) -> None:
    """The program itself, with a socket in systemd's place."""
    archive = tmp_path / "a"
    league.found(archive, net, ["good"], '[schedule]\nspread = "0s"\n')
    net.at("/good.csv", answer(league.board(1)))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.settimeout(0.1)
        told: list[str] = []
        enough = Event()
        heard = Thread(target=listen, args=(line, told, enough))
        heard.start()
        command = league.archiver(archive, "schedule", "--log-format", "json", "--log-level", "debug")
        env = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "2000000"}
        daemon = Running(archive, tmp_path / "log", command, **env)
        try:
            daemon.wait_for(is_event("index.published"))
            time.sleep(3)
            daemon.process.send_signal(signal.SIGHUP)
            daemon.wait_for(is_event("reload.done"))
            assert daemon.end() < 10
        finally:
            enough.set()
            heard.join()
            if daemon.process.poll() is None:
                daemon.process.kill()
                daemon.process.wait()
    assert told[0] == "READY=1"
    assert told.count("WATCHDOG=1") >= 2
    assert any(each.startswith("STATUS=1 sources; next good at ") for each in told)
    assert any(re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=\d+", each) for each in told)
    assert "STOPPING=1" in told
    rows = league.run(archive, "board", "good/main/overall", "--format", "csv")
    assert len(rows.stdout.splitlines()) == 13, rows.stderr
    gaps = league.run(archive, "sql", "SELECT count(*) FROM gaps", "--format", "csv")
    assert gaps.stdout.split()[1:] == ["0"]


def listen(line: socket.socket, told: list[str], enough: Event) -> None:
    """Until it is enough and nothing more waits: what was sent before is heard."""
    while True:
        last = enough.is_set()
        try:
            told.append(line.recv(4096).decode())
        except TimeoutError:
            if last:
                return


CONTENDER = """
import os, random, signal, sys, time
from archiver.cli.main import main
archive, seed = sys.argv[1], int(sys.argv[2])
chance = random.Random(seed)
import archiver.archive, archiver.capture.fetch, archiver.capture.sweep
# The index is another test's matter: without it a run takes milliseconds, and fifty slots are contended for.
archiver.archive.Archive._bring_up = lambda *_words, **_more: None
archiver.archive.Archive.unread = lambda *_words: []
codes = []
while not os.path.exists(archive + "/enough"):
    words = ["capture", "--due"] if chance.random() < 0.7 else ["capture"]
    child = os.fork()
    if not child:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1); os.dup2(null, 2)
        os._exit(main(["--archive", archive, *words]))
    if chance.random() < 0.2:
        time.sleep(chance.random() / 4)
        os.kill(child, signal.SIGKILL)
    codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    time.sleep(chance.random() / 2)
print(*codes)
"""


@pytest.mark.parametrize("rounds", [1, pytest.param(5, marks=pytest.mark.crash)])
def test_daemon_cron_and_command_line_at_once(net: Internet, tmp_path: Path, rounds: int) -> None:
    """Slots of a second each, several runs after each one, some of them killed: one winner a slot.

    rounds: lives of the daemon, of some thirteen slots each.
    """
    archive = tmp_path / "a"
    rules = '[schedule]\nspread = "0s"\n[source.quick_one]\ncadence = "1s"\n'
    league.found(archive, net, ["quick_one"], rules)
    days = iter(range(10**6))

    def serve(talk: Talk) -> None:
        talk.send(answer(league.board(next(days))))

    net.at("/quick_one.csv", serve)
    contenders = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", CONTENDER, str(archive), str(seed)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=league.environment(),
        )
        for seed in (1, 2)
    ]
    for _ in range(rounds):
        with running(archive, tmp_path, NO_LOAD="1") as daemon:
            time.sleep(14)
            assert daemon.process.poll() is None, daemon.events()[-3:]
            daemon.end(signal.SIGKILL)
    (archive / "enough").touch()
    codes: Counter[int] = Counter()
    for each in contenders:
        out, err = each.communicate(timeout=60)
        assert each.returncode == 0, err
        codes += Counter(map(int, out.split()))
    assert set(codes) <= {0, 75, -9}, codes
    assert codes[0] and codes[75] and codes[-9]
    assert league.run(archive, "capture", "--due").returncode == 0, "no lock is left"
    slots = list(league.slots(archive))
    ran = Counter(slot.due for slot in slots if slot.outcome != "missed")
    assert set(ran.values()) == {1}, "one winner a slot"
    dues = {due for slot in slots for due in league.dues(slot, timedelta(seconds=1))}
    assert len(dues) == (max(dues) - min(dues)).total_seconds() + 1 >= 10 * rounds, "and none unaccounted"
    assert {Every(timedelta(seconds=1)).at_or_before(due) for due in dues} == dues
    assert len({slot.by for slot in slots if slot.outcome == "captured"}) > 1, "they did contend"
    print(Counter((slot.by, slot.outcome, slot.reason) for slot in slots), codes)
    verified = league.run(archive, "verify")
    assert verified.returncode == 0, verified.stdout


def test_what_is_killed_leaves_nothing_to_wait_for(tmp_path: Path) -> None:
    """The lock is the kernel's: it goes with the process, and no child inherits it."""
    from archiver import Archive

    archive = Archive(tmp_path / "a")
    with archive.lock():
        inherited = subprocess.run(
            ["sh", "-c", "ls -l /proc/$$/fd"], capture_output=True, text=True, check=True, close_fds=False
        )
        own = subprocess.run(
            ["ls", "-l", f"/proc/{os.getpid()}/fd"], capture_output=True, text=True, check=True
        )
    assert ".archiver.lock" in own.stdout
    assert ".archiver.lock" not in inherited.stdout
