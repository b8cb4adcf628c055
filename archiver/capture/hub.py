"""The Hugging Face hub: revisions of a file in a dataset or a Space.

The commits come from `/api/{datasets|spaces}/REPO/commits/main`, newest first, a page at a time (`p`, or the
next page that a Link header names); what a revision holds from `…/tree/COMMIT?recursive=true`, with the
SHA-256 of each large file; the bytes from `…/resolve/COMMIT/PATH`, whose redirects to the hub's storage are
followed. Hub API: huggingface.co/docs/hub/api; limits: huggingface.co/docs/hub/rate-limits.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast
from urllib.parse import quote, urljoin

from ..errors import CaptureFailed
from ..records import Reply, utc
from ..sources import HubFile, Request, Route
from .backfill import Listing, Tell, Version, Via, body_of, judged, matches, route_named
from .fetch import Fetcher

SITE = "https://huggingface.co"
APART = 0.7
"""Seconds from one request to the next: an address may ask the API 500 times in five minutes."""
PATIENCE = timedelta(minutes=6)
"""The longest time until the hub's next five minutes begin that is waited for, once a request."""

_NEXT = re.compile(r'<([^<>]+)>\s*;[^,]*\brel="?next"?')
_RESET = re.compile(r"\bt=(\d{1,4})\b")
"""In `RateLimit: "api";r=0;t=55`: the seconds until requests are taken again."""


class _Commit(NamedTuple):
    name: str
    at: datetime


class _File(NamedTuple):
    path: str
    mark: str
    """Changes with the content: the name of its git object."""
    sha256: str
    """Of the content; empty for a file that is in git itself."""


class HubPast:
    """The past of a source's files on the hub."""

    via: Via = "hub"

    def __init__(
        self,
        files: Sequence[HubFile],
        routes: Sequence[Route],
        fetcher: Fetcher,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        tell: Tell = lambda _what: None,
    ) -> None:
        """files: of one source. since, until: revisions outside are not looked into; both included."""
        self._files, self._routes, self._fetcher, self._tell = files, routes, fetcher, tell
        self._since, self._until = since, until
        fetcher.space(SITE, APART)

    def listing(self) -> Listing:
        """The revisions that changed each file, file by file. A repository that fails costs its own files."""
        found = Listing()
        for kind, repository in dict.fromkeys((file.kind, file.repository) for file in self._files):
            files = [file for file in self._files if (file.kind, file.repository) == (kind, repository)]
            try:
                found.versions += self._repository(files)
            except CaptureFailed as error:
                found.problems.append(f"huggingface.co, {kind} {repository}: {error.detail}")
                if error.reason == "rate-limited":
                    break
        return found

    def prepare(self, versions: Sequence[Version]) -> None:
        """Nothing to prepare: each revision is a request of its own."""

    def get(self, version: Version) -> Reply:
        """A revision's bytes; a pointer in their place is a failure."""
        return judged(version, "hub", self._ask(version.place))

    def close(self) -> None:
        """Nothing is kept open."""

    def _repository(self, files: Sequence[HubFile]) -> list[Version]:
        folder = f"{files[0].kind}s/{files[0].repository}"
        commits = list(self._commits(folder))
        chosen = [commit for commit in commits if self._inside(commit)]
        newest = commits[0] if commits and any(file.whole for file in files) else None
        trees: dict[str, list[_File]] = {}
        for commit in dict.fromkeys([*([newest] if newest else []), *chosen]):
            self._tell(f"{folder} {commit.name[:8]} of {commit.at:%Y-%m-%d}")
            trees[commit.name] = list(self._tree(folder, commit.name))
        found: list[Version] = []
        for file in files:
            wanted = chosen[::-1] if not file.whole else [newest] if newest else []
            found += self._versions(file, folder, [(commit, trees[commit.name]) for commit in wanted])
        return found

    def _inside(self, commit: _Commit) -> bool:
        return not (
            (self._since is not None and commit.at < self._since)
            or (self._until is not None and commit.at > self._until)
        )

    def _versions(
        self, file: HubFile, folder: str, history: Sequence[tuple[_Commit, Sequence[_File]]]
    ) -> Iterator[Version]:
        """The revisions in which a path's content is not what it was in the one before, path by path."""
        route = route_named(self._routes, file.route)
        states: dict[str, list[tuple[_Commit, _File]]] = {}
        for commit, tree in history:
            for entry in tree:
                if matches(entry.path, file.path):
                    states.setdefault(entry.path, []).append((commit, entry))
        for path, seen in sorted(states.items()):
            before = ""
            for commit, entry in seen:
                address = f"{SITE}/{folder}/resolve/{commit.name}/{quote(path)}"
                url = address if route.owns(address) else file.url
                if entry.mark != before and url:
                    yield Version(
                        route=route.name,
                        media=route.media,
                        url=url,
                        at=commit.at,
                        origin=f"{folder}@{commit.name}:{path}",
                        place=address,
                        digest=f"sha256:{entry.sha256}" if entry.sha256 else f"git:{entry.mark}",
                        always=file.whole,
                    )
                before = entry.mark

    def _commits(self, folder: str) -> Iterator[_Commit]:
        """All commits, newest first. The last page is one that no Link follows, or that has no news."""
        address = f"{SITE}/api/{folder}/commits/main"
        seen: set[str] = set()
        number, url, linked = 0, f"{address}?p=0", False
        while url:
            self._tell(f"{folder}, commits, page {number + 1}")
            items, onward = self._listing(url)
            fresh = [item for item in map(_commit, items) if item.name not in seen]
            yield from fresh
            seen.update(commit.name for commit in fresh)
            number, linked = number + 1, linked or bool(onward)
            url = onward or ("" if linked or not fresh else f"{address}?p={number}")
            if onward and not fresh:
                raise CaptureFailed("wrong-type", "the pages of its commits lead in a circle")

    def _tree(self, folder: str, commit: str) -> Iterator[_File]:
        url = f"{SITE}/api/{folder}/tree/{commit}?recursive=true"
        asked: set[str] = set()
        while url and url not in asked:
            asked.add(url)
            items, url = self._listing(url)
            yield from (_file(item) for item in items if item.get("type") == "file")

    def _listing(self, url: str) -> tuple[list[dict[str, Any]], str]:
        """The items of a page and the address of the next, empty where no Link names one."""
        reply = self._ask(url)
        try:
            items = json.loads(body_of(reply))
        except ValueError as error:
            raise CaptureFailed("wrong-type", f"{url} does not answer with JSON") from error
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise CaptureFailed("wrong-type", f"{url} does not answer with a list")
        links = [value for name, value in reply.headers if name.lower() == "link"]
        onward = next((found[1] for link in links if (found := _NEXT.search(link))), "")
        return cast(list[dict[str, Any]], items), urljoin(url, onward) if onward else ""

    def _ask(self, url: str) -> Reply:
        """Asks; where the hub says when its next window begins, waits for that once."""
        reply = self._fetcher.fetch(Request(url), media=None)
        if reply.reason == "rate-limited":
            said = next((text for name, text in reply.headers if name.lower() == "ratelimit"), "")
            if (reset := _RESET.search(said)) and int(reset[1]) <= PATIENCE.total_seconds():
                self._fetcher.hold(SITE, float(reset[1]))
                reply = self._fetcher.fetch(Request(url), media=None)
        return reply


def _commit(item: dict[str, Any]) -> _Commit:
    name, date = item.get("id"), item.get("date")
    if not isinstance(name, str) or not re.fullmatch(r"[0-9a-f]{40,64}", name) or not isinstance(date, str):
        raise CaptureFailed("wrong-type", "a commit lacks its id or date")
    try:
        return _Commit(name, utc(date))
    except ValueError as error:
        raise CaptureFailed("wrong-type", f"{date[:40]!a} is not a commit's date") from error


def _file(item: dict[str, Any]) -> _File:
    path, mark, large = item.get("path"), item.get("oid"), item.get("lfs")
    if not isinstance(path, str) or not isinstance(mark, str):
        raise CaptureFailed("wrong-type", "a file of a revision lacks its path or object")
    sha256 = large.get("oid") if isinstance(large, dict) else None
    return _File(path, mark, sha256 if isinstance(sha256, str) else "")
