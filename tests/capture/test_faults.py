"""The web as it is: each fault ends in its reason, in time, and is never a good reply."""

from __future__ import annotations

import gzip
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver.records import REASONS, Reply
from archiver.sources import Media, Request
from tests.capture.conftest import Make
from tests.internet import Internet, Script, Talk, answer

BOARD = b"model,score\n" + b"".join(b"model-%d,%d\n" % (n * n, 1500 - n) for n in range(200))
SECOND = timedelta(seconds=1)


def say(first: bytes, then: Callable[[Talk], None] = lambda talk: None) -> Script:
    def script(talk: Talk) -> None:
        talk.send(first)
        then(talk)

    return script


def hang(talk: Talk) -> None:
    talk.wait(15)


def forever(piece: bytes) -> Callable[[Talk], None]:
    def script(talk: Talk) -> None:
        while not talk.closing.is_set():
            talk.send(piece)

    return script


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
PACKED = gzip.compress(BOARD)
FAULTS: dict[str, tuple[Script, str]] = {
    "says nothing": (hang, "timeout"),
    "status line only": (say(OK, hang), "timeout"),
    "headers that drip": (lambda talk: talk.drip(OK + b"X-Long: " + b"a" * 9999, 0.02), "timeout"),
    "headers without end": (say(OK, lambda talk: talk.drip(b"X: y\r\n" * 999, 0.01)), "timeout"),
    "a body that drips": (lambda talk: (talk.send(OK + b"\r\n"), talk.drip(b"a" * 9999, 0.02)), "timeout"),
    "a body that stops": (say(answer(BOARD, length=9999), hang), "timeout"),
    "chunks that drip": (say(CHUNKED, lambda talk: talk.drip(b"1\r\na\r\n" * 9999, 0.01)), "timeout"),
    "a chunk size that drips": (say(CHUNKED, lambda talk: talk.drip(b"0" * 9999, 0.01)), "timeout"),
    "chunks of a byte, without end": (say(CHUNKED, forever(b"1\r\na\r\n" * 200_000)), "timeout"),
    "trailers without end": (say(CHUNKED + b"0\r\n", forever(b"X: y\r\n" * 99)), "timeout"),
    "100 Continue without end": (forever(b"HTTP/1.1 100 Continue\r\n\r\n" * 99), "timeout"),
    "an error page that drips": (
        say(b"HTTP/1.1 500 No\r\n\r\n", lambda talk: talk.drip(b"a" * 9999, 0.02)),
        "timeout",
    ),
    "closes at once": (lambda talk: None, "network"),
    "resets at once": (lambda talk: talk.reset(), "network"),
    "resets in the body": (
        lambda talk: (talk.send(answer(BOARD, length=9999)), talk.wait(0.1), talk.reset()),
        "network",
    ),
    "is no HTTP": (say(b"SSH-2.0-OpenSSH_9.6\r\n"), "network"),
    "a status that is no number": (say(b"HTTP/1.1 abc OK\r\n\r\n"), "network"),
    "cut in the headers": (say(b"HTTP/1.1 200 OK\r\nContent-Le"), "network"),
    "a header of 100 KB": (say(OK + b"X: " + b"a" * 100_000 + b"\r\n\r\n"), "network"),
    "a thousand headers": (say(OK + b"X: y\r\n" * 1000 + b"\r\n"), "network"),
    "headers that are none": (say(OK + b"garbage\r\nContent-Length: 999\r\n\r\n" + BOARD), "network"),
    "two lengths": (say(OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"), "network"),
    "a short body": (say(answer(BOARD, length=len(BOARD) + 1)), "truncated"),
    "a cut chunk": (say(CHUNKED + b"ff\r\n" + BOARD[:100]), "truncated"),
    "no last chunk": (say(CHUNKED + b"10\r\n" + BOARD[:16] + b"\r\n"), "truncated"),
    "a chunk size that is none": (say(CHUNKED + b"zz\r\n" + BOARD), "truncated"),
    "a negative chunk size": (say(CHUNKED + b"-5\r\n" + BOARD), "truncated"),
    "cut gzip": (say(answer(PACKED[:-9], headers={"Content-Encoding": "gzip"}, length=None)), "truncated"),
    "cut deflate": (
        say(answer(zlib.compress(BOARD)[:-3], headers={"Content-Encoding": "deflate"})),
        "truncated",
    ),
    "a cut second member": (
        say(answer(PACKED + PACKED[:50], headers={"Content-Encoding": "gzip"})),
        "truncated",
    ),
    "gzip that is none": (say(answer(BOARD, headers={"Content-Encoding": "gzip"})), "encoding"),
    "gzip with a wrong sum": (
        say(answer(PACKED[:-8] + b"\x00" * 8, headers={"Content-Encoding": "gzip"})),
        "encoding",
    ),
    "deflate that is none": (say(answer(b"\xff" * 99, headers={"Content-Encoding": "deflate"})), "encoding"),
    "zstd, unasked": (
        say(answer(zstandard.compress(BOARD), headers={"Content-Encoding": "zstd"})),
        "encoding",
    ),
    "brotli, unasked": (say(answer(b"\x8b\x00\x80", headers={"Content-Encoding": "br"})), "encoding"),
    "coded twice": (
        say(answer(gzip.compress(PACKED), headers={"Content-Encoding": "gzip, gzip"})),
        "encoding",
    ),
    "a transfer coding, unasked": (
        say(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + PACKED),
        "encoding",
    ),
    "announces too much": (say(answer(BOARD, length=10**12)), "too-large"),
    "sends without end": (say(OK + b"\r\n", forever(b"model,score\n" * 5000)), "too-large"),
    "chunks without end": (say(CHUNKED, forever(b"ffff\r\n" + b"a" * 0xFFFF + b"\r\n")), "too-large"),
    "a gzip bomb": (
        say(answer(gzip.compress(b"0" * 9_000_000), headers={"Content-Encoding": "gzip"})),
        "too-large",
    ),
    "a deflate bomb": (
        say(answer(zlib.compress(b"0" * 9_000_000), headers={"Content-Encoding": "deflate"})),
        "too-large",
    ),
    "nothing in it": (say(answer(b"")), "empty"),
    "only blanks": (say(answer(b" \r\n\t\n")), "empty"),
    "an empty gzip": (say(answer(gzip.compress(b""), headers={"Content-Encoding": "gzip"})), "empty"),
    "no content": (say(answer(status=204, length=None)), "empty"),
    "not found": (say(answer(b"<html>no</html>", status=404)), "http-status"),
    "gone wrong": (say(answer(b"oops", status=500)), "http-status"),
    "a part, unasked": (say(answer(BOARD, status=206)), "http-status"),
    "later, maybe": (say(answer(BOARD, status=202)), "http-status"),
    "a status from nowhere": (say(answer(BOARD, status=799)), "http-status"),
    "a redirect to nowhere": (say(answer(status=302)), "http-status"),
    "choose yourself": (say(answer(BOARD, status=300, headers={"Location": "/b"})), "http-status"),
    "slow down": (say(answer(status=429)), "rate-limited"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_has_its_reason_in_time(net: Internet, make: Make, fault: str) -> None:
    script, reason = FAULTS[fault]
    url = net.at("/b.csv", script)
    began = time.monotonic()
    limits = {"deadline": timedelta(seconds=0.5), "received": 4_000_000, "decoded": 4_000_000}
    reply = make(**limits).fetch(Request(url), media="csv")
    assert time.monotonic() - began < 1.5, "deadline plus one second"
    assert reply.reason == reason, reply.detail
    assert reply.reason in REASONS
    assert reply.body is None or reason == "empty"
    assert not reply.not_modified
    assert_a_sentence(reply)


def assert_a_sentence(reply: Reply) -> None:
    assert reply.detail.endswith(".") and "127.0.0.1" in reply.detail and reply.detail.isprintable()
    assert len(reply.detail) < 300


def test_gzip_cut_at_each_byte(net: Internet, make: Make) -> None:
    """A stream that ends early, with the connection closed as if all were said, is a silent 200 elsewhere."""
    body = BOARD[:2048]
    packed = gzip.compress(body)
    fetcher = make()
    for cut in range(len(packed)):
        url = net.at("/b", answer(packed[:cut], headers={"Content-Encoding": "gzip"}, length=None))
        reply = fetcher.fetch(Request(url), media="csv")
        assert (reply.reason, reply.body) == ("truncated", None), cut
    url = net.at("/b", answer(packed, headers={"Content-Encoding": "gzip"}, length=None))
    assert fetcher.fetch(Request(url), media="csv").body == body


def test_a_body_cut_at_each_byte_of_its_length(net: Internet, make: Make) -> None:
    body, fetcher = BOARD[:200], make()
    chunked = b"64\r\n" + body[:100] + b"\r\n64\r\n" + body[100:] + b"\r\n0\r\n\r\n"
    for cut in range(len(body)):
        url = net.at("/b", answer(body[:cut], length=len(body)))
        assert fetcher.fetch(Request(url), media="csv").reason == "truncated", cut
    for cut in range(len(chunked) - len(b"\r\n\r\n")):  # once the last chunk's size is there, all is there
        url = net.at("/c", answer(chunked[:cut], headers={"Transfer-Encoding": "chunked"}, length=None))
        assert fetcher.fetch(Request(url), media="csv").reason == "truncated", cut


def test_a_resolver_that_hangs(make: Make) -> None:
    def resolve(host: str, port: int) -> list[object]:
        time.sleep(2)
        return []

    began = time.monotonic()
    fetcher = make(deadline=SECOND, resolve=resolve)
    reply = fetcher.fetch(Request("http://b.test/"), media="csv")
    assert reply.reason == "timeout" and time.monotonic() - began < 1.5


def test_a_name_that_does_not_resolve(make: Make) -> None:
    reply = make().fetch(Request("http://nowhere.invalid/b.csv"), media="csv")
    assert (reply.reason, reply.detail) == ("network", "The name nowhere.invalid did not resolve.")


def test_nobody_listens(make: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    reply = make().fetch(Request(f"http://127.0.0.1:{port}/"), media="csv")
    assert (reply.reason, reply.detail) == ("network", "127.0.0.1 took no connection: connection refused.")


def test_a_connection_that_is_never_taken(make: Make) -> None:
    """The queue of a listener that accepts nobody is full: the handshake is not answered."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        address = server.getsockname()
        queue = [socket.socket() for _ in range(4)]
        try:
            for waiting in queue:
                waiting.setblocking(False)
                waiting.connect_ex(address)
            began = time.monotonic()
            fetcher = make(deadline=timedelta(seconds=5), connect=SECOND)
            reply = fetcher.fetch(Request(f"http://127.0.0.1:{address[1]}/"), media="csv")
            assert (reply.reason, reply.detail) == ("timeout", "127.0.0.1 took no connection within 1 s.")
            assert time.monotonic() - began < 2
        finally:
            for waiting in queue:
                waiting.close()


@pytest.mark.parametrize(
    "url", ["", "b.csv", "http://", "http://[::1", "http://a.test:99999/", "http://%zz/"]
)
def test_what_is_no_url(make: Make, url: str) -> None:
    assert make().fetch(Request(url), media="csv").reason == "refused-address"


@pytest.mark.parametrize(
    ("media", "body"),
    [
        ("html", b"<!doctype html><html><body><table><tr><td>1</td></tr>"),
        ("json", b'{"rows": [{"model": "a"}, {"mod'),
        ("parquet", b"PAR1" + b"\x00" * 100),
    ],
)
def test_a_body_without_length_that_ends_early_shows_in_itself(
    net: Internet, make: Make, media: Media, body: bytes
) -> None:
    url = net.at("/b", answer(body, length=None))
    reply = make().fetch(Request(url), media=media)
    assert reply.reason == "truncated" and reply.detail.startswith("127.0.0.1: ")


BOMB = r"""
import pathlib, re, sys
from datetime import timedelta
from archiver.capture.fetch import Fetcher
from archiver.capture.limits import Limits
from archiver.sources import Request
fetcher = Fetcher(user_agent="t", limits=Limits(attempts=1), allow_private={"127.0.0.1"})
reply = fetcher.fetch(Request(sys.argv[1]), media="csv")
# Not ru_maxrss: it begins with the peak of the process that this one was forked from.
peak = re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path("/proc/self/status").read_text())
print(reply.reason, int(peak[1]) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="this system tells no peak of memory")
@pytest.mark.parametrize("kind", ["bomb", "redirect"])
def test_memory(net: Internet, kind: str) -> None:
    """300 MB in 0.3 MB of gzip, and a redirect with a body of 200 MB: under the default caps."""
    packer = zlib.compressobj(1, wbits=31)
    packed = b"".join(packer.compress(b"\x00" * 1_000_000) for _ in range(300)) + packer.flush()
    head = answer(b"", status=302, headers={"Location": "/b"}, length=200_000_000)
    if kind == "bomb":
        url = net.at("/a", answer(packed, headers={"Content-Encoding": "gzip"}))
    else:
        url = net.at("/a", say(head, lambda talk: [talk.send(b"a" * 1_000_000) for _ in range(200)]))
        net.at("/b", answer(status=404))
    run = subprocess.run(
        [sys.executable, "-c", BOMB, url], capture_output=True, text=True, timeout=60, check=True
    )
    reason, megabytes = run.stdout.split()
    assert reason == ("too-large" if kind == "bomb" else "http-status")
    assert int(megabytes) < 150


STATUS = [
    b"HTTP/1.1 200 OK",
    b"HTTP/1.0 200",
    b"HTTP/1.1 302 X",
    b"HTTP/1.1 503 X",
    b"HTTP/1.1 304 N",
    b"HTTP/9 7",
]
NAME = [
    b"Set-Cookie",
    b"Location",
    b"Content-Length",
    b"Transfer-Encoding",
    b"Content-Encoding",
    b"Retry-After",
    b"",
]
VALUE = [
    *(
        b"a=b; expires=Foo; max-age=9999999999999; domain=..",
        b"http://[::",
        b"//",
        b"http://u:p@a.test/",
        b"HTTP:b",
    ),
    *(
        b"http://\xff/",
        b"?\x00",
        b"http://xn--/",
        b"http://" + b"a" * 300,
        b"http://a.test:99999/",
        b"chunked",
        b"gzip",
    ),
    *(
        b"-1",
        b"9" * 30,
        b"5, 6",
        b"\xff",
        b"\r\n folded",
        b"Thu, 01 Jan 1970 00:00:00 +9999",
        b"Mon, 99 Foo 2026",
        b"#",
    ),
]
HEADER = st.tuples(st.sampled_from(NAME), st.sampled_from(VALUE)).map(b": ".join)
BODY = st.sampled_from([b"", b"a,b\n1,2\n", b"3\r\na,b\r\n0\r\n\r\n", b"\x1f\x8b\x08"]) | st.binary(
    max_size=40
)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(STATUS), st.lists(HEADER, max_size=5), BODY, st.binary(max_size=3), st.integers(0, 200)
)
def test_whatever_a_server_says_is_a_reply(
    net: Internet, make: Make, status: bytes, headers: list[bytes], body: bytes, noise: bytes, place: int
) -> None:
    said = b"\r\n".join([status, *headers, b"", body])
    url = net.at("/f", said[:place] + noise + said[place:])
    reply = make(deadline=SECOND).fetch(Request(url), media="csv", validators={"etag": '"1"'})
    assert reply.reason is None or reply.reason in REASONS
    assert reply.detail.isprintable() and reply.detail.endswith("." if reply.reason else "")
    assert (reply.body is not None) or reply.not_modified or reply.reason
