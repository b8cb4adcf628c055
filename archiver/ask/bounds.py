"""The time of a question as the options of a command."""

from __future__ import annotations

from .dates import When


def between(time: When) -> list[str]:
    """--since and --until."""
    since = until = None
    if time.role == "between" and time.one and time.two:
        since, until = time.one.start, time.two.end
    elif time.role in {"at", "within"} and time.one:
        since, until = time.one
    elif time.role == "since" and time.one:
        since = time.one.start
    elif time.role == "until" and time.one:
        until = time.one.end
    return [
        *(["--since", since.isoformat()] if since else []),
        *(["--until", until.isoformat()] if until else []),
    ]


def as_of(time: When) -> list[str]:
    """--as-of: the end of whatever was said."""
    last = time.two or time.one
    return ["--as-of", last.end.isoformat()] if last and time.role != "since" else []
