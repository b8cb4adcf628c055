"""WARC files in: this package's own, and those of other web archives."""

from __future__ import annotations

import gzip
import http
import logging
import zlib
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr
from dataclasses import replace
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from ..errors import UsageError
from ..records import Reply, utc
from . import facts

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord

MOST = 64 * 1024 * 1024
"""Bytes of one body, decoded: no board comes near it; a larger record is named and left out."""


class Found(NamedTuple):
    """A record that may be a capture: a reply, or why it cannot be one."""

    url: str
    reply: Reply | None
    why_not: str = ""
    source: str | None = None
    """As an archiver's own export says it; None in others' files."""
    route: str | None = None
    repeats: str | None = None
    """SHA-256 of the earlier record's body that a revisit stands for; its reply has none of its own."""


def read(path: Path) -> Iterator[Found]:
    """Every response, resource and revisit of a WARC file in its order; redirects belong to what they led to.

    A revisit names the bytes of the record that it refers to, if that stands earlier in the file.
    Raises UsageError where the file is no WARC (nothing was given then), or where a record is cut short (what
    stands before it was).
    """
    from warcio.exceptions import ArchiveLoadFailed

    try:
        _check_members(path)
        given = False
        for found in _records(path):
            given = True
            yield found
        if not given:
            raise _unreadable(path, "it has no record of a capture")
    except (ArchiveLoadFailed, EOFError, OSError, zlib.error, ValueError) as error:
        raise _unreadable(path, str(error).strip() or type(error).__name__) from error


def _unreadable(path: Path, why: str) -> UsageError:
    return UsageError(
        f"{path} cannot be read as WARC: {why}.",
        kept="the captures that stand before that place, if any",
        todo="fetch the file again, or have `warcio check` name the damage",
    )


def _check_members(path: Path) -> None:
    """Raises EOFError or OSError where a compressed file ends inside a member, which warcio passes over."""
    with path.open("rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
    if compressed:
        with gzip.open(path) as file:
            while file.read(1 << 20):
                pass


def _iterated(file: BinaryIO) -> Iterator[ArcWarcRecord]:
    """What warcio makes of a file. Raises ValueError where it would warn and go on, or stumble."""
    from warcio.archiveiterator import ArchiveIterator

    records = ArchiveIterator(file)
    logging.getLogger("warcio").setLevel(logging.CRITICAL)  # it prints what it met as it is, escapes and all
    going = True
    while going:
        try:
            with redirect_stderr(StringIO()):
                record = next(records, None)
        except (AttributeError, OverflowError) as error:  # no address; more bytes than can be counted
            raise ValueError("a record lacks a field, or says what cannot be") from error
        if records.err_count:  # the record before this one was cut, or has swallowed what follows it
            raise ValueError("a record is not as long as it says")
        if record is not None and record.format != "warc":  # any text may look like the older ARC
            raise ValueError("it does not begin as a WARC record does")
        if record is not None and record.length is None:
            raise ValueError("a record does not say how long it is")
        going = record is not None
        if going:
            yield record


def _records(path: Path) -> Iterator[Found]:
    pending: _Pending | None = None
    held = _Held()
    with path.open("rb") as file:
        for record in _iterated(file):
            told = _facts_of(record)
            if told is not None and pending and _field(record, "WARC-Concurrent-To") == pending.name:
                yield pending.found(told)
                pending = None
                continue
            if pending:
                yield pending.found({})
                pending = None
            if told is None:
                pending = held.read(record, path.name)
    if pending:
        yield pending.found({})


class _Pending(NamedTuple):
    """A capture whose facts may follow in the next record."""

    name: str
    url: str
    reply: Reply | None
    why_not: str
    repeats: str | None = None

    def found(self, told: Mapping[str, Any]) -> Found:
        if self.reply is None or not told:
            return Found(self.url, self.reply, self.why_not, repeats=self.repeats)
        reply = replace(
            self.reply,
            url=str(told.get("url") or self.url),
            reason=_text(told, "reason"),
            detail=_text(told, "detail") or "",
            final_url=_text(told, "final_url"),
            hops=facts.hops(told),
        )
        return Found(reply.url, reply, "", _text(told, "source"), _text(told, "route"), self.repeats)


class _Held:
    """The digests of one file's bodies, by what a revisit may call them. No body is kept in memory."""

    def __init__(self) -> None:
        self._digests: dict[str, str] = {}
        self._places: dict[tuple[str, str], str] = {}

    def read(self, record: ArcWarcRecord, origin: str) -> _Pending | None:
        """A record as a capture; None for one that is none (a request, a redirect, another's metadata)."""
        if record.rec_type not in {"response", "resource", "revisit"}:
            return None
        name, url = _field(record, "WARC-Record-ID"), _field(record, "WARC-Target-URI")
        status = _status(record)
        if status is not None and 300 <= status < 400 and record.rec_type == "response":
            return None
        try:
            when = utc(_field(record, "WARC-Date"))
        except ValueError:
            return _Pending(name, url, None, f"{_field(record, 'WARC-Date')!r} is not a time")
        body, digest = self._body(record, url)
        if digest is None:
            return _Pending(name, url, None, "the record that it repeats is not in this file before it")
        if body is not None and len(body) > MOST:
            return _Pending(name, url, None, f"its body has more than {MOST:,} bytes")
        refused = status is not None and status >= http.HTTPStatus.BAD_REQUEST
        reply = Reply(
            url=url,
            captured_at=when,
            body=body,
            reason="http-status" if refused else None,
            detail=f"the server answered {status}" if refused else "",
            status=status,
            headers=tuple(record.http_headers.headers) if record.http_headers else (),
            via="import",
            origin=origin,
        )
        return _Pending(name, url, reply, "", digest if body is None else None)

    def _body(self, record: ArcWarcRecord, url: str) -> tuple[bytes | None, str | None]:
        """The body and its SHA-256; of a revisit the SHA-256 alone, None where nothing here has it."""
        called = _field(record, "WARC-Payload-Digest")
        if record.rec_type == "revisit":
            place = _field(record, "WARC-Refers-To-Target-URI"), _field(record, "WARC-Refers-To-Date")
            return None, self._places.get(place) or self._digests.get(called)
        body = record.content_stream().read(MOST + 1)
        if len(body) <= MOST:
            _whole(record)
        digest = sha256(body).hexdigest()
        self._places[url, _field(record, "WARC-Date")] = digest
        if called:
            self._digests[called] = digest
        return body, digest


def _whole(record: ArcWarcRecord) -> None:
    """Raises EOFError where a record is shorter than it says: its body is not what was received."""
    while record.raw_stream.read(1 << 16):
        pass
    if record.raw_stream.limit > 0:
        raise EOFError(f"a record ends {record.raw_stream.limit:,} bytes too early")


def _facts_of(record: ArcWarcRecord) -> Mapping[str, Any] | None:
    if record.rec_type != "metadata" or record.content_type != facts.TYPE:
        return None
    return facts.parse(record.content_stream().read(MOST))


def _field(record: ArcWarcRecord, name: str) -> str:
    return str(record.rec_headers.get_header(name) or "")


def _status(record: ArcWarcRecord) -> int | None:
    code = record.http_headers.get_statuscode() if record.http_headers else ""
    return int(code) if code.isdigit() else None


def _text(told: Mapping[str, Any], name: str) -> str | None:
    value = told.get(name)
    return value if isinstance(value, str) else None
