"""Arena (Chatbot Arena, LMArena, now arena.ai): models ranked by people's blind votes, in many categories."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ..records import Payload, Snapshot
from . import Board, HubFile, Route, Source, WaybackUrl, _arena_dataset, _arena_page

_TRACKS = {
    "text": ("Text", 5, 1500),
    "vision": ("Vision", 3, 600),
    "search": ("Search", 3, 150),
    "document": ("Document", 3, 250),
    "webdev": ("WebDev (Code)", 3, 500),
    "text-to-image": ("Text-to-Image", 3, 400),
    "image-edit": ("Image Edit", 3, 200),
    "text-to-video": ("Text-to-Video", 3, 250),
    "image-to-video": ("Image-to-Video", 3, 250),
    "video-edit": ("Video Edit", 2, 150),
}
"""Track → title, fewest and most rows. In mid 2026 the boards had 241 to 385 rows (text), 30 to 135 (vision),
31 to 32 (search), 29 to 38 (document), 23 to 96 (webdev), 8 to 74 (text-to-image), 37 to 52 (image-edit), 41
to 43 (video), 6 to 7 (video-edit); the first text board of May 2023 had 9. The upper bounds leave room for
growth, yet catch the files in which six boards stand as one (182 rows of search, 236 of image-edit)."""

_STYLED = ("text", "vision", "search", "document")
"""Tracks that the publisher ranks with and without style control."""


def _board(title: str, least: int, most: int, metric: str = _arena_dataset.METRIC) -> Board:
    return Board(title=f"Arena, {title}", metric=metric, rows=(least, most))


_BOARDS = {f"arena/{track}/*": _board(*facts) for track, facts in _TRACKS.items()}
_BOARDS |= {
    f"arena/{track}-style-control/*": _board(f"{title}, style control", least, most)
    for track, (title, least, most) in _TRACKS.items()
    if track in _STYLED
}
_BOARDS["arena/agent*/*"] = _board("Agent", 3, 300, _arena_dataset.AGENT_METRIC)

_PAGES = (
    "https://arena.ai/leaderboard",
    "https://arena.ai/leaderboard/text",
    "https://arena.ai/leaderboard/text/overall-no-style-control",
    "https://arena.ai/leaderboard/text/russian",
    "https://arena.ai/leaderboard/vision",
    "https://arena.ai/leaderboard/code",
)
_FORMER_PAGES = (
    "https://lmarena.ai/leaderboard",
    "https://lmarena.ai/leaderboard/text",
    "https://lmarena.ai/leaderboard/text/overall-no-style-control",
    "https://lmarena.ai/leaderboard/vision",
)
"""The same pages under the site's name of 2025."""

SOURCE = Source(
    title="Arena (Chatbot Arena)",
    homepage="https://arena.ai/leaderboard",
    license="CC BY 4.0",
    attribution="Arena Leaderboard Dataset by Arena (arena.ai, formerly LMArena), CC BY 4.0, "
    "https://huggingface.co/datasets/lmarena-ai/leaderboard-dataset",
    routes=(
        Route(
            name="dataset",
            media="parquet",
            pattern=_arena_dataset.PATTERN,
            captures=tuple(map(_arena_dataset.latest, _arena_dataset.SUBSETS)),
        ),
        Route(
            name="page",
            media="html",
            pattern=_arena_page.PATTERN,
            captures=_PAGES,
            robots=True,
        ),
    ),
    boards=_BOARDS,
    cadence=timedelta(days=1),
    version=1,
    history=(
        HubFile("lmarena-ai/leaderboard-dataset", "dataset", "*/full-*.parquet", "dataset", whole=True),
        HubFile("lmarena-ai/leaderboard-dataset", "dataset", "*/latest-*.parquet", "dataset"),
        *(WaybackUrl(page, "page") for page in _PAGES),
        *(WaybackUrl(page, "page") for page in _FORMER_PAGES),
    ),
    quirks=(
        "A model can be renamed afterwards: claude-opus-4-6-thinking became claude-opus-4-6-high in 2026.",
        "The site shows boards with style control on where it has them: the page text/overall is the board "
        "arena/text-style-control/overall, not arena/text/overall, and the two order models differently.",
        "The same publish date can return with other rows; publish dates differ from subset to subset.",
        "From 14 to 29 July 2026 the files of search held six boards as one, on 28 July image-edit too: such "
        "snapshots are held.",
        "The dataset prints a rank without ties; the page also prints its spread, from the best to the worst "
        "place that the intervals allow.",
        "The dataset has slugs of organizations, and none in one row of eleven; the page has their names.",
        "One display name can stand twice on webdev with different votes: two set-ups of one model that the "
        "publisher does not tell apart.",
        "On the page, releaseType pre_release is what the site marks as Preliminary.",
    ),
)


def parse(payload: Payload) -> Iterator[Snapshot]:
    """The boards of a dataset file or of a page. Raises `ParseFailed`."""
    route = SOURCE.route_of(payload.url)
    if payload.body.startswith(b"PAR1") or (route is not None and route.name == "dataset"):
        return _arena_dataset.parse(payload)
    return _arena_page.parse(payload)
