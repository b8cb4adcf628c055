"""What a server, a cache, a name server or somebody in between may do, and what a capture makes of it.

    python -m tests.capture.faults        prints the table, each case tried anew

One row a case. `ends` is one of `records.REASONS`, or `unchanged`; nothing here may end as a good board.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import zstandard

from tests.internet import Script, Talk, answer, redirect

BOARD = b"model,score\n" + b"".join(b"model-%d,%d\n" % (n * n, 1500 - n) for n in range(200))
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
PACKED = gzip.compress(BOARD)
BIG = 300_000_000
"""Bytes that a bomb unpacks to, and that a flood sends."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One fault. `/b` does `script`; the client asks it at `host`."""

    group: str
    name: str
    ends: str
    script: Script
    media: str = "csv"
    host: str = "127.0.0.1"
    addresses: tuple[str, ...] = ()
    """What the name server says of `host`, one answer a question, the last one again and again; empty: the
    truth."""
    trusted: bool = True
    """Whether the source is configured to be on this machine."""
    known: Mapping[str, str] = field(default_factory=dict)
    """What is known of the last capture."""
    deadline: float = 2.0
    cap: int | None = None
    """Most bytes received and decoded; None for the defaults."""


def say(first: bytes, then: Callable[[Talk], object] = lambda talk: None) -> Script:
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


def flood(piece: bytes) -> Callable[[Talk], None]:
    """`BIG` bytes, as fast as they are taken."""

    def script(talk: Talk) -> None:
        for _ in range(BIG // len(piece)):
            talk.send(piece)

    return script


def coded(body: bytes, coding: str) -> bytes:
    return answer(body, headers={"Content-Encoding": coding})


# ---- time --------------------------------------------------------------------------------------------------

SLOW: dict[str, Script] = {
    "says nothing": hang,
    "status line only": say(OK, hang),
    "headers that drip": lambda talk: talk.drip(OK + b"X-Long: " + b"a" * 9999, 0.02),
    "headers without end": say(OK, lambda talk: talk.drip(b"X: y\r\n" * 999, 0.01)),
    "a body that drips": say(OK + b"\r\n", lambda talk: talk.drip(b"a" * 9999, 0.02)),
    "a body that stops": say(answer(BOARD, length=9999), hang),
    "chunks that drip": say(CHUNKED, lambda talk: talk.drip(b"1\r\na\r\n" * 9999, 0.01)),
    "a chunk size that drips": say(CHUNKED, lambda talk: talk.drip(b"0" * 9999, 0.01)),
    "chunks of a byte, without end": say(CHUNKED, forever(b"1\r\na\r\n" * 200_000)),
    "trailers without end": say(CHUNKED + b"0\r\n", forever(b"X: y\r\n" * 99)),
    "100 Continue without end": forever(b"HTTP/1.1 100 Continue\r\n\r\n" * 99),
    "an error page that drips": say(b"HTTP/1.1 500 No\r\n\r\n", lambda talk: talk.drip(b"a" * 9999, 0.02)),
    "gzip that drips": say(
        answer(b"", headers={"Content-Encoding": "gzip"}, length=None), lambda talk: talk.drip(PACKED, 0.02)
    ),
}

# ---- the connection and the protocol -----------------------------------------------------------------------

BROKEN: dict[str, tuple[Script, str]] = {
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
    "cut gzip, no length, closed politely": (
        say(answer(PACKED[:-9], headers={"Content-Encoding": "gzip"}, length=None)),
        "truncated",
    ),
    "cut deflate": (say(coded(zlib.compress(BOARD)[:-3], "deflate")), "truncated"),
    "a cut second member": (say(coded(PACKED + PACKED[:50], "gzip")), "truncated"),
    "gzip that is none": (say(coded(BOARD, "gzip")), "encoding"),
    "gzip with a wrong sum": (say(coded(PACKED[:-8] + b"\x00" * 8, "gzip")), "encoding"),
    "deflate that is none": (say(coded(b"\xff" * 99, "deflate")), "encoding"),
    "zstd, unasked": (say(coded(zstandard.compress(BOARD), "zstd")), "encoding"),
    "brotli, unasked": (say(coded(b"\x8b\x00\x80", "br")), "encoding"),
    "coded twice": (say(coded(gzip.compress(PACKED), "gzip, gzip")), "encoding"),
    "a transfer coding, unasked": (
        say(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + PACKED),
        "encoding",
    ),
}

# ---- size --------------------------------------------------------------------------------------------------


def gzip_bomb() -> bytes:
    """300 MB in 0.3 MB."""
    packer = zlib.compressobj(1, wbits=31)
    return b"".join(packer.compress(b"\x00" * 1_000_000) for _ in range(BIG // 1_000_000)) + packer.flush()


def brotli_bomb() -> bytes:
    """A stream whose one block repeats a zero: 16 MB of metablock after metablock (RFC 7932, 9.2). Nobody
    reads it, since it was not asked for; its first bytes are as they should be."""
    return b"\x0b\x00\x80\x00" + b"\xff" * 1000 + b"\x03"


def zstd_bomb() -> bytes:
    packer = zstandard.ZstdCompressor(level=1).compressobj()
    return b"".join(packer.compress(b"\x00" * 1_000_000) for _ in range(BIG // 1_000_000)) + packer.flush()


LARGE: dict[str, tuple[Script, str, int | None]] = {
    "announces a terabyte": (say(answer(BOARD, length=10**12)), "too-large", None),
    "sends without end": (say(OK + b"\r\n", forever(b"model,score\n" * 5000)), "too-large", 4_000_000),
    "chunks without end": (
        say(CHUNKED, forever(b"ffff\r\n" + b"a" * 0xFFFF + b"\r\n")),
        "too-large",
        4_000_000,
    ),
    "a gzip bomb of 300 MB": (lambda talk: talk.send(coded(gzip_bomb(), "gzip")), "too-large", None),
    "a deflate bomb of 9 MB": (
        say(coded(zlib.compress(b"0" * 9_000_000), "deflate")),
        "too-large",
        4_000_000,
    ),
    "a gzip of many members": (
        say(coded(gzip.compress(b"0" * 90_000) * 100, "gzip")),
        "too-large",
        4_000_000,
    ),
    "a brotli bomb, unasked": (say(coded(brotli_bomb(), "br")), "encoding", None),
    "a zstd bomb of 300 MB, unasked": (lambda talk: talk.send(coded(zstd_bomb(), "zstd")), "encoding", None),
    "an error page of 300 MB": (
        say(b"HTTP/1.1 500 No\r\nContent-Length: 300000000\r\n\r\n", flood(b"a" * 1_000_000)),
        "http-status",
        None,
    ),
    "a redirect whose body is 200 MB": (
        say(answer(b"", 302, {"Location": "/gone"}, length=200_000_000), flood(b"a" * 1_000_000)),
        "http-status",
        None,
    ),
    "an error page that is a gzip bomb": (
        lambda talk: talk.send(answer(gzip_bomb(), 503, {"Content-Encoding": "gzip"})),
        "http-status",
        None,
    ),
}

# ---- redirects and addresses -------------------------------------------------------------------------------

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


# ---- what the answer says of itself ------------------------------------------------------------------------

RETRY_AFTER = {
    "none": None, "0": "0", "seconds": "30", "the past": "Sun, 19 Jul 2020 00:00:00 GMT",
    "negative": "-5", "garbage": "soon", "a fraction": "1.5", "other digits": "٣", "several": "5, 10",
}  # fmt: skip
TOO_LONG = {"six hours": "21600", "a huge number": "9" * 400, "a far date": "Fri, 31 Dec 9999 23:59:59 GMT"}
STATUSES: dict[str, tuple[bytes, str]] = {
    "nothing in it": (answer(b""), "empty"),
    "only blanks": (answer(b" \r\n\t\n"), "empty"),
    "only zeros": (answer(bytes(4096)), "empty"),
    "an empty gzip": (coded(gzip.compress(b""), "gzip"), "empty"),
    "no content": (answer(status=204, length=None), "empty"),
    "not found": (answer(b"<html>no</html>", status=404), "http-status"),
    "gone wrong": (answer(b"oops", status=500), "http-status"),
    "a part, unasked": (answer(BOARD, status=206), "http-status"),
    "later, maybe": (answer(BOARD, status=202), "http-status"),
    "a status from nowhere": (answer(BOARD, status=799), "http-status"),
    "unchanged, unasked": (answer(status=304, length=None), "http-status"),
    "a web page in the file's place": (answer(b"<!doctype html><p>Moved</p></html>"), "wrong-type"),
    "a picture in the file's place": (answer(b"\x89PNG\r\n\x1a\n" + b"\0" * 99), "wrong-type"),
    "a Git LFS pointer": (
        answer(b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4d7a" * 16 + b"\nsize 9\n"),
        "lfs-pointer",
    ),
}
CHALLENGES = {
    "Cloudflare": b"<title>Just a moment...</title>",
    "Vercel": b"<title>Vercel Security Checkpoint</title>",
    "Imperva": b"<title>Pardon Our Interruption</title>",
    "PerimeterX": b"<title>Access to this page has been denied</title>",
    "DDoS-Guard": b"<title>DDoS-Guard</title>",
    "Anubis": b"<title>Making sure you&#39;re not a bot!</title>",
    "DataDome": b"<script>var dd={'rt':'c'}</script>",
    "a captcha": b"<form><div class='h-captcha'></div></form>",
    "Yandex SmartCaptcha": "<title>Вы не робот?</title>".encode(),
}
TODAY, WEEK_AGO = "Mon, 20 Jul 2026 12:00:00 GMT", "Mon, 13 Jul 2026 12:00:00 GMT"
KNOWN = {
    "url": "",
    "sha256": hashlib.sha256(b"a newer board").hexdigest(),
    "captured": "2026-07-20T00:00:00+00:00",
}
"""Of the last capture, twelve hours before the clock of these tests; `url` is put in when it is known."""


def told() -> Iterator[Case]:
    """Answers that speak for themselves."""
    for name, (said, ends) in STATUSES.items():
        yield Case(group="answers", name=name, ends=ends, script=say(said))
    for status in (429, 503):
        for name, value in {**RETRY_AFTER, **TOO_LONG}.items():
            headers = {} if value is None else {"Retry-After": value}
            ends = "rate-limited" if status == 429 or name in TOO_LONG else "http-status"
            script = say(answer(status=status, headers=headers))
            yield Case(group="answers", name=f"{status}, Retry-After: {name}", ends=ends, script=script)
    for who, mark in CHALLENGES.items():
        page = b"<!DOCTYPE html><html><head>" + mark + b"</head><body>One moment</body></html>"
        yield Case(
            group="challenges with 200", name=who, ends="challenge", script=say(answer(page)), media="html"
        )
    cut = {
        "html": b"<!doctype html><html><body><table><tr><td>1</td></tr>",
        "json": b'{"rows": [{"model": "a"}, {"mod',
        "parquet": b"PAR1" + b"\x00" * 100,
    }
    for media, body in cut.items():
        script = say(answer(body, length=None))
        name = f"{media} cut before its end, no length"
        yield Case(group="answers", name=name, ends="truncated", script=script, media=media)
    stale = {
        "an older Last-Modified than before": ({"Last-Modified": WEEK_AGO}, {"last-modified": TODAY}),
        "an Age of a week": ({"Date": TODAY, "Age": "604800"}, {"generated": "2026-07-20T00:00:00+00:00"}),
        "a Date of last week": ({"Date": WEEK_AGO}, {"generated": "2026-07-20T00:00:00+00:00"}),
    }
    for name, (headers, known) in stale.items():
        yield Case(
            group="caches", name=name, ends="stale", script=say(answer(BOARD, headers=headers)),
            known={**KNOWN, **known},
        )  # fmt: skip


def cases() -> list[Case]:
    """All of them."""
    found = [
        Case(group="time", name=name, ends="timeout", script=script, deadline=0.5)
        for name, script in SLOW.items()
    ]
    found += [
        Case(group="the connection", name=name, ends=ends, script=script)
        for name, (script, ends) in BROKEN.items()
    ]
    found += [
        Case(group="size", name=name, ends=ends, script=script, cap=cap, deadline=10.0)
        for name, (script, ends, cap) in LARGE.items()
    ]
    return [*found, *redirected(), *named(), *told()]


if __name__ == "__main__":
    from tests.capture.measuring import printed

    printed()
