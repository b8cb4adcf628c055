"""From bytes to entries, in a process of its own.

Payloads come from strangers: what parses and checks them runs under limits of memory, processor time and time
by the clock, without network, and may die of a payload without taking anything else with it.

    with reading() as reader:
        for portions in reader.each([Ask("aider", parser, lambda: Payload(body, url)), …]):
            try:
                for portion in portions: …
            except ParseFailed as error: …       # why this payload could not be read; go on with the next
"""

from .ahead import Ahead
from .limits import Limits
from .portions import Portion, Read, Seen, Shown, portions
from .reader import Ask, Reader, reading, warm

__all__ = [
    "Ahead",
    "Ask",
    "Limits",
    "Portion",
    "Read",
    "Reader",
    "Seen",
    "Shown",
    "portions",
    "reading",
    "warm",
]
