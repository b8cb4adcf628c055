"""From bytes to entries, in a process of its own.

Payloads come from strangers: what parses and checks them runs under limits of memory, processor time and time
by the clock, without network, and may die of a payload without taking anything else with it.

    with reading() as reader:
        for portions in reader.each([Ask("aider", parser, lambda: Payload(body, url)), …]):
            try:
                for portion in portions: …
            except ParseFailed as error: …       # why this payload could not be read; go on with the next
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .ahead import Ahead
    from .at_hand import warm
    from .limits import Limits
    from .portions import Leader, Portion, Read, Seen, Shown
    from .reader import Ask, Reader, reading

__all__ = [
    "Ahead",
    "Ask",
    "Leader",
    "Limits",
    "Portion",
    "Read",
    "Reader",
    "Seen",
    "Shown",
    "reading",
    "warm",
]

_LATER = {"Ahead": ".ahead", "warm": ".at_hand", "Limits": ".limits"}
_LATER |= dict.fromkeys(("Leader", "Portion", "Read", "Seen", "Shown"), ".portions")
_LATER |= dict.fromkeys(("Ask", "Reader", "reading"), ".reader")
"""Neither the process that parses nor the one that starts it needs all of it: on first use."""


def __getattr__(name: str) -> object:
    if name in _LATER:
        return getattr(import_module(_LATER[name], __name__), name)
    raise AttributeError(name)
