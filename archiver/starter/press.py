"""Reports: what only the press, a vendor or a paper said, out of a table of dated ranks.

The table (`reported/dated_ranks.tsv`: as_of, board, model, rank, of, score, source, certainty) also holds
ranks that were counted from tables. Where the recordings have that table the archive holds it, and they are
left out; where nobody kept it, they are a report as any other.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from ..formats.ranking import COLUMNS
from ..sources.reported import EXTRAS
from .recordings import listed

BOARDS: Mapping[str, str] = {
    "LLM Arena (llmarena.ru)": "llmarena-ru/overall",
    'LLM Arena (llmarena.ru), printed as "Chatbot Arena"': "llmarena-ru/printed-as-chatbot-arena",
    '"Russian-language version of LM Arena"': "unknown/russian-language-lm-arena",
    "lmarena.ai overall": "arena/overall",
    "global arena.ai (6 boards)": "arena/six-boards",
    "SLAVA": "slava/overall",
    "MERA text": "mera/text",
    "ru_llm_arena": "ru-llm-arena/plain",
    "simple-evals-ru avg": "simple-evals-ru/average",
}
"""What a report calls the board → track and category of the source `reported`."""

_TABLES: Mapping[str, str] = {
    "ru_llm_arena": "ru_llm_arena",
    "simple-evals-ru avg": "simple_evals_ru",
    "llmtf_open ru_arena-hard-v0.1 (deepseek judge)": "llmtf_open",
    "LLM Arena (HF Space lmarena/chatbot-arena-leaderboard)": "llmarena_ru",
}
"""Boards whose ranks were counted from tables → the source that reads these."""
_ADDRESS = re.compile(r"(?:[a-z0-9-]+\.)+(?:org|com|ru|ua|br|markets)(?:/[^\s,;)]*)?")
_MAKERS = {"gigachat": "Sber", "sber": "Sber", "yandex": "Yandex", "alice": "Yandex"}
_OUTSIDE = re.compile(r"outside top (\d+)")


class Report(NamedTuple):
    """One row of the table, `same` filled in from the row above."""

    as_of: str
    board: str
    model: str
    rank: str
    of: str
    score: str
    source: str
    certainty: str


def reports(folder: Path) -> Iterator[Report]:
    """The rows that are reports, in the table's order. Raises LookupError for a board that is not known."""
    before = Report(*[""] * len(Report._fields))
    with (folder / "reported/dated_ranks.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            report = Report(*(row[name].strip() for name in Report._fields))
            same = {name for name, value in report._asdict().items() if value == "same"}
            before = report = report._replace(**{name: getattr(before, name) for name in same})
            if _recorded(folder, report):
                continue
            if report.board not in BOARDS:
                raise LookupError(f"reported: the board {report.board!r} has no name in the archive")
            yield report


def _recorded(folder: Path, report: Report) -> bool:
    """Whether the recordings have the table that a row was counted from."""
    source = _TABLES.get(report.board)
    days = {recording.captured_at.date().isoformat() for recording in listed(folder, source or "")}
    return report.as_of in days


def payloads(folder: Path) -> Iterator[tuple[datetime, bytes]]:
    """The reports of each day as a file in the archive's ranking format, oldest first."""
    days: dict[datetime, list[Report]] = {}
    for report in reports(folder):
        days.setdefault(_day(report.as_of), []).append(report)
    for day, of_day in sorted(days.items()):
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, (*COLUMNS, *EXTRAS), lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(_row(report, day, model) for report in of_day for model in report.model.split(" / "))
        yield day, out.getvalue().encode()


def _row(report: Report, day: datetime, model: str) -> dict[str, str]:
    rank = re.match(r"\d+", report.rank)
    outside = _OUTSIDE.fullmatch(report.rank)
    address = _ADDRESS.search(report.source)
    maker = next((made for word, made in _MAKERS.items() if word in model.lower() and "/" not in model), "")
    return {
        "board": f"reported/{BOARDS[report.board]}",
        "published_at": day.date().isoformat(),
        "rank": rank[0] if rank else "",
        # Outside the top ten is eleventh at best: the spread can say that, a rank cannot.
        "rank_low": str(int(outside[1]) + 1) if outside else "",
        "of": report.of if report.of.isdigit() else "",
        "model": model,
        "organization": maker,
        "score": report.score,
        "source_url": f"https://{address[0].rstrip('.')}" if address else "",
        "rank_kind": "published",
        "source": report.source,
        "certainty": report.certainty,
        "said": "" if report.rank.isdigit() else report.rank,
        "said_on": report.as_of if len(report.as_of) < len("2025-02-01") else "",
        "board_as_named": report.board,
    }


def _day(said: str) -> datetime:
    """The first day of what is said; a month is its first day."""
    year, month, day = (int(part) for part in f"{said}-01".split("-")[:3])
    return datetime(year, month, day, tzinfo=UTC)
