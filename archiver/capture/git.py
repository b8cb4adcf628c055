"""Git histories: every version of a file on a repository's main line, its renames followed.

A clone without file contents (`--filter=blob:none`) serves for the listing; the contents that are wanted then
come in one further exchange, and through one `git cat-file --batch`. What stood at the publisher's address is
what the main line said, so merges count as one step from their first parent, at the merge's own time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from ..errors import CaptureFailed
from ..records import Reply
from ..sources import GitFile, Route
from .backfill import Listing, Tell, Version, Via, failed, is_glob, judged, route_named
from .repository import Repository

Clone = Callable[[str, str], Repository]
"""Repository URL and branch (empty for its default) → a clone, brought up to date, or the local repository.
Raises `CaptureFailed`."""

_LOG = ("log", "--first-parent", "--diff-merges=first-parent", "-z", "--no-abbrev")


class _Change(NamedTuple):
    commit: str
    at: datetime
    blob: str
    path: str


class GitPast:
    """The past of a source's files in git repositories."""

    via: Via = "git"

    def __init__(
        self,
        files: Sequence[GitFile],
        routes: Sequence[Route],
        clone: Clone,
        tell: Tell = lambda _what: None,
    ) -> None:
        """files: of one source. clone: gives the repository that a file is in."""
        self._files, self._routes, self._clone, self._tell = files, routes, clone, tell
        self._open: dict[tuple[str, str], Repository] = {}
        self._seen: set[tuple[str, str, str]] = set()
        self._foreign: set[str] = set()
        self._home: dict[str, Repository] = {}

    def listing(self) -> Listing:
        """Every version of every file; a repository that cannot be had costs its own files only."""
        found, absent = Listing(), []
        having: set[str] = set()
        for file in self._files:
            try:
                versions = list(self._versions(file))
            except CaptureFailed as error:
                found.problems.append(f"{file.repository}: {error.detail}")
                continue
            if versions:
                having.add(file.repository)
            else:
                absent.append(file)
            found.versions += versions
        for file in absent:
            told = f"{file.repository}: no version of {file.path} is on its main line"
            (found.notes if file.repository in having else found.problems).append(told)
        found.notes += sorted(self._foreign)
        return found

    def prepare(self, versions: Sequence[Version]) -> None:
        """Fetches the contents that a clone lacks, all at once."""
        for repository in self._open.values():
            here = [version.place for version in versions if self._home.get(version.place) is repository]
            if here:
                self._tell(f"contents of {len(here)} versions")
                repository.fetch(here)

    def get(self, version: Version) -> Reply:
        """A version's bytes, from the clone."""
        body = self._home[version.place].content(version.place)
        if body is None:
            what = f"{version.origin}: the repository does not give its contents ({version.place})."
            return failed(version, "git", "network", what)
        if not body:
            return failed(version, "git", "empty", f"{version.origin}: the file is empty.")
        return judged(version, "git", Reply(url=version.url, captured_at=version.at, body=body))

    def close(self) -> None:
        """Ends the processes of git."""
        for repository in self._open.values():
            repository.close()

    def _versions(self, file: GitFile) -> Iterator[Version]:
        place = file.repository, file.branch
        if place not in self._open:
            self._tell(file.repository)
            self._open[place] = self._clone(*place)
        repository = self._open[place]
        route = route_named(self._routes, file.route)
        for path in _paths(repository, file.path):
            for change in reversed(_changes(repository, path)):
                if (name := (file.route, change.commit, change.path)) in self._seen:
                    continue  # another file of this source was followed to the same old name
                self._seen.add(name)
                if not (url := _recorded(file, route, path, change)):
                    self._foreign.add(f"{file.repository}: {change.path} belongs to no route: left out")
                    continue
                self._home[change.blob] = repository
                yield Version(
                    route=route.name,
                    media=route.media,
                    url=url,
                    at=change.at,
                    origin=f"{change.commit}:{change.path}",
                    place=change.blob,
                )


def pinned(repository: str, commit: str, path: str) -> str | None:
    """The address of a file as of a commit, where the host has such addresses.

    >>> pinned("https://github.com/Aider-AI/aider.git", "1f3a", "a b.yml")
    'https://raw.githubusercontent.com/Aider-AI/aider/1f3a/a%20b.yml'
    """
    parts = urlsplit(repository)
    if parts.hostname != "github.com":
        return None
    name = parts.path.strip("/").removesuffix(".git")
    return f"https://raw.githubusercontent.com/{name}/{commit}/{quote(path)}"


def _recorded(file: GitFile, route: Route, path: str, change: _Change) -> str:
    """The URL of a version: pinned to its commit where the route takes that, else the file's own; or none."""
    raw = pinned(file.repository, change.commit, change.path)
    if raw is not None and route.owns(raw):
        return raw
    return file.url.replace("{name}", path.rpartition("/")[2])


def _paths(repository: Repository, path: str) -> list[str]:
    """The files that a path or glob stands for, also those that are gone by now."""
    if not is_glob(path):
        return [path]
    out = repository.read(*_LOG, "--name-only", "--format=", repository.head, "--", f":(glob){path}")
    return sorted({name for name in out.decode("utf-8", "surrogateescape").split("\0") if name.strip()})


def _changes(repository: Repository, path: str) -> list[_Change]:
    """The commits that changed a file, newest first; those that removed it show no version."""
    out = repository.read(*_LOG, "--raw", "--follow", "--format=%x01%H %ct", repository.head, "--", path)
    words = iter(out.decode("utf-8", "surrogateescape").split("\0"))
    found: list[_Change] = []
    commit, at = "", datetime.min.replace(tzinfo=UTC)
    for word in map(str.lstrip, words):
        if word.startswith("\x01"):
            commit, seconds = word[1:].split()
            at = datetime.fromtimestamp(int(seconds), UTC)
        elif word.startswith(":"):
            _, mode, _, blob, status = word.split()
            name = next(words)
            name = next(words) if status[0] in "RC" else name
            if mode.startswith("100"):  # a regular file: no link, no submodule, not removed
                found.append(_Change(commit, at, blob, name))
    return found


def cached_at(folder: Path, repository: str, branch: str = "") -> Path:
    """Where the clone of a repository's branch is kept between runs."""
    from hashlib import sha256

    name = "-".join(part for part in urlsplit(repository).path.split("/") if part).removesuffix(".git")
    safe = "".join(char if char.isalnum() or char in "-_." else "-" for char in name)[-60:]
    return folder / f"{safe}-{sha256(f'{repository} {branch}'.encode()).hexdigest()[:8]}"
