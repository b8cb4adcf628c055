"""Places and agreement, beside the plain definitions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.formats import ranks

SCORES = st.lists(st.one_of(st.none(), st.integers(-20, 20).map(float)), max_size=40)


def test_equal_scores_share_the_better_place() -> None:
    assert ranks.competition([90.9, 50.5, 50.5, 50.0]) == [1, 2, 2, 4]
    assert ranks.competition([3.0, 1.0, 1.0, None], higher_is_better=False) == [3, 1, 1, None]
    assert ranks.competition([]) == []


@given(SCORES, st.booleans())
def test_a_place_is_one_more_than_the_number_of_better_scores(
    scores: list[float | None], higher: bool
) -> None:
    known = [score for score in scores if score is not None]
    for score, place in zip(scores, ranks.competition(scores, higher_is_better=higher), strict=True):
        if score is None:
            assert place is None
        else:
            assert place == 1 + sum(other > score if higher else other < score for other in known)


@given(st.lists(st.integers(-9, 9).map(float), max_size=30))
def test_inversions_are_the_pairs_out_of_order(values: list[float]) -> None:
    pairs = [(a, b) for i, a in enumerate(values) for b in values[i + 1 :]]
    assert ranks.inversions(values) == sum(a > b for a, b in pairs)


def test_spearman_with_ties_as_worked_by_hand() -> None:
    # ranks 1, 2.5, 2.5, 4 beside 1, 2, 3, 4: 4.5 / sqrt(4.5 * 5)
    assert ranks.spearman([1, 2, 2, 3], [1, 2, 3, 4]) == 0.9487
    assert ranks.spearman([1, 2, 3], [3, 2, 1]) == -1
    assert ranks.spearman([1], [1]) is None
    assert ranks.spearman([], []) is None
    with pytest.raises(ValueError, match="1 values beside 2"):
        ranks.spearman([1], [1, 2])
