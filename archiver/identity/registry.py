"""The registry: names as listed → models, families, organisations, countries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from ..errors import UsageError
from .families import Families
from .folding import fold, key
from .own import OwnName, own_names
from .spelling import Settings, compose, phrase
from .tables import listed, rows
from .typed import Alias, Typed


class Resolved(NamedTuple):
    """What a listed name stands for; any may be None."""

    model: str | None
    """Canonical name; None exactly where `family` is: a name that no reviewed rule maps."""
    family: str | None
    organization: str | None
    country: str | None
    evidence: str | None
    """The rule that mapped it, and where the board says otherwise."""


class _Line(NamedTuple):
    """A family and model that a name was read as."""

    family: str
    organization: str
    model: str
    evidence: str


_SYSTEMS = frozenset({"swebench"})
"""Sources that list systems: the models named inside one did not enter, so no name is read as a model."""
_REPOSITORIES = frozenset({"open_llm"})
"""Sources that list Hugging Face repositories: the namespace is the maker, however the name begins."""
_PAIRS = frozenset({"aider"})
"""Sources where `A + B` is two models at work together: a maker has the entry only where both are its own."""
_NAMESPACE = re.compile(r"(?!\w+://)(?:[\w.-]+/)*([\w.-]+)/\S")
_SEVERAL = re.compile(r"\s*[,/+&]\s*")


class Registry:
    """All that is known of names. Pure: the same question gets the same answer; answers are remembered."""

    def __init__(self, own: Iterable[OwnName] = ()) -> None:
        """The shipped data files and the user's own names, which come first."""
        self._own = own = list(own)
        self._countries: dict[str, str | None] = {}
        self._seats: dict[str, str] = {}
        self._makers: dict[str, str] = {}
        self._models: dict[str, str] = {}
        self._families = Families(self._makers.get)
        self._family_of: dict[str, str] = {}
        self._settings = Settings()
        self._renamed = {
            (row["source"], row[when]): row for row in rows("renames") for when in ("before", "after")
        }
        self._unmapped = {fold(row["listed"]): row["evidence"] for row in rows("unmapped")}
        self._typed = Typed(own)
        self._remembered: dict[tuple[str, str, str | None], Resolved] = {}
        for row in rows("organizations"):
            self._organization(row["organization"], row["country"], row["evidence"])
            for name in (row["organization"], *listed(row["typed"]), *listed(row["listed"])):
                self._makers.setdefault(fold(name), row["organization"])
        for row in rows("models"):
            self._family_of[row["model"]] = row["family"]
            for name in (row["model"], *listed(row["typed"])):
                self._models.setdefault(fold(name), row["model"])
        for mine in own:
            self._add(mine)

    @classmethod
    def load(cls, extra: Path | Mapping[str, object] | None = None) -> Registry:
        """The shipped names, and the user's own: an archiver.toml, or a mapping that holds what it holds.

        Raises UsageError, naming entry and key, where the user's names are not as own.py describes them.
        """
        return cls(own_names(extra))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that the answers depend on: the code and tables of this package, and the own names.

        Who keeps what was resolved asks again when it changes.
        """
        here = Path(__file__).parent
        files = sorted([*here.glob("*.py"), *here.glob("data/*.tsv")])
        parts = [repr(self._own).encode(), *(file.read_bytes() for file in files)]
        return sha256(b"\0".join(parts)).hexdigest()

    def resolve(self, source: str, model_listed: str, organization_listed: str | None) -> Resolved:
        """Who made a listed model, of which line it is, and its canonical name."""
        asked = (source, model_listed, organization_listed)
        if asked not in self._remembered:
            self._remembered[asked] = self._resolve(*asked)
        return self._remembered[asked]

    def organizations(self) -> list[tuple[str, str | None, str]]:
        """Rows of the table `organizations`: organization, country, evidence."""
        return [(name, country, self._seats[name]) for name, country in sorted(self._countries.items())]

    def models(self, met: Iterable[Resolved] = ()) -> list[tuple[str, str | None, str | None]]:
        """Rows of the table `models`: model, family, organization. met: what listed names resolved to."""
        known = {
            model: (model, family, self._families.all[family].organization)
            for model, family in self._family_of.items()
        }
        spelled = {it.model: (it.model, it.family, it.organization) for it in met if it.model is not None}
        return sorted((spelled | known).values())

    def aliases(self, met: Iterable[tuple[str, Resolved]] = ()) -> list[Alias]:
        """Rows of the table `aliases`: every name that a person may type, each with one meaning.

        met: listed names with what they were resolved to; each then finds its model too.
        """
        return self._typed.aliases((name, it.model, it.evidence or "") for name, it in met if it.model)

    def nearest(self, text: str, n: int = 5) -> tuple[str, ...]:
        """Known names that look like a text, best first: for messages about an unknown name alone."""
        return self._typed.nearest(text, n)

    def _organization(self, name: str, country: str | None, evidence: str) -> None:
        self._countries[name] = None if country == "-" else country
        self._seats[name] = evidence

    def _add(self, own: OwnName) -> None:
        if own.kind == "organization":
            if own.name not in self._countries:
                self._organization(own.name, own.country, own.because)
            self._makers.update((fold(name), own.name) for name in (own.name, *own.aliases))
        elif own.kind == "family" and own.parent in self._countries:
            self._families.add(own.name, own.parent, tuple(map(phrase, own.begins or (own.name,))))
        elif own.kind == "model" and own.parent in self._families.all:
            self._family_of[own.name] = own.parent
            self._models.update((fold(name), own.name) for name in (own.name, *own.aliases))
        else:
            raise UsageError(
                f"archiver.toml: the {own.kind} {own.name!r} belongs to {own.parent!r}, which is not known.",
                todo="Write its canonical name, or name it in an entry of its own.",
            )

    def _resolve(self, source: str, name: str, organization: str | None) -> Resolved:
        said = phrase(name)
        if why := self._unmapped.get(key(said)):
            return Resolved(None, None, None, None, why)
        by = self._maker(organization)
        if source in _SYSTEMS:
            return self._made_by(by, "a system as the board lists it, apart from the models inside it")
        line = self._line(said, by)
        namespace = self._namespace(name)
        if namespace is not None:
            publisher = self._makers.get(fold(namespace)) or (namespace if source in _REPOSITORIES else None)
            if line is None or line.organization != publisher:
                return self._made_by(publisher or by, f"published under the namespace {namespace!r}")
        if source in _PAIRS and " + " in name and not self._of_one_maker(name.split(" + "), by):
            return Resolved(None, None, None, None, "two models of different makers at work together")
        if line is None:
            return self._made_by(by, f"the board lists {organization!r}")
        evidence = self._evidence(source, name, organization, by, line)
        return Resolved(
            line.model, line.family, line.organization, self._countries[line.organization], evidence
        )

    def _namespace(self, name: str) -> str | None:
        """Whose repository a name is, as in `RefalMachine/RuadaptQwen2.5-32B`; a host's is nobody's."""
        found = _NAMESPACE.match(name)
        return None if found is None or self._families.is_host(phrase(found[1])) else found[1]

    def _of_one_maker(self, names: Iterable[str], by: str | None) -> bool:
        lines = [self._line(phrase(name), by) for name in names]
        return len({line and line.organization for line in lines}) == 1

    def _made_by(self, organization: str | None, evidence: str) -> Resolved:
        """A name whose family is not known: the organisation alone, or nothing at all."""
        if organization is None:
            return Resolved(None, None, None, None, None)
        return Resolved(None, None, organization, self._countries.get(organization), evidence)

    def _maker(self, organization: str | None) -> str | None:
        """The organisation that a board lists; of several that it lists, the first that is known."""
        if not organization:
            return None
        names = (organization, *_SEVERAL.split(organization))
        return next((maker for name in names if (maker := self._makers.get(fold(name)))), None)

    def _line(self, said: str, by: str | None) -> _Line | None:
        bare = self._settings.bare(said)
        exact = self._models.get(key(bare)) or self._models.get(key(said))
        if exact is not None:
            return self._known(exact, "the whole name is reviewed")
        found = self._families.find(bare, by)
        if found is None:
            return None
        for rest in self._settings.rests(found.said):
            model = self._models.get(key(rest))
            if model is not None and self._family_of[model] == found.family.family:
                return self._known(model, f"{rest!r} is reviewed; {found.evidence}")
        return _Line(*found.family, compose(found.spelled, found.rest), found.evidence)

    def _known(self, model: str, evidence: str) -> _Line:
        family = self._family_of[model]
        return _Line(family, self._families.all[family].organization, model, evidence)

    def _evidence(self, source: str, name: str, organization: str | None, by: str | None, line: _Line) -> str:
        """The rule that mapped a name, and what the board or the past says otherwise."""
        said = [line.evidence]
        if organization and by is None:
            said.append(f"the board lists {organization!r}, a name not known")
        elif by not in (None, line.organization):
            said.append(f"the board lists {organization!r}, but hosted by is not made by")
        if row := self._renamed.get((source, name)):
            said.append(f"listed as {row['before']!r}, since {row['since']} as {row['after']!r}")
            said.append(row["evidence"])
        return "; ".join(said)
