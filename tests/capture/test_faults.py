"""The web as it is: each fault ends in its reason, in time, and is never a good reply."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver.records import REASONS
from archiver.sources import Media, Request
from tests.capture.conftest import Make
from tests.capture.fault_case import BOARD, Case
from tests.capture.faults import cases
from tests.capture.measuring import Ended, tried
from tests.internet import Internet, answer

SECOND = timedelta(seconds=1)
EVIDENCE = {"challenge", "stale", "empty", "wrong-type", "truncated", "lfs-pointer"}
"""Reasons beside which a body is given back, to be kept as evidence."""
MEGABYTES = 150


def wrong(case: Case, ended: Ended) -> str:
    """What is not as the table says; empty where all is."""
    kept = ended.size >= 0 and ended.ends not in EVIDENCE
    sentence = ended.detail.endswith(".") and ended.detail.isprintable() and len(ended.detail) < 300
    found = {
        f"ends as {ended.ends}": ended.ends != case.ends or ended.ends not in REASONS,
        "a body is given back": kept,
        f"it took {ended.megabytes} MB": ended.megabytes > MEGABYTES,
        "no sentence says why": not sentence,
    }
    return ", ".join(what for what, so in found.items() if so)


def test_each_case_has_its_label_in_time_and_memory() -> None:
    """A case that is late is tried once more by itself: this machine may have been busy elsewhere."""
    ended = list(tried(cases()))
    assert len(ended) >= 150
    late = [case for case, how in ended if how.seconds > case.deadline + 1]
    late = [case for case, how in tried(late) if how.seconds > case.deadline + 1]
    found = {f"{case.group}: {case.name}": (wrong(case, how), how) for case, how in ended if wrong(case, how)}
    assert found == {}
    assert [case.name for case in late] == []
    public = {case.name: how.reached for case, how in ended if how.reached}
    assert public == {"a name that changes from public to loopback": ["1.1.1.1"]}, "where it was checked"


def test_the_table_prints_and_no_case_stands_twice() -> None:
    known = [(case.group, case.name) for case in cases()]
    assert len(known) == len(set(known))
    assert {case.ends for case in cases()} <= {*REASONS}


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
    enough = threading.Event()

    def resolve(host: str, port: int) -> list[object]:
        enough.wait(20)
        return []

    began = time.monotonic()
    fetcher = make(deadline=SECOND, resolve=resolve)
    reply = fetcher.fetch(Request("http://b.test/"), media="csv")
    assert reply.reason == "timeout" and time.monotonic() - began < 10
    enough.set()


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
            fetcher = make(deadline=timedelta(seconds=20), connect=SECOND)
            reply = fetcher.fetch(Request(f"http://127.0.0.1:{address[1]}/"), media="csv")
            assert (reply.reason, reply.detail) == ("timeout", "127.0.0.1 took no connection within 1 s.")
            assert time.monotonic() - began < 10
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
