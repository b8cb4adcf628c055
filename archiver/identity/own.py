"""Names that the user adds in archiver.toml. They count before the shipped ones.

    [[names.organization]]          # a new organisation, or more names of a known one
    name = "Acme"
    country = "DE"                  # where it is new
    aliases = ["ACME GmbH", "Акме"]

    [[names.family]]                # a product line
    name = "AcmeLM"
    organization = "Acme"
    begins = ["acmelm", "acme lm"]  # how listed names of it begin, as in data/families.tsv
    aliases = ["АкмеЛМ"]

    [[names.model]]                 # a model, and the names that it is listed by
    name = "AcmeLM 3"
    family = "AcmeLM"
    aliases = ["acme3-chat-0425"]

`because` in an entry says what it rests on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from ..errors import UsageError

_PARENT = {"organization": None, "family": "organization", "model": "family"}
_KEYS = {
    "organization": ("name", "country", "aliases", "because"),
    "family": ("name", "organization", "begins", "aliases", "because"),
    "model": ("name", "family", "aliases", "because"),
}


class OwnName(NamedTuple):
    """One entry. `kind` is `organization`, `family` or `model`; `parent` is what it belongs to."""

    kind: str
    name: str
    parent: str | None
    country: str | None
    aliases: tuple[str, ...]
    begins: tuple[str, ...]
    because: str


def own_names(extra: Path | Mapping[str, object] | None) -> Iterator[OwnName]:
    """The entries of an archiver.toml, or of what stands under `names` in one; organisations come first.

    Raises UsageError, naming the entry, key and value, where one is not as the module says.
    """
    names = _read(extra) if isinstance(extra, Path) else extra or {}
    if unknown := sorted(set(names) - set(_PARENT)):
        raise _wrong(f"names.{unknown[0]}", "is not a kind of name", f"one of {', '.join(_PARENT)}")
    for kind in _PARENT:
        entries = names.get(kind, [])
        if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
            raise _wrong(f"names.{kind}", "is not a list of tables", f"[[names.{kind}]] over each entry")
        for number, entry in enumerate(entries, 1):
            yield _entry(kind, f"names.{kind} entry {number}", entry)


def _read(path: Path) -> Mapping[str, object]:
    import tomllib

    try:
        names = tomllib.loads(path.read_text(encoding="utf-8")).get("names", {})
    except (OSError, ValueError) as error:
        raise UsageError(f"{path.name} cannot be read: {error}", todo="Correct the file.") from error
    if not isinstance(names, Mapping):
        raise _wrong("names", "is not a table", "[[names.organization]] over each entry")
    return names


def _entry(kind: str, where: str, entry: Mapping[str, object]) -> OwnName:
    if unknown := sorted(set(entry) - set(_KEYS[kind])):
        raise _wrong(where, f"has no key {unknown[0]!r}", f"one of {', '.join(_KEYS[kind])}")
    parent = _PARENT[kind]
    country = _text(where, entry, "country")
    if country is not None and not (len(country) == 2 and country.isascii() and country.isupper()):
        raise _wrong(where, f"country = {country!r} is not a code", "two capitals of ISO 3166-1, as DE")
    name = _text(where, entry, "name")
    if not name:
        raise _wrong(where, "has no name", 'name = "…"')
    if parent and not entry.get(parent):
        raise _wrong(where, f"does not say its {parent}", f'{parent} = "…"')
    return OwnName(
        kind,
        name,
        _text(where, entry, parent) if parent else None,
        country,
        _texts(where, entry, "aliases"),
        _texts(where, entry, "begins"),
        _text(where, entry, "because") or "archiver.toml",
    )


def _text(where: str, entry: Mapping[str, object], key: str) -> str | None:
    value = entry.get(key)
    if value is None or isinstance(value, str):
        return value
    raise _wrong(where, f"{key} = {value!r} is not a text", "it in quotes")


def _texts(where: str, entry: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = entry.get(key, [])
    if isinstance(value, list) and all(isinstance(part, str) and part.strip() for part in value):
        return tuple(value)
    raise _wrong(where, f"{key} = {value!r} is not a list of names", f'{key} = ["…", "…"]')


def _wrong(where: str, what: str, allowed: str) -> UsageError:
    return UsageError(f"archiver.toml: {where} {what}.", todo=f"Write {allowed}.")
