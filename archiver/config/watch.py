"""The sections `[watch]` and `[notify]`: whom to watch, and who is told."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from functools import partial
from typing import Any

from ..redaction import hide
from .values import Value

_ENVIRONMENT = "env:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Of what rank news is told. Without names and boards, nothing is news."""

    who: tuple[str, ...] = ()
    """Organisations, families, models or `country:RU`; empty: everybody on `boards`."""
    boards: tuple[str, ...] = ()
    """Globs; empty: every board."""
    top: tuple[int, ...] = (1, 3, 10)
    """Places whose crossing is news even within noise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Who is told what, and when not."""

    targets: Mapping[str, str] = field(default_factory=dict)
    """Name → the address in the notation of Apprise, which may hold a secret and is never shown."""
    news: tuple[str, ...] = ()
    """Targets of rank news, by name."""
    trouble: tuple[str, ...] = ()
    """Targets of operational trouble, by name."""
    digest: timedelta = timedelta(0)
    """Rank news of this time go out as one message; zero: at once."""
    quiet: tuple[time, time] | None = None
    """From and until when nothing is sent; what came up goes out afterwards."""
    zone: str = "UTC"
    """IANA name of the time zone of `quiet`."""
    heartbeat: str = ""
    """URL that is asked after each pass, so that a monitor elsewhere notices when passes stop."""


def _secret(value: Value) -> str:
    """A text that no message shows; `env:NAME` takes it from the environment."""
    said = value.text()
    if not said.startswith(_ENVIRONMENT):
        hide(said)
        return said
    name = said.removeprefix(_ENVIRONMENT)
    found = os.environ.get(name, "").strip()
    if not found:
        raise value.wrong(f"an address, or env:NAME of a variable that is set ({name} is not),")
    hide(found)
    return found


def _quiet(value: Value) -> tuple[time, time]:
    parts = value.text().split("-")
    if len(parts) != 2:
        raise value.wrong('two times of day, as "22:00-07:00",')
    start, end = (Value(value.file, value.key, part.strip()).clock() for part in parts)
    if start == end:
        raise value.wrong('two different times of day, as "22:00-07:00",')
    return start, end


def _tops(value: Value) -> tuple[int, ...]:
    found = value.list(partial(Value.whole, least=1, most=1000), "places, as [1, 3, 10]")
    return tuple(sorted(set(found)))


_WATCH: Mapping[str, Callable[[Value], object]] = {
    "who": Value.texts,
    "boards": Value.texts,
    "top": _tops,
}


def _notify_readers(zone: Callable[[Value], str]) -> Mapping[str, Callable[[Value], object]]:
    return {
        "targets": lambda value: value.each(_secret, 'a table of name = "address"'),
        "news": Value.texts,
        "trouble": Value.texts,
        "digest": partial(Value.span, least=timedelta(0), most=timedelta(days=31)),
        "quiet": _quiet,
        "zone": zone,
        "heartbeat": _secret,
    }


def watch(value: Value) -> Watched:
    """The section `[watch]`. Raises `UsageError`."""
    read: dict[str, Any] = value.table(_WATCH)
    return Watched(**read)


def notify(value: Value, zone: Callable[[Value], str]) -> Notify:
    """The section `[notify]`; zone: the reader of a time zone's name. Raises `UsageError`."""
    read: dict[str, Any] = value.table(_notify_readers(zone))
    settings = Notify(**read)
    for name in (*settings.news, *settings.trouble):
        if name not in settings.targets:
            known = ", ".join(settings.targets) or "none is there yet"
            raise Value(value.file, f"{value.key}.targets", name).wrong(
                f"the name of a target under [notify.targets] ({known})"
            )
    return settings
