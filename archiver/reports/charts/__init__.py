"""Pictures of answers: one grammar (Vega-Lite), four kinds, four file formats."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from ... import outputs
from ...errors import UsageError
from ..texts import Texts, texts
from . import gather, grammar, headline, heat_map, one_board, over_time, palette, tables
from . import panels as panels_of
from .gather import Question
from .grammar import Part, Size, Spec
from .series import Panel, scored

if TYPE_CHECKING:
    import os
    from concurrent.futures import Future

    import duckdb

__all__ = [
    "FORMATS",
    "KINDS",
    "Chart",
    "Kind",
    "Question",
    "draw",
    "found",
    "picture",
]

Kind = Literal["rank", "score", "board", "heatmap"]
KINDS = get_args(Kind)
FORMATS = ("svg", "png", "html", "json")
WIDTH, PHONE = 960, 390
"""Pixels that a picture is laid out for: on a screen, and on a phone."""
_SCALE = 2
"""Pixels of a PNG for each of the layout: sharp on a screen of high density, and in print."""


class Chart:
    """A picture, as a Vega-Lite spec that holds its data; drawn when it is asked for."""

    def __init__(
        self,
        spec: Spec,
        headline: str,
        table: list[list[str]],
        panels: Sequence[Panel],
        say: Texts,
        again: Callable[[int], Chart],
    ) -> None:
        """spec: Vega-Lite. headline: the sentence above it. table: the same data as rows of text, first the
        heading, for those who cannot see a picture. panels: what is drawn. say: in which language. again:
        gives the same picture of another width."""
        self.spec, self.headline, self.table, self.say = spec, headline, table, say
        self.boards = tuple(panel.publication.board for panel in panels)
        """Those drawn."""
        self.left_out = panels[0].left_out
        """Boards that list who was asked for too, for which there is no room, or which have no scores."""
        self._again = again
        self._coming: Future[str] | None = None

    @cached_property
    def small(self) -> Chart | None:
        """The same for a phone, on which this one could not be read; None where it can."""
        return None if Size(self.spec["usermeta"]["width"]).narrow else self._again(PHONE)

    def lacking(self) -> list[str]:
        """The characters that a PNG shows a sign for, since the typeface lacks them."""
        from .fonts import lacking

        return lacking(self.json())

    def json(self) -> str:
        """The Vega-Lite spec."""
        return json.dumps(self.spec, ensure_ascii=False, indent=1) + "\n"

    def begin(self, form: str = "svg") -> None:
        """Has it drawn meanwhile, where a renderer stands by (see `ahead`). form: what it is drawn for."""
        from . import fonts, outlines
        from .drawing import begun

        self._coming = begun(self.spec)
        if self._coming and form == "png":
            outlines.ready(grammar.lines(self.spec))
        elif self._coming:
            fonts.warm()
        if form == "html" and self.small:
            self.small.begin()

    @cached_property
    def _drawn(self) -> str:
        from .drawing import svg

        return svg(self.spec, self._coming)

    def svg(self, *, letters: bool = True) -> str:
        """A drawing that carries its letters with it, or one for a page that has them."""
        from .drawing import lettered

        return lettered(self._drawn) if letters else self._drawn

    def drawable(self) -> str:
        """A drawing for another renderer: a sign stands for each character that the typeface lacks."""
        from .drawing import drawable

        return drawable(self._drawn)

    def png(self, scale: float = _SCALE) -> bytes:
        """Pixels, `scale` for each of the layout."""
        from .drawing import png

        return png(self._drawn, scale)

    def html(self) -> str:
        """A page of its own: no script, no request."""
        from .page import page

        return page(self)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Writes the picture in the format that the name ends with. Raises UsageError for another ending
        and `NotKept` where it cannot be written."""
        target = Path(path)
        drawn = getattr(self, outputs.form_of(target, FORMATS))()
        outputs.put(target, drawn if isinstance(drawn, bytes) else drawn.encode())
        return target

    def _repr_svg_(self) -> str:
        return self.svg()

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """For notebooks: a drawing, with its headline where only text is shown."""
        return {"image/svg+xml": self.svg(), "text/plain": self.headline}


def draw(
    con: duckdb.DuckDBPyConnection, asked: Question, kind: Kind = "rank", width: int = WIDTH, lang: str = "en"
) -> Chart:
    """A picture of an answer. width: of the layout, in pixels, 320 to 2400; a phone has about 390.
    lang: of its words, one of `texts.LANGUAGES`.

    Raises UnknownName and UsageError; see `gather.panels`.
    """
    texts(lang)  # before any work is done
    return picture(*found(con, asked, kind), width, lang)


def found(con: duckdb.DuckDBPyConnection, asked: Question, kind: Kind = "rank") -> tuple[list[Panel], Kind]:
    """What a picture shows, for pictures of several widths; and its kind: of one day it is a board.

    Raises as `draw` does.
    """
    if kind == "board":
        return gather.one_board(con, asked), kind
    mapped = kind == "heatmap"
    most = gather.MANY if mapped else palette.MOST
    panels = gather.panels(con, asked, most=most, scores=kind == "score", rows_of=mapped)
    if len(panels) == len(panels[0].shots) == 1 and not mapped:  # over one day there is no line
        return (gather.one_board(con, asked) if panels[0].lines else panels), "board"
    return panels, kind


def picture(panels: list[Panel], kind: Kind, width: int = WIDTH, lang: str = "en") -> Chart:
    """A picture of what was found. Raises UsageError for a width that is not drawn, and where there are no
    scores to draw."""
    say, given = texts(lang), (panels, kind)
    if not 320 <= width <= 2400:
        raise UsageError(f"A picture {width} pixels wide is not drawn: from 320 to 2400 is.")
    if not any(panel.lines or panel.context for panel in panels):
        kind = "rank"  # nobody has a place: an empty plot under a headline that says so
    size, panels = Size(width), _scored(panels) if kind == "score" else panels
    panels = [panels_of.called(panel, say) for panel in panels]
    said, parts = _PARTS[kind](panels, size, say)
    table = tables.of_lines(panels, kind, say)
    return Chart(
        grammar.composed(parts, size, said),
        said,
        table,
        panels,
        say,
        lambda width: picture(*given, width, lang),
    )


def _scored(panels: Sequence[Panel]) -> list[Panel]:
    """The panels as far as they have scores; the boards of the others are left out too."""
    parts = [(panel, scored(panel)) for panel in panels]
    if found := [part for _, part in parts if part]:
        bare = (panel.publication.board for panel, part in parts if part is None)
        return [replace(found[0], left_out=(*bare, *panels[0].left_out)), *found[1:]]
    named = ", ".join(panel.publication.board for panel in panels)
    raise UsageError(f"{named} has no scores in that time.", todo="--kind rank draws the places")


Drawn = Callable[[list[Panel], Size, Texts], tuple[str, list[Part]]]


def _over_time(value: headline.Value) -> Drawn:
    def drawn(panels: list[Panel], size: Size, say: Texts) -> tuple[str, list[Part]]:
        said = headline.of_panels(panels, say, value)
        return said, over_time.parts(panels, size, value, say, title=said)

    return drawn


def _one_board(panels: list[Panel], size: Size, say: Texts) -> tuple[str, list[Part]]:
    said = headline.of_snapshot(panels[0], say)
    return said, [one_board.part(panels[0], size, say, title=said)]


def _heat_map(panels: list[Panel], size: Size, say: Texts) -> tuple[str, list[Part]]:
    said = headline.of_panels(panels, say)
    return said, [heat_map.part(panels, size, say, title=said)]


_PARTS: dict[str, Drawn] = {
    "rank": _over_time("rank"),
    "score": _over_time("score"),
    "board": _one_board,
    "heatmap": _heat_map,
}
