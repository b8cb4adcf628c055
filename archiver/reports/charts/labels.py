"""Labels at the ends of lines: each as near to its line as it can be without touching another."""

from __future__ import annotations

from collections.abc import Sequence


def spread(wanted: Sequence[tuple[float, float]], low: float, high: float) -> list[float]:
    """Centres for labels, none overlapping, all between low and high if they fit there.

    wanted: (centre, height) of each, in pixels. Order is kept; neighbours that meet share the shift between
    them, which is the least in sum of squares (pool adjacent violators).

    >>> spread([(10, 10), (12, 10), (50, 10)], 0, 100)
    [6.0, 16.0, 50.0]
    """
    order = sorted(range(len(wanted)), key=lambda at: (wanted[at][0], at))
    pools: list[tuple[float, float, list[int]]] = []  # top, height, members
    for at in order:
        centre, height = wanted[at]
        pools.append((_held(centre - height / 2, height, low, high), height, [at]))
        while len(pools) > 1 and pools[-2][0] + pools[-2][1] > pools[-1][0]:
            members = pools[-2][2] + pools[-1][2]
            pools[-2:] = [_pooled(members, wanted, low, high)]
    placed = [0.0] * len(wanted)
    for top, _, members in pools:
        edge = top
        for at in members:
            placed[at] = edge + wanted[at][1] / 2
            edge += wanted[at][1]
    return placed


def _pooled(
    members: list[int], wanted: Sequence[tuple[float, float]], low: float, high: float
) -> tuple[float, float, list[int]]:
    offset, tops = 0.0, 0.0
    for at in members:
        centre, height = wanted[at]
        tops += centre - height / 2 - offset
        offset += height
    return _held(tops / len(members), offset, low, high), offset, members


def _held(top: float, height: float, low: float, high: float) -> float:
    return max(low, min(top, high - height))
