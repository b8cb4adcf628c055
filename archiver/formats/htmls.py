"""Tables of HTML, also of HTML inside Markdown, read as a browser lays them out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import ParseFailed
from .tables import Table, build
from .text import short

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_CELLS_MOST = 1_000_000
"""Cells that one table may spread to: spans of a few bytes can ask for a million each."""
_COLSPAN_MOST, _ROWSPAN_MOST = 1000, 65534
"""The HTML standard's own limits (section 4.9.11)."""

_UNSEEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<\?.*?(?:>|\Z)|<(script|style|template)\b.*?(?:</\1\s*>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_MARK = re.compile(r"<(/?)table\b", re.IGNORECASE)
_BREAKS = frozenset(("br", "p", "div", "li", "ul", "ol", "hr", "h1", "h2", "h3", "h4", "h5", "h6"))
_CELLS = frozenset(("td", "th", "caption"))


class _Cell(NamedTuple):
    text: str
    heads: bool
    """A `th`."""
    alone: bool = False
    """The only cell of its row, wider than one column: a title within the table."""


def tables(content: str, *, inside: str | None = None) -> list[Table]:
    """Every table of a page, in order; tables within cells stand by themselves.

    inside: only those within the element of this id. A cell that spans rows or columns stands in each of
    them. The header is the `thead`, else the leading rows of `th` alone, else the first row; several rows of
    it make names as `Text Accuracy`. Columns without a name are called by their number from the second on
    (`column 7`); the first is ``""``. A `tfoot` sums up, so it is left out.
    `ended` is False where `</table>` is missing: rows may be cut off.
    Raises ParseFailed for an id that is not there, and for rows that do not fit the header.

    >>> [table] = tables("<table><tr><th></th><th>avg</th></tr><tr><th>a</th><td>74.5±4.7%</td></tr></table>")
    >>> table.header, table.rows, table.ended
    (('', 'avg'), (('a', '74.5±4.7%'),), True)
    """
    seen = _UNSEEN.sub(" ", content)
    ended = _ended(seen)
    soup = _soup(seen) if ended else None
    parts: Sequence[Tag] = [soup] if soup else []
    if inside is not None:
        parts = soup.find_all(True, id=inside) if soup else []
        if not parts:
            raise ParseFailed(f"No element with the id {short(inside)}: renamed, moved or gone.")
    if soup is None:
        return []
    every = soup.find_all("table")
    whole = ended if len(every) == len(ended) else [False] * len(every)
    chosen = {id(table) for part in parts for table in part.find_all("table")}
    return [_table(tag, end) for tag, end in zip(every, whole, strict=True) if id(tag) in chosen]


def _soup(content: str) -> BeautifulSoup:
    from bs4 import BeautifulSoup  # 130 ms: only where there is a table
    from bs4.exceptions import ParserRejectedMarkup

    try:
        return BeautifulSoup(content, "html.parser")
    except ParserRejectedMarkup as error:
        raise ParseFailed(f"The HTML cannot be read: {error}.") from error


def _ended(content: str) -> list[bool]:
    """For each table, in the order in which they begin, whether it ends."""
    ended: list[bool] = []
    opened: list[int] = []
    for mark in _MARK.finditer(content):
        if not mark[1]:
            opened.append(len(ended))
            ended.append(False)
        elif opened:
            ended[opened.pop()] = True
    return ended


def _table(table: Tag, ended: bool) -> Table:
    heads: list[Tag] = []
    rows: list[Tag] = []
    section, below = "", 0
    for node, depth in _within(table, {"table"}):
        if section and depth <= below:
            section = ""
        if node.name in ("thead", "tfoot"):
            section, below = node.name, depth
        elif node.name == "tr" and section != "tfoot":
            (heads if section == "thead" else rows).append(node)
    header, body = list(_laid_out(heads)), list(_laid_out(rows))
    if not header:
        count = next((at for at, row in enumerate(body) if not all(cell.heads for cell in row)), 0) or 1
        header, body = body[:count], body[count:]
    titles = [short(row[0].text) for row in body if row[0].alone]
    if titles:
        raise ParseFailed(f"A row of the table is one cell across it, {titles[0]}: it is not one list.")
    return build(_names(header), ([cell.text for cell in row] for row in body), ended=ended)


def _laid_out(rows: Sequence[Tag]) -> Iterator[list[_Cell]]:
    """The cells of each row that has any, spans filled in. Spans end with their section, as in a browser."""
    below: dict[int, tuple[int, _Cell]] = {}
    count = 0
    for row in rows:
        own = [node for node, _ in _within(row, {"tr"}) if node.name in ("td", "th")]
        line: list[_Cell] = []
        for tag in own:
            _take(below, line)
            width, height = _span(tag, "colspan", _COLSPAN_MOST), _span(tag, "rowspan", _ROWSPAN_MOST)
            cell = _Cell(_text(tag), tag.name == "th", alone=len(own) == 1 and width > 1)
            for _ in range(width):
                if height > 1:
                    below[len(line)] = height - 1, cell
                line.append(cell)
        _take(below, line)
        count += len(line)
        if count > _CELLS_MOST:
            raise ParseFailed(f"A table spreads to more than {_CELLS_MOST:,} cells.")
        if line:
            yield line


def _take(below: dict[int, tuple[int, _Cell]], line: list[_Cell]) -> None:
    """Adds the cells that reach down from rows above to the end of a line."""
    while (reaching := below.pop(len(line), None)) is not None:
        left, cell = reaching
        if left > 1:
            below[len(line)] = left - 1, cell
        line.append(cell)


def _span(tag: Tag, name: str, most: int) -> int:
    """How far a cell reaches; `rowspan="0"` means to the end of the section."""
    digits = re.match(r"\s*([0-9]{1,9})", str(tag.get(name, "")))
    value = int(digits[1]) if digits else 1
    return min(value, most) if value else (most if name == "rowspan" else 1)


def _text(cell: Tag) -> str:
    """What a reader sees in a cell, on one line; tables within it apart."""
    from bs4.element import NavigableString

    parts: list[str] = []
    for node, _ in _within(cell, _CELLS, texts=True):
        if type(node) is NavigableString:
            parts.append(node)
        elif node.name in _BREAKS or node.name in _CELLS:
            parts.append(" ")
    return " ".join("".join(parts).split())


def _within(tag: Tag, least: Collection[str], *, texts: bool = False) -> Iterator[tuple[Any, int]]:
    """What is below a tag, in order, each with its depth; of tags called as in `least` nothing below them.

    Each node is met once for each cell or row that it belongs to, however deep a hostile page nests them:
    to ask every node for its parents would take the square of that.
    """
    from bs4 import Tag

    waiting = [iter(tag.contents)]
    while waiting:
        for node in waiting[-1]:
            if not isinstance(node, Tag):
                if texts:
                    yield node, len(waiting)
                continue
            yield node, len(waiting)
            if node.name not in least:
                waiting.append(iter(node.contents))
                break
        else:
            waiting.pop()


def _names(header: Sequence[Sequence[_Cell]]) -> list[str]:
    """One name a column: the texts above each other, what spans several rows once."""
    width = max(map(len, header), default=0)
    if any(len(row) != width for row in header):
        raise ParseFailed(f"The header's rows have {[len(row) for row in header]} columns, not as many each.")
    stacked = (dict.fromkeys(row[at].text for row in header if row[at].text) for at in range(width))
    return [
        " ".join(parts) or (f"column {at}" if at > 1 else "") for at, parts in enumerate(stacked, start=1)
    ]
