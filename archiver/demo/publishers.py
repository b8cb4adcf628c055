"""What the demo's publishers serve on each day: a URL keeps its last version until a new one comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from . import facts, render
from .server import Answer


class Day(NamedTuple):
    """One day of the demo: the sources of its capture pass."""

    date: str
    sources: Sequence[str]


DAYS = (
    Day("2024-07-26", ("ru_llm_arena",)),
    Day("2024-10-27", ("ru_llm_arena",)),
    Day("2024-11-27", ("ru_llm_arena",)),
    Day("2024-12-11", ("ru_llm_arena",)),
    Day("2025-01-30", ("aider", "ru_llm_arena")),
    Day("2025-04-09", ("llmarena_ru",)),
    Day("2025-06-30", ("aider",)),
    Day("2026-06-30", ("arena",)),
    Day("2026-07-20", ("arena",)),
    Day("2026-08-09", ("arena",)),
)
"""Days of which recordings tell what the boards showed."""

README = "https://raw.githubusercontent.com/VikhrModels/ru_llm_arena/master/README.md"
AIDER = "https://raw.githubusercontent.com/Aider-AI/aider/main/aider/website/_data/{}_leaderboard.yml"
SPACE = "https://huggingface.co/{}spaces/lmarena/chatbot-arena-leaderboard/{}"
DATASET = "https://huggingface.co/datasets/lmarena-ai/leaderboard-dataset/resolve/main/{}/{}.parquet"
SITE = "https://llmarena.ru/config"

FORGETFUL = {(AIDER.format("refactor"), "2025-06-30")}
"""Where a publisher forgets its ETag for a day: the same bytes come again, and are found to be the same."""


class Version(NamedTuple):
    """What a URL serves from a day on."""

    since: str
    type: str
    draw: Callable[[], bytes]


def lookup(url: str, day: str) -> Answer | None:
    """What a URL serves on a day; None before its first version, and for every other URL."""
    versions = [version for version in published().get(url, ()) if version.since <= day]
    if not versions:
        return None
    last = max(versions, key=lambda version: version.since)
    return Answer(last.draw(), last.type, etag=(url, day) not in FORGETFUL)


@cache
def published() -> Mapping[str, Sequence[Version]]:
    """Publisher's URL → its versions."""
    table, listing = (
        SPACE.format("", "resolve/main/leaderboard_table_20250409.csv"),
        SPACE.format("api/", "tree/main"),
    )
    space = _board("2025-04-09", "text/csv", render.space_csv, "llmarena_ru/text/overall")
    return {
        README: (
            _readme("2024-07-26", "lines", "26.07.2024", 39),
            _readme("2024-10-27", "boxes", "27.10.2024", 43),
            _readme("2024-11-27", "boxes", "27.10.2024", 43),
            _readme("2024-12-11", "boxes", "27.10.2024", 43),
        ),
        AIDER.format("polyglot"): (_aider("polyglot", "2025-01-30"), _aider("polyglot", "2025-06-30")),
        AIDER.format("edit"): (_aider("edit", "2024-11-21"),),
        AIDER.format("refactor"): (_aider("refactor", "2024-08-06"),),
        listing: (
            Version(
                "2025-04-09",
                "application/json",
                lambda: render.tree({"README.md": 280, table.rpartition("/")[2]: len(space.draw())}),
            ),
        ),
        table: (space,),
        # The publisher's site stands behind a bot guard, which answers in its place with status 200.
        SITE: (Version("2025-04-09", "text/html; charset=utf-8", lambda: render.CHALLENGE),),
        **{
            DATASET.format(subset, "latest-00000-of-00001"): tuple(_dataset(subset, *days) for days in dated)
            for subset, dated in ARENA.items()
        },
    }


ARENA = {
    "text_style_control": (
        ("2026-06-30", "2026-06-25"),
        ("2026-07-20", "2026-07-16"),
        ("2026-08-09", "2026-08-06"),
    ),
    "text_to_video": (
        ("2026-06-30", "2026-06-11"),
        ("2026-07-20", "2026-07-07"),
        ("2026-08-09", "2026-08-03"),
    ),
}
"""Subset of Arena's dataset → day of capture and the publish date that was in the file then."""


def _board(
    since: str, kind: str, shape: Callable[[Sequence[facts.Fact]], bytes], board: str, day: str | None = None
) -> Version:
    """A file that holds one board. day: of its facts, where it is not that of the capture."""
    return Version(since, kind, cache(lambda: shape(facts.board(board, day or since))))


def _aider(name: str, day: str) -> Version:
    return _board(day, "text/yaml; charset=utf-8", render.yaml, f"aider/{name}/overall")


def _dataset(subset: str, since: str, day: str) -> Version:
    board = f"arena/{subset.replace('_', '-')}/overall"
    return _board(since, "application/octet-stream", render.dataset, board, day)


def _readme(day: str, layout: str, stated: str, models: int) -> Version:
    """stated, models: the heading's date and count, which stay behind the tables."""

    @cache
    def draw() -> bytes:
        plain, controlled = (
            facts.board(f"ru_llm_arena/{track}/overall", day) for track in ("plain", "length-control")
        )
        return render.readme(plain, controlled, layout=layout, stated=stated, models=models)

    return Version(day, "text/markdown; charset=utf-8", draw)
