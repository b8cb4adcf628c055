"""The one typeface of every picture: Fira Sans, from its Python package, under a name of its own.

A system's own copy could be another version of it, and would then draw other bytes. Text is measured here
with the font's own advance widths, so that a layout is the same on every machine.
"""

from __future__ import annotations

import atexit
import base64
import io
import re
import string
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

_ORIGINAL, FAMILY = "Fira Sans", "Rank Sans"
"""Of one length, so that the name can be exchanged within the file."""
STACK = f"'{FAMILY}', '{_ORIGINAL}', sans-serif"
_STYLES = {400: "Regular", 600: "SemiBold"}
WEIGHTS = tuple(_STYLES)
MISSING = "¤"
"""Drawn in a PNG for a character that the font lacks: systems differ in what they would fall back on."""


def _file(weight: int) -> Path:
    from fontpkg_fira_sans import ROOT

    return Path(ROOT, "files", f"FiraSans-{_STYLES[weight]}.ttf")


@cache
def opened(weight: int) -> TTFont:
    """The typeface, read once a process: what of it was unpacked stays."""
    from fontTools.ttLib import TTFont

    return TTFont(io.BytesIO(_file(weight).read_bytes()), lazy=True)


@cache
def _metrics(weight: int) -> tuple[dict[int, float], float]:
    """Advance widths by character, and that of one the font lacks, in units of the font's size."""
    font = opened(weight)
    advances, size = font["hmtx"], font["head"].unitsPerEm
    return {point: advances[name][0] / size for point, name in font.getBestCmap().items()}, 1.0


def width(text: str, size: float, weight: int = 400) -> float:
    """How wide a line of text is drawn, in pixels.

    >>> round(width("GigaChat", 10), 1) < round(width("GigaChat", 10, 600), 1)
    True
    """
    return size * _advance(text, weight)


def units(weight: int) -> int:
    """In how many parts the typeface divides the size of a letter."""
    return int(opened(weight)["head"].unitsPerEm)


@cache
def outline(letter: str, weight: int) -> str:
    """The lines of a letter that the typeface has, as the path of an SVG in units of the typeface, y up."""
    from fontTools.pens.svgPathPen import SVGPathPen

    font = opened(weight)
    glyphs = font.getGlyphSet()
    drawn = SVGPathPen(glyphs)
    glyphs[font.getBestCmap()[ord(letter)]].draw(drawn)
    return str(drawn.getCommands())


@lru_cache(maxsize=20_000)
def _advance(text: str, weight: int) -> float:
    """The width of a text in units of the font's size; layouts ask for the same words again and again."""
    widths, unknown = _metrics(weight)
    return sum(widths.get(ord(letter), unknown) for letter in text)


_MAKER = re.compile(r"(\d+ )?[\w.-]+/(?=\S)")


def fitted(text: str, room: float, size: float, weight: int = 400) -> str:
    """A line of text, cut with an ellipsis where it is wider than the room. Of `maker/model`, with its place
    or without, the maker goes first: of several models of one maker nothing else would be left."""
    if width(text, size, weight) > room and (maker := _MAKER.match(text)):
        text = f"{maker[1] or ''}…/{text[maker.end() :]}"
    if width(text, size, weight) <= room:
        return text
    while text and width(text + "…", size, weight) > room:
        text = text[:-1]
    return text.rstrip(" ·-_/") + "…"


_WORD = re.compile(r"(?<!\S)\d{1,2} [^\W\d]+ \d{4}\S*|\S+")


def wrapped(text: str, room: float, size: float, weight: int = 400) -> list[str]:
    """A text in lines that fit the room; a word that is wider by itself is parted at a hyphen or a slash, and
    cut where that does not help."""
    lines: list[list[str]] = []
    used, space = 0.0, width(" ", size, weight)
    for word in _bound(text, room, size, weight):
        wide = width(word, size, weight)
        if lines and used + space + wide <= room:
            lines[-1].append(word)
            used += space + wide
        else:
            lines.append([fitted(word, room, size, weight)])
            used = min(wide, room)
    return [" ".join(words) for words in lines]


def _bound(text: str, room: float, size: float, weight: int) -> list[str]:
    """The words of a text; a number stays with the word before it (`T-pro 1.0`), a date together (`11 May
    2025`), where they fit the room, and a word that does not is parted."""
    bound: list[str] = []
    whole = [
        word
        for found in _WORD.findall(text)
        for word in ([found] if width(found, size, weight) <= room else found.split())
    ]
    for word in (part for each in whole for part in _parted(each, room, size, weight)):
        if bound and word[0].isdigit() and width(f"{bound[-1]} {word}", size, weight) <= room:
            bound[-1] += f" {word}"
        else:
            bound.append(word)
    return bound


def _parted(word: str, room: float, size: float, weight: int) -> Iterator[str]:
    """A word, in parts as wide as the room where it is wider: two of them never stand on one line."""
    taken = ""
    for part in re.findall(r"[^-/]*[-/]|[^-/]+", word) if width(word, size, weight) > room else [word]:
        if taken and width(taken + part, size, weight) > room:
            yield taken
            taken = ""
        taken += part
    yield taken


def balanced(text: str, room: float, size: float, weight: int = 400) -> list[str]:
    """A text in as few lines as fit the room, of lengths as even as can be."""
    lines = wrapped(text, room, size, weight)
    while len(lines) > 1 and room > 40 and len(wrapped(text, room * 0.97, size, weight)) == len(lines):
        room *= 0.97
        lines = wrapped(text, room, size, weight)
    return lines


def drawable(text: str) -> str:
    """The text with a sign for each character that the font lacks."""
    missing = set(lacking(text))
    return "".join(MISSING if letter in missing else letter for letter in text)


def lacking(text: str) -> list[str]:
    """The letters of a text that the font lacks, sorted."""
    known = _metrics(WEIGHTS[0])[0]
    return sorted({letter for letter in text if ord(letter) not in known and not letter.isspace()})


@cache
def folder() -> Path:
    """A folder with the typeface, for what draws or sets with files; it lives until this process ends."""
    made = tempfile.TemporaryDirectory(prefix="archiver-font-")
    atexit.register(made.cleanup)
    for weight in WEIGHTS:
        font = _file(weight).read_bytes()
        for encoding in ("utf-16-be", "latin-1"):  # as the table of names has it for Windows, and for the Mac
            font = font.replace(_ORIGINAL.encode(encoding), FAMILY.encode(encoding))
        Path(made.name, f"{weight}.ttf").write_bytes(font)
    return Path(made.name)


@cache
def warm() -> None:
    """Cuts the letters of most texts: what was unpacked for that stays, and the next cut takes a quarter of
    the time."""
    faces(string.ascii_letters + string.digits + string.punctuation)


def faces(text: str) -> str:
    """CSS that carries the letters of a text in both weights, so that a file needs nothing beside it.

    Each face says which letters it has: those of two drawings on one page then add up.
    """
    letters = sorted(set(text) - set(lacking(text)))
    reach = ",".join(f"U+{ord(letter):X}" for letter in letters)
    rules = []
    for weight in WEIGHTS:
        data = base64.b64encode(_cut(weight, letters)).decode()
        rules.append(
            f"@font-face{{font-family:'{FAMILY}';font-weight:{weight};"
            f"unicode-range:{reach};src:url(data:font/ttf;base64,{data})}}"
        )
    return "".join(rules)


def _cut(weight: int, letters: Sequence[str]) -> bytes:
    """A TrueType font of these letters alone, built from the outlines and widths of the typeface.

    (fontTools' own subsetter gives the same, and takes a fifth of a second to be imported.)
    """
    from fontTools.fontBuilder import FontBuilder

    font = opened(weight)
    outlines, advances, cmap = font["glyf"], font["hmtx"], font.getBestCmap()
    names = _glyphs(outlines, [cmap[ord(letter)] for letter in letters])
    made = FontBuilder(font["head"].unitsPerEm, isTTF=True)
    made.font.recalcTimestamp = False
    made.updateHead(created=0, modified=0)
    made.setupGlyphOrder(names)
    made.setupCharacterMap({ord(letter): cmap[ord(letter)] for letter in letters})
    made.setupGlyf({name: outlines[name] for name in names})
    made.setupHorizontalMetrics({name: advances[name] for name in names})
    made.setupHorizontalHeader(ascent=font["hhea"].ascent, descent=font["hhea"].descent)
    made.setupNameTable({"familyName": FAMILY, "styleName": _STYLES[weight]})
    high, low = font["OS/2"].usWinAscent, font["OS/2"].usWinDescent
    made.setupOS2(usWeightClass=weight, usWinAscent=high, usWinDescent=low)
    made.setupPost(keepGlyphNames=False)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _glyphs(outlines: Any, wanted: Sequence[str]) -> list[str]:
    """The glyphs wanted and those that they are composed of, each once, after the one for what is missing."""
    names = dict.fromkeys([".notdef", *wanted])
    waiting = list(names)
    while waiting:
        parts = outlines[waiting.pop()].getComponentNames(outlines)
        waiting += [part for part in parts if part not in names]
        names |= dict.fromkeys(parts)
    return list(names)
