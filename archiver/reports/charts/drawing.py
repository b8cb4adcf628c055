"""From a spec to bytes, by vl-convert: no browser, no network, the same bytes on every machine."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

from ...errors import ArchiverError
from . import fonts
from .grammar import VEGA_LITE, Spec

_CLIP = re.compile(r"\bclip\d+\b")
_TEXT = re.compile(r">([^<]+)(</(?:text|tspan)>)")


def lettered(drawn: str) -> str:
    """An SVG that carries the letters it uses."""
    text = "".join(found[1] for found in _TEXT.finditer(drawn))
    style = f"<style>{fonts.faces(_plain(text))}</style>"
    start = drawn.index(">") + 1
    return drawn[:start] + style + drawn[start:]


def png(drawn: str, scale: float) -> bytes:
    """A PNG of a drawing without letters."""
    import vl_convert

    return bytes(vl_convert.svg_to_png(drawable(drawn), scale=scale))


def drawable(drawn: str) -> str:
    """A drawing in which a sign stands for each character that the typeface lacks (see `fonts.MISSING`)."""
    return _TEXT.sub(lambda found: f">{fonts.drawable(found[1])}{found[2]}", drawn)


def _plain(text: str) -> str:
    return text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")


def svg(spec: Spec) -> str:
    """An SVG without letters: its text is in a typeface that whoever shows it must have."""
    import vl_convert

    fonts.register()
    try:
        drawn = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[])
    except ValueError as error:
        raise ArchiverError(f"The picture could not be drawn: {_first(error)}") from error
    return _named(str(drawn))


def _named(drawn: str) -> str:
    """The renderer counts its clips through the whole process: the same picture drawn twice would differ, and
    two pictures on one page could share a name. Here clips are named by the drawing itself."""
    names = dict.fromkeys(_CLIP.findall(drawn))
    bare = _CLIP.sub("clip", drawn)
    digest = sha256(bare.encode()).hexdigest()[:10]
    numbers = {name: f"clip-{digest}-{at}" for at, name in enumerate(names)}
    return _CLIP.sub(lambda found: numbers[found[0]], drawn)


def _first(error: Any) -> str:
    return str(error).strip().splitlines()[0]
