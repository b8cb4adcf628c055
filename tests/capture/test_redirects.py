"""Redirects are followed by hand, and no hop leads where it may not."""

from __future__ import annotations

import socket

import pytest

from archiver.capture.addresses import why_not
from archiver.records import Hop
from archiver.sources import Request
from tests.capture.conftest import Make
from tests.internet import Internet, answer, redirect

BOARD = b"model,score\na,1\n"


def test_each_hop_is_recorded(net: Internet, make: Make) -> None:
    url = net.at("/a", redirect("/b?x=1#part", 301))
    net.at("/b", redirect(net.url("/c", "b.test"), 307))
    net.at("/c", redirect(f"//c.test:{net.port}/d", 308))
    net.at("/d", answer(BOARD))
    reply = make().fetch(Request(url), media="csv")
    assert reply.hops == (
        Hop(301, url, "/b?x=1#part"),
        Hop(307, net.url("/b?x=1"), net.url("/c", "b.test")),
        Hop(308, net.url("/c", "b.test"), f"//c.test:{net.port}/d"),
    )
    assert (reply.url, reply.final_url, reply.body) == (url, net.url("/d", "c.test"), BOARD)
    assert [seen.host for seen in net.seen] == ["127.0.0.1", "127.0.0.1", "b.test", "c.test"]


def test_an_address_in_another_script(net: Internet, make: Make) -> None:
    url = net.at("/a", redirect("/таблица"))
    net.at("/%D1%82%D0%B0%D0%B1%D0%BB%D0%B8%D1%86%D0%B0", answer(BOARD))
    assert make().fetch(Request(url), media="csv").body == BOARD


def test_a_redirects_body_is_not_read(net: Internet, make: Make) -> None:
    def pour(talk: object) -> None:
        talk.send(answer(b"", 302, {"Location": "/b"}, length=10**9))  # type: ignore[attr-defined]
        talk.drip(b"a" * 9999, 0.05)  # type: ignore[attr-defined]

    url = net.at("/a", pour)
    net.at("/b", answer(BOARD))
    assert make().fetch(Request(url), media="csv").body == BOARD


@pytest.mark.parametrize(
    ("status", "method"), [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")]
)
def test_what_becomes_of_a_post(net: Internet, make: Make, status: int, method: str) -> None:
    url = net.at("/a", redirect("/b", status))
    net.at("/b", answer(BOARD))
    make().fetch(Request(url, json={}), media="csv")
    assert [seen.method for seen in net.seen] == ["POST", method]
    assert net.seen[1].body == (b"{}" if method == "POST" else b"")


def test_secrets_stay_at_home(net: Internet, make: Make) -> None:
    url = net.at("/a", redirect("/b"))
    net.at("/b", redirect(net.url("/c", "b.test")))
    net.at("/c", redirect(net.url("/d")))
    net.at("/d", answer(BOARD))
    request = Request(url, headers={"X-Api-Key": "k", "Accept": "text/csv"})
    reply = make().fetch(request, media="csv", secret_headers={"Authorization": "Bearer s"})
    assert reply.body == BOARD
    known = [("authorization" in seen.headers, "x-api-key" in seen.headers) for seen in net.seen]
    assert known == [(True, True), (True, True), (False, False), (True, True)]
    assert {seen.headers["accept"] for seen in net.seen} == {"text/csv"}
    assert "Bearer" not in repr(reply)


def test_loops_and_chains_end(net: Internet, make: Make) -> None:
    url = net.at("/a", redirect("/b"))
    net.at("/b", redirect("/a"))
    reply = make().fetch(Request(url), media="csv")
    assert reply.reason == "redirect" and "loop" in reply.detail and len(reply.hops) == 2
    count = iter(range(1000))
    url = net.at("/n", lambda talk: talk.send(redirect(f"/n?{next(count)}")))
    reply = make(redirects=5).fetch(Request(url), media="csv")
    assert reply.reason == "redirect" and len(net.asked("/n")) == 6
    net.at("/c0", *[redirect(f"/c0?{n}") for n in range(5)], answer(BOARD))
    assert make(redirects=5).fetch(Request(net.url("/c0")), media="csv").body == BOARD


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://a.test/",
        "data:text/csv,a",
        "javascript:1",
        "gopher://a.test",
        "http://[::1",
    ],
)
def test_only_http_is_followed(net: Internet, make: Make, location: str) -> None:
    reply = make().fetch(Request(net.at("/a", redirect(location))), media="csv")
    assert (reply.reason, reply.body) == ("redirect", None)


LOCAL = [
    *(
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
    ),
    *(
        "127.255.255.254",
        "0.0.0.0",  # noqa: S104  # asked, not bound to
        "0",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
        "127.0.0.1.",
    ),
    *(
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:10.0.0.1]",
        "[2002:7f00:1::]",
    ),
    *("[64:ff9b::7f00:1]", "[fe80::1]", "[fe80::1%25eth0]", "[fc00::1]", "[ff02::1]", "[2001:0:1::1]"),
    *("169.254.169.254", "0xa9fea9fe", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "224.0.0.1"),
    *("255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "①②⑦.⓪.⓪.①", "１２７.0.0.1", "127。0。0。1"),
    *("user:pw@1.1.1.1", "user@1.1.1.1", "8.8.2056", "0x08080808"),
]


@pytest.mark.parametrize("host", LOCAL)
def test_private_addresses_are_refused_in_every_notation(net: Internet, make: Make, host: str) -> None:
    """At first, and by a redirect from a page that may be asked; no connection is made."""
    fetcher = make(allow_private={"a.test"}, resolve=lambda name, port: net.resolve("127.0.0.1", port))
    reply = fetcher.fetch(Request(f"http://{host}:{net.port}/b"), media="csv")
    assert reply.reason == "refused-address", reply.detail
    net.at("/a", redirect(f"http://{host}:{net.port}/b"))
    reply = fetcher.fetch(Request(net.url("/a", "a.test")), media="csv")
    assert reply.reason == "refused-address" or (reply.reason == "redirect" and not host.isascii())
    assert [seen.target for seen in net.seen] == ["/a"]


def answers(*addresses: str) -> object:
    def resolve(host: str, port: int) -> list[tuple[int, int, int, str, tuple[object, ...]]]:
        return [
            (socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port))
            for a in addresses
        ]

    return resolve


@pytest.mark.parametrize(
    "found", [("127.0.0.1",), ("1.1.1.1", "10.0.0.1"), ("::1",), ("fe80::1%lo",), ("::ffff:127.0.0.1",)]
)
def test_a_name_that_stands_for_a_private_address(net: Internet, make: Make, found: tuple[str, ...]) -> None:
    fetcher = make(allow_private=(), resolve=answers(*found))
    reply = fetcher.fetch(Request(net.url("/b", "evil.example")), media="csv")
    assert reply.reason == "refused-address" and "evil.example" in reply.detail
    assert not net.seen


def test_a_host_is_allowed_for_its_own_source_only(net: Internet, make: Make) -> None:
    """An allowed host may redirect to an allowed one. A public page may not, though the host is allowed."""
    net.at("/a", redirect(net.url("/b", "b.test")))
    net.at("/b", answer(BOARD))
    assert make(allow_private={"a.test", "b.test"}).fetch(Request(net.url("/a", "a.test")), media="csv").body
    only_port = make(allow_private={f"a.test:{net.port}", f"b.test:{net.port}"})
    assert only_port.fetch(Request(net.url("/a", "a.test")), media="csv").body == BOARD
    other_port = make(allow_private={"a.test", f"b.test:{net.port + 1}"})
    assert other_port.fetch(Request(net.url("/a", "a.test")), media="csv").reason == "refused-address"
    only_second = make(allow_private={"b.test"})
    assert only_second.fetch(Request(net.url("/a", "a.test")), media="csv").reason == "refused-address"


def test_public_addresses_pass() -> None:
    for address in ("1.1.1.1", "8.8.8.8", "2606:4700::1111", "64:ff9b::101:101", "2002:101:101::"):
        assert why_not(address) is None, address
