"""One round of watching: what is new, into letters, out to their targets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from ..config import Config, Notify
from ..logs import Log
from ..records import utc
from . import state as told_before
from .deliver import Sent, deliver
from .news import news
from .state import Letter, State
from .trouble import Trouble, troubles

if TYPE_CHECKING:
    import duckdb

MOST = 60
"""Sentences of one letter; what is beyond is counted."""

events = Log("notify")


class Told(NamedTuple):
    """What a round did."""

    news: int
    troubles: int
    """New ones."""
    over: int
    """Troubles that are over."""
    unconfirmed: int
    """What waits for a second capture."""
    sent: int
    failed: tuple[str, ...]
    """Targets that did not take their letter; it is sent again."""
    waiting: int
    """Letters that are kept for later."""


def tell(
    con: duckdb.DuckDBPyConnection, archive: Path, config: Config, damage: Sequence[str], now: datetime
) -> Told:
    """Tells what happened since the last round. The first round of an archive only takes note of what is.

    damage: what reading the ledgers met. Raises `NotKept` where the state cannot be kept.
    """
    state, first = told_before.read(archive, now)
    newest = _loaded(con)
    found = news(con, config.watch, utc(state.since))
    fresh = [each for each in found.news if each.event not in state.told]
    wrong = troubles(con, damage, now)
    began = [trouble for trouble in wrong if trouble.key not in state.troubles]
    over = [key for key in state.troubles if key not in {trouble.key for trouble in wrong}]
    if first:
        fresh, over = [], []
        events.info("watch.began", "Watching begins: what lies before now is taken as told.")
    state.pending += [each.sentence for each in fresh]
    state.told |= {each.event: now.isoformat() for each in fresh}
    state.troubles = {trouble.key: state.troubles.get(trouble.key, now.isoformat()) for trouble in wrong}
    if newest and not found.unconfirmed:
        state.since = max(state.since, newest.isoformat())
    _write(state, config.notify, began, over, now)
    told_before.write(archive, state, now)
    done = Sent(0, (), state.letters)
    if not quiet(config.notify, now):
        done = deliver(state.letters, config.notify.targets, now)
        state.letters = done.left
        told_before.write(archive, state, now)
    counts = len(fresh), len(began), len(over), found.unconfirmed
    return Told(*counts, done.sent, done.failed, len(state.letters))


def test(config: Config, now: datetime) -> Told:
    """One line to every target, which stands in no state and is not sent again."""
    line = "This is a test of the notifications of an LLM leaderboard archive. Nothing happened."
    letters = [
        Letter(target, "LLM leaderboards: a test", line, now.isoformat()) for target in config.notify.targets
    ]
    done = deliver(letters, config.notify.targets, now)
    return Told(0, 0, 0, 0, done.sent, done.failed, 0)


def _loaded(con: duckdb.DuckDBPyConnection) -> datetime | None:
    [(newest,)] = con.execute("SELECT max(loaded_at) FROM captures").fetchall()
    return utc(newest) if newest else None


def _write(
    state: State, settings: Notify, began: Sequence[Trouble], over: Sequence[str], now: datetime
) -> None:
    """Letters for what is due to be told."""
    if began or over:
        lines = [trouble.sentence for trouble in began]
        lines += [f"Over: {key}." for key in over]
        title = _counted(len(began), "trouble") if began else _counted(len(over), "trouble") + " over"
        state.letters += _letters(settings.trouble, title, lines, now)
    if state.pending and told_before.passed(state.digest, settings.digest, now):
        title = _counted(len(state.pending), "rank event")
        state.letters += _letters(settings.news, title, state.pending, now)
        state.pending, state.digest = [], now.isoformat()


def _letters(targets: Sequence[str], title: str, lines: Sequence[str], now: datetime) -> list[Letter]:
    shown = [f"- {line}" for line in lines[:MOST]]
    if len(lines) > MOST:
        shown.append(f"… and {len(lines) - MOST} more.")
    body = "\n".join(shown)
    return [
        Letter(target, f"LLM leaderboards: {title}", body, now.isoformat())
        for target in dict.fromkeys(targets)
    ]


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def quiet(settings: Notify, now: datetime) -> bool:
    """Whether nothing is to be sent now."""
    if settings.quiet is None:
        return False
    start, end = settings.quiet
    here = now.astimezone(ZoneInfo(settings.zone)).time()
    return start <= here < end if start < end else here >= start or here < end
