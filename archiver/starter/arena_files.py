"""Arena's ratings without ranks: the publisher's catalog, the Space's own files, the first blog post."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..formats import csvs, htmls, numbers, ranks
from ..records import Entry, Snapshot
from .facts import Fact
from .recordings import Recording, listed

METRIC = "Arena score"
SPACE = "https://huggingface.co/spaces/lmarena-ai/chatbot-arena-leaderboard"
PLAIN = "arena/text/overall"
ONLINE = "20230601", "20240326"
"""Days between which the third party's ratings are not those of the board."""
ONLINE_METRIC = "Arena Elo computed online"
CAUTION = (
    "Ratings computed online, out of the publisher's file of that day: the board showed others, "
    "so that its places may have been different ones."
)
_CATALOG = "https://github.com/lmarena/arena-catalog/blob/{commit}/data/{name}.json"
_NAMES = {
    "text": ("leaderboard-data_", "leaderboard-text_"),
    "text-style-control": ("leaderboard-data-style-control_", "leaderboard-text-style-control_"),
}
_MISFILED = ("leaderboard-data_20250128_", "leaderboard-data_20250205_")
"""Files of the plain board that hold other ratings: o1-2024-12-17 leads at 1323, where the Space's table of
the same days has Gemini 2.0 Flash Thinking at 1382, as the files after them have. They are left out."""


def catalog(folder: Path, board: str) -> Iterator[Fact]:
    """One board from lmarena/arena-catalog; of several files of a day the one with the most models."""
    _, track, category = board.split("/")
    days: dict[datetime, tuple[int, Recording, Mapping[str, Any]]] = {}
    for recording in listed(folder, "arena", "catalog/leaderboard-"):
        name = recording.file.name
        if not name.startswith(_NAMES[track]) or name.startswith(_MISFILED):
            continue
        models = json.loads(_unpacked(recording.file)).get("full" if category == "overall" else category)
        if models and len(models) >= days.get(recording.captured_at, (0,))[0]:
            days[recording.captured_at] = len(models), recording, models
    for time, (_, recording, models) in days.items():
        name, _, commit = recording.file.name.partition(".")[0].rsplit("_", 2)
        address = _CATALOG.format(commit=commit, name=name)
        yield _fact(board, time, [_rated(*item) for item in models.items()], address, dated=False)


def _unpacked(file: Path) -> bytes:
    body = file.read_bytes()
    return gzip.decompress(body) if file.suffix == ".gz" else body


def _rated(model: str, figures: Mapping[str, float]) -> Entry:
    return Entry(
        position=0,
        model=model,
        score=figures["rating"],
        score_low=figures["rating_q025"],
        score_high=figures["rating_q975"],
    )


def space(folder: Path) -> Iterator[Fact]:
    """The Elo ratings that the Space's own table printed, June to December 2023; models without one left out.

    The later files of that table hold no rating at all.
    """
    for recording in listed(folder, "arena", "space-csv/"):
        table = csvs.read(recording.file.read_bytes())
        if "Arena Elo rating" not in table.header:
            continue
        entries = [
            Entry(
                position=0,
                model=row["Model"],
                organization=row.get("Organization") or None,
                score=score,
                license=row["License"] or None,
            )
            for row in table.records()
            if (score := numbers.number(row["Arena Elo rating"])) is not None
        ]
        yield _fact(PLAIN, recording.captured_at, entries, recording.url, dated=True)


def elo(folder: Path) -> Iterator[Fact]:
    """The text board from ratings that a third party read out of the files in the Space, by their dates.

    Where a key stands twice on a date (one model under two names), the first counts. From June 2023 to March
    2024 these are the ratings computed online, game by game, which the board did not show: beside the table
    that the Space printed until December 2023 they differ by 20 to 40 points and put Claude 1 before GPT-4.
    From 27 March 2024 on they agree with the table to half a point. Each state between says so.
    """
    days: dict[str, dict[str, Entry]] = {}
    with (folder / "arena/elo-extracts/jasontrigg0_alltime.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            entry = Entry(
                position=0,
                model=row["Model"].strip() or row["key"],
                organization=row["Organization"].strip() or None,
                score=float(row["rating"]),
                license=row["License"].strip() or None,
            )
            days.setdefault(row["date"], {}).setdefault(row["key"], entry)
    for day, models in sorted(days.items()):
        time = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
        fact = _fact(PLAIN, time, list(models.values()), SPACE, dated=True)
        if ONLINE[0] <= day <= ONLINE[1]:
            notes = {"caution": CAUTION}
            fact = fact._replace(snapshot=replace(fact.snapshot, metric=ONLINE_METRIC, notes=notes))
        yield fact


def blog(folder: Path) -> Iterator[Fact]:
    """The very first board, of nine models, from the publisher's blog."""
    for recording in listed(folder, "arena", "blog/2023-05-03"):
        (table,) = htmls.tables(recording.file.read_text("utf-8"))
        entries = [
            Entry(
                position=place,
                model=row["Model"].lstrip("🥇🥈🥉 "),
                rank=numbers.integer(row["Rank"]),
                score=numbers.number(row["Elo Rating"]),
            )
            for place, row in enumerate(table.records(), start=1)
        ]
        snapshot = Snapshot(
            board=PLAIN,
            entries=entries,
            published_at=recording.captured_at,
            metric=METRIC,
        )
        yield Fact(snapshot, recording.captured_at, "https://lmsys.org/blog/2023-05-03-arena/")


def _fact(board: str, time: datetime, entries: Sequence[Entry], address: str, *, dated: bool) -> Fact:
    """Entries without places in the order of their scores."""
    order = sorted(entries, key=lambda entry: (-(entry.score or 0), entry.model))
    snapshot = Snapshot(
        board=board,
        entries=ranks.placed([entry._replace(position=at) for at, entry in enumerate(order, start=1)]),
        published_at=time if dated else None,
        rank_kind="by-score",
        metric=METRIC,
    )
    return Fact(snapshot, time, address)
