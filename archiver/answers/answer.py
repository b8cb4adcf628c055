"""An answer in Python: the relation itself, with the statement that gives it and a picture of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb


class Answer:
    """Has everything of its DuckDB relation (`.df()`, `.pl()`, `.to_arrow_table()`, `.fetchall()`,
    `.columns`, `.filter(…)`, the table that a notebook shows), and three things of its own."""

    def __init__(
        self, relation: duckdb.DuckDBPyRelation, sql: str, draw: Callable[..., Any] | None = None
    ) -> None:
        """relation: the rows. sql: the statement, for any DuckDB shell. draw: makes the picture."""
        self.relation, self.sql, self._draw = relation, sql, draw

    def chart(self, **options: Any) -> Any:
        """The picture of this answer; options as of `Archive.chart`. Raises AttributeError where none is
        drawn of this question."""
        if self._draw is None:
            raise AttributeError("No picture is drawn of this question: history and board have one.")
        return self._draw(**options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.relation, name)

    def __len__(self) -> int:
        return len(self.relation)

    def __repr__(self) -> str:
        return repr(self.relation)
