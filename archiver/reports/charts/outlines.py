"""Letters as outlines, for pictures made of pixels: what draws them then needs no typeface at all.

The renderer would look each letter up in the files of a system's typefaces, open the one that has it anew for
every letter, and take half of a picture's time for that. Here letters stand as far apart as `fonts` measures
them, which is how a browser sets those that a drawing carries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import pairwise

from . import fonts, kerning

_WORDS = re.compile(r"<text\b([^>]*)>(.*?)</text>", re.DOTALL)
_LINE = re.compile(r"<tspan\b([^>]*)>([^<]*)</tspan>")
_GIVEN = re.compile(r'([\w-]+)="([^"]*)"')
_LOOK = frozenset({"fill", "fill-opacity", "opacity", "stroke", "stroke-linejoin", "stroke-opacity"})
_BEFORE = {"start": 0.0, "middle": 0.5, "end": 1.0}
"""How much of a line stands before the place where it is anchored."""


def outlined(drawn: str) -> str:
    """A drawing whose words are paths; a sign stands for each character that the typeface lacks."""
    return _WORDS.sub(lambda found: _paths(dict(_GIVEN.findall(found[1])), found[2]), drawn)


def _paths(given: dict[str, str], content: str) -> str:
    """The lines of a text, a path for each letter."""
    weight = int(given.get("font-weight", fonts.WEIGHTS[0]))
    size = float(given["font-size"].removesuffix("px"))
    per_pixel = fonts.units(weight) / size
    across = down = 0.0
    paths: list[str] = []
    for at, line in _lines(content):
        across, down = float(at.get("x", across)), down + float(at.get("dy", 0))
        letters = fonts.drawable(unescape(line))
        places, end = _places(letters, weight)
        start = across * per_pixel - _BEFORE[given["text-anchor"]] * end
        up = _number(-down * per_pixel)
        for letter, place in zip(letters, places, strict=True):
            if path := fonts.outline(letter, weight):
                paths.append(f'<path transform="translate({_number(start + place)},{up})" d="{path}"/>')
    look = {name: value for name, value in given.items() if name in _LOOK}
    if "stroke-width" in given:
        look["stroke-width"] = _number(float(given["stroke-width"]) * per_pixel)
    look["transform"] = f"{given['transform']} scale({1 / per_pixel:.9g},{-1 / per_pixel:.9g})"
    attributes = " ".join(f'{name}="{value}"' for name, value in look.items())
    return f"<g {attributes}>{''.join(paths)}</g>"


def _lines(content: str) -> Iterator[tuple[dict[str, str], str]]:
    """Each line of a text, with where it stands."""
    lines = _LINE.findall(content)
    if not lines:
        yield {}, content
    for given, line in lines:
        yield dict(_GIVEN.findall(given)), line


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
