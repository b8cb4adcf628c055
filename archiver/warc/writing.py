"""Captures out, as WARC records: the same captures give the same bytes."""

from __future__ import annotations

import http
import io
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, NamedTuple
from urllib.parse import quote, urlsplit

from ..records import Capture
from . import facts

if TYPE_CHECKING:
    from warcio.warcwriter import WARCWriter

PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
"""Profiles of `revisit` records: WARC 1.1, 6.7."""

_OURS = uuid.UUID("8b0f5c1e-6f55-5d0e-9a53-0c6d7f1f6a11")
"""The namespace of record names: made up for this, so that a record is called the same in every export."""
_URN = "urn:llm-leaderboard-archiver"
_CODINGS = frozenset({"content-encoding", "transfer-encoding", "content-length", "trailer"})

Bodies = Callable[[str, str], bytes]
"""Source and SHA-256 → the payload."""


class Written(NamedTuple):
    """How much went out."""

    captures: int
    responses: int
    revisits: int
    without_body: int
    """Attempts that got no bytes: a `metadata` record alone tells of them."""


class _First(NamedTuple):
    url: str
    date: str


def write(
    captures: Iterable[Capture], bodies: Bodies, out: BinaryIO, *, tool: str, compress: bool
) -> Written:
    """Writes captures in the order given: bytes once as `response` (or `resource`, where no HTTP exchange is
    known), again as `revisit`, every one with a `metadata` record of the ledger's facts.

    bodies: raises `DamagedArchive`, which ends the export. compress: a gzip member a record.
    """
    from warcio.warcwriter import WARCWriter

    writer = WARCWriter(out, gzip=compress, warc_version="WARC/1.1")
    series = _Series(writer, bodies)
    for number, capture in enumerate(captures):
        if number == 0:
            series.introduce(capture, tool)
        series.add(capture)
    return Written(*series.counts)


class _Series:
    """The records of one file."""

    def __init__(self, writer: WARCWriter, bodies: Bodies) -> None:
        self._writer, self._bodies = writer, bodies
        self._first: dict[tuple[str, str], _First] = {}
        self.counts = [0, 0, 0, 0]

    def introduce(self, first: Capture, tool: str) -> None:
        """The `warcinfo` record. Its date is that of the first capture, so that exports can be repeated."""
        told = {
            "software": tool,
            "format": "WARC File Format 1.1",
            "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "description": "Captures of LLM leaderboards. Bodies are as decoded; see X-Archive-Orig headers.",
        }
        body = "".join(f"{name}: {value}\r\n" for name, value in told.items()).encode()
        self._record("warcinfo", None, first, body, "application/warc-fields", name="warcinfo")

    def add(self, capture: Capture) -> None:
        """One capture: its redirects, its body or what it repeats, and the ledger's facts."""
        self.counts[0] += 1
        url = _target(capture)
        for number, hop in enumerate(capture.hops):
            lines = [("Location", hop.location), ("Content-Length", "0")]
            self._response(capture, hop.url, hop.status, lines, b"", name=f"hop {number}")
        held = (capture.source, capture.sha256) if capture.sha256 else None
        if held is None:
            self.counts[3] += 1
        elif (first := self._first.get(held)) is not None:
            self.counts[2] += 1
            self._revisit(capture, url, first)
        else:
            self.counts[1] += 1
            self._first[held] = _First(url, _date(capture.captured_at))
            body = self._bodies(*held)
            if capture.status is not None and capture.status != http.HTTPStatus.NOT_MODIFIED:
                self._response(capture, url, capture.status, _headers(capture, len(body)), body, name="body")
            else:
                self._record("resource", url, capture, body, "application/octet-stream", name="body")
        about = {"WARC-Concurrent-To": _name(capture, "body")} if held else {}
        # Under an address of its own: a replay takes whatever has a page's address for that page.
        self._record(
            "metadata",
            f"{_URN}:capture:{capture.capture_id}",
            capture,
            facts.of(capture),
            facts.TYPE,
            about,
            name="facts",
        )

    def _response(
        self,
        capture: Capture,
        url: str,
        status: int,
        lines: list[tuple[str, str]],
        body: bytes,
        *,
        name: str,
    ) -> None:
        from warcio.statusandheaders import StatusAndHeaders

        head = StatusAndHeaders(_status(status), lines, protocol="HTTP/1.1")
        extra = {"WARC-Payload-Digest": f"sha256:{capture.sha256}"} if name == "body" else {}
        record = self._writer.create_warc_record(
            url,
            "response",
            payload=io.BytesIO(body),
            length=len(body),
            http_headers=head,
            warc_headers_dict=_named(capture, name) | extra,
        )
        self._writer.write_record(record)

    def _revisit(self, capture: Capture, url: str, first: _First) -> None:
        """Of a 304 the block stays empty: a replay must show the page, and the facts keep the headers."""
        from warcio.statusandheaders import StatusAndHeaders

        not_modified = capture.status == http.HTTPStatus.NOT_MODIFIED
        head = None
        if capture.status is not None and not not_modified:
            head = StatusAndHeaders(_status(capture.status), _headers(capture, capture.size or 0), "HTTP/1.1")
        fields = _named(capture, "body") | {
            "WARC-Profile": NOT_MODIFIED if not_modified else PAYLOAD,
            "WARC-Refers-To-Target-URI": first.url,
            "WARC-Refers-To-Date": first.date,
            "WARC-Payload-Digest": f"sha256:{capture.sha256}",
        }
        record = self._writer.create_warc_record(
            url, "revisit", io.BytesIO(), 0, http_headers=head, warc_headers_dict=fields
        )
        self._writer.write_record(record)

    def _record(
        self,
        kind: str,
        url: str | None,
        capture: Capture,
        body: bytes,
        media: str,
        fields: Mapping[str, str] | None = None,
        *,
        name: str,
    ) -> None:
        extra = {"WARC-Payload-Digest": f"sha256:{capture.sha256}"} if kind == "resource" else {}
        record = self._writer.create_warc_record(
            url,
            kind,
            payload=io.BytesIO(body),
            length=len(body),
            warc_content_type=media,
            warc_headers_dict=_named(capture, name) | extra | dict(fields or {}),
        )
        self._writer.write_record(record)


def _named(capture: Capture, name: str) -> dict[str, str]:
    return {"WARC-Record-ID": _name(capture, name), "WARC-Date": _date(capture.captured_at)}


def _name(capture: Capture, part: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(_OURS, f'{capture.capture_id} {part}')}>"


def _date(when: datetime) -> str:
    """As WARC 1.1 writes a time: UTC, fractions of a second only where there are any."""
    return when.isoformat().replace("+00:00", "Z")


def _target(capture: Capture) -> str:
    """The address whose answer the body is: where redirects led, else the one that was asked for.

    (Without redirects the final address differs only where the operator has a mirror asked.) What was
    imported under a file's name gets a URN.
    """
    url = (capture.final_url if capture.hops else None) or capture.url
    if urlsplit(url).scheme in {"http", "https"}:
        return url
    return f"{_URN}:{capture.source}:{quote(url, safe='')}"


def _headers(capture: Capture, length: int) -> list[tuple[str, str]]:
    """The headers as received, those of a coding that the body no longer has renamed."""
    kept = [
        (f"X-Archive-Orig-{name}" if name.lower() in _CODINGS else name, value)
        for name, value in capture.headers
    ]
    return [*kept, ("Content-Length", str(length))]


def _status(status: int) -> str:
    try:
        return f"{status} {http.HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} "
