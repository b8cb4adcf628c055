"""What has been told, and what waits: one small file in the archive, made anew where it is lost.

`.archiver-told.json` is no truth: without it, what lies before is taken as told, and watching begins anew.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from .. import outputs
from ..logs import Log
from ..records import utc

FILE = ".archiver-told.json"
VERSION = 1
REMEMBERED = timedelta(days=400)
"""How long an event is known as told."""

events = Log("notify")


@dataclass(slots=True)
class Letter:
    """A message that a target has not taken yet."""

    target: str
    """By its name."""
    title: str
    body: str
    written: str
    attempts: int = 0
    again: str = ""
    """Not before this time."""


@dataclass(slots=True)
class State:
    """Times are ISO texts."""

    since: str
    """Captures loaded until then are told, or lie before the watching began."""
    told: dict[str, str] = field(default_factory=dict)
    """Event → when it was told."""
    pending: list[str] = field(default_factory=list)
    """Sentences that wait for their digest."""
    digest: str = ""
    """When the last digest went out."""
    troubles: dict[str, str] = field(default_factory=dict)
    """Trouble that lasts → when it was told."""
    letters: list[Letter] = field(default_factory=list)
    version: int = VERSION


def read(archive: Path, now: datetime) -> tuple[State, bool]:
    """The state of an archive, and whether it is a new one."""
    path = archive / FILE
    try:
        return _parsed(json.loads(path.read_text("utf-8"))), False
    except FileNotFoundError:
        return State(since=now.isoformat()), True
    except (ValueError, TypeError, KeyError) as error:
        events.warning(
            "state.lost", f"{path} cannot be read ({error}): what lies before now is taken as told."
        )
        return State(since=now.isoformat()), True


def _parsed(data: dict[str, Any]) -> State:
    if data["version"] != VERSION:
        raise ValueError(f"it is of version {data['version']!r}")
    return State(**{**data, "letters": [Letter(**letter) for letter in data["letters"]]})


def write(archive: Path, state: State, now: datetime) -> None:
    """Keeps the state, whole or not at all. Raises `NotKept`."""
    old = (now - REMEMBERED).isoformat()
    state.told = {event: when for event, when in state.told.items() if when > old}
    path = archive / FILE
    with outputs.replacing(
        path,
        kept="the archive; what was told may be told again",
        todo="see to the rights and the room of the archive's folder",
    ) as beside:
        beside.touch(0o600)  # a message may say what a target alone should read
        beside.write_text(json.dumps(asdict(state), ensure_ascii=False, indent=1), "utf-8")


def passed(since: str, span: timedelta, now: datetime) -> bool:
    """Whether a span of time lies behind an ISO time; always where there is none."""
    return not since or now - utc(since) >= span
