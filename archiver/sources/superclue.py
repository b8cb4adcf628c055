"""SuperCLUE: the general benchmark of Chinese models, told month by month in a README of prose and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import chain
from typing import NamedTuple

from ..errors import ParseFailed
from ..formats import markdown, markup, ranks, text
from ..formats.fields import Audit, Fields
from ..formats.tables import Table
from ..records import Entry, Finding, Payload, Snapshot
from . import Board, GitFile, Route, Source
from ._superclue_words import ABILITIES, LISTS, PARTS

_README = "https://raw.githubusercontent.com/CLUEbenchmark/SuperCLUE/main/README.md"

_MODELS, _ORGANIZATION, _RANK = ("模型", "模型名称"), "机构", "排名"
_LICENSES = ("许可证", "许可")
_HUMANS = "人类"
_MEDALS = {"🏅": 1, "🥇": 1, "🥈": 2, "🥉": 3}
_UNRANKED = ("", "-", "🧝")
_HEADING = re.compile(r"^ {0,3}#{1,6} *(\S.*)$", re.MULTILINE)
_PICTURE = re.compile(r"""<img[^>]+src=["']([^"']+)|!\[[^\]]*\]\(([^)\s]+)""")
_LINK = re.compile(r"\[([^\[\]]+)\]\([^()]*\)")
_MONTH = re.compile(r"(20\d\d)年(\d{1,2})月")

SOURCE = Source(
    title="SuperCLUE",
    homepage="https://github.com/CLUEbenchmark/SuperCLUE",
    license="not stated",
    attribution="CLUE benchmark, SuperCLUE (github.com/CLUEbenchmark/SuperCLUE)",
    routes=(
        Route(
            name="readme",
            media="markdown",
            pattern=r"https://raw\.githubusercontent\.com/CLUEbenchmark/SuperCLUE/[^?#]+/README\.md"
            r"|(?!https?:)[^?#]*\.md",
            captures=(_README,),
        ),
    ),
    boards={
        "superclue/general/overall": Board(title="SuperCLUE, overall", metric="总分", rows=(7, 200)),
        "superclue/*": Board(title="SuperCLUE", metric="score", rows=(4, 200)),
    },
    cadence=timedelta(days=7),
    version=1,
    history=(GitFile("https://github.com/CLUEbenchmark/SuperCLUE", "README.md", "readme", url=_README),),
    quirks=(
        "Where places are printed, foreign models and a second way to use one model stand without one, for "
        "comparison: they are listed and not counted.",
        "Scores closer than 0.03 share a place, as published.",
        "Each edition has other questions, so scores of two do not compare; the month is in `edition`.",
        "The heading names a month, no date: snapshots are placed by the time of capture.",
        "Humans are a row of the tables until July 2023 and no competitor.",
        "Pictures are not read: in some months the tables of single abilities are pictures.",
        "Before July 2023, and for the ten abilities, no place is printed: counted from the score.",
    ),
)


class _List(NamedTuple):
    """A table under a heading that names a board."""

    track: str
    scores: Sequence[str]
    heading: str
    table: Table


def parse(payload: Payload) -> Iterator[Snapshot]:
    """The boards of a README, in its order.

    Raises ParseFailed where no heading with a table is known, one stands twice, a column is missing, or a
    table is cut off.
    """
    content = text.decode(payload.body).replace("\r\n", "\n")
    lists, strange = _lists(content)
    pictures = [one or other for one, other in _PICTURE.findall(content)]
    if not lists:
        raise ParseFailed(
            f"superclue: no table stands under a heading that names a board ({len(strange)} under others, "
            f"{len(pictures)} pictures, which are not read)."
        )
    found = [*_unread_tables(strange), *_unread_pictures(pictures)]
    for listed in lists:
        for snapshot in _boards(listed, found):
            yield snapshot
            found = []


def _lists(content: str) -> tuple[list[_List], list[str]]:
    """The lists of a text, and the headings of tables that are none that is known."""
    marks = list(_HEADING.finditer(content))
    lists: dict[str, _List] = {}
    strange: list[str] = []
    for at, mark in enumerate(marks):
        # The heading that follows belongs to the part, so that only what ends with the text looks cut.
        part = content[mark.end() : marks[at + 1].end() if at + 1 < len(marks) else len(content)]
        heading = mark[1].strip()
        known = next((known for words, known in LISTS.items() if re.search(words, heading)), None)
        for table in markdown.tables(part):
            if known is None:
                strange.append(heading)
            elif known[0] in lists:
                raise ParseFailed(f"superclue: a second table of {known[0]}, under {text.short(heading)}.")
            elif not table.ended:
                raise ParseFailed(f"superclue: the table under {text.short(heading)} is cut off.")
            else:
                lists[known[0]] = _List(*known, heading, _plain_table(table))
    return list(lists.values()), strange


def _boards(listed: _List, found: Sequence[Finding]) -> Iterator[Snapshot]:
    """The board of a list; of the ten abilities without a sum, one each."""
    header, month = listed.table.header, _MONTH.search(listed.heading)
    model, scores = _columns(listed)
    for column, category in scores.items():
        audit = Audit(extras=PARTS)
        rows = [
            _entry(audit, audit.record(record), model, column, row)
            for row, record in enumerate(listed.table.records(), start=1)
        ]
        yield Snapshot(
            board=f"superclue/{listed.track}/{category}",
            entries=rows if _RANK in header else _ranked(rows),
            rank_kind="published" if _RANK in header else "by-score",
            metric=column,
            layout="places" if _RANK in header else "scores",
            notes={"heading": listed.heading, "edition": f"{month[1]}-{int(month[2]):02}" if month else None},
            findings=[*audit.findings(), *found],
        )
        found = []


def _columns(listed: _List) -> tuple[str, Mapping[str, str]]:
    """The column of the models, and each column that is a score → its category."""
    header = listed.table.header
    model = next((name for name in _MODELS if name in header), None)
    score = next((name for name in listed.scores if name in header), None)
    scores: Mapping[str, str] = {score: "overall"} if score else {}
    if not scores and listed.track == "ten-abilities":
        scores = {name: category for name, category in ABILITIES.items() if name in header}
    if model and scores and (_RANK in header or not any(map(_medal, chain(*listed.table.rows)))):
        return model, scores
    missing = text.listed(_MODELS if not model else listed.scores if not scores else [_RANK])
    raise ParseFailed(
        f"superclue: the table under {text.short(listed.heading)} has no column {missing}: renamed, moved or "
        f"gone. Its columns are {text.listed(header)}."
    )


def _plain_table(table: Table) -> Table:
    """The table without the markup of its cells. `OPEN<br/>多轮开放问题` is one name over two lines."""
    rows = tuple(tuple(map(_plain, row)) for row in table.rows)
    return Table(tuple(map(_plain, table.header)), rows, table.ended)


def _plain(cell: str) -> str:
    """What a reader sees of a cell: no link, no arrow of one, no bold.

    >>> _plain("<a href='https://example.org'>360智脑 </a>"), _plain("[GPT-4 ↗](https://openai.com/)")
    ('360智脑', 'GPT-4')
    """
    return _LINK.sub(r"\1", markup.plain(cell)).replace("**", "").replace("↗", "").strip()


def _entry(audit: Audit, fields: Fields, model: str, column: str, row: int) -> Entry:
    name = fields.name(model)
    ranked = _RANK in fields
    rank = _place(audit, fields.text(_RANK) or "")
    licenses = [fields.text(field) for field in _LICENSES if field in fields]
    return Entry(
        position=row,
        model=name,
        organization=fields.text(_ORGANIZATION),
        rank=rank,
        score=fields.number(column),
        license=next((stated for stated in licenses if stated not in (None, "-")), None),
        extra=fields.rest(),
        # Without a place among places: not in the contest.
        competitor=name != _HUMANS and not (ranked and rank is None),
    )


def _medal(printed: str) -> int | None:
    return _MEDALS.get(printed.replace("\N{VARIATION SELECTOR-16}", ""))


def _place(audit: Audit, printed: str) -> int | None:
    """A printed place: a figure, or a medal."""
    if place := _medal(printed):
        return place
    if re.fullmatch(r"[1-9][0-9]{0,3}", printed):
        return int(printed)
    if printed not in _UNRANKED:
        audit.unread(_RANK, printed)
    return None


def _ranked(entries: Sequence[Entry]) -> list[Entry]:
    places = ranks.competition([entry.score if entry.competitor else None for entry in entries])
    return [entry._replace(rank=place) for entry, place in zip(entries, places, strict=True)]


def _unread_tables(headings: Sequence[str]) -> Iterator[Finding]:
    if headings:
        what = (
            f"{len(headings)} tables stand under headings that name no known board: {text.listed(headings)}."
        )
        yield Finding("unread-tables", "warning", what, {"tables": len(headings), "headings": list(headings)})


def _unread_pictures(pictures: Sequence[str]) -> Iterator[Finding]:
    if pictures:
        names = [address.rpartition("/")[2] for address in pictures]
        what = f"{len(names)} pictures are not read, tables may be among them: {text.listed(names)}."
        yield Finding("unread-pictures", "note", what, {"pictures": list(pictures)})
