"""A source that is described, not programmed: the user's own board, from a TOML file (`definitions`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from ..formats import ranks
from ..formats.fields import Audit, Fields
from ..formats.rows import KEY, THE_ONLY, Form, Rows, Where, read
from ..records import Entry, Finding, Payload, Snapshot
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
        audit = Audit(extras=its.extra)
        entries = [
            self._entry(audit.record(record), position)
            for position, record in enumerate(found.records, start=1)
        ]
        if "rank" not in its.columns:
            entries = ranks.placed(entries, higher_is_better=its.higher_is_better)
        yield Snapshot(
            board=its.whole_board,
            entries=entries,
            rank_kind="published" if "rank" in its.columns else "by-score",
            metric=its.metric,
            layout=its.format,
            findings=[*audit.findings(), *self._unfinished(found)],
        )

    def _entry(self, fields: Fields, position: int) -> Entry:
        column = self._is.columns
        model = fields.name(column["model"])
        text = {name: fields.text(column[name]) for name in _TEXTS if name in column}
        whole = {name: fields.integer(column[name]) for name in _WHOLE if name in column}
        bounds = {name: fields.number(column[name]) for name in _BOUNDS if name in column}
        score = fields.measured(column["score"]) if "score" in column else None
        value, low, high = score or (None, None, None)
        return Entry(
            position=position,
            model=model,
            organization=text.get("organization"),
            variant=text.get("variant"),
            rank=whole.get("rank"),
            rank_low=whole.get("rank_low"),
            rank_high=whole.get("rank_high"),
            score=value,
            score_low=bounds.get("score_low", low),
            score_high=bounds.get("score_high", high),
            votes=whole.get("votes"),
            license=text.get("license"),
            extra=fields.rest(),
            competitor=model not in self._is.baselines,
        )

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
        homepage=its.homepage or its.url,
        license=its.license,
        attribution=its.attribution or f"{its.title}, {its.homepage or its.url}",
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
