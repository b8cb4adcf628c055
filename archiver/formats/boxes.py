"""Tables drawn with characters: boxes as `rich` prints them, and lines of `name | label: value | …`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..errors import ParseFailed
from .tables import Table, build
from .text import short

_TOP = re.compile(r"[┏┌╔╭][━─═┳┬╦]*[┓┐╗╮]")
_MIDDLE = re.compile(r"[┡├┣╠╞┢][━─═╇┼╋╬╪┿]*[┩┤┫╣╡┪]")
_BOTTOM = re.compile(r"[└┗╚╰][─━═┴┻╩]*[┘┛╝╯]")
_SIDE = re.compile(r"[│┃║]")


def tables(content: str) -> list[Table]:
    """Every drawn table of a text, in order, whatever the indent.

    `ended` is False where the drawing stops without its lower border. Raises ParseFailed for ragged rows.
    """
    lines = iter(content.splitlines())
    return [_table(lines, line.strip()) for line in lines if _TOP.match(line.strip())]


def labelled(block: str, name: str) -> list[dict[str, str]]:
    """The lines `gpt-4 | score: 90.9 | 95% CI: (-1.1, 1.0)` as records; the first cell goes under `name`.

    Raises ParseFailed where a line is something else (blank ones apart) or has a label twice, and where
    there is none.

    >>> labelled("gpt-4  | score: 90.9  | tokens: 541", "Model")
    [{'Model': 'gpt-4', 'score': '90.9', 'tokens': '541'}]
    """
    lines = [stripped for line in block.splitlines() if (stripped := line.strip())]
    if not lines:
        raise ParseFailed("The block of lines has none.")
    return [_labels(line, name) for line in lines]


def _labels(line: str, name: str) -> dict[str, str]:
    first, *cells = line.split("|")
    pairs = [cell.partition(":") for cell in cells]
    record = {name: first.strip()} | {label.strip(): value.strip() for label, _, value in pairs}
    if not pairs or not all(colon for _, colon, _ in pairs) or len(record) != len(pairs) + 1:
        raise ParseFailed(f"The line {short(line)} is not `{name} | label: value | …`.")
    return record


def _table(lines: Iterator[str], top: str) -> Table:
    header: list[Sequence[str]] = []
    rows: list[Sequence[str]] = []
    target, ended = header, False
    for line in lines:
        if _MIDDLE.fullmatch(drawn := line.strip()):
            target = rows
            continue
        # A publisher's copy may lose the line break before the lower border: row and border on one line.
        border = _BOTTOM.search(drawn)
        row = drawn[: border.start()].strip() if border else drawn
        if row and not (_SIDE.match(row) and _SIDE.match(row[-1])):
            break
        if row:
            target.append([cell.strip() for cell in _SIDE.split(row[1:-1])])
        if border:
            ended = True
            break
    if len(header) != 1:
        raise ParseFailed(
            f"A drawn table ({top[:12]}…) has {len(header)} header lines where one is expected."
        )
    return build(header[0], rows, ended=ended)
