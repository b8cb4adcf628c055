"""A page of its own around a drawing: readable on a phone, by keyboard and by a screen reader, and in print.

No script and no request: the drawing carries its letters, and what a pointer would show stands in a table.
"""

from __future__ import annotations

import base64
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING

from . import fonts, palette

if TYPE_CHECKING:
    from . import Chart

_STYLE = f"""
:root {{ color-scheme: light dark;
  --paper: {palette.BACKGROUND}; --ink: {palette.INK}; --rule: {palette.GRID}; }}
@media screen and (prefers-color-scheme: dark) {{
  :root {{ --paper: {palette.DARK[palette.BACKGROUND]}; --ink: {palette.DARK[palette.INK]};
    --rule: {palette.DARK[palette.GRID]}; }}
}}
body {{ margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.45 {fonts.STACK}; }}
main {{ margin: 0 auto; padding: 8px; }}
figure {{ margin: 0; overflow-x: auto; }}
figure svg {{ display: block; width: 100%; height: auto; }}
.small {{ display: none; }}
@media (max-width: 40rem) {{ .wide {{ display: none; }} .small {{ display: block; }} }}
details {{ margin: 8px 12px 32px; }}
summary {{ cursor: pointer; padding: 6px 0; width: fit-content; }}
:focus-visible {{ outline: 3px solid #56b4e9; outline-offset: 2px; }}
.scroll {{ overflow-x: auto; }}
.unseen {{ position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ text-align: left; padding: 3px 14px 3px 0; border-bottom: 1px solid var(--rule);
  white-space: nowrap; }}
td.number, th.number {{ text-align: right; }}
@media print {{ details, .small {{ display: none; }} .wide {{ display: block; }} }}
"""
_NUMBERS = {4, 5, 6}


def page(chart: Chart) -> str:
    """The picture and its data as one HTML file. Its policy lets nothing run, and nothing be asked for."""
    title = escape(chart.headline)
    head, *rows = chart.table
    say = chart.say
    body = (
        f'<main>\n<h1 class="unseen">{title}</h1>\n<figure role="group" aria-label="{title}">\n'
        f"{drawings(chart)}\n</figure>\n"
        f"<details>\n<summary>{say('picture.data', rows=say.count('row', len(rows)))}</summary>\n"
        f'<div class="scroll" tabindex="0" role="region" aria-label="{say("picture.table")}">\n<table>\n'
        f"<thead><tr>{_cells('th', head)}</tr></thead>\n<tbody>\n"
        + "".join(f"<tr>{_cells('td', row)}</tr>\n" for row in rows)
        + "</tbody>\n</table>\n</div>\n</details>\n</main>"
    )
    wide = f"main {{ max-width: {chart.spec['usermeta']['width']}px; }}"
    return document(say.lang, title, body, fonts.faces(letters(body)) + _STYLE + wide + dark())


def drawings(chart: Chart) -> str:
    """The drawing for a page that has its letters, and one for a phone: its style shows either."""
    drawn = chart.svg(letters=False)
    if chart.small is None:
        return drawn
    return f'<div class="wide">{drawn}</div>\n<div class="small">{chart.small.svg(letters=False)}</div>'


def document(lang: str, title: str, body: str, style: str, *, script: str = "", tool: str = "") -> str:
    """A page that works from disk. title and body are markup; style and script are named by their digests in
    the page's Content-Security-Policy, which forbids all else."""
    scripts = f"script-src '{_digest(script)}'; " if script else ""
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; {scripts}font-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        + (f'<meta name="generator" content="{escape(tool)}">\n' if tool else "")
        + f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n{body}\n"
        + (f"<script>{script}</script>\n" if script else "")
        + "</body>\n</html>\n"
    )


def letters(text: str) -> str:
    """Those of a page that its typeface must have."""
    return "".join(sorted({letter for letter in set(text) if letter.isprintable()}))


def dark() -> str:
    """Rules that turn pictures within a page dark where the page is."""
    rules = [
        f'figure [{name}="{light}"]{{{name}:{value}}}'
        for light, value in (palette.DARK | palette.DARK_STEPS).items()
        for name in ("fill", "stroke")
    ]
    ground = palette.DARK[palette.BACKGROUND]
    for colour in palette.COLOURS:
        text = palette.legible(colour)
        rules.append(f'figure text[fill="{text}"]{{fill:{palette.legible(colour, ground)}}}')
    return f"@media screen and (prefers-color-scheme:dark){{{''.join(rules)}}}"


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}"


def _cells(tag: str, row: list[str]) -> str:
    scope = ' scope="col"' if tag == "th" else ""
    return "".join(
        f"<{tag}{scope}{' class=number' if at in _NUMBERS else ''}>{escape(cell)}</{tag}>"
        for at, cell in enumerate(row)
    )
