"""`archiver.toml`, the optional configuration of one archive. Standard library only.

Every key is checked: a wrong one is an error that names the key, the value and what is allowed. A section of
its own is a module beside this one, a reader in `_READERS` and a field of `Config`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import UsageError
from . import prune as _prune
from . import schedule as _schedule
from . import watch as _watch
from .prune import Prune
from .schedule import Schedule, SourceSettings
from .values import Value
from .watch import Notify, Watched

__all__ = [
    "FILE",
    "Config",
    "Notify",
    "Prune",
    "Schedule",
    "SourceSettings",
    "Watched",
    "parse",
    "read",
    "text",
]

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
    schedule: Schedule = field(default_factory=Schedule)
    """When sources are captured, and how long that may take."""
    source: Mapping[str, SourceSettings] = field(default_factory=dict)
    """Source → what holds for it alone."""
    prune: Prune | None = None
    """Which bytes `prune` may give up; None: none."""
    watch: Watched = field(default_factory=Watched)
    """Of what rank news is told."""
    notify: Notify = field(default_factory=Notify)
    """Who is told."""

    def mirrored(self, url: str) -> str:
        """The address to ask for a publisher's URL; the longest matching prefix counts."""
        found = max((prefix for prefix in self.mirrors if url.startswith(prefix)), key=len, default=None)
        return url if found is None else self.mirrors[found] + url.removeprefix(found)


_READERS: Mapping[str, Callable[[Value], object]] = {
    "sources": Value.texts,
    "contact": Value.text,
    "mirrors": Value.pairs,
    "allow_hosts": lambda value: frozenset(value.texts()),
    "ignore_robots": Value.pairs,
    "names": Value.entries,
    "schedule": _schedule.schedule,
    "source": lambda value: value.each(_schedule.source),
    "prune": _prune.prune,
    "watch": _watch.watch,
    "notify": lambda value: _watch.notify(value, _schedule.zone),
}
"""Key of the file, and name of the field → its reader."""


def read(archive: Path) -> Config:
    """The configuration of an archive directory. Raises `UsageError`."""
    return parse(text(archive), archive / FILE)


def text(archive: Path) -> str:
    """The file as it stands; empty where there is none. Raises `UsageError`."""
    try:
        return (archive / FILE).read_text("utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise _no_toml(archive / FILE, error) from error


def parse(text: str, file: Path) -> Config:
    """The configuration that a text says. file: named in errors. Raises `UsageError`."""
    import tomllib

    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _no_toml(file, error) from error
    values: dict[str, Any] = Value(file, "", data).table(_READERS)
    return Config(**values)


def _no_toml(file: Path, error: ValueError) -> UsageError:
    return UsageError(f"{file} is not TOML: {error}.", kept="nothing was changed")
