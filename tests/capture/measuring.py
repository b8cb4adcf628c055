"""Tries the cases of `faults` in a process of their own, and measures each: seconds, and the peak of memory.

The parent serves; the child asks, one case after the other, and connects to nothing but loopback (an audit
hook sees to that, whatever a name server says).
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

from archiver.capture.fetch import Fetcher
from archiver.capture.limits import Limits
from archiver.records import Reply
from archiver.sources import Media, Request
from tests.capture.fault_case import Case
from tests.capture.faults import cases
from tests.internet import NAMES, Internet

NOW = datetime(2026, 7, 20, 12, tzinfo=UTC)
CHECKOUT = Path(__file__).parents[2]


class Ended(NamedTuple):
    """How a case ended in the child."""

    ends: str
    detail: str
    size: int
    """Bytes of a body that was given back; -1 for none."""
    seconds: float
    megabytes: int
    """The peak of resident memory, 0 where the system does not tell."""
    reached: list[str]
    """Addresses that a connection was tried to, beside loopback."""


def tried(chosen: Sequence[Case]) -> Iterator[tuple[Case, Ended]]:
    """Each case, tried."""
    env = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    with (
        Internet() as net,
        subprocess.Popen(
            [sys.executable, "-c", "from tests.capture.measuring import child; child()"],
            cwd=CHECKOUT, env={**env, "PYTHONPATH": str(CHECKOUT)}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        ) as process,
    ):  # fmt: skip
        assert process.stdin and process.stdout
        for case in chosen:
            net.at("/b", case.script)
            url = net.url("/b", case.host)
            known = {**case.known, "url": url} if case.known else {}
            asked = {
                "url": url, "media": case.media, "addresses": case.addresses, "known": known,
                "trusted": case.trusted, "deadline": case.deadline, "cap": case.cap,
            }  # fmt: skip
            process.stdin.write(json.dumps(asked) + "\n")
            process.stdin.flush()
            yield case, Ended(**json.loads(process.stdout.readline()))
        process.stdin.close()


def child() -> None:
    """Reads what to ask, a line each, and tells how it ended."""
    reached: list[str] = []
    sys.addaudithook(lambda event, arguments: _only_loopback(event, arguments, reached))
    for line in sys.stdin:
        reached.clear()
        asked = json.loads(line)
        _forget_the_peak()
        began = time.perf_counter()
        reply = _fetched(asked)
        seconds = round(time.perf_counter() - began, 3)
        size = -1 if reply.body is None else len(reply.body)
        ends = reply.reason or ("unchanged" if reply.not_modified else "good")
        told = Ended(ends, reply.detail, size, seconds, _peak(), reached)
        print(json.dumps(told._asdict()), flush=True)


def _fetched(asked: dict[str, Any]) -> Reply:
    caps = {"received": asked["cap"], "decoded": asked["cap"]} if asked["cap"] else {}
    fetcher = Fetcher(
        user_agent="t",
        limits=Limits(attempts=1, deadline=timedelta(seconds=asked["deadline"]), **caps),
        now=lambda: NOW,
        sleep=lambda seconds: None,
        allow_private={urlsplit(asked["url"]).hostname or ""} if asked["trusted"] else frozenset(),
        resolve=cast("Any", _resolver(asked["addresses"])),
    )
    media = cast("Media", asked["media"])
    return fetcher.fetch(Request(asked["url"]), media=media, validators=asked["known"])


def _resolver(told: list[str]) -> Callable[[str, int], object]:
    """A name server that may say something else each time; names of `.test` are this machine."""
    waiting = list(told)

    def resolve(host: str, port: int) -> object:
        if host in NAMES:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        said = waiting.pop(0) if len(waiting) > 1 else waiting[0] if waiting else ""
        if not said:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        families = (socket.AF_INET, socket.AF_INET6)
        return [
            (families[":" in address], socket.SOCK_STREAM, 6, "", (address, port))
            for address in said.split(",")
        ]

    return resolve


def _only_loopback(event: str, arguments: tuple[Any, ...], reached: list[str]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        address = str(arguments[1][0])
        if not address.startswith("127.") and address != "::1":
            reached.append(address)
            raise ConnectionRefusedError(f"a test connects to loopback only, not to {address}")


def _forget_the_peak() -> None:
    """Begins the peak of memory anew, where the system can."""
    if Path("/proc/self/clear_refs").exists():
        Path("/proc/self/clear_refs").write_text("5", "ascii")


def _peak() -> int:
    if not Path("/proc/self/status").exists():
        return 0
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))


def printed() -> None:
    """The table, as Markdown."""
    print("| | what comes | ends as | s | MB |\n|---|---|---|---:|---:|")
    group, count, late, most = "", 0, -99.0, 0
    for case, ended in tried(cases()):
        count, late, most = count + 1, max(late, ended.seconds - case.deadline), max(most, ended.megabytes)
        shown = case.group if case.group != group else ""
        group = case.group
        name = (
            case.name.replace("|", "\\|").encode("unicode_escape").decode()
            if "\t" in case.name
            else case.name
        )
        print(f"| {shown} | {name} | {ended.ends} | {ended.seconds:.2f} | {ended.megabytes} |", flush=True)
    print(f"\n{count} cases: at most {late:.2f} s after its deadline, and {most} MB of memory")
