"""NOTICE.md of the starter history: whose data it is, under which licence, and where each fact was taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .. import sources

if TYPE_CHECKING:
    from .take import Written

_HEAD = """# The starter history: whose data it is, and where it was taken

These are facts, in this archive's own ranking format: who stood at which place of which board when, with the
figures that the board printed. No publisher's file or text is copied. Every row names its address in
`source_url`; figures are rounded to two digits after the point (four below ten). `python -m archiver.starter`
takes the same bytes again from the same recordings. Answers use these facts only for times that the sources'
own routes lack, and call their route `facts`.

Of the Russian boards every recorded version is here, of the others the last of each month; of a board of more
than 400 rows its best 300, as an excerpt.

| source | states | rows | licence of the data | attribution |
|---|--:|--:|---|---|
"""

_ARENA = """
## Arena: which trace of which time

Two traces of one time are never mixed: the first in this order that has a state within the 22 days before
counts alone. Where no `published_at` stands, the publisher's date is not known, and the date is that of the
copy.

| board | time | taken from | ranks |
|---|---|---|---|
| text/overall | 2023-05-03 | the publisher's blog, first table | as published |
| text/overall | 2023-05-08, 2023-05-22 | ratings that a third party (jasontrigg0) read out of the Space's \
files | by score |
| text/overall | 2023-06 to 12 | Elo column of the Space's table of models | by score |
| text/overall | 2024-01 to 2024-03-26 | the third party's ratings, which are those computed online: the \
board showed others, each state carries a caution | by score |
| text/overall | 2024-03-27 to 06 | the third party's ratings, within half a point of the board's | by score |
| text/overall | 2024-06-19 to 2025-07-16 | the Space's table as saved in fboulnois/llm-leaderboard-csv | \
as published, an upper bound with ties |
| text/overall | 2025-07-27 to 08-07 | the same of the later app, and a Markdown mirror of it | \
as published, in the order of scores |
| text/overall | 2025-11 | lmarena/arena-catalog | by score |
| text/overall | 2026-06 | the publisher's dataset | as published |
| text-style-control/overall | 2024-10 to 2025-02, 2025-06 and 07 | column rank_stylectrl of the saved \
table, which prints no score for it | as published, an upper bound with ties |
| text-style-control/overall | 2025-02-28 to 05-27 | lmarena/arena-catalog | by score |
| text-style-control/overall | 2025-10 to 2026-04 | the site's text board, one state a week, out of a \
third party's Markdown mirror | an upper bound with ties until 2025-11-14, then as published with its spread |
| text-style-control/overall | 2026-05-16 | the site's table as a third party read it | as published |
| text-style-control/overall | 2026-06 to 08 | the publisher's dataset | as published |
| text/russian | 2025-02 to 11 | lmarena/arena-catalog | by score |
| text-style-control/russian | 2025-05 to 11 | lmarena/arena-catalog | by score |
| text/russian, text-style-control/russian | 2026-06 | the publisher's dataset | as published |
| other tracks, overall | 2026-06 to 08 | the publisher's dataset, the last of each month | as published |

Left out, and why: two files of the catalog (2025-01-28, 2025-02-05) that hold other ratings than the board
showed; the plain text board between November 2025 and June 2026, of which no trace with its ratings is known
(the site showed the board with style control); spreads of more than two digits that the mirror printed
without a gap from February 2026 on (`611` may be 6 to 11 or 61 to 1).

## Reported

What the press, a vendor or a paper said stands under `reported/`, apart from every captured board, each row
with who said it (`source`) and how certain that is (`certainty`). Ranks that somebody counted from a table
are there only where nobody kept the table.
"""


def notice(written: Sequence[Written]) -> str:
    """The text, from what was written and what each source declares."""
    rows = []
    for done in written:
        source = sources.load(done.source).SOURCE
        rows.append(
            f"| {done.source} | {done.states:,} | {done.rows:,} | {source.license} | {source.attribution} |\n"
        )
    return _HEAD + "".join(rows) + _ARENA
