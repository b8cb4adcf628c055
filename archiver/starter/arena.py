"""Arena's past: which of its many traces is taken for which time, and how each is read.

| way | what it is | ranks |
|---|---|---|
| dataset | the publisher's own files, read by the source's parser | published |
| page | tables of the site, which third parties copied | published, the spread beside it |
| table | the rendered table of the Space, which a third party saved | published-ties, until July 2025 |
| catalog | the publisher's JSON of ratings | by-score: it prints none |
| space | the Elo column of the Space's table of models, 2023 | by-score |
| elo | ratings that a third party read out of the Space's own files | by-score |
| blog | the first table, in the publisher's blog | published |
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from . import arena_copies as copies
from . import arena_files as files
from . import boards
from .facts import Fact, month, preferred, thinned, week

REACH = timedelta(days=22)
"""A way stands for this long after each of its dates: the longest pause of the Space's copies and of the
catalog while they were kept was three weeks."""


def facts(folder: Path) -> Iterator[Fact]:
    """Every state of Arena's boards that the starter history carries."""
    dataset = thinned(boards.facts(folder, "arena"), lambda time: time)
    main = [
        f"arena/{track}/{of}" for track in ("text", "text-style-control") for of in ("overall", "russian")
    ]
    own = {board: [fact for fact in dataset if fact.snapshot.board == board] for board in main}
    catalog = {board: list(files.catalog(folder, board)) for board in main}
    tables = [*copies.tables(folder), *copies.mirrored_table(folder)]
    styled = list(copies.styled_ranks(folder))
    mirror = thinned(copies.mirror(folder), week)
    yield from preferred(
        [
            *(own["arena/text/overall"], tables, files.space(folder)),
            *(catalog["arena/text/overall"], files.elo(folder), files.blog(folder)),
        ],
        REACH,
    )
    yield from preferred(
        [
            *(own["arena/text-style-control/overall"], copies.page_table(folder), mirror),
            *(catalog["arena/text-style-control/overall"], styled),
        ],
        REACH,
    )
    for board in ("arena/text/russian", "arena/text-style-control/russian"):
        yield from preferred([own[board], catalog[board]], REACH)
    others = [
        fact
        for fact in dataset
        if fact.snapshot.board.endswith("/overall") and fact.snapshot.board not in main
    ]
    yield from thinned(others, month)
