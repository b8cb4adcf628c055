"""How figures are written for people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from ..moments import moment


def digits(values: Iterable[float | None]) -> int:
    """Digits after the point for a column of scores: one at most from 100 on, two from 1 on, else three.

    >>> digits([1307, 1290.0]), digits([1307.25]), digits([60.5, 72.43]), digits([0.7451]), digits([None])
    (0, 1, 2, 3, 0)
    """
    known = [each for each in values if each is not None]
    largest = max(map(abs, known), default=0)
    most = 1 if largest >= 100 else 2 if largest >= 1 else 3
    return next((count for count in range(most) if all(_fits(each, count) for each in known)), most)


def _fits(number: float, count: int) -> bool:
    return abs(round(number, count) - number) < 1e-9


def score(number: float | None, count: int) -> str:
    return "" if number is None else f"{number:.{count}f}"


def interval(number: float | None, low: float | None, high: float | None, count: int) -> str:
    """The distance to both ends: `±4`, or `+5 −4` where they differ.

    >>> interval(1300, 1296, 1304, 0), interval(60.5, 59, 61.7, 1), interval(1, None, None, 0)
    ('±4', '+1.2 −1.5', '')
    """
    if number is None or low is None or high is None:
        return ""
    above, below = f"{high - number:.{count}f}", f"{number - low:.{count}f}"
    return f"±{above}" if above == below else f"+{above} −{below}"


def place(rank: int | None, position: int | None, of: int | None) -> str:
    """`3/44`; `#3/44` where only the row order is known.

    >>> place(3, 5, 44), place(None, 5, 44), place(3, 3, None), place(None, None, 9)
    ('3/44', '#5/44', '3', '')
    """
    if rank is None and position is None:
        return ""
    stands = f"#{position}" if rank is None else str(rank)
    return stands if of is None else f"{stands}/{of}"


def row_order(board: str, position: int | None) -> int | None:
    """The position, where it is the board's own order: that of reports is the order in which they were found.

    >>> row_order("arena/text/overall", 3), row_order("reported/mera/text", 3)
    (3, None)
    """
    return None if board.startswith("reported/") else position


def spread(low: int | None, high: int | None) -> str:
    """`2–4`; empty where neither end is known."""
    if low is None and high is None:
        return ""
    return f"{'?' if low is None else low}–{'?' if high is None else high}"


def count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def counted(number: int, one: str, many: str = "") -> str:
    """`1 snapshot`, `13 snapshots`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def day(time: date | None) -> str:
    """The date of a time."""
    if time is None:
        return ""
    return (time.date() if isinstance(time, datetime) else time).isoformat()


def span(first: date | None, last: date | None) -> str:
    """`2024-07-01 … 2024-11-01`, or the one date."""
    ends = list(dict.fromkeys((day(first), day(last))))
    return " … ".join(ends)


def when(time: datetime | None) -> str:
    """A time as everywhere, empty where there is none."""
    return moment(time) or ""
