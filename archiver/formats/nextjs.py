"""Pages made by Next.js: the flight stream that they carry, in pieces that their scripts push one by one.

    <script>self.__next_f.push([1,"2d:[[\\"overall\\",…"])</script>

The pieces end where they happen to, in the middle of a row or of a name.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import warnings
from collections.abc import Iterator

from ..errors import ParseFailed
from .flight import Flight, Json, parse

_PUSH = re.compile(r"(?:self\.__next_f|\(self\.__next_f\s*=\s*self\.__next_f\s*\|\|\s*\[\]\))\.push\(\s*")


def read(page: bytes) -> Flight:
    """The stream that an HTML page carries. Raises `ParseFailed` where it carries none or a broken one."""
    try:
        text = page.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParseFailed(f"the page is not UTF-8 text: {error}") from error
    pieces = list(pushes(text))
    if not pieces:
        raise ParseFailed("the page carries no flight stream (no self.__next_f.push in a script)")
    return parse(_joined(pieces))


def pushes(html: str) -> Iterator[str | bytes]:
    """What a page's scripts push, in order: text, or bytes where a piece is no text by itself."""
    decoder = json.JSONDecoder()
    for script in _scripts(html):
        end = 0
        while match := _PUSH.search(script, end):
            try:
                value, end = decoder.raw_decode(script, match.end())
                yield from _piece(value)
            except (ValueError, RecursionError, binascii.Error) as error:
                what = f"a script of the page breaks off or is no JSON: {script[match.start() :][:60]!r}"
                raise ParseFailed(what) from error


def _scripts(html: str) -> list[str]:
    if "__next_f" not in html or "<" not in html:
        return []
    if html.rfind("<script") > html.rfind("</script"):
        raise ParseFailed("the page breaks off within a script")
    from bs4 import BeautifulSoup, ParserRejectedMarkup, XMLParsedAsHTMLWarning
    from bs4.filter import SoupStrainer

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        try:
            soup = BeautifulSoup(html, "html.parser", parse_only=SoupStrainer("script"))
        except (ParserRejectedMarkup, RecursionError) as error:
            raise ParseFailed(f"the page is not HTML: {error}") from error
    return [script.string or "" for script in soup.find_all("script")]


def _piece(value: Json) -> Iterator[str | bytes]:
    """[1, text] and [3, base64] carry the stream; [0] opens it, [2, …] is a form's state."""
    match value:
        case [0] | [2, *_]:
            return
        case [1, str(text)]:
            yield text
        case [3, str(text)]:
            yield base64.b64decode(text, validate=True)
        case _:
            raise ValueError("an unknown kind of push")


def _joined(pieces: list[str | bytes]) -> bytes:
    stream = bytearray()
    text: list[str] = []
    for piece in [*pieces, b""]:
        if isinstance(piece, str):
            text.append(piece)
        else:
            # A character outside the basic plane may be escaped as two halves, one in each of two pieces.
            halves = "".join(text).encode("utf-16-le", "surrogatepass")
            stream += halves.decode("utf-16-le", "replace").encode() + piece
            text.clear()
    return bytes(stream)
