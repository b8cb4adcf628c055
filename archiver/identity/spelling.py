"""A listed name in words, what of it is a setting, and how an unreviewed model is spelled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from .folding import words
from .tables import rows

_DOT = re.compile(r"(?<=[0-9])\.(?=[0-9])")
_KEPT = "\ue000"
_VERSION = re.compile(r"(?<![\d.])(\d{1,2}) (\d)(?= (?!shot)|$)")
_SIZE = re.compile(r"(?:a?\d+(?:\.\d+)?|\d+x\d+(?:\.\d+)?)[bkmt]")
_PLAIN = re.compile(r"[a-z]{2,}|[a-z]{3,}\d[\d.]*")


@cache
def _spelled() -> Mapping[str, str]:
    return {row["spelled"].lower(): row["spelled"] for row in rows("words")}


def phrase(name: str) -> str:
    """The name in words, with the dot of a version kept.

    >>> phrase("Qwen2.5-72B_Instruct (FC)"), phrase("Claude-3-5-Sonnet")
    ('qwen2.5 72b instruct fc', 'claude 3 5 sonnet')
    """
    return words(_DOT.sub(_KEPT, name)).replace(_KEPT, ".")


class Settings:
    """The settings of variants.tsv, to be taken off a phrase."""

    def __init__(self) -> None:
        stages: dict[str, list[str]] = {}
        for row in rows("variants"):
            stages.setdefault(row["stage"], []).append(row["words"])
        never, *later = (rf"(?:^|(?<= ))(?:{'|'.join(stages[stage])})" for stage in sorted(stages))
        self._never = re.compile(rf"(?: {never})+$")
        self._later = [re.compile(rf"{stage}(?: |$)") for stage in later]

    def bare(self, said: str) -> str:
        """The phrase without what ends it and is never part of a model's name: `fc`, `diff`, `q8 0`."""
        return self._never.sub("", said)

    def rests(self, said: str) -> Iterator[str]:
        """The phrase, then what is left each time that a setting is taken off."""
        yield said
        for stage in self._later:
            while settings := list(stage.finditer(said)):
                said = (said[: settings[-1].start()] + said[settings[-1].end() :]).strip()
                yield said


def _word(word: str) -> str:
    if spelled := _spelled().get(word):
        return spelled
    if _SIZE.fullmatch(word):
        return word.upper().replace("X", "x")
    if len(word) == 1:
        return word.upper()
    if "+" in word[1:]:
        return "+".join(map(_word, word.split("+")))
    return word.capitalize() if _PLAIN.fullmatch(word) else word


def compose(spelled: str, rest: str) -> str:
    """The canonical name of a model that models.tsv does not hold: one spelling for all ways of listing it.

    >>> compose("Llama", "3 1 8b instruct"), compose("Command R", "+ 08 2024"), compose("Qwen^", "3 14b")
    ('Llama 3.1 8B Instruct', 'Command R+ 08 2024', 'Qwen3 14B')
    """
    tail = " ".join(map(_word, _VERSION.sub(r"\1.\2", rest.strip()).split()))
    if spelled.endswith(("^", "-")):
        first = tail.split(" ")[0]
        joined = first[:1].isdigit() and not _SIZE.fullmatch(first.lower())
        return (spelled.rstrip("^-") + (spelled[-1].strip("^") if joined else " ") + tail).strip()
    return (spelled + ("" if rest.startswith("+") else " ") + tail).strip()
