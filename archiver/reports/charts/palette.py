"""Colours: six that colour-blind readers tell apart (Okabe and Ito, jfly.uni-koeln.de/color), and greys.

An organisation keeps its colour from picture to picture; only where two that prefer the same one meet, the
later in the alphabet takes another.
"""

from __future__ import annotations

from collections.abc import Iterable
from zlib import crc32

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Blue, vermilion, green, purple, orange, sky."""
MOST = len(COLOURS)
"""Coloured lines in a picture."""
INK, SOFT, FAINT, GRID, CONTEXT = "#1a1a1a", "#5a5f66", "#767b82", "#e7e9ec", "#b9bec5"
BACKGROUND = "#ffffff"
DARK = {
    INK: "#eceef0",
    SOFT: "#b4bac2",
    FAINT: "#9aa1aa",
    GRID: "#2a2f36",
    CONTEXT: "#4a525b",
    BACKGROUND: "#15181c",
}
"""Greys of pictures → what they are on a dark page."""
ON_STEPS = ("#fefefe", "#1b1b1b")
"""Words on the dark buckets of a heat map, and on the light ones."""
STEPS = ("#08306b", "#2171b5", "#6baed6", "#bdd7e7", "#e3edf6")
"""A heat map's buckets, best place first: one hue, so that lightness alone tells them apart."""
DARK_STEPS = {
    **dict(zip(STEPS, ("#e3edf6", "#8cc3e6", "#2d7ab8", "#1f5286", "#1d3754"), strict=True)),
    **dict(zip(ON_STEPS, reversed(ON_STEPS), strict=True)),
}
"""Buckets and words → what they are on a dark page: there, too, the best place stands out most."""

_PREFERRED = {
    "Sber": 2,
    "Yandex": 1,
    "OpenAI": 0,
    "Anthropic": 3,
    "Google": 4,
    "xAI": 5,
    "T-Bank": 4,
    "Vikhr": 3,
    "DeepSeek": 5,
    "Alibaba": 1,
    "Meta": 0,
    "Mistral AI": 4,
    "MTS AI": 3,
}


def assigned(organizations: Iterable[str]) -> dict[str, str]:
    """A colour for each of at most six names.

    >>> assigned(["Yandex", "Sber"]) == {"Sber": COLOURS[2], "Yandex": COLOURS[1]}
    True
    """
    taken: dict[str, str] = {}
    names = sorted(set(organizations), key=lambda name: (name not in _PREFERRED, name))
    for name in names:
        start = _PREFERRED.get(name, crc32(name.encode()) % MOST)
        order = [COLOURS[(start + step) % MOST] for step in range(MOST)]
        taken[name] = next((colour for colour in order if colour not in taken.values()), order[0])
    return taken


def legible(colour: str, on: str = BACKGROUND) -> str:
    """The colour, darkened (or on a dark ground lightened) until text in it stands out by 4.5 to 1 (WCAG 2.2,
    AA)."""
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    dark = _luminance(on) < 0.2
    while contrast("#" + "".join(f"{part:02x}" for part in parts), on) < 4.5:
        parts = [255 - int((255 - part) * 0.96) if dark else int(part * 0.96) for part in parts]
    return "#" + "".join(f"{part:02x}" for part in parts)


def contrast(colour: str, other: str = BACKGROUND) -> float:
    """The contrast ratio of two colours as WCAG defines it, 1 to 21."""
    lighter, darker = sorted((_luminance(colour), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
