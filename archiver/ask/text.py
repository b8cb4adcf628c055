"""A question as words, each read once: what a rule takes, the rules after it do not see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

_WORD = re.compile(r"[^\s,;!?()«»“”\"…]+|[,;!?()]")
_TAKEN = "\0"
_POSSESSIVE = re.compile(r"['’]s?$")


class Word(NamedTuple):
    """One word of a question."""

    raw: str
    start: int
    """Where it stands in `Text.norm`."""
    end: int
    parted: bool
    """A comma or a bracket stands before it: no name reaches across."""


class Text:
    """A question in lower case, one space between words, ё as е; the words as typed beside it."""

    def __init__(self, question: str) -> None:
        self.words: list[Word] = []
        parts: list[str] = []
        at, parted = 0, False
        for found in _WORD.finditer(question):
            raw = _POSSESSIVE.sub("", found[0].strip(".:'’`–—-")) if len(found[0]) > 1 else found[0]
            if raw in {",", ";", "!", "?", "(", ")", "", "–", "—", "-", "'"}:
                parted = True
                continue
            norm = raw.lower().replace("ё", "е")
            self.words.append(Word(raw, at, at + len(norm), parted))
            parts.append(norm)
            at, parted = at + len(norm) + 1, False
        self.norm = " ".join(parts)
        self._left = self.norm

    def take(self, form: str) -> re.Match[str] | None:
        """The first place at which a regular expression stands as whole words, taken."""
        found = self.look(form)
        if found:
            self.mark(found.start(), found.end())
        return found

    def look(self, form: str) -> re.Match[str] | None:
        """The first place at which a regular expression stands as whole words."""
        found = _whole(form).search(self._left)
        return found if found and found[0] else None

    def mark(self, start: int, end: int) -> None:
        """Takes the characters of `norm` from start to end."""
        self._left = self._left[:start] + _TAKEN * (end - start) + self._left[end:]

    def free(self) -> Iterator[Word]:
        """The words that no rule has taken."""
        return (word for word in self.words if _TAKEN not in self._left[word.start : word.end])


@cache
def _whole(form: str) -> re.Pattern[str]:
    """Of its alternatives one that ends with a word, so that `new` hides no `newcomer`."""
    return re.compile(rf"(?<![^ {_TAKEN}])(?:{form})(?![^ {_TAKEN}])")
