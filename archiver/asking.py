"""The questions of an archive, in Python: each is one call that returns a relation or records.

A DuckDB relation gives `.df()`, `.pl()`, `.to_arrow_table()` and `.fetchall()`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal

from .times import asked_end, asked_start, needed_end

if TYPE_CHECKING:
    import duckdb

    from .answers import Evidence, Held, Unread
    from .answers.answer import Answer
    from .answers.narrow import Narrow
    from .reports.charts import Chart, Kind
    from .reports.pages import Report


class Questions(ABC):
    """What can be asked of whatever has an index."""

    @abstractmethod
    def connect(self) -> duckdb.DuckDBPyConnection:
        """A read-only connection to the index."""

    def watched(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Names, and globs of boards, that a weekly report tells of where nobody is named."""
        return (), ()

    def history(
        self,
        *who: str,
        boards: Sequence[str] = (),
        since: str | date | None = None,
        until: str | date | None = None,
        every: Literal["week", "month"] | None = None,
        all: bool = False,
        as_of: str | date | None = None,
        narrow: Narrow | None = None,
    ) -> Answer:
        """Where organisations, families, models or `country:RU` stood over time; see `answers.history`.

        The answer is a relation, and draws itself: `.chart(kind="score")`.
        """
        from .answers.history import statement
        from .answers.narrow import NOTHING

        asked = statement(
            self.connect(),
            who,
            boards,
            since=asked_start(since),
            until=asked_end(until),
            every=every,
            all=all,
            as_of=asked_end(as_of),
            narrow=narrow or NOTHING,
        )
        again = {"boards": boards, "since": since, "until": until, "every": every, "all": all, "as_of": as_of}
        if narrow and narrow.among is not None:
            again["among"] = narrow.among
        return self._answer(asked, lambda **options: self.chart(*who, **{**again, **options}))

    def _answer(self, statement: str, draw: Callable[..., Chart] | None = None) -> Answer:
        from .answers.answer import Answer

        return Answer(self.connect().sql(statement), statement, draw)

    def diff(self, board: str, since: str | date, until: str | date, narrow: Narrow | None = None) -> Answer:
        """A board at two times: who entered, left, moved, stayed; see `answers.changes.diff`."""
        from .answers import changes
        from .answers.narrow import NOTHING

        times = (needed_end(since), needed_end(until))
        return self._answer(changes.diff(self.connect(), board, *times, narrow or NOTHING))

    def movers(
        self,
        board: str,
        since: str | date | None = None,
        until: str | date | None = None,
        narrow: Narrow | None = None,
    ) -> Answer:
        """Who entered, left or moved on a board, the widest moves first; see `answers.changes.movers`."""
        from .answers import changes
        from .answers.narrow import NOTHING

        times = (asked_start(since), asked_end(until))
        return self._answer(changes.movers(self.connect(), board, *times, narrow=narrow or NOTHING))

    def standing(
        self,
        *who: str,
        boards: Sequence[str] = (),
        since: str | date | None = None,
        until: str | date | None = None,
        top: int = 10,
        narrow: Narrow | None = None,
    ) -> Answer:
        """How someone stands on each board, summed up; see `answers.standing.standing`."""
        from .answers.narrow import NOTHING
        from .answers.standing import standing

        times = {"since": asked_start(since), "until": asked_end(until)}
        return self._answer(standing(self.connect(), who, boards, **times, top=top, narrow=narrow or NOTHING))

    def streaks(
        self,
        *who: str,
        boards: Sequence[str] = (),
        since: str | date | None = None,
        until: str | date | None = None,
        top: int = 10,
        longest: bool = False,
        current: bool = False,
        narrow: Narrow | None = None,
    ) -> Answer:
        """How long someone stood in the top of each board without a break; see `answers.standing.streaks`."""
        from .answers.narrow import NOTHING
        from .answers.standing import streaks

        return self._answer(
            streaks(
                self.connect(),
                who,
                boards,
                since=asked_start(since),
                until=asked_end(until),
                top=top,
                longest=longest,
                current=current,
                narrow=narrow or NOTHING,
            )
        )

    def overtakes(
        self,
        *who: str,
        boards: Sequence[str] = (),
        since: str | date | None = None,
        until: str | date | None = None,
        all: bool = False,
        narrow: Narrow | None = None,
    ) -> Answer:
        """Who overtook whom, and when; see `answers.changes.overtakes`."""
        from .answers import changes
        from .answers.narrow import NOTHING

        times = {"since": asked_start(since), "until": asked_end(until)}
        cut = narrow or NOTHING
        return self._answer(changes.overtakes(self.connect(), who, boards, **times, all=all, narrow=cut))

    def agreement(
        self,
        board: str,
        other: str | None = None,
        time: str | date | None = None,
        other_time: str | date | None = None,
        known_on: str | date | None = None,
        among: str | Sequence[str] | None = None,
    ) -> Answer:
        """How two boards, or one board at two times, agree; see `answers.standing.agreement`."""
        from .answers.standing import agreement

        times = (asked_end(time), asked_end(other_time), asked_end(known_on))
        return self._answer(agreement(self.connect(), board, other, *times, among))

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
        as_of: str | date | None = None,
        among: str | Sequence[str] | None = None,
        lang: str = "en",
    ) -> Chart:
        """A picture of `history`, which a notebook shows and `.save(path)` writes; see
        `reports.charts.draw`."""
        from .reports import charts

        times = {"since": asked_start(since), "until": asked_end(until), "as_of": asked_end(as_of)}
        members = among if among is None or isinstance(among, str) else tuple(among)
        asked = charts.Question(who, tuple(boards), every=every, all=all, among=members, **times)
        return charts.draw(self.connect(), asked, kind, width, lang)

    def report(
        self,
        *who: str,
        boards: Sequence[str] = (),
        since: str | date | None = None,
        until: str | date | None = None,
        weekly: bool = False,
        lang: str = "en",
    ) -> Report:
        """What changed and who stands where; `reports.pages.save` writes it. See `reports.pages.build`.

        Of a week for which nobody is named it tells of those whom the archive's configuration watches.
        """
        from .reports import pages

        if weekly and not who:
            watched = self.watched()
            who, boards = watched[0], boards or watched[1]
        asked = pages.Asked(who, tuple(boards), asked_start(since), asked_end(until), weekly, lang)
        return pages.build(self.connect(), asked)

    def board(self, board: str, as_of: str | date | None = None, narrow: Narrow | None = None) -> Answer:
        """A whole board as it stood; see `answers.board`."""
        from .answers.board import statement
        from .answers.narrow import NOTHING

        asked = statement(self.connect(), board, asked_end(as_of), narrow or NOTHING)
        again = {"kind": "board", "boards": [board], "until": as_of}
        return self._answer(asked, lambda **options: self.chart(**{**again, **options}))

    def boards(self, *patterns: str) -> Answer:
        """The boards, all or those that globs match; see `answers.boards`."""
        from . import answers

        return self._answer(answers.boards(self.connect(), patterns))

    def sources(self, *names: str) -> Answer:
        """The publishers, all or some, with licence and reach; see `answers.sources`."""
        from . import answers

        return self._answer(answers.sources(self.connect(), names))

    def gaps(
        self,
        *wanted: str,
        since: str | date | None = None,
        until: str | date | None = None,
        lasting: bool = False,
    ) -> Answer:
        """What is missing, of all or of some sources and boards (globs), and why; see `answers.gaps`."""
        from . import answers

        asked = answers.touching(self.connect(), wanted)
        asked = asked._replace(since=asked_start(since), until=asked_end(until), lasting=lasting)
        return self._answer(answers.gaps(asked))

    def find(self, text: str) -> Answer:
        """Names in which a text stands; see `answers.find`."""
        from . import answers

        return self._answer(answers.find(text))

    def explain(self, board: str, model: str, as_of: str | date | None = None) -> Sequence[Evidence]:
        """The evidence behind a rank; see `answers.explain`."""
        from . import answers

        return answers.explain(self.connect(), board, model, asked_end(as_of))

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
