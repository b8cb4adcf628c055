"""Records of JSON that were read before.

From one version of a board to the next most records stay as they are, and to read them takes longer than all
else: of a hundred versions, what changed is read, and the rest is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from ..errors import ParseFailed

REMEMBERED, LONGEST = 1 << 13, 1 << 11
"""Records that are remembered, and bytes of the longest of them."""

_FIRST = re.compile(rb"[ \t\n\r]*\[[ \t\n\r]*\{")
_NEXT = re.compile(rb"\}[ \t\n\r]*,[ \t\n\r]*\{")
_LAST = re.compile(rb"\}[ \t\n\r]*\][ \t\n\r]*")


class Remembered(dict[str, object]):
    """A mapping that nobody changes any more, the same object for each time that its text is met."""


_records: dict[bytes, Remembered] = {}
"""By what stands between its braces."""

Read = Callable[[bytes], Sequence[Mapping[str, object]]]
"""The records of a list of JSON, none left out."""


def recalled(pieces: Sequence[bytes], read: Read) -> list[Remembered]:
    """The record of each piece that `parted` gave. Raises what `read` raises for one that is no object."""
    found = list(map(_records.get, pieces))
    new = list(dict.fromkeys(piece for piece, record in zip(pieces, found, strict=True) if record is None))
    if len(new) + len(_records) > REMEMBERED:
        _records.clear()
        new = list(dict.fromkeys(pieces))
    _records.update(zip(new, map(Remembered, _read(new, read)), strict=True))
    return list(map(_records.__getitem__, pieces))


def _read(pieces: Sequence[bytes], read: Read) -> Iterable[Mapping[str, object]]:
    """The record of each piece: all as one list where none has a brace. Then as many objects as pieces are
    the pieces, since one that went on into the next would have to be made up for by an end within another."""
    plain = not any(b"{" in piece or b"}" in piece for piece in pieces)
    found = read(b"[{%b}]" % b"},{".join(pieces)) if pieces and plain else []
    return found if len(found) == len(pieces) else [_one(read(b"[{%b}]" % piece)) for piece in pieces]


def _one(found: Sequence[Mapping[str, object]]) -> Mapping[str, object]:
    if len(found) != 1:
        raise ParseFailed("Several objects stand where one was looked for.")
    return found[0]


def parted(body: bytes) -> list[bytes]:
    """What stands between the braces of each object in a list of JSON (UTF-8, without a byte-order mark);
    nothing where a glance does not tell.

    They are parted as the first two are. Where the same stands within one of them, its pieces are no objects
    by themselves; where every piece is, the text is JSON, and a list of just these.

    >>> parted(b'[{"rank": 1}, {"rank": 2}]')
    [b'"rank": 1', b'"rank": 2']
    """
    first, between = _FIRST.match(body), _NEXT.search(body)
    end = body.rfind(b"}")
    if first is None or between is None or _LAST.fullmatch(body, end) is None:
        return []
    pieces = body[first.end() : end].split(between[0])
    return pieces if len(pieces) <= REMEMBERED and max(map(len, pieces)) <= LONGEST else []
