"""CSV, strictly (RFC 4180, any line ends)."""

from __future__ import annotations

import csv
import io

from ..errors import ParseFailed
from ..records import Finding
from . import text
from .tables import Table, build


def read(body: bytes, *, delimiter: str = ",", charset: str = "utf-8", keep_ragged: bool = False) -> Table:
    """The one table of a CSV file. Blank lines are skipped; spaces around cells are taken off.

    `ended` is False where the last line has no line end, so that its last cell may be cut.
    keep_ragged: put rows that lack a cell or have one too many aside, in `ragged`.
    Raises ParseFailed for what is not text, not CSV, ragged, without rows, or names a column twice.

    >>> read(b"model,score\\r\\nGigaChat,31.4\\r\\n").rows
    (('GigaChat', '31.4'),)
    """
    content = text.decode(body, charset)
    # newline="" leaves line ends inside quoted cells alone; strict refuses an unclosed quote.
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    try:
        lines = [line for line in reader if line]
    except csv.Error as error:
        raise ParseFailed(f"Not CSV: line {reader.line_num}: {error}.") from error
    ended = content.endswith(("\n", "\r"))
    return build(lines[0], lines[1:], ended=ended, keep_ragged=keep_ragged)


def unfinished(table: Table) -> list[Finding]:
    """What holds a board whose file lacks the line end that this publisher's files always have."""
    if table.ended:
        return []
    what = "The file does not end with a line end: its last row, or rows after it, may be cut off."
    return [Finding("unfinished", "error", what)]
