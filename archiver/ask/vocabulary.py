"""The words that the reader knows, from vocabulary.toml, and what they stand for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any

_WORDS: Mapping[str, Any] = tomllib.loads(files(__package__).joinpath("vocabulary.toml").read_text("utf-8"))


def _any(forms: Iterable[str]) -> str:
    return "|".join(forms)


PHRASES: Mapping[str, str] = {name: _any(forms) for name, forms in _WORDS["phrases"].items()}
"""What may be asked, in the order in which it is looked for."""

CANNOT: Mapping[str, tuple[str, str]] = {
    name: (_any(each["words"]), each["says"]) for name, each in _WORDS["cannot"].items()
}
"""What the archive cannot answer → the words that ask for it, and what it says instead: so that a question is
refused for the right reason rather than answered beside the point."""

CATEGORIES: Mapping[str, str] = {name: _any(forms) for name, forms in _WORDS["categories"].items()}
"""Categories of boards, and how they are called."""

CALLED: Sequence[tuple[str, str]] = [(_any(each["words"]), str(each["means"])) for each in _WORDS["called"]]
"""How boards are called, and the glob that each means, the narrow names before the wide."""
GROUPS: Sequence[tuple[str, Sequence[str]]] = [
    (_any(each["words"]), each["mean"]) for each in _WORDS["groups"]
]

_MAKERS = (
    r"(?: (?:models?|compan(?:y|ies)|vendors?|labs?|llms?|developers?|ones?"
    r"|модел\w+|компани\w+|разработчик\w+|нейросет\w+|ллм))?"
)
COUNTRIES: Mapping[str, str] = {
    code: f"(?:{'|'.join(forms)}){_MAKERS}" for code, forms in _WORDS["countries"].items()
}
"""ISO 3166-1 code → an adjective, with the models that it speaks of where they follow."""
OPEN = rf"(?:open(?:[ -](?:source|weights?))?|открыт\w+){_MAKERS}"

SPELLED: Mapping[str, str] = _WORDS["spelled"]
"""Words of names in Cyrillic → as their makers write them."""

WHEN = re.compile(r"\b(?:when|когда|впервые)\b")
RUSSIAN = re.compile("[а-я]")

_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10, "fifteen": 15, "twenty": 20}
_NUMBERS |= {"три": 3, "пять": 5, "пяти": 5, "десять": 10, "десяти": 10, "двадцать": 20, "двадцати": 20}
_ORDINALS = (
    r"second|втор(?:ое|ой|ом|ым|ая|ую|ого)",
    r"third|трет(?:ье|ий|ьем|ьим|ья|ью|ьего)",
    r"fourth|четверт(?:ое|ый|ом|ым|ая|ую|ого)",
    r"fifth|пят(?:ое|ый|ом|ым|ая|ую|ого)",
    r"sixth|шест(?:ое|ой|ом|ым|ая|ую|ого)",
    r"seventh|седьм(?:ое|ой|ом|ым|ая|ую|ого)",
    r"eighth|восьм(?:ое|ой|ом|ым|ая|ую|ого)",
    r"ninth|девят(?:ое|ый|ом|ым|ая|ую|ого)",
    r"tenth|десят(?:ое|ый|ом|ым|ая|ую|ого)",
)
"""From the second; the first is a phrase."""
_NOUNS = {"тройк": 3, "пятерк": 5, "десятк": 10, "двадцатк": 20}
TOP = (
    r"(?:the )?(?:top|first|топ\w{0,2}|перв(?:ые|ых|ым|ыми))[ -]?(?P<number>\d{1,4})"
    rf"|(?:the )?(?:top|first|топ|перв(?:ые|ых|ым|ыми))[ -](?P<word>{'|'.join(_NUMBERS)})"
    rf"|(?:the )?(?:best|strongest|лучши[ехм]) (?P<best>\d{{1,4}}|{'|'.join(_NUMBERS)})"
    rf"|(?:the )?(?P<of_best>\d{{1,4}}|{'|'.join(_NUMBERS)}) (?:best|strongest|leading|лучши[ехм])"
    rf"|(?:перв\w+ |топ-)?(?P<noun>{'|'.join(_NOUNS)})\w+"
)

_OF = r"(?: (?:of|out of|из) (?P<{}>\d{{1,5}}))?"
PLACE = (
    rf"(?:the )?(?P<rank>\d{{1,4}})(?:st|nd|rd|th)(?: (?:place|position|rank))?{_OF.format('of')}"
    rf"|(?:place|position|rank|number|место|мест[еа]) (?P<named>\d{{1,4}}){_OF.format('of_named')}"
    rf"|(?:the )?(?P<ordinal>{'|'.join(_ORDINALS)})(?: (?:place|position|rank|best|мест\w+|позици\w+))?"
    + _OF.format("of_ordinal")
    + rf"|(?P<russian>\d{{1,4}})(?:-?(?:е|м|ое|ом|го|ого))? мест\w+{_OF.format('of_russian')}"
)
"""A place, and of how many."""

_WEIGHTY = {kind: re.compile(_any(forms.split())) for kind, forms in _WORDS["weighty"].items()}
_PLAIN = re.compile(_any(" ".join(_WORDS["plain"].values()).split()))


def is_plain(word: str) -> bool:
    """Whether a word only holds a question together: no name, and nothing is missed where it is not read.

    >>> is_plain("models"), is_plain("GigaChat"), is_plain("места")
    (True, False, True)
    """
    return _PLAIN.fullmatch(word.lower().replace("ё", "е")) is not None


def weight(word: str) -> str:
    """What a word turns on, if it makes another question of one, so that it is never left out; else nothing.

    >>> weight("before"), weight("летом"), weight("most"), weight("merrily")
    ('time', 'time', 'measure', '')
    """
    folded = word.lower().replace("ё", "е")
    return next((kind for kind, form in _WEIGHTY.items() if form.fullmatch(folded)), "")


def is_category(word: str) -> bool:
    """Whether a word names a category of boards.

    >>> is_category("math"), is_category("коде"), is_category("arena")
    (True, True, False)
    """
    return re.fullmatch(_any(CATEGORIES.values()), word.lower().replace("ё", "е")) is not None


def place(match: re.Match[str]) -> tuple[int, int | None]:
    """The place that a match of `PLACE` means, and of how many."""
    of = match["of"] or match["of_named"] or match["of_russian"] or match["of_ordinal"]
    if said := match["ordinal"]:
        rank = next(each for each, form in enumerate(_ORDINALS, 2) if re.fullmatch(form, said))
    else:
        rank = int(match["rank"] or match["named"] or match["russian"])
    return rank, int(of) if of else None


def number(match: re.Match[str]) -> int:
    """How many a match of `TOP` means."""
    said = match["number"] or match["word"] or match["best"] or match["of_best"]
    if not said:
        return _NOUNS[match["noun"]]
    return int(said) if said.isdigit() else _NUMBERS[said]
