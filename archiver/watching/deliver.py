"""Letters out, through Apprise: each target by itself, under a deadline, later again where it fails."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cache
from types import ModuleType
from typing import NamedTuple

from ..logs import Log
from ..records import utc
from .state import Letter

events = Log("notify")

DEADLINE = timedelta(seconds=45)
"""Of one letter: a target that hangs is asked again later."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
"""Before the second attempt, the third, …; the last from then on."""
GIVEN_UP = timedelta(days=7)
"""After which a letter that nobody took is dropped, with an error in the log."""


class Sent(NamedTuple):
    """What became of the letters."""

    sent: int
    failed: tuple[str, ...]
    """Names of the targets that did not take one."""
    left: list[Letter]
    """To be tried again."""


def deliver(letters: Iterable[Letter], targets: Mapping[str, str], now: datetime) -> Sent:
    """Sends what is due; the letters of one target in their order, the targets side by side.

    A letter of a target that is configured no more is dropped.
    """
    _library()  # before the threads
    waiting: dict[str, list[Letter]] = {}
    for letter in letters:
        if letter.target in targets:
            waiting.setdefault(letter.target, []).append(letter)
        else:
            events.warning("letter.dropped", f"The target {letter.target} is gone; its letter is dropped.")
    if not waiting:
        return Sent(0, (), [])
    with ThreadPoolExecutor(max_workers=len(waiting), thread_name_prefix="notify") as pool:
        results = dict(
            zip(waiting, pool.map(lambda name: _to(targets[name], waiting[name], now), waiting), strict=True)
        )
    left = [letter for name in waiting for letter in results[name].left]
    failed = tuple(name for name in waiting if results[name].failed)
    return Sent(sum(result.sent for result in results.values()), failed, left)


def _to(address: str, letters: list[Letter], now: datetime) -> Sent:
    """One target: after the first letter that it does not take, the others wait too."""
    sent, left = 0, []
    for number, letter in enumerate(letters):
        if letter.again and utc(letter.again) > now:
            left = letters[number:]
            return Sent(sent, (), left)
        if _send(address, letter):
            sent += 1
            events.info("letter.sent", f"{letter.title} went to {letter.target}.")
            continue
        letter.attempts += 1
        letter.again = (now + WAITS[min(letter.attempts, len(WAITS)) - 1]).isoformat()
        if now - utc(letter.written) > GIVEN_UP:
            told = f"{letter.target} took no letter for {GIVEN_UP.days} days: “{letter.title}” is dropped."
            events.error("letter.lost", told, target=letter.target)
            return Sent(sent, (letter.target,), letters[number + 1 :])
        events.warning("letter.failed", f"{letter.target} did not take “{letter.title}”; it is sent again.")
        return Sent(sent, (letter.target,), letters[number:])
    return Sent(sent, (), left)


@cache
def _library() -> ModuleType:
    """Apprise with its services loaded; what these say of the modules that they use concerns nobody here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import apprise

        apprise.Apprise().add("json://localhost")
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it would log addresses; we say what failed
    return apprise


def _send(address: str, letter: Letter) -> bool:
    apprise = _library()
    seconds = DEADLINE.total_seconds()
    sender = apprise.Apprise(
        asset=apprise.AppriseAsset(app_id="LLM leaderboard archiver", secure_logging=True)
    )
    if not sender.add(_limited(address, seconds)):
        return False
    return bool(sender.notify(body=letter.body, title=letter.title, body_format=apprise.NotifyFormat.TEXT))


def _limited(address: str, seconds: float) -> str:
    """The address with Apprise's timeouts to connect and to read, where it does not set its own."""
    limits = [f"{name}={seconds / 3:.0f}" for name in ("cto", "rto") if f"{name}=" not in address]
    return address + ("&" if "?" in address else "?") + "&".join(limits) if limits else address


def understood(address: str) -> bool:
    """Whether Apprise knows what an address means."""
    return bool(_library().Apprise().add(address))
