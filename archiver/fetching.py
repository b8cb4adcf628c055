"""Bytes in over HTTP: what one pass asks of which source, and the client that asks."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from . import sources
from .errors import UsageError
from .records import Capture
from .redaction import hide

if TYPE_CHECKING:
    from .capture.events import Event
    from .capture.fetch import Fetcher
    from .capture.sweep import Job, Left
    from .config import Config
    from .store import Store


class Skipped(NamedTuple):
    """A route that a pass left out."""

    source: str
    route: str
    why: str


def sweep(
    store: Store,
    config: Config,
    names: Sequence[str],
    *,
    version: str,
    now: Callable[[], datetime],
    catalog: sources.Catalog = sources.BUILT_IN,
    only: Callable[[str], bool] | None = None,
    ends: float | None = None,
    on_event: Callable[[Event], object] | None = None,
    on_skip: Callable[[Skipped], object] | None = None,
    on_left: Callable[[Left], object] | None = None,
) -> list[Capture]:
    """One capture pass over sources: those named, else the configured ones, else all.

    only: which of the sources' fixed URLs to ask (default: all); discoveries run in any case.
    ends: a time of `time.monotonic` after which no request starts; on_left is told of each that is left out.
    on_skip: told of each route that needs a key which the environment does not hold.
    Returns every attempt as its ledger line. Raises `UnknownName` before anything is asked.
    """
    from .capture.sweep import sweep as run

    plans = planned(config, catalog, names, on_skip or (lambda _skipped: None))
    if only is not None:
        plans = [job for job in plans if not isinstance(job.plan, sources.Request) or only(job.plan.url)]
    fetcher = client(config, version, now)
    return run(
        plans,
        fetcher,
        store.keep,
        store.last,
        on_event or (lambda _event: None),
        ends=ends,
        on_left=on_left or (lambda _left: None),
    )


def client(config: Config, version: str, now: Callable[[], datetime]) -> Fetcher:
    """The HTTP client of a pass, as the archive is configured."""
    from .capture.fetch import Fetcher
    from .capture.limits import user_agent

    return Fetcher(
        user_agent=user_agent(version, config.contact),
        now=now,
        allow_private=config.allow_hosts,
        mirrored=config.mirrored,
    )


def planned(
    config: Config,
    catalog: sources.Catalog,
    names: Sequence[str],
    on_skip: Callable[[Skipped], object],
    environment: Mapping[str, str] = os.environ,
) -> list[Job]:
    """What one pass over sources asks for, keys from the environment with it. Raises `UnknownName`."""
    from .capture.sweep import jobs

    found: list[Job] = []
    for name in names or config.sources or catalog.names():
        source = catalog.load(name).SOURCE
        keys = {route.name: route.key for route in source.routes}
        secrets = {route: _secret(key, environment) for route, key in keys.items() if key}
        for job in jobs(name, source, override=config.ignore_robots.get(name, "")):
            if (secret := secrets.get(job.route, {})) is not None:
                found.append(job._replace(secret_headers=secret))
        for route, secret in secrets.items():
            if secret is None and (key := keys[route]):
                on_skip(Skipped(name, route, f"needs an API key: set {key.variable} in the environment"))
    return found


def _secret(key: sources.Key, environment: Mapping[str, str]) -> dict[str, str] | None:
    """The header that carries a key, None where the environment holds none. Never shown in a message."""
    if not (value := environment.get(key.variable, "").strip()):
        return None
    hide(value)
    if not (value.isascii() and value.isprintable()) or " " in value:
        raise UsageError(
            f"{key.variable} holds characters that no API key has (its value is not shown).",
            kept="nothing was asked",
            todo="set it to the key alone",
        )
    return {key.header: key.prefix + value}
