"""What is transient is asked again; what a server asks for is kept, up to a cap."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from archiver.capture.limits import Limits
from archiver.capture.retry import backoff, retry_after
from archiver.sources import Request
from tests.capture.conftest import Make
from tests.internet import Internet, Script, answer

BOARD = b"model,score\na,1\n"
NOW = datetime(2026, 7, 20, tzinfo=UTC)
TRANSIENT: list[bytes | Script] = [
    *(answer(status=status) for status in (429, 500, 502, 503, 504)),
    lambda talk: talk.reset(),
    lambda talk: None,
    lambda talk: talk.wait(5),
    answer(BOARD, length=999),
]


@pytest.mark.parametrize("fault", TRANSIENT)
def test_what_is_transient_is_asked_again(net: Internet, make: Make, fault: bytes | Script) -> None:
    url = net.at("/b", fault, fault, answer(BOARD))
    fetcher = make(attempts=3, deadline=timedelta(seconds=0.3))
    reply = fetcher.fetch(Request(url), media="csv")
    assert (reply.body, reply.reason) == (BOARD, None)
    assert fetcher.waits == [1.0, 2.0]  # type: ignore[attr-defined]


LASTING = [
    *(answer(status=status) for status in (400, 401, 403, 404, 410, 451, 501, 505)),
    *(answer(b""), answer(b"<html>x</html>"), answer(b"x", headers={"Content-Encoding": "br"})),
    *(answer(status=302, headers={"Location": "file:///etc/passwd"}), answer(b"x", length=10**12)),
]


@pytest.mark.parametrize("fault", LASTING)
def test_what_lasts_is_not(net: Internet, make: Make, fault: bytes) -> None:
    url = net.at("/b", fault, answer(BOARD))
    reply = make(attempts=3).fetch(Request(url), media="csv")
    assert reply.reason and len(net.seen) == 1


def test_the_last_attempt_is_told(net: Internet, make: Make) -> None:
    url = net.at("/b", answer(status=503))
    reply = make(attempts=3).fetch(Request(url), media="csv")
    assert (reply.reason, reply.status, len(net.seen)) == ("http-status", 503, 3)
    assert reply.detail == "127.0.0.1 answered 503 Service Unavailable (tried 3 times)."


HTTP_DATES = {
    "Mon, 20 Jul 2026 00:00:30 GMT": 30,
    "Monday, 20-Jul-26 00:00:30 GMT": 30,
    "Mon Jul 20 00:00:30 2026": 30,
    "Sun, 19 Jul 2026 00:00:00 GMT": 0,
}
RETRY_AFTER = {"0": 0, "7": 7, " 7 ": 7, "000": 0, **HTTP_DATES}
SAYS_NOTHING = [
    "",
    "soon",
    "-5",
    "1.5",
    "+3",
    "٣",
    "Mon, 99 Foo 2026",
    "\x00",
    "1e3",
    "7 s",
    "Mon",
    ",",
    "()",
]
TOO_LONG = ["21600", "61", "9" * 400, "Mon, 20 Jul 2026 06:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"]


@pytest.mark.parametrize("value", RETRY_AFTER)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_kept(net: Internet, make: Make, value: str, status: int) -> None:
    url = net.at("/b", answer(status=status, headers={"Retry-After": value}), answer(BOARD))
    fetcher = make(attempts=3, now=lambda: NOW, random=lambda: 0.0)
    assert fetcher.fetch(Request(url), media="csv").body == BOARD
    assert sum(fetcher.waits) == pytest.approx(RETRY_AFTER[value], abs=0.5)  # type: ignore[attr-defined]


@pytest.mark.parametrize("value", SAYS_NOTHING)
def test_a_retry_after_that_says_nothing(value: str) -> None:
    assert retry_after(value, NOW) is None


def test_a_garbage_retry_after_is_waited_as_any_other(net: Internet, make: Make) -> None:
    url = net.at("/b", answer(status=503, headers={"Retry-After": "-1"}), answer(BOARD))
    fetcher = make(attempts=2)
    assert fetcher.fetch(Request(url), media="csv").body == BOARD
    assert fetcher.waits == [1.0]  # type: ignore[attr-defined]


@pytest.mark.parametrize("value", TOO_LONG)
@pytest.mark.parametrize("status", [429, 500, 503])
def test_six_hours_are_not_waited(net: Internet, make: Make, value: str, status: int) -> None:
    url = net.at("/b", answer(status=status, headers={"Retry-After": value}), answer(BOARD))
    fetcher = make(attempts=3, now=lambda: NOW)
    reply = fetcher.fetch(Request(url), media="csv")
    assert reply.reason == "rate-limited" and "60 s at most" in reply.detail
    assert fetcher.waits == [] and len(net.seen) == 1  # type: ignore[attr-defined]


def test_a_whole_host_is_left_alone_until_then(net: Internet, make: Make) -> None:
    """A server that asks one request to wait means the client, not the URL."""
    busy = net.at("/busy", answer(status=429, headers={"Retry-After": "40"}), answer(BOARD))
    other = net.at("/b", answer(BOARD))
    fetcher = make()
    assert fetcher.fetch(Request(busy), media="csv").reason == "rate-limited"
    assert fetcher.fetch(Request(other), media="csv").body == BOARD
    assert fetcher.waits == [pytest.approx(40, abs=1)]  # type: ignore[attr-defined]
    net.at("/busy", answer(status=503, headers={"Retry-After": "7200"}))
    assert fetcher.fetch(Request(busy), media="csv").reason == "rate-limited"
    asked = len(net.seen)
    reply = fetcher.fetch(Request(other), media="csv")
    assert reply.reason == "rate-limited" and len(net.seen) == asked and "127.0.0.1 asked" in reply.detail
    assert fetcher.fetch(Request(net.url("/b", "b.test")), media="csv").body == BOARD


def test_patience_bounds_all_attempts_together(net: Internet, make: Make) -> None:
    url = net.at("/b", lambda talk: talk.wait(9))
    began = time.monotonic()
    fetcher = make(
        attempts=99,
        deadline=timedelta(seconds=0.4),
        patience=timedelta(seconds=1),
        sleep=time.sleep,
        random=lambda: 0.1,
    )
    assert fetcher.fetch(Request(url), media="csv").reason == "timeout"
    assert time.monotonic() - began < 15


def test_backoff_doubles_to_its_cap_and_is_drawn_from_zero() -> None:
    limits = Limits(backoff=timedelta(seconds=1), backoff_cap=timedelta(seconds=5))
    assert [backoff(n, limits, lambda: 1.0) for n in (1, 2, 3, 4, 99)] == [1, 2, 4, 5, 5]
    assert backoff(3, limits, lambda: 0.0) == 0
