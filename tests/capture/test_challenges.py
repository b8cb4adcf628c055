"""A challenge is one under any status, and is kept as evidence."""

from __future__ import annotations

import gzip

import pytest

from archiver.sources import Request
from tests.capture.conftest import Make
from tests.internet import Internet, Talk, answer

CLOUDFLARE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>"
VERCEL = b"<!DOCTYPE html><html><head><title>Vercel Security Checkpoint</title></head><body></body></html>"


@pytest.mark.parametrize("media", ["html", "parquet", "json", "csv"])
@pytest.mark.parametrize("status", [200, 202, 403, 429, 503])
def test_by_its_page(net: Internet, make: Make, status: int, media: str) -> None:
    packed = answer(gzip.compress(CLOUDFLARE), status, {"Content-Encoding": "gzip"})
    url = net.at("/b", packed)
    reply = make(attempts=3).fetch(Request(url), media=media)  # type: ignore[arg-type]  # one of Media
    assert (reply.reason, reply.body, reply.status) == ("challenge", CLOUDFLARE, status)
    assert "Cloudflare" in reply.detail and reply.detail.startswith("127.0.0.1: ")
    assert len(net.seen) == 1, "asking again does not help"


@pytest.mark.parametrize(
    ("header", "value", "who"),
    [
        ("cf-mitigated", "challenge", "Cloudflare"),
        ("X-Vercel-Mitigated", "challenge", "Vercel"),
        ("x-amzn-waf-action", "challenge", "AWS WAF"),
        ("x-amzn-waf-action", "captcha", "AWS WAF"),
    ],
)
@pytest.mark.parametrize("body", [b"", b"<html>something new</html>"])
def test_by_the_guards_own_word(
    net: Internet, make: Make, header: str, value: str, who: str, body: bytes
) -> None:
    url = net.at("/b", answer(body, 403, {header: value}))
    reply = make().fetch(Request(url), media="html")
    assert (reply.reason, reply.body) == ("challenge", body or None) and who in reply.detail


def test_an_error_page_is_read_no_further_than_needed(net: Internet, make: Make) -> None:
    def pour(talk: Talk) -> None:
        talk.send(answer(VERCEL, 429, length=10**9))
        while not talk.closing.is_set():
            talk.send(b" " * 65536)

    reply = make(evidence=100_000).fetch(Request(net.at("/b", pour)), media="html")
    assert reply.reason == "challenge" and reply.body and len(reply.body) <= 200_000


def test_an_error_page_that_cannot_be_read_leaves_its_status(net: Internet, make: Make) -> None:
    for body, headers in ((b"x", {"Content-Encoding": "br"}), (b"xxxx", {"Content-Encoding": "gzip"})):
        url = net.at("/b", answer(body, 403, headers, length=99))
        reply = make().fetch(Request(url), media="html")
        assert (reply.reason, reply.body) == ("http-status", None)
        assert reply.detail == "127.0.0.1 answered 403 Forbidden."
