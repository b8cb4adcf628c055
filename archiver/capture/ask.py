"""What is asked, and what all that ask in one pass have in common."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from . import addresses, decode
from .limits import Limits
from .turns import Turns


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What all exchanges of a pass have in common."""

    limits: Limits
    agent: str
    allow_private: Collection[str]
    resolve: addresses.Resolve
    turns: Turns
    now: Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One request, ready to be asked as often as it takes."""

    url: str
    json: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    secret: Mapping[str, str] = field(default_factory=dict)
    """Headers for the URL's own site only."""
    validators: Mapping[str, str] = field(default_factory=dict)
    """If-None-Match and the like."""
    validated: str = ""
    """The address that gave the validators, without its query: they are sent nowhere else."""
    caps: decode.Caps
    redirects: int
    gate: Callable[[str, float], None] | None = None
    """Asked before each hop with its URL and the seconds left; raises `Failure` to forbid it."""
