"""A report on paper: PDF by Typst, tagged for screen readers, the same bytes each time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

from ...errors import ArchiverError
from ..charts import fonts
from ..text import visible
from ..texts import Texts, texts
from . import view
from .content import Report
from .view import Cell, Table

_MOST_CHANGES, _MOST_ROWS = 80, 50
"""Rows on paper; the data formats carry all."""
_LONG = re.compile(r"[^\s/-]{24}(?=[^\s/-]{4})")
"""A part of a word in which no line would be broken: longer ones would stand over the next column."""


def pdf(report: Report) -> bytes:
    """The file. Raises ArchiverError where it cannot be set."""
    import typst

    say = texts(report.asked.lang)
    said = _words(report, say)
    typefaces = typst.Fonts(include_system_fonts=False, font_paths=[str(fonts.folder())])
    template = files(__package__).joinpath("templates", "report.typ").read_bytes()
    try:
        made = typst.compile(
            template,
            format="pdf",
            font_paths=typefaces,
            sys_inputs={"report": json.dumps(said, ensure_ascii=False)},
            timestamp=report.until,
        )
    except typst.TypstError as error:
        raise ArchiverError(f"The report could not be set as PDF: {error.message}") from error
    return made


def _words(report: Report, say: Texts) -> dict[str, Any]:
    eyebrow = say("page.eyebrow_weekly" if report.asked.weekly else "page.eyebrow")
    return {
        "lang": say.lang,
        "title": visible(view.title(report, say)),
        "eyebrow": f"{eyebrow} · {view.span(report, say)}",
        "lede": view.lede(report, say),
        "made": say("page.made", tool=report.tool),
        "tool": report.tool,
        "day": [report.until.year, report.until.month, report.until.day],
        "sections": list(_sections(report, say)),
    }


def _section(title: str, level: int, *paragraphs: str, **more: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "picture": None,
        "alt": None,
        "table": None,
        "code": None,
        "cited": [],
        "quiet": False,
    }
    return {
        "title": visible(title),
        "level": level,
        "paragraphs": [visible(text) for text in paragraphs],
        **plain,
        **more,
    }


def _sections(report: Report, say: Texts) -> Iterator[dict[str, Any]]:
    if report.who:
        yield _section(say("page.standing"), 2)
        for name in report.who:
            table = view.standing(report, name, say)
            never = [] if table.rows else [view.never(report, name, say)]
            yield _section(say.label(name), 3, *never, table=_table(report, table))
    changes = view.changes(report, report.changes, say)
    intro = [view.changes_intro(report, say), *([] if changes.rows else [say("changes.none")])]
    shown = _table(report, changes, _MOST_CHANGES, grouped=True)
    yield _section(say("page.changes"), 2, *intro, table=shown, quiet=True)
    yield from _more(len(changes.rows), _MOST_CHANGES, say)
    for part in report.parts:
        picture = part.chart.drawable() if part.chart else None
        alt = visible(part.chart.headline) if part.chart else None
        facts = view.facts(part, say)
        yield _section(
            part.publication.title, 2, part.board, " ".join(facts), picture=picture, alt=alt, quiet=True
        )
        table = view.board(part, say).filled()
        status = " ".join([view.status(part, say, _MOST_ROWS), *view.compared(part, say)])
        yield _section(say("board.table"), 3, status, table=_table(report, table, _MOST_ROWS), quiet=True)
        yield from _more(len(table.rows), _MOST_ROWS, say)
    yield _section(say("page.coverage"), 2, table=_table(report, view.coverage(report, say)))
    gaps = view.gaps(report, say)
    yield _section(
        say("coverage.gaps"),
        3,
        *([] if gaps.rows else [say("coverage.none")]),
        table=_table(report, gaps, _MOST_CHANGES),
    )
    yield _section(say("page.methods"), 2, *view.methods(say))
    yield _section(say("page.again"), 3, code=[visible(report.command)])
    yield _section(say("page.ledgers"), 3, code=[visible(f"{name} {head}") for name, head in report.heads])
    if report.citations:
        yield _section(say("page.citations"), 2, cited=_citations(report, say))
    yield _section(say("page.sources"), 3 if report.citations else 2, *_sources(report, say))


def _more(total: int, shown: int, say: Texts) -> Iterator[dict[str, Any]]:
    if total > shown:
        text = say("changes.first", shown=say.number(shown), total=say.number(total))
        yield _section("", 0, text, quiet=True)


def _citations(report: Report, say: Texts) -> list[tuple[str, str]]:
    """Each sentence, and the digest that proves it."""
    return [
        (
            visible(f"{at}. {view.cited(each, say)}"),
            f"{say('citations.payload')} {each.evidence.payload_sha256}",
        )
        for at, each in enumerate(report.citations, 1)
    ]


def _sources(report: Report, say: Texts) -> list[str]:
    return [f"{each.title}: {each.attribution}. {view.licensed(each, say)}" for each in report.publishers]


def _table(
    report: Report, table: Table, most: int | None = None, *, grouped: bool = False
) -> dict[str, Any] | None:
    """grouped: under a line for each date and board, which are its first two columns."""
    if not table.rows:
        return None
    shown = table.rows[:most]
    groups = view.by_board(shown) if grouped else [((), list(shown))]
    columns = table.columns[2:] if grouped else table.columns
    rows = [row for _, mine in groups for row in mine]
    return {
        "columns": [visible(column.title) for column in columns],
        "numbers": [column.number for column in columns],
        "widths": [
            _width([row[at] for row in rows], tight=column.tight) for at, column in enumerate(columns)
        ],
        "groups": [
            {
                "head": [visible(cell.text) for cell in head],
                "rows": [[_cell(report, cell) for cell in row] for row in mine],
            }
            for head, mine in groups
        ],
    }


def _width(cells: Sequence[Cell], *, tight: bool) -> int:
    """Whether a column shares what room is left, by its longest word or two; 0: it takes what it needs."""
    longest = max(len(cell.text) for cell in cells)
    return 0 if tight or longest <= 12 else min(longest, 40)


def _cell(report: Report, cell: Cell) -> dict[str, Any]:
    colour = report.colours.get(report.who[cell.who - 1]) if cell.who else None
    return {
        "text": _set(cell.text),
        "tone": cell.tone,
        "below": _set(cell.below),
        "color": colour,
        "course": view.curves(cell.course),
    }


def _set(text: str) -> str:
    """A cell's text, which may be broken within a very long word; elsewhere such a word is an address, to be
    copied."""
    return _LONG.sub("\\g<0>\u200b", visible(text))
