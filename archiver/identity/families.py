"""Which product line a listed name belongs to: by reviewed beginnings and words, never by likeness."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from .folding import key
from .spelling import compose
from .tables import listed, rows


class Family(NamedTuple):
    """A product line and its maker."""

    family: str
    organization: str


class Found(NamedTuple):
    """A product line in a listed name."""

    family: Family
    said: str
    """The phrase without what stands before the model: a host, the maker's name."""
    spelled: str
    """How the beginning is spelled."""
    rest: str
    """The words after the beginning."""
    evidence: str


class _Beginning(NamedTuple):
    family: Family
    spelled: str
    common: bool
    """A common word: believed only where the board names no other maker."""


def _ends_word(said: str, end: int) -> bool:
    """Whether a beginning may end here: at the end, at a space, before a number, after a Han character."""
    if end == len(said) or said[end] == " " or said[end - 1] >= "\u2e80":
        return True
    follows = said[end]
    return not (follows.isalpha() or follows == ".") and not (follows.isdigit() and said[end - 1].isdigit())


class Families:
    """families.tsv and hosts.tsv, asked for the family of a phrase."""

    def __init__(self, organization_of: Callable[[str], str | None]) -> None:
        """organization_of: the organisation that a folded name stands for, or None."""
        self._organization_of = organization_of
        self._beginnings: dict[str, _Beginning] = {}
        self._inside: dict[str, _Beginning] = {}
        self._words: dict[str, Family] = {}
        self._bases = set[Family]()
        self._longest = 0
        self.all: dict[str, Family] = {}
        for row in rows("families"):
            family = self.add(row["family"], row["organization"], listed(row["begins"]))
            if row["base"]:
                self._bases.add(family)
        hosts = [row["host"] for row in rows("hosts")]
        self._hosts = {host for host in hosts if not host.endswith("*")}
        self._fused = tuple(host[:-1] for host in hosts if host.endswith("*"))

    def add(self, family: str, organization: str, begins: tuple[str, ...]) -> Family:
        """One more family; begins: as in the column of that name of families.tsv."""
        self.all[family] = line = Family(family, organization)
        for begin in begins:
            said, _, spelled = begin.partition("=")
            bare = said.strip("~@*")
            if said.startswith("@"):
                self._words[bare] = line
                continue
            beginning = _Beginning(line, spelled or compose("", bare), said.startswith("~"))
            self._longest = max(self._longest, len(bare))
            (self._inside if said.endswith("*") else self._beginnings)[bare] = beginning
        return line

    def is_host(self, said: str) -> bool:
        """Whether a phrase names one who serves or repackages models."""
        return said in self._hosts

    def find(self, said: str, listed_by: str | None) -> Found | None:
        """The family of a phrase; listed_by: the organisation that the board names, or None."""
        found = self._behind(said, listed_by) or self._read(said, listed_by)
        if listed_by is None or (found and found.spelled) or not said.startswith(self._fused):
            return found
        return self._run_in(said, listed_by) or found

    def _read(self, said: str, listed_by: str | None) -> Found | None:
        """By the beginning; where that is only what somebody built on, by a word that names who."""
        begun = self._begins(said, listed_by)
        if begun is None or begun.family in self._bases:
            for word in said.split(" "):
                if (family := self._words.get(word)) and (begun is None or begun.family != family):
                    spelled, rest = (begun.spelled, begun.rest) if begun else ("", said)
                    return Found(family, said, spelled, rest, f"the word {word!r} in it")
        return begun

    def _begins(self, said: str, listed_by: str | None) -> Found | None:
        for end in range(min(len(said), self._longest), 0, -1):
            if (found := self._beginnings.get(said[:end])) and _ends_word(said, end):
                if found.common and listed_by not in (None, found.family.organization):
                    continue
                return Found(found.family, said, found.spelled, said[end:], f"the name begins {said[:end]!r}")
        for begin, found in self._inside.items():
            if said.startswith(begin):
                rest = said[len(begin) :]
                return Found(found.family, said, found.spelled, rest, f"the name begins {begin!r}")
        return None

    def _behind(self, said: str, listed_by: str | None) -> Found | None:
        """Behind a host's name any family; behind an organisation's name a family of its own."""
        for head, tail in _splits(said):
            if head in self._hosts and (found := self.find(tail, listed_by)):
                return found._replace(evidence=f"{found.evidence} behind the host {head!r}")
            maker = self._organization_of(key(head))
            if maker and (found := self._read(tail, maker)) and found.family.organization == maker:
                return found
        return None

    def _run_in(self, said: str, listed_by: str) -> Found | None:
        """Behind a logo's text that runs into the name, a family of the maker that the board names."""
        for maker in self._fused:
            tail = said[len(maker) :].lstrip()
            found = (
                (self._behind(tail, listed_by) or self._read(tail, listed_by))
                if said.startswith(maker)
                else None
            )
            if found and found.family.organization == listed_by:
                return found._replace(evidence=f"{found.evidence} after {maker!r} run into it")
        return None


def _splits(said: str) -> Iterator[tuple[str, str]]:
    """The phrase parted after its first three, two, one words."""
    parts = said.split(" ")
    for count in range(min(3, len(parts) - 1), 0, -1):
        yield " ".join(parts[:count]), " ".join(parts[count:])
