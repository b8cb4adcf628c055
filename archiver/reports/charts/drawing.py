"""From a spec to bytes, by vl-convert: no browser, no network, the same bytes on every machine."""

from __future__ import annotations

import base64
import re
from concurrent.futures import Future
from hashlib import sha256
from typing import Any

from ...errors import ArchiverError
from .. import ahead, renderer
from . import fonts
from .grammar import Spec
from .outlines import outlined

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
    shown = outlined(drawn)
    found = ahead.had(ahead.ask({"png": shown, "scale": scale}))
    return renderer.png(shown, scale) if found is None else base64.b64decode(found)


def drawable(drawn: str) -> str:
    """A drawing in which a sign stands for each character that the typeface lacks (see `fonts.MISSING`)."""
    return _TEXT.sub(lambda found: f">{fonts.drawable(found[1])}{found[2]}", drawn)


def _plain(text: str) -> str:
    return text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")


def begun(spec: Spec) -> Future[str] | None:
    """A drawing that is made meanwhile, where a renderer stands by (see `ahead`); for `svg`."""
    return ahead.ask({"spec": spec})


def svg(spec: Spec, coming: Future[str] | None = None) -> str:
    """An SVG without letters: its text is in a typeface that whoever shows it must have.

    coming: where it was `begun`. Raises ArchiverError where the renderer refuses it.
    """
    try:
        drawn = ahead.had(coming or begun(spec))
        return _named(renderer.svg(spec) if drawn is None else drawn)
    except ValueError as error:
        raise ArchiverError(f"The picture could not be drawn: {_first(error)}") from error


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
