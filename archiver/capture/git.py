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

MainLine = Callable[[str], Repository]
"""Repository URL → a clone of it, brought up to date, or the local one. Raises `CaptureFailed`."""

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
        clone: MainLine,
        tell: Tell = lambda _what: None,
    ) -> None:
        """files: of one source. clone: gives the repository that a file is in."""
        self._files, self._routes, self._clone, self._tell = files, routes, clone, tell
        self._open: dict[str, Repository] = {}
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
        if file.repository not in self._open:
            self._tell(file.repository)
            self._open[file.repository] = self._clone(file.repository)
        repository = self._open[file.repository]
        route = route_named(self._routes, file.route)
        seen: set[tuple[str, str]] = set()
        for path in _paths(repository, file.path):
            for change in reversed(_changes(repository, path)):
                if (change.commit, change.path) in seen:  # a dated file that began as a copy of another
                    continue
                seen.add((change.commit, change.path))
                self._home[change.blob] = repository
                yield Version(
                    route=route.name,
                    media=route.media,
                    url=_recorded(file, route, path, change),
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
    """The URL of a version: pinned to its commit where the route takes that, else the file's own."""
    url = pinned(file.repository, change.commit, change.path)
    if url is not None and route.owns(url):
        return url
    own = file.url.replace("{name}", path.rpartition("/")[2])
    return own or pinned(file.repository, change.commit, path) or path


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


def cached_at(folder: Path, repository: str) -> Path:
    """Where the clone of a repository is kept between runs."""
    from hashlib import sha256

    name = "-".join(part for part in urlsplit(repository).path.split("/") if part).removesuffix(".git")
    safe = "".join(char if char.isalnum() or char in "-_." else "-" for char in name)[-60:]
    return folder / f"{safe}-{sha256(repository.encode()).hexdigest()[:8]}"
