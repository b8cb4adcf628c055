"""Records of JSON that were read before, with where what was made of them is.

From one version of a board to the next most records stay as they are, and to read them takes longer than all
else: of a hundred versions, what changed is read, and the rest is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .pooled import Pool

REMEMBERED, LONGEST = 1 << 13, 1 << 11
"""Records that are remembered, and bytes of the longest of them."""

_FIRST = re.compile(rb"[ \t\n\r]*\[[ \t\n\r]*\{")
_NEXT = re.compile(rb"\}[ \t\n\r]*,[ \t\n\r]*\{")
_LAST = re.compile(rb"\}[ \t\n\r]*\][ \t\n\r]*")


class Remembered(dict[str, object]):
    """A mapping that nobody changes any more."""

    __slots__ = ("places",)

    def __init__(self, values: Mapping[str, object]) -> None:
        super().__init__(values)
        self.places: dict[Pool, int] = {}
        """Where its row is."""


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
