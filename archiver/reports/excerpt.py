"""The piece of a payload that says a rank: the line, the block or the row in which the model stands.

It shows the bytes, it does not parse them: what a parser made of them can be held against it.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..formats import zips
from ..formats.packed import gunzip
from .rows import plain_json, value

LIMIT = 1500
"""Characters of an excerpt at most."""
_BARS = ("|", "│", "║", "┃")
_OCCURRENCES = 400
_REACH = 4000
"""Characters around a name in which the block that holds it is looked for."""


class Sought(NamedTuple):
    """The entry whose words are looked for: figures tell apart several places with the same name."""

    model: str
    """As listed."""
    rank: int | None = None
    score: float | None = None
    votes: int | None = None
    words: Sequence[str] = ()
    """What else may stand beside it: the setting, the category, the date."""

    def figures(self) -> list[str]:
        """Ways in which the figures may be printed."""
        known = [str(each) for each in (self.rank, self.votes) if each is not None]
        if self.votes is not None:
            known.append(f"{self.votes:,}")
        if self.score is not None:
            known += [repr(self.score), *(f"{self.score:.{count}f}" for count in range(4))]
        return [*dict.fromkeys(known), *filter(None, self.words)]


def excerpt(body: bytes, media: str, sought: Sought) -> str:
    """The lines of a payload that say where a model stands; empty where its name is not there as text.

    media: what the route serves (`sources.Media`). Of several places, the one that holds most of the figures.
    """
    if media == "parquet":
        return _row(body, sought)
    if media == "zip" and body.startswith(zips.MAGIC):
        found = [(one.name, _best(one.body, "csv", sought)) for one in zips.members(body)]
        pieces = [f"{name}:\n{piece}" for name, piece in found if piece]
        best = max(pieces, key=lambda piece: _holds(piece, sought), default="")
    else:
        best = _best(gunzip(body) if media == "gzip" else body, media, sought)
    return _shortened(best, sought.model)


def _best(body: bytes, media: str, sought: Sought) -> str:
    """Of the pieces of a text in which the name stands, the one that holds most of the figures."""
    text = body.decode("utf-8-sig", "replace")
    pieces = [_piece(text, at, end, media) for at, end in _places(text, sought.model)]
    return max(pieces, key=lambda piece: _holds(piece, sought), default="")


def _places(text: str, model: str) -> Iterator[tuple[int, int]]:
    """Where the name stands, whole ones first: `gpt-4o` is not what `gpt-4o-mini` says."""
    spelled = [json.dumps(model, ensure_ascii=ascii)[1:-1] for ascii in (False, True)]
    twice = [json.dumps(each, ensure_ascii=False)[1:-1] for each in spelled]
    names = dict.fromkeys((model, html.escape(model), html.escape(model, quote=False), *spelled, *twice))
    either = "|".join(map(re.escape, names))
    for pattern in (rf"(?<![\w.:/-])(?:{either})(?![\w.:-])", either):
        found = [
            match.span() for _, match in zip(range(_OCCURRENCES), re.finditer(pattern, text), strict=False)
        ]
        if found:
            yield from found
            return


def _holds(piece: str, sought: Sought) -> int:
    return sum(
        re.search(rf"(?<![\w.]){re.escape(figure)}(?![\w]|\.\d)", piece) is not None
        for figure in sought.figures()
    )


def _piece(text: str, at: int, end: int, media: str) -> str:
    if media == "yaml":
        return _item(text, at)
    if media in {"json", "html", "event-stream"}:
        block = _block(text, at, end) or _table_row(text, at, end)
        if block:
            return block
    return _line(text, at)


def _line(text: str, at: int) -> str:
    """The line, under the first line of its table that is divided by the same sign."""
    start, stop = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    line = text[start : stop if stop >= 0 else len(text)].rstrip("\r")
    signs = _BARS if line.lstrip().startswith(_BARS) else (max(",;\t", key=line.count),)
    table = text[text.rfind("\n\n", 0, start) + 1 : start].splitlines()
    heading = (
        each for each in table if any(each.count(sign) > 1 for sign in signs) and re.search(r"\w", each)
    )
    return "\n".join(dict.fromkeys((next(heading, line), line)))


def _item(text: str, at: int) -> str:
    """The item of a YAML list that holds the place."""
    before = list(re.finditer(r"^([ ]*)- ", text[: at + 1], re.MULTILINE))
    if not before:
        return _line(text, at)
    start, indent = before[-1].start(), before[-1][1]
    following = re.compile(rf"^{indent}(?:- |\S)", re.MULTILINE).search(
        text, text.find("\n", at) + 1 or len(text)
    )
    return text[start : following.start() if following else len(text)].rstrip()


def _block(text: str, at: int, end: int) -> str | None:
    """The innermost braces around a place, those of a script's string among them."""
    depth, start = 0, None
    for index in range(at - 1, max(-1, at - _REACH), -1):
        depth += (text[index] == "}") - (text[index] == "{")
        if depth < 0:
            start = index
            break
    if start is None:
        return None
    depth = 0
    for index in range(start, min(len(text), end + _REACH)):
        depth += (text[index] == "{") - (text[index] == "}")
        if depth == 0:
            return _unquoted(text[start : index + 1])
    return None


def _unquoted(block: str) -> str:
    """The block as a script reads it, where it stands in a string of that script."""
    if not block.startswith('{\\"'):
        return block
    try:
        return str(json.loads(f'"{block}"'))
    except ValueError:
        return block


def _table_row(text: str, at: int, end: int) -> str | None:
    start, stop = text.rfind("<tr", max(0, at - _REACH), at), text.find("</tr>", end, end + _REACH)
    return re.sub(r"\s+", " ", text[start : stop + 5]) if start >= 0 and stop >= 0 else None


def _row(body: bytes, sought: Sought) -> str:
    """The row of a Parquet file as JSON: its columns and values, nothing left out."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    table = pq.read_table(pa.BufferReader(body))
    found: list[str] = []
    for name in table.column_names:
        kind = table.schema.field(name).type
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        if pa.types.is_string(kind) or pa.types.is_large_string(kind):
            rows = table.filter(pc.equal(table[name], sought.model)).slice(0, 100_000).to_pylist()
            found += [plain_json({key: value(cell) for key, cell in row.items()}) for row in rows]
    return max(found, key=lambda row: _holds(row, sought), default="")


def _shortened(piece: str, model: str) -> str:
    """At most `LIMIT` characters: the beginning, or what is around the name."""
    if len(piece) <= LIMIT:
        return piece
    at = max(piece.find(model), 0)
    start = max(0, min(at - LIMIT // 3, len(piece) - LIMIT))
    return (
        ("… " if start else "") + piece[start : start + LIMIT] + (" …" if start + LIMIT < len(piece) else "")
    )
