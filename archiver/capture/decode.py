"""A body's bytes off the wire, counted and decoded under caps.

Only gzip and deflate are asked for, and only they are decoded: what else a server sends was not asked for.
urllib3 would decode too, but it takes a gzip stream that was cut off for a whole one.
"""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from typing import Protocol

from .failure import Failure

ACCEPT_ENCODING = "gzip, deflate"
CHUNK = 64 * 1024


class Raw(Protocol):
    """What is used of urllib3's response."""

    def read1(self, amt: int | None = None, decode_content: bool | None = None) -> bytes: ...


@dataclass(frozen=True)
class Caps:
    """Most bytes of one body."""

    received: int
    decoded: int
    cut: bool = False
    """What lies beyond a cap is left unread instead of a failure: enough for evidence and for robots.txt."""


class _Plain:
    whole = True

    def feed(self, data: bytes, out: _Out) -> None:
        out.write(data)


class _Zip:
    """gzip (of several members too) or deflate. Bytes after the end that begin no further member are
    ignored, as every client does: some servers pad."""

    def __init__(self, coding: str) -> None:
        self._gzip = coding == "gzip"
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16) if self._gzip else None
        self._head = b""
        self._done = False

    @property
    def whole(self) -> bool:
        return self._done or (self._stream is not None and self._stream.eof)

    def feed(self, data: bytes, out: _Out) -> None:
        data, self._head = self._head + data, b""
        while not self._done:
            if self._stream is None or self._stream.eof:
                if len(data) < 2:
                    self._head = data
                    return
                self._begin(data)
                continue
            piece = self._stream.decompress(data, CHUNK)
            out.write(piece)
            data = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
            # A full piece may have more behind it, though all input is taken in.
            if not self._stream.eof and not data and len(piece) < CHUNK:
                return

    def _begin(self, data: bytes) -> None:
        """At the first two bytes of a stream: a member of a gzip file, zlib's or raw deflate."""
        if self._gzip:
            if data[:2] == b"\x1f\x8b":
                self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
            else:
                self._done = True
        elif self._stream is not None:
            self._done = True
        else:  # RFC 1950, 2.2: method 8, and the two bytes a multiple of 31; else some send bare RFC 1951
            zlib_header = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
            self._stream = zlib.decompressobj(zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS)


class _Enough(Exception):
    """No error: the cap was reached, and `cut` says to stop there."""


class _Out:
    def __init__(self, caps: Caps, host: str) -> None:
        self._caps, self._host, self.size = caps, host, 0
        self.buffer = io.BytesIO()

    def write(self, data: bytes) -> None:
        self.size += len(data)
        self.buffer.write(data)
        if self.size > self._caps.decoded:
            if self._caps.cut:
                raise _Enough
            cap = f"{self._caps.decoded:,}"
            raise Failure("too-large", f"The body from {self._host} decodes to more than {cap} bytes.")


def coding_of(content_encoding: str, transfer_encoding: str, host: str) -> str:
    """`gzip`, `deflate` or empty, from the headers. Raises `Failure` for a coding that was not asked for."""
    codings = [part.strip().lower() for part in content_encoding.split(",")]
    codings = ["gzip" if part == "x-gzip" else part for part in codings if part not in ("", "identity")]
    transfers = [part.strip().lower() for part in transfer_encoding.split(",") if part.strip()]
    if len(codings) > 1 or any(part not in ("gzip", "deflate") for part in codings):
        raise Failure("encoding", f"{host} coded the body as {_named(codings)}, which was not asked for.")
    if transfers not in ([], ["chunked"], ["identity"]):
        raise Failure("encoding", f"{host} sent the body as {_named(transfers)}, which was not asked for.")
    return codings[0] if codings else ""


def read(raw: Raw, coding: str, length: int | None, caps: Caps, host: str) -> bytes:
    """The whole body, decoded. Raises `Failure`; errors of the connection pass through.

    length: the Content-Length, where there is a sound one. coding: as from `coding_of`.
    """
    too_large = Failure("too-large", f"{host} sent more than {caps.received:,} bytes.")
    if length is not None and length > caps.received and not caps.cut:
        raise Failure("too-large", f"{host} announced {length:,} bytes; the cap is {caps.received:,}.")
    out, decoder = _Out(caps, host), _Zip(coding) if coding else _Plain()
    received = 0
    try:
        while data := raw.read1(CHUNK, decode_content=False):
            received += len(data)
            if received > caps.received:
                if not caps.cut:
                    raise too_large
                break
            decoder.feed(data, out)
        else:
            if not decoder.whole and length != 0:
                detail = f"The {coding} body from {host} ended after {received:,} bytes, before its end."
                raise Failure("truncated", detail, transient=True)
    except _Enough:
        pass
    except zlib.error as error:
        raise Failure("encoding", f"The body from {host} is not the {coding} that it is called.") from error
    return out.buffer.getvalue()


def _named(codings: list[str]) -> str:
    """Strangers' words, safe to print."""
    return ", ".join(ascii(part[:20]) for part in codings[:4])
