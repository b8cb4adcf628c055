"""A folder of recordings: payloads as publishers served them, and the `index.tsv` that lists them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from ..errors import UsageError
from ..records import utc

_RAW = re.compile(r"https://raw\.githubusercontent\.com/([^/]+/[^/]+)/[^/]+/(.+)")
_VERSION = re.compile(r"@\d{4}-\d{2}-\d{2}-([0-9a-f]{7,40})\.")
_DAY = re.compile(r"[@_](\d{4})-?(\d{2})-?(\d{2})")


class Recording(NamedTuple):
    """One recorded payload."""

    source: str
    captured_at: datetime
    url: str
    """The address that it answers; empty where none is known."""
    file: Path
    name: str
    """As the index names it."""

    @property
    def version_url(self) -> str:
        """Where that very version can be read, if the file's name tells its commit; else the address."""
        commit, raw = _VERSION.search(self.name), _RAW.fullmatch(self.url)
        return f"https://github.com/{raw[1]}/blob/{commit[1]}/{raw[2]}" if commit and raw else self.url


def listed(folder: Path, source: str, under: str = "") -> Iterator[Recording]:
    """The recordings of a source below a folder, oldest first; those that tell no time are left out.

    Raises UsageError where there is no index.
    """
    try:
        lines = (folder / "index.tsv").read_text("utf-8").splitlines()
    except OSError as error:
        raise UsageError(f"{folder} holds no recordings: {error}.") from error
    rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    found = []
    for row in rows:
        if row["source"] == source and row["file"].startswith(f"{source}/{under}"):
            time = _time(row["captured_at"], row["file"])
            if time is not None:
                found.append(Recording(source, time, row["url"], folder / row["file"], row["file"]))
    yield from sorted(found, key=lambda recording: (recording.captured_at, recording.name))


def _time(said: str, name: str) -> datetime | None:
    with suppress(ValueError):  # where the column holds no time, the file's name may
        return utc(said)
    day = _DAY.search(name)
    return datetime(int(day[1]), int(day[2]), int(day[3]), tzinfo=UTC) if day else None
