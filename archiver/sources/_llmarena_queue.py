"""llmarena.ru itself: a Gradio app, asked as its own page asks it.

Known from one client of the site, so the layout is unproven: rows of rank, model (an HTML anchor), Elo, 95 %
interval, votes, organization, licence, knowledge cutoff. The stream does not say which category and filters
were asked for; the address asked carries them, in parameters that the server has no use for.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping, Sequence
from urllib.parse import parse_qs, urlencode

from ..errors import ParseFailed
from ..formats import gradio, jsons, markup, numbers, tables, text
from ..formats.fields import Audit, Fields
from ..records import Entry, Finding, Payload, Snapshot
from . import Request

SITE = "https://llmarena.ru"
CATEGORY, STYLE = "site_visitors/medium_prompts", "Style Control"

_COLUMNS: Mapping[str, str] = {
    "rank": r"rank(?: ub| stylectrl)?|ранг|место",
    "model": r"model|модель",
    "rating": r"(?:arena )?(?:elo|score|rating|рейтинг)(?: rating)?",
    "interval": r"95% (?:ci|ди)|95% доверительный интервал",
    "votes": r"votes|голоса|голосов|количество голосов|num battles",
    "organization": r"organization|организация",
    "license": r"license|лицензия",
}
"""Columns in the order known of the site, with patterns for their headings (emoji and marks off)."""
_CUTOFF = r"knowledge cutoff(?: date)?|дата отсечки знаний|дата среза знаний|актуальность знаний"
"""The one column after those: kept in extra, under its own heading."""


def discover() -> Generator[Request, bytes, Sequence[Request]]:
    """Joins the queue once with and once without style control; the two streams are the payloads.

    Raises ParseFailed where the site is no longer the app that is known.
    """
    call = gradio.find_call((yield Request(f"{SITE}/config")), offered=(CATEGORY, STYLE))
    queue, streams = f"{SITE}{call.prefix}/queue", []
    for filters in ([STYLE], []):
        # One session a question: streams never mix, and the address stays the same from pass to pass.
        session = f"archiver-{_slug(CATEGORY)}-{_slug(' '.join(filters)) or 'plain'}"
        question = {
            "data": [CATEGORY, filters],
            "event_data": None,
            "fn_index": call.fn_index,
            "trigger_id": call.trigger_id,
            "session_hash": session,
        }
        joined = jsons.loads((yield Request(f"{queue}/join", json=question)))
        if not isinstance(joined, dict) or "event_id" not in joined:
            raise ParseFailed("llmarena_ru: the queue gave no event_id: it did not take the question.")
        query = urlencode({"session_hash": session, "category": CATEGORY, "filters": ",".join(filters)})
        streams.append(Request(f"{queue}/data?{query}", headers={"Accept": "text/event-stream"}))
    return streams


def read(payload: Payload) -> Snapshot:
    """The board of one event stream. Raises ParseFailed where it is cut off, failed or changed."""
    frame = gradio.frame(payload.body)
    columns, cutoff = _columns(frame)
    table = tables.build(columns, [[_cell(cell) for cell in row] for row in frame.rows])
    audit = Audit(extras=cutoff)
    entries = [_entry(audit.record(record), row) for row, record in enumerate(table.records(), start=1)]
    board, told = _board(payload.url)
    return Snapshot(
        board=board,
        entries=entries,
        rank_kind="published-ties",
        metric="Arena Elo",
        layout="queue-named" if frame.headers else "queue-by-position",
        findings=[*audit.findings(), *told],
    )


def _entry(fields: Fields, row: int) -> Entry:
    linked = fields.name("model")
    name, link = markup.plain(linked), markup.link(linked)
    if not name:
        raise ParseFailed(f"llmarena_ru: row {row} has a model cell without a name: {text.short(linked)}.")
    score = fields.number("rating")
    low, high = numbers.around(score, fields.span("interval"))
    return Entry(
        position=row,
        model=name,
        organization=fields.text("organization"),
        rank=fields.integer("rank"),
        score=score,
        score_low=low,
        score_high=high,
        votes=fields.integer("votes"),
        license=fields.text("license"),
        extra=fields.rest() | ({"link": link} if link else {}),
    )


def _columns(frame: gradio.Frame) -> tuple[list[str], list[str]]:
    """Our names for the columns that are mapped and the site's own for the rest; those known but not mapped.

    Raises ParseFailed where a column is missing.
    """
    if not frame.headers:
        count = len(_COLUMNS) + 1
        if any(len(row) != count for row in frame.rows):
            raise ParseFailed(f"llmarena_ru: no headings, and not the {count} columns that are known.")
        return [*_COLUMNS, "cutoff"], ["cutoff"]
    bare = {heading: " ".join(re.findall(r"[\w%]+", heading.lower())) for heading in frame.headers}
    columns = [
        next((name for name, known in _COLUMNS.items() if re.fullmatch(known, bare[heading])), heading)
        for heading in frame.headers
    ]
    tables.require(_COLUMNS, columns)
    return columns, [heading for heading in frame.headers if re.fullmatch(_CUTOFF, bare[heading])]


def _cell(value: object) -> str:
    """A cell of the stream as text. Raises ParseFailed where it is neither text nor a number."""
    if isinstance(value, list | dict | bool):
        raise ParseFailed(f"llmarena_ru: a cell holds {text.short(value)}, neither text nor a number.")
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
