"""Pipe tables of Markdown (GitHub Flavored Markdown, section 4.10), read strictly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .tables import Table, build

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_RULE = re.compile(r" *:?-+:? *")
_PIPE = re.compile(r"(?<!\\)\|")


def tables(content: str) -> list[Table]:
    """Every pipe table of a text, in order, code blocks left out. Markup inside cells stays as it is.

    `ended` is False where the text stops with the table, so that its last row, or rows after it, may be cut.
    Raises ParseFailed for rows with another number of cells than the header, and for a table without rows.

    >>> [table] = tables("|Model|Rate|\\n|---|--:|\\n|GigaChat|3.0 %|\\n\\nText")
    >>> table.header, table.rows, table.ended
    (('Model', 'Rate'), (('GigaChat', '3.0 %'),), True)
    """
    return [build(header, rows, ended=ended) for header, rows, ended in _found(content.splitlines())]


def cells(line: str) -> list[str]:
    """The cells of one row, with or without a pipe at either end; `\\|` is a pipe within a cell.

    >>> cells("| GPT 4 | 97.0 % |"), cells("a|b\\\\|c")
    (['GPT 4', '97.0 %'], ['a', 'b|c'])
    """
    parts = _PIPE.split(line.strip())
    if not parts[0].strip() and len(parts) > 1:
        del parts[0]
    if not parts[-1].strip() and len(parts) > 1:
        del parts[-1]
    return [part.replace("\\|", "|").strip() for part in parts]


def _found(lines: Sequence[str]) -> Iterator[tuple[list[str], list[list[str]], bool]]:
    """Header, rows and whether a line follows, of each table."""
    at, fence = 0, ""
    while at < len(lines) - 1:
        if mark := _FENCE.match(lines[at]):
            # A block ends with at least as many marks of the kind that began it.
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        elif not fence and _begins(lines[at], lines[at + 1]):
            header, rows = cells(lines[at]), []
            at += 2
            while at < len(lines) and _PIPE.search(lines[at]):
                rows.append(cells(lines[at]))
                at += 1
            yield header, rows, at < len(lines)
            continue
        at += 1


def _begins(line: str, following: str) -> bool:
    """Whether a table begins here: a header above a delimiter row of as many cells."""
    if "|" not in line or "|" not in following:
        return False
    rules = cells(following)
    return all(_RULE.fullmatch(rule) for rule in rules) and len(rules) == len(cells(line))
