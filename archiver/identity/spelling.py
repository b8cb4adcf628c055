"""A listed name in words, what of it is a setting, and how an unreviewed model is spelled."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .folding import words
from .tables import rows

_DOT = re.compile(r"(?<=[0-9])\.(?=[0-9])")
_KEPT = "\ue000"
_VERSION = re.compile(r"(?<![\d.])(\d{1,2}) (\d)(?= |$)")
_SIZE = re.compile(r"(?:a?\d+(?:\.\d+)?|\d+x\d+(?:\.\d+)?)[bkmt]")
_UPPER = frozenset(
    ("dpo", "sft", "orpo", "rlhf", "ppo", "moe", "vl", "ov", "fc", "rl", "i2v", "t2v", "t2i", "i2i", "kto")
)
_SPELLED = {"it": "it", "mini": "mini", "simpo": "SimPO", "sppo": "SPPO", "neft": "NEFT", "pairrm": "PairRM"}


def phrase(name: str) -> str:
    """The name in words, with the dot of a version kept.

    >>> phrase("Qwen2.5-72B_Instruct (FC)"), phrase("Claude-3-5-Sonnet")
    ('qwen2.5 72b instruct fc', 'claude 3 5 sonnet')
    """
    return words(_DOT.sub(_KEPT, name)).replace(_KEPT, ".")


class Settings:
    """The settings of variants.tsv, taken off a phrase stage by stage."""

    def __init__(self) -> None:
        stages: dict[str, list[str]] = {}
        for row in rows("variants"):
            stages.setdefault(row["stage"], []).append(row["words"])
        self._stages = [
            re.compile(rf"(?:^|(?<= ))(?:{'|'.join(stages[stage])})(?: |$)") for stage in sorted(stages)
        ]

    def rests(self, said: str) -> Iterator[str]:
        """The phrase, then what is left of it after each stage that took something off."""
        yield said
        for stage in self._stages:
            rest = stage.sub("", said).strip()
            if rest != said:
                yield rest
                said = rest


def _word(word: str) -> str:
    if word in _SPELLED:
        return _SPELLED[word]
    if word in _UPPER or _SIZE.fullmatch(word):
        return word.upper().replace("X", "x")
    return word.capitalize() if word.isascii() and word.isalpha() and len(word) > 1 else word


def compose(spelled: str, rest: str) -> str:
    """The canonical name of a model that models.tsv does not hold: one spelling for all ways of listing it.

    >>> compose("Llama", "3 1 8b instruct"), compose("Command R", "+ 08 2024")
    ('Llama 3.1 8B Instruct', 'Command R+ 08 2024')
    """
    tail = " ".join(map(_word, _VERSION.sub(r"\1.\2", rest.strip()).split()))
    return (spelled + ("" if rest.startswith("+") else " ") + tail).strip()
