"""What the ways into the past have in common: versions that somebody else kept, listed first, then got.

A version is the publisher's own file as it was at an earlier time, so it is recorded on the route that
captures the file today, with the time at which that version was archived as `captured_at`. `via` (git,
wayback, hub) says who kept it, and `origin` names the version there. Answers therefore treat it as one more
sighting on its route: it extends that route's series backwards, equal content joins the snapshot that shows
it, and no route is preferred over another because of how its bytes came here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Literal, Protocol
from urllib.parse import unquote

from ..errors import CaptureFailed
from ..formats.sniff import inspect
from ..records import Reply
from ..sources import GitFile, History, HubFile, Media, Route, WaybackUrl

Via = Literal["git", "wayback", "hub"]

_RAW = re.compile(
    r"https://raw\.githubusercontent\.com/(?P<repository>[^/]+/[^/]+)/(?:refs/heads/)?"
    r"(?P<branch>[^/]+)/(?P<path>[^?#]+)"
)
_RESOLVED = re.compile(
    r"https://huggingface\.co/(?P<kind>datasets|spaces)/(?P<repository>[^/]+/[^/]+)/resolve/main/"
    r"(?P<path>[^?#]+)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a file, found in a listing, not fetched yet."""

    route: str
    media: Media
    url: str
    """What it will be recorded under; the route owns it."""
    at: datetime
    """When it was archived: the commit's or the archive's time, UTC."""
    origin: str
    """Its name where it is kept: `COMMIT:PATH`, the address of the archived page, …"""
    place: str
    """How its keeper finds it: an object's name or an address."""
    digest: str = ""
    """Of its bytes, by the keeper's listing, so that equal ones are fetched once: `sha1:…`, `sha256:…`."""
    always: bool = False
    """It is wanted whatever span of time is asked for."""


@dataclass
class Listing:
    """What a way into the past holds, and what could not be listed, a sentence each."""

    versions: list[Version] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What is worth knowing and no failure."""


class Past(Protocol):
    """One way into the past. Used once: `listing`, then `prepare`, then `get` for each, then `close`."""

    via: Via

    def listing(self) -> Listing:
        """Every version, file by file, oldest first."""
        ...

    def prepare(self, versions: Sequence[Version]) -> None:
        """Is told once which versions will be asked for. Raises `CaptureFailed` where none can be got."""
        ...

    def get(self, version: Version) -> Reply:
        """A version's bytes, or why they cannot be had."""
        ...

    def close(self) -> None:
        """Ends what it runs."""
        ...


Tell = Callable[[str], object]
"""Is told what a listing is busy with, for a progress bar."""


def judged(version: Version, via: Via, reply: Reply) -> Reply:
    """A reply as the ledger takes it: under the version's own address and time, its body judged."""
    reason, detail = reply.reason, reply.detail
    if reason is None and reply.body is not None and (lie := inspect(reply.body, version.media)):
        reason, detail = lie[0], f"{version.origin}: {lie[1]}"
    return replace(
        reply,
        url=version.url,
        captured_at=version.at,
        reason=reason,
        detail=detail,
        via=via,
        origin=version.origin,
    )


def failed(version: Version, via: Via, reason: str, detail: str) -> Reply:
    """A version that could not be got."""
    return Reply(
        url=version.url,
        captured_at=version.at,
        reason=reason,
        detail=detail,
        via=via,
        origin=version.origin,
    )


def is_glob(path: str) -> bool:
    """Whether a path of a source's history stands for several files."""
    return any(mark in path for mark in "*?[")


def matches(path: str, pattern: str) -> bool:
    """Whether a file's path is meant; `*` stays within a folder.

    >>> matches("text/full-00000-of-00001.parquet", "*/full-*.parquet"), matches("a/b/full-1", "*/full-*")
    (True, False)
    """
    parts, wanted = path.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))


def body_of(reply: Reply) -> bytes:
    """The body of a listing's reply. Raises `CaptureFailed` where there is none."""
    if reply.reason is not None or reply.body is None:
        raise CaptureFailed(reply.reason or "empty", reply.detail or "the listing has no body")
    return reply.body


def derived(routes: Sequence[Route]) -> list[History]:
    """Where the past of a source that names none may be: at GitHub or the hub by its address, or archived.

    >>> route = Route(name="own", media="csv", pattern=".*", captures=("https://x.example/board.csv",))
    >>> derived([route])
    [WaybackUrl(url='https://x.example/board.csv', route='own')]
    """
    return [_derived(url, route.name) for route in routes for url in route.captures]


def _derived(url: str, route: str) -> History:
    if found := _RAW.fullmatch(url):
        branch = "" if found["branch"] == "HEAD" else found["branch"]
        repository = f"https://github.com/{found['repository']}"
        return GitFile(repository, unquote(found["path"]), route, url=url, branch=branch)
    if found := _RESOLVED.fullmatch(url):
        kind: Literal["dataset", "space"] = "dataset" if found["kind"] == "datasets" else "space"
        return HubFile(found["repository"], kind, unquote(found["path"]), route, url=url)
    return WaybackUrl(url, route)


def route_named(routes: Sequence[Route], name: str) -> Route:
    """The route of a source that a history names."""
    return next(route for route in routes if route.name == name)
