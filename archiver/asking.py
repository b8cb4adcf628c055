"""The questions of an archive, in Python: each is one call that returns a relation or records.

A DuckDB relation gives `.df()`, `.pl()`, `.to_arrow_table()` and `.fetchall()`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from .errors import UsageError
from .records import utc

if TYPE_CHECKING:
    import duckdb

    from .answers import Evidence, Held, Unread
    from .reports.charts import Chart, Kind
    from .reports.pages import Report


class Questions(ABC):
    """What can be asked of whatever has an index."""

    @abstractmethod
    def connect(self) -> duckdb.DuckDBPyConnection:
        """A read-only connection to the index."""

    def history(
        self,
        *who: str,
        boards: Sequence[str] = (),
        since: str | date | None = None,
        until: str | date | None = None,
        every: Literal["week", "month"] | None = None,
        all: bool = False,
    ) -> duckdb.DuckDBPyRelation:
        """Where organisations, families, models or `country:RU` stood over time; see `answers.history`."""
        from . import answers

        return answers.history(
            self.connect(),
            who,
            boards,
            since=asked_time(since),
            until=asked_time(until),
            every=every,
            all=all,
        )

    def chart(
        self,
        *who: str,
        kind: Kind = "rank",
        boards: Sequence[str] = (),
        since: str | date | None = None,
        until: str | date | None = None,
        every: Literal["week", "month"] | None = None,
        all: bool = False,
        width: int = 960,
    ) -> Chart:
        """A picture of `history`, which a notebook shows and `.save(path)` writes; see
        `reports.charts.draw`."""
        from .reports import charts

        asked = charts.Question(who, tuple(boards), asked_time(since), asked_time(until), every, all)
        return charts.draw(self.connect(), asked, kind, width)

    def report(
        self,
        *who: str,
        boards: Sequence[str] = (),
        since: str | date | None = None,
        until: str | date | None = None,
        weekly: bool = False,
        lang: str = "en",
    ) -> Report:
        """What changed and who stands where; `reports.pages.save` writes it. See `reports.pages.build`."""
        from .reports import pages

        asked = pages.Asked(who, tuple(boards), asked_time(since), asked_time(until), weekly, lang)
        return pages.build(self.connect(), asked)

    def board(self, board: str, as_of: str | date | None = None) -> duckdb.DuckDBPyRelation:
        """A whole board as it stood; see `answers.board`."""
        from . import answers

        return answers.board(self.connect(), board, asked_time(as_of))

    def boards(self, *patterns: str) -> duckdb.DuckDBPyRelation:
        """The boards, all or those that globs match; see `answers.boards`."""
        from . import answers

        return answers.boards(self.connect(), patterns)

    def sources(self) -> duckdb.DuckDBPyRelation:
        """The publishers, with licence and reach; see `answers.sources`."""
        from . import answers

        return answers.sources(self.connect())

    def find(self, text: str) -> duckdb.DuckDBPyRelation:
        """Names in which a text stands; see `answers.find`."""
        from . import answers

        return answers.find(self.connect(), text)

    def explain(self, board: str, model: str, as_of: str | date | None = None) -> Sequence[Evidence]:
        """The evidence behind a rank; see `answers.explain`."""
        from . import answers

        return answers.explain(self.connect(), board, model, asked_time(as_of))

    def held(self) -> Sequence[Held]:
        """Snapshots that are out of the answers until they are released or rejected."""
        from . import answers

        return answers.held(self.connect())

    def unread(self, among: Iterable[str | None] | None = None) -> Sequence[Unread]:
        """Payloads that are kept but could not be read, all or among some digests."""
        from . import answers

        return answers.unread(self.connect(), among)

    def sql(self, statement: str) -> duckdb.DuckDBPyRelation:
        """The owner's own SQL on the read-only index; for strangers' see `Archive.guarded_sql`."""
        return self.connect().sql(statement)


def asked_time(value: str | date | None) -> datetime | None:
    """A time as people give it, None for none. Raises `UsageError`."""
    try:
        return None if value is None else utc(value)
    except ValueError as error:
        raise UsageError(
            f"{value!r} is not a time.", todo="write 2026-07-20 or 2026-07-20T11:04:33Z"
        ) from error
