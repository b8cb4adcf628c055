"""A page of its own around a drawing: readable on a phone, by keyboard and by a screen reader, and in print.

No script and no request: the drawing carries its letters, and what a pointer would show stands in a table.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from . import fonts, palette

if TYPE_CHECKING:
    from . import Chart

_STYLE = f"""
body {{ margin: 0; background: {palette.BACKGROUND}; color: {palette.INK};
  font: 15px/1.45 {fonts.STACK}; }}
main {{ margin: 0 auto; padding: 8px; }}
figure {{ margin: 0; overflow-x: auto; }}
figure svg {{ display: block; width: 100%; height: auto; }}
details {{ margin: 8px 12px 32px; }}
summary {{ cursor: pointer; padding: 6px 0; }}
.scroll {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ text-align: left; padding: 3px 14px 3px 0; border-bottom: 1px solid {palette.GRID};
  white-space: nowrap; }}
td.number, th.number {{ text-align: right; }}
@media print {{ details {{ display: none; }} }}
"""
_NUMBERS = {4, 5, 6}


def page(chart: Chart) -> str:
    """The picture and its data as one HTML file."""
    title = escape(chart.headline)
    head, *rows = chart.table
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<main style="max-width: {chart.spec["usermeta"]["width"]}px">\n'
        f'<figure role="group" aria-label="{title}">\n{chart.svg()}\n</figure>\n'
        f"<details>\n<summary>The data as a table ({len(rows):,} rows)</summary>\n"
        f'<div class="scroll" tabindex="0" role="region" aria-label="The data as a table">\n<table>\n'
        f"<thead><tr>{_cells('th', head)}</tr></thead>\n<tbody>\n"
        + "".join(f"<tr>{_cells('td', row)}</tr>\n" for row in rows)
        + "</tbody>\n</table>\n</div>\n</details>\n</main>\n</body>\n</html>\n"
    )


def _cells(tag: str, row: list[str]) -> str:
    scope = ' scope="col"' if tag == "th" else ""
    return "".join(
        f"<{tag}{scope}{' class=number' if at in _NUMBERS else ''}>{escape(cell)}</{tag}>"
        for at, cell in enumerate(row)
    )
