"""What a pass or a backfill is doing, told to whoever watches it, without the client that does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What a pass is doing, for whoever watches it."""

    kind: Literal["planned", "started", "done"]
    """`planned`: a URL will be asked. `started`: it is being asked. `done`: its line is in the ledger."""
    source: str
    route: str
    url: str
    outcome: str = ""
    """Of `done`: stored, unchanged or failed."""
    reason: str | None = None
    detail: str = ""
    size: int | None = None
    """Bytes of the body."""
    seconds: float | None = None
