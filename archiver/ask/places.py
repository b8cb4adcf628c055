"""Boards as people call them, found among the boards that an index holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from fnmatch import fnmatchcase
from typing import NamedTuple

from ..errors import UsageError
from . import vocabulary
from .text import Text

_EXACT = r"(?:the board )?[a-z0-9_*]+/[a-z0-9_.*/-]+"
_STYLE = r"(?:with |under )?style[ -]control(?:led)?|с контролем стиля|контрол\w+ стиля"
_LENGTH = r"(?:with |under )?length[ -]control(?:led)?|с контролем длины|контрол\w+ длины"
_LANGUAGES = {
    "russian": r"(?:in|for) russian|russian[ -]language|по-русски|на русском(?: языке)?|русскоязычн\w+",
    "chinese": r"(?:in|for) chinese|chinese[ -]language|по-китайски|на китайском(?: языке)?",
}


_RUSSIAN = (
    "llmarena_ru/",
    "ru_llm_arena/",
    "simple_evals_ru/",
    "llmtf_open/",
    "mera/",
    "*mera/",
    "reported/",
)
"""Boards that are in Russian as they are."""


class Held(NamedTuple):
    """From when to when a board is held: times of its snapshots, None of one without any."""

    first: datetime | None
    last: datetime | None


class Place(NamedTuple):
    """A board that a question names: the glob that it means, and how it was said."""

    glob: str
    said: str


def places(text: Text, boards: Mapping[str, Held]) -> list[Place]:
    """Takes the boards that a question names, in their order; a category follows its board.

    boards: those of the index, by name. Raises UsageError for a category or a language of which there is no
    board: another board would answer another question.
    """
    found: list[tuple[int, Place]] = []
    while exact := text.take(_EXACT):
        glob = exact[0].removeprefix("the board ")
        found.append((exact.start(), Place(glob, exact[0])))
    for called, globs in vocabulary.GROUPS:
        if match := text.take(called):
            found += [(match.start(), Place(glob, match[0])) for glob in globs if newest(glob, boards)]
    style, length = text.take(_STYLE), text.take(_LENGTH)
    language = next((name for name, form in _LANGUAGES.items() if text.take(form)), None)
    for called, glob in vocabulary.CALLED:
        while match := text.take(called):
            found.append((match.start(), Place(glob, match[0])))
    found.sort(key=lambda each: each[0])
    if not found and (style or language):
        found = [(0, Place("arena/text/overall", "style control" if style else f"{language}"))]
    named = [_narrowed(place, text, boards, bool(style), bool(length), language) for _, place in found]
    if any(place.glob.startswith("arena/") for place in named):  # what is left there is no board's category
        left = (name for name, form in vocabulary.CATEGORIES.items() if text.take(form))
        language = next(left, language)
    if language and named and not any(_is_of(place, language) for place in named):
        raise UsageError(
            f"The archive holds no board {named[0].glob.rpartition('/')[0]}/{language}.",
            todo=f"`archiver boards '{named[0].glob.partition('/')[0]}/*'` lists those that it holds",
        )
    return list({place.glob: place for place in named}.values())


def _is_of(place: Place, language: str) -> bool:
    return place.glob.endswith(f"/{language}") or (language == "russian" and place.glob.startswith(_RUSSIAN))


def _narrowed(
    place: Place, text: Text, boards: Mapping[str, Held], style: bool, length: bool, language: str | None
) -> Place:
    """The board with the setting and the category that the question adds to it."""
    parts = place.glob.split("/")
    if len(parts) != 3:
        return place
    source, track, category = parts
    if style and source == "arena" and f"arena/{track}-style-control/overall" in boards:
        track += "-style-control"
    if length and source == "ru_llm_arena":
        track = "length-control"
    known = {board.split("/")[2] for board in boards if fnmatchcase(board, f"{source}/{track}/*")}
    if language and language in known:
        category = language
    elif category == "overall":
        for each in sorted(known - {"overall", *_LANGUAGES}, key=len, reverse=True):
            called = vocabulary.CATEGORIES.get(each, "(?!)")
            if text.take(rf"(?:in |for |at |on |в |по )?(?:{re.escape(each.replace('-', ' '))}|{called})"):
                category = each
                break
    return Place(f"{source}/{track}/{category}", place.said)


def newest(glob: str, boards: Mapping[str, Held], by: date | None = None) -> str | None:
    """Of the boards that a glob means the one whose last snapshot is the newest; None where it means none.

    by: of those that began by then, if there are any.
    """
    matching = [board for board in boards if fnmatchcase(board, glob)]
    begun = [board for board in matching if by and (first := boards[board].first) and first.date() <= by]
    return max(begun or matching, key=lambda board: (str(boards[board].last or ""), board), default=None)
