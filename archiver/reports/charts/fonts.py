"""The one typeface of every picture: Fira Sans, from its Python package, under a name of its own.

A system's own copy could be another version of it, and would then draw other bytes. Text is measured here
with the font's own advance widths, so that a layout is the same on every machine.
"""

from __future__ import annotations

import atexit
import base64
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

FAMILY = "Archive Sans"
STACK = f"'{FAMILY}', 'Fira Sans', sans-serif"
_FILES = {400: "FiraSans-Regular.ttf", 600: "FiraSans-SemiBold.ttf"}
WEIGHTS = tuple(_FILES)
_LAYOUT = ("GPOS", "GSUB", "GDEF", "DSIG")
"""Tables that kern and substitute; a picture's text does without, and is measured without."""
MISSING = "¤"
"""Drawn in a PNG for a character that the font lacks: systems differ in what they would fall back on."""


@contextmanager
def _opened(weight: int) -> Iterator[TTFont]:
    from fontpkg_fira_sans import ROOT
    from fontTools.ttLib import TTFont

    file = ROOT / "files" / _FILES[weight]
    with TTFont(file, lazy=True, recalcTimestamp=False, recalcBBoxes=False) as font:
        for tag in _LAYOUT:
            if tag in font:
                del font[tag]
        yield font


def _rename(names: Any, weight: int) -> None:
    style = "Regular" if weight == WEIGHTS[0] else "SemiBold"
    legal = [record for record in names.names if record.nameID in {0, 13, 14}]
    names.names = legal
    for identifier, text in ((1, FAMILY), (2, style), (4, f"{FAMILY} {style}"), (6, f"ArchiveSans-{style}")):
        names.setName(text, identifier, 3, 1, 0x409)


@cache
def _metrics(weight: int) -> tuple[dict[int, float], float]:
    """Advance widths by character, and that of one the font lacks, in units of the font's size."""
    with _opened(weight) as font:
        advances, size = font["hmtx"], font["head"].unitsPerEm
        widths = {point: advances[name][0] / size for point, name in font.getBestCmap().items()}
    return widths, 1.0


def width(text: str, size: float, weight: int = 400) -> float:
    """How wide a line of text is drawn, in pixels.

    >>> round(width("GigaChat", 10), 1) < round(width("GigaChat", 10, 600), 1)
    True
    """
    widths, unknown = _metrics(weight)
    return size * sum(widths.get(ord(letter), unknown) for letter in text)


def fitted(text: str, room: float, size: float, weight: int = 400) -> str:
    """A line of text, cut with an ellipsis where it is wider than the room."""
    if width(text, size, weight) <= room:
        return text
    while text and width(text + "…", size, weight) > room:
        text = text[:-1]
    return text.rstrip(" ·-_/") + "…"


def wrapped(text: str, room: float, size: float, weight: int = 400) -> list[str]:
    """A text in lines that fit the room; a word that is wider by itself is cut."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size, weight) <= room:
            lines[-1] = longer
        else:
            lines.append(fitted(word, room, size, weight))
    return lines


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
def register() -> None:
    """Makes the typeface known to the renderer, once a process. The files live until it ends."""
    import vl_convert

    folder = tempfile.TemporaryDirectory(prefix="archiver-font-")
    atexit.register(folder.cleanup)
    for weight in WEIGHTS:
        with _opened(weight) as font:
            _rename(font["name"], weight)
            font.save(Path(folder.name) / f"{weight}.ttf", reorderTables=None)
    vl_convert.register_font_directory(folder.name)


def faces(text: str) -> str:
    """CSS that carries the letters of a text in both weights, so that a file needs nothing beside it.

    Each face says which letters it has: those of two drawings on one page then add up.
    """
    from fontTools import subset

    letters = sorted(set(text) - set(lacking(text)))
    reach = ",".join(f"U+{ord(letter):X}" for letter in letters)
    rules = []
    for weight in WEIGHTS:
        options = subset.Options(hinting=False, notdef_outline=True, name_IDs=["*"], legacy_kern=False)
        options.drop_tables += list(_LAYOUT)
        cut = subset.Subsetter(options)
        cut.populate(text="".join(letters))
        out = io.BytesIO()
        with _opened(weight) as font:
            _rename(font["name"], weight)
            cut.subset(font)
            font.save(out, reorderTables=None)
        data = base64.b64encode(out.getvalue()).decode()
        rules.append(
            f"@font-face{{font-family:'{FAMILY}';font-weight:{weight};unicode-range:{reach};src:url(data:font/ttf;base64,{data})}}"
        )
    return "".join(rules)
