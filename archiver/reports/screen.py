"""A terminal (or a file that a table is written to), and tables that fit it.

Which columns stand is decided here, by width and by what each is worth: rich would drop them silently.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TextIO

from .text import ascii_only, visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

GAP = 2
"""Spaces between columns."""
_EASY, _LEAST = 28, 12
"""How wide a flexible column may stay while there is another to leave out, and how narrow it may become."""


class Cell(NamedTuple):
    """Text with a rich style: `Cell("▲2", "blue")`. Never read as markup."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table for people."""

    title: str
    worth: int = 0
    """0 always stands; of the others the highest number goes first where the room is short."""
    right: bool = False
    flexible: bool = False
    """May be cut to fit, with an ellipsis."""
    digits: int | None = None
    """Of a figure, after the point; None: as many as it has."""


@dataclass(frozen=True)
class Screen:
    """Where a table goes. width: columns of text, None where nothing limits it."""

    out: TextIO
    width: int | None = None
    colour: bool = False
    ascii: bool = False

    @cached_property
    def console(self) -> Console:
        from rich.console import Console

        return Console(
            file=self.out,
            width=self.width or 10_000,
            force_terminal=self.colour,
            no_color=not self.colour,
            color_system="256" if self.colour else None,
            highlight=False,
            markup=False,
            emoji=False,
            soft_wrap=True,
            legacy_windows=False,
        )

    def spell(self, text: str) -> str:
        """Text as this screen can show it."""
        return ascii_only(text) if self.ascii else text

    def line(self, text: str = "", style: str = "", *, hang: int = 0) -> None:
        """One line of prose, wrapped at the width; strangers' text in it is made safe here.

        hang: spaces that a wrapped line goes on under.
        """
        from rich.text import Text

        self._prose(Text(self.spell(visible(text)), style=style), hang)

    def title(self, name: str, facts: str = "") -> None:
        """A heading: a name, then what is said of it in a fainter hand."""
        from rich.text import Text

        self._prose(Text.assemble((self.spell(visible(name)), "bold"), (self.spell(visible(facts)), "dim")))

    def _prose(self, text: Text, hang: int = 0) -> None:
        """Wrapped between words, where there is a width; no line ends in spaces."""
        from rich.text import Text

        lines: Iterable[Text]
        if self.width is None or text.cell_len <= self.width or self.width <= 2 * hang:
            lines = [text] if self.width is None else text.wrap(self.console, self.width) or [text]
        else:
            first, rest = text[:hang], text[hang:]
            lines = list(rest.wrap(self.console, self.width - hang))
            lines = [first + lines[0], *(Text(" " * hang) + line for line in lines[1:])]
        for line in lines:
            line.rstrip()
            self.console.print(line)

    def table(
        self, columns: Sequence[Column], rows: Iterable[Sequence[Cell | str]], *, head: bool = True
    ) -> list[str]:
        """Prints a table; returns the titles of the columns for which there was no room."""
        from rich.text import Text

        grid = [[self._text(cell) for cell in row] for row in rows]
        titles = [self.spell(column.title) for column in columns]
        widths = [max([len(title), *(row[at].cell_len for row in grid)]) for at, title in enumerate(titles)]
        kept = self._fit(columns, widths)
        if head:
            self._row([Text(title, style="bold") for title in titles], columns, kept, widths)
            rule = self.spell("─") * (sum(widths[at] for at in kept) + GAP * (len(kept) - 1))
            self.console.print(Text(rule, style="dim"))
        for row in grid:
            self._row(row, columns, kept, widths)
        return [column.title for at, column in enumerate(columns) if at not in kept]

    def _row(
        self, cells: Sequence[Text], columns: Sequence[Column], kept: list[int], widths: list[int]
    ) -> None:
        from rich.text import Text

        line = Text()
        for at in kept:
            cell = self._cut(cells[at], widths[at])
            padding = " " * (widths[at] - cell.cell_len)
            before, after = (padding, "") if columns[at].right else ("", padding)
            line.append(before).append_text(cell).append(after + " " * GAP)
        line.rstrip()
        self.console.print(line)

    def _fit(self, columns: Sequence[Column], widths: list[int]) -> list[int]:
        """The columns that stand. What is worth little goes before a name is cut short, a name is cut before
        what is worth much goes; `widths` of the flexible columns are narrowed to that."""
        kept = list(range(len(columns)))
        if self.width is None:
            return kept

        def over(least: int) -> int:
            taken = sum(min(widths[at], least) if columns[at].flexible else widths[at] for at in kept)
            return taken + GAP * (len(kept) - 1) - (self.width or 0)

        for least, worth in ((_EASY, 2), (_LEAST, 1)):
            while over(least) > 0 and any(columns[at].worth >= worth for at in kept):
                kept.remove(max(kept, key=lambda at: (columns[at].worth, at)))
        while over(10_000) > 0:
            wide = [at for at in kept if columns[at].flexible and widths[at] > _LEAST]
            if not wide:
                break
            widths[max(wide, key=lambda at: widths[at])] -= 1
        return kept

    def _text(self, cell: Cell | str) -> Text:
        from rich.text import Text

        cell = cell if isinstance(cell, Cell) else Cell(cell)
        return Text(self.spell(visible(cell.text)), style=cell.style)

    def _cut(self, text: Text, width: int) -> Text:
        if text.cell_len <= width:
            return text
        from rich.cells import set_cell_size
        from rich.text import Text

        end = self.spell("…")
        return Text(set_cell_size(text.plain, width - len(end)).rstrip() + end, style=text.style)
