"""One fault of a transfer, and what its servers are made of."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.internet import Script, Talk, answer

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
