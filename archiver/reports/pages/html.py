"""A report as one HTML file: it works from disk, asks for nothing, and runs no script but its own.

A Content-Security-Policy names the page's style and script by their digests and forbids everything else, so
that a stranger's name could not run even where it were taken for markup. What the script reads lies beside it
as JSON in which no `<` stands.
"""

from __future__ import annotations

import json
import re
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ..charts import fonts, page
from ..text import visible
from ..texts import Texts, texts
from . import view
from .content import Part, Report

if TYPE_CHECKING:
    import jinja2
    from markupsafe import Markup

    from ..charts import Chart

_IDS = re.compile(r"\b(clip-[0-9a-f]+-\d+)\b")


def whole(report: Report) -> str:
    """The whole file."""
    say = texts(report.asked.lang)
    body = _body(report, say)
    script = resource("page.js")
    data = _data(report, say)
    title = escape(visible(view.title(report, say)))
    body += f'\n<script type="application/json" id="data">{data}</script>'
    style = fonts.faces(page.letters(body)) + _base() + _colours(report) + resource("page.css") + page.dark()
    return page.document(say.lang, title, body, style, script=script, tool=report.tool)


def _body(report: Report, say: Texts) -> str:
    here = {place.who for place in report.places}
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            say=say,
            view=view,
            title=view.title(report, say),
            missing=[name for name in report.who if name not in here],
            svg=_drawing,
            spark=_spark,
        )
        .strip()
    )


@cache
def environment() -> jinja2.Environment:
    """Templates in which everything is escaped, and no control character passes."""
    import jinja2
    from markupsafe import Markup

    return jinja2.Environment(
        loader=jinja2.FunctionLoader(resource),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=lambda value: value if isinstance(value, Markup) else visible(str(value)),
    )


@cache
def resource(name: str) -> str:
    """A template, style or script by its file name."""
    return files(__package__).joinpath("templates", name).read_text("utf-8")


def _data(report: Report, say: Texts) -> str:
    """What the script reads: no character in it ends a script element or turns the writing around."""
    words = {
        "unlisted": say("board.unlisted"),
        **{name: say.words["standing"][name] for name in ("new", "up", "down")},
        "point": say.words["point"],
        **{name: say.words["board"][name] for name in ("status", "status_excerpt")},
    }
    boards = [_board(part) for part in report.parts]
    dumped = json.dumps({"words": words, "boards": boards}, ensure_ascii=False, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", dumped)


def _board(part: Part) -> dict[str, Any]:
    names = view.columns(part.states)
    return part.states.carried() | {
        "columns": names,
        "numbers": [name for name in names if name in view.NUMBERS],
    }


def _drawing(chart: Chart, at: int, size: str) -> Markup:
    """A picture within the page: its letters are the page's, its names are apart from other pictures'."""
    from markupsafe import Markup

    return Markup(_IDS.sub(rf"\1-{at}{size}", chart.svg(letters=False)))  # noqa: S704  # the renderer escapes the text in it


def _spark(course: tuple[int | None, ...]) -> Markup:
    """A small line of ranks, the first place on top; broken where there is none."""
    from markupsafe import Markup

    lines = [[(120 * x, 3 + 20 * y) for x, y in line] for line in view.curves(course)]
    if not lines:
        return Markup("")
    drawn = "".join(
        f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in line)}"/>'
        for line in lines
        if len(line) > 1
    )
    x, y = lines[-1][-1]
    end = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.4"/>'
    return Markup(f'<svg class="spark" viewBox="0 0 120 26" aria-hidden="true">{drawn}{end}</svg>')  # noqa: S704  # figures only


def _base() -> str:
    return f"body{{font:1rem/1.5 {fonts.STACK}}}"


def _colours(report: Report) -> str:
    """The dots of those asked for, and pictures on a dark page."""
    rules = [
        f".k{at}{{background:{report.colours[name]}}}"
        for at, name in enumerate(report.who, 1)
        if name in report.colours
    ]
    return "".join(rules)
