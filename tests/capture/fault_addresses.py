"""Redirects and names that lead where nobody should be sent."""

from __future__ import annotations

from collections.abc import Iterator

from tests.capture.fault_case import BOARD, Case, say
from tests.internet import answer, redirect

SCHEMES = (
    *("file:///etc/passwd", "ftp://a.test/", "data:text/csv,a", "javascript:1", "gopher://a.test/"),
    *("about:blank", "chrome://version", "jar:http://a.test!/", "http://[::1"),
)
LOCAL = (
    *("127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1"),
    *("017700000001", "127.255.255.254", "0.0.0.0", "0", "localhost", "LOCALHOST", "localhost."),  # noqa: S104
    *("a.localhost", "127.0.0.1.", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"),
    *("[0:0:0:0:0:ffff:10.0.0.1]", "[::127.0.0.1]", "[2002:7f00:1::]", "[64:ff9b::7f00:1]"),
    *("[64:ff9b:1::7f00:1]", "[fe80::1]", "[fe80::1%25eth0]", "[fc00::1]", "[ff02::1]", "[2001:0:1::1]"),
    *("169.254.169.254", "0xa9fea9fe", "0xA9.254.0xa9fe", "10.0.0.1", "172.16.0.1", "192.168.1.1"),
    *("100.64.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1"),
    *("①②⑦.⓪.⓪.①", "１２７.0.0.1", "127。0。0。1", "ⓛocalhost", "127.0.0.1%00.a.test"),
    *("user:pw@1.1.1.1", "user@1.1.1.1", "a.test@127.0.0.1", "127.0.0.1#@a.test", "8.8.2056"),
    *("0x08080808", "127.0.0.1\t", "127.0.0.1\\@a.test"),
)
"""Hosts that stand for this machine, its network, or nothing; in every way of writing them."""

NAMED: dict[str, tuple[str, ...]] = {
    "a name that is loopback": ("127.0.0.1",),
    "a name that is public and private at once": ("1.1.1.1,10.0.0.1",),
    "a name that is loopback in IPv6": ("::1",),
    "a name that is link-local with a zone": ("fe80::1%lo",),
    "a name that is IPv4 inside IPv6": ("::ffff:127.0.0.1",),
    "a name that is the cloud's own data": ("169.254.169.254",),
}


def redirected() -> Iterator[Case]:
    """Redirects that lead nowhere, too far, or where they may not."""
    counted = iter(range(10_000))
    group = "redirects"
    loop = say(redirect("/b"))
    yield Case(group=group, name="a loop", ends="redirect", script=loop)
    chain = say(b"", lambda talk: talk.send(redirect(f"/b?{next(counted)}")))
    yield Case(group=group, name="a chain without end", ends="redirect", script=chain)
    yield Case(group=group, name="a redirect to nowhere", ends="http-status", script=say(answer(status=302)))
    choice = answer(BOARD, status=300, headers={"Location": "/b"})
    yield Case(group=group, name="choose yourself", ends="http-status", script=say(choice))
    for where in SCHEMES:
        yield Case(group=group, name=f"to {where}", ends="redirect", script=say(redirect(where)))
    for host in LOCAL:
        ends = "refused-address" if host.isascii() and "%00" not in host else "redirect"  # or no URL at all
        there = say(redirect(f"http://{host}/b"))
        yield Case(group=group, name=f"to http://{host}/", ends=ends, script=there, host="a.test")


def named() -> Iterator[Case]:
    """Names whose addresses are the trap. None of these connects to anything."""
    script = say(answer(BOARD))
    for name, addresses in NAMED.items():
        yield Case(
            group="names", name=name, ends="refused-address", script=script, host="evil.example",
            addresses=addresses, trusted=False,
        )  # fmt: skip
    yield Case(
        group="names", name="a name that changes from public to loopback", ends="network", script=script,
        host="rebind.example", addresses=("1.1.1.1", "127.0.0.1"), trusted=False,
    )  # fmt: skip
    yield Case(
        group="names", name="a name that changes to loopback at a redirect", ends="refused-address",
        script=say(redirect("http://rebind.example/b")), host="a.test", addresses=("127.0.0.1",),
    )  # fmt: skip
    yield Case(
        group="names", name="a name that does not resolve", ends="network", script=script,
        host="nowhere.invalid", addresses=("",),
    )  # fmt: skip
