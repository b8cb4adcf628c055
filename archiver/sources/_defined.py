"""A source that is described, not programmed: the user's own board, from a TOML file (`definitions`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from ..formats import ranks
from ..formats.fields import Audit
from ..formats.rows import KEY, THE_ONLY, Form, Rows, Where, read
from ..formats.sheets import Cells, Sheet, recalled
from ..records import Columnar, Finding, Payload, Snapshot
from ..redaction import shown
from . import Board, Media, Route, Source

Meaning = Literal[
    "model", "organization", "variant", "rank", "rank_low", "rank_high", "score", "score_low", "score_high",
    "votes", "license",
]  # fmt: skip
"""What a column may be: the fields of an entry."""

_MEDIA: Mapping[Form, Media] = {
    "csv": "csv",
    "json": "json",
    "yaml": "yaml",
    "html-table": "html",
    "markdown-table": "markdown",
    "parquet": "parquet",
}
FORMS: Sequence[Form] = tuple(_MEDIA)


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What the user says of a board. `columns` has `model`, and `rank` or `score`."""

    name: str
    """Of the source."""
    title: str
    url: str
    format: Form
    columns: Mapping[Meaning, str]
    """What it means → the publisher's name for it."""
    metric: str
    board: str = "main/overall"
    """Track and category."""
    higher_is_better: bool = True
    rows: tuple[int, int] = (2, 5000)
    cadence: timedelta = timedelta(days=1)
    homepage: str = ""
    license: str = "not stated"
    attribution: str = ""
    where: Where = THE_ONLY
    extra: Sequence[str] = ()
    """Other columns that are known and kept; any further one is reported as new."""
    baselines: Sequence[str] = ()
    """Names in the list that are no competitors: humans, random choice."""
    open_end: bool = False
    """The publisher's files end without an end mark (line end, text after a table), so that a missing one
    does not say that rows were cut off."""
    version: int = 1

    @property
    def whole_board(self) -> str:
        return f"{self.name}/{self.board}"


class Defined:
    """A parser made from a description."""

    def __init__(self, description: Description) -> None:
        self._is = description
        self.SOURCE = _source(description)

    def parse(self, payload: Payload) -> Iterator[Snapshot]:
        """The one board of a payload. Raises ParseFailed."""
        its = self._is
        wanted = [column for column in its.columns.values() if column != KEY]
        found = read(payload.body, its.format, wanted, its.where)
        key = f"{its.columns} {its.extra}"
        entries, findings = recalled(found.records, key, lambda: Audit(extras=its.extra), self._cells)
        yield Snapshot(
            board=its.whole_board,
            entries=entries.having(self._ranked(entries)),
            rank_kind="published" if "rank" in its.columns else "by-score",
            metric=its.metric,
            layout=its.format,
            findings=[*findings, *self._unfinished(found)],
        )

    def _cells(self, sheet: Sheet) -> Cells:
        """What each row says by itself."""
        column = self._is.columns
        cells: dict[str, Sequence[Any]] = {"model": sheet.names(column["model"])}
        if "score" in column:
            cells |= zip(("score", *_BOUNDS), sheet.measured(column["score"]), strict=True)
        for names, cells_of in ((_TEXTS, sheet.texts), (_WHOLE, sheet.integers), (_BOUNDS, sheet.numbers)):
            cells |= {name: cells_of(column[name]) for name in names if name in column}
        return cells | {"extra": sheet.rest()}

    def _ranked(self, entries: Columnar) -> Cells:
        """What rests on all rows or on the definition."""
        its = self._is
        more: dict[str, Sequence[Any]] = {
            "competitor": [one not in its.baselines for one in entries.column("model")]
        }
        if "rank" not in its.columns:
            scores = entries.column("score")
            more["rank"] = ranks.competition(scores, higher_is_better=its.higher_is_better)
        return more

    def _unfinished(self, found: Rows) -> Iterator[Finding]:
        if not found.ended and not self._is.open_end:
            what = (
                "The table ends without an end mark, so rows may be cut off. If the publisher's files always "
                "end so, write open_end = true in the board's definition."
            )
            yield Finding("unfinished", "error", what)


_TEXTS: Sequence[Meaning] = ("organization", "variant", "license")
_WHOLE: Sequence[Meaning] = ("rank", "rank_low", "rank_high", "votes")
_BOUNDS: Sequence[Meaning] = ("score_low", "score_high")


def _source(its: Description) -> Source:
    return Source(
        title=its.title,
        homepage=its.homepage or shown(its.url),
        license=its.license,
        attribution=its.attribution or f"{its.title}, {its.homepage or shown(its.url)}",
        routes=(
            Route(
                name="own",
                media=_MEDIA[its.format],
                pattern=re.escape(its.url) + r"|(?!https?:)[^?#]*",
                captures=(its.url,),
                robots=its.format == "html-table",
            ),
        ),
        boards={
            its.whole_board: Board(
                title=its.title, metric=its.metric, higher_is_better=its.higher_is_better, rows=its.rows
            )
        },
        cadence=its.cadence,
        version=its.version,
        proven=False,
        quirks=(f"Defined by this archive's owner in boards/{its.name}.toml.",),
    )
