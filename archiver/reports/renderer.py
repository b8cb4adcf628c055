"""The process that draws. It is run by its path, so that it starts with what drawing needs and nothing else.

    request   one line of JSON: {"spec": Vega-Lite}, or {"png": an SVG without words, "scale"}
    answer    one line of JSON: {"drawn": an SVG, or a PNG in base64}, or {"refused": why}

The first picture of a process takes the renderer most of a second: one that nobody sees is drawn ahead, and
where nothing is asked for by then, one with more in it.
"""

from __future__ import annotations

import base64
import json
import select
import signal
import sys
from typing import IO, Any

VEGA_LITE = "6.4"

_LEAST: dict[str, Any] = {"data": {"values": []}, "mark": "point"}
_DAY = 86_400_000
_TIME = {
    "field": "t",
    "type": "temporal",
    "scale": {"type": "utc", "domain": [0, _DAY]},
    "axis": {"values": [0], "labelExpr": "utcFormat(datum.value, '%Y')"},
}
_UNSEEN = {
    "autosize": {"type": "none"},
    "layer": [
        {
            "data": {"values": [{"t": 0, "v": 1}, {"t": _DAY, "v": 2}]},
            "mark": {"type": mark},
            "encoding": {"x": _TIME, "y": {"field": "v", "type": "quantitative"}},
        }
        for mark in ("line", "point", "text")
    ],
}
"""Has the marks and axes of most pictures, so that the code for them is ready."""


def svg(spec: dict[str, Any]) -> str:
    """A drawing of a Vega-Lite spec. Raises ValueError where the renderer refuses it.

    No typeface is registered for it: every place in a spec is a number (see `charts.grammar`), so that no
    measure of a letter enters the drawing, and the file of a registered one is opened thousands of times.
    """
    import vl_convert

    return str(vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[]))


def png(drawing: str, scale: float) -> bytes:
    """Pixels of a drawing whose words are outlines: what typefaces a system has does not enter it."""
    import vl_convert

    return bytes(vl_convert.svg_to_png(drawing, scale=scale))


def _answered(asked: dict[str, Any]) -> dict[str, str]:
    try:
        if "spec" in asked:
            return {"drawn": svg(asked["spec"])}
        pixels = png(asked["png"], asked["scale"])
    except ValueError as error:
        return {"refused": str(error)}
    return {"drawn": base64.b64encode(pixels).decode()}


def serve(requests: IO[str], answers: IO[str]) -> None:
    """Answers until no more is asked, which is also when whoever asks is gone."""
    svg(_LEAST)
    if not select.select([requests], [], [], 0)[0]:
        svg(_UNSEEN)
    for line in requests:
        answers.write(json.dumps(_answered(json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to act on
    sys.path[:] = json.loads(sys.argv[1])
    serve(sys.stdin, sys.stdout)
