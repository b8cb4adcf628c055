"""A report as Markdown, as GitHub reads it: every name escaped."""

from __future__ import annotations

import io
from collections.abc import Iterator

from .. import rows
from ..rows import escaped_markdown
from ..texts import Texts, texts
from . import view
from .content import Cited, Part, Report
from .view import Cell, Table

_BARS = "█▇▆▅▄▃▂▁"
"""The better a place, the taller."""
_MOST = 100
"""Changes and rows of a board that are listed; the data formats carry all."""


def document(report: Report) -> str:
    """The whole text."""
    say = texts(report.asked.lang)
    return "\n\n".join(part.strip("\n") for part in _parts(report, say)) + "\n"


def _parts(report: Report, say: Texts) -> Iterator[str]:
    yield f"# {_plain(view.title(report, say))}"
    yield f"{_plain(view.span(report, say))}. {_plain(view.lede(report, say))}"
    if report.who:
        yield f"## {say('page.standing')}"
        for name in report.who:
            table = view.standing(report, name, say)
            yield f"### {_plain(say.label(name))}"
            yield _table(table) if table.rows else _plain(view.never(report, name, say))
    yield f"## {say('page.changes')}"
    yield _plain(view.changes_intro(report, say))
    yield from _most(view.changes(report, report.changes, say), say, say("changes.none"))
    for part in report.parts:
        yield from _board(part, say)
    yield f"## {say('page.coverage')}"
    yield _table(view.coverage(report, say))
    yield f"### {say('coverage.gaps')}"
    yield from _most(view.gaps(report, say), say, say("coverage.none"))
    yield f"## {say('page.methods')}"
    yield from (_plain(text) for text in view.methods(say))
    yield f"### {say('page.again')}"
    yield f"    {rows.text(report.command)}"
    yield f"### {say('page.ledgers')}"
    yield "\n".join(f"- {_plain(name)}: `{head}`" for name, head in report.heads)
    if report.citations:
        yield f"## {say('page.citations')}"
        yield "\n".join(_cited(at, text, say) for at, text in enumerate(report.citations, 1))
    yield f"{'###' if report.citations else '##'} {say('page.sources')}"
    yield "\n".join(
        f"- {_plain(each.title)}: {_plain(each.attribution)}. " + _plain(view.licensed(each, say))
        for each in report.publishers
    )
    yield _plain(say("page.made", tool=report.tool))


def _board(part: Part, say: Texts) -> Iterator[str]:
    yield f"## {_plain(part.publication.title)} ({_plain(part.board)})"
    yield _plain(" ".join(view.facts(part, say)))
    if part.chart:
        yield f"**{_plain(part.chart.headline)}**"
    yield _plain(" ".join([view.status(part, say, _MOST), *view.compared(part, say)]))
    yield from _most(view.board(part, say).filled(), say, say("board.unlisted"))


def _most(table: Table, say: Texts, empty: str) -> Iterator[str]:
    if not table.rows:
        yield _plain(empty)
        return
    yield _table(Table(table.columns, table.rows[:_MOST]))
    if len(table.rows) > _MOST:
        shown, total = say.number(_MOST), say.number(len(table.rows))
        yield _plain(say("changes.first", shown=shown, total=total))


def _cited(at: int, each: Cited, say: Texts) -> str:
    evidence = each.evidence
    digests = f"{say('citations.payload')} `{evidence.payload_sha256}`"
    return f"{at}. {_plain(view.cited(each, say))} {digests}"


def _table(table: Table) -> str:
    out = io.StringIO()
    lines = [[_text(cell) for cell in row] for row in table.rows]
    rows.write_markdown(out, [column.title for column in table.columns], lines)
    return out.getvalue()


_MARKS = {"up": "▲ ", "down": "▼ "}
"""As on the page and on paper: of places on a board the figure alone stands beside it."""


def _text(cell: Cell) -> str:
    text = bars(cell.course) if cell.course else _MARKS.get(cell.tone, "") + cell.text
    return f"{text} {cell.below}".strip() if cell.below else text


def bars(course: tuple[int | None, ...]) -> str:
    """Ranks as a line of bars, the best the tallest; a gap where there is none.

    >>> bars((3, 2, None, 1))
    '▁▄ █'
    """
    known = [rank for rank in course if rank is not None]
    if len(known) < 2:
        return ""
    best, worst = min(known), max(known)
    step = (len(_BARS) - 1) / max(1, worst - best)
    return "".join(" " if rank is None else _BARS[round((rank - best) * step)] for rank in course)


def _plain(text: str) -> str:
    """A text in which nothing is markup."""
    return escaped_markdown(rows.text(text))
