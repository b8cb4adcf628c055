"""LLM Arena (llmarena.ru), the Russian Chatbot Arena: the board on which Sber and Yandex are ranked.

Two routes. `space`: dated CSV files in the publisher's Hugging Face Space. `queue`: the site itself, a
Gradio app; its stream does not say which category it shows, so the address asked carries it.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import quote

from ..errors import ParseFailed
from ..formats import csvs, jsons, ranks, text
from ..formats.fields import Audit, Fields
from ..records import Entry, Finding, Payload, Snapshot, utc
from . import Board, HubFile, Request, Route, Source
from . import _llmarena_queue as queue

_SPACE = "https://huggingface.co/{}spaces/lmarena/chatbot-arena-leaderboard"

_RATING = ("rating", "rating_q975", "rating_q025", "num_battles", "final_ranking")
_CSV = (*_RATING, "variance", "key", "Model", "License", "Organization")
_CSV_EXTRAS = ("key", "Knowledge cutoff date", "Link", "MT-bench (score)", "MMLU")
_CSV_IGNORED = {
    "source": "a third party that copied the file added it",
    "source_url": "a third party that copied the file added it",
}


def _files() -> Generator[Request, bytes, Sequence[Request]]:
    """The dated CSVs that the Space holds today."""
    tree = jsons.loads((yield Request(_SPACE.format("api/") + "/tree/main")))
    listed = [item.get("path") for item in tree if isinstance(item, dict)] if isinstance(tree, list) else []
    names = [
        name
        for name in listed
        if isinstance(name, str) and re.fullmatch(r"leaderboard_table_\d{8}\.csv", name)
    ]
    if not names:
        raise ParseFailed("llmarena_ru: the Space lists no leaderboard_table_YYYYMMDD.csv: moved or renamed.")
    return [Request(f"{_SPACE.format('')}/resolve/main/{quote(name)}") for name in sorted(names)]


SOURCE = Source(
    title="LLM Arena (llmarena.ru)",
    homepage="https://llmarena.ru/?leaderboard",
    license="not stated",
    attribution="LLM Arena, llmarena.ru",
    routes=(
        Route(
            name="space",
            media="csv",
            pattern=r"https://huggingface\.co/spaces/lmarena/chatbot-arena-leaderboard/(?:resolve|raw)/[^?#]+\.csv"
            r"(?:\?.*)?|(?!https?:)[^?#]*\.csv",
            discover=_files,
        ),
        Route(
            name="queue",
            media="event-stream",
            pattern=r"https://llmarena\.ru/(?:gradio_api/)?queue/data\?.*",
            discover=queue.discover,
            robots=True,
        ),
    ),
    boards={
        "llmarena_ru/text/overall": Board(title="LLM Arena, overall", metric="Arena Elo", rows=(20, 400)),
        "llmarena_ru/text*/*": Board(title="LLM Arena", metric="Arena Elo", rows=(10, 400)),
    },
    cadence=timedelta(days=1),
    version=1,
    history=(HubFile("lmarena/chatbot-arena-leaderboard", "space", "leaderboard_table_*.csv", "space"),),
    quirks=(
        "The rank is an upper bound from the intervals: many models share a place.",
        "In the file of 2025-04-09 the block of ratings and ranks seems to stand beside the wrong models: "
        "row order (position) looks like the true order; a `rank-order` finding marks such a snapshot.",
        "MT-bench and MMLU hold placeholders; they are kept in extra as printed.",
        "The global LMSYS Space has files of the same name with other columns; those are refused.",
        "The queue gives no date: its snapshots are placed by the time of capture.",
        "The queue is read as one client of it describes; no recording of it exists.",
    ),
)


def parse(payload: Payload) -> Iterator[Snapshot]:
    """One board: of a CSV file by its header, of an event stream with its category from the address.

    Raises ParseFailed for the global Space's file of the same name, a renamed column, a cut stream.
    """
    if re.match(rb"\s*(?:data|event|id|retry)?:", payload.body):
        snapshot = queue.read(payload)
    else:
        snapshot = _table(payload)
    yield replace(snapshot, findings=[*snapshot.findings, *_order(snapshot.entries)])


def _table(payload: Payload) -> Snapshot:
    table = csvs.read(payload.body)
    if not any(column in table.header for column in _RATING):
        raise ParseFailed(
            "llmarena_ru: no column of ratings, so not LLM Arena's table; the global LMSYS "
            f"Space has such files too. Its columns are {text.listed(table.header)}."
        )
    table.require(*_CSV)
    audit = Audit(extras=_CSV_EXTRAS, ignored=_CSV_IGNORED)
    entries = [_csv_entry(audit.record(record), row) for row, record in enumerate(table.records(), start=1)]
    findings = list(audit.findings())
    if not table.ended:
        what = "The file does not end with a line end: its last row, or rows after it, may be cut off."
        findings.append(Finding("unfinished", "error", what))
    return Snapshot(
        board="llmarena_ru/text/overall",
        entries=entries,
        published_at=_date(payload.url),
        rank_kind="published-ties",
        metric="Arena Elo",
        layout="space-csv",
        findings=findings,
    )


def _csv_entry(fields: Fields, row: int) -> Entry:
    return Entry(
        position=row,
        model=fields.name("Model"),
        organization=fields.text("Organization"),
        rank=fields.integer("final_ranking"),
        score=fields.number("rating"),
        score_low=fields.number("rating_q025"),
        score_high=fields.number("rating_q975"),
        votes=fields.integer("num_battles"),
        license=fields.text("License"),
        extra={"variance": fields.figure("variance"), **fields.rest()},
    )


def _date(url: str) -> datetime | None:
    """The date in a file's name; None where there is none."""
    found = re.search(r"leaderboard_table_(\d{8})(?!\d)", url)
    try:
        return utc(found[1]) if found else None
    except ValueError:
        return None


def _order(entries: Sequence[Entry]) -> list[Finding]:
    """Says so where the row order follows neither the ratings nor the printed ranks."""
    rated = [(e.position, e.score, e.rank) for e in entries if e.score is not None and e.rank is not None]
    positions, scores, places = ([float(row[part]) for row in rated] for part in range(3))
    pairs = ranks.inversions([-score for score in scores])
    if not pairs or not ranks.inversions(places):
        return []
    figures = {
        "rows": len(rated),
        "pairs": pairs,
        "spearman_position_rating": ranks.spearman(positions, scores),
        "spearman_rank_rating": ranks.spearman(places, scores),
    }
    what = (
        f"The row order contradicts the ratings and ranks beside it: {pairs} pairs of {len(rated)} rows "
        f"stand the other way (Spearman {figures['spearman_position_rating']} between position and rating, "
        f"{figures['spearman_rank_rating']} between rank and rating; -1 is agreement). The ratings may "
        "belong to other rows: all three are kept as printed."
    )
    return [Finding("rank-order", "warning", what, figures)]
