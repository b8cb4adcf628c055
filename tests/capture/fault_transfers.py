"""Faults of the transfer: servers that are slow, broken, or send more than anybody wants."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

import zstandard

from tests.capture.fault_case import (
    BIG,
    BOARD,
    CHUNKED,
    OK,
    PACKED,
    Case,
    coded,
    flood,
    forever,
    hang,
    say,
)
from tests.internet import Script, answer

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


def transferred() -> Iterator[Case]:
    """Bodies that do not come, or not as they should."""
    for name, script in SLOW.items():
        yield Case(group="time", name=name, ends="timeout", script=script, deadline=0.5)
    for name, (script, ends) in BROKEN.items():
        yield Case(group="the connection", name=name, ends=ends, script=script)
    for name, (script, ends, cap) in LARGE.items():
        yield Case(group="size", name=name, ends=ends, script=script, cap=cap, deadline=10.0)
