"""The Wayback Machine: what its index lists of an address, and the captures as they were archived.

The index is the CDX server's (internetarchive/wayback, wayback-cdx-server/README.md): rows as JSON, header
first, runs of equal digests collapsed, pages joined by a resumption key. A capture's own bytes come
from `/web/TIMESTAMPid_/URL`; only an answer with a Memento-Datetime (RFC 7089, 2.1.1) is one: without it the
archive speaks for itself, whatever its status says.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote, quote_plus, unquote_plus

from ..errors import CaptureFailed
from ..records import Reply
from ..sources import Request, Route, WaybackUrl
from .backfill import Listing, Tell, Version, Via, body_of, failed, judged, route_named
from .fetch import Fetcher

SITE = "https://web.archive.org"
APART = 1.0
"""Seconds from one request to the next: at most 60 a minute, redirects and repeated attempts among them."""
PAGE = 5000
"""Rows of the index asked for at a time."""

_FIELDS = ("timestamp", "original", "statuscode", "mimetype", "digest", "length")
_STAMP = "%Y%m%d%H%M%S"
_DIGEST = re.compile(r"[A-Z2-7]{32}")
"""SHA-1 in base 32, as the index writes it."""
_REPLAYED = re.compile(r"/web/(\d{14})id_/")
_PORT = re.compile(r"^(http://[^/:]+):80(?=/|$)|^(https://[^/:]+):443(?=/|$)")


class WaybackPast:
    """The past of a source's addresses in the Wayback Machine."""

    via: Via = "wayback"

    def __init__(
        self,
        pages: Sequence[WaybackUrl],
        routes: Sequence[Route],
        fetcher: Fetcher,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        tell: Tell = lambda _what: None,
    ) -> None:
        """pages: of one source. since, until: spare the index what is not wanted; both included."""
        self._pages, self._routes, self._fetcher, self._tell = pages, routes, fetcher, tell
        span = (("from", since), ("to", until))
        self._query = "".join(f"&{name}={at.astimezone(UTC):{_STAMP}}" for name, at in span if at)
        fetcher.space(SITE, APART)

    def listing(self) -> Listing:
        """Every capture with status 200, and every repetition of one, address by address."""
        found = Listing()
        for page in self._pages:
            self._tell(page.url)
            try:
                rows = list(self._rows(page.url))
            except CaptureFailed as error:
                found.problems.append(f"web.archive.org, index of {page.url}: {error.detail}")
                if error.reason == "rate-limited":
                    break
                continue
            found.versions += self._versions(page, rows)
        return found

    def prepare(self, versions: Sequence[Version]) -> None:
        """Nothing to prepare: each capture is a request of its own."""

    def get(self, version: Version) -> Reply:
        """A capture as it was archived, and nothing that the archive says in its place."""
        reply = self._fetcher.fetch(Request(version.place), media=None)
        if reply.reason == "empty" and reply.status == 200 and not _memento(reply):
            reply = _own_page(version, reply)
        if reply.reason is None:
            reply = _played(version, reply)
        return judged(version, "wayback", reply)

    def close(self) -> None:
        """Nothing is kept open."""

    def _rows(self, url: str) -> Iterator[dict[str, str]]:
        query = f"{SITE}/cdx/search/cdx?url={quote(url, safe='')}&output=json&fl={','.join(_FIELDS)}"
        query += f"&collapse=digest&limit={PAGE}&showResumeKey=true{self._query}"
        keys: set[str] = set()
        key = ""
        while True:
            resumed = f"&resumeKey={quote_plus(unquote_plus(key))}" if key else ""
            reply = self._fetcher.fetch(Request(query + resumed), media="json")
            rows, key = _read(body_of(reply))
            yield from rows
            if not key:
                return
            if key in keys:
                raise CaptureFailed("wrong-type", "its resumption key leads in a circle")
            keys.add(key)

    def _versions(self, page: WaybackUrl, rows: Sequence[dict[str, str]]) -> Iterator[Version]:
        """Answers with status 200, and rows that repeat one of their digests (a revisit has no status)."""
        route = route_named(self._routes, page.route)
        good = {row["digest"] for row in rows if row["statuscode"] == "200"}
        seen: set[tuple[str, str]] = set()
        for row in sorted(rows, key=lambda row: row["timestamp"]):
            digest, stamp = row["digest"], row["timestamp"]
            revisit = row["statuscode"] in ("-", "") and digest in good
            if (row["statuscode"] != "200" and not revisit) or (stamp, digest) in seen:
                continue
            seen.add((stamp, digest))
            original = _PORT.sub(lambda found: found[1] or found[2], row["original"])
            address = f"{SITE}/web/{stamp}id_/{row['original']}"
            yield Version(
                route=route.name,
                media=route.media,
                url=original if route.owns(original) else page.url,
                at=datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC),
                origin=address,
                place=address,
                digest=f"sha1:{digest}" if _DIGEST.fullmatch(digest) else "",
            )


def _read(body: bytes) -> tuple[list[dict[str, str]], str]:
    """The rows of a page of the index and the key of the next one, empty where this is the last."""
    try:
        page = json.loads(body)
        lines = [[str(word) for word in line] for line in page]
    except (ValueError, TypeError) as error:
        raise CaptureFailed("wrong-type", "the index is not the JSON that it should be") from error
    key = ""
    if len(lines) >= 2 and not lines[-2] and len(lines[-1]) == 1:
        key = lines[-1][0]
        lines = lines[:-2]
    if not lines:
        return [], key
    if set(_FIELDS) - set(lines[0]) or any(len(line) != len(lines[0]) for line in lines):
        raise CaptureFailed("wrong-type", f"the index has the columns {', '.join(lines[0])[:200]}")
    rows = [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
    if bad := next((row for row in rows if not re.fullmatch(r"\d{14}", row["timestamp"])), None):
        raise CaptureFailed("wrong-type", f"the index gives {bad['timestamp'][:40]!a} as a time")
    return rows, key


def _played(version: Version, reply: Reply) -> Reply:
    """A reply with status 200 looked at: the capture that was asked for, whole, or why it is not."""
    body = reply.body or b""
    said = {name.lower(): value for name, value in reply.headers}
    exact = version.digest == "sha1:" + base64.b32encode(hashlib.sha1(body).digest()).decode()  # noqa: S324  # the archive's own digest
    if exact:
        return reply
    if not _memento(reply):
        return _own_page(version, reply)
    asked, got = (_REPLAYED.search(url or "") for url in (version.place, reply.final_url))
    if asked and got and asked[1] != got[1]:
        told = f"{version.origin}: the archive gives its capture of {got[1]} instead."
        return failed(version, "wayback", "redirect", told)
    length = said.get("x-archive-orig-content-length", "")
    coded = said.get("x-archive-orig-content-encoding", "identity")
    if length.isdigit() and coded == "identity" and len(body) < int(length):
        told = f"{version.origin}: {len(body):,} of the {length} bytes that were archived came."
        return _told(reply, "truncated", told)
    return reply


def _memento(reply: Reply) -> bool:
    names = {name.lower() for name, _ in reply.headers}
    return "memento-datetime" in names and "x-archive-wayback-runtime-error" not in names


def _own_page(version: Version, reply: Reply) -> Reply:
    said = next(
        (text for name, text in reply.headers if name.lower() == "x-archive-wayback-runtime-error"), ""
    )
    told = f"{version.origin}: a page of the archive itself stood in place of the capture"
    return _told(reply, "wrong-type", f"{told} ({said[:200]})." if said else f"{told}.")


def _told(reply: Reply, reason: str, detail: str) -> Reply:
    return replace(reply, reason=reason, detail=detail)
