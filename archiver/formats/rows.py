"""One list of records, out of any of the forms in which publishers give tables.

For boards that are described, not programmed: `archiver/sources/_defined.py`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import Literal, NamedTuple

from ..errors import ParseFailed
from . import csvs, htmls, jsons, markdown, markup, parquet, text, yamls
from .remembered import parted, recalled
from .tables import Table, require

Form = Literal["csv", "json", "yaml", "html-table", "markdown-table", "parquet"]

KEY = "@key"
"""The field in which the name of a record stands, where records are the values of an object."""

MAX_ROWS = 100_000
"""Rows that a board may have."""

MAX_DEPTH = 8
"""Levels of a nested record that get names of their own; what is deeper stays one value."""

# Both bounded, so that a cell without an end to its marks takes no time that grows with its square.
_LINK = re.compile(r"!?\[([^\[\]]{0,500})\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)")
_MARKS = re.compile(r"(\*\*\*|\*\*|~~|`)(?=\S)(.{1,300}?)(?<=\S)\1")


class Rows(NamedTuple):
    """Records, and whether their end was seen."""

    records: Sequence[Mapping[str, object]]
    ended: bool = True
    """False where the form's end mark is missing: the last record, or some after it, may be cut off."""


class Where(NamedTuple):
    """Where in a payload the records stand."""

    records: str = ""
    """Of JSON and YAML: the path to the list or object of records, keys with dots between them."""
    table: int = 0
    """Of pages with several tables: which of them, from 1; 0 for the only one that has the columns."""
    delimiter: str = ","
    """Of CSV."""


THE_ONLY = Where()
"""The only records of a payload."""


def read(body: bytes, form: Form, columns: Collection[str], where: Where = THE_ONLY) -> Rows:
    """The records of a payload, each of `columns` known to at least one of them.

    What is nested in a record comes with dots between the names: `evaluations.gpqa`. Cells of Markdown and
    HTML come without their markup. Raises ParseFailed, naming a column that is not there.

    >>> read(b"|Model|Rate|\\n|---|--:|\\n|**GigaChat**|3 %|\\n\\nText", "markdown-table", ["Rate"]).records
    [{'Model': 'GigaChat', 'Rate': '3 %'}]
    """
    if form == "parquet":
        found = Rows(_parquet(body))
    elif form == "json":  # what was cut off is none
        found = Rows(_json(body, where.records))
    elif form == "yaml":
        found = Rows(_flattened(_listed(yamls.read(body), where.records)), _ended(body))
    elif form == "csv":
        table = csvs.read(body, delimiter=where.delimiter)
        found = Rows(list(table.records()), table.ended)
    else:
        found = _tabled(text.decode(body), form, columns, where.table)
    if len(found.records) > MAX_ROWS:
        raise ParseFailed(f"{len(found.records)} records, more than the {MAX_ROWS} that a board may have.")
    if not (found.records and found.records[0].keys() >= set(columns)):
        require(columns, list(dict.fromkeys(chain.from_iterable(found.records))))
    return found


def _json(body: bytes, path: str) -> Sequence[Mapping[str, object]]:
    """Records of JSON; those of a list at the top are looked for among what was read before."""
    try:
        if not path and (pieces := parted(body)):
            return recalled(pieces, _records)
    except ParseFailed:  # told by the whole, which knows the place
        pass
    return _flattened(_listed(jsons.loads(text.decode(body)), path))


def _records(body: bytes) -> Sequence[Mapping[str, object]]:
    """The records of a list that is not empty."""
    return _flattened(_listed(jsons.loads(text.decode(body)), ""))


def _ended(body: bytes) -> bool:
    """Whether a YAML text ends with a line, or as what was opened at its beginning."""
    whole = body.strip()
    return body.rstrip(b" ").endswith(b"\n") or (whole[:1], whole[-1:]) in ((b"[", b"]"), (b"{", b"}"))


def _parquet(body: bytes) -> list[Mapping[str, object]]:
    table = parquet.read(body, {"any": {}}, max_rows=MAX_ROWS)
    listed = {name: column.listed()(0, table.rows) for name, column in table.columns.items()}
    return [_flat(dict(zip(listed, values, strict=True))) for values in zip(*listed.values(), strict=True)]


def _listed(node: object, path: str) -> list[Mapping[str, object]]:
    """The records at a path: the items of a list, or the values of an object under their keys."""
    at = ""
    for key in filter(None, path.split(".")):
        at += f".{key}" if at else key
        if not isinstance(node, dict) or key not in node:
            raise ParseFailed(f"Nothing stands at {at!r}, on the way to the records: renamed, moved or gone.")
        node = node[key]
    found = list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
    place = f"at {at!r}" if at else "at the top"
    if not found:
        raise ParseFailed(f"{type(node).__name__} without records stands {place}, not a list of them.")
    if wrong := sum([not isinstance(item, dict) for item in found]):
        raise ParseFailed(f"{wrong} of {len(found)} items {place} are not records.")
    if isinstance(node, dict):
        return [{KEY: name, **item} for name, item in node.items()]
    return found


def _flattened(records: Sequence[Mapping[str, object]]) -> Sequence[Mapping[str, object]]:
    kinds = set(map(type, chain.from_iterable(record.values() for record in records)))
    return list(map(_flat, records)) if dict in kinds else records


def _flat(record: Mapping[str, object]) -> dict[str, object]:
    flat = list(_paths(record, ""))
    found = dict(flat)
    if len(found) != len(flat):
        raise ParseFailed("A record has a field twice: as it is, and nested.")
    return found


def _paths(record: Mapping[str, object], above: str, depth: int = 1) -> Iterator[tuple[str, object]]:
    for name, value in record.items():
        if isinstance(value, dict) and value and depth < MAX_DEPTH:
            yield from _paths(value, f"{above}{name}.", depth + 1)
        else:
            yield above + name, value


def _tabled(content: str, form: Form, columns: Collection[str], number: int) -> Rows:
    if form == "html-table":
        found = htmls.tables(content)
    else:
        found = [_unmarked(table) for table in markdown.tables(content)]
    if not found:
        raise ParseFailed("The page holds no table.")
    if number:
        if number > len(found):
            raise ParseFailed(f"The page holds {len(found)} tables, so no table {number}.")
        table = found[number - 1]
    else:
        table = _fitting(found, columns)
    return Rows(list(table.records()), table.ended)


def _fitting(found: Sequence[Table], columns: Collection[str]) -> Table:
    """The one table that has the columns; where none has, the error names what the nearest one lacks."""
    gaps = [sum(column not in table.header for column in columns) for table in found]
    if gaps.count(0) > 1:
        which = [number for number, gap in enumerate(gaps, start=1) if not gap]
        raise ParseFailed(f"Tables {which} of the page all have the columns: which one is meant?")
    nearest = found[gaps.index(min(gaps))]
    nearest.require(*columns)
    return nearest


def _unmarked(table: Table) -> Table:
    header = tuple(map(_plain, table.header))
    rows = tuple(tuple(map(_plain, row)) for row in table.rows)
    return Table(header, rows, table.ended)


def _plain(cell: str) -> str:
    """A Markdown cell as a reader sees it: links, emphasis and code marks off, HTML too."""
    shown = _MARKS.sub(r"\2", _LINK.sub(r"\1", cell))
    return markup.plain(shown)
