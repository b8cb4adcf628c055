"""Logs: one line an event, for people or as JSON. Standard library only.

    events = logs.Log("schedule")
    events.info("slot.captured", "aider: 3 captures.", source="aider", due=due)

Levels: `error` needs a person; `warning` failed or was missed, and is tried again by itself; `info` is what
an operator would like to read of a day; `debug` is each request. Nothing is written before `begin`, no line
holds a line break, and secrets are shown nowhere (`redaction`).
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, TextIO

from .redaction import shown

Form = Literal["human", "json"]
LEVELS = ("debug", "info", "warning", "error")
ROOT = "archiver"

logging.getLogger(ROOT).addHandler(logging.NullHandler())  # else warnings of a library go to standard error
_CONTROLS = {code: f"\\x{code:02x}" for code in [*range(32), *range(127, 160)]} | {10: " ⏎ ", 9: " "}


class Log:
    """The log of one part of the program. The fields of an event are plain values."""

    def __init__(self, part: str) -> None:
        """part: its name below `archiver`."""
        self._logger = logging.getLogger(f"{ROOT}.{part}")

    def debug(self, event: str, sentence: str, **fields: object) -> None:
        """Each request, each decision: for who looks for a fault."""
        self._tell(logging.DEBUG, event, sentence, fields)

    def info(self, event: str, sentence: str, **fields: object) -> None:
        """What happened as it should."""
        self._tell(logging.INFO, event, sentence, fields)

    def warning(self, event: str, sentence: str, **fields: object) -> None:
        """Something failed or was missed; it is tried again without anybody's doing."""
        self._tell(logging.WARNING, event, sentence, fields)

    def error(self, event: str, sentence: str, **fields: object) -> None:
        """Something needs a person."""
        self._tell(logging.ERROR, event, sentence, fields)

    def _tell(self, level: int, event: str, sentence: str, fields: dict[str, object]) -> None:
        self._logger.log(level, "%s", sentence, extra={"event": event, "fields": fields})


class Lines(logging.Formatter):
    """One line a record, the same for our own events and for what libraries log."""

    def __init__(self, form: Form, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._form, self._now = form, now

    def format(self, record: logging.LogRecord) -> str:
        event = getattr(record, "event", record.name)
        fields = {name: _plain(value) for name, value in getattr(record, "fields", {}).items()}
        sentence = record.getMessage()
        if record.exc_info and record.exc_info[1]:
            sentence = f"{sentence} ({type(record.exc_info[1]).__name__}: {record.exc_info[1]})"
        at = self._now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        level = record.levelname.lower()
        if self._form == "json":
            line = {"at": at, "level": level, "event": event, "message": sentence, **fields}
            return json.dumps(_shown(line), ensure_ascii=False, default=str)
        told = "".join(f" {name}={value}" for name, value in fields.items() if value is not None)
        return shown(f"{at} {level:<7} {event:<18} {sentence}{told}").translate(_CONTROLS)


def begin(
    form: Form = "human",
    level: str = "info",
    stream: TextIO | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Starts writing to a stream (default: standard error), in place of an earlier one.

    form: `human` or `json`. level: the lowest of `LEVELS` that is written; libraries' own from `warning` on.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Lines(form, now))
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each.formatter, Lines)]:
        root.removeHandler(old)
    root.addHandler(handler)
    logging.getLogger(ROOT).setLevel(level.upper())
    logging.raiseExceptions = False


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value) if isinstance(value, Path) else value


def _shown(line: dict[str, object]) -> dict[str, object]:
    return {name: shown(value) if isinstance(value, str) else value for name, value in line.items()}
