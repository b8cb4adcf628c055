"""What one request does when all is well, and what the records say of it."""

from __future__ import annotations

import gzip
import zlib
from datetime import UTC, datetime

import pytest

from archiver.capture.fetch import validators
from archiver.capture.limits import Limits, user_agent
from archiver.records import REASONS, Capture
from archiver.sources import Request
from tests.capture.conftest import Make
from tests.internet import Internet, answer, redirect

BOARD = b"model,score\n" + b"".join(b"model-%d,%d\n" % (n, 1500 - n) for n in range(200))


def test_a_good_answer_is_recorded_whole(net: Internet, make: Make) -> None:
    url = net.at("/b.csv", answer(BOARD, headers=[("X-A", "1"), ("ETag", '"v1"'), ("X-A", "2")]))
    seen_at = datetime(2026, 7, 20, 11, 4, 33, tzinfo=UTC)
    reply = make(now=lambda: seen_at).fetch(Request(url), media="csv")
    assert (reply.body, reply.reason, reply.detail, reply.status) == (BOARD, None, "", 200)
    assert (reply.url, reply.final_url, reply.hops) == (url, url, ())
    assert reply.captured_at == reply.started_at == seen_at
    assert reply.seconds is not None and 0 <= reply.seconds < 60
    assert [pair for pair in reply.headers if pair[0] == "X-A"] == [("X-A", "1"), ("X-A", "2")]
    (seen,) = net.seen
    assert seen.headers["user-agent"] == "llm-leaderboard-archiver/1.2.3 (tests)"
    assert seen.headers["accept-encoding"] == "gzip, deflate"
    assert "cookie" not in seen.headers and "authorization" not in seen.headers


@pytest.mark.parametrize("length", [-1, None])
def test_bodies_come_back_exactly(net: Internet, make: Make, length: int | None) -> None:
    body = bytes(range(256)) * 3 + b"\r\n\xff"
    url = net.at("/b", answer(body, length=length))
    assert make().fetch(Request(url), media=None).body == body


def chunked(body: bytes, size: int) -> bytes:
    parts = [body[n : n + size] for n in range(0, len(body), size)]
    return b"".join(b"%x;x=y\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\nTrailer: 1\r\n\r\n"


def test_a_chunked_body(net: Internet, make: Make) -> None:
    head = {"Transfer-Encoding": "chunked", "Content-Encoding": "gzip"}
    url = net.at("/b", answer(chunked(gzip.compress(BOARD), 7), headers=head, length=None))
    reply = make().fetch(Request(url), media="csv")
    assert (reply.body, reply.reason) == (BOARD, None)


RAW = zlib.compressobj(wbits=-15)
CODED = {
    "gzip": gzip.compress(BOARD),
    "x-gzip": gzip.compress(BOARD),
    "GZIP": gzip.compress(BOARD),
    "identity, gzip": gzip.compress(BOARD),
    "gzip ": gzip.compress(BOARD[:99]) + gzip.compress(BOARD[99:]),
    "gzip  ": gzip.compress(BOARD) + b"\x00" * 512,
    "gzip   ": gzip.compress(BOARD) + b"garbage",
    "gzip    ": gzip.compress(BOARD) + b"\x1f",
    "deflate": zlib.compress(BOARD),
    "deflate ": RAW.compress(BOARD) + RAW.flush(),
    "deflate  ": zlib.compress(BOARD) + b"\n",
    "identity": BOARD,
    "": BOARD,
}


@pytest.mark.parametrize("coding", CODED)
def test_codings(net: Internet, make: Make, coding: str) -> None:
    url = net.at("/b", answer(CODED[coding], headers={"Content-Encoding": coding}))
    reply = make().fetch(Request(url), media="csv")
    assert (reply.body, reply.reason, reply.detail) == (BOARD, None, "")


def test_a_coded_body_may_arrive_in_any_pieces(net: Internet, make: Make) -> None:
    small = b"model,score\nx,1\n"
    for coded in (gzip.compress(small) * 2, zlib.compress(small), CODED["deflate "]):
        head = answer(
            b"", headers={"Content-Encoding": "gzip" if coded[0] == 0x1F else "deflate"}, length=None
        )
        whole = head + coded[:60]
        url = net.at(
            "/b", lambda talk, whole=whole, rest=coded[60:]: (talk.drip(whole, 0.0005), talk.send(rest))
        )
        expected = small * 2 if coded[0] == 0x1F else BOARD if coded is CODED["deflate "] else small
        reply = make().fetch(Request(url), media="csv")
        assert (reply.body, reply.reason) == (expected, None)


def test_json_is_posted(net: Internet, make: Make) -> None:
    url = net.at("/queue", answer(b'{"event_id": "1"}'))
    request = Request(url, json={"data": [1]}, headers={"X-Own": "1"})
    reply = make().fetch(request, media="json", validators={"etag": '"1"'})
    (seen,) = net.seen
    assert (seen.method, seen.body, seen.headers["content-type"]) == (
        "POST",
        b'{"data": [1]}',
        "application/json",
    )
    assert seen.headers["x-own"] == "1" and "if-none-match" not in seen.headers
    assert reply.reason is None


def test_own_headers_do_not_replace_the_name(net: Internet, make: Make) -> None:
    url = net.at("/b", answer(BOARD))
    make().fetch(Request(url, headers={"user-agent": "Mozilla", "accept-encoding": "br"}), media="csv")
    (seen,) = net.seen
    assert seen.headers["user-agent"].startswith("llm-leaderboard-archiver/")
    assert seen.headers["accept-encoding"] == "gzip, deflate"


def test_unchanged(net: Internet, make: Make) -> None:
    url = net.at("/b", answer(status=304, headers={"ETag": '"v1"'}, length=None))
    known = {"etag": '"v1"', "last-modified": "Mon, 20 Jul 2026 00:00:00 GMT", "url": url}
    reply = make().fetch(Request(url), media="csv", validators=known)
    assert (reply.not_modified, reply.body, reply.reason, reply.status) == (True, None, None, 304)
    (seen,) = net.seen
    assert seen.headers["if-none-match"] == '"v1"'
    assert seen.headers["if-modified-since"] == "Mon, 20 Jul 2026 00:00:00 GMT"


def test_a_304_that_was_not_asked_for_is_a_failure(net: Internet, make: Make) -> None:
    url = net.at("/b", answer(status=304, length=None))
    reply = make().fetch(Request(url), media="csv")
    assert (reply.not_modified, reply.reason) == (False, "http-status")


def test_validators_go_only_to_the_address_that_gave_them(net: Internet, make: Make) -> None:
    """`latest` leads to another file today: its 304 would speak of that one."""
    net.at("/2026-07-21.csv", answer(BOARD))
    net.at("/2026-07-20.csv", answer(status=304, length=None))
    url = net.at("/latest", redirect("/2026-07-21.csv?signed=1"), redirect("/2026-07-20.csv?signed=2"))
    known = {"etag": '"v1"', "url": net.url("/2026-07-20.csv?signed=0")}
    assert make().fetch(Request(url), media="csv", validators=known).body == BOARD
    assert all("if-none-match" not in seen.headers for seen in net.seen)
    assert make().fetch(Request(url), media="csv", validators=known).not_modified
    assert [seen.headers.get("if-none-match") for seen in net.seen[2:]] == [None, '"v1"']


def test_validators_come_from_the_last_good_capture() -> None:
    when = datetime(2026, 7, 20, tzinfo=UTC)
    facts = {
        "capture_id": "1",
        "ledger": "l",
        "line": 1,
        "source": "s",
        "route": "r",
        "url": "http://a.test/b",
    }
    good = Capture(
        **facts,  # type: ignore[arg-type]  # a mapping of the text fields
        captured_at=when,
        loaded_at=when,
        outcome="stored",
        sha256="0" * 64,
        final_url="http://b.test/c",
        headers=(("Etag", 'W/"1"'), ("LAST-MODIFIED", "then"), ("Vary", "*")),
    )
    assert validators(good) == {
        "etag": 'W/"1"',
        "last-modified": "then",
        "url": "http://b.test/c",
        "sha256": "0" * 64,
        "captured": "2026-07-20T00:00:00+00:00",
    }
    assert validators(None) == {}
    bare = {name: getattr(good, name) for name in Capture.__dataclass_fields__}
    assert validators(Capture(**{**bare, "outcome": "failed"})) == {}
    assert validators(Capture(**{**bare, "headers": ()})) == {}


def test_a_mirror_is_asked_in_the_publishers_place(net: Internet, make: Make) -> None:
    net.at("/copy/board.csv", answer(BOARD))
    publisher = "https://publisher.example/board.csv"
    mirrored = {publisher: net.url("/copy/board.csv")}
    reply = make(mirrored=lambda url: mirrored.get(url, url)).fetch(Request(publisher), media="csv")
    assert (reply.url, reply.final_url, reply.body) == (publisher, net.url("/copy/board.csv"), BOARD)


def test_cookies_are_not_carried(net: Internet, make: Make) -> None:
    url = net.at("/b", redirect("/c"), answer(BOARD))
    net.at("/c", answer(BOARD, headers={"Set-Cookie": "id=1; Path=/"}))
    fetcher = make()
    fetcher.fetch(Request(url), media="csv")
    fetcher.fetch(Request(url), media="csv")
    assert all("cookie" not in seen.headers for seen in net.seen)


def test_the_name_is_a_safe_header() -> None:
    assert (
        user_agent("1", "me\r\nX: 1 (я) <a@b.example>")
        == "llm-leaderboard-archiver/1 (meX: 1  <a@b.example>)"
    )
    assert Limits().per_host == 2
    assert set(REASONS) >= {"timeout", "network"}
