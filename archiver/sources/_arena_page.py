"""Arena's own pages: the boards stand as objects in the flight stream of the site."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ..errors import ParseFailed
from ..formats import nextjs
from ..records import Entry, Finding, Payload, Snapshot, utc

PATTERN = (
    r"https?://(?:www\.)?(?:lm)?arena\.ai/(?:[a-z]{2}(?:-[A-Za-z]{2,4})?/)?leaderboard(?:/[^?#]*)?(?:[?#].*)?"
    r"|(?!https?:)(?:[^?#]*/)?[^/?#]+\.html?"
)
"""The leaderboard pages of the new and the old host, in any language, and HTML files on disk."""

METRIC = "Arena score"

_NEEDED = ("rank", "modelDisplayName", "rating", "votes")
_EXPECTED = (
    *_NEEDED,
    "rankUpper",
    "rankLower",
    "ratingUpper",
    "ratingLower",
    "modelOrganization",
    "license",
)
_KEPT = {
    "modelKey",
    "releaseType",
    "modelUrl",
    "rankStyleControl",
    "inputPricePerMillion",
    "outputPricePerMillion",
    "contextLength",
    "pricePerImage",
    "pricePerSecond",
}
_OF_BOARD = {
    "arenaSlug",
    "leaderboardSlug",
    "params",
    "entries",
    "voteCutoffISOString",
    "totalVotes",
    "totalModels",
    "category",  # title and icon of what leaderboardSlug names
    "id",  # of the site's own database
}
_STYLED = {"text", "vision", "search", "document"}
"""Arenas that the site shows with and without style control."""
_PARAMS = {"category", "styleControl"}
_UNSTYLED = "-no-style-control"
_TRACKS = {"code": "webdev"}
_PLACES = {
    ("code", "webdev"): ("webdev", "overall"),
    ("multi-image-edit", "overall"): ("image-edit", "multi-image-edit"),
    ("image-edit", "single-image-edit"): ("image-edit", "overall"),
    ("image-to-webdev", "overall"): ("webdev", "image-to-webdev"),
}
"""Where what the site calls arena and board stands in the dataset, if under another name."""
_MOST = 100_000
"""A larger rank is none: the site writes 9007199254740991 for models without one."""


def parse(payload: Payload) -> Iterator[Snapshot]:
    """Every board that the page holds. Raises `ParseFailed` where it holds none, or one without its table."""
    if b"</html" not in payload.body[-2000:].lower():
        raise ParseFailed(f"not a whole page: its {len(payload.body)} bytes do not end with </html>")
    # The server draws every board as a table too: a page that shows none to people is not a whole board page.
    if b"<table" not in payload.body.lower():
        raise ParseFailed("the page shows no table: it is cut out, or this is a new layout")
    stream = nextjs.read(payload.body)
    missing = stream.missing()
    boards: dict[str, Snapshot] = {}
    for found in stream.objects("arenaSlug", "leaderboardSlug"):
        # The menu names boards by the same two keys; only a board itself has one of these.
        if found.keys() & {"entries", "totalModels", "params"}:
            snapshot = _snapshot(stream.plain(found), missing)
            boards[snapshot.board] = _fuller(boards.get(snapshot.board, snapshot), snapshot)
    if not boards:
        raise ParseFailed("the page holds no leaderboard: a challenge, an error page, or a new layout")
    yield from boards.values()


def _fuller(one: Snapshot, other: Snapshot) -> Snapshot:
    """Of two showings of one board the longer, if the shorter is its beginning."""
    short, long = sorted((one, other), key=lambda snapshot: len(snapshot.entries))
    if list(long.entries[: len(short.entries)]) != list(short.entries):
        raise ParseFailed(f"the page shows {one.board} twice, and the two contradict each other")
    return long


def _snapshot(board: Mapping[str, Any], missing: Sequence[str]) -> Snapshot:
    place = f"{board['arenaSlug']}/{board['leaderboardSlug']}"
    entries = board.get("entries")
    if not isinstance(entries, list) or not entries or not all(isinstance(item, dict) for item in entries):
        raise ParseFailed(f"the page's leaderboard {place} lists no models (`entries`): its table is cut out")
    name, doubts = _name(board)
    layout, new = _layout(place, set().union(*entries))
    rows = [_entry(place, position, item) for position, item in enumerate(entries, 1)]
    total = board.get("totalModels")
    total = total if isinstance(total, int) and not isinstance(total, bool) else None
    unknown = sorted(board.keys() - _OF_BOARD)
    notes = {"vote_cutoff": board.get("voteCutoffISOString"), "total_votes": board.get("totalVotes")}
    notes |= {key: board[key] for key in unknown}
    unranked = sum(row.rank is None for row in rows)
    return Snapshot(
        board=name,
        entries=rows,
        published_at=_cutoff(place, board.get("voteCutoffISOString")),
        metric=METRIC,
        declared_total=total,
        complete=total is not None and len(rows) >= total,
        layout=layout,
        notes={key: value for key, value in notes.items() if value is not None},
        findings=[*doubts, *_findings([*unknown, *new], missing, unranked)],
    )


def _name(board: Mapping[str, Any]) -> tuple[str, list[Finding]]:
    """The board's name in the archive, and what is doubtful about it."""
    params: Mapping[str, Any] = board["params"] if isinstance(board.get("params"), dict) else {}
    arena, slugs = _slug(board["arenaSlug"]), [_slug(board["leaderboardSlug"])]
    if params.get("category") is not None:
        slugs.append(_slug(params["category"]))
    special = sorted({slug.removesuffix(_UNSTYLED) for slug in slugs} - {"overall"})
    styled = params.get("styleControl")
    if styled is None and any(slug.endswith(_UNSTYLED) for slug in slugs):
        styled = False
    doubts = []
    if len(special) > 1:
        doubts.append(f"the page calls the board {' and '.join(special)}")
    plain = any(item.get("rankStyleControl") is not None for item in board["entries"])
    if styled is None and arena in _STYLED and not plain:
        doubts.append("the page does not say whether style control is on")
    if others := sorted(key for key, value in params.items() if value and key not in _PARAMS):
        doubts.append(f"the page filters by {', '.join(others)}, which the archive does not know")
    category = special[0] if special else "overall"
    track, category = _PLACES.get((arena, category), (_TRACKS.get(arena, arena), category))
    name = f"arena/{track}{'-style-control' if styled is True else ''}/{category}"
    return name, [
        Finding("board-uncertain", "error", f"Filed as {name}, but {doubt}.", {"params": dict(params)})
        for doubt in doubts
    ]


def _slug(value: object) -> str:
    slug = value.lower().replace("_", "-") if isinstance(value, str) else ""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", slug):
        raise ParseFailed(f"the page names a board by {value!r}, which is no slug")
    return slug


def _layout(place: str, keys: set[str]) -> tuple[str, list[str]]:
    """Which layout the entries have, and which of their keys are new.

    Fields came over time; but one that is gone while an unknown one stands there was renamed.
    """
    absent = [key for key in _EXPECTED if key not in keys]
    new = sorted(keys - set(_EXPECTED) - _KEPT)
    if any(key in _NEEDED for key in absent) or (absent and new):
        instead = f"; unknown keys stand there: {', '.join(new)}" if new else ""
        raise ParseFailed(f"the entries of the page's leaderboard {place} lack {absent[0]!r}{instead}")
    if "modelKey" in keys:
        return "page-with-keys", new
    return ("page" if "rankUpper" in keys else "page-without-spread"), new


def _entry(place: str, position: int, item: Mapping[str, Any]) -> Entry:
    where = f"entry {position} of the page's leaderboard {place}"
    model = _text(where, item, "modelDisplayName")
    if model is None:
        raise ParseFailed(f"{where} has no model name")
    extra = {key: item[key] for key in item if key not in _EXPECTED and item[key] is not None}
    return Entry(
        position=position,
        model=model,
        organization=_text(where, item, "modelOrganization"),
        rank=_place(where, item, "rank"),
        rank_low=_place(where, item, "rankUpper"),
        rank_high=_place(where, item, "rankLower"),
        score=_number(where, item, "rating"),
        score_low=_number(where, item, "ratingLower"),
        score_high=_number(where, item, "ratingUpper"),
        votes=_whole(where, item, "votes"),
        license=_text(where, item, "license"),
        extra=extra or None,
    )


def _text(where: str, item: Mapping[str, Any], key: str) -> str | None:
    value = item.get(key)
    if value is not None and not isinstance(value, str):
        raise ParseFailed(f"{where} has {value!r} as its {key}, which is no text")
    return (value or "").strip() or None


def _number(where: str, item: Mapping[str, Any], key: str) -> float | None:
    value = item.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > 1e9:
        raise ParseFailed(f"{where} has {value!r} as its {key}, which is no figure")
    return float(value)


def _whole(where: str, item: Mapping[str, Any], key: str) -> int | None:
    value = item.get(key)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 1 << 62):
        raise ParseFailed(f"{where} has {value!r} as its {key}, which is no whole number")
    return value


def _place(where: str, item: Mapping[str, Any], key: str) -> int | None:
    value = _whole(where, item, key)
    return value if value is not None and 0 < value < _MOST else None


def _cutoff(place: str, value: object) -> datetime | None:
    if value is None:
        return None
    try:
        return utc(str(value))
    except ValueError as error:
        raise ParseFailed(
            f"the page's leaderboard {place} gives {value!r} as the time of its last vote"
        ) from error


def _findings(new: Sequence[str], missing: Sequence[str], unranked: int) -> Iterator[Finding]:
    for key in new:
        sentence = f"The field {key!r} is new: its values are kept and mean nothing to the archive yet."
        yield Finding("new-field", "warning", sentence, {"field": key})
    if missing:
        sentence = (
            f"{len(missing)} parts of the page that others refer to are not in it: boards may be missing."
        )
        yield Finding("parts-missing", "warning", sentence, {"rows": list(missing)})
    if unranked:
        yield Finding("unranked", "warning", f"{unranked} entries have no rank.", {"rows": unranked})
