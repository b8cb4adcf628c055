"""LLM Arena (llmarena.ru), the Russian Chatbot Arena: the board on which Sber and Yandex are ranked.

Two routes. `space`: dated CSV files in the publisher's Hugging Face Space. `queue`: the site itself, a
Gradio app; its stream does not say which category it shows, so the address asked carries it.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import parse_qs, quote, urlencode

from ..errors import ParseFailed
from ..formats import csvs, gradio, jsons, markup, numbers, ranks, tables
from ..formats.fields import Audit, Fields
from ..records import Entry, Finding, Payload, Snapshot, utc
from . import Board, Request, Route, Source

_SITE = "https://llmarena.ru"
_SPACE = "https://huggingface.co/{}spaces/lmarena/chatbot-arena-leaderboard"
_CATEGORY, _STYLE = "site_visitors/medium_prompts", "Style Control"

_RATING = ("rating", "rating_q975", "rating_q025", "num_battles", "final_ranking")
_CSV = (*_RATING, "key", "Model", "License", "Organization")
_CSV_EXTRAS = ("variance", "key", "Knowledge cutoff date", "Link", "MT-bench (score)", "MMLU")
_CSV_IGNORED = {
    "source": "a third party that copied the file added it",
    "source_url": "a third party that copied the file added it",
}
_QUEUE: Mapping[str, str] = {
    "rank": r"rank(?: ub| stylectrl)?|ранг|место",
    "model": r"model|модель",
    "rating": r"(?:arena )?(?:elo|score)(?: rating)?|(?:arena )?рейтинг|rating",
    "interval": r"95% (?:ci|ди)|95% доверительный интервал",
    "votes": r"votes|голоса|голосов|количество голосов|num battles",
    "organization": r"organization|организация",
    "license": r"license|лицензия",
}
"""Columns of the site in the order known of it, with patterns for their headings (emoji and marks off)."""
_CUTOFF = r"knowledge cutoff(?: date)?|дата отсечки знаний|дата среза знаний|актуальность знаний"
"""The one column after those: kept in extra under its own heading."""


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


def _queue() -> Generator[Request, bytes, Sequence[Request]]:
    """Joins the queue once with and once without style control; the streams are the payloads."""
    call = gradio.find_call((yield Request(f"{_SITE}/config")), offered=(_CATEGORY, _STYLE))
    streams = []
    for filters in ([_STYLE], []):
        # One session a question: streams never mix, and the address stays the same from pass to pass.
        session = f"archiver-{_slug(_CATEGORY)}-{_slug(' '.join(filters)) or 'plain'}"
        joined = jsons.loads(
            (
                yield Request(
                    f"{_SITE}/queue/join",
                    json={
                        "data": [_CATEGORY, filters],
                        "event_data": None,
                        "fn_index": call.fn_index,
                        "trigger_id": call.trigger_id,
                        "session_hash": session,
                    },
                )
            )
        )
        if not isinstance(joined, dict) or "event_id" not in joined:
            raise ParseFailed("llmarena_ru: the queue gave no event_id: it did not take the question.")
        query = urlencode({"session_hash": session, "category": _CATEGORY, "filters": ",".join(filters)})
        streams.append(Request(f"{_SITE}/queue/data?{query}", headers={"Accept": "text/event-stream"}))
    return streams


SOURCE = Source(
    title="LLM Arena (llmarena.ru)",
    homepage="https://llmarena.ru/?leaderboard",
    license="not stated",
    attribution="LLM Arena, llmarena.ru",
    routes=(
        Route(
            name="space",
            media="csv",
            pattern=r"https://huggingface\.co/spaces/lmarena/chatbot-arena-leaderboard/(?:resolve|raw)/[^?]+\.csv"
            r"(?:\?.*)?|[^:?]*\.csv",
            discover=_files,
        ),
        Route(
            name="queue",
            media="event-stream",
            pattern=r"https://llmarena\.ru/(?:gradio_api/)?queue/data\?.*",
            discover=_queue,
            robots=True,
        ),
    ),
    boards={
        "llmarena_ru/text/overall": Board(title="LLM Arena, overall", metric="Arena Elo", rows=(20, 400)),
        "llmarena_ru/text*/*": Board(title="LLM Arena", metric="Arena Elo", rows=(10, 400)),
    },
    cadence=timedelta(days=1),
    version=1,
    quirks=(
        "The rank is an upper bound from the intervals: many models share a place.",
        "In the file of 2025-04-09 the block of ratings and ranks seems to stand beside the wrong models: "
        "row order (position) looks like the true order; a `rank-order` finding marks such a snapshot.",
        "MT-bench and MMLU hold placeholders; they are kept in extra as printed.",
        "The global LMSYS Space has files of the same name with other columns; those are refused.",
        "The queue gives no date: its snapshots are placed by the time of capture.",
    ),
)


def parse(payload: Payload) -> Iterator[Snapshot]:
    """One board: of a CSV file by its header, of an event stream with its category from the address.

    Raises ParseFailed for the global Space's file of the same name, a renamed column, a cut stream.
    """
    if re.match(rb"\s*(?:data|event|id|retry)?:", payload.body):
        yield _stream(payload)
    else:
        yield _table(payload)


def _table(payload: Payload) -> Snapshot:
    table = csvs.read(payload.body)
    if not any(column in table.header for column in _RATING):
        raise ParseFailed(
            "llmarena_ru: this CSV has no column of ratings, so it is not LLM Arena's table: the global LMSYS "
            f"Space has files of the same name. Its columns are {', '.join(map(repr, table.header))}."
        )
    table.require(*_CSV)
    audit = Audit(extras=_CSV_EXTRAS, ignored=_CSV_IGNORED)
    entries = [_csv_entry(audit.record(record), row) for row, record in enumerate(table.records(), start=1)]
    findings = [*audit.findings(), *_order(entries)]
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
        extra=fields.rest(),
    )


def _stream(payload: Payload) -> Snapshot:
    frame = gradio.frame(payload.body)
    columns, cutoff = _columns(frame)
    table = tables.build(columns, [[_cell(cell) for cell in row] for row in frame.rows])
    audit = Audit(extras=cutoff)
    entries = [_queue_entry(audit.record(record), row) for row, record in enumerate(table.records(), start=1)]
    board, told = _board(payload.url)
    return Snapshot(
        board=board,
        entries=entries,
        rank_kind="published-ties",
        metric="Arena Elo",
        layout="queue-named" if frame.headers else "queue-by-position",
        findings=[*audit.findings(), *told, *_order(entries)],
    )


def _queue_entry(fields: Fields, row: int) -> Entry:
    linked = fields.name("model")
    score, around = fields.number("rating"), fields.span("interval")
    spread = (None, None) if score is None or around is None else [numbers.offset(score, by) for by in around]
    link = markup.link(linked)
    return Entry(
        position=row,
        model=markup.plain(linked),
        organization=fields.text("organization"),
        rank=fields.integer("rank"),
        score=score,
        score_low=spread[0],
        score_high=spread[1],
        votes=fields.integer("votes"),
        license=fields.text("license"),
        extra=fields.rest() | ({"link": link} if link else {}),
    )


def _columns(frame: gradio.Frame) -> tuple[list[str], list[str]]:
    """Our names for the columns that are mapped, the site's own for the rest; those known but kept as extra.

    Raises ParseFailed where a column is missing.
    """
    if not frame.headers:
        if any(len(row) != len(_QUEUE) + 1 for row in frame.rows):
            raise ParseFailed(
                f"llmarena_ru: no headings, and not the {len(_QUEUE) + 1} columns that are known."
            )
        return [*_QUEUE, "cutoff"], ["cutoff"]
    bare = {heading: " ".join(re.findall(r"[\w%]+", heading.lower())) for heading in frame.headers}
    columns = [
        next((name for name, known in _QUEUE.items() if re.fullmatch(known, bare[heading])), heading)
        for heading in frame.headers
    ]
    tables.require(_QUEUE, columns)
    return columns, [heading for heading in columns if re.fullmatch(_CUTOFF, bare.get(heading, ""))]


def _cell(value: object) -> str:
    """A cell of the stream as text. Raises ParseFailed where it is a list or an object."""
    if isinstance(value, list | dict | bool):
        raise ParseFailed(f"llmarena_ru: a cell holds {str(value)[:40]}, neither text nor a number.")
    return "" if value is None else str(value)


def _board(url: str) -> tuple[str, list[Finding]]:
    """The board that an address of the queue asks for. Where it does not say, one that is held."""
    asked = parse_qs(url.partition("?")[2], keep_blank_values=True)
    category = _slug(asked.get("category", [""])[0])
    if not category or "filters" not in asked:
        what = "The address does not say which category and filters were asked for (category=…&filters=…)."
        return "llmarena_ru/text/unstated", [Finding("unstated-category", "error", what)]
    track = "-".join(["text", *sorted(filter(None, map(_slug, asked["filters"][0].split(","))))])
    return f"llmarena_ru/{track}/{category}", []


def _slug(name: str) -> str:
    return "-".join(re.findall(r"\w+", name.lower().replace("_", " ")))


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
        f"The row order contradicts the ratings and ranks printed beside it: {pairs} pairs of {len(rated)} rows "
        f"stand the other way round (Spearman {figures['spearman_position_rating']} between position and "
        f"rating, {figures['spearman_rank_rating']} between rank and rating; -1 is agreement). The ratings may "
        "belong to other rows: all three are kept as printed."
    )
    return [Finding("rank-order", "warning", what, figures)]
