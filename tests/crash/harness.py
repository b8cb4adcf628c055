"""A publisher on loopback whose board changes at each request, an archive of it, a worker to be killed."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
DEFINITION = """
title = "{name}"
url = "http://127.0.0.1:{port}/{name}.csv"
format = "csv"
metric = "accuracy (%)"
order = "descending"

[columns]
model = "Model"
score = "Score"
"""


def board(number: int) -> bytes:
    """Version `number` of a board of 40 models, most of it as in the version before."""
    rows = [(f"model-{at}", 40 + at / 2 + ((number + at) % 7 == 0) * number / 100) for at in range(40)]
    return "".join(["Model,Score\n", *(f"{name},{score:.2f}\n" for name, score in rows)]).encode()


class _Publisher(ThreadingHTTPServer):
    daemon_threads = True
    served = 0

    def handle_error(self, *_request: object) -> None:
        """Whoever asked was killed: nothing to say of that."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """The next version; every fourth answer repeats the one before it."""
        server = self.server
        assert isinstance(server, _Publisher)
        server.served += 1
        body = b"" if self.path == "/robots.txt" else board(server.served - server.served % 4 // 3)
        self.send_response(404 if self.path == "/robots.txt" else 200)
        self.send_header("Content-Type", "text/csv")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Says nothing."""


@contextmanager
def publisher() -> Iterator[int]:
    """The port of a server whose board changes."""
    server = _Publisher(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def archive(folder: Path, port: int, sources: int = 1) -> Path:
    """An archive directory whose configured sources are boards of that publisher."""
    (folder / "boards").mkdir(parents=True)
    (folder / "snapshots").mkdir()
    names = [f"acme{number}" for number in range(sources)]
    for name in names:
        (folder / "boards" / f"{name}.toml").write_text(DEFINITION.format(name=name, port=port), "utf-8")
    told = f'sources = {json.dumps(names)}\nallow_hosts = ["127.0.0.1:{port}"]\n'
    (folder / "archiver.toml").write_text(told, "utf-8")
    return folder


def environment(**more: str) -> dict[str, str]:
    """Of the processes that are killed: this checkout's package, no proxy, one collector."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {**kept, "PYTHONPATH": str(ROOT), "ARCHIVER_COLLECTOR": "one", **more}


class Pass(NamedTuple):
    """What a pass said before it ended or was killed."""

    acknowledged: dict[str, str]
    """Ledger → head, the last that was acknowledged."""
    published: bool
    error: str
    seconds: float


class Worker:
    """The script worker.py in a process of its own."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("worker.py"))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(), cwd=ROOT,
        )  # fmt: skip

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_error: object) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()

    def _ask(self, **asked: object) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def capture(self, folder: Path, kill_after: float | None = None) -> Pass:
        """One pass, killed with SIGKILL after so many seconds."""
        answer = self._ask(do="capture", archive=str(folder), kill_after=kill_after)
        acknowledged: dict[str, str] = {}
        for said in answer["said"]:
            acknowledged |= said.get("acknowledged", {})
        published = any("published" in said for said in answer["said"])
        error = "".join(said.get("error", "") for said in answer["said"])
        return Pass(acknowledged, published, error, answer["seconds"])

    def check(
        self, folder: Path, acknowledged: Mapping[str, str], *, published: bool, full: bool
    ) -> list[str]:
        """What is wrong with an archive after a crash; full: after its recovery too."""
        answer = self._ask(
            do="check", archive=str(folder), acknowledged=dict(acknowledged), published=published, full=full
        )
        return [str(said.get("problem") or said.get("error")) for said in answer["said"]]


class Killed(NamedTuple):
    """What many kills came to."""

    passes: int
    in_time: int
    """Passes that had published before they were killed."""
    acknowledged: int
    """Passes of which something had been acknowledged when they were killed."""
    problems: list[str]

    @property
    def kills(self) -> int:
        """Passes that were killed before they had published."""
        return self.passes - self.in_time


def kill_many(worker: Worker, folder: Path, port: int, kills: int, seed: int, full_every: int) -> Killed:
    """Kills that many passes at random moments before they have published; checks the archive after each."""
    chance = random.Random(seed)  # noqa: S311  # the same moments, as far as the machine allows
    problems: list[str] = []
    in_time = told = done = folders = 0
    while done - in_time < kills:
        here = archive(folder / f"archive{folders}", port)
        folders += 1
        whole = max(worker.capture(here).seconds for _ in range(2))
        heads: dict[str, str] = {}
        published = True
        for _ in range(100):
            if done - in_time == kills:
                break
            done += 1
            said = worker.capture(here, chance.uniform(0, 1.05 * whole))
            heads |= said.acknowledged
            in_time += said.published
            told += bool(said.acknowledged) and not said.published
            if said.error:
                problems.append(f"kill {done}: {said.error}")
            full = done % full_every == 0
            found = worker.check(here, heads, published=published, full=full)
            problems += [f"kill {done}: {problem}" for problem in found]
    return Killed(done, in_time, told, problems)
