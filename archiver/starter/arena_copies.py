"""Arena's tables as third parties copied them: of the old Space as CSV, of the site as Markdown and CSV."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ..errors import ParseFailed
from ..formats import csvs, markdown, numbers
from ..formats.tables import Table
from ..records import Entry, RankKind, Snapshot
from ..sources._mirrored import plain, split, unglued
from .arena_files import METRIC, PLAIN
from .facts import Fact
from .recordings import Recording, listed

_COPY = "https://github.com/fboulnois/llm-leaderboard-csv/blob/{commit}/csv/{file}.csv"
_SITE = "https://lmarena.ai/leaderboard/text"
STYLED = "arena/text-style-control/overall"
_RANKS = "排名(UB)", "排名(StyleCtrl)"
_SPREAD = re.compile(r"(\d+)\s*(?:◄─►|\s)\s*(\d+)")
_SCORE = re.compile(r"(\d+)(?:\s*±\s*(\d+))?\s*(?:Preliminary)?")


def tables(folder: Path) -> Iterator[Fact]:
    """The Space's table as saved from June 2024 to August 2025. Its score is that without style control.

    `rank` is the upper bound of the intervals until July 2025; in the files of the later app, `lmarena_text`,
    it follows the order of the scores (251 of 260 rows; the upper bounds stand under rank_stylectrl there).
    """
    for recording in listed(folder, "arena", "space-table-csv/"):
        kind: RankKind | None = {"lmsys": "published-ties", "lmarena_text": "published"}.get(_file(recording))  # type: ignore[assignment]  # a dict's values widen to str
        if kind:
            rows = list(csvs.read(recording.file.read_bytes()).records())
            entries = [_saved(row, place, "rank") for place, row in enumerate(rows, start=1)]
            yield _fact(PLAIN, recording, entries, kind, _copy(recording))


def styled_ranks(folder: Path) -> Iterator[Fact]:
    """Ranks with style control from the same files: they print no score for them, so there is none."""
    for recording in listed(folder, "arena", "space-table-csv/lmsys_"):
        table = csvs.read(recording.file.read_bytes())
        if "rank_stylectrl" in table.header:
            entries = [_saved(row, 0, "rank_stylectrl") for row in table.records()]
            bare = [entry._replace(score=None, score_low=None, score_high=None) for entry in entries]
            bare.sort(key=lambda entry: entry.rank or len(bare))
            placed = [entry._replace(position=place) for place, entry in enumerate(bare, start=1)]
            yield _fact(STYLED, recording, placed, "published-ties", _copy(recording))


def _file(recording: Recording) -> str:
    return re.split(r"_v?\d{4}", recording.file.stem)[0]


def _copy(recording: Recording) -> str:
    return _COPY.format(commit=recording.file.stem.rpartition("_")[2], file=_file(recording))


def _saved(row: Mapping[str, str], place: int, rank: str) -> Entry:
    score = numbers.number(row.get("arena_score") or row.get("arena_elo") or "")
    low, high = numbers.around(score, numbers.span(row["95_pct_ci"]))
    return Entry(
        position=place,
        model=row["model"],
        organization=row["organization"] or None,
        rank=numbers.integer(row[rank]),
        score=score,
        score_low=low,
        score_high=high,
        votes=numbers.integer(row["votes"]),
        license=row["license"] or None,
    )


def mirrored_table(folder: Path) -> Iterator[Fact]:
    """The same table as a Markdown mirror had it in August 2025, after the last copy; its ranks as there."""
    for recording, table in _changes(folder):
        if set(_RANKS) <= set(table.header) and recording.captured_at.date().isoformat() > "2025-08-01":
            entries = [
                _mirrored(row, place, unglued(plain(row["模型名"]), row["服务商"]), row["服务商"])
                for place, row in enumerate(table.records(), start=1)
            ]
            yield _fact(PLAIN, recording, entries, "published", "https://lmarena.ai/leaderboard")


def mirror(folder: Path) -> Iterator[Fact]:
    """The site's text board from October 2025 on, which has style control on, by the same mirror.

    Its rank is an upper bound until the middle of November 2025, then a place with its spread beside it. From
    February 2026 the mirror runs name, organisation and spread together: what can be told apart is, by the
    organisations that it named before; a spread of more than two digits cannot, and is empty.
    """
    for recording, table in _changes(folder):
        rank = "Rank" if "Rank" in table.header else "排名 (UB)"
        if rank not in table.header:
            continue
        kind: RankKind = "published" if rank == "Rank" else "published-ties"
        organizations = "组织/公司"
        entries = []
        for place, row in enumerate(table.records(), start=1):
            name, license_ = plain(row["模型"]), row.get("许可证") or None
            if organizations in row:
                name, organization = unglued(name, row[organizations]), row[organizations] or None
            else:
                name, organization, license_ = split(name)
            entry = _mirrored(row, place, name, organization or "")
            entries.append(entry._replace(rank=numbers.integer(row[rank]), license=license_))
        yield _fact(STYLED, recording, entries, kind, _SITE)


def _mirrored(row: Mapping[str, str], place: int, name: str, organization: str) -> Entry:
    found = _SCORE.fullmatch(row["分数"].strip())
    score = float(found[1]) if found else None
    interval = next((row[key] for key in row if "置信区间" in key), f"±{found[2]}" if found else "")
    low, high = numbers.around(score, numbers.span(interval))
    spread = next((row[key] for key in row if key.startswith("Rank Spread")), "")
    ends = _SPREAD.fullmatch(spread.strip()) or re.fullmatch(r"(\d)(\d)", spread.strip())
    return Entry(
        position=place,
        model=name,
        organization=organization or None,
        rank=numbers.integer(row.get(_RANKS[0], "")),
        rank_low=int(ends[1]) if ends else None,
        rank_high=int(ends[2]) if ends else None,
        score=score,
        score_low=low,
        score_high=high,
        votes=numbers.integer(row["票数"]),
        license=row.get("许可协议") or None,
    )


def _changes(folder: Path) -> Iterator[tuple[Recording, Table]]:
    """The mirror's tables, each when it first stood there; a fresh stamp over the same table is no news."""
    before = None
    for recording in listed(folder, "arena", "mirror-markdown/"):
        try:
            found = markdown.tables(recording.file.read_text("utf-8"))
        except ParseFailed:
            continue
        if found and found[0].rows != before:
            before = found[0].rows
            yield recording, found[0]


def page_table(folder: Path) -> Iterator[Fact]:
    """The site's text board of May 2026 as a third party read it from the page's table."""
    for recording in listed(folder, "arena", "page-table-csv/"):
        if not recording.file.stem.endswith("_current_text"):
            continue
        entries = []
        for place, row in enumerate(csvs.read(recording.file.read_bytes()).records(), start=1):
            score = numbers.number(row["score"])
            low, high = numbers.around(score, numbers.span(row["uncertainty"]))
            ends = _SPREAD.fullmatch(row["rank_spread"])
            entries.append(
                Entry(
                    position=place,
                    model=row["model"],
                    organization=row["organization"] or None,
                    rank=numbers.integer(row["rank"]),
                    rank_low=int(ends[1]) if ends else None,
                    rank_high=int(ends[2]) if ends else None,
                    score=score,
                    score_low=low,
                    score_high=high,
                    votes=numbers.integer(row["votes"]),
                    license=row["license"] or None,
                )
            )
        yield _fact(STYLED, recording, entries, "published", "https://arena.ai/leaderboard/text")


def _fact(board: str, recording: Recording, entries: Sequence[Entry], kind: RankKind, address: str) -> Fact:
    snapshot = Snapshot(board=board, entries=entries, rank_kind=kind, metric=METRIC)
    return Fact(snapshot, recording.captured_at, address)
