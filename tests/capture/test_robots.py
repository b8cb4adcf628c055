"""robots.txt as RFC 9309 has it, once per host and pass."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from itertools import pairwise

import pytest

from archiver.records import Reply
from archiver.sources import Request
from tests.capture.conftest import Make
from tests.internet import Internet, Script, Talk, answer, redirect

PAGE = b"<!doctype html><html><body><table><tr><td>1</td></tr></table></body></html>"
FORBID = b"User-agent: *\nDisallow: /private\n"


@pytest.fixture
def ask(net: Internet, make: Make) -> object:
    def run(robots_txt: bytes | Script, path: str = "/page", **options: object) -> Reply:
        net.at("/robots.txt", robots_txt)
        url = net.at(path, answer(PAGE))
        override = str(options.pop("override", ""))
        return make(**options).fetch(Request(url), media="html", robots=True, override=override)

    return run


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        (FORBID, "/page", True),
        (FORBID, "/private/page", False),
        (b"", "/page", True),
        (b"User-agent: *\nDisallow:\n", "/page", True),
        (b"User-agent: *\nDisallow: /\n", "/page", False),
        (b"User-agent: *\nDisallow: /\nAllow: /page\n", "/page", True),
        (b"User-agent: *\nDisallow: /\n\nUser-agent: llm-leaderboard-archiver\nAllow: /\n", "/page", True),
        (b"User-agent: LLM-Leaderboard-Archiver\nDisallow: /page\n", "/page", False),
        (b"User-agent: archiver\nDisallow: /\n", "/page", True),
        (b"User-agent: GPTBot\nDisallow: /\n", "/page", True),
        (b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /*.html$\r\n", "/page.html", False),
        (b"\xff\xfe garbage \x00\n<html>", "/page", True),
    ],
)
def test_rules(ask, rules: bytes, path: str, allowed: bool) -> None:  # type: ignore[no-untyped-def]  # fixture
    reply = ask(answer(rules), path)
    assert reply.reason == (None if allowed else "robots"), reply.detail
    assert reply.body == (PAGE if allowed else None)
    if not allowed:
        assert (
            reply.detail
            == "The robots.txt of 127.0.0.1 asks llm-leaderboard-archiver not to fetch this page."
        )


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429])
def test_no_robots_txt_forbids_nothing(ask, status: int) -> None:  # type: ignore[no-untyped-def]  # fixture
    assert ask(answer(b"no", status=status)).body == PAGE


@pytest.mark.parametrize(
    "fault",
    [answer(status=500), answer(status=503), lambda talk: talk.wait(9), lambda talk: talk.reset()],
)
def test_an_unreachable_one_means_not_now(ask, net: Internet, fault: bytes | Script) -> None:  # type: ignore[no-untyped-def]  # fixture
    began = time.monotonic()
    reply = ask(fault, deadline=timedelta(seconds=0.5))
    assert reply.reason == "robots" and "unreachable" in reply.detail and "127.0.0.1" in reply.detail
    assert not net.asked("/page") and time.monotonic() - began < 7


def test_a_slow_one_takes_from_the_same_patience(net: Internet, make: Make) -> None:
    def slow(talk: Talk) -> None:
        talk.wait(0.7)
        talk.send(answer(b""))

    net.at("/robots.txt", slow)
    url = net.at("/page", lambda talk: talk.wait(9))
    began = time.monotonic()
    fetcher = make(deadline=timedelta(seconds=1), patience=timedelta(seconds=1))
    assert fetcher.fetch(Request(url), media="html", robots=True).reason == "timeout"
    assert time.monotonic() - began < 7


def test_redirects_of_robots_txt(ask, net: Internet) -> None:  # type: ignore[no-untyped-def]  # fixture
    """Up to five are followed, to other hosts too; more mean that there is none (RFC 9309, 2.3.1.2)."""
    net.at("/r1", answer(b"User-agent: *\nDisallow: /\n"))
    assert ask(redirect(net.url("/r1", "b.test"))).reason == "robots"
    assert ask(redirect("/robots.txt")).body == PAGE


def test_a_huge_one_is_read_as_far_as_the_cap(ask) -> None:  # type: ignore[no-untyped-def]  # fixture
    rules = b"User-agent: *\nDisallow: /page\n" + b"# more\n" * 200_000
    assert ask(answer(rules)).reason == "robots"


def test_the_operator_may_override_with_a_reason(ask, net: Internet) -> None:  # type: ignore[no-untyped-def]  # fixture
    reply = ask(answer(b"User-agent: *\nDisallow: /\n"), override="the publisher agreed by mail")
    assert reply.body == PAGE
    assert reply.detail == "robots.txt was not asked: the publisher agreed by mail"
    assert not net.asked("/robots.txt")


def test_files_for_programs_are_not_asked_about(net: Internet, make: Make) -> None:
    url = net.at("/board.csv", answer(b"a,b\n"))
    assert make().fetch(Request(url), media="csv").body
    assert [seen.target for seen in net.seen] == ["/board.csv"]


def test_it_is_asked_once_per_host_and_pass(net: Internet, make: Make) -> None:
    net.at("/robots.txt", answer(FORBID))
    net.at("/page", answer(PAGE))
    fetcher = make()
    urls = [net.url("/page", host) for host in ("a.test", "b.test") for _ in range(4)]
    threads = [
        threading.Thread(target=lambda url=url: fetcher.fetch(Request(url), media="html", robots=True))
        for url in urls
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen.host for seen in net.asked("/robots.txt")) == ["a.test", "b.test"]
    assert len(net.asked("/page")) == 8


def test_a_page_that_leads_elsewhere_is_asked_about_there(net: Internet, make: Make) -> None:
    net.at("/robots.txt", answer(b"User-agent: *\nDisallow: /private\n"))
    url = net.at("/page", redirect(net.url("/private/page", "b.test")))
    reply = make().fetch(Request(url), media="html", robots=True)
    assert (reply.reason, len(reply.hops)) == ("robots", 1) and "b.test" in reply.detail
    assert not net.asked("/private/page")


def test_robots_txt_is_private_too(net: Internet, make: Make) -> None:
    reply = make(allow_private=()).fetch(Request(net.url("/page")), media="html", robots=True)
    assert reply.reason == "refused-address" and not net.seen


def test_a_crawl_delay_keeps_requests_apart_up_to_a_cap(net: Internet, make: Make) -> None:
    net.at("/robots.txt", answer(b"User-agent: *\nCrawl-delay: 3600\n"))
    url = net.at("/page", answer(PAGE))
    fetcher = make(crawl_delay=timedelta(seconds=0.3), sleep=time.sleep)
    for _ in range(3):
        assert fetcher.fetch(Request(url), media="html", robots=True).body == PAGE
    times = [seen.at for seen in net.seen]
    assert len(times) == 4
    assert all(later - earlier >= 0.25 for earlier, later in pairwise(times))
