"""`archiver.toml`, the optional configuration of one archive. Standard library only.

Every key is checked: a wrong one is an error that names the key, the value and what is allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .errors import UsageError

FILE = "archiver.toml"


@dataclass(frozen=True, slots=True)
class Config:
    """What an operator may set. The defaults are what a file that is not there means."""

    sources: tuple[str, ...] = ()
    """Sources of a capture that names none; empty for all."""
    contact: str = ""
    """Added to the User-Agent, so that a publisher can reach the operator."""
    mirrors: Mapping[str, str] = field(default_factory=dict)
    """URL prefix → the prefix that is asked instead. The ledger keeps the publisher's URL, and the address
    that answered as the final one."""
    allow_hosts: frozenset[str] = frozenset()
    """`host` or `host:port` that may be asked although its address is private or loopback."""
    ignore_robots: Mapping[str, str] = field(default_factory=dict)
    """Source → the operator's reason for not following robots.txt there."""
    names: Mapping[str, object] = field(default_factory=dict)
    """The user's own names, in the form of the registry's data files."""

    def mirrored(self, url: str) -> str:
        """The address to ask for a publisher's URL; the longest matching prefix counts."""
        found = max((prefix for prefix in self.mirrors if url.startswith(prefix)), key=len, default=None)
        return url if found is None else self.mirrors[found] + url.removeprefix(found)


def read(archive: Path) -> Config:
    """The configuration of an archive directory. Raises `UsageError`."""
    import tomllib

    path = archive / FILE
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Config()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not TOML: {error}.", kept="nothing was changed") from error
    return _checked(path, data)


def _checked(path: Path, data: Mapping[str, object]) -> Config:
    def text(key: str, value: object) -> str:
        if not isinstance(value, str):
            raise _wrong(path, key, value, "text in quotes")
        return value

    def texts(key: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise _wrong(path, key, value, "a list of texts")
        return tuple(text(key, item) for item in value)

    def pairs(key: str, value: object) -> dict[str, str]:
        if not isinstance(value, dict):
            raise _wrong(path, key, value, 'a table of "name" = "text"')
        return {name: text(f"{key}.{name}", item) for name, item in value.items()}

    def table(key: str, value: object) -> Mapping[str, object]:
        if not isinstance(value, dict):
            raise _wrong(path, key, value, "a table")
        return value

    readers: dict[str, Callable[[str, object], object]] = {
        "sources": texts,
        "contact": text,
        "mirrors": pairs,
        "allow_hosts": lambda key, value: frozenset(texts(key, value)),
        "ignore_robots": pairs,
        "names": table,
    }
    values: dict[str, object] = {}
    for key, value in data.items():
        if key not in readers:
            raise _wrong(path, key, value, f"one of the keys {', '.join(readers)}")
        values[key] = readers[key](key, value)
    return Config(**values)  # type: ignore[arg-type]  # each value was read by the reader of its key


def _wrong(path: Path, key: str, value: object, allowed: str) -> UsageError:
    return UsageError(f"{path}: {key} = {value!r} is not allowed.", todo=f"write {allowed} there")
