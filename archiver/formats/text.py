"""Bytes to text, strictly: a wrong letter in a name is worse than a failure."""

from __future__ import annotations

import codecs
from collections.abc import Iterable

from ..errors import ParseFailed

SHOWN = 80
"""Characters of strangers' text that a message quotes at most."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(body: bytes, charset: str = "utf-8") -> str:
    """The text of a body; a byte-order mark decides before `charset` and is taken off.

    Raises ParseFailed for an empty body, and where a byte does not belong to the charset.

    >>> decode(b"\\xef\\xbb\\xbfmodel,score")
    'model,score'
    """
    for mark, marked in _MARKS:
        if body.startswith(mark):
            body, charset = body.removeprefix(mark), marked
            break
    try:
        text = body.decode(charset)
    except UnicodeDecodeError as error:
        raise ParseFailed(
            f"The body is not {charset}: byte {error.start} of {len(body)} does not belong."
        ) from error
    if not text or text.isspace():
        raise ParseFailed("The body is empty.")
    return text


def short(value: object) -> str:
    """A stranger's text as a message quotes it: escaped, and cut where it is long.

    >>> short("a\\tb"), short("x" * 1000)[-4:]
    ("'a\\\\tb'", "xx'…")
    """
    whole = str(value)
    return repr(whole[:SHOWN]) + ("…" if len(whole) > SHOWN else "")


def listed(names: Iterable[str], most: int = 20) -> str:
    """Names in a message: quoted, cut where there are many.

    >>> listed(["a", "b"]), listed("abc", most=2)
    ("'a', 'b'", "'a', 'b' and 1 more")
    """
    known = list(names)
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(map(short, known[:most])) + more
