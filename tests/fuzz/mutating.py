"""Bytes made strange: the ways in which a payload is damaged, attacked, or changed by a publisher."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

TOKENS: Sequence[bytes] = (
    b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999", b"1e308", b"-0", b"0", b"-1", b"9" * 30,
    b"18446744073709551616", b"2147483648", b"1e-400", b"0x10", b"1_000", b"1,000", b"\xc2\xa01",
    b"\xe2\x88\x921",
    b"null", b"true", b"[]", b"{}", b'""', b"{", b"}", b"[", b"]", b'"', b"'", b"\\", b"\\ud800",
    b"\\u0000", b"\\x00",
    b"\x00", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc3", b"\xe2\x80\xae", b"\r",
    b"\r\n", b"\n\n",
    b"|", b"||", b"|---|", b"+---+", b"\t", b",", b",,", b";", b":", b"- ", b"&a ", b"*a", b"!!binary ",
    b"---\n", b"#",
    b"<table>", b"</table>", b"<tr>", b"<td>", b"<td colspan=99999>", b"<td rowspan=99999>", b"<!--",
    b"-->", b"<script>",
    b"&lt;", b"&#0;", b"&#xD800;", b"&amp;" * 9, b"\xc2\xb1", b"+5/-4", b"1..6",
    b"1\xe2\x97\x84\xe2\x94\x80\xe2\x96\xba4",
    b'self.__next_f.push([1,"', b"T8b5,", b":T", b"$L2f", b"$Q3c", b"data: ", b"event: complete\n",
    b"__proto__",
    b"PAR1", b"PK\x03\x04", b"\x1f\x8b\x08", b"2026-13-45", b"0000-00-00", b"99999-01-01", b"1970-01-01",
    b"%", b"\xf0\x9f\xa5\x87",
)  # fmt: skip
"""Each means much to some reader; the first `NUMBERS` stand for numbers."""

NUMBERS = 18
_NUMBER = re.compile(rb"\d+(?:\.\d+)?")
Mutation = Callable[[bytes, Random], bytes]


def flip(body: bytes, random: Random) -> bytes:
    """One bit."""
    at = random.randrange(len(body))
    return body[:at] + bytes([body[at] ^ (1 << random.randrange(8))]) + body[at + 1 :]


def cut(body: bytes, random: Random) -> bytes:
    """A stretch gone."""
    at = random.randrange(len(body))
    return body[:at] + body[at + random.randrange(1, 80) :]


def end(body: bytes, random: Random) -> bytes:
    """The rest gone."""
    return body[: random.randrange(len(body) + 1)]


def repeat(body: bytes, random: Random) -> bytes:
    """A stretch twice, or many times."""
    at, length = random.randrange(len(body)), random.randrange(1, 200)
    return body[:at] + body[at : at + length] * random.choice((2, 3, 50)) + body[at + length :]


def insert(body: bytes, random: Random) -> bytes:
    """Something that means much to some reader."""
    at = random.randrange(len(body) + 1)
    return body[:at] + random.choice(TOKENS) * random.choice((1, 1, 1, 2, 40)) + body[at:]


def renumber(body: bytes, random: Random) -> bytes:
    """A number for a number."""
    found = list(_NUMBER.finditer(body[:100_000]))
    if not found:
        return insert(body, random)
    match = random.choice(found)
    return body[: match.start()] + random.choice(TOKENS[:NUMBERS]) + body[match.end() :]


def reword(body: bytes, random: Random) -> bytes:
    """A stretch for another of the same body."""
    at, other, length = random.randrange(len(body)), random.randrange(len(body)), random.randrange(1, 60)
    return body[:at] + body[other : other + length] + body[at + length :]


def reline(body: bytes, random: Random) -> bytes:
    """Lines in another order, one of them lost or doubled."""
    lines = body.split(b"\n")
    at, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]
    if random.random() < 0.5:
        lines.insert(at, lines[other])
    return b"\n".join(lines)


MUTATIONS: Sequence[Mutation] = (flip, cut, end, repeat, insert, insert, renumber, renumber, reword, reline)


def mutated(body: bytes, random: Random) -> bytes:
    """A body after one to four mutations."""
    for _ in range(random.choice((1, 1, 2, 4))):
        if body:
            body = random.choice(MUTATIONS)(body, random)
    return body[:400_000]
