"""Vikhr's ru_llm_arena: a Russian Arena-Hard, judged by GPT-4, printed as tables in a README.

Until 2024-08 lines of `model | score: … | 95% CI: … | average #tokens: …`, since then drawn boxes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from ..errors import ParseFailed
from ..formats import boxes, numbers, ranks, tables, text
from ..formats.fields import Audit, Fields
from ..records import Entry, Finding, Payload, Snapshot, utc
from . import Board, GitFile, Route, Source

_README = "https://raw.githubusercontent.com/VikhrModels/ru_llm_arena/master/README.md"


class _Layout(NamedTuple):
    """Columns of one of the publisher's two layouts."""

    name: str
    model: str
    score: str
    interval: str
    tokens: str


_BOX = _Layout("box", "Model", "Score", "95% CI", "Avg. #Tokens")
_LINES = _Layout("lines", "Model", "score", "95% CI", "average #tokens")

_SECTIONS: Mapping[str, str] = {
    "plain": r"^#+ +Без контроля длины *$",
    "length-control": r"^#+ +Со штрафом на длину ответа.*$",
}
_HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)
_STATED = re.compile(
    r"^#+ +Состояние арены на (?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})"
    r"(?:[^#]{0,400}?в рейтинге находятся\s+\**(?P<count>\d+)\**\s+модел)?",
    re.MULTILINE,
)
_BASELINE = re.compile(r"бейзлайна? *\(([^()]+)\)")
_MARK = re.compile(r"\s*(\(!\))$")
"""A footnote mark at the end of a name: `(!)`, some answers of the test may have been in its training."""

_SHOWN = re.compile(r"^ *> python show_result\.py.*\n", re.MULTILINE)
_ENDED = re.compile(r"^ *(?:```|</details>)", re.MULTILINE)

SOURCE = Source(
    title="ru_llm_arena (Vikhr)",
    homepage="https://github.com/VikhrModels/ru_llm_arena",
    license="not stated",
    attribution="VikhrModels, ru_llm_arena",
    routes=(
        Route(
            name="readme",
            media="markdown",
            pattern=r"https://raw\.githubusercontent\.com/VikhrModels/ru_llm_arena/[^?#]+/README\.md"
            r"|(?!https?:)[^?#]*\.md",
            captures=(_README,),
        ),
    ),
    boards={
        "ru_llm_arena/plain/overall": Board(
            title="ru_llm_arena", metric="win rate against gpt-3.5-turbo-0125 (%)", rows=(20, 250)
        ),
        "ru_llm_arena/length-control/overall": Board(
            title="ru_llm_arena, length-controlled",
            metric="win rate against gpt-3.5-turbo-0125, length-controlled (%)",
            rows=(20, 250),
        ),
    },
    cadence=timedelta(days=1),
    version=1,
    history=(GitFile("https://github.com/VikhrModels/ru_llm_arena", "README.md", "readme", url=_README),),
    quirks=(
        "The board prints no rank: ranks are counted from the score, equal scores share the better one.",
        "The text counts the models without the baseline, gpt-3.5-turbo-0125, which is in the table.",
        "The date in the heading stays behind the table; where its count contradicts the rows, it is unused.",
        "The publisher cuts long names with an ellipsis; they are kept so.",
        "A language model (GPT-4-1106-preview) is the judge.",
    ),
)


def parse(payload: Payload) -> Iterator[Snapshot]:
    """The plain and the length-controlled board of a README.

    Raises ParseFailed where a section, its table or a column is missing, or a table is cut off.
    """
    content = text.decode(payload.body).replace("\r\n", "\n")
    stated = _STATED.search(content)
    if stated is None:
        raise ParseFailed("ru_llm_arena: no heading 'Состояние арены на …': not the README, or rewritten.")
    baseline = _BASELINE.search(content)
    marks = {mark: line.strip() for line in content.splitlines() if (mark := line.strip()[:3]) == "(!)"}
    found = {track: _section(content, track) for track in _SECTIONS}
    for track, section in found.items():
        layout, records = _records(section, track)
        audit = Audit()
        rows = [_entry(audit.record(record), layout, row) for row, record in enumerate(records, start=1)]
        heading = _Heading.read(stated, {entry.model for entry in rows}, baseline[1] if baseline else "")
        yield Snapshot(
            board=f"ru_llm_arena/{track}/overall",
            entries=_ranked(rows),
            published_at=heading.date if heading.total in (None, len(rows)) else None,
            rank_kind="by-score",
            metric=SOURCE.boards[f"ru_llm_arena/{track}/overall"].metric,
            declared_total=heading.total if heading.total == len(rows) else None,
            layout=layout.name,
            notes=heading.notes() | ({"marks": marks} if marks else {}),
            findings=[*audit.findings(), *heading.findings(len(rows))],
        )


class _Heading(NamedTuple):
    """What the text above the tables says of them."""

    date: datetime | None
    models: int | None
    """Models, without the baseline."""
    total: int | None
    """Rows that the table has if the heading is of the same day."""

    @classmethod
    def read(cls, stated: re.Match[str], listed: set[str], baseline: str) -> _Heading:
        try:
            date = utc(f"{stated['year']}-{int(stated['month']):02}-{int(stated['day']):02}")
        except ValueError:
            date = None
        count = int(stated["count"]) if stated["count"] else None
        return cls(date, count, None if count is None else count + (baseline.strip() in listed))

    def notes(self) -> dict[str, object]:
        return {"stated_date": self.date and self.date.date().isoformat(), "stated_models": self.models}

    def findings(self, rows: int) -> Iterator[Finding]:
        notes = self.notes()
        if self.total not in (None, rows):
            yield Finding(
                "stale-header",
                "warning",
                f"The heading of {notes['stated_date']} speaks of {self.models} models, with the baseline "
                f"{self.total} rows; the table has {rows}. It is of an older table: its date is not used.",
                {**notes, "rows": rows},
            )


def _section(content: str, track: str) -> str:
    """The text under a board's heading, up to the next one."""
    heading = re.search(_SECTIONS[track], content, re.MULTILINE)
    if heading is None:
        raise ParseFailed(f"ru_llm_arena: the section of the {track} board is missing: cut off or renamed.")
    after = _HEADING.search(content, heading.end())
    return content[heading.end() : after.start() if after else len(content)]


def _records(section: str, track: str) -> tuple[_Layout, list[dict[str, str]]]:
    """The layout that a section is in, and its rows. Raises ParseFailed where the table has no end."""
    drawn = boxes.tables(section)
    shown = _SHOWN.search(section)
    ended = _ENDED.search(section, shown.end()) if shown else None
    if len(drawn) > 1:
        raise ParseFailed(f"ru_llm_arena: {len(drawn)} tables in the section of the {track} board, not one.")
    if drawn and not drawn[0].ended:
        raise ParseFailed(f"ru_llm_arena: the table of the {track} board has no lower border: it is cut off.")
    block = section[shown.end() : ended.start()] if shown and ended else ""
    if not drawn and not block.strip():
        raise ParseFailed(f"ru_llm_arena: the section of the {track} board has no whole table.")
    layout = _BOX if drawn else _LINES
    records = list(drawn[0].records()) if drawn else boxes.labelled(block, layout.model)
    for record in records:
        tables.require(layout[1:], tuple(record))
    return layout, records


def _entry(fields: Fields, layout: _Layout, row: int) -> Entry:
    name = fields.name(layout.model)
    mark = _MARK.search(name)
    score, offsets = fields.number(layout.score), fields.span(layout.interval)
    low, high = numbers.around(score, offsets)
    extra = {layout.tokens: fields.figure(layout.tokens), **fields.rest()}
    return Entry(
        position=row,
        model=name[: mark.start()] if mark else name,
        score=score,
        score_low=low,
        score_high=high,
        extra=extra | ({"mark": mark[1]} if mark else {}),
    )


def _ranked(entries: Sequence[Entry]) -> list[Entry]:
    places = ranks.competition([entry.score for entry in entries])
    return [entry._replace(rank=place) for entry, place in zip(entries, places, strict=True)]
