"""The keepers of the past on loopback, behaving as they are documented to: a real git, an index and replay
of web pages, a hub of files with revisions."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

from tests.internet import Internet, Script, Talk, answer, redirect

SAMPLES = Path(__file__).parents[1] / "samples"


class Upstream:
    """A publisher's git repository."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("config", "uploadpack.allowFilter", "true")  # as GitHub has it

    def git(self, *words: str, at: str = "2025-01-01T00:00:00Z") -> str:
        who = {
            f"GIT_{role}_{what}": "someone" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        when = {"GIT_AUTHOR_DATE": "2020-01-01T00:00:00Z", "GIT_COMMITTER_DATE": at}
        own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            ["git", "-C", str(self.path), *words],
            capture_output=True, text=True, check=True, env={**os.environ, **who, **when, **own},
        )  # fmt: skip
        return done.stdout.strip()

    def commit(self, at: str, files: Mapping[str, bytes | None]) -> str:
        """Writes (None: removes) files and commits them; the commit's name."""
        for name, body in files.items():
            file = self.path / name
            if body is None:
                file.unlink()
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(body)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "more", at=at)
        return self.git("rev-parse", "HEAD")

    @property
    def url(self) -> str:
        return self.path.as_uri()


def base32(body: bytes) -> str:
    return base64.b32encode(hashlib.sha1(body).digest()).decode()  # noqa: S324  # as the index does


@dataclass
class Memento:
    """One capture that the Wayback Machine holds."""

    stamp: str
    body: bytes
    status: str = "200"
    mime: str = "text/html"
    digest: str = ""

    def row(self, url: str) -> list[str]:
        size = str(len(self.body) // 3)
        return [self.stamp, url, self.status, self.mime, self.digest or base32(self.body), size]


@dataclass
class WaybackMachine:
    """The CDX server and the replay of one address (wayback-cdx-server/README.md)."""

    net: Internet
    url: str
    mementos: Sequence[Memento]
    most: int = 1000
    """Rows that one query gives at most."""
    queries: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.net.at("/cdx/search/cdx", self.index)
        for memento in self.mementos:
            self.net.at(self.path(memento), memento_answer(memento))

    def path(self, memento: Memento) -> str:
        return f"/web/{memento.stamp}id_/{self.url}"

    def replays(self, memento: Memento) -> int:
        return len(self.net.asked(self.path(memento)))

    def index(self, talk: Talk) -> None:
        query = {key: values[0] for key, values in parse_qs(urlsplit(talk.seen.target).query).items()}
        self.queries.append(query)
        assert query["output"] == "json"
        if query["url"] != self.url:
            talk.send(answer(b"[]", headers={"Content-Type": "application/json"}))
            return
        rows = [memento.row(self.url) for memento in self.mementos]
        rows = [row for row in rows if query.get("from", "0") <= row[0] <= query.get("to", "9")]
        rows = [row for at, row in enumerate(rows) if at == 0 or row[4] != rows[at - 1][4]]
        if "resumeKey" in query:  # arrives decoded once, as the documentation's own example does
            rows = [row for row in rows if row[0] > query["resumeKey"].split()[-1].rstrip("!")]
        size = min(self.most, int(query.get("limit", "150000")))
        page: list[list[str]] = [query["fl"].split(","), *rows[:size]]
        if len(rows) > size:
            page += [[], [quote(f"org,example)/ {rows[size - 1][0]}!", safe="").replace("%20", "+")]]
        talk.send(
            answer(json.dumps(page if rows else []).encode(), headers={"Content-Type": "application/json"})
        )


def memento_answer(memento: Memento, **more: str) -> bytes:
    headers = {
        "Content-Type": memento.mime,
        "Memento-Datetime": "Tue, 01 Apr 2025 00:00:00 GMT",
        "X-Archive-Orig-Content-Length": str(len(memento.body)),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    return answer(memento.body, headers=headers)


@dataclass
class Revision:
    """One commit of a repository on the hub: all that it holds."""

    name: str
    date: str
    files: Mapping[str, bytes]


@dataclass
class HubRepository:
    """The API and the files of one repository on the hub. Files of `.parquet` are in large file storage."""

    net: Internet
    folder: str
    """`datasets/owner/name`"""
    revisions: Sequence[Revision]
    """Oldest first."""
    page: int = 50
    link: bool = True

    def __post_init__(self) -> None:
        self.net.at(f"/api/{self.folder}/commits/main", self.commits)
        for revision in self.revisions:
            self.net.at(f"/api/{self.folder}/tree/{revision.name}", self.tree(revision))
            for path, body in revision.files.items():
                self.net.at(self.path(revision, path), *self.file(path, body))

    def path(self, revision: Revision, path: str) -> str:
        return f"/{self.folder}/resolve/{revision.name}/{path}"

    def fetched(self) -> list[str]:
        return [unquote(seen.target) for seen in self.net.seen if "/resolve/" in seen.target]

    def commits(self, talk: Talk) -> None:
        query = parse_qs(urlsplit(talk.seen.target).query)
        number = int(query.get("p", ["0"])[0])
        newest = list(reversed(self.revisions))
        items = [
            {"id": each.name, "title": "more", "message": "", "authors": [], "date": each.date}
            for each in newest[number * self.page : (number + 1) * self.page]
        ]
        onward = f"https://huggingface.co/api/{self.folder}/commits/main?p={number + 1}"
        more = self.link and (number + 1) * self.page < len(newest)
        talk.send(
            answer(json.dumps(items).encode(), headers={"Link": f'<{onward}>; rel="next"'} if more else {})
        )

    def tree(self, revision: Revision) -> Script:
        items: list[dict[str, object]] = [{"type": "directory", "oid": "0" * 40, "size": 0, "path": "text"}]
        for path, body in revision.files.items():
            blob = hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()  # noqa: S324  # as git does
            item: dict[str, object] = {"type": "file", "oid": blob, "size": len(body), "path": path}
            if path.endswith(".parquet"):
                item["lfs"] = {"oid": hashlib.sha256(body).hexdigest(), "size": len(body), "pointerSize": 132}
            items.append(item)
        return lambda talk: talk.send(answer(json.dumps(items).encode()))

    def file(self, path: str, body: bytes) -> list[bytes]:
        if not path.endswith(".parquet"):
            return [answer(body)]
        stored = f"/storage/{hashlib.sha256(body).hexdigest()}"
        self.net.at(stored, answer(body))
        return [redirect(self.net.url(stored, "b.test"))]
