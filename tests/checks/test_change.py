"""Each kind of change that no sound board shows is an error, and what sound boards do is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from archiver.checks.change import SUDDEN, Beside, Change, Emptied, judge

DAY = timedelta(days=1)
MARCH = datetime(2026, 3, 31, tzinfo=UTC)
QUIET = Change(
    100, 100, gone=2, tail=1, new=2, ranks=40, scores=90, votes=98, compared=98, fell=0, ratio=1.02
)


def codes(change: Change, gap: timedelta = DAY) -> dict[str, str]:
    return {found.code: found.severity for found in judge(change, Beside(MARCH, gap))}


def test_a_day_like_others_raises_nothing() -> None:
    assert codes(QUIET) == {}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        # Cut off: what is missing stood at the end.
        (QUIET._replace(after=70, gone=31, tail=30, new=1), {"cut-off": "error"}),
        (QUIET._replace(before=71, after=50, gone=21, tail=21, new=0), {"cut-off": "error"}),
        (QUIET._replace(after=76, gone=24, tail=24, new=0), {}),
        # The same number from all over the board: a reset, or a table with holes.
        (QUIET._replace(after=70, gone=31, tail=9, new=1), {"shrunk": "error", "vanished": "error"}),
        (QUIET._replace(after=71, gone=29, tail=9, new=0), {}),
        # As many rows, other models: the names were misread.
        (QUIET._replace(gone=98, tail=96, new=98), {"vanished": "error"}),
        (QUIET._replace(gone=29, tail=4, new=29), {}),
        (QUIET._replace(before=4, after=2, gone=2, tail=1, new=0), {}),
        (QUIET._replace(after=200, new=102), {"grown": "error"}),
        (QUIET._replace(after=131, new=33), {"grown": "note"}),
        (QUIET._replace(before=9, after=18, gone=0, new=9), {"grown": "note"}),
        (QUIET._replace(fell=3), {"votes-fell": "note"}),
        (QUIET._replace(fell=49), {"votes-fell": "warning"}),
        (QUIET._replace(fell=98, ratio=0.9), {"votes-fell": "warning"}),
        (QUIET._replace(fell=98, ratio=0.49), {"votes-fell": "error"}),
        (QUIET._replace(emptied=[Emptied("score", 100, 100, 3, 100)]), {"field-emptied": "error"}),
        (QUIET._replace(emptied=[Emptied("votes", 100, 100, 3, 100)]), {"field-emptied": "warning"}),
        (QUIET._replace(emptied=[Emptied("extra: size", 90, 100, 0, 100)]), {"field-emptied": "note"}),
    ],
)
def test_each_change_is_judged(change: Change, found: dict[str, str]) -> None:
    assert codes(change) == found


def test_what_changed_while_nobody_looked_holds_nothing_but_a_lost_end() -> None:
    long = SUDDEN + DAY
    reset = QUIET._replace(after=55, gone=60, tail=30, new=15)
    assert codes(reset, long) == {"shrunk": "warning", "vanished": "warning"}
    assert codes(QUIET._replace(after=300, new=202), long) == {"grown": "note"}
    assert codes(QUIET._replace(after=50, gone=50, tail=50, new=0), long) == {"cut-off": "error"}


def test_sentences_and_figures_are_complete() -> None:
    change = QUIET._replace(after=50, gone=51, tail=49, new=1, names_gone=["a", "b"])
    (found,) = judge(change, Beside(MARCH, DAY))
    assert found.sentence == (
        "50 of the 100 rows of 2026-03-31 are missing, and 49 of the 51 models gone stood at its end: "
        "it looks cut off."
    )
    assert found.figures == {"before": 100, "rows": 50, "gone": 51, "new": 1, "since": "2026-03-31"}
    emptied = [
        Emptied(name, 90, 100, 1, 100) for name in ("license", "score", "score_low", "votes", "variant")
    ]
    (found,) = judge(QUIET._replace(emptied=emptied), Beside(MARCH, DAY))
    assert found.sentence == (
        "license is filled in 1 of 100 rows; on 2026-03-31 it was in 90 of 100 and 4 more "
        "(score, score_low, votes, …)."
    )
    assert found.figures["fields"] == ["license", "score", "score_low", "votes", "variant"]
