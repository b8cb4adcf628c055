"""The words of reports and pictures, by language: one TOML file each, all with the same keys."""

from __future__ import annotations

import datetime as times
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from ...errors import UsageError

LANGUAGES = ("en", "ru")


class Texts:
    """The words of one language. `texts("standing.who")`, `texts.count("snapshot", 3)`."""

    def __init__(self, lang: str, words: dict[str, Any]) -> None:
        self.lang, self.words = lang, words

    def __call__(self, key: str, **filled: object) -> str:
        """The text of a key, its braces filled in."""
        section, _, name = key.partition(".")
        return str(self.words[section][name]).format(**filled)

    def count(self, noun: str, number: int) -> str:
        """`1 snapshot`, `2 snapshots`; `2 снимка`, `5 снимков`, `21 снимок`."""
        forms: list[str] = self.words["counts"][noun]
        return forms[self._form(number, len(forms))].format(n=self.number(number))

    def _form(self, number: int, forms: int) -> int:
        if forms == 2:
            return 0 if number == 1 else 1
        tens, ones = number % 100, number % 10
        if ones == 1 and tens != 11:
            return 0
        return 1 if ones in {2, 3, 4} and tens not in {12, 13, 14} else 2

    def number(self, number: int) -> str:
        """A whole number, its thousands set apart."""
        return f"{number:,}".replace(",", str(self.words["thousands"]))

    def figure(self, written: str) -> str:
        """A number as this language writes its point."""
        return written.replace(".", str(self.words["point"]))

    def date(self, day: times.date | times.datetime) -> str:
        """`9 August 2026`, `9 августа 2026 г.`."""
        month = self.words["months"][day.month - 1]
        return str(self.words["date"]).format(day=day.day, month=month, year=day.year)

    def ordinal(self, number: int, *, origin: bool = False) -> str:
        """`1st`, `12th`; `1-е`. origin: of a place that somebody leaves: `1-го`.

        >>> [texts("en").ordinal(each) for each in (1, 2, 3, 4, 11, 12, 13, 21, 112, 102)]
        ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '112th', '102nd']
        """
        if pattern := str(self.words["ordinal_from" if origin else "ordinal"]):
            return pattern.format(n=number)
        ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"{number}{ending}"

    def short_month(self, day: times.date | times.datetime) -> str:
        """`Aug`; `авг`."""
        return str(self.words["months_short"][day.month - 1])

    def who(self, name: str) -> str:
        """A name as sentences call it: `Russia` for `country:RU`.

        >>> texts("en").who("country:RU"), texts("en").who("Sber")
        ('Russia', 'Sber')
        """
        kind, _, code = name.partition(":")
        return str(self.words["countries"].get(code, name)) if kind == "country" else name

    def bare(self, who: str) -> str:
        """The name of a country as a label calls it: `United States` for `the United States`."""
        article = str(self.words["article"])
        return who.removeprefix(article) if who in self.words["countries"].values() else who

    def label(self, name: str) -> str:
        """A name as it stands alone, over a table or before a colon: `United States` for `country:US`."""
        return self.bare(self.who(name))

    def begun(self, said: str) -> str:
        """A sentence that may begin with the name of a country: `The United States fell from 1st to 3rd`."""
        article = str(self.words["article"])
        begins = article and said.startswith(tuple(self.words["countries"].values()))
        return said[0].upper() + said[1:] if begins and said.startswith(article) else said

    def models_of(self, word: str) -> str:
        """A set of models as sentences call it after `among`: `Russian models` for `country:RU`."""
        kind, _, code = word.partition(":")
        return str(self.words["country_models"].get(code, word)) if kind == "country" else word

    def listed(self, names: Sequence[str]) -> str:
        """`A`, `A and B`, `A, B and C`."""
        if len(names) < 2:
            return "".join(names)
        return ", ".join(names[:-1]) + str(self.words["and"]) + names[-1]


@cache
def texts(lang: str) -> Texts:
    """The words of a language. Raises UsageError for one that there is none of."""
    if lang not in LANGUAGES:
        raise UsageError(f"No report is written in {lang!r}.", todo=f"choose one of {', '.join(LANGUAGES)}")
    return Texts(lang, tomllib.loads(files(__package__).joinpath(f"{lang}.toml").read_text("utf-8")))
