"""OpenRouter's rankings: the models that its users send most tokens to, day by day."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from ..errors import ParseFailed
from ..formats import csvs, jsons, numbers, ranks, tables, text
from ..formats.fields import Audit, Fields
from ..records import Entry, Finding, Payload, Snapshot, utc
from . import Board, Request, Route, Source

_DATA = "https://openrouter.ai/api/v1/datasets"
_DATED = re.compile(re.escape(_DATA) + r"/exports/rankings-daily/[0-9]{4}-[0-9]{2}-[0-9]{2}\.csv")
_OTHER = "other"
"""The name of the row that sums up every model outside of a day's top 50."""
_TOKENS, _SHARE = "total_tokens", "share_of_daily_tokens"
_SHARES_OFF = 0.001
"""How far a day's shares may be from 1 together: more says that a row of the day is missing."""

BOARD = "openrouter/tokens/daily"
METRIC = "tokens a day"


def _discover() -> Generator[Request, bytes, Sequence[Request]]:
    """The newest dated file, which never changes; the publisher's `latest.csv` may for a while mix two."""
    body = yield Request(f"{_DATA}/exports/rankings-daily/latest.manifest.json")
    found = jsons.loads(text.decode(body))
    for name in ("files", "csv", "url"):
        if not isinstance(found, dict) or name not in found:
            raise ParseFailed(f"openrouter: the manifest of the exports has no {name!r} (of files.csv.url).")
        found = found[name]
    if not isinstance(found, str) or not _DATED.fullmatch(found):
        raise ParseFailed(f"openrouter: the manifest names {text.short(found)}, which is no dated CSV file.")
    return [Request(found)]


SOURCE = Source(
    title="OpenRouter rankings",
    homepage="https://openrouter.ai/rankings",
    license="CC BY 4.0",
    attribution="Source: OpenRouter (openrouter.ai/rankings), CC BY 4.0",
    routes=(
        Route(
            name="export",
            media="csv",
            pattern=re.escape(_DATA) + r"/exports/rankings-daily/(?:latest|[0-9]{4}-[0-9]{2}-[0-9]{2})\.csv"
            r"|(?!https?:)[^?#]*\.csv",
            discover=_discover,
        ),
        Route(
            name="api",
            media="json",
            pattern=re.escape(_DATA) + r"/rankings-daily(?:\?[^#]*)?|(?!https?:)[^?#]*\.json",
        ),
    ),
    boards={BOARD: Board(title="OpenRouter, tokens a day", metric=METRIC, rows=(10, 50))},
    cadence=timedelta(days=1),
    version=1,
    proven=False,
    quirks=(
        "Written from the descriptions of the export and of the Data API; no recording was at hand.",
        "This is usage, not quality: tokens (prompt and completion) that went through OpenRouter in a day.",
        "Each provider's tokenizer counts its own way, so that small differences between models mean little.",
        "A day lists its top 50; the row `other` sums up the rest and is kept in the notes. The list proves "
        "who is on it, never who is not used.",
        "A file holds the last thirty days; the newest of them are still corrected a little.",
        "Models with a suffix (`:free`) are listed apart; the suffix is in `variant`.",
        "The Data API (JSON, since 2025-01-01) needs a key and prints no ranks: import what it answered.",
    ),
)


def parse(payload: Payload) -> Iterator[Snapshot]:
    """A snapshot for each day of a file, in the order of the file. Raises ParseFailed."""
    route = SOURCE.route_of(payload.url)
    if route is not None and route.name == "api":
        yield from _days(_answered(payload.body), "api", [])
        return
    table = csvs.read(payload.body)
    table.require("date", "model_permaslug", "rank", _TOKENS, _SHARE)
    yield from _days(list(table.records()), "export", csvs.unfinished(table))


def _answered(body: bytes) -> list[Mapping[str, object]]:
    found = jsons.loads(text.decode(body))
    if not isinstance(found, dict) or not isinstance(found.get("data"), list) or not found["data"]:
        raise ParseFailed("openrouter: the answer has no list of rows under 'data'.")
    rows: list[Mapping[str, object]] = [row for row in found["data"] if isinstance(row, dict)]
    if len(rows) != len(found["data"]):
        raise ParseFailed(f"openrouter: {len(found['data']) - len(rows)} rows under 'data' are no records.")
    tables.require(
        ("date", "model_permaslug", _TOKENS), list(dict.fromkeys(key for row in rows for key in row))
    )
    return rows


def _days(
    rows: Sequence[Mapping[str, object]], layout: str, findings: Sequence[Finding]
) -> Iterator[Snapshot]:
    days: dict[str, list[Mapping[str, object]]] = {}
    for row in rows:
        days.setdefault(str(row.get("date")), []).append(row)
    for day, listed in days.items():
        yield _day(day, listed, layout, findings)


def _day(
    day: str, rows: Sequence[Mapping[str, object]], layout: str, findings: Sequence[Finding]
) -> Snapshot:
    audit = Audit(extras=(_SHARE,), ignored={"date": "it is the snapshot's own"})
    models = [row for row in rows if row.get("model_permaslug") != _OTHER]
    if not models:
        raise ParseFailed(f"openrouter: {day} lists no model.")
    entries = [_entry(audit.record(row), position) for position, row in enumerate(models, start=1)]
    rest = [row for row in rows if row not in models]
    return Snapshot(
        board=BOARD,
        entries=ranks.placed(entries) if layout == "api" else entries,
        published_at=_moment(day),
        rank_kind="by-score" if layout == "api" else "published",
        metric=METRIC,
        complete=False,
        layout=layout,
        notes={_OTHER: {name: str(value) for name, value in rest[0].items() if value}} if rest else {},
        findings=[*findings, *audit.findings(), *_missing(day, rows, rest)],
    )


def _moment(day: str) -> datetime:
    try:
        return utc(date.fromisoformat(day))
    except ValueError as error:
        raise ParseFailed(f"openrouter: {text.short(day)} is no day.") from error


def _entry(fields: Fields, position: int) -> Entry:
    model, _, variant = fields.name("model_permaslug").partition(":")
    author, slash, _ = model.partition("/")
    rank, tokens = fields.integer("rank"), fields.number(_TOKENS)
    share = {_SHARE: fields.number(_SHARE)} if _SHARE in fields else {}
    return Entry(
        position=position,
        model=model,
        organization=author if slash else None,
        variant=variant or None,
        rank=rank,
        score=tokens,
        extra=share | fields.rest(),
    )


def _missing(
    day: str, rows: Sequence[Mapping[str, object]], rest: Sequence[Mapping[str, object]]
) -> Iterator[Finding]:
    """Holds a day of which rows are missing (its shares do not make a whole) or of which some are double."""
    shares = [numbers.number(str(row[_SHARE])) or 0.0 for row in rows if _SHARE in row]
    if shares and abs(sum(shares) - 1) > _SHARES_OFF:
        what = f"The shares of {day} make {sum(shares):.4f} together, not 1: rows of it are missing."
        yield Finding("shares", "error", what, {"sum": sum(shares), "rows": len(rows)})
    if len(rest) > 1:
        yield Finding("shares", "error", f"{day} sums up the other models {len(rest)} times.")
