"""Checks over one parsed snapshot by itself: entries in, findings out, nothing else touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from itertools import pairwise
from math import isfinite
from operator import ge, gt, le
from typing import Any

from ..formats import numbers
from ..records import Finding, Snapshot, column
from ..sources import Board

REPEATED_SHARE = 0.10
"""More repeated names than this share of the rows: several boards were mashed into one. In July 2026 Arena's
`search` file listed 32 models up to six times each (82 %); a sound board repeats a name once (2 %)."""

_NULLS = frozenset(
    spelt for mark in numbers.MISSING for spelt in (mark, mark.upper(), mark.capitalize(), mark.title())
) | {"NaN"}
"""What stands in a column of names where there is none. Once it may be a name, twice it is nobody's."""

OUTSIDE_SHARE = 0.05
"""More scores outside their own interval than this share: the columns are not what they are called."""


def check(snapshot: Snapshot, facts: Board | None) -> list[Finding]:
    """What can be said of one snapshot by itself, the parser's own findings first.

    `facts` are what the source declares of the board, None where it declares nothing.
    """
    cells: Cells = cache(partial(column, snapshot.entries))
    return [
        *snapshot.findings,
        *_rows(snapshot, facts),
        *_total(snapshot),
        *_names(cells),
        *_impossible(cells),
        *_intervals(cells),
        *(_reported() if facts and facts.reported else _whole(cells, snapshot, facts)),
    ]


Cells = Callable[[str], Sequence[Any]]
"""Field of `Entry` → its values in all rows."""


def _whole(cells: Cells, snapshot: Snapshot, facts: Board | None) -> Iterator[Finding]:
    """What can be asked of a board that was captured: figures, a head, an order."""
    yield from _figures(cells)
    yield from _first_place(cells)
    if snapshot.rank_kind == "published":
        yield from _order(cells, higher_is_better=facts is None or facts.higher_is_better)


def _reported() -> Iterator[Finding]:
    """Single places out of a text have no head and no order, and may lack every figure."""
    yield Finding(
        "reported",
        "warning",
        "Reported by the press or a paper, not captured: nobody kept the board that it speaks of.",
    )


def _rows(snapshot: Snapshot, facts: Board | None) -> Iterator[Finding]:
    count = len(snapshot.entries)
    if facts is None:
        yield Finding(
            "unknown-board",
            "warning",
            f"The source does not declare the board {snapshot.board}: it is new or renamed.",
        )
    low, high = facts.rows if facts else (1, count)
    if count > high or count == 0 or (count < low and snapshot.complete):
        yield Finding(
            "row-count",
            "error",
            f"{count} rows, where a sound snapshot of this board has {low} to {high}.",
            {"rows": count, "low": low, "high": high},
        )


def _total(snapshot: Snapshot) -> Iterator[Finding]:
    total, count = snapshot.declared_total, len(snapshot.entries)
    if total is None or total == count:
        return
    figures = {"declared": total, "rows": count}
    if snapshot.complete:
        sentence = f"The publisher says {total} models; {count} rows were read."
        yield Finding("declared-total", "error", sentence, figures)
    else:
        sentence = f"An excerpt: {count} of {total} models. It shows who is listed, never who is absent."
        yield Finding("excerpt", "note", sentence, figures)


def _names(cells: Cells) -> Iterator[Finding]:
    models = cells("model")
    rows, known = len(models), set(models)
    if not known.isdisjoint(_NULLS) or any(map(str.isspace, known)):
        yield _nameless(models)
    if len(known) == rows:
        return
    names = Counter(zip(models, cells("organization"), cells("variant"), strict=True))
    repeated = rows - len(names)
    if repeated:
        (name, _, _), times = names.most_common(1)[0]
        yield Finding(
            "duplicate-entries",
            "error" if repeated > REPEATED_SHARE * rows else "warning",
            f"{repeated} of {rows} rows repeat a model already listed ({name!r} stands {times} times).",
            {"repeated": repeated, "rows": rows, "most": name, "times": times},
        )


def _nameless(models: Sequence[str]) -> Finding:
    rows = len(models)
    nulls = Counter(name for name in map(str.strip, models) if name in _NULLS)
    nameless = sum(count for name, count in nulls.items() if not name or count > 1)
    if nameless:
        sentence = f"{nameless} of {rows} rows have no model name."
        return Finding("nameless", "error", sentence, {"nameless": nameless})
    said = ", ".join(map(repr, nulls))
    sentence = f"{len(nulls)} of {rows} rows: {said} may be a name or say that there is none."
    return Finding("nameless", "warning", sentence, {"doubtful": len(nulls)})


def _figures(cells: Cells) -> Iterator[Finding]:
    rows = len(cells("rank"))
    places = zip(cells("rank"), cells("score"), strict=True)
    if rows and all(rank is None and score is None for rank, score in places):
        yield Finding("no-figures", "error", f"None of {rows} rows has a rank or a score.", {"rows": rows})


def _impossible(cells: Cells) -> Iterator[Finding]:
    """Figures that no board has: places before the first, votes below none, scores without end."""
    counts = {field: _below(cells(field), 1) for field in ("rank", "rank_low", "rank_high")}
    counts["votes"] = _below(cells("votes"), 0)
    counts |= {field: _endless(cells(field)) for field in ("score", "score_low", "score_high")}
    found = {field: count for field, count in counts.items() if count}
    if found:
        told = ", ".join(f"{count} of {len(cells(field))} in {field}" for field, count in found.items())
        sentence = f"Figures that cannot be: a place before the first, votes below none, no number ({told})."
        yield Finding("impossible-figures", "error", sentence, found)


def _there(values: Sequence[Any]) -> Sequence[Any]:
    """Without gaps. Most columns are without, or nothing else: to count them takes a tenth of the time."""
    gaps = values.count(None)
    if not gaps:
        return values
    return [value for value in values if value is not None] if gaps < len(values) else ()


def _below(values: Sequence[Any], least: int) -> int:
    there = _there(values)
    if not there or min(there) >= least:
        return 0
    return sum(value < least for value in there)


def _endless(values: Sequence[Any]) -> int:
    """How many are infinite or not a number; a sum of finite ones is finite."""
    there = _there(values)
    if isfinite(sum(there)):
        return 0
    return sum(not isfinite(value) for value in there)


def _beyond(low: Sequence[Any], high: Sequence[Any]) -> list[int]:
    """The rows in which the first is greater than the second; a gap is neither."""
    try:
        if not any(map(gt, low, high)):
            return []
    except TypeError:  # a gap: row by row then, which takes four times as long
        if low.count(None) == len(low) or high.count(None) == len(high):
            return []
    pairs = enumerate(zip(low, high, strict=True))
    return [row for row, (one, other) in pairs if one is not None and other is not None and one > other]


def _intervals(cells: Cells) -> Iterator[Finding]:
    rows, score, low, high = len(cells("score")), cells("score"), cells("score_low"), cells("score_high")
    outside = sorted({*_beyond(low, score), *_beyond(score, high)})
    if outside:
        yield Finding(
            "score-outside-interval",
            "error" if len(outside) > OUTSIDE_SHARE * rows else "warning",
            f"{len(outside)} of {rows} scores lie outside their own interval.",
            {"outside": len(outside), "rows": rows, "first": cells("model")[outside[0]]},
        )
    astray = _beyond(cells("rank_low"), cells("rank_high"))
    if astray:
        yield Finding(
            "spread-reversed",
            "error",
            f"{len(astray)} of {rows} rank spreads have their best place behind their worst.",
            {"reversed": len(astray), "rows": rows, "first": cells("model")[astray[0]]},
        )


def _first_place(cells: Cells) -> Iterator[Finding]:
    best = min(_there(cells("rank")), default=1)
    if best != 1:
        yield Finding(
            "head-missing",
            "error",
            f"The best rank listed is {best}: the head of the board was not read.",
            {"best": best},
        )


def _order(cells: Cells, *, higher_is_better: bool) -> Iterator[Finding]:
    """Published ranks against the order of scores: how many neighbours by rank stand the wrong way round."""
    ranks, scores = cells("rank"), cells("score")
    if _in_order(ranks, scores, higher_is_better):
        return
    sign = -1 if higher_is_better else 1
    places = zip(ranks, scores, strict=True)
    ranked = sorted((rank, sign * score) for rank, score in places if rank is not None and score is not None)
    wrong = sum(
        next_rank > rank and next_score < score for (rank, score), (next_rank, next_score) in pairwise(ranked)
    )
    if wrong:
        yield Finding(
            "rank-order",
            "warning",
            f"{wrong} of {len(ranked)} published ranks contradict the order of the scores.",
            {"contradictions": wrong, "rows": len(ranked)},
        )


def _in_order(ranks: Sequence[Any], scores: Sequence[Any], higher_is_better: bool) -> bool:
    """Whether the rows stand by rank and by score, without a gap: most boards do, and are soon done with."""
    no_worse = ge if higher_is_better else le
    try:
        return all(map(le, ranks, ranks[1:])) and all(map(no_worse, scores, scores[1:]))
    except TypeError:  # a gap
        return False
