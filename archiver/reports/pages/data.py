"""A report as data: tables of plain values under names that no language changes.

JSON, CSV and sheets are made from these.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .. import rows
from ..texts import texts
from . import view
from .content import FIELDS, Part, Report

_CHANGES = (
    *("board", "time", "event", "model", "organization", "variant", "rank_before", "rank", "of"),
    *("score_before", "score", "beyond_noise", "other", "changed", "watched", "snapshot_id"),
)
_HISTORY = (
    *(
        "board",
        "date",
        "who",
        "status",
        "model",
        "model_listed",
        "organization",
        "country",
        "variant",
        "rank",
    ),
    *("rank_low", "rank_high", "of", "position", "rank_kind", "score", "score_low", "score_high", "votes"),
    *("published_at", "captured_at", "route", "snapshot_id"),
)
_BOARDS = (
    *("board", "date", "rank", "model", "organization", "country", "score", "score_low", "score_high"),
    *("rank_low", "rank_high", "of", "snapshot_id"),
)
_COVERAGE = (
    *("board", "metric", "rank_kind", "snapshots", "complete", "first", "last", "last_seen", "routes"),
)
_CITATIONS = (
    *("who", "board", "date", "model_listed", "rank", "of", "position", "sentence", "url", "published_at"),
    *("captured_at", "payload_sha256", "capture_id", "snapshot_id"),
)


class Table(NamedTuple):
    """Columns and rows of plain values: text, numbers, booleans, dates, times, None."""

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]


def tables(report: Report) -> dict[str, Table]:
    """Every table of a report by its name."""
    fields = (*FIELDS, "rank_before", "change")
    return {
        "about": Table(("key", "value"), _about(report)),
        "standing": Table(fields, [[getattr(each, name) for name in fields] for each in report.places]),
        "changes": Table(_CHANGES, [_named(each, _CHANGES) for each in report.changes]),
        "history": Table(_HISTORY, [_named(each, _HISTORY) for each in report.history]),
        "boards": Table(_BOARDS, [row for part in report.parts for row in _board(part)]),
        "coverage": Table(_COVERAGE, [_named(each, _COVERAGE) for each in report.coverage]),
        "gaps": Table(
            ("source", "board", "since", "until", "kind", "detail"), [list(each) for each in report.gaps]
        ),
        "citations": Table(_CITATIONS, _citations(report)),
        "sources": Table(
            ("source", "title", "homepage", "license", "attribution"),
            [each[:5] for each in report.publishers],
        ),
    }


def _about(report: Report) -> list[Sequence[object]]:
    say = texts(report.asked.lang)
    facts: list[Sequence[object]] = [
        ("title", view.title(report, say)),
        ("since", report.since),
        ("until", report.until),
        ("last", report.newest),
        ("command", report.command),
        ("tool", report.tool),
    ]
    return facts + [("ledger", f"{name} {head}") for name, head in report.heads]


def _named(each: object, columns: Sequence[str]) -> list[object]:
    return [getattr(each, name) for name in columns]


def _board(part: Part) -> list[list[object]]:
    """The newest snapshot of a board told at length, as the page's table shows it."""
    states = part.states
    at, unit = len(states.shots) - 1, 10**states.digits
    shot = states.shots[at]
    found: list[list[object]] = []
    for model in states.listed(at):
        rank, score, above, below, best, worst = (
            states.at(name, model, at) for name in ("rank", "score", "above", "below", "best", "worst")
        )
        low = (score - below) / unit if score is not None and below is not None else None
        high = (score + above) / unit if score is not None and above is not None else None
        named = states.models[model]
        found.append(
            [
                *(part.board, shot.time.date(), rank or None, named.name, named.organization or None),
                *(named.country or None, None if score is None else score / unit, low, high, best, worst),
                *(shot.of, shot.snapshot_id),
            ]
        )
    return found


def _citations(report: Report) -> list[list[object]]:
    say = texts(report.asked.lang)
    found: list[list[object]] = []
    for each in report.citations:
        stood, evidence = each.stood, each.evidence
        found.append(
            [
                *(
                    stood.who,
                    stood.board,
                    stood.date,
                    stood.model_listed,
                    stood.rank,
                    stood.of,
                    stood.position,
                ),
                *(view.cited(each, say), evidence.url, evidence.published_at, evidence.captured_at),
                *(evidence.payload_sha256, evidence.capture_id, evidence.snapshot_id),
            ]
        )
    return found


def json(report: Report) -> str:
    """One object: each table by its name as an array of objects; `about` as one object."""
    parts = []
    for name, table in tables(report).items():
        if name == "about":
            facts: dict[str, object] = {
                str(key): rows.value(value) for key, value in table.rows if key != "ledger"
            }
            facts["ledgers"] = [value for key, value in table.rows if key == "ledger"]
            parts.append(f'"about": {rows.plain_json(facts)}')
            continue
        out = io.StringIO()
        rows.write_json(out, table.columns, table.rows)
        parts.append(f'"{name}": {out.getvalue().rstrip()}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


_SPREAD = ("standing", "changes", "history")


def csv(report: Report) -> str:
    """Standing, changes and history in one table, told apart by the column `section`; a column that a section
    does not have is empty there."""
    found = tables(report)
    columns = list(dict.fromkeys(name for section in _SPREAD for name in found[section].columns))
    out = io.StringIO()
    lines = (
        [section, *_spread(found[section], line, columns)]
        for section in _SPREAD
        for line in found[section].rows
    )
    rows.write_csv(out, ["section", *columns], lines)
    return out.getvalue()


def _spread(table: Table, line: Sequence[object], columns: Sequence[str]) -> list[object]:
    known: Mapping[str, object] = dict(zip(table.columns, line, strict=True))
    return [known.get(name) for name in columns]
