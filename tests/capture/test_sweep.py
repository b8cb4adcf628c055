"""A pass: hosts side by side, two requests at a time to one, each result kept as it comes."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from archiver.capture.events import Event
from archiver.capture.fetch import Fetcher
from archiver.capture.progress import progress
from archiver.capture.sweep import Job, jobs, sweep
from archiver.errors import ParseFailed
from archiver.records import Capture, Reply
from archiver.sources import Request, Route, Source
from tests.capture.conftest import Make
from tests.internet import Internet, Talk, answer

BOARD = b"model,score\na,1\n"
NOW = datetime(2026, 7, 20, tzinfo=UTC)


class Ledger:
    """Keeps in memory, and holds that one thread only writes it."""

    def __init__(self) -> None:
        self.lines: list[Capture] = []
        self.thread = threading.current_thread()

    def keep(self, source: str, route: str, reply: Reply) -> Capture:
        assert threading.current_thread() is self.thread
        outcome = "failed" if reply.reason else "unchanged" if reply.not_modified else "stored"
        line = Capture(
            capture_id=str(len(self.lines)),
            ledger="ledger-test.jsonl",
            line=len(self.lines) + 1,
            source=source,
            route=route,
            url=reply.url,
            captured_at=reply.captured_at,
            loaded_at=reply.captured_at,
            outcome=outcome,
            reason=reply.reason,
            detail=reply.detail,
            sha256="0" * 64 if reply.body is not None or reply.not_modified else None,
            final_url=reply.final_url,
            headers=reply.headers,
        )
        self.lines.append(line)
        return line

    def last(self, source: str, url: str) -> Capture | None:
        assert threading.current_thread() is self.thread
        return next((line for line in reversed(self.lines) if (line.source, line.url) == (source, url)), None)


def job(url: str, source: str = "s", **more: object) -> Job:
    return Job(source, "r", Request(url), "csv", **more)  # type: ignore[arg-type]  # options of a test


def run(fetcher: Fetcher, todo: Sequence[Job], ledger: Ledger | None = None) -> list[Capture]:
    ledger = ledger or Ledger()
    return sweep(todo, fetcher, ledger.keep, ledger.last)


def slow(talk: Talk) -> None:
    talk.wait(0.3)
    talk.send(answer(BOARD))


def test_hosts_run_side_by_side_and_no_host_gets_more_than_two(net: Internet, make: Make) -> None:
    net.at("/b", slow)
    todo = [job(net.url(f"/b?{n}", f"{host}.test")) for host in "abcd" for n in range(6)]
    began = time.monotonic()
    lines = run(make(), todo)
    assert [line.outcome for line in lines] == ["stored"] * 24
    assert net.most == 2
    assert 0.9 <= time.monotonic() - began < 6, "three rounds of 0.3 s, not twenty-four"


def test_redirects_take_turns_at_the_host_they_lead_to(net: Internet, make: Make) -> None:
    net.at("/b", slow)
    for n, host in enumerate("bcde"):
        net.at(f"/from-{host}", answer(status=302, headers={"Location": net.url(f"/b?{n}", "a.test")}))
    run(make(), [job(net.url(f"/from-{host}", f"{host}.test")) for host in "bcde"])
    assert len(net.asked("/b")) == 4 and net.most == 2


def test_results_are_kept_as_they_come(net: Internet, make: Make) -> None:
    net.at("/slow", slow)
    net.at("/fast", answer(BOARD))
    net.at("/gone", answer(status=404))
    ledger = Ledger()
    todo = [job(net.url("/slow", "a.test")), job(net.url("/gone", "b.test")), job(net.url("/fast", "c.test"))]
    assert run(make(), todo, ledger) == ledger.lines
    assert ledger.lines[-1].url == net.url("/slow", "a.test")
    assert sorted(line.outcome for line in ledger.lines) == ["failed", "stored", "stored"]


def test_the_next_pass_asks_whether_it_changed(net: Internet, make: Make) -> None:
    url = net.at("/b", answer(BOARD, headers={"ETag": '"1"'}), answer(status=304, length=None))
    ledger = Ledger()
    run(make(), [job(url)], ledger)
    assert [line.outcome for line in run(make(), [job(url)], ledger)] == ["unchanged"]
    assert net.seen[1].headers["if-none-match"] == '"1"'


def test_an_override_and_secrets_reach_the_request(net: Internet, make: Make) -> None:
    url = net.at("/b", answer(BOARD))
    (line,) = run(make(), [job(url, robots=True, override="agreed", secret_headers={"X-Key": "s"})])
    assert line.detail == "robots.txt was not asked: agreed" and net.seen[0].headers["x-key"] == "s"


def listing(net: Internet) -> Generator[Request, bytes, Sequence[Request]]:
    first = yield Request(net.url("/list", "a.test"))
    second = yield Request(net.url(f"/list/{first.decode()}", "b.test"), json={"n": 1})
    if second == b"surprise":
        raise ParseFailed("no names in it")
    if second == b"slip":
        raise KeyError("names")
    return [Request(net.url(f"/{name}", "c.test")) for name in second.decode().split()]


def test_a_discovery_is_driven_to_its_requests(net: Internet, make: Make) -> None:
    net.at("/list", answer(b"7"))
    net.at("/list/7", answer(b"one two"))
    net.at("/one", answer(BOARD))
    net.at("/two", answer(BOARD))
    lines = run(make(), [Job("s", "r", lambda: listing(net), "csv")])
    assert sorted(line.url for line in lines) == [net.url("/one", "c.test"), net.url("/two", "c.test")]
    assert [seen.method for seen in net.seen] == ["GET", "POST", "GET", "GET"]


@pytest.mark.parametrize(
    ("first", "second", "failed", "reason"),
    [
        (answer(status=500), b"", "/list", "http-status"),
        (answer(b"7"), answer(b"", status=404), "/list/7", "http-status"),
        (answer(b"7"), answer(b""), "/list/7", "empty"),
        (answer(b"7"), answer(b"surprise"), "/list/7", "wrong-type"),
        (answer(b"7"), answer(b"slip"), "/list/7", "wrong-type"),
        (answer(b"<title>Just a moment...</title>"), b"", "/list", "challenge"),
    ],
)
def test_a_discovery_that_fails_is_recorded_under_what_failed(
    net: Internet, make: Make, first: bytes, second: bytes, failed: str, reason: str
) -> None:
    net.at("/list", first)
    net.at("/list/7", second)
    other = net.at("/b", answer(BOARD))
    lines = run(make(), [Job("s", "r", lambda: listing(net), "csv"), job(other)])
    assert len(lines) == 2, "the other source has its pass"
    (line,) = [line for line in lines if line.outcome == "failed"]
    assert (line.route, line.url.partition(str(net.port))[2], line.reason) == ("r", failed, reason)


def test_a_discovery_that_finds_nothing_is_a_failure(net: Internet, make: Make) -> None:
    def none() -> Generator[Request, bytes, Sequence[Request]]:
        yield Request(net.at("/list", answer(b"nothing")))
        return []

    (line,) = run(make(), [Job("s", "r", none, "csv")])
    assert (line.outcome, line.url, line.detail) == (
        "failed",
        net.url("/list"),
        "The listing names nothing to capture.",
    )


def test_events(net: Internet, make: Make) -> None:
    url, gone = net.at("/b", answer(BOARD)), net.at("/gone", answer(status=404))
    events: list[Event] = []
    ledger = Ledger()
    sweep([job(url), job(gone)], make(), ledger.keep, ledger.last, events.append)
    told = {event.url: event for event in events if event.kind == "done"}
    assert [event.kind for event in events if event.url == url] == ["planned", "started", "done"]
    assert (told[url].outcome, told[url].size, told[url].reason) == ("stored", len(BOARD), None)
    assert (told[gone].outcome, told[gone].reason) == ("failed", "http-status")
    assert all(event.seconds is not None and event.seconds >= 0 for event in told.values())


def test_jobs_of_a_source() -> None:
    routes = [
        Route(name="file", media="csv", pattern=".*", captures=["http://a.test/1", "http://a.test/2"]),
        Route(name="page", media="html", pattern=".*", discover=lambda: iter(()), robots=True),  # type: ignore[arg-type,return-value]  # never run
    ]
    facts = {"title": "", "homepage": "", "license": "", "attribution": ""}
    source = Source(**facts, routes=routes, boards={}, cadence=timedelta(1), version=1)  # type: ignore[arg-type]  # a mapping of the text fields
    found = list(jobs("s", source, override="agreed"))
    assert [(j.route, j.media, j.robots, j.override) for j in found] == [
        ("file", "csv", False, "agreed"),
        ("file", "csv", False, "agreed"),
        ("page", "html", True, "agreed"),
    ]


class Broken(Exception):
    pass


def test_a_ledger_that_cannot_be_written_ends_the_pass_at_once(net: Internet, make: Make) -> None:
    net.at("/b", answer(BOARD))
    net.at("/hang", lambda talk: talk.wait(9))
    kept: list[str] = []

    def keep(source: str, route: str, reply: Reply) -> Capture:
        kept.append(reply.url)
        raise Broken

    began = time.monotonic()
    todo = [job(net.url("/hang", f"{host}.test")) for host in "abc"] + [job(net.url("/b", "d.test"))]
    with pytest.raises(Broken):
        sweep(todo, make(deadline=timedelta(seconds=30)), keep, lambda source, url: None)
    assert kept == [net.url("/b", "d.test")] and time.monotonic() - began < 7


def test_stop_ends_what_is_under_way_and_every_wait(net: Internet, make: Make) -> None:
    hanging = net.at("/hang", lambda talk: talk.wait(9))
    waiting = net.at("/later", answer(status=503, headers={"Retry-After": "50"}))
    fetcher = make(deadline=timedelta(seconds=30), attempts=3, per_host=3, sleep=None)
    replies: list[Reply] = []
    threads = [
        threading.Thread(target=lambda url=url: replies.append(fetcher.fetch(Request(url), media="csv")))
        for url in [hanging, hanging, hanging, hanging, waiting]
    ]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    began = time.monotonic()
    fetcher.stop()
    for thread in threads:
        thread.join()
    assert time.monotonic() - began < 7 and all(reply.reason for reply in replies)
    assert fetcher.fetch(Request(waiting), media="csv").reason == "network"


INTERRUPTED = """
import sys
from datetime import timedelta
from archiver.capture.fetch import Fetcher
from archiver.capture.limits import Limits
from archiver.capture.sweep import Job, sweep
from archiver.sources import Request
from tests.capture.test_sweep import Ledger
ledger = Ledger()
def keep(*facts):
    line = ledger.keep(*facts)
    print("kept", line.url, flush=True)
    return line
fetcher = Fetcher(user_agent="t", limits=Limits(), allow_private={"127.0.0.1", "localhost"})
jobs = [Job("s", "r", Request(url), "csv") for url in sys.argv[1:]]
try:
    sweep(jobs, fetcher, keep, ledger.last)
except KeyboardInterrupt:
    print("interrupted", len(ledger.lines), flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="sends a real SIGINT")
def test_ctrl_c_leaves_what_is_kept(net: Internet) -> None:
    good, hang = net.at("/b", answer(BOARD)), net.at("/hang", lambda talk: talk.wait(15))
    command = [
        sys.executable,
        "-W",
        "error",
        "-c",
        INTERRUPTED,
        hang,
        hang,
        good.replace("127.0.0.1", "localhost"),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stderr
        assert process.stdout.readline().startswith("kept")
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == "interrupted 1\n"
        assert process.wait(20) == 0 and time.monotonic() - began < 7
        assert process.stderr.read() == ""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_shows_on_a_terminal_only(net: Internet, make: Make) -> None:
    url, gone = net.at("/b", answer(BOARD)), net.at("/gone", answer(status=404))
    for stream in (Terminal(), io.StringIO()):
        with progress(stream) as watch:
            ledger = Ledger()
            sweep([job(url), job(gone, "[red]x")], make(), ledger.keep, ledger.last, watch)
        text = stream.getvalue()
        assert ("2/2" in text and "1 failed" in text) is stream.isatty()
        assert bool(text) is stream.isatty()
