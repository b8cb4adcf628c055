"""An archive of every recording beside the checkout: of publishers, of a mirror, and of another scraper.

The truncating scraper is no source of this package. Its files are read as a board of one's own is, by a
definition in `boards/`: that way they go through everything that a capture goes through.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from archiver import Archive, ingest
from archiver.answers import Held
from archiver.records import utc

RECORDINGS = Path(__file__).resolve().parents[2] / "../shared/payloads"
SCRAPED = RECORDINGS / "arena/truncating-scraper"
MIRROR = "https://raw.githubusercontent.com/CherryHQ/cherry-studio-docs/main/other/model_rank"
BOARDS = ("code", "document", "image-edit", "image-to-video", "search", "text")
BOARDS += ("text-to-image", "text-to-video", "video-edit", "vision")

DEFINITION = """
title = "Arena's {board} board, as a scraper that loses rows gave it out"
url = "https://scraped.example/{board}.json"
format = "json"
metric = "Arena score"
records = "models"
rows = [2, 1500]
extra = ["ci"]
[columns]
model = "model"
organization = "vendor"
rank = "rank"
score = "score"
votes = "votes"
license = "license"
"""


def scraped(board: str) -> str:
    """The name of the source that reads a board of the scraper's."""
    return f"scraped_{board.replace('-', '_')}"


def days() -> list[Path]:
    """The scraper's days, oldest first."""
    return sorted(path for path in SCRAPED.iterdir() if path.is_dir())


def shown(day: Path, board: str) -> list[dict[str, object]]:
    """What the scraper gave out, read without this package."""
    rows: list[dict[str, object]] = json.loads((day / f"{board}.json").read_text("utf-8"))["models"]
    return rows


def make(home: Path) -> Archive:
    """Takes in all recordings; those of the mirror under its own source, which the manifest does not name."""
    (home / "boards").mkdir(parents=True)
    for board in BOARDS:
        (home / "boards" / f"{scraped(board)}.toml").write_text(DEFINITION.format(board=board), "utf-8")
    archive = Archive(home)
    good, _ = ingest.manifest(RECORDINGS / "index.tsv", catalog=archive.catalog)
    archive.take([*good, *_mirrored(), *_scraped(archive)])
    return archive


def _mirrored() -> Iterator[ingest.Recording]:
    with (RECORDINGS / "index.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["url"].startswith(MIRROR) and not row["url"].endswith("README.md"):
                path = RECORDINGS / row["file"]
                yield ingest.Recording("arena_mirror", path, path.name, row["url"], utc(row["captured_at"]))


def _scraped(archive: Archive) -> Iterator[ingest.Recording]:
    for board in BOARDS:
        files = [day / f"{board}.json" for day in days()]
        for file in files:
            yield from ingest.recordings(
                scraped(board),
                [file],
                utc(file.parent.name),
                f"https://scraped.example/{board}.json",
                archive.catalog,
            )


UNSOUND = frozenset(
    {
        ("arena/search/overall", "2026-07-14"),
        ("arena/search/overall", "2026-07-21"),
        ("arena/image-edit/multi-image-edit", "2026-07-28"),
    }
)
"""Boards and dates of the manifest in which several boards stand as one."""


def false_drops(board: str) -> set[str]:
    """The days on which the scraper gave out fewer rows than it had before: Arena's boards only grew."""
    most, found = 0, set()
    for day in days():
        count = len(shown(day, board))
        if count < most:
            found.add(day.name)
        most = max(most, count)
    return found


def held_days(archive: Archive, board: str) -> set[str]:
    """The days on which what the scraper gave out is held."""
    found = archive.connect().execute(
        """
        SELECT DISTINCT strftime(c.captured_at, '%Y-%m-%d')
        FROM captures AS c
        JOIN contents AS k ON k.payload_sha256 = c.payload_sha256
        JOIN snapshots AS s
            ON s.board = k.board AND s.content_id = k.content_id
            AND c.captured_at BETWEEN s.first_seen AND s.last_seen
        WHERE s.board = ? AND s.status = 'held'
        """,
        [f"{scraped(board)}/main/overall"],
    )
    return {day for (day,) in found.fetchall()}


def held(archive: Archive) -> list[Held]:
    """What is held of the publishers' and the mirror's snapshots."""
    return [row for row in archive.held() if not row.board.startswith("scraped_")]
