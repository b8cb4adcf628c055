"""Places from scores, and how far two orders agree. Pure arithmetic, no library."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import sqrt
from typing import Any

from ..records import Entry


def competition(scores: Sequence[float | None], *, higher_is_better: bool = True) -> list[int | None]:
    """Competition ranks, 1, 2, 2, 4: one more than the number of better scores. None has no rank.

    >>> competition([50.5, 90.9, 50.5, None, 17.2])
    [2, 1, 2, None, 4]
    """
    order = sorted([score for score in scores if score is not None], reverse=higher_is_better)
    # Of equal scores the last one counts, which is the first in this order.
    places: dict[float | None, int | None] = dict(zip(reversed(order), range(len(order), 0, -1), strict=True))
    places[None] = None
    return list(map(places.__getitem__, scores))


def placed(entries: Sequence[Entry], *, higher_is_better: bool = True) -> list[Entry]:
    """Entries with the competition rank of their scores, in the order in which they stand."""
    places = competition([entry.score for entry in entries], higher_is_better=higher_is_better)
    rank = Entry._fields.index("rank")
    cells: Sequence[Sequence[Any]] = entries  # as plain tuples: `_replace` takes three times as long
    return [
        Entry._make((*cell[:rank], place, *cell[rank + 1 :]))
        for cell, place in zip(cells, places, strict=True)
    ]


def spearman(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Spearman's rank correlation, ties at their mean rank; None below two values or without variation.

    >>> spearman([1, 2, 3, 4], [10, 20, 30, 40]), spearman([1, 2, 3], [3, 2, 1]), spearman([1, 1], [1, 2])
    (1.0, -1.0, None)

    Raises ValueError where the lengths differ.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} values beside {len(second)}")
    one, two = _mean_ranks(first), _mean_ranks(second)
    middle = (len(one) + 1) / 2
    product = sum((a - middle) * (b - middle) for a, b in zip(one, two, strict=True))
    spread = sqrt(sum((a - middle) ** 2 for a in one)) * sqrt(sum((b - middle) ** 2 for b in two))
    return round(product / spread, 4) if spread else None


def inversions(values: Sequence[float]) -> int:
    """Pairs out of ascending order: a later value is smaller than an earlier one.

    >>> inversions([1, 2, 2, 3]), inversions([3, 2, 1])
    (0, 3)
    """
    return _merged(list(values))[1]


def _merged(values: list[float]) -> tuple[list[float], int]:
    """The values sorted, and their inversions: those of each half and those across. No pair is looked at."""
    if len(values) < 2:
        return values, 0
    (left, one), (right, two) = _merged(values[: len(values) // 2]), _merged(values[len(values) // 2 :])
    across = sum(len(left) - bisect_right(left, value) for value in right)
    return sorted(left + right), one + two + across


def _mean_ranks(values: Sequence[float]) -> list[float]:
    order = sorted(values)
    return [(bisect_left(order, value) + bisect_right(order, value) + 1) / 2 for value in values]
