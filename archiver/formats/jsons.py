"""JSON, strictly (RFC 8259): no NaN, no number beyond all, no key twice in an object."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import NoReturn

from ..errors import ParseFailed
from . import text

_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")
"""Of a pair, or alone: then it would pass as text, and fail only where it is written."""


def loads(content: str | bytes) -> object:
    """The value of a JSON text. Raises ParseFailed for anything that is not one, or not one meaning.

    >>> loads('{"rank": 1}')
    {'rank': 1}
    """
    try:
        value: object = json.loads(
            content, object_pairs_hook=_once, parse_constant=_refuse, parse_float=finite
        )
        if _ESCAPED_HALF.search(content if isinstance(content, str) else content.decode()):
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ParseFailed("Not JSON: half a character is escaped in it.") from error
    except RecursionError as error:
        raise ParseFailed("JSON nested too deep.") from error
    except ValueError as error:  # JSONDecodeError, UnicodeDecodeError, a number of too many digits
        raise ParseFailed(f"Not JSON: {error}.") from error
    return value


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise ParseFailed(f"A JSON object has the key {text.short(twice)} twice.")
    return found


def finite(digits: str) -> float:
    """A number of JSON. Raises ParseFailed for 1e999 and the like, which Python reads as infinity.

    >>> finite("1e3")
    1000.0
    """
    number = float(digits)
    if math.isinf(number):
        raise ParseFailed(f"The number {text.short(digits)} is larger than any figure of a board.")
    return number


def _refuse(constant: str) -> NoReturn:
    raise ParseFailed(f"{constant} is not JSON.")
