"""Bytes to text, strictly: a wrong letter in a name is worse than a failure."""

from __future__ import annotations

import codecs

from ..errors import ParseFailed

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
    if not text.strip():
        raise ParseFailed("The body is empty.")
    return text
