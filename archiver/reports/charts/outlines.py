"""Letters as outlines, for pictures made of pixels: what draws them then needs no typeface at all.

The renderer would look each letter up in the files of a system's typefaces, open the one that has it anew for
every letter, and take half of a picture's time for that. Here letters stand as far apart as `fonts` measures
them, which is how a browser sets those that a drawing carries.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from . import fonts, kerning

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_LOOK = frozenset({"fill", "fill-opacity", "opacity", "stroke", "stroke-linejoin", "stroke-opacity"})
_BEFORE = {"start": 0.0, "middle": 0.5, "end": 1.0}
"""How much of a line stands before the place where it is anchored."""


def outlined(drawn: str) -> str:
    """A drawing whose words are paths; a sign stands for each character that the typeface lacks."""
    root = ElementTree.fromstring(drawn)  # noqa: S314  # of our own renderer
    for parent in list(root.iter()):
        for at, child in enumerate(parent):
            if child.tag == f"{{{_SVG}}}text":
                parent[at] = _paths(child)
    # The library keeps one set of prefixes for a whole process, and a feed takes the empty one, too.
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    return ElementTree.tostring(root, encoding="unicode")


def _paths(text: Element) -> Element:
    """The lines of a text, a path for each letter."""
    weight = int(text.get("font-weight", fonts.WEIGHTS[0]))
    per_pixel = fonts.units(weight) / float(text.attrib["font-size"].removesuffix("px"))
    look = {name: value for name, value in text.items() if name in _LOOK}
    if "stroke-width" in text.attrib:
        look["stroke-width"] = _number(float(text.attrib["stroke-width"]) * per_pixel)
    look["transform"] = f"{text.attrib['transform']} scale({1 / per_pixel:.9g},{-1 / per_pixel:.9g})"
    paths = Element(f"{{{_SVG}}}g", look)
    across = down = 0.0
    for line in text.findall(f"{{{_SVG}}}tspan") or [text]:
        if line is not text:
            across, down = float(line.get("x", across)), down + float(line.get("dy", 0))
        letters = fonts.drawable(line.text or "")
        places, end = _places(letters, weight)
        start = across * per_pixel - _BEFORE[text.attrib["text-anchor"]] * end
        up = _number(-down * per_pixel)
        for letter, place in zip(letters, places, strict=True):
            if path := fonts.outline(letter, weight):
                where = f"translate({_number(start + place)},{up})"
                ElementTree.SubElement(paths, f"{{{_SVG}}}path", {"transform": where, "d": path})
    return paths


def _places(letters: str, weight: int) -> tuple[list[float], float]:
    """Where each letter of a line begins, and where the line ends, in units of the typeface."""
    places, place = [], 0.0
    for letter, following in pairwise([*letters, ""]):
        places.append(place)
        place += fonts.width(letter, fonts.units(weight), weight)
        place += kerning.between(letter, following, weight) if following else 0
    return places, place


def _number(value: float) -> str:
    """A number of units: of one, which is a thousandth of a letter's size, parts are not seen."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def ready(lines: Iterable[tuple[str, int]]) -> None:
    """Reads of the typeface what lines of text in their weights need, while they are drawn elsewhere."""
    for line, weight in lines:
        letters = fonts.drawable(line)
        _places(letters, weight)
        for letter in letters:
            fonts.outline(letter, weight)
