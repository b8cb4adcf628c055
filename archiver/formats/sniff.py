"""Whether a body is what its route serves: a page that stands in its place is a lie, not a board.

Pure and of the standard library alone; a capture and an import ask it the same question. It judges the whole
body by its outside only (its first and last bytes, its marks), since what is inside is the parser's to read.
Where it is in doubt it says nothing: a parser raises `ParseFailed` for what it cannot read.
"""

from __future__ import annotations

import json
import re

from .challenge import challenger

LFS = b"version https://git-lfs.github.com/spec/"
"""How a Git LFS pointer begins (git-lfs/docs/spec.md: the first line is the version, the rest is short)."""

JSON_READ_WHOLE = 4 * 1024 * 1024
"""Bytes up to which JSON is read to find a cut; beyond it only its ends are compared, to spare memory."""

_GZIP = b"\x1f\x8b"
_BINARY = {
    _GZIP: "gzip data",
    b"PAR1": "a Parquet file",
    b"PK\x03\x04": "a zip archive",
    b"\x28\xb5\x2f\xfd": "zstd data",
    b"%PDF-": "a PDF",
    b"\x89PNG": "a PNG picture",
    b"SQLite format 3\x00": "an SQLite database",
}
_KIND = {
    "parquet": "Parquet",
    "html": "HTML",
    "csv": "CSV",
    "json": "JSON",
    "yaml": "YAML",
    "markdown": "Markdown",
    "event-stream": "an event stream",
    "gzip": "gzip data",
    "zip": "a zip archive of text files",
    "pickle": "a Python pickle",
}
_PREAMBLE = re.compile(rb"(?:\s+|<!--.*?-->|<\?xml[^>]*\?>)*", re.DOTALL)
_DOCUMENT = re.compile(rb"<(?:!doctype\s+html|html|head|title|meta|body|script)[\s>/]", re.IGNORECASE)
_NO_MARKS = bytes(set(range(256)) - set(b'"[]{}'))
_TAG = re.compile(rb"<[a-z][a-z0-9-]*[\s>/]", re.IGNORECASE)

Verdict = tuple[str, str] | None
"""One of `records.REASONS` and a sentence, or None where nothing speaks against the body."""


def inspect(body: bytes, media: str | None) -> Verdict:
    """What is wrong with a body, as (reason, sentence), or None.

    media: what the route serves (`sources.Media`); None where only what is wrong anywhere is looked for
    (nothing in it, a challenge, an LFS pointer), as for the listings that a discovery asks for.
    """
    inner = body.removeprefix(b"\xef\xbb\xbf").strip()
    if not inner.strip(b"\x00"):
        return "empty", f"The body has no content ({_bytes(body)})."
    if inner.startswith(LFS) and len(inner) < 1024:
        return "lfs-pointer", f"A Git LFS pointer ({_bytes(body)}) stood in place of the file."
    start = _PREAMBLE.match(inner)
    document = _DOCUMENT.match(inner, start.end() if start else 0) is not None
    if who := challenger(inner, document):
        return "challenge", f"A challenge page of {who} ({_bytes(body)}) stood in place of the board."
    if media is None:
        return None
    if media == "parquet":
        return _parquet(body, document)
    if media == "gzip":
        return None if body.startswith(_GZIP) else _wrong("something else", media, body)
    if media == "zip" and inner.startswith(b"PK\x03\x04"):
        return _zip(body)
    if binary := next((name for magic, name in _BINARY.items() if inner.startswith(magic)), None):
        return _wrong(binary, media, body)
    if media == "pickle":  # its oldest form has no mark to go by
        return _wrong("an HTML document", media, body) if document else None
    if media == "html":
        return _html(inner, body)
    if document or (media != "markdown" and inner[:5].lower() == b"<?xml"):
        return _wrong("an HTML or XML document", media, body)
    if media == "json":
        return _json(inner, body)
    if media in ("csv", "event-stream") and inner[:1] in b"{[" and _is_json(inner):
        return _wrong("JSON", media, body)
    return None


def _parquet(body: bytes, document: bool) -> Verdict:
    """Parquet has its magic at both ends, and before the last one the length of its footer (Parquet format,
    "File format")."""
    if not body.startswith(b"PAR1"):
        return _wrong("an HTML document" if document else "something else", "parquet", body)
    footer = int.from_bytes(body[-8:-4], "little")
    if len(body) < 12 or not body.endswith(b"PAR1") or footer + 12 > len(body):
        return "truncated", f"The Parquet file of {_bytes(body)} lacks its footer: it was cut off."
    return None


def _zip(body: bytes) -> Verdict:
    """A zip archive ends with a record of 22 bytes and a comment of up to 64 KiB (APPNOTE 4.3.16)."""
    if b"PK\x05\x06" not in body[-(22 + 0xFFFF) :]:
        return "truncated", f"The zip archive of {_bytes(body)} lacks its directory: it was cut off."
    return None


def _html(inner: bytes, body: bytes) -> Verdict:
    """A document that opens `<html` has to close it. Fragments (a table alone) are taken as they are."""
    if inner[:1] in b"{[" and _is_json(inner):
        return _wrong("JSON", "html", body)
    if not _TAG.search(inner):
        return _wrong("text without a tag", "html", body)
    lower = inner.lower()
    if b"<html" in lower and b"</html" not in lower:
        return "truncated", f"The page of {_bytes(body)} never closes its <html>: it was cut off."
    return None


def _json(inner: bytes, body: bytes) -> Verdict:
    """Cut JSON ends before its end. Text that is no JSON at all is of the wrong type; what is broken inside
    is left to the parser. JSON lines pass."""
    if inner[:1] not in b'{["-0123456789tfnNI':
        return _wrong("text", "json", body)
    cut = "truncated", f"The JSON of {_bytes(body)} ends in the middle: it was cut off."
    if inner[:1] in b"{[" and inner[-1:] not in b"}]":
        return cut
    if len(inner) > JSON_READ_WHOLE or _balanced(inner):
        return None
    try:
        json.loads(inner)
    except json.JSONDecodeError as error:
        ends_there = error.pos >= len(error.doc) - 1 or error.msg.startswith("Unterminated string")
        return cut if ends_there and not error.msg.startswith("Extra data") else None
    except (ValueError, RecursionError):
        return None
    return None


def _balanced(inner: bytes) -> bool:
    """Whether JSON is closed as it was opened, and nothing is left open on the way.

    Counted, in a tenth of the time of reading it, so that marks within strings count too: where they are not
    in pairs, the text is read.
    """
    pairs = ((b"[", b"]"), (b"{", b"}"))
    marks = inner.translate(None, _NO_MARKS)
    closed = (inner[:1], inner[-1:]) in pairs and marks.count(b'"') % 2 == 0
    return closed and all(marks.count(left) == marks.count(right) for left, right in pairs)


def _is_json(inner: bytes) -> bool:
    """Whether text that begins like JSON is JSON: `[name](url)` opens a Markdown link, not a list."""
    if len(inner) > JSON_READ_WHOLE:
        return inner[-1:] in b"}]"
    try:
        json.loads(inner)
    except (ValueError, RecursionError):
        return False
    return True


def _wrong(found: str, media: str, body: bytes) -> Verdict:
    return "wrong-type", f"The body ({_bytes(body)}) is {found}, where this route serves {_KIND[media]}."


def _bytes(body: bytes) -> str:
    return "1 byte" if len(body) == 1 else f"{len(body):,} bytes"
