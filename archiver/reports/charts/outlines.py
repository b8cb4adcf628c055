"""Letters as outlines, for pictures made of pixels: what draws them then needs no typeface at all.

The renderer would look each letter up in the files of a system's typefaces, open the one that has it anew for
every letter, and take half of a picture's time for that. Here letters stand as far apart as `fonts` measures
them, which is how a browser sets those that a drawing carries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from html import unescape
from itertools import pairwise

from . import fonts, kerning

_WORDS = re.compile(r"<text\b([^>]*)>(.*?)</text>", re.DOTALL)
_LINE = re.compile(r"<tspan\b([^>]*)>([^<]*)</tspan>")
_GIVEN = re.compile(r'([\w-]+)="([^"]*)"')
_LOOK = frozenset({"fill", "fill-opacity", "opacity", "stroke", "stroke-linejoin", "stroke-opacity"})
_BEFORE = {"start": 0.0, "middle": 0.5, "end": 1.0}
"""How much of a line stands before the place where it is anchored."""

Contour = tuple[float, float, str]
"""Where an outline begins, from the letter's own corner, and how it goes on from there."""


def outlined(drawn: str) -> str:
    """A drawing whose words are paths; a sign stands for each character that the typeface lacks."""
    return _WORDS.sub(lambda found: _paths(dict(_GIVEN.findall(found[1])), found[2]), drawn)


def _paths(given: dict[str, str], content: str) -> str:
    """The lines of a text, one path for all."""
    weight = int(given.get("font-weight", fonts.WEIGHTS[0]))
    size = float(given["font-size"].removesuffix("px"))
    per_pixel = fonts.units(weight) / size
    across = down = 0.0
    path: list[str] = []
    for at, line in _lines(content):
        across, down = float(at.get("x", across)), down + float(at.get("dy", 0))
        letters = fonts.drawable(unescape(line))
        places, end = _places(letters, weight)
        start = across * per_pixel - _BEFORE[given["text-anchor"]] * end
        for letter, place in zip(letters, places, strict=True):
            path += _drawn(letter, weight, start + place, -down * per_pixel)
    look = {name: value for name, value in given.items() if name in _LOOK}
    if "stroke-width" in given:
        look["stroke-width"] = _number(float(given["stroke-width"]) * per_pixel)
    look["transform"] = f"{given['transform']} scale({1 / per_pixel:.9g},{-1 / per_pixel:.9g})"
    look["d"] = "".join(path)
    return "<path " + " ".join(f'{name}="{value}"' for name, value in look.items()) + "/>"


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


def _drawn(letter: str, weight: int, across: float, up: float) -> Iterator[str]:
    """A letter whose corner stands at a place, where up is more."""
    for x, y, rest in _letter(letter, weight):
        yield f"M{_number(across + x)},{_number(up + y)}{rest}z"


@cache
def _letter(letter: str, weight: int) -> list[Contour]:
    return [_contour(points) for points in fonts.outline(letter, weight)]


def _contour(points: Sequence[tuple[float, float, bool]]) -> Contour:
    """A closed line through points; those not on it bend it, and between two of these it passes midway."""
    whole = []
    for at, (x, y, on) in enumerate(points):
        before_x, before_y, before_on = points[at - 1]
        if not on and not before_on:
            whole.append(((before_x + x) / 2, (before_y + y) / 2, True))
        whole.append((x, y, on))
    first = next(at for at, (_, _, on) in enumerate(whole) if on)
    x, y, _ = whole[first]
    path, here, bend = [], (x, y), None
    for to_x, to_y, on in [*whole[first + 1 :], *whole[: first + 1]]:
        step = f"{_number(to_x - here[0])},{_number(to_y - here[1])}"
        if not on:
            bend = step
            continue
        path.append(f"l{step}" if bend is None else f"q{bend},{step}")
        here, bend = (to_x, to_y), None
    return x, y, "".join(path)


def _number(value: float) -> str:
    """A number in a path: of a unit, which is a thousandth of a letter's size, parts are not seen."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def ready(lines: Iterable[tuple[str, int]]) -> None:
    """Reads of the typeface what lines of text in their weights need, while they are drawn elsewhere."""
    for line, weight in lines:
        letters = fonts.drawable(line)
        _places(letters, weight)
        for letter in letters:
            _letter(letter, weight)
